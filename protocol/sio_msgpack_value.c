/* sio_msgpack_value.c - numbers and dates as text, whatever the program's locale is. */
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sio_msgpack.h"

enum { DIGITS_SURE = 15, DIGITS_ALL = 17 };     /* a double survives 17; often 15 or 16 will do     */
#define DATE_MAX_MS INT64_C(8640000000000000)   /* ECMA-262, 21.4.1.1                               */

struct plain { locale_t ours, before; };        /* the locale of C, for a moment                    */

static struct plain plain_begin(void)
{
    struct plain plain = { .ours = newlocale(LC_ALL_MASK, "C", (locale_t)0) };

    plain.before = plain.ours == (locale_t)0 ? (locale_t)0 : uselocale(plain.ours);
    return plain;
}

static void plain_end(struct plain plain)
{
    if (plain.ours == (locale_t)0)
        return;
    (void)uselocale(plain.before);
    freelocale(plain.ours);
}

int sio_msgpack_add_number(struct buf *json, double number)
{
    struct plain plain;
    char text[32];

    if (!isfinite(number))
        return buf_add_text(json, "null");
    plain = plain_begin();
    for (int digits = DIGITS_SURE; digits <= DIGITS_ALL; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, number);
        if (digits == DIGITS_ALL || strtod(text, NULL) == number)
            break;
    }
    plain_end(plain);
    return buf_add_text(json, text);
}

double sio_msgpack_number(const char *at)
{
    struct plain plain = plain_begin();
    double number = strtod(at, NULL);

    plain_end(plain);
    return number;
}

/* Days since 1970 to a date. Years are counted from March on, so that a leap day is the last of its year. */
static void civil(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
    enum { IN_400_YEARS = 146097, TO_1970 = 719468 };
    int64_t from_0 = days + TO_1970;
    int64_t cycle = (from_0 >= 0 ? from_0 : from_0 - (IN_400_YEARS - 1)) / IN_400_YEARS;
    int64_t day = from_0 - cycle * IN_400_YEARS;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t in_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * in_year + 2) / 153;

    *ret_day = (int)(in_year - (153 * month + 2) / 5 + 1);
    *ret_month = (int)(month < 10 ? month + 3 : month - 9);
    *ret_year = (int)(year + 400 * cycle + (month >= 10));
}

int sio_msgpack_add_date(struct buf *json, int64_t ms)
{
    const int64_t day_ms = 86400000;
    int64_t days, rest;
    int year, month, day;

    if (ms > DATE_MAX_MS || ms < -DATE_MAX_MS)
        return buf_add_text(json, "null");
    days = (ms >= 0 ? ms : ms - (day_ms - 1)) / day_ms;
    rest = ms - days * day_ms;
    civil(days, &year, &month, &day);
    return buf_printf(json, year >= 0 && year <= 9999 ? "\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\""
                                                      : "\"%+07d-%02d-%02dT%02d:%02d:%02d.%03dZ\"",
                      year, month, day, (int)(rest / 3600000), (int)(rest / 60000 % 60),
                      (int)(rest / 1000 % 60), (int)(rest % 1000));
}
