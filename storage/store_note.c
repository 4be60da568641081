/* store_note.c - signed records: a row a version, the text sealed to it. */
#include "storage/store_note.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHERE_SIZE = 64 };

static const char *where_of(const char *consult, int64_t version, char where[WHERE_SIZE])
{
    snprintf(where, WHERE_SIZE, "note:%s:%" PRId64, consult, version);
    return where;
}

#define ABOUT_COLUMNS                                                                                        \
    "c.public_id AS \"consult\", k.public_id AS \"clinic.id\", k.name AS \"clinic.name\", "                  \
    "u.public_id AS \"doctor.id\", u.display_name AS \"doctor.name\", u.role AS \"doctor.role\", "           \
    "p.public_id AS \"patient.id\", coalesce(p.display_name, a.display_name) AS \"patient.name\", "
#define ABOUT_JOINS                                                                                          \
    "JOIN clinic k ON k.id = c.clinic_id JOIN patient p ON p.id = c.patient_id "                             \
    "JOIN users a ON a.id = p.account_id "

int store_note_next(struct db *db, int64_t consult, int64_t author, json_t **ret_signed)
{
    return db_row(db, ret_signed,
                  "SELECT " ABOUT_COLUMNS "coalesce((SELECT max(n.version) FROM consultation_note n "
                  "WHERE n.consultation_id = c.id), 0) + 1 AS \"version\", $3 AS \"signedAt\" "
                  "FROM consultation c " ABOUT_JOINS "JOIN users u ON u.id = $2 WHERE c.id = $1",
                  ARGS(INT(consult), INT(author), INT(db_now(db))));
}

static int diagnosis_add(struct db *db, const struct note_new *note, size_t rank, const json_t *one)
{
    int count = db_run(db, "INSERT INTO diagnosis(consultation_id, note_version, rank, icd_id, certainty) "
                       "SELECT $1, $2, $3, i.id, $6 FROM icd_code i "
                       "JOIN icd_version v ON v.id = i.version_id WHERE i.code = $5 AND v.system = $4 "
                       "ORDER BY v.id DESC LIMIT 1",
                       ARGS(INT(note->consult), INT(note->version), INT((int64_t)rank),
                            TEXT(json_string_value(json_object_get(one, "system"))),
                            TEXT(json_string_value(json_object_get(one, "code"))),
                            TEXT(json_string_value(json_object_get(one, "certainty")))));

    return count < 0 ? count : count == 0 ? -ENOENT : 0;
}

static int row_add(struct db *db, const struct note_new *note, const char *consult)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *sealed;
    size_t size;
    int err;

    (void)where_of(consult, note->version, where);
    err = seal->seal(seal->data, where, note->text, strlen(note->text), &sealed, &size);
    if (err)
        return err;
    err = db_run(db,
                 "INSERT INTO consultation_note(consultation_id, version, author_id, body_enc, hash, "
                 "signed_utc, draft_version, diagnoses) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
                 ARGS(INT(note->consult), INT(note->version), INT(note->author), BLOB(sealed, size),
                      BLOB(note->hash, NOTE_HASH_SIZE), INT(db_now(db)), INT(note->draft),
                      INT((int64_t)json_array_size(note->diagnoses))));
    free(sealed);
    return err < 0 ? err : 0;
}

