/* slots.h - which times of a doctor are offered for a service, and why another is not. Pure.
 *
 * Rules are wall-clock times in the doctor's zone: a time that the clock skips is not offered, an hour that
 * comes twice is offered the first time. A consult lies wholly in the hours (rules and extra ones, as one)
 * and touches no time off; its buffer only keeps the next booking away, and may pass the end of the hours. */
#ifndef SLOTS_H
#define SLOTS_H

#include "zone.h"

enum {
    SLOTS_RULES_MAX = 64,                       /* of a doctor */
    SLOTS_EXTRA_MAX = 256,                      /* spans of extra hours in the plan, a day each at most */
    SLOTS_STEP_MIN = 5,                         /* minutes between two starts */
    SLOTS_LENGTH_MAX = 240,                     /* minutes of a service with its buffer */
};

struct slots_rule {                             /* weekday 1 Monday … 7 Sunday, in the doctor's zone */
    int     weekday;
    int     begin_min, end_min;                 /* of the day; 1440 is its end */
    int     step_min;                           /* from one start to the next */
    int64_t from_day, to_day;                   /* both belong to it; date_days() */
};
struct slots_span   { int64_t begin_utc, end_utc; };
struct slots_busy   { int64_t begin_utc, end_utc, free_utc; };  /* free: after its buffer */

struct slots_plan {                             /* all lent */
    const struct zone        *zone;             /* the doctor's */
    const struct slots_rule  *rules;
    const struct slots_span  *extra, *off;
    const struct slots_busy  *busy;
    size_t  rules_count, extra_count, off_count, busy_count;
    int     minutes, buffer_min;                /* of the service; together SLOTS_LENGTH_MAX at most */
    int64_t now_utc, notice_s, horizon_s;
};

/* The starts in [from, to) that are offered, ascending, each once. Returns how many; when there are more than
 * `max`, the first of them. */
size_t slots_find(const struct slots_plan *, int64_t from_utc, int64_t to_utc, int64_t *ret_starts,
                  size_t max);

/* Up to `count` starts nearest to `utc`, ascending. Looks a week to both sides, then further ahead. */
enum { SLOTS_NEAREST_MAX = 8 };
size_t slots_nearest(const struct slots_plan *, int64_t utc, int64_t *ret_starts, size_t count);

enum slots_why {                                /* the first reason that holds */
    SLOTS_OFFERED,
    SLOTS_PAST,
    SLOTS_TOO_SOON,                             /* within the notice */
    SLOTS_TOO_FAR,                              /* past the horizon */
    SLOTS_SKIPPED_HOUR,                         /* the clock jumps over it */
    SLOTS_OUTSIDE_HOURS,
    SLOTS_OFF,                                  /* an exception takes the time away */
    SLOTS_ENDS_AFTER_HOURS,
    SLOTS_REPEATED_HOUR,                        /* the same wall clock was offered an hour before */
    SLOTS_OFF_GRID,                             /* no start of any rule */
    SLOTS_BOOKED,
    SLOTS_BUFFER,                               /* only a buffer is in the way: its own, or another's */
    SLOTS_WHY_COUNT
};
enum slots_why slots_why(const struct slots_plan *, int64_t start_utc);
enum slots_why slots_why_wall(const struct slots_plan *, int64_t wall, int64_t *ret_start_utc);
const char    *slots_why_name(enum slots_why);  /* "outside-hours" */

#endif
