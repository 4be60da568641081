/* store_payment_list.c - the payments of a clinic, for its desk. */
#include "storage/store_payment.h"
#include "storage/store_private.h"

#include <stdio.h>

#define PAYMENTS_LIMIT 50

/* What moved keeps its order: shown with where the appointment is now. */
#define PAYMENT_ROWS                                                                                         \
    "SELECT o.public_id AS \"id\", o.state AS \"state\", o.amount_minor AS \"amount.amount\", "              \
    "o.currency AS \"amount.currency\", (SELECT coalesce(-sum(l.amount_minor), 0) FROM ledger_line l "       \
    "WHERE l.order_id = o.id AND l.kind = 'refund') AS \"refunded.amount\", "                                \
    "o.currency AS \"refunded.currency\", o.provider AS \"provider\", o.created_utc AS \"createdAt\", "      \
    "a.public_id AS \"appointment.id\", a.start_utc AS \"appointment.startAt\", "                            \
    "a.status AS \"appointment.status\", p.public_id AS \"patient.id\", "                                    \
    "coalesce(p.display_name, u.display_name) AS \"patient.name\", d.public_id AS \"doctor.id\", "           \
    "d.display_name AS \"doctor.name\", s.public_id AS \"service.id\", "                                     \
    "s.name AS \"service.name\" FROM payment_order o "                                                       \
    "JOIN appointment a ON a.id = (SELECT max(n.id) FROM appointment n WHERE n.series_id = o.series_id) "    \
    "JOIN patient p ON p.id = a.patient_id JOIN users u ON u.id = p.account_id "                             \
    "JOIN users d ON d.id = a.doctor_id JOIN service s ON s.id = a.service_id "

int store_payment_list(struct db *db, int64_t clinic, const struct payment_list *wanted, json_t **ret_page)
{
    char next[DB_ID_SIZE] = "";
    int64_t before = INT64_MAX;
    int limit = store_limit(wanted->limit, PAYMENTS_LIMIT, STORE_LIMIT_MAX), err = 0;
    json_t *items = NULL;

    if (wanted->cursor != NULL)
        err = db_int(db, &before, "SELECT o.id FROM payment_order o JOIN appointment a ON "
                     "a.id = o.appointment_id WHERE a.clinic_id = $1 AND o.public_id = $2",
                     ARGS(INT(clinic), TEXT(wanted->cursor)));
    if (err == 0)
        err = db_all(db, &items, PAYMENT_ROWS "WHERE a.clinic_id = $1 AND o.id < $2 AND ($3 IS NULL OR "
                     "o.state = $3) ORDER BY o.id DESC LIMIT $4",
                     ARGS(INT(clinic), INT(before), TEXT(wanted->state), INT(limit + 1)));
    if (err)
        return err == -ENOENT ? -EINVAL : err;
    if (json_array_size(items) > (size_t)limit)
        (void)snprintf(next, sizeof next, "%s", json_string_value(json_object_get(json_array_get(items,
                       (size_t)limit - 1), "id")));
    return store_page(items, limit, next, ret_page);
}
