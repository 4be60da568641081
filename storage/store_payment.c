/* store_payment.c - orders, the ledger, refunds and what providers said. */
#include "storage/store_payment.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define ORDER                                                                                                \
    "SELECT id, appointment_id, amount_minor, balance_minor, expires_utc, public_id, session, series_id, "   \
    "state, "                                                                                                \
    "provider, currency FROM payment_order "

/* --- orders -------------------------------------------------------------------------------------------- */

static int order_read(struct db_query *q, int more, struct payment_order *ret_order)
{
    struct payment_order o = { 0 };
    int64_t *const numbers[] = { &o.id, &o.appointment, &o.amount_minor, &o.balance_minor, &o.expires_utc };

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    for (int i = 0; i < 5; i++)
        *numbers[i] = db_column_int(q, i);
    snprintf(o.public_id, sizeof o.public_id, "%s", db_column_text(q, 5));
    snprintf(o.session, sizeof o.session, "%s", db_column_text(q, 6));
    snprintf(o.series, sizeof o.series, "%s", db_column_text(q, 7));
    snprintf(o.state, sizeof o.state, "%s", db_column_text(q, 8));
    snprintf(o.provider, sizeof o.provider, "%s", db_column_text(q, 9));
    snprintf(o.currency, sizeof o.currency, "%s", db_column_text(q, 10));
    db_done(q);
    *ret_order = o;
    return 0;
}

int store_payment_add(struct db *db, const struct appointment_access *appointment, const char *provider,
                      struct payment_order *ret_order)
{
    char id[DB_ID_SIZE], session[DB_ID_SIZE];
    int err;

    assert(appointment->fee_minor > 0 && appointment->hold_expires_utc > 0);
    db_id_make(db, "ord_", id);
    db_id_make(db, "pay_", session);
    err = db_run(db,
                 "INSERT INTO payment_order(public_id, appointment_id, series_id, provider, session, "
                 "amount_minor, currency, state, expires_utc, created_utc) "
                 "VALUES($1, $2, $3, $4, $5, $6, $7, 'created', $8, $9)",
                 ARGS(TEXT(id), INT(appointment->id), TEXT(appointment->series), TEXT(provider),
                      TEXT(session), INT(appointment->fee_minor), TEXT(appointment->currency),
                      INT(appointment->hold_expires_utc), INT(db_now(db))));
    return err < 0 ? err : store_payment_find(db, provider, session, ret_order);
}

int store_payment_find(struct db *db, const char *provider, const char *session,
                       struct payment_order *ret_order)
{
    struct db_query q;
    int more =
        db_query(db, &q, ORDER "WHERE session = $1 AND provider = $2", ARGS(TEXT(session), TEXT(provider)));

    return order_read(&q, more, ret_order);
}

int store_payment_by_id(struct db *db, int64_t order, struct payment_order *ret_order)
{
    struct db_query q;
    int more = db_query(db, &q, ORDER "WHERE id = $1", ARGS(INT(order)));

    return order_read(&q, more, ret_order);
}

int store_payment_newest(struct db *db, const char *series, struct payment_order *ret_order)
{
    struct db_query q;
    int more = db_query(db, &q, ORDER "WHERE series_id = $1 ORDER BY state IN('created','pending') DESC, "
                        "balance_minor > 0 DESC, id DESC LIMIT 1", ARGS(TEXT(series)));

    return order_read(&q, more, ret_order);
}

int store_payment_funded(struct db *db, const char *series, struct payment_order *ret_order)
{
    struct db_query q;
    int more = db_query(db, &q, ORDER "WHERE series_id = $1 AND balance_minor > 0 ORDER BY id LIMIT 1",
                        ARGS(TEXT(series)));

    return order_read(&q, more, ret_order);
}

static int times_print(json_t *lines)
{
    char text[DB_TIME_SIZE];
    json_t *line;
    size_t i;

    json_array_foreach(lines, i, line)
    {
        db_time_print(json_integer_value(json_object_get(line, "at")), text);
        if (json_object_set_new(line, "at", json_string(text)) != 0)
            return -ENOMEM;
    }
    return 0;
}

int store_payment_get(struct db *db, int64_t order, json_t **ret_payment)
{
    json_t *payment = NULL, *lines = NULL;
    int err;

    err = db_row(
        db, &payment,
        "SELECT o.public_id AS \"id\", o.state AS \"state\", o.amount_minor AS "
        "\"amount.amount\", o.currency AS \"amount.currency\", (SELECT coalesce(-sum(l.amount_minor), 0) "
        "FROM ledger_line l WHERE l.order_id = o.id AND l.kind = 'refund') AS \"refunded.amount\", "
        "o.currency AS \"refunded.currency\", o.provider AS \"provider\", o.expires_utc AS \"expiresAt\" "
        "FROM payment_order o WHERE o.id = $1",
        ARGS(INT(order)));
    if (err == 0)
        err = db_all(db, &lines,
                     "SELECT kind AS \"kind\", amount_minor AS \"amountMinor\", at_utc AS \"at\" "
                     "FROM ledger_line WHERE order_id = $1 ORDER BY id",
                     ARGS(INT(order)));
    if (err == 0)
        err = times_print(lines);
    if (err == 0 && json_object_set(payment, "lines", lines) != 0)
        err = -ENOMEM;
    json_decref(lines);
    if (err) {
        json_decref(payment);
        return err;
    }
    *ret_payment = payment;
    return 0;
}

