/* store_dispute.c - a patient's word against his no-show, and the desk's decision. */
#include "storage/store_dispute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_private.h"

enum { WHERE_SIZE = DB_ID_SIZE + 8 };

static const char *where_of(const char *appointment, char where[WHERE_SIZE])
{
    (void)snprintf(where, WHERE_SIZE, "dispute:%s", appointment);
    return where;
}

int store_dispute_end(struct db *db, int64_t appointment, int64_t *ret_utc)
{
    return db_int(db, ret_utc, "SELECT " STORE_DISPUTE_END("$1") " FROM appointment WHERE id = $1 "
                  "AND status = 'noshow_patient'", ARGS(INT(appointment)));
}

static int version_count(struct db *db, const struct appointment_access *now)
{
    int changed = db_run(db, "UPDATE appointment SET version = version + 1 WHERE id = $1 AND version = $2",
                         ARGS(INT(now->id), INT(now->version)));

    return changed < 0 ? changed : changed == 0 ? -ESTALE : 0;
}

int store_dispute_add(struct db *db, const struct appointment_access *now, int64_t user, const char *reason)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *sealed;
    size_t size;
    int err = store_words_check(reason, STORE_DISPUTE_MAX);

    if (err == 0)
        err = seal->seal(seal->data, where_of(now->public_id, where), reason, strlen(reason), &sealed, &size);
    if (err)
        return err;
    err = db_run(db, "INSERT INTO appointment_dispute(appointment_id, by_id, reason_enc, at_utc) "
                 "VALUES($1, $2, $3, $4)",
                 ARGS(INT(now->id), INT(user), BLOB(sealed, size), INT(db_now(db))));
    free(sealed);
    return err < 0 ? err : version_count(db, now);
}

int store_dispute_decide(struct db *db, const struct appointment_access *now, int64_t user,
                         const char *decision, const char *note)
{
    int changed = db_run(db, "UPDATE appointment_dispute SET decision = $2, note = $3, decided_by = $4, "
                         "decided_utc = $5 WHERE appointment_id = $1 AND decision IS NULL",
                         ARGS(INT(now->id), TEXT(decision), TEXT(note), INT(user), INT(db_now(db))));

    return changed < 0 ? changed : changed == 0 ? -ENOENT : version_count(db, now);
}

int store_dispute_show(struct db *db, const struct db_query *q, int first, const char *appointment,
                       json_t *row)
{
    const struct seal *seal = &db_host(db)->seal;
    json_t *dispute = json_object_get(row, "dispute");
    char where[WHERE_SIZE], at[DB_TIME_SIZE];
    unsigned char *plain;
    size_t size;
    const void *sealed = db_column_blob(q, first, &size);
    int err;

    if (sealed == NULL)
        return 0;
    if (dispute == NULL) {                      /* not decided                                        */
        dispute = json_object();
        if (json_object_set_new(row, "dispute", dispute) != 0)
            return -ENOMEM;
    }
    err = seal->open(seal->data, where_of(appointment, where), sealed, size, &plain, &size);
    if (err)
        return err;
    db_time_print(db_column_int(q, first + 1), at);
    if (json_object_set_new(dispute, "reason", json_stringn((const char *)plain, size)) != 0 ||
        json_object_set_new(dispute, "at", json_string(at)) != 0)
        err = -ENOMEM;
    free(plain);
    return err;
}
