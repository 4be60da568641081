/* appointments.c - appointments are listed, shown, and moved along their edges. */
#include "appointments.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "clinic/refund.h"
#include "consent.h"
#include "door.h"
#include "notifications.h"
#include "payments.h"
#include "queue.h"
#include "storage/store_audit.h"
#include "storage/store_visit.h"

enum { DAY_S = 86400, YEAR_S = 366 * DAY_S, CHECK_IN_EARLY_S = 1800 };

/* --- shared -------------------------------------------------------------------------------------------- */

static int publish(struct action *a, struct db *db, int64_t appointment, const json_t *body)
{
    json_t *users = NULL, *user;
    size_t i;
    int err = store_appointment_users(db, appointment, &users);

    if (err)
        return err;
    json_array_foreach(users, i, user) {
        err = action_publish(a, TO_USER, json_string_value(json_object_get(user, "id")),
                             "appointment:changed", body);
        if (err)
            break;
    }
    json_decref(users);
    return err;
}

static const char *id_in(const json_t *one, const char *name)
{
    return json_string_value(json_object_get(json_object_get(one, name), "id"));
}

/* `news`: worth a notification, too. */
static int tell(struct action *a, struct db *db, int64_t appointment, bool news, bool answers)
{
    json_t *one = NULL, *body;
    int err = store_appointment_get(db, appointment, &one);

    if (err)
        return err;
    body = json_pack("{s:o}", "appointment", one);
    err = body != NULL ? publish(a, db, appointment, body) : -ENOMEM;
    if (err == 0 && news)
        err = notify_appointment(a, db, appointment, one);
    if (err == 0)
        err = queue_tell_board(a, id_in(one, "doctor"), id_in(one, "clinic"));
    if (err == 0 && answers)
        return action_answer(a, body);
    json_decref(body);
    return err;
}

int appointment_tell(struct action *a, struct db *db, int64_t appointment, bool answers)
{
    return tell(a, db, appointment, true, answers);
}

int appointment_show(struct action *a, struct db *db, int64_t appointment)
{
    return tell(a, db, appointment, false, true);
}

int appointment_version(struct action *a)
{
    int64_t version;
    int err = action_take_int(a, "version", 0, INT64_MAX, -1, &version);

    return err ? err : version >= 0 && version != action_appointment(a)->version ? -ESTALE : 0;
}

struct turn {
    const char *to, *reason;
    int64_t     refund_utc;                     /* when what is owed goes back; 0: at once           */
    bool        answers;
};

static int move(struct action *a, struct db *db, const struct appointment_access *now,
                const struct turn *turn)
{
    const char *to = turn->to;
    /* Back from the waiting room: no news. */
    bool back = strcmp(now->status, "checked_in") == 0 && strcmp(to, "booked") == 0;
    int err = store_appointment_move(db, now, &(struct appointment_move){ .to = to, .reason = turn->reason,
                                                                          .user = action_user(a) });

    if (err == 0)
        err = store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = "appointment.move",
                                                       .object = now->public_id, .ip = action_address(a),
                                                       .detail = to });
    if (err == 0)
        err = appointment_consult_follow(a, db, now->id, to);
    if (err == 0)
        err = payment_follow(a, db, now, to, turn->refund_utc);
    return err ? err : tell(a, db, now->id, !back, turn->answers);
}

int appointment_move(struct action *a, struct db *db, const char *to, const char *reason)
{
    return move(a, db, action_appointment(a), &(struct turn){ .to = to, .reason = reason, .answers = true });
}

int appointment_move_by_clock(struct action *a, struct db *db, const char *id, const char *to,
                              const char *reason)
{
    struct appointment_access now;
    int err = store_appointment_find(db, id, &now);

    return err ? err : move(a, db, &now, &(struct turn){ .to = to, .reason = reason });
}

int appointment_holds_expire(struct action *a, struct db *db, int64_t doctor, int64_t patient)
{
    json_t *stale = NULL, *one;
    size_t i;
    int err = store_appointment_stale(db, doctor, patient, &stale);

    if (err)
        return err;
    json_array_foreach(stale, i, one) {
        struct appointment_access now;

        err = store_appointment_find(db, json_string_value(json_object_get(one, "id")), &now);
        if (err == 0)
            err = store_appointment_move(db, &now, &(struct appointment_move){ .to = "expired" });
        if (err == 0)
            err = payment_follow(a, db, &now, "expired", 0);
        if (err == 0)
            err = appointment_tell(a, db, now.id, false);
        if (err)
            break;
    }
    json_decref(stale);
    return err;
}

