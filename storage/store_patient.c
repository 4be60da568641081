/* store_patient.c - who a patient is. */
#include "storage/store_patient.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_private.h"

enum { WHERE_SIZE = DB_ID_SIZE + 16 };

static const char *where_of(const char *public_id, char where[WHERE_SIZE])
{
    snprintf(where, WHERE_SIZE, "patient:%s:name", public_id);
    return where;
}

/* Opens the name in the first column, if there is one. */
static int name_open(struct db *db, const struct db_query *q, const char *public_id, json_t *patient)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *plain;
    size_t size;
    const void *sealed = db_column_blob(q, 0, &size);
    int err;

    if (sealed == NULL)
        return 0;
    err = seal->open(seal->data, where_of(public_id, where), sealed, size, &plain, &size);
    if (err)
        return err;
    err = json_object_set_new(patient, "realName", json_stringn((const char *)plain, size)) ? -ENOMEM : 0;
    explicit_bzero(plain, size);
    free(plain);
    return err;
}

int store_patient_get(struct db *db, const char *public_id, json_t **ret_patient)
{
    struct db_query q;
    json_t *patient;
    int more = db_query(db, &q, "SELECT p.real_name_enc AS \"_name\", p.public_id AS \"id\", "
                        "coalesce(p.display_name, u.display_name) AS \"name\", p.relation AS \"relation\", "
                        "p.birth_date AS \"birthDate\", p.verified_utc AS \"verifiedAt\" FROM patient p "
                        "JOIN users u ON u.id = p.account_id WHERE p.public_id = $1 "
                        "AND p.removed_utc IS NULL", ARGS(TEXT(public_id)));
    int err;

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    patient = db_query_json(&q);
    err = patient != NULL ? name_open(db, &q, public_id, patient) : -ENOMEM;
    db_done(&q);
    if (err) {
        json_decref(patient);
        return err;
    }
    *ret_patient = patient;
    return 0;
}

int store_patient_verify(struct db *db, const char *public_id, const char *real_name)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *sealed;
    size_t size;
    int err = store_words_check(real_name, STORE_REAL_NAME_MAX);

    if (err == 0)
        err = seal->seal(seal->data, where_of(public_id, where), real_name, strlen(real_name), &sealed,
                         &size);
    if (err)
        return err;
    err = db_run(db, "UPDATE patient SET real_name_enc = $2, verified_utc = $3 WHERE public_id = $1 "
                 "AND removed_utc IS NULL", ARGS(TEXT(public_id), BLOB(sealed, size), INT(db_now(db))));
    free(sealed);
    return err < 0 ? err : err == 0 ? -ENOENT : 0;
}

int store_patient_verified_check(struct db *db, int64_t patient)
{
    int64_t since;
    int err = db_int(db, &since, "SELECT verified_utc FROM patient WHERE id = $1", ARGS(INT(patient)));

    return err == -ENOENT ? -ENOKEY : err;
}
