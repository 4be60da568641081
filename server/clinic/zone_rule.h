/* zone_rule.h - the footer of a TZif file: "EST5EDT,M3.2.0,M11.1.0", the rule for the far future. Pure.
 * POSIX.1-2017, 8.3 TZ, with the hours of RFC 8536, 3.3.1. For zone.c. */
#ifndef ZONE_RULE_H
#define ZONE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zone_day {                               /* a day of each year, and a time of it */
    char    kind;                               /* 'J' 1-365 without 29 February, '0' 0-365, 'M' */
    int     day;                                /* of J and 0; of M the weekday, 0 is Sunday */
    int     month, week;                        /* of M; week 5 is the last */
    int32_t time_s;
};

struct zone_rule {                              /* offsets in seconds east of UTC */
    int32_t         offset, summer_offset;
    bool            has_summer;
    struct zone_day begins, ends;               /* summer */
};

int zone_rule_parse(const char *text, size_t size, struct zone_rule *ret_rule); /* -EINVAL */

/* The offset at an instant, and until when it is certain: INT64_MAX for ever. */
int32_t zone_rule_offset(const struct zone_rule *, int64_t utc, int64_t *ret_until);

#endif
