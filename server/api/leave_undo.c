/* leave_undo.c - a leave is taken back: all of it, or nothing. */
#include "leave.h"

#include <errno.h>
#include <string.h>

#include "action.h"
#include "appointments.h"
#include "door.h"
#include "storage/store_payment.h"

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* As it was: the time must still be free, not offered. */
static int booked_again(struct action *a, struct db *db, const struct appointment_access *before,
                        const struct appointment_access *last, const json_t *change)
{
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
    return err ? err : appointment_tell(a, db, again, false);
}

/* Money that is on its way back does not come again by itself. */
static int money_check(struct db *db, const struct appointment_access *before)
{
    struct payment_order order;
    int err = store_payment_newest(db, before->series, &order);

    if (err)
        return err == -ENOENT ? 0 : err;
    return strstr(order.state, "refund") != NULL ? -EALREADY : 0;
}

/* What it was moved to is given up; it must still be there. */
static int next_end(struct action *a, struct db *db, struct appointment_access *next)
{
    int err = strcmp(next->status, "booked") == 0 ? 0 : DB_BAD_TRANSITION;

    next->keeps = true;
    if (err == 0)
        err = store_appointment_move(
            db, next, &(struct appointment_move){ .to = "rescheduled", .user = action_user(a) });
    return err ? err : appointment_tell(a, db, next->id, false);
}

static int change_undo(struct action *a, struct db *db, const json_t *change)
{
    const char *next = text_of(change, "next");
    struct appointment_access before = { 0 }, last;
    int err = store_appointment_find(db, text_of(change, "before"), &before);

    last = before;
    last.keeps = true;
    if (err == 0 && next != NULL)
        err = store_appointment_find(db, next, &last);
    if (err == 0)
        err = next != NULL ? next_end(a, db, &last) : money_check(db, &before);
    return err ? err : booked_again(a, db, &before, &last, change);
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

/* Tries each, so that all that cannot come back is said. *ret_err: of the first that cannot; then nothing
 * does. */
static int changes_undo(struct action *a, struct db *db, const json_t *changes, json_t *lost, int *ret_err)
{
    json_t *change;
    size_t i;

    json_array_foreach(changes, i, change)
    {
        int err = is_hold(change) ? 0 : change_undo(a, db, change);
        const char *why = is_hold(change) ? "hold-ended" : why_of(err);

        if (err && why == NULL)
            return err;
        if (why != NULL && json_array_append_new(lost, json_pack("{s:s, s:s}", "appointment",
                                                                 text_of(change, "before"), "why", why)) != 0)
            return -ENOMEM;
        if (*ret_err == 0)
            *ret_err = err;
    }
    return 0;
}

static int leave_undo_now(struct action *a, struct db *db, const struct leave_access *leave)
{
    json_t *changes = NULL, *lost = json_array();
    int refused = 0, err = store_leave_undo(db, leave->id);

    if (err == 0)
        err = store_leave_changes(db, leave->id, &changes);
    if (err == 0)
        err = changes_undo(a, db, changes, lost, &refused);
    json_decref(changes);
    if (err == 0 && refused != 0) {
        (void)action_mind(a, "not all can come back, so nothing was undone");
        err = action_explain(a, "lost", json_incref(lost)) != 0 ? -ENOMEM
              : refused == -ENOENT || refused == -EALREADY      ? DB_BAD_TRANSITION
                                                                : refused;
    }
    if (err == 0)
        err = leave_audit(a, db, "leave.undo", leave->public_id);
    if (err == 0)
        err = leave_answer(a, db, leave->id, "lost", lost);
    json_decref(lost);
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
