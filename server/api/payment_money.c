/* payment_money.c - what money buys, and how it comes back. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "appointments.h"
#include "clinic/refund.h"
#include "door.h"
#include "log.h"
#include "notifications.h"
#include "payments.h"
#include "storage/store_audit.h"

enum { CAUSE_SIZE = 96 };

/* --- back ---------------------------------------------------------------------------------------------- */

static int audit(struct action *a, struct db *db, const char *what, const struct payment_order *order,
                 const char *detail)
{
    return store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = what,
                                                    .object = order->public_id, .detail = detail,
                                                    .ip = action_address(a) });
}

static bool is_served(const struct action *a, const struct payment_order *order)
{
    const struct payment_provider *provider = action_api(a)->provider;

    return provider != NULL && strcmp(provider->name, order->provider) == 0;
}

/* A cause gives back once. */
static int refund_ask(struct action *a, struct db *db, const struct payment_order *order,
                      const struct refund_new *new, int64_t due_utc)
{
    struct payment_refund refund;
    int asked = store_refund_add(db, new, &refund), err = asked < 0 ? asked : 0;

    if (asked <= 0)
        return err;
    if (is_served(a, order))
        err = action_api(a)->provider->refund(a, db, order, &refund, due_utc);
    else
        log_error("payment.refund", "refund=%s provider=%s hint=\"serve with that provider\"",
                  refund.public_id, order->provider);
    if (err == 0)
        err = store_payment_settle(db, order->id);
    if (err == 0)
        err = payment_ask_later(a, db, order->id, due_utc);
    return err ? err : audit(a, db, "payment.refund", order, new->reason);
}

static void cause_of(const char *what, const struct appointment_access *before, char ret_cause[CAUSE_SIZE])
{
    (void)snprintf(ret_cause, CAUSE_SIZE, "%s:%s", what, before->public_id);
}

/* Paid in the last moment and not heard of yet? Whose hold the clock ended, his order waits for an answer. */
static int unpaid_close(struct action *a, struct db *db, const struct appointment_access *before,
                        const char *to)
{
    struct payment_order order;
    bool lapsed = false;
    int err = strcmp(to, "expired") == 0 ? store_payment_is_lapsed(db, before->id, &lapsed) : 0;

    if (err == 0)
        err = store_payment_newest(db, before->series, &order);
    if (err)
        return err == -ENOENT ? 0 : err;
    if (lapsed && is_served(a, &order) && strcmp(order.state, "pending") == 0)
        return payment_ask_now(a, db, order.id);
    err = store_payment_close(db, before->series);
    return err < 0 ? err : 0;
}

int payment_follow(struct action *a, struct db *db, const struct appointment_access *before, const char *to,
                   int64_t refund_utc)
{
    static const char *const ends[] = { "expired", "rejected", "cancelled_by_patient", "cancelled_by_clinic",
                                        "noshow_patient", "noshow_doctor", "entered_in_error" };
    struct refund refund = { .refund_minor = INT64_MAX }; /* all there is */
    struct appointment_access last;
    struct payment_order order;
    char cause[CAUSE_SIZE];
    bool is_end = false;
    int err;

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        is_end = is_end || strcmp(to, ends[i]) == 0;
    err = is_end ? store_payment_appointment(db, before->series, &last) : 0;
    if (err || !is_end || last.id != before->id) /* what it was moved to has the money        */
        return err;
    err = unpaid_close(a, db, before, to);
    if (err == 0 && strcmp(to, "cancelled_by_patient") == 0)
        err = appointment_refund(db, before, &refund);
    if (err == 0 && strcmp(to, "noshow_patient") == 0)
        err = no_show_refund(db, before, &refund);
    if (err == 0)
        err = store_payment_funded(db, before->series, &order);
    if (err)
        return err == -ENOENT ? 0 : err;
    /* Struck out, what was kept at its end comes back, too. */
    cause_of(strcmp(to, "entered_in_error") == 0 ? "void" : "end", before, cause);
    return refund_ask(a, db, &order, &(struct refund_new){ .order = order.id, .key = cause, .reason = to,
                                                           .amount_minor = refund.refund_minor }, refund_utc);
}

int payment_waive(struct action *a, struct db *db, const struct appointment_access *missed)
{
    struct payment_order order;
    char cause[CAUSE_SIZE];
    int err = store_payment_funded(db, missed->series, &order);

    if (err)
        return err == -ENOENT ? 0 : err;        /* nothing was paid, or all of it is back            */
    cause_of("waived", missed, cause);
    return refund_ask(a, db, &order,
                      &(struct refund_new){ .order = order.id, .key = cause, .reason = "waived",
                                            .amount_minor = INT64_MAX }, 0);
}

