/* transfer.c - a doctor offers a consult to a colleague, who takes it over; PRODUCT c2. */
#include "transfer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "appointments.h"
#include "cards.h"
#include "consults.h"
#include "door.h"
#include "notifications.h"
#include "queue.h"
#include "storage/store_audit.h"
#include "storage/store_transfer.h"
#include "storage/store_visit.h"

enum { REASON_MAX_BYTES = 4 * STORE_TRANSFER_REASON_MAX };

/* --- telling ------------------------------------------------------------------------------------------- */

/* To both doctors: the offer that stands, or what became of it. */
static int tell(struct action *a, struct db *db, const struct transfer_row *t, const char *consult,
                const char *outcome, const char *reason)
{
    json_t *transfer = NULL, *body;
    int err = outcome == NULL ? store_transfer_get(db, t->consult, &transfer) : 0;

    if (err)
        return err;
    body = json_pack("{s:s, s:o, s:s*, s:s*}", "consult", consult, "transfer",
                     transfer != NULL ? transfer : json_null(), "outcome", outcome, "reason", reason);
    err = body != NULL ? action_publish(a, TO_USER, t->from_id, "consult:transfer", body) : -ENOMEM;
    if (err == 0)
        err = action_publish(a, TO_USER, t->to_id, "consult:transfer", body);
    json_decref(body);
    return err;
}

static int notify(struct action *a, struct db *db, const struct transfer_row *t, const char *user,
                  const char *kind)
{
    char key[64];

    (void)snprintf(key, sizeof key, "%s:%lld", kind, (long long)t->id);
    return notify_user(a, db, &(struct notification_new){ .user = user, .kind = kind, .dedupe_key = key,
                                                          .object = action_consult_id(a) });
}

static int audit(struct action *a, struct db *db, const char *what, const char *colleague)
{
    return store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = what,
                                                    .object = action_consult_id(a),
                                                    .ip = action_address(a), .detail = colleague });
}

int transfer_show(struct action *a, struct db *db, json_t *consult)
{
    json_t *transfer = NULL;
    int err = a->access.treats ? store_transfer_get(db, a->access.consult, &transfer) : -ENOENT;

    if (err)
        return err == -ENOENT ? 0 : err;
    return json_object_set_new(consult, "transfer", transfer) != 0 ? -ENOMEM : 0;
}

static int answer(struct action *a, struct db *db)
{
    json_t *consult = NULL;
    int err = store_consult_get(db, action_consult(a), &consult);

    if (err == 0)
        err = transfer_show(a, db, consult);
    if (err == 0)
        return action_answer(a, json_pack("{s:o}", "consult", consult));
    json_decref(consult);
    return err;
}

int transfer_follow(struct action *a, struct db *db, int64_t consult)
{
    struct transfer_row t;
    json_t *one = NULL;
    const char *state;
    int err = store_transfer_find(db, consult, &t);

    if (err)
        return err == -ENOENT ? 0 : err;
    err = store_consult_get(db, consult, &one);
    if (err)
        return err;
    state = json_string_value(json_object_get(one, "state"));
    if (strcmp(state, "active") != 0 && strcmp(state, "paused") != 0) {
        err = store_transfer_end(db, &t, "lapsed");
        if (err == 0)
            err = tell(a, db, &t, json_string_value(json_object_get(one, "id")), "lapsed", NULL);
    }
    json_decref(one);
    return err;
}

/* --- offering ------------------------------------------------------------------------------------------ */

static int is_treated(const struct action *a)
{
    const char *state = action_consult_state(a);

    return strcmp(state, "active") == 0 || strcmp(state, "paused") == 0 ? 0 : DB_BAD_TRANSITION;
}

/* A colleague of his clinic who may treat. */
static int colleague_find(struct action *a, struct db *db, const char *id, struct doctor_access *ret_doctor)
{
    int err = store_doctor_access(db, id, action_who(a), ret_doctor);

    if (err == 0 && ret_doctor->clinic != action_clinic(a))
        err = -ENOENT;
    if (err == 0 && ret_doctor->doctor == action_user(a))
        err = action_mind(a, "doctor must be a colleague");
    return err == 0 && ret_doctor->licence_until_utc <= db_now(db) ? -EPERM : err;
}

/* One stands: the same again changes nothing. */
static int stands(struct action *a, struct db *db, const struct doctor_access *colleague)
{
    struct transfer_row t;
    int err = store_transfer_find(db, action_consult(a), &t);

    if (err)
        return err;
    return t.to == colleague->doctor ? answer(a, db) : -EEXIST;
}

