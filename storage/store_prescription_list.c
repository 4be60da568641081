/* store_prescription_list.c - prescriptions as they are shown, one and many. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_prescription.h"
#include "storage/store_prescription_private.h"
#include "storage/store_private.h"

enum { PRESCRIPTIONS_LIMIT = 20, DAYS_MAX = 365 };
enum { COLUMN_ITEMS, COLUMN_TOKEN, COLUMN_REJECTED, COLUMN_ENDED, COLUMN_ID };

#define SHOWN_SELECT                                                                                         \
    "SELECT p.items_enc, p.token_enc, r.reason_enc, p.ended_reason_enc, p.public_id AS \"_id\", "            \
    "p.public_id AS \"id\", c.public_id AS \"consult\", p.state AS \"state\", "                              \
    "k.public_id AS \"clinic.id\", k.name AS \"clinic.name\", t.public_id AS \"patient.id\", "               \
    "coalesce(t.display_name, a.display_name) AS \"patient.name\", t.birth_date AS \"patient.birthDate\", "  \
    "s.public_id AS \"signer.id\", s.display_name AS \"signer.name\", s.role AS \"signer.role\", "           \
    "p.signed_utc AS \"signedAt\", v.public_id AS \"reviewer.id\", v.display_name AS \"reviewer.name\", "    \
    "v.role AS \"reviewer.role\", r.reviewed_utc AS \"reviewedAt\", p.expires_utc AS \"expiresAt\", "        \
    "p.ended_utc AS \"endedAt\", o.public_id AS \"replaces\" "
#define SHOWN_TABLES                                                                                         \
    "FROM prescription p JOIN consultation c ON c.id = p.consultation_id JOIN clinic k ON k.id = "           \
    "p.clinic_id JOIN patient t ON t.id = c.patient_id JOIN users a ON a.id = t.account_id "                 \
    "JOIN users s ON s.id = p.signer_id LEFT JOIN review r ON r.prescription_id = p.id "                     \
    "LEFT JOIN users v ON v.id = r.reviewer_id LEFT JOIN prescription o ON o.id = p.replaces_id "

/* --- what is sealed ------------------------------------------------------------------------------------ */

static int text_show(struct db *db, const struct db_query *q, int column, const char *what, json_t *shown,
                     const char *name)
{
    char *text;
    size_t size;
    int err = prescription_open(db, what, db_column_text(q, COLUMN_ID), q, column, &text, &size);

    if (err)
        return err == -ENOENT ? 0 : err;
    err = json_object_set_new(shown, name, json_stringn(text, size)) != 0 ? -ENOMEM : 0;
    explicit_bzero(text, size);
    free(text);
    return err;
}

/* The items of a row whose id is in `column_id`. */
static int items_open(struct db *db, const struct db_query *q, const char *id, json_t **ret_items)
{
    char *text;
    size_t size;
    int err = prescription_open(db, "rx", id, q, COLUMN_ITEMS, &text, &size);

    if (err)
        return err == -ENOENT ? -EBADMSG : err;
    err = db_json_read(db, text, size, ret_items);
    explicit_bzero(text, size);
    free(text);
    return err;
}

static int items_show(struct db *db, const struct db_query *q, enum prescription_view view, json_t *shown)
{
    json_t *items, *item;
    size_t i;
    int err = items_open(db, q, db_column_text(q, COLUMN_ID), &items);

    if (err)
        return err;
    if (view == FOR_PATIENT)
        json_array_foreach(items, i, item)
            (void)json_object_del(item, "override");
    return json_object_set_new(shown, "items", items) != 0 ? -ENOMEM : 0;
}

static int shown_read(struct db *db, const struct db_query *q, enum prescription_view view,
                      json_t **ret_shown)
{
    json_t *shown = db_query_json(q);
    int err = shown != NULL ? items_show(db, q, view, shown) : -ENOMEM;

    if (err == 0)
        err = text_show(db, q, COLUMN_TOKEN, "rx-token", shown, "token");
    if (err == 0)
        err = text_show(db, q, COLUMN_REJECTED, "rx-review", shown, "rejectReason");
    if (err == 0)
        err = text_show(db, q, COLUMN_ENDED, "rx-end", shown, "endReason");
    if (err)
        json_decref(shown);
    else
        *ret_shown = shown;
    return err;
}

