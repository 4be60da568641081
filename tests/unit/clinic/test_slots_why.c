/* test_slots_why.c - the first reason that holds, and that it never contradicts what is offered. */
#include "slots_fixture.h"

static void why_check(const struct plan_said *said, const char *at, const char *want)
{
    struct desk d;
    int64_t wall, utc;
    enum slots_why why;

    desk_open(&d, said);
    if (date_parse_utc(at, &utc) == 0) {
        why = slots_why(&d.plan, utc);
    } else {
        CHECK_INT(date_parse_wall(at, &wall), 0);
        why = slots_why_wall(&d.plan, wall, &utc);
    }
    if (strcmp(slots_why_name(why), want) != 0)
        fail_msg("%s is %s, not %s", at, slots_why_name(why), want);
    desk_close(&d);
}

TEST(slots_why, each_reason_has_its_case)
{
    static const struct plan_said plan = {
        .rules = { DAY(1, "09:00", "12:00"), DAY(1, "14:00", "15:45") },
        .off = { SPAN("2026-03-02T10:45", "2026-03-02T11:00") },
        .busy = { SPAN("2026-03-02T09:30", "2026-03-02T10:00", 10) },
        .buffer_min = 5, .now = "2026-03-02T08:00", .notice_min = 75, .horizon_days = 7,
    };
    static const struct { const char *at, *want; } cases[] = {
        { "2026-03-02T14:00", "offered" }, { "2026-03-02T08:00", "past" }, { "2026-03-01T09:00", "past" },
        { "2026-03-02T09:00", "too-soon" }, { "2026-03-02T09:30", "booked" }, { "2026-03-02T10:00",
            "buffer" },
        { "2026-03-02T10:30", "off" }, { "2026-03-02T11:00", "offered" }, { "2026-03-02T12:00",
            "outside-hours" },
        { "2026-03-02T14:10", "off-grid" }, { "2026-03-02T14:00:30", "off-grid" },
        { "2026-03-02T15:30", "ends-after-hours" }, { "2026-03-03T09:00", "outside-hours" },
        { "2026-03-09T08:00", "outside-hours" }, { "2026-03-09T09:00", "too-far" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        why_check(&plan, cases[i].at, cases[i].want);
}

TEST(slots_why, a_buffer_before_a_booking_is_told_from_the_booking)
{
    static const struct plan_said plan = { .rules = { DAY(1, "09:00", "12:00") }, .buffer_min = 10,
                                           .busy = { SPAN("2026-03-02T10:00", "2026-03-02T10:30") } };

    why_check(&plan, "2026-03-02T09:00", "offered");
    why_check(&plan, "2026-03-02T09:30", "buffer");
    why_check(&plan, "2026-03-02T10:00", "booked");
    why_check(&plan, "2026-03-02T10:30", "offered");
}

TEST(slots_why, the_clock_is_a_reason)
{
    static const struct plan_said plan = { .zone = "America/New_York", .rules = { DAY(7, "00:00",
        "06:00") } };

    why_check(&plan, "2026-03-08T02:00", "skipped-hour");
    why_check(&plan, "2026-03-08T02:59", "skipped-hour");
    why_check(&plan, "2026-03-08T03:00", "offered");
    why_check(&plan, "2026-11-01T01:30", "offered");
    why_check(&plan, "2026-11-01T05:30:00Z", "offered");        /* the first 01:30 */
    why_check(&plan, "2026-11-01T06:30:00Z", "repeated-hour");  /* the second */
    why_check(&plan, "2026-11-01T06:40:00Z", "off-grid");
    why_check(&plan, "2026-11-01T07:00:00Z", "offered");
}

/* Every minute of two weeks around both jumps of the clock. */
TEST(slots_why, offered_is_what_is_found_and_nothing_else)
{
    static const struct plan_said plans[] = {
        { .zone = "America/New_York", .rules = { DAY(7, "00:00", "04:00", 20), DAY(1, "09:10", "17:00", 45) },
          .minutes = 40, .buffer_min = 5, .busy = { SPAN("2026-03-09T10:00", "2026-03-09T11:00", 15) } },
        { .zone = "Australia/Lord_Howe", .rules = { DAY(7, "00:00", "24:00", 25), DAY(1, "00:00", "03:00",
            10) },
          .minutes = 50, .extra = { SPAN("2026-10-03T23:05", "2026-10-04T02:40") } },
    };
    static const char *const begins[] = { "2026-03-05T00:00", "2026-09-30T00:00", "2026-10-30T00:00" };

    for (size_t i = 0; i < COUNT_OF(plans) * COUNT_OF(begins); i++) {
        int64_t starts[2000], from;
        size_t count, at = 0;
        struct desk d;

        desk_open(&d, &plans[i % COUNT_OF(plans)]);
        from = utc_of(&d.zone, begins[i / COUNT_OF(plans)]);
        count = slots_find(&d.plan, from, from + 14 * 86400, starts, COUNT_OF(starts));
        CHECK(count > 20 && count < COUNT_OF(starts));
        for (int64_t utc = from; utc < from + 14 * 86400; utc += 60) {
            bool offered = at < count && starts[at] == utc;

            if ((slots_why(&d.plan, utc) == SLOTS_OFFERED) != offered)
                fail_msg("%s %lld: %s, and yet%s found", plans[i % COUNT_OF(plans)].zone, (long long)utc,
                         slots_why_name(slots_why(&d.plan, utc)), offered ? "" : " not");
            at += offered;
        }
        CHECK_INT(at, count);
        desk_close(&d);
    }
}
