/* store_health.c - allergies, conditions, medications: a row a patient, its body sealed to it. */
#include "storage/store_health.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_private.h"

enum { WHERE_SIZE = 80 };

static const char *where_of(const char *patient, int64_t version, char where[WHERE_SIZE])
{
    snprintf(where, WHERE_SIZE, "health:%s:%" PRId64, patient, version);
    return where;
}

int store_health_access(struct db *db, const char *patient, int64_t user, int64_t *ret_patient)
{
    return db_int(db, ret_patient,
                  "SELECT p.id FROM patient p WHERE p.public_id = $1 AND p.removed_utc IS NULL "
                  "AND (p.account_id = $2 OR EXISTS(SELECT 1 FROM consultation c WHERE c.patient_id = p.id "
                  "AND c.doctor_id = $2 AND " STORE_IS_GOING_ON("c") "))", ARGS(TEXT(patient), INT(user)));
}

static int body_open(struct db *db, const struct db_query *q, json_t **ret_body)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *plain;
    size_t size, sealed_size;
    const void *sealed = db_column_blob(q, 0, &sealed_size);
    int err;

    (void)where_of(db_column_text(q, 2), db_column_int(q, 1), where);
    err = seal->open(seal->data, where, sealed, sealed_size, &plain, &size);
    if (err)
        return err;
    err = db_json_read(db, plain, size, ret_body);
    explicit_bzero(plain, size);
    free(plain);
    return err;
}

static int health_read(struct db *db, const struct db_query *q, json_t **ret_health)
{
    json_t *health = db_query_json(q), *body = NULL;
    int err = health != NULL ? 0 : -ENOMEM;

    if (err == 0 && db_column_int(q, 1) > 0)
        err = body_open(db, q, &body);
    if (err == 0 && body != NULL && json_object_update(health, body) != 0)
        err = -ENOMEM;
    json_decref(body);
    if (err == 0)
        *ret_health = health;
    else
        json_decref(health);
    return err;
}

int store_health_get(struct db *db, int64_t patient, json_t **ret_health)
{
    struct db_query q;
    int err, more;

    more = db_query(db, &q, "SELECT h.body_enc AS \"_body\", coalesce(h.version, 0) AS \"version\", "
                    "p.public_id AS \"patient.id\", coalesce(p.display_name, a.display_name) AS "
                    "\"patient.name\", p.birth_date AS \"patient.birthDate\", "
                    "p.verified_utc AS \"patient.verifiedAt\" FROM patient p "
                    "JOIN users a ON a.id = p.account_id "
                    "LEFT JOIN patient_health h ON h.patient_id = p.id WHERE p.id = $1", ARGS(INT(patient)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    err = health_read(db, &q, ret_health);
    db_done(&q);
    return err;
}

int store_health_of(struct db *db, int64_t consult, json_t **ret_health)
{
    int64_t patient;
    int err = db_int(db, &patient, "SELECT patient_id FROM consultation WHERE id = $1", ARGS(INT(consult)));

    return err ? err : store_health_get(db, patient, ret_health);
}

static int write(struct db *db, const struct health_new *new, const char *patient, const char *text)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *sealed;
    size_t size;
    int err;

    (void)where_of(patient, new->version + 1, where);
    err = seal->seal(seal->data, where, text, strlen(text), &sealed, &size);
    if (err)
        return err;
    err = db_run(db, "INSERT INTO patient_health(patient_id, version, by_id, body_enc, saved_utc) "
                 "VALUES($1, $2, $3, $4, $5) ON CONFLICT(patient_id) DO UPDATE SET "
                 "version = excluded.version, by_id = excluded.by_id, body_enc = excluded.body_enc, "
                 "saved_utc = excluded.saved_utc",
                 ARGS(INT(new->patient), INT(new->version + 1), INT(new->by), BLOB(sealed, size),
                      INT(db_now(db))));
    free(sealed);
    return err < 0 ? err : 0;
}

int store_health_put(struct db *db, const struct health_new *new)
{
    char *text, patient[DB_ID_SIZE];
    struct db_query q;
    int err = 0, more = db_query(db, &q, "SELECT p.public_id, coalesce(h.version, 0) FROM patient p "
                                 "LEFT JOIN patient_health h ON h.patient_id = p.id WHERE p.id = $1",
                                 ARGS(INT(new->patient)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    snprintf(patient, sizeof patient, "%s", db_column_text(&q, 0));
    if (db_column_int(&q, 1) != new->version)
        err = -ESTALE;
    db_done(&q);
    text = err == 0 ? json_dumps(new->body, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    if (text == NULL)
        return err ? err : -ENOMEM;
    err = write(db, new, patient, text);
    explicit_bzero(text, strlen(text));
    free(text);
    return err;
}
