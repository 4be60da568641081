/* store_reason.c - why a patient comes. */
#include "storage/store_reason.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_private.h"

enum { WHERE_SIZE = DB_ID_SIZE + 8 };

static const char *where_of(const char *series, char where[WHERE_SIZE])
{
    snprintf(where, WHERE_SIZE, "reason:%s", series);
    return where;
}

/* Of the appointment's row: its series, for where it is sealed to. */
static int place_find(struct db *db, int64_t appointment, char where[WHERE_SIZE])
{
    struct db_query q;
    int more = db_query(db, &q, "SELECT series_id FROM appointment WHERE id = $1", ARGS(INT(appointment)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    (void)where_of(db_column_text(&q, 0), where);
    db_done(&q);
    return 0;
}

int store_reason_set(struct db *db, int64_t appointment, const char *reason)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *sealed;
    size_t size;
    int err = store_words_check(reason, STORE_REASON_MAX);

    if (err == 0)
        err = place_find(db, appointment, where);
    if (err == 0)
        err = seal->seal(seal->data, where, reason, strlen(reason), &sealed, &size);
    if (err)
        return err;
    err = db_run(db, "UPDATE appointment SET reason_enc = $2 WHERE id = $1",
                 ARGS(INT(appointment), BLOB(sealed, size)));
    free(sealed);
    return err < 0 ? err : 0;
}

/* The first two columns opened. -ENOENT: none was given. */
static int words_open(struct db *db, const struct db_query *q, unsigned char **ret_plain, size_t *ret_size)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    size_t size;
    const void *sealed = db_column_blob(q, 0, &size);

    if (sealed == NULL)
        return -ENOENT;
    return seal->open(seal->data, where_of(db_column_text(q, 1), where), sealed, size, ret_plain, ret_size);
}

int store_reason_words(struct db *db, int64_t appointment, int64_t *ret_account, char **ret_words)
{
    unsigned char *plain;
    struct db_query q;
    size_t size;
    int err, more;

    more = db_query(db, &q,
                    "SELECT a.reason_enc, a.series_id, p.account_id FROM appointment a "
                    "JOIN patient p ON p.id = a.patient_id WHERE a.id = $1 AND a.reason_enc IS NOT NULL "
                    "AND EXISTS(SELECT 1 FROM appointment f WHERE f.series_id = a.series_id "
                    "AND f.rescheduled_from IS NULL AND f.created_by = p.account_id)",
                    ARGS(INT(appointment)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    err = words_open(db, &q, &plain, &size);
    if (err == 0) {
        *ret_account = db_column_int(&q, 2);
        *ret_words = strndup((const char *)plain, size);
        free(plain);
        err = *ret_words != NULL ? 0 : -ENOMEM;
    }
    db_done(&q);
    return err;
}

int store_reason_of(struct db *db, int64_t consult, char **ret_words)
{
    int64_t appointment, account;
    int err = db_int(db, &appointment, "SELECT appointment_id FROM consultation WHERE id = $1",
                     ARGS(INT(consult)));

    return err ? err : store_reason_words(db, appointment, &account, ret_words);
}

int store_reason_show(struct db *db, const struct db_query *q, json_t *row)
{
    unsigned char *plain;
    size_t size;
    int err = words_open(db, q, &plain, &size);

    if (err)
        return err == -ENOENT ? 0 : err;
    err = json_object_set_new(row, "reason", json_stringn((const char *)plain, size)) ? -ENOMEM : 0;
    free(plain);
    return err;
}

int store_reason_rows(struct db *db, struct db_query *q, int more, json_t **ret_rows)
{
    json_t *rows = json_array(), *row;
    int err = rows ? 0 : -ENOMEM;

    for (; more > 0 && err == 0; more = err ? 0 : db_next(q)) {
        row = db_query_json(q);
        err = row != NULL ? store_reason_show(db, q, row) : -ENOMEM;
        if (json_array_append_new(rows, row) < 0 && err == 0)
            err = -ENOMEM;
        if (err)
            db_done(q);
    }
    if (err == 0 && more < 0)
        err = more;
    if (err)
        json_decref(rows);
    else
        *ret_rows = rows;
    return err;
}
