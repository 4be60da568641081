/* leave_undo.c - a leave is taken back: all of it, or nothing. */
#include "leave.h"

#include <errno.h>
#include <string.h>

#include "action.h"
#include "appointments.h"
#include "door.h"
#include "payments.h"

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

struct undoing {
    json_t *restored, *lost; /* [Appointment], [LeaveLost]                       */
    int refused;             /* by the first that cannot come back               */
};

/* As it was: the time must still be free, not offered. */
static int booked_again(struct action *a, struct db *db, struct undoing *u,
                        const struct appointment_access *before, const struct appointment_access *last,
                        const json_t *change)
{
    json_t *one = NULL;
    struct store_service service;
    struct appointment_new new = { .doctor = action_doctor(a),
                                   .service = &service,
                                   .patient = before->patient,
                                   .user = action_user(a),
                                   .start_utc = before->start_utc,
                                   .tzdb = zones_version(action_api(a)->zones),
                                   .overbook = json_is_true(json_object_get(change, "isOverbooked")),
                                   .on_request = strcmp(text_of(change, "status"), "requested") == 0 };
    int64_t again;
    int err = store_service_find(db, before->service_id, &service);

    if (err == 0)
        err = store_appointment_add_after(db, last, &new, &again);
    if (err == 0)
        err = appointment_tell(a, db, again, false);
    if (err == 0)
        err = store_appointment_get(db, again, &one);
    return err ? err : json_array_insert_new(u->restored, 0, one) != 0 ? -ENOMEM : 0;
}

/* What it was moved to is given up, with its consult; it must still be there. */
static int next_end(struct action *a, struct db *db, struct appointment_access *next)
{
    int err = strcmp(next->status, "booked") == 0 ? 0 : DB_BAD_TRANSITION;

    next->keeps = true;
    if (err == 0)
        err = store_appointment_move(
            db, next, &(struct appointment_move){ .to = "rescheduled", .user = action_user(a) });
    if (err == 0)
        err = appointment_consult_follow(a, db, next->id, "rescheduled");
    return err ? err : appointment_tell(a, db, next->id, false);
}

static int change_undo(struct action *a, struct db *db, struct undoing *u, const json_t *change)
{
    const char *next = text_of(change, "next");
    struct appointment_access before = { 0 }, last;
    int err = store_appointment_find(db, text_of(change, "before"), &before);

    last = before;
    last.keeps = true;
    if (err == 0 && next != NULL)
        err = store_appointment_find(db, next, &last);
    if (err == 0)
        err = next != NULL ? next_end(a, db, &last) : payment_recall(a, db, &before);
    return err ? err : booked_again(a, db, u, &before, &last, change);
}

/* What is in the way of one. */
static const struct {
    int err;
    const char *why;
} whys[] = {
    { DB_DOCTOR_BUSY, "doctor-busy" }, { DB_PATIENT_BUSY, "patient-busy" }, { DB_BAD_TRANSITION, "changed" },
    { -ENOENT, "not-offered" },        { -EALREADY, "refunded" },
};

static const char *why_of(int err)
{
    for (size_t i = 0; i < sizeof whys / sizeof *whys; i++)
        if (whys[i].err == err)
            return whys[i].why;
    return NULL;
}

/* A hold would be over soon anyway. */
static bool is_hold(const json_t *change)
{
    const char *status = text_of(change, "status");

    return strcmp(status, "held") == 0 || strcmp(status, "pending_payment") == 0;
}

/* Tries each, so that all that cannot come back is said; if one cannot, nothing does. */
static int changes_undo(struct action *a, struct db *db, struct undoing *u, const json_t *changes)
{
    json_t *change;
    size_t i;

    json_array_foreach(changes, i, change)
    {
        int err = is_hold(change) ? 0 : change_undo(a, db, u, change);
        const char *why = is_hold(change) ? "hold-ended" : why_of(err);

        if (err && why == NULL)
            return err;
        if (why != NULL &&
            json_array_append_new(u->lost, json_pack("{s:s, s:s}", "appointment", text_of(change, "before"),
                                                     "why", why)) != 0)
            return -ENOMEM;
        if (u->refused == 0)
            u->refused = err;
    }
    return 0;
}

static int undo_refuse(struct action *a, const struct undoing *u)
{
    (void)action_mind(a, "not all can come back, so nothing was undone");
    if (action_explain(a, "lost", json_incref(u->lost)) != 0)
        return -ENOMEM;
    return u->refused == -ENOENT || u->refused == -EALREADY ? DB_BAD_TRANSITION : u->refused;
}

static int leave_undo_now(struct action *a, struct db *db, const struct leave_access *leave)
{
    struct undoing u = { .restored = json_array(), .lost = json_array() };
    json_t *changes = NULL;
    int err = store_leave_undo(db, leave->id);

    if (err == 0)
        err = store_leave_changes(db, leave->id, &changes);
    if (err == 0)
        err = changes_undo(a, db, &u, changes);
    json_decref(changes);
    if (err == 0 && u.refused != 0)
        err = undo_refuse(a, &u);
    if (err == 0)
        err = leave_audit(a, db, "leave.undo", leave->public_id);
    if (err == 0)
        err = leave_answer(a, db, leave->id, "lost", u.lost);
    if (err == 0 && json_object_set(a->answer, "restored", u.restored) != 0)
        err = -ENOMEM;
    json_decref(u.restored);
    json_decref(u.lost);
    return err;
}

int leave_undo(struct action *a, struct db *db)
{
    struct leave_access leave;
    const char *id;
    int err = action_take_text(a, "leave", 64, &id);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_leave_find(db, action_doctor(a)->doctor, id, &leave);
    if (err == 0 && leave.undone)
        err = DB_BAD_TRANSITION;
    if (err == 0 && db_now(db) > leave.undo_until_utc)
        err = -ETIME;
    return err ? err : leave_undo_now(a, db, &leave);
}