int store_note_add(struct db *db, const struct note_new *note)
{
    char consult[DB_ID_SIZE];
    struct db_query q;
    const json_t *one;
    size_t i;
    int err, more = db_query(db, &q, "SELECT public_id FROM consultation WHERE id = $1",
                             ARGS(INT(note->consult)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    snprintf(consult, sizeof consult, "%s", db_column_text(&q, 0));
    db_done(&q);
    err = row_add(db, note, consult);
    json_array_foreach(note->diagnoses, i, one)
        err = err ? err : diagnosis_add(db, note, i + 1, one);
    return err;
}

/* --- reading ------------------------------------------------------------------------------------------- */

/* Every query of notes begins with these, for text_open(). */
#define NOTE_SELECT                                                                                          \
    "SELECT n.body_enc AS \"_body\", n.draft_version AS \"_draft\", c.public_id AS \"_consult\", "           \
    "n.version AS \"version\", n.signed_utc AS \"signedAt\", "
enum { COLUMN_BODY, COLUMN_DRAFT, COLUMN_CONSULT, COLUMN_VERSION };

static int text_open(struct db *db, const struct db_query *q, char **ret_text, size_t *ret_size)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *plain;
    size_t sealed_size;
    const void *sealed = db_column_blob(q, COLUMN_BODY, &sealed_size);
    int err;

    (void)where_of(db_column_text(q, COLUMN_CONSULT), db_column_int(q, COLUMN_VERSION), where);
    err = seal->open(seal->data, where, sealed, sealed_size, &plain, ret_size);
    if (err == 0)
        *ret_text = (char *)plain;
    return err;
}

/* What was signed before there were drafts is the advice alone. */
static int body_read(struct db *db, const struct db_query *q, const char *text, size_t size,
                     json_t **ret_body)
{
    if (db_column_int(q, COLUMN_DRAFT) > 0)
        return db_json_read(db, text, size, ret_body);
    *ret_body = json_pack("{s:o}", "advice", json_stringn(text, size));
    return *ret_body != NULL ? 0 : -ENOMEM;
}

static int note_read(struct db *db, const struct db_query *q, json_t **ret_signed, char **ret_text)
{
    json_t *note = db_query_json(q), *body = NULL;
    char *text = NULL;
    size_t size = 0;
    int err = note != NULL ? text_open(db, q, &text, &size) : -ENOMEM;

    if (err == 0)
        err = body_read(db, q, text, size, &body);
    if (err == 0 && json_object_update(note, body) != 0)
        err = -ENOMEM;
    json_decref(body);
    if (err) {
        json_decref(note);
        free(text);
        return err;
    }
    *ret_signed = note;
    if (ret_text != NULL)
        *ret_text = db_column_int(q, COLUMN_DRAFT) > 0 ? text : NULL;
    if (ret_text == NULL || *ret_text == NULL)
        free(text);
    return 0;
}

int store_note_get(struct db *db, int64_t consult, int64_t version, json_t **ret_signed, char **ret_text)
{
    struct db_query q;
    int err, more;

    more = db_query(db, &q, NOTE_SELECT ABOUT_COLUMNS "lower(hex(n.hash)) AS \"hash\" "
                    "FROM consultation_note n JOIN consultation c ON c.id = n.consultation_id " ABOUT_JOINS
                    "JOIN users u ON u.id = n.author_id WHERE n.consultation_id = $1 "
                    "AND ($2 = 0 OR n.version = $2) ORDER BY n.version DESC LIMIT 1",
                    ARGS(INT(consult), INT(version)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    err = note_read(db, &q, ret_signed, ret_text);
    db_done(&q);
    return err;
}

/* The words of an amendment's reason are in the text. */
static int version_read(struct db *db, const struct db_query *q, json_t *versions)
{
    json_t *note = NULL, *one;
    int err = note_read(db, q, &note, NULL);

    if (err)
        return err;
    one = json_pack("{s:O, s:O, s:O*}", "version", json_object_get(note, "version"), "signedAt",
                    json_object_get(note, "signedAt"), "reason", json_object_get(note, "reason"));
    json_decref(note);
    return json_array_append_new(versions, one) != 0 ? -ENOMEM : 0;
}

int store_note_versions(struct db *db, int64_t consult, json_t **ret_versions)
{
    json_t *versions = json_array();
    struct db_query q;
    int more, err = versions != NULL ? 0 : -ENOMEM;

    if (err)
        return err;
    for (more = db_query(db, &q, NOTE_SELECT "n.author_id AS \"_author\" FROM consultation_note n "
                         "JOIN consultation c ON c.id = n.consultation_id WHERE n.consultation_id = $1 "
                         "ORDER BY n.version", ARGS(INT(consult))); more > 0; more = db_next(&q)) {
        err = version_read(db, &q, versions);
        if (err) {
            db_done(&q);
            break;
        }
    }
    err = err ? err : more;
    if (err == 0)
        *ret_versions = versions;
    else
        json_decref(versions);
    return err;
}

int store_note_state(struct db *db, int64_t consult, struct note_state *ret_state)
{
    struct db_query q;
    int more = db_query(db, &q, "SELECT version, coalesce(draft_version, 0), signed_utc "
                        "FROM consultation_note WHERE consultation_id = $1 ORDER BY version DESC LIMIT 1",
                        ARGS(INT(consult)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    *ret_state = (struct note_state){ db_column_int(&q, 0), db_column_int(&q, 1), db_column_int(&q, 2) };
    db_done(&q);
    return 0;
}
