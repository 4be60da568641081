/* slots_fixture.h - a doctor's plan from words: times on the wall of his zone. */
#ifndef SLOTS_FIXTURE_H
#define SLOTS_FIXTURE_H

#include "zone_fixture.h"

#include "date.h"
#include "slots.h"

struct rule_said { int weekday; const char *begin, *end; int step_min; const char *from, *to; };
struct span_said { const char *begin, *end; int buffer_min; };

#define DAY(...)  { .weekday = __VA_ARGS__ }    /* DAY(1, "09:00", "12:00", 30): a rule of Mondays */
#define SPAN(...) { .begin = __VA_ARGS__ }

struct plan_said {                              /* NULL and 0: none, or what plan_of() says */
    const char      *zone;
    struct rule_said rules[4];
    struct span_said extra[2], off[2], busy[2];
    int              minutes, buffer_min;
    const char      *now;
    int              notice_min, horizon_days;
};

struct desk {
    struct zone       zone;
    unsigned char    *bytes;
    struct slots_rule rules[4];
    struct slots_span extra[2], off[2];
    struct slots_busy busy[2];
    struct slots_plan plan;
};

/* On the wall, or an instant when it ends in Z; of an hour that comes twice the first. */
static inline int64_t utc_of(const struct zone *z, const char *text)
{
    int64_t wall = 0, utc[2];

    if (date_parse_utc(text, &wall) == 0)
        return wall;
    CHECK_INT(date_parse_wall(text, &wall), 0);
    (void)zone_instants(z, wall, utc);
    return utc[0];
}

static inline size_t spans_of(const struct zone *z, const struct span_said said[2],
                              struct slots_span spans[2])
{
    size_t count = 0;

    for (; count < 2 && said[count].begin; count++)
        spans[count] = (struct slots_span){ utc_of(z, said[count].begin), utc_of(z, said[count].end) };
    return count;
}

static inline struct slots_rule rule_of(const struct rule_said *said)
{
    struct slots_rule rule = { .weekday = said->weekday, .step_min = said->step_min ? said->step_min : 30,
                               .from_day = INT64_MIN, .to_day = INT64_MAX };

    CHECK_INT(date_parse_minutes(said->begin, &rule.begin_min), 0);
    CHECK_INT(date_parse_minutes(said->end, &rule.end_min), 0);
    if (said->from)
        CHECK_INT(date_parse(said->from, &rule.from_day), 0);
    if (said->to)
        CHECK_INT(date_parse(said->to, &rule.to_day), 0);
    return rule;
}

/* Without words: consults of 30 minutes, and all of the year 2026 and the next can be booked. */
static inline void desk_open(struct desk *d, const struct plan_said *said)
{
    struct slots_plan *p = &d->plan;

    *d = (struct desk){ 0 };
    d->bytes = zone_read(said->zone ? said->zone : "Asia/Shanghai", &d->zone);
    *p = (struct slots_plan){ .zone = &d->zone, .rules = d->rules, .extra = d->extra, .off = d->off,
                              .busy = d->busy, .minutes = said->minutes ? said->minutes : 30,
                              .buffer_min = said->buffer_min, .notice_s = said->notice_min * 60,
                              .horizon_s = (said->horizon_days ? said->horizon_days : 1000) * 86400 };
    p->now_utc = utc_of(&d->zone, said->now ? said->now : "2026-01-01T00:00");
    for (; p->rules_count < 4 && said->rules[p->rules_count].begin; p->rules_count++)
        d->rules[p->rules_count] = rule_of(&said->rules[p->rules_count]);
    p->extra_count = spans_of(&d->zone, said->extra, d->extra);
    p->off_count = spans_of(&d->zone, said->off, d->off);
    for (; p->busy_count < 2 && said->busy[p->busy_count].begin; p->busy_count++) {
        const struct span_said *b = &said->busy[p->busy_count];
        int64_t end = utc_of(&d->zone, b->end);

        d->busy[p->busy_count] = (struct slots_busy){ utc_of(&d->zone, b->begin), end,
                                                      end + b->buffer_min * 60 };
    }
}

static inline void desk_close(struct desk *d)
{
    free(d->bytes);
}

#endif
