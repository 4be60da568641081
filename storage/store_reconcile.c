/* store_reconcile.c - do ledger, orders, outbox and the provider's books say the same? */
#include "storage/store_reconcile.h"

/* Each finds the rows that should not be there. */
static const char *const checks[] = {
    /* our own books */
    "SELECT 'ledger-balance' AS \"what\", o.public_id AS \"object\", coalesce(sum(l.amount_minor), 0) AS "
    "\"amountMinor\", o.balance_minor AS \"expectedMinor\" FROM payment_order o LEFT JOIN ledger_line l ON "
    "l.order_id = o.id GROUP BY o.id HAVING coalesce(sum(l.amount_minor), 0) <> o.balance_minor",

    "SELECT 'order-state-' || o.state AS \"what\", o.public_id AS \"object\", o.balance_minor AS "
    "\"amountMinor\", "
    "CASE o.state WHEN 'paid' THEN o.amount_minor ELSE 0 END AS \"expectedMinor\" FROM payment_order o WHERE "
    "CASE o.state WHEN 'paid' THEN o.balance_minor < o.amount_minor WHEN 'refunding' THEN 0 "
    "WHEN 'partially_refunded' THEN o.balance_minor = 0 ELSE o.balance_minor <> 0 END",

    "SELECT 'refund-line' AS \"what\", r.public_id AS \"object\", coalesce(-l.amount_minor, 0) AS "
    "\"amountMinor\", "
    "CASE r.state WHEN 'succeeded' THEN r.amount_minor ELSE 0 END AS \"expectedMinor\" FROM payment_refund r "
    "LEFT JOIN ledger_line l ON l.order_id = r.order_id AND l.kind = 'refund' AND l.ref = r.public_id "
    "WHERE coalesce(-l.amount_minor, 0) <> CASE r.state WHEN 'succeeded' THEN r.amount_minor ELSE 0 END",

    "SELECT 'refund-' || r.state AS \"what\", r.public_id AS \"object\", 0 AS \"amountMinor\", "
    "r.amount_minor AS "
    "\"expectedMinor\" FROM payment_refund r WHERE r.state <> 'succeeded'",

    "SELECT 'event-' || e.outcome AS \"what\", e.event_id AS \"object\" FROM payment_event e WHERE e.outcome "
    "IN("
    "'mismatch','unknown')",

    "SELECT 'outbox-' || x.state AS \"what\", x.topic || ' ' || x.key AS \"object\" FROM outbox x WHERE "
    "x.state IN("
    "'waiting','dead')",

    /* appointments and the money they stand for */
    "SELECT 'appointment-unpaid' AS \"what\", a.public_id AS \"object\", 0 AS \"amountMinor\", a.fee_minor "
    "AS "
    "\"expectedMinor\" FROM appointment a WHERE a.status IN('booked','requested','checked_in','in_consult',"
    "'fulfilled') AND EXISTS(SELECT 1 FROM payment_order o WHERE o.series_id = a.series_id) AND NOT EXISTS("
    "SELECT 1 FROM payment_order o WHERE o.series_id = a.series_id AND o.balance_minor > 0)",

    /* the provider's */
    "SELECT 'charge-not-booked' AS \"what\", c.public_id AS \"object\", coalesce(l.amount_minor, 0) AS "
    "\"amountMinor\", c.amount_minor AS \"expectedMinor\" FROM sandbox_charge c LEFT JOIN ledger_line l ON "
    "l.kind = 'charge' AND l.ref = c.public_id WHERE coalesce(l.amount_minor, 0) <> c.amount_minor",

    "SELECT 'charge-not-at-provider' AS \"what\", l.ref AS \"object\", l.amount_minor AS \"amountMinor\", 0 "
    "AS "
    "\"expectedMinor\" FROM ledger_line l JOIN payment_order o ON o.id = l.order_id WHERE l.kind = 'charge' "
    "AND "
    "o.provider = 'sandbox' AND NOT EXISTS(SELECT 1 FROM sandbox_charge c WHERE c.public_id = l.ref AND "
    "c.session = o.session)",

    "SELECT 'refund-not-booked' AS \"what\", s.key AS \"object\", coalesce(-l.amount_minor, 0) AS "
    "\"amountMinor\", "
    "s.amount_minor AS \"expectedMinor\" FROM sandbox_refund s LEFT JOIN ledger_line l ON l.kind = 'refund' "
    "AND "
    "l.ref = s.key WHERE s.failed = 0 AND coalesce(-l.amount_minor, 0) <> s.amount_minor",

    "SELECT 'refund-not-at-provider' AS \"what\", l.ref AS \"object\", -l.amount_minor AS \"amountMinor\", 0 "
    "AS "
    "\"expectedMinor\" FROM ledger_line l JOIN payment_order o ON o.id = l.order_id WHERE l.kind = 'refund' "
    "AND "
    "o.provider = 'sandbox' AND NOT EXISTS(SELECT 1 FROM sandbox_refund s WHERE s.key = l.ref AND "
    "s.failed = 0)",
};

int store_reconcile(struct db *db, json_t **ret_differences)
{
    json_t *all = json_array();
    int err = all != NULL ? 0 : -ENOMEM;

    for (size_t i = 0; i < sizeof checks / sizeof *checks && err == 0; i++) {
        json_t *found = NULL;

        err = db_all(db, &found, checks[i], NO_ARGS);
        if (err == 0 && json_array_extend(all, found) != 0)
            err = -ENOMEM;
        json_decref(found);
    }
    if (err)
        json_decref(all);
    else
        *ret_differences = all;
    return err;
}
