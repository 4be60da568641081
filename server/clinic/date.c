/* date.c - the calendar as numbers. */
#include "date.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { DAY_S = 86400, DAYS_IN_400_YEARS = 146097, MARCH_TO_EPOCH = 719468 };

static int64_t floor_div(int64_t n, int64_t by)
{
    return n / by - (n % by < 0);
}

/* Years that begin in March: the leap day is then a year's last, and months before it are 31 30 31 30 31
 * twice. */
int64_t date_days(int year, int month, int day)
{
    int64_t y = (int64_t)year - (month <= 2), cycle = floor_div(y, 400), of_cycle = y - cycle * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    assert(month >= 1 && month <= 12);
    return cycle * DAYS_IN_400_YEARS + of_cycle * 365 + of_cycle / 4 - of_cycle / 100 + of_year -
           MARCH_TO_EPOCH;
}

struct date date_of(int64_t days)
{
    int64_t since = days + MARCH_TO_EPOCH, cycle = floor_div(since, DAYS_IN_400_YEARS);
    int64_t rest = since - cycle * DAYS_IN_400_YEARS, hundreds, fours, ones;
    int month;

    hundreds = rest / 36524 - rest / 146096;    /* the 400th year has its leap day */
    rest -= hundreds * 36524;
    fours = rest / 1461;
    rest -= fours * 1461;
    ones = rest / 365 - rest / 1460;            /* and so has the 4th */
    rest -= ones * 365;
    month = (int)((5 * rest + 2) / 153);
    return (struct date){ .year = (int)(cycle * 400 + hundreds * 100 + fours * 4 + ones + (month >= 10)),
                          .month = month < 10 ? month + 3 : month - 9,
                          .day = (int)rest - (153 * month + 2) / 5 + 1 };
}

int date_weekday(int64_t days)
{
    int64_t since_monday = days + 3;            /* 1970-01-01 was a Thursday */

    return (int)(since_monday - floor_div(since_monday, 7) * 7) + 1;
}

/* `pattern`: 0 stands for a digit, the rest for itself. Returns what follows, or NULL. */
static const char *read(const char *text, const char *pattern, int numbers[])
{
    int at = 0;

    numbers[0] = 0;
    for (; *pattern != '\0'; pattern++, text++) {
        if (*pattern == '0' && *text >= '0' && *text <= '9') {
            numbers[at] = numbers[at] * 10 + (*text - '0');
        } else if (*pattern != '0' && *text == *pattern) {
            numbers[++at] = 0;
        } else {
            return NULL;
        }
    }
    return text;
}

static const char *read_date(const char *text, int64_t *ret_days)
{
    struct date back;
    int n[3];

    text = read(text, "0000-00-00", n);
    if (text == NULL || n[0] == 0 || n[1] < 1 || n[1] > 12)
        return NULL;
    *ret_days = date_days(n[0], n[1], n[2]);
    back = date_of(*ret_days);
    return back.month == n[1] && back.day == n[2] ? text : NULL;
}

int date_parse(const char *text, int64_t *ret_days)
{
    int64_t days;

    text = read_date(text, &days);
    if (text == NULL || *text != '\0')
        return -EINVAL;
    *ret_days = days;
    return 0;
}

int date_parse_minutes(const char *text, int *ret_minutes)
{
    int n[2];

    text = read(text, "00:00", n);
    if (text == NULL || *text != '\0' || n[1] > 59 || n[0] * 60 + n[1] > 24 * 60)
        return -EINVAL;
    *ret_minutes = n[0] * 60 + n[1];
    return 0;
}

static const char *read_second(const char *text, bool seconds, int64_t *ret_second)
{
    const char *rest;
    int64_t days;
    int n[4];

    text = read_date(text, &days);
    if (text == NULL)
        return NULL;
    rest = read(text, "T00:00:00", n);
    if (rest == NULL && !seconds) {
        rest = read(text, "T00:00", n);
        n[3] = 0;
    }
    if (rest == NULL || n[1] > 23 || n[2] > 59 || n[3] > 59)
        return NULL;
    *ret_second = days * DAY_S + n[1] * 3600 + n[2] * 60 + n[3];
    return rest;
}

int date_parse_wall(const char *text, int64_t *ret_wall)
{
    int64_t wall;

    text = read_second(text, false, &wall);
    if (text == NULL || *text != '\0')
        return -EINVAL;
    *ret_wall = wall;
    return 0;
}

int date_parse_utc(const char *text, int64_t *ret_utc)
{
    int64_t utc;

    text = read_second(text, true, &utc);
    if (text == NULL || strcmp(text, "Z") != 0)
        return -EINVAL;
    *ret_utc = utc;
    return 0;
}