/* --- one, many ----------------------------------------------------------------------------------------- */

int store_prescription_get(struct db *db, int64_t row, enum prescription_view view, json_t **ret_prescription)
{
    struct db_query q;
    int more = db_query(db, &q, SHOWN_SELECT SHOWN_TABLES "WHERE p.id = $1", ARGS(INT(row))), err;

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    err = shown_read(db, &q, view, ret_prescription);
    db_done(&q);
    return err;
}

/* All of a query that was begun. */
static int rows_read(struct db *db, struct db_query *q, int more, enum prescription_view view,
                     json_t **ret_items)
{
    json_t *items = json_array(), *one;
    int err = 0;

    for (; more > 0; more = err ? 0 : db_next(q)) {
        err = shown_read(db, q, view, &one);
        if (err == 0 && json_array_append_new(items, one) != 0)
            err = -ENOMEM;
        if (err)
            db_done(q);
    }
    if (err == 0)
        err = more < 0 ? more : items == NULL ? -ENOMEM : 0;
    if (err)
        json_decref(items);
    else
        *ret_items = items;
    return err;
}

int store_prescription_of(struct db *db, int64_t consult, enum prescription_view view, json_t **ret_items)
{
    struct db_query q;
    int more = db_query(db, &q, SHOWN_SELECT SHOWN_TABLES "WHERE p.consultation_id = $1 "
                        "AND (NOT $2 OR p.token_hash IS NOT NULL) ORDER BY p.id LIMIT $3",
                        ARGS(INT(consult), INT(view == FOR_PATIENT), INT(STORE_LIMIT_MAX)));

    return rows_read(db, &q, more, view, ret_items);
}

