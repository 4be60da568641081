/* store_prescription.c - prescriptions: who may know of one, signing, the pharmacist's word, the end. */
#include "storage/store_prescription.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_consult.h"
#include "storage/store_prescription_private.h"
#include "storage/store_private.h"
#include "storage/store_user.h"

enum { WHERE_SIZE = DB_ID_SIZE + 16 };

int prescription_seal(struct db *db, const char *what, const char *id, const char *text,
                      unsigned char **ret_sealed, size_t *ret_size)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];

    snprintf(where, sizeof where, "%s:%s", what, id);
    return seal->seal(seal->data, where, text, strlen(text), ret_sealed, ret_size);
}

int prescription_open(struct db *db, const char *what, const char *id, const struct db_query *q, int column,
                      char **ret_text, size_t *ret_size)
{
    const struct seal *seal = &db_host(db)->seal;
    size_t sealed_size;
    const void *sealed = db_column_blob(q, column, &sealed_size);
    unsigned char *plain;
    char where[WHERE_SIZE];
    int err;

    if (sealed == NULL)
        return -ENOENT;
    snprintf(where, sizeof where, "%s:%s", what, id);
    err = seal->open(seal->data, where, sealed, sealed_size, &plain, ret_size);
    if (err == 0)
        *ret_text = (char *)plain;
    return err;
}

/* --- rows ---------------------------------------------------------------------------------------------- */

#define ROW_SELECT                                                                                           \
    "SELECT p.id, p.consultation_id, p.clinic_id, p.signer_id, p.expires_utc, p.public_id, c.public_id, "    \
    "s.public_id, p.state, p.token_hash IS NOT NULL FROM prescription p "                                    \
    "JOIN consultation c ON c.id = p.consultation_id JOIN users s ON s.id = p.signer_id "

static void row_read(const struct db_query *q, struct prescription_row *row)
{
    *row = (struct prescription_row){ .id = db_column_int(q, 0), .consult = db_column_int(q, 1),
                                      .clinic = db_column_int(q, 2), .signer = db_column_int(q, 3),
                                      .expires_utc = db_column_int(q, 4),
                                      .approved = db_column_int(q, 9) != 0 };
    snprintf(row->public_id, sizeof row->public_id, "%s", db_column_text(q, 5));
    snprintf(row->consult_id, sizeof row->consult_id, "%s", db_column_text(q, 6));
    snprintf(row->signer_id, sizeof row->signer_id, "%s", db_column_text(q, 7));
    snprintf(row->state, sizeof row->state, "%s", db_column_text(q, 8));
}

/* `more`: of the query that was begun. */
static int row_first(struct db_query *q, int more, struct prescription_row *ret_row)
{
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    row_read(q, ret_row);
    db_done(q);
    return 0;
}

int store_prescription_find(struct db *db, const char *public_id, struct prescription_row *ret_row)
{
    struct db_query q;
    int more = db_query(db, &q, ROW_SELECT "WHERE p.public_id = $1", ARGS(TEXT(public_id)));

    return row_first(&q, more, ret_row);
}

int store_prescription_last(struct db *db, int64_t consult, struct prescription_row *ret_row)
{
    struct db_query q;
    int more = db_query(db, &q, ROW_SELECT "WHERE p.consultation_id = $1 ORDER BY p.id DESC LIMIT 1",
                        ARGS(INT(consult)));

    return row_first(&q, more, ret_row);
}

int store_prescription_access(struct db *db, const char *public_id, const struct store_user *user,
                              struct prescription_access *ret_access)
{
    struct prescription_access access = { .keeps = false };
    struct consult_access consult;
    int err = store_prescription_find(db, public_id, &access.row);
    bool sees;

    if (err)
        return err;
    err = store_consult_access(db, access.row.consult_id, user->id, &consult);
    if (err && err != -ENOENT)
        return err;
    access.keeps = access.row.signer == user->id || (err == 0 && consult.treats);
    sees = access.keeps || (err == 0 && access.row.approved) ||
           (strcmp(user->role, "pharmacist") == 0 && user->clinic == access.row.clinic);
    if (!sees)
        return -ENOENT;
    *ret_access = access;
    return 0;
}

int store_prescription_due(struct db *db, struct prescription_row ret_rows[PRESCRIPTIONS_DUE_MAX])
{
    struct db_query q;
    int count = 0, more = db_query(db, &q, ROW_SELECT "WHERE p.state = 'approved' AND p.expires_utc <= $1 "
                                   "ORDER BY p.expires_utc LIMIT $2",
                                   ARGS(INT(db_now(db)), INT(PRESCRIPTIONS_DUE_MAX)));

    for (; more > 0; more = db_next(&q))
        row_read(&q, &ret_rows[count++]);
    return more < 0 ? more : count;
}

int store_prescription_due_next(struct db *db, int64_t *ret_utc)
{
    return db_int(db, ret_utc, "SELECT min(expires_utc) FROM prescription WHERE state = 'approved'", NO_ARGS);
}

