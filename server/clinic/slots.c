/* slots.c - expanding rules, a day at a time. */
#include "slots.h"

#include <assert.h>
#include <string.h>

#include "date.h"

enum { DAY_S = 86400, DAYS_AROUND = 3, SPANS_MAX = DAYS_AROUND * SLOTS_RULES_MAX + SLOTS_EXTRA_MAX };

/* --- the hours ----------------------------------------------------------------------------------------- */

struct hours { struct slots_span at[SPANS_MAX]; size_t count; };        /* ascending, none touches another */

/* What touches becomes one: a consult may begin in one rule and end in the next. */
static void hours_add(struct hours *h, struct slots_span new)
{
    size_t first = 0, last;

    if (new.begin_utc >= new.end_utc)
        return;                                 /* all of it in a gap */
    while (first < h->count && h->at[first].end_utc < new.begin_utc)
        first++;
    for (last = first; last < h->count && h->at[last].begin_utc <= new.end_utc; last++) {
        if (h->at[last].begin_utc < new.begin_utc)
            new.begin_utc = h->at[last].begin_utc;
        if (h->at[last].end_utc > new.end_utc)
            new.end_utc = h->at[last].end_utc;
    }
    assert(h->count < SPANS_MAX);
    memmove(&h->at[first + 1], &h->at[last], (h->count - last) * sizeof *h->at);
    h->at[first] = new;
    h->count = h->count - (last - first) + 1;
}

static bool rule_holds(const struct slots_rule *rule, int64_t day)
{
    return rule->weekday == date_weekday(day) && day >= rule->from_day && day <= rule->to_day;
}

/* The first instant at which the clock shows this minute of the day, or a later one if it is skipped. */
static int64_t minute_utc(const struct slots_plan *p, int64_t day, int minute)
{
    int64_t utc[2];

    (void)zone_instants(p->zone, day * DAY_S + minute * 60, utc);
    return utc[0];
}

static int64_t local_day(const struct slots_plan *p, int64_t utc)
{
    int64_t wall = zone_wall(p->zone, utc);

    return wall / DAY_S - (wall % DAY_S < 0);
}

/* Of a local day and its neighbours: no consult is longer. */
static void hours_around(const struct slots_plan *p, int64_t day, struct hours *ret_hours)
{
    ret_hours->count = 0;
    for (int64_t d = day - 1; d <= day + 1; d++)
        for (size_t i = 0; i < p->rules_count; i++)
            if (rule_holds(&p->rules[i], d))
                hours_add(ret_hours, (struct slots_span){ minute_utc(p, d, p->rules[i].begin_min),
                                                          minute_utc(p, d, p->rules[i].end_min) });
    for (size_t i = 0; i < p->extra_count; i++)
        hours_add(ret_hours, p->extra[i]);
}

/* Until when it is open from `utc` on; `utc` itself: it is not. */
static int64_t open_until(const struct hours *h, int64_t utc)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->at[i].begin_utc <= utc && utc < h->at[i].end_utc)
            return h->at[i].end_utc;
    return utc;
}

/* --- one start ----------------------------------------------------------------------------------------- */

static bool is_off(const struct slots_plan *p, int64_t begin, int64_t end)
{
    for (size_t i = 0; i < p->off_count; i++)
        if (p->off[i].begin_utc < end && p->off[i].end_utc > begin)
            return true;
    return false;
}

static enum slots_why busy_why(const struct slots_plan *p, int64_t begin, int64_t end)
{
    enum slots_why why = SLOTS_OFFERED;

    for (size_t i = 0; i < p->busy_count; i++) {
        const struct slots_busy *b = &p->busy[i];

        if (b->begin_utc < end && b->end_utc > begin)
            return SLOTS_BOOKED;
        if (b->begin_utc < end + p->buffer_min * 60 && b->free_utc > begin)
            why = SLOTS_BUFFER;
    }
    return why;
}

/* All but the grid. */
static enum slots_why start_why(const struct slots_plan *p, const struct hours *h, int64_t begin)
{
    int64_t end = begin + p->minutes * 60, until = open_until(h, begin);

    if (begin <= p->now_utc)
        return SLOTS_PAST;
    if (begin < p->now_utc + p->notice_s)
        return SLOTS_TOO_SOON;
    if (begin > p->now_utc + p->horizon_s)
        return SLOTS_TOO_FAR;
    if (until == begin)
        return SLOTS_OUTSIDE_HOURS;
    if (is_off(p, begin, end))
        return SLOTS_OFF;
    if (until < end)
        return SLOTS_ENDS_AFTER_HOURS;
    return busy_why(p, begin, end);
}

/* --- the grid ------------------------------------------------------------------------------------------ */

/* Called for every start that a rule or extra hours put on this local day, in no order. */
typedef void start_fn(void *data, int64_t start_utc);

static void grid_of_day(const struct slots_plan *p, int64_t day, start_fn *visit, void *data)
{
    int64_t utc[2], step_s = (p->minutes + p->buffer_min) * 60;

    for (size_t i = 0; i < p->rules_count; i++) {
        const struct slots_rule *rule = &p->rules[i];

        assert(rule->step_min >= SLOTS_STEP_MIN);
        for (int at = rule->begin_min; at < rule->end_min && rule_holds(rule, day); at += rule->step_min)
            if (zone_instants(p->zone, day * DAY_S + at * 60, utc) > 0)
                visit(data, utc[0]);
    }
    for (size_t i = 0; i < p->extra_count; i++)
        for (int64_t at = p->extra[i].begin_utc; at < p->extra[i].end_utc; at += step_s)
            if (local_day(p, at) == day)
                visit(data, at);
}