int store_prescription_by_token(struct db *db, const unsigned char hash[PRESCRIPTION_TOKEN_HASH_SIZE],
                                json_t **ret_shown)
{
    struct db_query q;
    json_t *shown;
    int err, more = db_query(db, &q, "SELECT p.items_enc, p.token_enc, NULL, NULL, p.public_id AS \"_id\", "
                             "p.state AS \"state\", k.name AS \"clinic\", s.display_name AS \"doctor\", "
                             "coalesce(t.display_name, a.display_name) AS \"patient\", "
                             "r.reviewed_utc AS \"approvedAt\", p.expires_utc AS \"expiresAt\" " SHOWN_TABLES
                             "WHERE p.token_hash = $1", ARGS(BLOB(hash, PRESCRIPTION_TOKEN_HASH_SIZE)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    shown = db_query_json(&q);
    err = shown != NULL ? items_show(db, &q, FOR_PATIENT, shown) : -ENOMEM;
    db_done(&q);
    if (err)
        json_decref(shown);
    else
        *ret_shown = shown;
    return err;
}

/* --- lists --------------------------------------------------------------------------------------------- */

/* `forward`: behind the cursor's row, else ahead of it. */
static int place_find(struct db *db, const char *cursor, bool forward, int64_t *ret_place)
{
    struct prescription_row row;
    int err;

    if (cursor == NULL) {
        *ret_place = forward ? 0 : INT64_MAX;
        return 0;
    }
    err = store_prescription_find(db, cursor, &row);
    if (err == 0)
        *ret_place = row.id;
    return err == -ENOENT ? -EINVAL : err;
}

static int list_begin(struct db *db, struct db_query *q, const struct prescription_list *list, int64_t place,
                      bool forward)
{
    if (list->clinic == 0)
        return db_query(db, q, SHOWN_SELECT SHOWN_TABLES "WHERE p.signer_id = $1 AND p.id < $2 "
                        "AND p.state = coalesce($3, p.state) ORDER BY p.id DESC LIMIT $4",
                        ARGS(INT(list->signer), INT(place), TEXT(list->state), INT(list->limit + 1)));
    if (forward)
        return db_query(db, q, SHOWN_SELECT SHOWN_TABLES "WHERE p.clinic_id = $1 AND p.state = $3 "
                        "AND p.id > $2 ORDER BY p.id LIMIT $4",
                        ARGS(INT(list->clinic), INT(place), TEXT(list->state), INT(list->limit + 1)));
    return db_query(db, q, SHOWN_SELECT SHOWN_TABLES "WHERE p.clinic_id = $1 AND p.state = $3 AND p.id < $2 "
                    "ORDER BY p.id DESC LIMIT $4",
                    ARGS(INT(list->clinic), INT(place), TEXT(list->state), INT(list->limit + 1)));
}

int store_prescription_list(struct db *db, const struct prescription_list *list, json_t **ret_page)
{
    struct prescription_list l = *list;
    char next[DB_ID_SIZE] = "";
    bool forward;
    struct db_query q;
    json_t *items;
    int64_t place;
    int err;

    l.limit = store_limit(l.limit, PRESCRIPTIONS_LIMIT, STORE_LIMIT_MAX);
    if (l.clinic != 0 && l.state == NULL)
        l.state = "in_review";
    forward = l.clinic != 0 && strcmp(l.state, "in_review") == 0;
    err = place_find(db, l.cursor, forward, &place);
    if (err)
        return err;
    err = list_begin(db, &q, &l, place, forward);
    err = rows_read(db, &q, err, FOR_CLINIC, &items);
    if (err)
        return err;
    if (json_array_size(items) > (size_t)l.limit)
        snprintf(next, sizeof next, "%s", json_string_value(json_object_get(json_array_get(items,
                 (size_t)l.limit - 1), "id")));
    return store_page(items, l.limit, next, ret_page);
}

/* --- what he takes ------------------------------------------------------------------------------------- */

/* Each item lasts so many days from the day it was dispensed; before, it may be at any moment. */
static int taken_add(const json_t *items, int64_t ended_utc, int64_t now_utc, json_t *drugs)
{
    const json_t *item;
    size_t i;

    json_array_foreach(items, i, item) {
        int64_t days = json_integer_value(json_object_get(item, "days"));

        if (ended_utc != 0 && ended_utc + days * 86400 <= now_utc)
            continue;
        if (json_array_append_new(drugs, json_pack("{s:O, s:O}", "drug", json_object_get(item, "drug"),
                                                   "name", json_object_get(item, "name"))) != 0)
            return -ENOMEM;
    }
    return 0;
}

int store_prescription_taken(struct db *db, int64_t consult, json_t **ret_drugs)
{
    struct db_query q;
    json_t *drugs = json_array(), *items;
    int more = db_query(db, &q, "SELECT p.items_enc, p.public_id, p.ended_utc FROM consultation c "
                        "JOIN consultation o ON o.patient_id = c.patient_id AND o.id <> c.id "
                        "JOIN prescription p ON p.consultation_id = o.id WHERE c.id = $1 "
                        "AND ((p.state = 'approved' AND p.expires_utc > $2) OR (p.state = 'dispensed' "
                        "AND p.ended_utc > $2 - $3)) ORDER BY p.id DESC LIMIT $4",
                        ARGS(INT(consult), INT(db_now(db)), INT(DAYS_MAX * 86400), INT(STORE_LIMIT_MAX)));
    int err = 0;

    for (; more > 0; more = err ? 0 : db_next(&q)) {
        err = items_open(db, &q, db_column_text(&q, 1), &items);
        if (err == 0) {
            err = taken_add(items, db_column_int(&q, 2), db_now(db), drugs);
            json_decref(items);
        }
        if (err)
            db_done(&q);
    }
    if (err == 0)
        err = more < 0 ? more : drugs == NULL ? -ENOMEM : 0;
    if (err)
        json_decref(drugs);
    else
        *ret_drugs = drugs;
    return err;
}
