/* date.h - the calendar as numbers: days since 1970-01-01, proleptic Gregorian. Pure. */
#ifndef DATE_H
#define DATE_H

#include <stdint.h>

struct date {
    int year, month, day;
};

/* month 1 to 12; a day past the month's end goes on into the next. */
int64_t date_days(int year, int month, int day);
struct date date_of(int64_t days);
int date_weekday(int64_t days);                 /* ISO 8601: 1 Monday … 7 Sunday */

/* Strictly as written, the whole text, dates that exist. -EINVAL. */
int date_parse(const char *text, int64_t *ret_days); /* "2026-11-24", years 1 to 9999 */
int date_parse_minutes(const char *text, int *ret_minutes); /* "09:30"; "24:00" is the day's end */
/* "2026-11-24T09:30" with or without ":00": seconds since 1970-01-01 on the wall clock. */
int date_parse_wall(const char *text, int64_t *ret_wall);
/* "2026-11-24T09:30:00Z", an instant. */
int date_parse_utc(const char *text, int64_t *ret_utc);

#endif