int store_prescription_about(struct db *db, int64_t consult, struct prescription_about *ret_about)
{
    struct db_query q;
    int more = db_query(db, &q, "SELECT coalesce(p.birth_date, ''), p.relation <> 'self' OR "
                        "p.guardian_patient_id IS NOT NULL, coalesce(d.licence_until_utc, $2) "
                        "FROM consultation c JOIN patient p ON p.id = c.patient_id "
                        "JOIN doctor d ON d.user_id = c.doctor_id WHERE c.id = $1",
                        ARGS(INT(consult), INT(INT64_MAX)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    snprintf(ret_about->birth_date, sizeof ret_about->birth_date, "%s", db_column_text(&q, 0));
    ret_about->has_guardian = db_column_int(&q, 1) != 0;
    ret_about->licence_until_utc = db_column_int(&q, 2);
    db_done(&q);
    return 0;
}

int store_prescription_pharmacists(struct db *db, int64_t clinic, json_t **ret_users)
{
    return db_all(db, ret_users, "SELECT public_id AS \"id\" FROM users WHERE clinic_id = $1 "
                  "AND role = 'pharmacist' AND disabled_utc IS NULL ORDER BY id", ARGS(INT(clinic)));
}

/* --- changes ------------------------------------------------------------------------------------------- */

int store_prescription_add(struct db *db, const struct prescription_new *new,
                           struct prescription_row *ret_row)
{
    char id[DB_ID_SIZE];
    unsigned char *sealed;
    size_t size;
    int err;

    db_id_make(db, "rx_", id);
    err = prescription_seal(db, "rx", id, new->items, &sealed, &size);
    if (err)
        return err;
    err = db_run(db, "INSERT INTO prescription(public_id, consultation_id, clinic_id, signer_id, "
                 "note_version, replaces_id, items_enc, state, signed_utc) SELECT $1, c.id, c.clinic_id, $3, "
                 "$4, nullif($5, 0), $6, 'in_review', $7 FROM consultation c WHERE c.id = $2",
                 ARGS(TEXT(id), INT(new->consult), INT(new->signer), INT(new->note_version),
                      INT(new->replaces), BLOB(sealed, size), INT(db_now(db))));
    free(sealed);
    if (err <= 0)
        return err < 0 ? err : -ENOENT;
    return store_prescription_find(db, id, ret_row);
}

static int approve(struct db *db, const struct prescription_row *row,
                   const struct prescription_verdict *verdict)
{
    unsigned char *sealed;
    size_t size;
    int err = prescription_seal(db, "rx-token", row->public_id, verdict->token, &sealed, &size);

    if (err)
        return err;
    err = db_run(db, "UPDATE prescription SET state = 'approved', token_hash = $2, token_enc = $3, "
                 "expires_utc = $4 WHERE id = $1",
                 ARGS(INT(row->id), BLOB(verdict->token_hash, PRESCRIPTION_TOKEN_HASH_SIZE),
                      BLOB(sealed, size), INT(verdict->expires_utc)));
    free(sealed);
    return err < 0 ? err : 0;
}

int store_prescription_review(struct db *db, const struct prescription_row *row,
                              const struct prescription_verdict *verdict)
{
    unsigned char *sealed = NULL;
    size_t size = 0;
    bool approved = verdict->reason == NULL;
    int err = approved ? 0 : store_words_check(verdict->reason, PRESCRIPTION_REASON_MAX);

    if (err == 0 && !approved)
        err = prescription_seal(db, "rx-review", row->public_id, verdict->reason, &sealed, &size);
    if (err)
        return err;
    err = db_run(db, "INSERT INTO review(prescription_id, signer_id, reviewer_id, verdict, reason_enc, "
                 "reviewed_utc) SELECT id, signer_id, $2, $3, $4, $5 FROM prescription WHERE id = $1",
                 ARGS(INT(row->id), INT(verdict->reviewer), TEXT(approved ? "approved" : "rejected"),
                      BLOB(sealed, size), INT(db_now(db))));
    free(sealed);
    if (err < 0)
        return err;
    if (approved)
        return approve(db, row, verdict);
    err = db_run(db, "UPDATE prescription SET state = 'rejected' WHERE id = $1", ARGS(INT(row->id)));
    return err < 0 ? err : 0;
}

int store_prescription_end(struct db *db, const struct prescription_row *row, const char *state, int64_t by,
                           const char *reason)
{
    unsigned char *sealed = NULL;
    size_t size = 0;
    int err = reason != NULL ? store_words_check(reason, PRESCRIPTION_REASON_MAX) : 0;

    if (err == 0 && reason != NULL)
        err = prescription_seal(db, "rx-end", row->public_id, reason, &sealed, &size);
    if (err)
        return err;
    err = db_run(db, "UPDATE prescription SET state = $2, ended_utc = $3, ended_by = nullif($4, 0), "
                 "ended_reason_enc = $5 WHERE id = $1",
                 ARGS(INT(row->id), TEXT(state), INT(db_now(db)), INT(by), BLOB(sealed, size)));
    free(sealed);
    return err < 0 ? err : 0;
}
