/* test_slots.c - which times are offered: a table of days. */
#include "slots_fixture.h"


enum { STARTS_MAX = 300 };

/* A day of the doctor's zone: "09:00+8 09:30+8", with the hours east of UTC. */
static void starts_print(const struct desk *d, const int64_t *starts, size_t count, char *text, size_t size)
{
    size_t at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        int64_t minute = zone_wall(&d->zone, starts[i]) / 60;
        double east = zone_offset(&d->zone, starts[i]) / 3600.0;

        at += (size_t)snprintf(text + at, size - at, "%s%02d:%02d%+g", i ? " " : "", (int)(minute / 60 % 24),
                               (int)(minute % 60), east);
        CHECK(at < size);
    }
}

static void day_check(const char *name, const struct plan_said *said, const char *day, const char *want)
{
    int64_t starts[STARTS_MAX], from;
    char text[4096], midnight[32];
    struct desk d;

    desk_open(&d, said);
    snprintf(midnight, sizeof midnight, "%sT00:00", day);
    from = utc_of(&d.zone, midnight);
    starts_print(&d, starts, slots_find(&d.plan, from, from + 86400, starts, STARTS_MAX), text, sizeof text);
    if (strcmp(text, want) != 0)
        fail_msg("%s: offered are\n  %s, not\n  %s", name, text, want);
    desk_close(&d);
}

struct day_case { const char *name; struct plan_said plan; const char *day, *want; };

static void days_check(const struct day_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        day_check(cases[i].name, &cases[i].plan, cases[i].day, cases[i].want);
}

TEST(slots, rules_are_followed)
{
    static const struct day_case cases[] = {
        { "a morning", { .rules = { DAY(1, "09:00", "10:30") } }, "2026-03-02", "09:00+8 09:30+8 10:00+8" },
        { "another weekday", { .rules = { DAY(1, "09:00", "10:30") } }, "2026-03-03", "" },
        { "no rules", { 0 }, "2026-03-02", "" },
        { "a consult longer than the step", { .rules = { DAY(1, "09:00", "10:30") }, .minutes = 45 },
          "2026-03-02", "09:00+8 09:30+8" },
        { "longer than the rule", { .rules = { DAY(1, "09:00", "10:00") }, .minutes = 61 }, "2026-03-02",
          "" },
        { "exactly as long", { .rules = { DAY(1, "09:00", "10:00", 60) }, .minutes = 60 }, "2026-03-02",
          "09:00+8" },
        { "two rules", { .rules = { DAY(1, "14:00", "15:00"), DAY(1, "09:00", "10:00") } }, "2026-03-02",
          "09:00+8 09:30+8 14:00+8 14:30+8" },
        { "two rules on top of each other", { .rules = { DAY(1, "09:00", "10:00"), DAY(1, "09:30",
            "10:30") } },
          "2026-03-02", "09:00+8 09:30+8 10:00+8" },
        { "from one into the next", { .rules = { DAY(1, "09:00", "10:00"), DAY(1, "10:00", "11:00") },
          .minutes = 60 }, "2026-03-02", "09:00+8 09:30+8 10:00+8" },
        { "not before its first day", { .rules = { DAY(1, "09:00", "10:00", 30, "2026-03-03") } },
          "2026-03-02", "" },
        { "on its first day", { .rules = { DAY(1, "09:00", "10:00", 30, "2026-03-02", "2026-03-02") } },
          "2026-03-02", "09:00+8 09:30+8" },
        { "not after its last", { .rules = { DAY(1, "09:00", "10:00", 30, NULL, "2026-03-01") } },
          "2026-03-02", "" },
        { "the leap day", { .rules = { DAY(2, "09:00", "10:00") }, .now = "2028-02-01T00:00" }, "2028-02-29",
          "09:00+8 09:30+8" },
        { "the day after it", { .rules = { DAY(3, "09:00", "10:00") }, .now = "2028-02-01T00:00" },
          "2028-03-01",
          "09:00+8 09:30+8" },
        { "no leap day in 2027", { .rules = { DAY(1, "09:00", "10:00") } }, "2027-03-01", "09:00+8 09:30+8" },
    };

    days_check(cases, COUNT_OF(cases));
}

