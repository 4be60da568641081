/* store_transfer.c - a consult is offered to a colleague of its doctor. */
#include "storage/store_transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_private.h"

enum { WHERE_SIZE = DB_ID_SIZE + 16, COLUMN_CONSULT = 1 };

static const char *where_of(const char *consult, char where[WHERE_SIZE])
{
    snprintf(where, WHERE_SIZE, "transfer:%s", consult);
    return where;
}

int store_transfer_find(struct db *db, int64_t consult, struct transfer_row *ret_transfer)
{
    struct transfer_row t = { .consult = consult };
    struct db_query q;
    int more = db_query(db, &q, "SELECT t.id, t.from_id, t.to_id, f.public_id, o.public_id "
                        "FROM consult_transfer t JOIN users f ON f.id = t.from_id JOIN users o "
                        "ON o.id = t.to_id WHERE t.consultation_id = $1 AND t.ended_utc IS NULL",
                        ARGS(INT(consult)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    t.id = db_column_int(&q, 0);
    t.from = db_column_int(&q, 1);
    t.to = db_column_int(&q, 2);
    snprintf(t.from_id, sizeof t.from_id, "%s", db_column_text(&q, 3));
    snprintf(t.to_id, sizeof t.to_id, "%s", db_column_text(&q, 4));
    db_done(&q);
    *ret_transfer = t;
    return 0;
}

int store_transfer_access(struct db *db, const char *consult, int64_t user, struct consult_access *ret_access)
{
    struct consult_access access = { .user = user, .role = "doctor" };
    struct db_query q;
    int more = db_query(db, &q, "SELECT c.id, c.state FROM consult_transfer t JOIN consultation c "
                        "ON c.id = t.consultation_id WHERE c.public_id = $1 AND t.to_id = $2 "
                        "AND t.ended_utc IS NULL", ARGS(TEXT(consult), INT(user)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    access.consult = db_column_int(&q, 0);
    snprintf(access.state, sizeof access.state, "%s", db_column_text(&q, 1));
    db_done(&q);
    *ret_access = access;
    return 0;
}

static int place_find(struct db *db, int64_t consult, char where[WHERE_SIZE])
{
    struct db_query q;
    int more = db_query(db, &q, "SELECT public_id FROM consultation WHERE id = $1", ARGS(INT(consult)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    (void)where_of(db_column_text(&q, 0), where);
    db_done(&q);
    return 0;
}

int store_transfer_offer(struct db *db, const struct transfer_new *new)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *sealed;
    size_t size;
    int err = store_words_check(new->reason, STORE_TRANSFER_REASON_MAX);

    if (err == 0)
        err = place_find(db, new->consult, where);
    if (err == 0)
        err = seal->seal(seal->data, where, new->reason, strlen(new->reason), &sealed, &size);
    if (err)
        return err;
    err = db_run(db, "INSERT INTO consult_transfer(consultation_id, from_id, to_id, reason_enc, offered_utc) "
                 "VALUES($1, $2, $3, $4, $5)",
                 ARGS(INT(new->consult), INT(new->from), INT(new->to), BLOB(sealed, size), INT(db_now(db))));
    free(sealed);
    return err < 0 ? err : 0;
}

int store_transfer_end(struct db *db, const struct transfer_row *t, const char *outcome)
{
    int err = db_run(db, "UPDATE consult_transfer SET ended_utc = $2, outcome = $3 WHERE id = $1",
                     ARGS(INT(t->id), INT(db_now(db)), TEXT(outcome)));

    return err < 0 ? err : 0;
}

/* --- taking over --------------------------------------------------------------------------------------- */

static int participants_take(struct db *db, const struct transfer_row *t)
{
    int err = db_run(db, "UPDATE participant SET removed_utc = $3 WHERE consultation_id = $1 "
                     "AND user_id = $2", ARGS(INT(t->consult), INT(t->from), INT(db_now(db))));

    if (err >= 0)
        err = db_run(db, "INSERT INTO participant(consultation_id, user_id, role) VALUES($1, $2, 'doctor') "
                     "ON CONFLICT(consultation_id, user_id) DO UPDATE SET removed_utc = NULL",
                     ARGS(INT(t->consult), INT(t->to)));
    return err < 0 ? err : 0;
}

/* He has said yes: what he has booked at that time does not keep him from it. */
static int appointment_take(struct db *db, const struct transfer_row *t)
{
    int err = db_run(db, "UPDATE appointment AS a SET doctor_id = $2, version = version + 1, overbook = "
                     "overbook OR EXISTS(SELECT 1 FROM appointment b WHERE b.occupies = 1 "
                     "AND b.doctor_id = $2 AND b.start_utc < a.busy_until_utc "
                     "AND b.busy_until_utc > a.start_utc AND b.start_utc > a.start_utc - 14400) "
                     "WHERE id = (SELECT appointment_id FROM consultation WHERE id = $1)",
                     ARGS(INT(t->consult), INT(t->to)));

    if (err > 0)
        err = db_run(db, "INSERT INTO appointment_history(appointment_id, from_s, to_s, by_id, reason, "
                     "at_utc, version) SELECT a.id, a.status, a.status, $2, 'transferred', $3, a.version "
                     "FROM appointment a JOIN consultation c ON c.appointment_id = a.id WHERE c.id = $1",
                     ARGS(INT(t->consult), INT(t->to), INT(db_now(db))));
    return err < 0 ? err : 0;
}

int store_transfer_take(struct db *db, const struct transfer_row *t)
{
    int err = db_run(db, "UPDATE consultation SET doctor_id = $2, version = version + 1, last_utc = $3 "
                     "WHERE id = $1", ARGS(INT(t->consult), INT(t->to), INT(db_now(db))));

    if (err >= 0)
        err = participants_take(db, t);
    if (err == 0)
        err = appointment_take(db, t);
    return err == 0 ? store_transfer_end(db, t, "accepted") : err;
}

/* --- showing ------------------------------------------------------------------------------------------- */

#define TRANSFER_SELECT                                                                                      \
    "SELECT t.reason_enc AS \"_reason\", c.public_id AS \"_consult\", o.public_id AS \"doctor.id\", "        \
    "o.display_name AS \"doctor.name\", f.public_id AS \"from.id\", f.display_name AS \"from.name\", "       \
    "p.public_id AS \"patient.id\", coalesce(p.display_name, a.display_name) AS \"patient.name\", "          \
    "c.kind AS \"kind\", t.offered_utc AS \"offeredAt\" FROM consult_transfer t "                            \
    "JOIN consultation c ON c.id = t.consultation_id JOIN users o ON o.id = t.to_id "                        \
    "JOIN users f ON f.id = t.from_id JOIN patient p ON p.id = c.patient_id "                                \
    "JOIN users a ON a.id = p.account_id WHERE t.ended_utc IS NULL "

static int reason_open(struct db *db, const struct db_query *q, json_t *transfer)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *plain;
    size_t size;
    const void *sealed = db_column_blob(q, 0, &size);
    int err = seal->open(seal->data, where_of(db_column_text(q, COLUMN_CONSULT), where), sealed, size, &plain,
                         &size);

    if (err)
        return err;
    err = json_object_set_new(transfer, "reason", json_stringn((const char *)plain, size)) ? -ENOMEM : 0;
    explicit_bzero(plain, size);
    free(plain);
    return err;
}

static int transfer_read(struct db *db, const struct db_query *q, json_t **ret_transfer)
{
    json_t *transfer = db_query_json(q);
    int err = transfer != NULL ? reason_open(db, q, transfer) : -ENOMEM;

    if (err == 0)
        *ret_transfer = transfer;
    else
        json_decref(transfer);
    return err;
}

int store_transfer_get(struct db *db, int64_t consult, json_t **ret_transfer)
{
    struct db_query q;
    int more = db_query(db, &q, TRANSFER_SELECT "AND c.id = $1", ARGS(INT(consult))), err;

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    err = transfer_read(db, &q, ret_transfer);
    db_done(&q);
    return err;
}

int store_transfer_list(struct db *db, int64_t doctor, json_t **ret_items)
{
    struct db_query q;
    json_t *items = json_array(), *one = NULL;
    int more = db_query(db, &q, TRANSFER_SELECT "AND t.to_id = $1 ORDER BY t.id LIMIT $2",
                        ARGS(INT(doctor), INT(STORE_LIMIT_MAX)));
    int err = items != NULL ? 0 : -ENOMEM;

    for (; more > 0 && err == 0; more = err ? 0 : db_next(&q)) {
        err = transfer_read(db, &q, &one);
        if (err == 0 && json_array_append_new(items, json_pack("{s:s, s:o}", "consult",
                                              db_column_text(&q, COLUMN_CONSULT), "transfer", one)) != 0)
            err = -ENOMEM;
        if (err)
            db_done(&q);
    }
    if (err == 0 && more < 0)
        err = more;
    if (err)
        json_decref(items);
    else
        *ret_items = items;
    return err;
}
