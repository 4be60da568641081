/* db_text.c - ids and times, as they go out. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "storage/db.h"

void db_id_make(struct db *db, const char *prefix, char ret_id[DB_ID_SIZE])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const struct db_host *host = db_host(db);
    unsigned char chance[32];
    size_t at = strlen(prefix), want = at + 22;

    assert(want < DB_ID_SIZE);
    memcpy(ret_id, prefix, at);
    while (at < want) {
        host->random(host->data, chance, sizeof chance);
        for (size_t i = 0; i < sizeof chance && at < want; i++)
            if (chance[i] < 248)                /* 4 x 62: all characters alike                       */
                ret_id[at++] = alphabet[chance[i] % 62];
    }
    ret_id[at] = '\0';
}

/* The proleptic Gregorian calendar, counted in days from 0000-03-01: leap days come last then. */
struct date { int64_t year; int month, day; };

static struct date date_of(int64_t days)
{
    enum { DAYS_400 = 146097, DAYS_100 = 36524, DAYS_4 = 1461, DAYS_1 = 365, TO_EPOCH = 719468 };
    int64_t since = days + TO_EPOCH, cycle = since / DAYS_400, rest = since % DAYS_400;
    int64_t hundreds, fours, ones;
    int month;

    hundreds = rest / DAYS_100 - rest / (4 * DAYS_100);         /* the 400th year has its leap day    */
    rest -= hundreds * DAYS_100;
    fours = rest / DAYS_4;
    rest -= fours * DAYS_4;
    ones = rest / DAYS_1 - rest / (4 * DAYS_1);                 /* and so has the 4th                 */
    rest -= ones * DAYS_1;
    month = (int)((5 * rest + 2) / 153);        /* 31 30 31 30 31, 31 30 31 30 31, 31 …: 153 days five */
    return (struct date){ .year = 400 * cycle + 100 * hundreds + 4 * fours + ones + (month >= 10),
                          .month = month < 10 ? month + 3 : month - 9,
                          .day = (int)(rest - (153 * month + 2) / 5) + 1 };
}

void db_time_print(int64_t utc, char ret_text[DB_TIME_SIZE])
{
    const int64_t first = INT64_C(-62135596800), last = INT64_C(253402300799);  /* year 1 … 9999      */
    int64_t clamped = utc < first ? first : utc > last ? last : utc;
    int64_t since = clamped - first;            /* not negative: / and % round down                   */
    struct date d = date_of(since / 86400 + first / 86400);
    unsigned second = (unsigned)(since % 86400), year = (unsigned)d.year;

    snprintf(ret_text, DB_TIME_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", year % 10000, (unsigned)d.month % 100,
             (unsigned)d.day % 100, second / 3600 % 24, second / 60 % 60, second % 60);
}