TEST(slots, midnight_is_no_wall)
{
    static const struct day_case cases[] = {
        { "up to midnight", { .rules = { DAY(7, "23:00", "24:00") } }, "2026-03-01", "23:00+8 23:30+8" },
        { "and no farther", { .rules = { DAY(7, "23:00", "24:00") }, .minutes = 45 }, "2026-03-01",
          "23:00+8" },
        { "across it", { .rules = { DAY(7, "23:00", "24:00"), DAY(1, "00:00", "01:00") }, .minutes = 45 },
          "2026-03-01", "23:00+8 23:30+8" },
        { "the other side", { .rules = { DAY(7, "23:00", "24:00"), DAY(1, "00:00", "01:00") },
                              .minutes = 45 },
          "2026-03-02", "00:00+8" },
        { "busy from the evening on", { .rules = { DAY(1, "00:00", "01:00") },
          .busy = { SPAN("2026-03-01T23:45", "2026-03-02T00:15") } }, "2026-03-02", "00:30+8" },
    };

    days_check(cases, COUNT_OF(cases));
}

TEST(slots, exceptions_win_over_rules)
{
    static const struct day_case cases[] = {
        { "off in the middle", { .rules = { DAY(1, "09:00", "11:00") },
          .off = { SPAN("2026-03-02T09:40", "2026-03-02T10:10") } }, "2026-03-02", "09:00+8 10:30+8" },
        { "off all day", { .rules = { DAY(1, "09:00", "11:00") },
          .off = { SPAN("2026-03-02T00:00", "2026-03-03T00:00") } }, "2026-03-02", "" },
        { "off that only touches", { .rules = { DAY(1, "09:00", "10:00") },
          .off = { SPAN("2026-03-02T08:00", "2026-03-02T09:00"), SPAN("2026-03-02T10:00",
              "2026-03-02T11:00") } },
          "2026-03-02", "09:00+8 09:30+8" },
        { "extra hours", { .extra = { SPAN("2026-03-07T09:10", "2026-03-07T10:10") } }, "2026-03-07",
          "09:10+8 09:40+8" },
        { "extra hours make room", { .rules = { DAY(1, "09:00", "10:00") }, .minutes = 60,
          .extra = { SPAN("2026-03-02T10:00", "2026-03-02T10:30") } }, "2026-03-02", "09:00+8 09:30+8" },
        { "off wins over extra", { .extra = { SPAN("2026-03-07T09:00", "2026-03-07T10:00") },
          .off = { SPAN("2026-03-07T09:00", "2026-03-07T09:30") } }, "2026-03-07", "09:30+8" },
    };

    days_check(cases, COUNT_OF(cases));
}

TEST(slots, bookings_and_buffers_keep_others_away)
{
    static const struct day_case cases[] = {
        { "one is taken", { .rules = { DAY(1, "09:00", "11:00") },
          .busy = { SPAN("2026-03-02T09:30", "2026-03-02T10:00") } }, "2026-03-02",
              "09:00+8 10:00+8 10:30+8" },
        { "its buffer goes on", { .rules = { DAY(1, "09:00", "11:00") },
          .busy = { SPAN("2026-03-02T09:30", "2026-03-02T10:00", 10) } }, "2026-03-02", "09:00+8 10:30+8" },
        { "our buffer must fit before it", { .rules = { DAY(1, "09:00", "11:00") }, .buffer_min = 10,
          .busy = { SPAN("2026-03-02T09:30", "2026-03-02T10:00") } }, "2026-03-02", "10:00+8 10:30+8" },
        { "a buffer may pass the end", { .rules = { DAY(1, "09:00", "10:00") }, .buffer_min = 25 },
          "2026-03-02",
          "09:00+8 09:30+8" },
        { "a buffer may be the doctor's break", { .rules = { DAY(1, "09:00", "09:30") }, .buffer_min = 25,
          .off = { SPAN("2026-03-02T09:30", "2026-03-02T10:00") } }, "2026-03-02", "09:00+8" },
        { "extra hours pack with the buffer", { .minutes = 20, .buffer_min = 5,
          .extra = { SPAN("2026-03-07T09:00", "2026-03-07T10:10") } }, "2026-03-07",
              "09:00+8 09:25+8 09:50+8" },
    };

    days_check(cases, COUNT_OF(cases));
}