int store_payment_appointment(struct db *db, const char *series, struct appointment_access *ret_access)
{
    char id[DB_ID_SIZE];
    struct db_query q;
    int more =
        db_query(db, &q, "SELECT public_id FROM appointment WHERE series_id = $1 ORDER BY id DESC LIMIT 1",
                 ARGS(TEXT(series)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    snprintf(id, sizeof id, "%s", db_column_text(&q, 0));
    db_done(&q);
    return store_appointment_find(db, id, ret_access);
}

int store_payment_is_lapsed(struct db *db, int64_t appointment, bool *ret_lapsed)
{
    int64_t lapsed = 0;
    int err = db_int(db, &lapsed,
                     "SELECT to_s = 'expired' AND by_id IS NULL FROM appointment_history "
                     "WHERE appointment_id = $1 ORDER BY id DESC LIMIT 1",
                     ARGS(INT(appointment)));

    *ret_lapsed = err == 0 && lapsed;
    return err;
}

int store_payment_move(struct db *db, int64_t order, const char *to)
{
    int changed = db_run(db, "UPDATE payment_order SET state = $2 WHERE id = $1", ARGS(INT(order), TEXT(to)));

    return changed < 0 ? changed : 0;
}

int store_payment_close(struct db *db, const char *series)
{
    return db_run(db,
                  "UPDATE payment_order SET state = 'closed' WHERE series_id = $1 AND state IN "
                  "('created','pending')",
                  ARGS(TEXT(series)));
}

int store_payment_ask_at(struct db *db, int64_t order, int64_t utc)
{
    int changed = db_run(db, "UPDATE payment_order SET ask_utc = $2, asks = 0 WHERE id = $1",
                         ARGS(INT(order), INT(utc)));

    return changed < 0 ? changed : 0;
}

/* Of these states the provider may know more than we. */
#define ASKED "state IN('pending','refunding','failed','closed') AND ask_utc IS NOT NULL "

/* What is no longer expected to be paid is asked about a last time when the hold is over. */
int store_payment_ask_take(struct db *db, const char *provider, int64_t first_s, int limit, json_t **ret_due)
{
    return db_all(db, ret_due,
                  "UPDATE payment_order SET asks = asks + 1, ask_utc = min($1 + CASE WHEN asks < 12 AND "
                  "$2 * (1 << asks) < 3600 THEN $2 * (1 << asks) ELSE 3600 END, CASE WHEN state IN('failed',"
                  "'closed') AND expires_utc > $1 THEN expires_utc ELSE $1 + 3600 END) WHERE id IN(SELECT id "
                  "FROM payment_order WHERE " ASKED "AND ask_utc <= $1 AND provider = $3 "
                  "ORDER BY ask_utc, id LIMIT $4) RETURNING id AS \"id\", session AS \"session\"",
                  ARGS(INT(db_now(db)), INT(first_s), TEXT(provider), INT(limit)));
}

int store_payment_ask_next(struct db *db, const char *provider, int64_t *ret_utc)
{
    return db_int(db, ret_utc, "SELECT min(ask_utc) FROM payment_order WHERE " ASKED "AND provider = $1",
                  ARGS(TEXT(provider)));
}

int store_payment_close_asked(struct db *db, int64_t order)
{
    int changed = db_run(db, "UPDATE payment_order SET ask_utc = NULL, state = CASE state WHEN 'pending' "
                         "THEN 'closed' ELSE state END WHERE id = $1 AND asks > 0 AND state IN('pending',"
                         "'failed','closed') AND expires_utc <= $2", ARGS(INT(order), INT(db_now(db))));

    return changed < 0 ? changed : 0;
}

int store_payment_settle(struct db *db, int64_t order)
{
    int changed = db_run(db,
                         "UPDATE payment_order SET state = CASE WHEN EXISTS(SELECT 1 FROM payment_refund r "
                         "WHERE r.order_id = payment_order.id AND r.state = 'requested') THEN 'refunding' "
                         "WHEN balance_minor = 0 THEN 'refunded' WHEN balance_minor < amount_minor AND "
                         "EXISTS(SELECT 1 FROM ledger_line l WHERE l.order_id = payment_order.id AND "
                         "l.kind = 'refund') THEN 'partially_refunded' ELSE 'paid' END WHERE id = $1",
                         ARGS(INT(order)));

    return changed < 0 ? changed : 0;
}

/* --- money --------------------------------------------------------------------------------------------- */

int store_payment_line(struct db *db, int64_t order, const char *kind, int64_t amount_minor, const char *ref)
{
    return db_run(db,
                  "INSERT INTO ledger_line(order_id, kind, amount_minor, ref, at_utc) VALUES($1, $2, $3, $4, "
                  "$5) ON CONFLICT(order_id, kind, ref) DO NOTHING",
                  ARGS(INT(order), TEXT(kind), INT(amount_minor), TEXT(ref), INT(db_now(db))));
}

int store_refund_add(struct db *db, const struct refund_new *refund, struct payment_refund *ret_refund)
{
    struct payment_refund new = { .state = "requested" };
    int64_t free_minor = 0;
    int added;
    int err = db_int(db, &free_minor,
                     "SELECT balance_minor - (SELECT coalesce(sum(r.amount_minor), 0) FROM "
                     "payment_refund r WHERE r.order_id = $1 AND r.state = 'requested') FROM payment_order "
                     "WHERE id = $1",
                     ARGS(INT(refund->order)));

    if (err)
        return err;
    new.amount_minor = free_minor < refund->amount_minor ? free_minor : refund->amount_minor;
    if (new.amount_minor <= 0)
        return 0;
    db_id_make(db, "rfd_", new.public_id);
    added = db_run(db,
                   "INSERT INTO payment_refund(public_id, order_id, key, amount_minor, reason, created_utc) "
                   "VALUES($1, $2, $3, $4, $5, $6) ON CONFLICT(order_id, key) DO NOTHING",
                   ARGS(TEXT(new.public_id), INT(refund->order), TEXT(refund->key), INT(new.amount_minor),
                        TEXT(refund->reason), INT(db_now(db))));
    if (added > 0)
        *ret_refund = new;
    return added;
}

int store_refund_find(struct db *db, const char *series, const char *key, struct payment_order *ret_order,
                      struct payment_refund *ret_refund)
{
    struct payment_refund refund;
    struct db_query q;
    int64_t order;
    int err, more = db_query(db, &q,
                             "SELECT r.public_id, r.state, r.amount_minor, o.id "
                             "FROM payment_order o JOIN payment_refund r ON r.order_id = o.id AND r.key = $2 "
                             "WHERE o.series_id = $1", ARGS(TEXT(series), TEXT(key)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    snprintf(refund.public_id, sizeof refund.public_id, "%s", db_column_text(&q, 0));
    snprintf(refund.state, sizeof refund.state, "%s", db_column_text(&q, 1));
    refund.amount_minor = db_column_int(&q, 2);
    order = db_column_int(&q, 3);
    db_done(&q);
    err = store_payment_by_id(db, order, ret_order);
    if (err == 0)
        *ret_refund = refund;
    return err;
}

int store_refund_drop(struct db *db, const char *refund)
{
    int dropped = db_run(db, "DELETE FROM payment_refund WHERE public_id = $1 AND state = 'requested'",
                         ARGS(TEXT(refund)));

    return dropped < 0 ? dropped : dropped == 0 ? -ENOENT : 0;
}

int store_refund_end(struct db *db, int64_t order, const char *refund, const char *state)
{
    int64_t amount_minor = 0;
    int err = db_int(db, &amount_minor,
                     "SELECT amount_minor FROM payment_refund WHERE public_id = $1 AND "
                     "order_id = $2",
                     ARGS(TEXT(refund), INT(order)));

    if (err == 0)
        err = db_run(db,
                     "UPDATE payment_refund SET state = $3, done_utc = $4 WHERE public_id = $1 AND "
                     "order_id = $2 AND state = 'requested'",
                     ARGS(TEXT(refund), INT(order), TEXT(state), INT(db_now(db))));
    if (err > 0 && strcmp(state, "succeeded") == 0)
        err = store_payment_line(db, order, "refund", -amount_minor, refund);
    return err;
}

/* --- events -------------------------------------------------------------------------------------------- */

int store_payment_event_add(struct db *db, const char *provider, const char *event_id, const char *body,
                            const char *outcome)
{
    return db_run(db,
                  "INSERT INTO payment_event(provider, event_id, body, outcome, created_utc) "
                  "VALUES($1, $2, $3, $4, $5) ON CONFLICT(provider, event_id) DO NOTHING",
                  ARGS(TEXT(provider), TEXT(event_id), TEXT(body), TEXT(outcome), INT(db_now(db))));
}

int store_payment_event_seen(struct db *db, const char *provider, const char *event_id)
{
    int64_t one;
    int err = db_int(db, &one, "SELECT 1 FROM payment_event WHERE provider = $1 AND event_id = $2",
                     ARGS(TEXT(provider), TEXT(event_id)));

    return err == -ENOENT ? 0 : err ? err : 1;
}
