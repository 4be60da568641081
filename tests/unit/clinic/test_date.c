/* test_date.c - the calendar as numbers. */
#include <errno.h>

#include "test.h"

#include "date.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

TEST(date, days_and_dates_are_one)
{
    int64_t want = date_days(-400, 1, 1);

    for (int year = -400; year <= 2801; year++)
        for (int month = 1; month <= 12; month++) {
            int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            int size = month == 2                                              ? 28 + leap
                       : month == 4 || month == 6 || month == 9 || month == 11 ? 30
                                                                               : 31;

            for (int day = 1; day <= size; day++, want++) {
                struct date d = date_of(want);

                if (date_days(year, month, day) != want || d.year != year || d.month != month || d.day != day)
                    fail_msg("%d-%d-%d is day %lld, which is %d-%d-%d", year, month, day,
                             (long long)date_days(year, month, day), d.year, d.month, d.day);
            }
        }
    CHECK_INT(date_days(1970, 1, 1), 0);
    CHECK_INT(date_days(2026, 1, 32), date_days(2026, 2, 1));
}

TEST(date, weekdays_are_those_of_iso_8601)
{
    CHECK_INT(date_weekday(0), 4);              /* a Thursday */
    CHECK_INT(date_weekday(-1), 3);
    CHECK_INT(date_weekday(date_days(2026, 11, 22)), 7);
    CHECK_INT(date_weekday(date_days(2026, 11, 23)), 1);
    CHECK_INT(date_weekday(date_days(1899, 12, 31)), 7);
}

TEST(date, texts_are_read_strictly)
{
    static const char *const bad[] = {
        "",           "2026-2-01",  "2026-02-29",      "2026-13-01",  "2026-00-01",
        "2026-01-00", "2026-01-32", "0000-01-01",      "2026-01-01 ", " 2026-01-01",
        "2026/01/01", "+026-01-01", "2026-01-01T00:00"
    };
    int64_t days;

    CHECK_INT(date_parse("2028-02-29", &days), 0);
    CHECK_INT(days, date_days(2028, 2, 29));
    CHECK_INT(date_parse("9999-12-31", &days), 0);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK_INT(date_parse(bad[i], &days), -EINVAL);
}

TEST(date, minutes_go_to_the_end_of_the_day)
{
    static const char *const bad[] = { "",      "9:00",     "09:0",  "09:60", "24:01",
                                       "25:00", "09:00:00", "-9:00", "09.00" };
    int minutes;

    CHECK_INT(date_parse_minutes("00:00", &minutes), 0);
    CHECK_INT(minutes, 0);
    CHECK_INT(date_parse_minutes("09:30", &minutes), 0);
    CHECK_INT(minutes, 570);
    CHECK_INT(date_parse_minutes("24:00", &minutes), 0);
    CHECK_INT(minutes, 1440);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK_INT(date_parse_minutes(bad[i], &minutes), -EINVAL);
}

TEST(date, a_wall_clock_and_an_instant_are_not_mistaken)
{
    static const char *const bad[] = { "2026-11-24",      "2026-11-24T24:00",    "2026-11-24T09:60",
                                       "2026-11-24T9:00", "2026-11-24T09:30:60", "2026-11-24 09:30",
                                       "2026-02-30T09:30" };
    int64_t wall, utc;

    CHECK_INT(date_parse_wall("2026-11-24T09:30", &wall), 0);
    CHECK_INT(wall, date_days(2026, 11, 24) * 86400 + 570 * 60);
    CHECK_INT(date_parse_wall("2026-11-24T09:30:01", &wall), 0);
    CHECK_INT(date_parse_utc("2026-11-24T09:30:01Z", &utc), 0);
    CHECK_INT(utc, wall);
    CHECK_INT(date_parse_wall("2026-11-24T09:30:00Z", &wall), -EINVAL);
    CHECK_INT(date_parse_utc("2026-11-24T09:30:00", &utc), -EINVAL);
    CHECK_INT(date_parse_utc("2026-11-24T09:30Z", &utc), -EINVAL);
    CHECK_INT(date_parse_utc("2026-11-24T09:30:00+08:00", &utc), -EINVAL);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK_INT(date_parse_wall(bad[i], &wall), -EINVAL);
}