TEST(slots, notice_and_horizon_hold_to_the_second)
{
    static const struct day_case cases[] = {
        { "not what has begun", { .rules = { DAY(1, "09:00", "10:30") }, .now = "2026-03-02T09:30" },
          "2026-03-02", "10:00+8" },
        { "notice just met", { .rules = { DAY(1, "09:00", "10:30") }, .now = "2026-03-02T08:30",
          .notice_min = 60 }, "2026-03-02", "09:30+8 10:00+8" },
        { "notice just missed", { .rules = { DAY(1, "09:00", "10:30") }, .now = "2026-03-02T08:30:01",
          .notice_min = 60 }, "2026-03-02", "10:00+8" },
        { "horizon just met", { .rules = { DAY(1, "09:00", "10:30") }, .now = "2026-03-01T09:30",
          .horizon_days = 1 }, "2026-03-02", "09:00+8 09:30+8" },
        { "horizon just missed", { .rules = { DAY(1, "09:00", "10:30") }, .now = "2026-03-01T09:29:59",
          .horizon_days = 1 }, "2026-03-02", "09:00+8" },
        { "all past", { .rules = { DAY(1, "09:00", "10:30") }, .now = "2026-03-05T09:30" }, "2026-03-02",
          "" },
    };

    days_check(cases, COUNT_OF(cases));
}

/* Spring: the clock skips an hour; autumn: it comes twice. Lord Howe moves by half an hour, Casablanca goes
 * back for Ramadan, St. John's stands on the half hour. */
TEST(slots, the_clock_may_jump)
{
    static const struct day_case cases[] = {
        { "New York skips 02:00 to 03:00", { .zone = "America/New_York", .rules = { DAY(7, "01:00",
            "04:00") } },
          "2026-03-08", "01:00-5 01:30-5 03:00-4 03:30-4" },
        { "a consult across the gap", { .zone = "America/New_York", .rules = { DAY(7, "01:00", "04:00", 45) },
          .minutes = 45 }, "2026-03-08", "01:00-5 01:45-5 03:15-4" },
        { "a rule within the gap", { .zone = "America/New_York", .rules = { DAY(7, "02:00", "03:00") } },
          "2026-03-08", "" },
        { "a rule that begins in it", { .zone = "America/New_York", .rules = { DAY(7, "02:30", "04:00") } },
          "2026-03-08", "03:00-4 03:30-4" },
        { "New York has 01:00 twice", { .zone = "America/New_York", .rules = { DAY(7, "00:30", "03:00") } },
          "2026-11-01", "00:30-4 01:00-4 01:30-4 02:00-5 02:30-5" },
        { "a rule that ends in it", { .zone = "America/New_York", .rules = { DAY(7, "00:30", "01:30") } },
          "2026-11-01", "00:30-4 01:00-4" },
        { "a long consult through both", { .zone = "America/New_York", .rules = { DAY(7, "01:00", "02:00",
            60) },
          .minutes = 120 }, "2026-11-01", "01:00-4" },
        { "Berlin in spring", { .zone = "Europe/Berlin", .rules = { DAY(7, "01:30", "03:30") } },
          "2026-03-29",
          "01:30+1 03:00+2" },
        { "Berlin in autumn", { .zone = "Europe/Berlin", .rules = { DAY(7, "01:30", "03:30") } },
          "2026-10-25",
          "01:30+2 02:00+2 02:30+2 03:00+1" },
        { "Lord Howe skips half an hour", { .zone = "Australia/Lord_Howe", .rules = { DAY(7, "01:30",
            "03:00", 15) },
          .minutes = 15 }, "2026-10-04", "01:30+10.5 01:45+10.5 02:30+11 02:45+11" },
        { "Lord Howe has half an hour twice", { .zone = "Australia/Lord_Howe",
          .rules = { DAY(7, "01:00", "02:30", 15) }, .minutes = 15 }, "2026-04-05",
          "01:00+11 01:15+11 01:30+11 01:45+11 02:00+10.5 02:15+10.5" },
        { "St. John's", { .zone = "America/St_Johns", .rules = { DAY(7, "01:30", "03:30") } }, "2026-03-08",
          "01:30-3.5 03:00-2.5" },
        { "Casablanca as Ramadan begins", { .zone = "Africa/Casablanca", .rules = { DAY(7, "01:30",
            "03:30") } },
          "2026-02-15", "01:30+1 02:00+1 02:30+1 03:00+0" },
        { "Casablanca as it ends", { .zone = "Africa/Casablanca", .rules = { DAY(7, "01:30", "03:30") } },
          "2026-03-22", "01:30+0 03:00+1" },
        { "an ordinary day keeps its wall clock", { .zone = "Europe/Berlin", .rules = { DAY(1, "09:00",
            "10:00") } },
          "2026-03-30", "09:00+2 09:30+2" },
        { "the one before too", { .zone = "Europe/Berlin", .rules = { DAY(1, "09:00", "10:00") } },
          "2026-03-23", "09:00+1 09:30+1" },
    };

    days_check(cases, COUNT_OF(cases));
}

