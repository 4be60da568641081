/* no_shows.c - a patient who did not come: what it costs, his word against it, and the desk's decision. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "action.h"
#include "appointments.h"
#include "clinic/refund.h"
#include "door.h"
#include "notifications.h"
#include "payments.h"
#include "storage/store_audit.h"
#include "storage/store_dispute.h"

int no_show_refund(struct db *db, const struct appointment_access *now, struct refund *ret_refund)
{
    struct store_policy policy;
    int err = store_policy_get(db, now->policy, &policy);

    if (err)
        return err;
    json_decref(policy.tiers);
    *ret_refund = refund_of_no_show(now->fee_minor, policy.no_show_percent);
    return 0;
}

static int no_show(struct action *a, struct db *db)
{
    const struct appointment_access *now = action_appointment(a);
    struct store_policy policy = { 0 };
    const char *reason;
    int err = appointment_version(a);

    if (err == 0)
        err = action_take_text(a, "reason", APPOINTMENT_REASON_MAX, &reason);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_policy_get(db, now->policy, &policy);
    json_decref(policy.tiers);
    if (err == 0 && db_now(db) < now->start_utc + policy.grace_s)
        err = -ETIME;
    return err ? err : appointment_move(a, db, "noshow_patient", reason);
}

/* --- disputes ------------------------------------------------------------------------------------------ */

static int kept(struct action *a, struct db *db, const char *what, const char *detail)
{
    int err = store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = what,
                                                       .object = action_appointment(a)->public_id,
                                                       .detail = detail, .ip = action_address(a) });

    return err ? err : appointment_show(a, db, action_appointment(a)->id);
}

static int desk_hears(struct action *a, struct db *db, const struct appointment_access *now)
{
    char key[DB_ID_SIZE + 32];

    (void)snprintf(key, sizeof key, "appointment-disputed:%s", now->public_id);
    return notify_desk(a, db, now->clinic, (struct notification_new){ .kind = "appointment-disputed",
                       .object = now->public_id, .dedupe_key = key, .about_utc = now->start_utc });
}

static int dispute(struct action *a, struct db *db)
{
    const struct appointment_access *now = action_appointment(a);
    const char *reason;
    int64_t end_utc;
    int err = appointment_version(a);

    if (err == 0)
        err = action_take_text(a, "reason", (size_t)4 * STORE_DISPUTE_MAX, &reason);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && reason == NULL)
        err = action_mind(a, "reason is missing");
    if (err == 0)
        err = store_dispute_end(db, now->id, &end_utc);
    if (err)
        return err == -ENOENT ? DB_BAD_TRANSITION : err;
    if (db_now(db) > end_utc)
        return -ETIME;
    err = store_dispute_add(db, now, action_user(a), reason);
    if (err == 0)
        err = desk_hears(a, db, now);
    return err ? err : kept(a, db, "appointment.dispute", NULL);
}

/* By the desk: the doctor is a party to it. */
static int dispute_decide(struct action *a, struct db *db)
{
    const struct appointment_access *now = action_appointment(a);
    const char *decision, *note;
    bool is_open = strcmp(now->status, "noshow_patient") == 0;
    int err = strcmp(action_role(a), "doctor") == 0 ? -EPERM : appointment_version(a);

    if (err == 0)
        err = action_take_text(a, "decision", 16, &decision);
    if (err == 0)
        err = action_take_text(a, "note", APPOINTMENT_REASON_MAX, &note);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && (decision == NULL || (strcmp(decision, "waived") != 0 && strcmp(decision, "kept") != 0)))
        err = action_mind(a, "decision must be waived or kept");
    if (err == 0)
        err = is_open ? store_dispute_decide(db, now, action_user(a), decision, note) : -ENOENT;
    if (err)
        return err == -ENOENT ? DB_BAD_TRANSITION : err;
    if (strcmp(decision, "waived") == 0)
        err = payment_waive(a, db, now);
    if (err == 0)
        err = notify_payment(a, db, now, "dispute-decided", now->public_id, NULL);
    return err ? err : kept(a, db, "appointment.dispute-decide", decision);
}

/* The doors. */
const struct route no_show_routes[] = {
    { "POST", "/api/v1/appointments/{appointment}/no-show", no_show, MAY_KEEP_APPOINTMENT, VERSIONED, NULL,
      NULL },
    { "POST", "/api/v1/appointments/{appointment}/dispute", dispute, MAY_ATTEND, VERSIONED, NULL, NULL },
    { "POST", "/api/v1/appointments/{appointment}/dispute/decide", dispute_decide, MAY_KEEP_APPOINTMENT,
      VERSIONED, NULL, NULL },
    { 0 },
};