/* --- reading ------------------------------------------------------------------------------------------- */

static int appointment_list(struct action *a, struct db *db)
{
    struct appointment_list list = { .user = action_who(a) };
    int64_t limit;
    json_t *page = NULL;
    int err = action_take_int(a, "limit", 1, 100, 50, &limit);

    if (err == 0)
        err = action_take_time(a, "from", db_now(db) - DAY_S, &list.from_utc);
    if (err == 0)
        err = action_take_time(a, "to", list.from_utc + 2 * YEAR_S, &list.to_utc);
    if (err == 0)
        err = action_take_text(a, "status", STORE_STATUS_SIZE, &list.status);
    if (err == 0)
        err = action_take_text(a, "doctor", 64, &list.doctor);
    if (err == 0)
        err = action_take_text(a, "cursor", 256, &list.cursor);
    if (err == 0)
        err = action_end_input(a);
    if (err)
        return err;
    list.limit = (int)limit;
    err = store_appointment_list(db, &list, &page);
    return err ? err : action_answer(a, page);
}

static int appointment_get(struct action *a, struct db *db)
{
    int64_t id = action_appointment(a)->id;
    json_t *one = NULL, *history = NULL;
    int err = action_end_input(a);

    if (err == 0)
        err = store_appointment_get(db, id, &one);
    if (err == 0)
        err = store_appointment_history(db, id, &history);
    if (err == 0)
        return action_answer(a, json_pack("{s:o, s:o}", "appointment", one, "history", history));
    json_decref(one);
    return err;
}

/* --- cancelling ---------------------------------------------------------------------------------------- */

/* Who keeps it, or has moved it, gives all of it back. What was never paid is a share of nothing. */
int appointment_refund(struct db *db, const struct appointment_access *now, struct refund *ret_refund)
{
    struct store_policy policy;
    bool all = now->keeps || strcmp(now->status, "booked") != 0;
    int err = all ? 0 : store_appointment_was_moved(db, now->id, &all);

    if (err == 0 && all)
        *ret_refund = refund_of_percent(now->fee_minor, 100);
    if (err == 0 && !all)
        err = store_policy_get(db, now->policy, &policy);
    if (err || all)
        return err;
    *ret_refund = refund_by_patient(policy.tiers, now->fee_minor, now->start_utc - db_now(db));
    json_decref(policy.tiers);
    return 0;
}

/* What cancelling just now would cost: shown before it is done. */
static int cancellation_get(struct action *a, struct db *db)
{
    const char *currency = action_appointment(a)->currency;
    struct refund refund;
    char now[DB_TIME_SIZE];
    int err = action_end_input(a);

    if (err == 0)
        err = appointment_refund(db, action_appointment(a), &refund);
    if (err)
        return err;
    db_time_print(db_now(db), now);
    return action_answer(a, json_pack("{s:i, s:{s:I, s:s}, s:{s:I, s:s}, s:s}", "percent", refund.percent,
                                      "refund",
                                      "amount", (json_int_t)refund.refund_minor, "currency", currency, "kept",
                                      "amount", (json_int_t)refund.kept_minor, "currency", currency, "now",
                                          now));
}

/* By status, for each side: what it becomes; NULL: not for him. */
static const struct { const char *from, *by_patient, *by_clinic; } ends[] = {
    { "held", "expired", "expired" },
    { "pending_payment", "expired", "expired" },
    { "requested", "cancelled_by_patient", "rejected" },
    { "booked", "cancelled_by_patient", "cancelled_by_clinic" },
    { "checked_in", NULL, "cancelled_by_clinic" },
    { "in_consult", NULL, "cancelled_by_clinic" },
};

static const char *end_find(const struct appointment_access *now)
{
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strcmp(now->status, ends[i].from) == 0)
            return now->keeps ? ends[i].by_clinic : ends[i].by_patient;
    return NULL;
}

int appointment_call_off(struct action *a, struct db *db, const struct appointment_access *now,
                         const char *reason, int64_t refund_utc)
{
    const struct turn turn = { .to = end_find(now), .reason = reason, .refund_utc = refund_utc };

    assert(now->keeps);
    return turn.to != NULL ? move(a, db, now, &turn) : DB_BAD_TRANSITION;
}