int payment_recall(struct action *a, struct db *db, const struct appointment_access *before)
{
    struct payment_refund refund;
    struct payment_order order;
    char cause[CAUSE_SIZE];
    int err;

    cause_of("end", before, cause);
    err = store_refund_find(db, before->series, cause, &order, &refund);
    if (err)
        return err == -ENOENT ? 0 : err;        /* there was nothing to give back                    */
    if (strcmp(refund.state, "requested") != 0 || !is_served(a, &order))
        return -EALREADY;
    err = action_api(a)->provider->recall(db, refund.public_id);
    if (err == 0)
        err = store_refund_drop(db, refund.public_id);
    if (err == 0)
        err = store_payment_settle(db, order.id);
    return err ? err : audit(a, db, "payment.recall", &order, before->public_id);
}

/* --- in ------------------------------------------------------------------------------------------------ */

/* Pays for what waits for it. */
static int money_books(struct db *db, const struct appointment_access *now)
{
    bool on_request;
    int err = appointment_is_on_request(db, now, &on_request);

    if (err == 0)
        err = store_appointment_move(
            db, now,
            &(struct appointment_move){ .to = on_request ? "requested" : "booked", .reason = "paid" });
    if (err == 0)
        err = store_payment_close(db, now->series); /* another attempt is not needed any more    */
    return err < 0 ? err : 0;
}

/* The time may still be free; -ENOENT if not, or if he gave it up himself. */
static int money_rebooks(struct action *a, struct db *db, const struct appointment_access *lost)
{
    static const int lost_for[] = { DB_DOCTOR_BUSY, DB_PATIENT_BUSY, -EADDRNOTAVAIL, -ETIME };
    bool lapsed;
    int64_t id;
    int err = store_payment_is_lapsed(db, lost->id, &lapsed);

    if (err == 0)
        err = lapsed ? appointment_rebook(a, db, lost, &id) : -ENOENT;
    for (size_t i = 0; i < sizeof lost_for / sizeof *lost_for; i++)
        err = err == lost_for[i] ? -ENOENT : err;
    return err;
}

/* 0 used; -ENOENT: it buys nothing, and `ret_reason` says why. `funded`: there was money already. */
static int money_use(struct action *a, struct db *db, const struct appointment_access *now, bool fits,
                     bool funded, const char **ret_reason)
{
    *ret_reason = "amount";
    if (!fits)
        return -ENOENT;
    *ret_reason = "booked";
    if (strcmp(now->status, "pending_payment") == 0)
        return money_books(db, now);
    *ret_reason = "twice";
    if (funded || strcmp(now->status, "expired") != 0)
        return -ENOENT;
    *ret_reason = "late";
    return money_rebooks(a, db, now);
}

/* The time is lost; others may do. */
static int late_tell(struct action *a, struct db *db, const struct appointment_access *lost,
                     const char *charge)
{
    json_t *alternatives = NULL;
    int err = appointment_alternatives(a, db, lost, &alternatives);

    if (err == 0)
        err = notify_payment(a, db, lost, "payment-late", charge, alternatives);
    json_decref(alternatives);
    return err;
}

/* It was booked just now. */
static int money_spend(struct action *a, struct db *db, const struct payment_order *order,
                       const struct payment_money *money, bool funded, const char **ret_outcome)
{
    struct appointment_access now;
    char cause[CAUSE_SIZE];
    int err = store_payment_settle(db, order->id);

    if (err == 0)
        err = store_payment_appointment(db, order->series, &now);
    if (err)
        return err;
    err = money_use(a, db, &now, money->amount_minor == order->amount_minor, funded, ret_outcome);
    if (err != -ENOENT)
        return err;
    (void)snprintf(cause, sizeof cause, "charge:%s", money->charge);
    err = refund_ask(a, db, order, &(struct refund_new){ .order = order->id, .key = cause,
                                                         .reason = *ret_outcome,
                                                         .amount_minor = money->amount_minor }, 0);
    return err || strcmp(*ret_outcome, "late") != 0 ? err : late_tell(a, db, &now, money->charge);
}

int payment_came(struct action *a, struct db *db, const struct payment_order *order,
                 const struct payment_money *money, const char **ret_outcome)
{
    struct payment_order funded;
    int before, err;

    *ret_outcome = "mismatch";
    if (strcmp(money->currency, order->currency) != 0 || money->amount_minor <= 0) {
        log_error("payment.mismatch", "order=%s charge=%s", order->public_id, money->charge);
        return 0;
    }
    before = store_payment_funded(db, order->series, &funded);
    if (before && before != -ENOENT)
        return before;
    err = store_payment_line(db, order->id, "charge", money->amount_minor, money->charge);
    *ret_outcome = "known";
    return err <= 0 ? err : money_spend(a, db, order, money, before == 0, ret_outcome);
}
