/* calendar.c - rows become a plan. */
#include "calendar.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clinic/date.h"
#include "door.h"
#include "log.h"
#include "storage/store_appointment.h"
#include "xalloc.h"

enum { DAY_S = 86400 };

struct calendar {
    struct slots_plan  plan;
    struct slots_rule *rules;
    struct slots_span *extra, *off;
    struct slots_busy *busy;
};

static const char *text_of(const json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

/* What the database holds was checked when it came in. */
static int64_t utc_of(const json_t *row, const char *name)
{
    int64_t utc = 0;

    (void)date_parse_utc(text_of(row, name), &utc);
    return utc;
}

static int rules_read(struct calendar *c, struct db *db, int64_t doctor)
{
    json_t *rows = NULL, *row;
    size_t i;
    int err = store_rule_list(db, doctor, &rows);

    if (err)
        return err;
    c->rules = xalloc((json_array_size(rows) + 1) * sizeof *c->rules);
    json_array_foreach(rows, i, row) {
        struct slots_rule rule = { .weekday = (int)json_integer_value(json_object_get(row, "weekday")),
                                   .step_min = (int)json_integer_value(json_object_get(row, "stepMin")),
                                   .to_day = INT64_MAX };

        (void)date_parse_minutes(text_of(row, "start"), &rule.begin_min);
        (void)date_parse_minutes(text_of(row, "end"), &rule.end_min);
        (void)date_parse(text_of(row, "from"), &rule.from_day);
        if (text_of(row, "to") != NULL)
            (void)date_parse(text_of(row, "to"), &rule.to_day);
        c->rules[i] = rule;
    }
    c->plan.rules = c->rules;
    c->plan.rules_count = json_array_size(rows);
    json_decref(rows);
    return 0;
}

static int exceptions_read(struct calendar *c, struct db *db, int64_t doctor, int64_t from_utc,
                           int64_t to_utc)
{
    json_t *rows = NULL, *row;
    size_t i;
    int err = store_exception_list(db, doctor, from_utc - DAY_S, to_utc + DAY_S, &rows);

    if (err)
        return err;
    c->extra = xalloc((json_array_size(rows) + 1) * sizeof *c->extra);
    c->off = xalloc((json_array_size(rows) + 1) * sizeof *c->off);
    json_array_foreach(rows, i, row) {
        struct slots_span span = { utc_of(row, "startAt"), utc_of(row, "endAt") };

        if (strcmp(text_of(row, "kind"), "off") == 0)
            c->off[c->plan.off_count++] = span;
        else if (c->plan.extra_count < SLOTS_EXTRA_MAX)
            c->extra[c->plan.extra_count++] = span;
    }
    c->plan.extra = c->extra;
    c->plan.off = c->off;
    json_decref(rows);
    return 0;
}

static int busy_read(struct calendar *c, struct db *db, int64_t doctor, int64_t from_utc, int64_t to_utc)
{
    json_t *rows = NULL, *row;
    size_t i;
    int err = store_appointment_busy(db, doctor, from_utc, to_utc, &rows);

    if (err)
        return err;
    c->busy = xalloc((json_array_size(rows) + 1) * sizeof *c->busy);
    json_array_foreach(rows, i, row)
        c->busy[i] = (struct slots_busy){ json_integer_value(json_object_get(row, "begin")),
                                          json_integer_value(json_object_get(row, "end")),
                                          json_integer_value(json_object_get(row, "free")) };
    c->plan.busy = c->busy;
    c->plan.busy_count = json_array_size(rows);
    json_decref(rows);
    return 0;
}

/* Nobody is booked past the end of his licence. */
static int64_t horizon_of(const struct doctor_access *doctor, int64_t now_utc)
{
    int64_t licence = doctor->licence_until_utc, horizon = now_utc + doctor->horizon_s;

    return (licence <= horizon ? licence - 1 : horizon) - now_utc;
}

int calendar_open(struct api *api, struct db *db, const struct doctor_access *doctor,
                  const struct store_service *service, int64_t from_utc, int64_t to_utc,
                  struct calendar **ret_calendar)
{
    struct calendar *c;
    int64_t now = db_now(db);
    int err;

    if (service->clinic != doctor->clinic || (service->department != 0 &&
                                              service->department != doctor->department))
        return -ENOENT;
    c = xalloc(sizeof *c);
    c->plan = (struct slots_plan){ .zone = zones_find(api->zones, doctor->tz), .minutes = service->minutes,
                                   .buffer_min = service->buffer_min, .now_utc = now,
                                       .notice_s = doctor->notice_s,
                                   .horizon_s = horizon_of(doctor, now) };
    err = c->plan.zone != NULL ? rules_read(c, db, doctor->doctor) : -EIO;
    if (err == 0)
        err = exceptions_read(c, db, doctor->doctor, from_utc, to_utc);
    if (err == 0)
        err = busy_read(c, db, doctor->doctor, from_utc, to_utc);
    if (err)
        calendar_free(c);
    else
        *ret_calendar = c;
    return err;
}

void calendar_free(struct calendar *c)
{
    if (c == NULL)
        return;
    free(c->rules);
    free(c->extra);
    free(c->off);
    free(c->busy);
    free(c);
}

const struct slots_plan *calendar_plan(const struct calendar *c)
{
    return &c->plan;
}

json_t *calendar_slots(const struct slots_plan *plan, const int64_t *starts, size_t count)
{
    json_t *slots = json_array();

    for (size_t i = 0; i < count && slots != NULL; i++) {
        char start[DB_TIME_SIZE], end[DB_TIME_SIZE];

        db_time_print(starts[i], start);
        db_time_print(starts[i] + plan->minutes * 60, end);
        if (json_array_append_new(slots, json_pack("{s:s, s:s}", "startAt", start, "endAt", end)) != 0) {
            json_decref(slots);
            return NULL;
        }
    }
    return slots;
}
