/* test_zone_rule.c - the rule of a footer: how it is written, and what follows from it. */
#include <errno.h>

#include "zone_fixture.h"

#include "date.h"

static struct zone_rule rule_of(const char *text)
{
    struct zone_rule rule;

    if (zone_rule_parse(text, strlen(text), &rule) != 0)
        fail_msg("\"%s\" is not understood", text);
    return rule;
}

static int64_t at(int year, int month, int day, int hour, int minute)
{
    return date_days(year, month, day) * 86400 + hour * 3600 + minute * 60;
}

TEST(zone_rule, reads_what_posix_allows)
{
    static const struct {
        const char *text;
        int offset;
        bool summer;
        int summer_offset;
    } good[] = {
        { "UTC0", 0, false, 0 },
        { "CST-8", 28800, false, 0 },
        { "<+0330>-3:30", 12600, false, 0 },
        { "<-12>12", -43200, false, 0 },
        { "LMT0:00:36", -36, false, 0 },
        { "EST5EDT,M3.2.0,M11.1.0", -18000, true, -14400 },
        { "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 37800, true, 39600 },
        { "IST-1GMT0,M10.5.0,M3.5.0/1", 3600, true, 0 },
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", -7200, true, -3600 },
        { "XXX3EDT4,0/0,J365/23", -10800, true, -14400 },
        { "AAA1BBB,J60/+167,365/-167:59:59", -3600, true, 0 },
    };

    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct zone_rule rule = rule_of(good[i].text);

        CHECK_INT(rule.offset, good[i].offset);
        CHECK_INT(rule.has_summer, good[i].summer);
        CHECK_INT(rule.summer_offset, good[i].summer_offset);
    }
}

TEST(zone_rule, refuses_what_it_does_not)
{
    static const char *const bad[] = {
        "",
        "UT0",
        "UTC",
        "UTC25",
        "UTC0:60",
        "UTC0:00:60",
        "<UTC0",
        "UTC>0",
        "5EST",
        "EST5EDT",
        "EST5EDT,",
        "EST5EDT,M3.2.0",
        "EST5EDT,M3.2.0,",
        "EST5EDT,M13.1.0,M11.1.0",
        "EST5EDT,M0.1.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0",
        "EST5EDT,M3.0.0,M11.1.0",
        "EST5EDT,M3.2.7,M11.1.0",
        "EST5EDT,J0,J100",
        "EST5EDT,J366,J100",
        "EST5EDT,366,100",
        "EST5EDT,M3.2.0/168,M11.1.0",
        "EST5EDT,M3.2.0,M11.1.0,",
        "EST5EDT,M3.2.0,M11.1.0 ",
        "EST99999999999999999999",
        "EST5EDT25,M3.2.0,M11.1.0",
        "EST5EDT,M3.2,M11.1.0",
    };

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct zone_rule rule;

        if (zone_rule_parse(bad[i], strlen(bad[i]), &rule) != -EINVAL)
            fail_msg("\"%s\" is let through", bad[i]);
    }
}

TEST(zone_rule, changes_on_the_days_it_names)
{
    static const struct {
        const char *text;
        int year, month, day, hour;
    } begins[] = {
        { "AAA0BBB,M3.2.0,M11.1.0", 2026, 3, 8, 2 }, /* the second Sunday */
        { "AAA0BBB,M2.5.0,M11.1.0", 2026, 2, 22, 2 }, /* the last one is the fourth */
        { "AAA0BBB,M8.5.1/0,M11.1.0", 2026, 8, 31, 0 }, /* the last Monday is the fifth */
        { "AAA0BBB,J60,M11.1.0", 2027, 3, 1, 2 }, /* 1 March, whatever the year */
        { "AAA0BBB,J60,M11.1.0", 2028, 3, 1, 2 },
        { "AAA0BBB,59,M11.1.0", 2027, 3, 1, 2 }, /* the 60th day */
        { "AAA0BBB,59,M11.1.0", 2028, 2, 29, 2 },
        { "AAA0BBB,M3.4.4/50,M10.4.4/50", 2026, 3, 28, 2 }, /* 50 hours into Thursday */
        { "AAA0BBB,M3.5.0/-2,M10.5.0", 2026, 3, 28, 22 }, /* the evening before */
    };

    for (size_t i = 0; i < COUNT_OF(begins); i++) {
        struct zone_rule rule = rule_of(begins[i].text);
        int64_t utc = at(begins[i].year, begins[i].month, begins[i].day, begins[i].hour, 0), until;

        CHECK_INT(zone_rule_offset(&rule, utc - 1, &until), 0);
        CHECK_INT(until, utc);
        CHECK_INT(zone_rule_offset(&rule, utc, &until), 3600);
    }
}

TEST(zone_rule, summer_all_the_year_never_ends)
{
    struct zone_rule rule = rule_of("XXX3EDT4,0/0,J365/23");
    int64_t until;

    for (int day = -2; day <= 2; day++)
        CHECK_INT(zone_rule_offset(&rule, at(2029, 1, 1, 3, 0) + day * 86400, &until), -14400);
    CHECK_INT(zone_rule_offset(&rule, at(2029, 1, 1, 4, 0), &until), -14400);
}

TEST(zone_rule, without_summer_nothing_changes)
{
    struct zone_rule rule = rule_of("CST-8");
    int64_t until;

    CHECK_INT(zone_rule_offset(&rule, 0, &until), 28800);
    CHECK(until == INT64_MAX);
}
