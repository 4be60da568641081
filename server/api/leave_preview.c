/* leave_preview.c - whom a leave would meet, and where each could go instead. */
#include "leave.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "calendar.h"
#include "door.h"
#include "xalloc.h"

enum { DAY_S = 86400, AHEAD_S = 14 * DAY_S, STARTS_MAX = 64 };

/* A time that is proposed to one is proposed to nobody else. */
struct taken {
    int64_t doctor, start_utc, free_utc;
};

struct search {
    struct action *a;
    struct db *db;
    struct taken *taken;
    size_t taken_count;
    struct appointment_access about; /* whom a time is looked for */
    struct store_service service;
};

struct found {
    struct doctor_access doctor;
    int64_t start_utc;
}; /* doctor.doctor 0: none */

static bool is_taken(const struct search *s, int64_t doctor, int64_t start_utc, int64_t free_utc)
{
    for (size_t i = 0; i < s->taken_count; i++)
        if (s->taken[i].doctor == doctor && s->taken[i].start_utc < free_utc &&
            s->taken[i].free_utc > start_utc)
            return true;
    return false;
}

/* The doctor's first start in [from, to) that suits the patient, if it is before what was found. */
static int doctor_search(struct search *s, const struct doctor_access *doctor, int64_t from_utc,
                         int64_t to_utc, struct found *found)
{
    int64_t starts[STARTS_MAX], length_s = s->service.minutes * 60,
                                free_s = length_s + s->service.buffer_min * 60;
    struct calendar *calendar = NULL;
    size_t count;
    int err = calendar_open(action_api(s->a), s->db, doctor, &s->service, from_utc, to_utc, &calendar);

    if (err)
        return err;
    count = slots_find(calendar_plan(calendar), from_utc, to_utc, starts, STARTS_MAX);
    calendar_free(calendar);
    for (size_t i = 0; i < count; i++) {
        bool busy;

        if (found->doctor.doctor != 0 && starts[i] >= found->start_utc)
            break;
        if (is_taken(s, doctor->doctor, starts[i], starts[i] + free_s))
            continue;
        err = store_patient_is_busy(s->db, &s->about, starts[i], starts[i] + length_s, &busy);
        if (err)
            return err;
        if (!busy) {
            *found = (struct found){ *doctor, starts[i] };
            break;
        }
    }
    return 0;
}

static int colleagues_search(struct search *s, const struct leave_span *span, struct found *found)
{
    int64_t now = db_now(s->db), from = s->about.start_utc > now ? s->about.start_utc : now;
    json_t *colleagues = NULL, *one;
    size_t i;
    int err = store_leave_colleagues(s->db, s->about.doctor, s->service.id, &colleagues);

    json_array_foreach(colleagues, i, one)
    {
        struct doctor_access doctor;

        if (err == 0)
            err = store_doctor_access(s->db, json_string_value(json_object_get(one, "id")), action_who(s->a),
                                      &doctor);
        if (err == 0)
            err = doctor_search(s, &doctor, from, span->end_utc + AHEAD_S, found);
    }
    json_decref(colleagues);
    return err;
}

/* He himself, soon after; else whoever has time first. Only a booking has somewhere to go. */
static int place_search(struct search *s, const struct leave_span *span, struct found *found)
{
    int err = store_service_find(s->db, s->about.service_id, &s->service);

    if (err == -ENOENT || strcmp(s->about.status, "booked") != 0)
        return 0; /* no longer offered */
    if (err == 0)
        err = doctor_search(s, action_doctor(s->a), span->end_utc, span->end_utc + AHEAD_S, found);
    if (err == 0 && found->doctor.doctor == 0)
        err = colleagues_search(s, span, found);
    if (err == 0 && found->doctor.doctor != 0)
        s->taken[s->taken_count++] =
            (struct taken){ found->doctor.doctor, found->start_utc,
                            found->start_utc + (s->service.minutes + s->service.buffer_min) * 60 };
    return err;
}

/* { start, end, doctor }, or null. */
static int proposal_make(struct search *s, const struct found *found, json_t **ret_proposal)
{
    char start[DB_TIME_SIZE], end[DB_TIME_SIZE];
    json_t *doctor = NULL;
    int err;

    if (found->doctor.doctor == 0) {
        *ret_proposal = json_null();
        return 0;
    }
    err = store_doctor_get(s->db, found->doctor.doctor, &doctor);
    if (err)
        return err;
    db_time_print(found->start_utc, start);
    db_time_print(found->start_utc + s->service.minutes * 60, end);
    *ret_proposal = json_pack("{s:s, s:s, s:o}", "start", start, "end", end, "doctor", doctor);
    return *ret_proposal != NULL ? 0 : -ENOMEM;
}

static int item_add(struct search *s, const struct leave_span *span, const json_t *id, json_t *items)
{
    struct found found = { 0 };
    json_t *proposal = NULL, *one = NULL, *refund = NULL;
    int err = leave_affected_find(s->db, id, &s->about);

    if (err == 0)
        err = place_search(s, span, &found);
    if (err == 0)
        err = proposal_make(s, &found, &proposal);
    if (err == 0)
        err = leave_refund(s->db, &s->about, &refund);
    if (err == 0)
        err = store_appointment_get(s->db, s->about.id, &one);
    if (err) {
        json_decref(proposal);
        json_decref(refund);
        return err;
    }
    one = json_pack("{s:o, s:o, s:o}", "appointment", one, "proposal", proposal, "refund", refund);
    return json_array_append_new(items, one) != 0 ? -ENOMEM : 0;
}

int leave_preview(struct action *a, struct db *db)
{
    struct search s = { .a = a, .db = db };
    struct leave_span span;
    json_t *ids = NULL, *id, *items = json_array();
    size_t i;
    int err = leave_span_take(a, db, &span);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_leave_affected(db, action_doctor(a)->doctor, span.start_utc, span.end_utc, &ids);
    s.taken = xalloc(STORE_AFFECTED_MAX * sizeof *s.taken);
    json_array_foreach(ids, i, id) if (err == 0) err = item_add(&s, &span, id, items);
    free(s.taken);
    json_decref(ids);
    if (err == 0)
        return action_answer(a, json_pack("{s:o}", "items", items));
    json_decref(items);
    return err;
}
