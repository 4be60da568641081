/* store_break_glass.c - loud by itself: rows are only added. */
#include "storage/store_break_glass.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_private.h"

enum { WHERE_SIZE = DB_ID_SIZE + 8, GLASS_LIMIT = 50 };

static const char *where_of(const char *id, char where[WHERE_SIZE])
{
    (void)snprintf(where, WHERE_SIZE, "glass:%s", id);
    return where;
}

int store_glass_patient(struct db *db, int64_t clinic, const char *patient, struct glass_patient *ret_patient)
{
    struct db_query q;
    int more = db_query(db, &q, "SELECT p.id, u.public_id FROM patient p JOIN users u ON u.id = p.account_id "
                        "WHERE p.public_id = $1 AND EXISTS(SELECT 1 FROM consultation c "
                        "WHERE c.patient_id = p.id AND c.clinic_id = $2)", ARGS(TEXT(patient), INT(clinic)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    ret_patient->id = db_column_int(&q, 0);
    (void)snprintf(ret_patient->account_id, sizeof ret_patient->account_id, "%s", db_column_text(&q, 1));
    db_done(&q);
    return 0;
}

/* A name is the patient's own, or for want of one the account's. */
int store_glass_find(struct db *db, int64_t clinic, int64_t user, const char *name, json_t **ret_patients)
{
    return db_all(db, ret_patients, "SELECT p.public_id AS \"id\", $3 AS \"name\", p.birth_date AS "
                  "\"birthDate\", EXISTS(SELECT 1 FROM consultation c JOIN participant x "
                  "ON x.consultation_id = c.id WHERE c.patient_id = p.id AND x.user_id = $2 "
                  "AND x.removed_utc IS NULL) AS \"isOwn\" FROM patient p "
                  "WHERE p.id IN (SELECT id FROM patient WHERE display_name = $3 UNION "
                  "SELECT o.id FROM users u JOIN patient o ON o.account_id = u.id WHERE u.role = 'patient' "
                  "AND u.display_name = $3 AND o.display_name IS NULL) "
                  "AND EXISTS(SELECT 1 FROM consultation c WHERE c.patient_id = p.id AND c.clinic_id = $1) "
                  "ORDER BY p.id LIMIT 10", ARGS(INT(clinic), INT(user), TEXT(name)));
}

int store_glass_break(struct db *db, int64_t user, int64_t patient, int64_t clinic, const char *reason,
                      int64_t *ret_until_utc)
{
    const struct seal *seal = &db_host(db)->seal;
    int64_t until = db_now(db) + GLASS_S;
    char id[DB_ID_SIZE], where[WHERE_SIZE];
    unsigned char *sealed;
    size_t size;
    int err = store_words_check(reason, GLASS_REASON_MAX);

    if (err == 0 && store_words_check(reason, GLASS_REASON_MIN - 1) != -EMSGSIZE)
        err = -EINVAL;
    if (err)
        return err;
    db_id_make(db, "brk_", id);
    err = seal->seal(seal->data, where_of(id, where), reason, strlen(reason), &sealed, &size);
    if (err)
        return err;
    err = db_run(db, "INSERT INTO break_glass(public_id, user_id, patient_id, clinic_id, reason_enc, "
                 "begun_utc, until_utc) VALUES($1, $2, $3, $4, $5, $6, $7)",
                 ARGS(TEXT(id), INT(user), INT(patient), INT(clinic), BLOB(sealed, size), INT(db_now(db)),
                      INT(until)));
    free(sealed);
    if (err < 0)
        return err;
    *ret_until_utc = until;
    return 0;
}

int store_glass_open(struct db *db, int64_t user, int64_t patient, int64_t *ret_until_utc)
{
    return db_int(db, ret_until_utc, "SELECT max(until_utc) FROM break_glass WHERE user_id = $1 "
                  "AND patient_id = $2 AND until_utc > $3", ARGS(INT(user), INT(patient), INT(db_now(db))));
}

int store_glass_signed(struct db *db, int64_t patient, int64_t clinic,
                       int64_t ret_consults[GLASS_RESULTS_MAX])
{
    struct db_query q;
    int count = 0, more = db_query(db, &q, "SELECT c.id FROM consultation c WHERE c.patient_id = $1 "
                                   "AND c.clinic_id = $2 AND EXISTS(SELECT 1 FROM consultation_note n "
                                   "WHERE n.consultation_id = c.id) ORDER BY c.id DESC LIMIT $3",
                                   ARGS(INT(patient), INT(clinic), INT(GLASS_RESULTS_MAX)));

    for (; more > 0; more = db_next(&q))
        ret_consults[count++] = db_column_int(&q, 0);
    return more < 0 ? more : count;
}

/* --- for the admin ------------------------------------------------------------------------------------- */

static int item_add(struct db *db, const struct db_query *q, json_t *items)
{
    const struct seal *seal = &db_host(db)->seal;
    json_t *item = db_query_json(q);
    char where[WHERE_SIZE], at[DB_TIME_SIZE];
    unsigned char *plain;
    size_t size;
    const void *sealed = db_column_blob(q, 0, &size);
    int err = item != NULL ? 0 : -ENOMEM;

    db_time_print(db_column_int(q, 1), at);
    if (err == 0)
        err = seal->open(seal->data, where_of(db_column_text(q, 2), where), sealed, size, &plain, &size);
    if (err) {
        json_decref(item);
        return err;
    }
    if (json_object_set_new(item, "reason", json_stringn((const char *)plain, size)) != 0
        || json_object_set_new(item, "at", json_string(at)) != 0)
        err = -ENOMEM;
    explicit_bzero(plain, size);
    free(plain);
    if (json_array_append_new(items, item) != 0)
        err = -ENOMEM;
    return err;
}

static int place_find(struct db *db, int64_t clinic, const char *cursor, int64_t *ret_place)
{
    int err;

    *ret_place = INT64_MAX;
    if (cursor == NULL)
        return 0;
    err = db_int(db, ret_place, "SELECT id FROM break_glass WHERE public_id = $1 AND clinic_id = $2",
                 ARGS(TEXT(cursor), INT(clinic)));
    return err == -ENOENT ? -EINVAL : err;
}

int store_glass_list(struct db *db, int64_t clinic, int limit, const char *cursor, json_t **ret_page)
{
    char next[DB_ID_SIZE] = "";
    struct db_query q;
    int64_t place;
    json_t *items;
    int more, err = place_find(db, clinic, cursor, &place);

    if (err)
        return err;
    limit = store_limit(limit, GLASS_LIMIT, STORE_LIMIT_MAX);
    items = json_array();
    if (items == NULL)
        return -ENOMEM;
    more = db_query(db, &q, "SELECT g.reason_enc AS \"_reason\", g.begun_utc AS \"_at\", "
                    "g.public_id AS \"id\", g.until_utc AS \"untilAt\", u.public_id AS \"who.id\", "
                    "u.display_name AS \"who.name\", u.role AS \"who.role\", p.public_id AS "
                    "\"patient.id\", coalesce(p.display_name, w.display_name) AS \"patient.name\" "
                    "FROM break_glass g JOIN users u ON u.id = g.user_id "
                    "JOIN patient p ON p.id = g.patient_id JOIN users w ON w.id = p.account_id "
                    "WHERE g.clinic_id = $1 AND g.id < $2 ORDER BY g.id DESC LIMIT $3",
                    ARGS(INT(clinic), INT(place), INT(limit + 1)));
    for (; more > 0 && err == 0; more = db_next(&q)) {
        if (json_array_size(items) < (size_t)limit)
            (void)snprintf(next, sizeof next, "%s", db_column_text(&q, 2));
        err = item_add(db, &q, items);
        if (err)
            break;
    }
    if (err)
        db_done(&q);
    if (err || more < 0) {
        json_decref(items);
        return err ? err : more;
    }
    return store_page(items, limit, next, ret_page);
}
