/* zone_rule.c - reading and following the footer's rule. */
#include "zone_rule.h"

#include <assert.h>
#include <errno.h>

#include "date.h"

enum { DAY_S = 86400, HOURS_MAX = 24, RULE_HOURS_MAX = 167 };

/* --- reading ------------------------------------------------------------------------------------------- */

struct text {
    const char *at, *end;
};

static bool take(struct text *t, char c)
{
    if (t->at == t->end || *t->at != c)
        return false;
    t->at++;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "EST" or "<+0330>": what it is called is of no interest here. */
static int name_skip(struct text *t)
{
    bool quoted = take(t, '<');
    const char *begin = t->at;

    while (t->at < t->end &&
           (is_letter(*t->at) || (quoted && (is_digit(*t->at) || *t->at == '+' || *t->at == '-'))))
        t->at++;
    if (t->at - begin < 3)
        return -EINVAL;
    return quoted && !take(t, '>') ? -EINVAL : 0;
}

static int number_read(struct text *t, int max, int *ret_number)
{
    const char *begin = t->at;
    int number = 0;

    for (; t->at < t->end && is_digit(*t->at) && number <= max; t->at++)
        number = number * 10 + (*t->at - '0');
    if (t->at == begin || number > max)
        return -EINVAL;
    *ret_number = number;
    return 0;
}

/* [+-]hh[:mm[:ss]] */
static int time_read(struct text *t, int hours_max, int32_t *ret_s)
{
    bool negative = take(t, '-');
    int n[3] = { 0 }, err;

    if (!negative)
        (void)take(t, '+');
    err = number_read(t, hours_max, &n[0]);
    for (int i = 1; i < 3 && err == 0 && take(t, ':'); i++)
        err = number_read(t, 59, &n[i]);
    if (err)
        return err;
    *ret_s = (n[0] * 3600 + n[1] * 60 + n[2]) * (negative ? -1 : 1);
    return 0;
}

static int month_day_read(struct text *t, struct zone_day *day)
{
    int err = number_read(t, 12, &day->month);

    if (err == 0)
        err = take(t, '.') ? number_read(t, 5, &day->week) : -EINVAL;
    if (err == 0)
        err = take(t, '.') ? number_read(t, 6, &day->day) : -EINVAL;
    return err == 0 && (day->month == 0 || day->week == 0) ? -EINVAL : err;
}

static int day_read(struct text *t, struct zone_day *ret_day)
{
    struct zone_day day = { .kind = '0', .time_s = 2 * 3600 };
    int err;

    if (!take(t, ','))
        return -EINVAL;
    if (take(t, 'M')) {
        day.kind = 'M';
        err = month_day_read(t, &day);
    } else {
        day.kind = take(t, 'J') ? 'J' : '0';
        err = number_read(t, 365, &day.day);
        if (err == 0 && day.kind == 'J' && day.day == 0)
            err = -EINVAL;
    }
    if (err == 0 && take(t, '/'))
        err = time_read(t, RULE_HOURS_MAX, &day.time_s);
    *ret_day = day;
    return err;
}

static int summer_read(struct text *t, struct zone_rule *rule)
{
    int err = name_skip(t);

    rule->has_summer = true;
    rule->summer_offset = rule->offset + 3600;
    if (err == 0 && t->at < t->end && *t->at != ',') {
        err = time_read(t, HOURS_MAX, &rule->summer_offset);
        rule->summer_offset = -rule->summer_offset;
    }
    if (err == 0)
        err = day_read(t, &rule->begins);
    return err ? err : day_read(t, &rule->ends);
}

int zone_rule_parse(const char *text, size_t size, struct zone_rule *ret_rule)
{
    struct text t = { text, text + size };
    struct zone_rule rule = { 0 };
    int err = name_skip(&t);

    if (err == 0)
        err = time_read(&t, HOURS_MAX, &rule.offset);
    rule.offset = -rule.offset;                 /* POSIX counts westwards */
    if (err == 0 && t.at < t.end)
        err = summer_read(&t, &rule);
    if (err || t.at != t.end)
        return -EINVAL;
    *ret_rule = rule;
    return 0;
}

/* --- following ----------------------------------------------------------------------------------------- */

static bool is_leap(int year)
{
    return date_days(year, 3, 1) - date_days(year, 2, 28) == 2;
}

static int64_t day_of_year(const struct zone_day *day, int year)
{
    int64_t first;
    int weekday;

    if (day->kind == '0')
        return date_days(year, 1, 1) + day->day;
    if (day->kind == 'J')
        return date_days(year, 1, 1) + day->day - 1 + (is_leap(year) && day->day >= 60);
    first = date_days(year, day->month, 1);
    weekday = date_weekday(first) % 7;
    first += (day->day - weekday + 7) % 7 + 7 * (day->week - 1);
    while (date_of(first).month != day->month)  /* a fifth that is not there: the last */
        first -= 7;
    return first;
}

/* Summer begins by the clock of winter and ends by its own. */
static int64_t change_utc(const struct zone_rule *rule, int year, bool begins)
{
    const struct zone_day *day = begins ? &rule->begins : &rule->ends;

    return day_of_year(day, year) * DAY_S + day->time_s - (begins ? rule->offset : rule->summer_offset);
}

struct change {
    int64_t utc;
    bool begins;
};

/* Where one summer ends as the next begins, it goes on: then the beginning comes last. */
static void change_insert(struct change *changes, int count, struct change new)
{
    int at = count;

    for (; at > 0 && (changes[at - 1].utc > new.utc ||
                      (changes[at - 1].utc == new.utc &&changes[at - 1].begins && !new.begins));
         at--)
        changes[at] = changes[at - 1];
    changes[at] = new;
}

int32_t zone_rule_offset(const struct zone_rule *rule, int64_t utc, int64_t *ret_until)
{
    enum { YEARS = 5, CHANGES = 2 * YEARS };    /* a week of hours may carry a change into the next */
    struct change changes[CHANGES];
    bool summer = false;
    int year, count = 0;

    *ret_until = INT64_MAX;
    if (!rule->has_summer)
        return rule->offset;
    year = date_of(utc / DAY_S).year;
    for (int y = year - 2; y <= year + 2; y++)
        for (int begins = 0; begins <= 1; begins++, count++)
            change_insert(changes, count, (struct change){ change_utc(rule, y, begins), begins });
    assert(count == CHANGES && changes[0].utc <= utc && changes[CHANGES - 1].utc > utc);
    for (int i = 0; i < CHANGES; i++) {
        if (changes[i].utc > utc) {
            *ret_until = changes[i].utc;
            break;
        }
        summer = changes[i].begins;
    }
    return summer ? rule->summer_offset : rule->offset;
}