static int transfer_offer(struct action *a, struct db *db)
{
    struct transfer_new new = { .consult = action_consult(a), .from = action_user(a) };
    struct doctor_access colleague;
    struct transfer_row t;
    const char *doctor;
    int err = action_take_text(a, "doctor", 64, &doctor);

    if (err == 0)
        err = action_take_text(a, "reason", REASON_MAX_BYTES, &new.reason);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && (doctor == NULL || new.reason == NULL))
        err = action_mind(a, "doctor and reason are needed");
    if (err == 0)
        err = is_treated(a);
    if (err == 0)
        err = colleague_find(a, db, doctor, &colleague);
    if (err)
        return err;
    err = stands(a, db, &colleague);
    if (err != -ENOENT)
        return err;
    new.to = colleague.doctor;
    err = store_transfer_offer(db, &new);
    if (err == 0)
        err = store_transfer_find(db, new.consult, &t);
    if (err == 0)
        err = audit(a, db, "consult.transfer", t.to_id);
    if (err == 0)
        err = tell(a, db, &t, action_consult_id(a), NULL, NULL);
    if (err == 0)
        err = notify(a, db, &t, t.to_id, "transfer-offered");
    return err ? err : answer(a, db);
}

static int transfer_withdraw(struct action *a, struct db *db)
{
    struct transfer_row t;
    int err = action_end_input(a);

    if (err)
        return err;
    err = store_transfer_find(db, action_consult(a), &t);
    if (err)
        return err == -ENOENT ? answer(a, db) : err;
    err = store_transfer_end(db, &t, "withdrawn");
    if (err == 0)
        err = audit(a, db, "consult.transfer-withdraw", t.to_id);
    if (err == 0)
        err = tell(a, db, &t, action_consult_id(a), "withdrawn", NULL);
    return err ? err : answer(a, db);
}

/* --- answering ----------------------------------------------------------------------------------------- */

static int appointment_tell_of(struct action *a, struct db *db)
{
    struct appointment_access now;
    int err = store_visit_appointment(db, action_consult(a), &now);

    return err ? (err == -ENOENT ? 0 : err) : appointment_show(a, db, now.id);
}

/* The patient, wherever he is: somebody else treats him now. */
static int patient_notify(struct action *a, struct db *db, const struct transfer_row *t)
{
    json_t *all = NULL, *one;
    size_t i;
    int err = store_consult_participants(db, t->consult, &all);

    json_array_foreach(all, i, one)
        if (err == 0 && strcmp(json_string_value(json_object_get(one, "role")), "patient") == 0)
            err = notify(a, db, t, json_string_value(json_object_get(one, "id")), "consult-transferred");
    json_decref(all);
    return err;
}

/* Who treated him is out of the room before anything more is said there; a call he is in goes on with him. */
static int transfer_accept(struct action *a, struct db *db)
{
    struct transfer_row t;
    int err = action_end_input(a);

    if (err == 0)
        err = is_treated(a);
    if (err == 0)
        err = store_transfer_find(db, action_consult(a), &t);
    if (err == 0)
        err = store_transfer_take(db, &t);
    if (err)
        return err;
    action_out(a, t.from_id);
    err = audit(a, db, "consult.transfer-accept", t.from_id);
    if (err == 0)
        err = consult_say(a, db, "consult-transferred");
    if (err == 0)
        err = consult_publish_changed(a, db, t.consult);
    if (err == 0)
        err = queue_tell(a, db, t.from_id);
    if (err == 0)
        err = tell(a, db, &t, action_consult_id(a), "accepted", NULL);
    if (err == 0)
        err = notify(a, db, &t, t.from_id, "transfer-accepted");
    if (err == 0)
        err = patient_notify(a, db, &t);
    if (err == 0)
        err = appointment_tell_of(a, db);
    return err ? err : answer(a, db);
}

static int transfer_decline(struct action *a, struct db *db)
{
    struct transfer_row t;
    const char *reason;
    int err = action_take_text(a, "reason", REASON_MAX_BYTES, &reason);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_transfer_find(db, action_consult(a), &t);
    if (err == 0)
        err = store_transfer_end(db, &t, "declined");
    if (err == 0)
        err = audit(a, db, "consult.transfer-decline", t.from_id);
    if (err == 0)
        err = tell(a, db, &t, action_consult_id(a), "declined", reason);
    return err ? err : notify(a, db, &t, t.from_id, "transfer-declined");
}

static int transfer_list(struct action *a, struct db *db)
{
    json_t *items = NULL;
    int err = action_end_input(a);

    if (err == 0)
        err = store_transfer_list(db, action_user(a), &items);
    return err ? err : action_answer(a, json_pack("{s:o, s:n}", "items", items, "nextCursor"));
}

/* The doors. */
const struct route transfer_routes[] = {
    { "GET", "/api/v1/me/transfers", transfer_list, MAY_DOCTOR, READ | VIEW, NULL, NULL },
    { "POST", "/api/v1/consultations/{consult}/transfer", transfer_offer, MAY_TREAT, 0, NULL, NULL },
    { "POST", "/api/v1/consultations/{consult}/transfer/accept", transfer_accept, MAY_TAKE_OVER, 0, NULL,
      NULL },
    { "POST", "/api/v1/consultations/{consult}/transfer/decline", transfer_decline, MAY_TAKE_OVER, 0, NULL,
      NULL },
    { "POST", "/api/v1/consultations/{consult}/transfer/withdraw", transfer_withdraw, MAY_TREAT, 0, NULL,
      NULL },
    { 0 },
};