static int appointment_cancel(struct action *a, struct db *db)
{
    const struct appointment_access *now = action_appointment(a);
    const char *reason, *to = end_find(now);
    int err = appointment_version(a);

    if (err == 0)
        err = action_take_text(a, "reason", APPOINTMENT_REASON_MAX, &reason);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && now->keeps && reason == NULL)
        err = action_mind(a, "the clinic must say a reason");
    if (err)
        return err;
    return to != NULL ? appointment_move(a, db, to, reason) : DB_BAD_TRANSITION;
}

/* --- the other moves ----------------------------------------------------------------------------------- */

static int reason_take(struct action *a, const char **ret_reason)
{
    int err = appointment_version(a);

    if (err == 0)
        err = action_take_text(a, "reason", APPOINTMENT_REASON_MAX, ret_reason);
    return err ? err : action_end_input(a);
}

static int appointment_approve(struct action *a, struct db *db)
{
    const char *reason;
    int err = reason_take(a, &reason);

    if (err == 0 && strcmp(action_appointment(a)->status, "requested") != 0)
        err = DB_BAD_TRANSITION;                /* held to booked is an edge, too, but not the clinic's */
    return err ? err : appointment_move(a, db, "booked", reason);
}

static int appointment_reject(struct action *a, struct db *db)
{
    const char *reason;
    int err = reason_take(a, &reason);

    if (err == 0 && reason == NULL)
        err = action_mind(a, "reason is missing");
    return err ? err : appointment_move(a, db, "rejected", reason);
}

static int grace_find(struct action *a, struct db *db, int64_t *ret_grace_s)
{
    struct store_policy policy;
    int err = store_policy_get(db, action_appointment(a)->policy, &policy);

    if (err)
        return err;
    *ret_grace_s = policy.grace_s;
    json_decref(policy.tiers);
    return 0;
}

/* Who has been here before and left may come back until the end. */
static int64_t check_in_end(const struct action *a, struct db *db, int64_t grace_end)
{
    int64_t consult;
    bool begun;

    return store_visit_find(db, action_appointment(a)->id, &consult, &begun) == 0
           ? action_appointment(a)->end_utc : grace_end;
}

static int appointment_check_in(struct action *a, struct db *db)
{
    int64_t start = action_appointment(a)->start_utc, now = db_now(db), grace_s;
    int err = appointment_version(a);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = grace_find(a, db, &grace_s);
    if (err == 0 && (now < start - CHECK_IN_EARLY_S || now > check_in_end(a, db, start + grace_s)))
        err = -ETIME;
    if (err == 0)
        err = consent_check(a, db, action_appointment(a));
    return err ? err : appointment_move(a, db, "checked_in", NULL);
}

static int appointment_void(struct action *a, struct db *db)
{
    const char *reason;
    int err = strcmp(action_role(a), "admin") == 0 ? reason_take(a, &reason) : -EPERM;

    if (err == 0 && reason == NULL)
        err = action_mind(a, "reason is missing");
    return err ? err : appointment_move(a, db, "entered_in_error", reason);
}

/* The doors. */
const struct route appointment_routes[] = {
    { "GET", "/api/v1/appointments", appointment_list, MAY_USER, READ | VIEW, NULL, NULL },
    { "GET", "/api/v1/appointments/{appointment}", appointment_get, MAY_SEE_APPOINTMENT,
      READ | VIEW | VERSIONED, NULL, NULL },
    { "GET", "/api/v1/appointments/{appointment}/cancellation", cancellation_get, MAY_SEE_APPOINTMENT, READ,
      NULL, NULL },
    { "POST", "/api/v1/appointments/{appointment}/cancel", appointment_cancel, MAY_SEE_APPOINTMENT, VERSIONED,
      NULL, NULL },
    { "POST", "/api/v1/appointments/{appointment}/approve", appointment_approve, MAY_KEEP_APPOINTMENT,
      VERSIONED, NULL, NULL },
    { "POST", "/api/v1/appointments/{appointment}/reject", appointment_reject, MAY_KEEP_APPOINTMENT,
      VERSIONED, NULL, NULL },
    { "POST", "/api/v1/appointments/{appointment}/check-in", appointment_check_in, MAY_ATTEND, VERSIONED,
      NULL, NULL },
    { "POST", "/api/v1/appointments/{appointment}/void", appointment_void, MAY_KEEP_APPOINTMENT, VERSIONED,
      NULL, NULL },
    { 0 },
};