TEST(slots, a_range_of_days_is_ascending_and_cut_at_its_limit)
{
    const struct plan_said said = { .rules = { DAY(1, "14:00", "15:00"), DAY(1, "09:00", "10:00"),
                                               DAY(2, "09:00", "10:00") } };
    int64_t starts[STARTS_MAX], from, few[3];
    struct desk d;
    size_t count;

    desk_open(&d, &said);
    from = utc_of(&d.zone, "2026-03-02T00:00");
    count = slots_find(&d.plan, from, from + 28 * 86400, starts, STARTS_MAX);
    CHECK_INT(count, 4 * 6);
    for (size_t i = 1; i < count; i++)
        CHECK(starts[i - 1] < starts[i]);
    CHECK_INT(slots_find(&d.plan, from, from + 28 * 86400, few, 3), 3);
    CHECK_MEM(few, starts, sizeof few);
    CHECK_INT(slots_find(&d.plan, starts[1], starts[3], few, 3), 2);    /* half-open */
    CHECK_MEM(few, starts + 1, 2 * sizeof *few);
    CHECK_INT(slots_find(&d.plan, starts[1], starts[1], few, 3), 0);
    CHECK_INT(slots_find(&d.plan, from, from + 86400, few, 0), 0);
    desk_close(&d);
}

TEST(slots, the_nearest_are_found_on_both_sides)
{
    static const struct { const char *at, *want; } cases[] = {
        { "2026-03-09T09:30", "09:00+8 09:30+8 10:00+8" },      /* itself is one of them */
        { "2026-03-09T08:00", "09:00+8 09:30+8 10:00+8" },
        { "2026-03-09T23:00", "09:30+8 10:00+8 10:30+8" },
        { "2026-06-01T09:00", "09:00+8 09:30+8 10:00+8" },      /* far away: the next there are */
    };
    const struct plan_said said = { .rules = { DAY(1, "09:00", "11:00") }, .horizon_days = 200,
                                    .off = { SPAN("2026-05-01T00:00", "2026-06-14T00:00") } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t starts[3];
        char text[128];
        struct desk d;

        desk_open(&d, &said);
        starts_print(&d, starts, slots_nearest(&d.plan, utc_of(&d.zone, cases[i].at), starts, 3), text,
                     sizeof text);
        CHECK_STR(text, cases[i].want);
        desk_close(&d);
    }
}