struct search {
    const struct slots_plan *plan;
    struct hours             hours;
    int64_t                  from_utc, to_utc, *starts;
    size_t                   count, max;
};

static void search_visit(void *data, int64_t start)
{
    struct search *s = data;
    size_t at = s->count;

    if (start < s->from_utc || start >= s->to_utc || start_why(s->plan, &s->hours, start) != SLOTS_OFFERED)
        return;
    while (at > 0 && s->starts[at - 1] > start)
        at--;
    if ((at > 0 && s->starts[at - 1] == start) || at == s->max)
        return;
    if (s->count == s->max)
        s->count--;                             /* the last falls out */
    memmove(&s->starts[at + 1], &s->starts[at], (s->count - at) * sizeof *s->starts);
    s->starts[at] = start;
    s->count++;
}

size_t slots_find(const struct slots_plan *p, int64_t from_utc, int64_t to_utc, int64_t *ret_starts,
                  size_t max)
{
    struct search s = { .plan = p, .from_utc = from_utc, .to_utc = to_utc, .starts = ret_starts, .max = max };
    int64_t last_utc = p->now_utc + p->horizon_s, last_day;

    assert(p->rules_count <= SLOTS_RULES_MAX && p->extra_count <= SLOTS_EXTRA_MAX);
    assert(p->minutes > 0 && p->buffer_min >= 0 && p->minutes + p->buffer_min <= SLOTS_LENGTH_MAX);
    if (s.from_utc < p->now_utc)
        s.from_utc = p->now_utc;
    if (s.to_utc > last_utc + 1)
        s.to_utc = last_utc + 1;
    if (s.from_utc >= s.to_utc || max == 0)
        return 0;
    last_day = local_day(p, s.to_utc);
    for (int64_t day = local_day(p, s.from_utc); day <= last_day && s.count < max; day++) {
        hours_around(p, day, &s.hours);
        grid_of_day(p, day, search_visit, &s);
    }
    return s.count;
}

/* --- nearest ------------------------------------------------------------------------------------------- */

static int64_t distance(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}

size_t slots_nearest(const struct slots_plan *p, int64_t utc, int64_t *ret_starts, size_t count)
{
    enum { WEEK_S = 7 * DAY_S, WEEK_STARTS = 2 * 7 * 24 * 60 / SLOTS_STEP_MIN };
    int64_t near[WEEK_STARTS];
    size_t found = slots_find(p, utc - WEEK_S, utc + WEEK_S, near, WEEK_STARTS), first = 0;

    assert(count <= SLOTS_NEAREST_MAX);
    if (found < count)
        found += slots_find(p, utc + WEEK_S, p->now_utc + p->horizon_s + 1, near + found, count - found);
    for (; found > count; found--)              /* the farther of both ends goes */
        if (distance(near[first], utc) > distance(near[first + found - 1], utc))
            first++;
    memcpy(ret_starts, near + first, found * sizeof *near);
    return found;
}

/* --- why ----------------------------------------------------------------------------------------------- */

struct wanted { int64_t start_utc; bool found; };

static void wanted_visit(void *data, int64_t start)
{
    struct wanted *w = data;

    w->found = w->found || start == w->start_utc;
}

static bool is_on_grid(const struct slots_plan *p, int64_t start)
{
    struct wanted w = { .start_utc = start };

    grid_of_day(p, local_day(p, start), wanted_visit, &w);
    return w.found;
}

static enum slots_why grid_why(const struct slots_plan *p, int64_t start)
{
    int64_t utc[2];

    if (is_on_grid(p, start))
        return SLOTS_OFFERED;
    if (zone_instants(p->zone, zone_wall(p->zone, start), utc) == 2 && start == utc[1] &&
        is_on_grid(p, utc[0]))
        return SLOTS_REPEATED_HOUR;
    return SLOTS_OFF_GRID;
}

enum slots_why slots_why(const struct slots_plan *p, int64_t start)
{
    enum slots_why why, grid;
    struct hours hours;

    hours_around(p, local_day(p, start), &hours);
    why = start_why(p, &hours, start);
    if (why != SLOTS_OFFERED && why < SLOTS_BOOKED)
        return why;
    grid = grid_why(p, start);
    return grid != SLOTS_OFFERED ? grid : why;
}

enum slots_why slots_why_wall(const struct slots_plan *p, int64_t wall, int64_t *ret_start_utc)
{
    int64_t utc[2];
    int shown = zone_instants(p->zone, wall, utc);

    *ret_start_utc = utc[0];
    return shown == 0 ? SLOTS_SKIPPED_HOUR : slots_why(p, utc[0]);
}

const char *slots_why_name(enum slots_why why)
{
    static const char *const names[SLOTS_WHY_COUNT] = {
        [SLOTS_OFFERED] = "offered",
        [SLOTS_PAST] = "past",
        [SLOTS_TOO_SOON] = "too-soon",
        [SLOTS_TOO_FAR] = "too-far",
        [SLOTS_SKIPPED_HOUR] = "skipped-hour",
        [SLOTS_OUTSIDE_HOURS] = "outside-hours",
        [SLOTS_OFF] = "off",
        [SLOTS_ENDS_AFTER_HOURS] = "ends-after-hours",
        [SLOTS_REPEATED_HOUR] = "repeated-hour",
        [SLOTS_OFF_GRID] = "off-grid",
        [SLOTS_BOOKED] = "booked",
        [SLOTS_BUFFER] = "buffer",
    };

    assert(why < SLOTS_WHY_COUNT);
    return names[why];
}
