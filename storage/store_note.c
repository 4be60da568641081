/* store_note.c - signed notes: a row a version, the advice sealed to it. */
#include "storage/store_note.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_private.h"

enum { WHERE_SIZE = 64 };

static const char *where_of(const char *consult, int64_t version, char where[WHERE_SIZE])
{
    snprintf(where, WHERE_SIZE, "note:%s:%" PRId64, consult, version);
    return where;
}

/* Where the next version goes. */
static int next_find(struct db *db, int64_t consult, int64_t *ret_version, char where[WHERE_SIZE])
{
    struct db_query q;
    int more;

    more = db_query(db, &q,
                    "SELECT c.public_id, coalesce((SELECT max(n.version) FROM consultation_note n "
                    "WHERE n.consultation_id = c.id), 0) + 1 FROM consultation c WHERE c.id = $1",
                    ARGS(INT(consult)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    *ret_version = db_column_int(&q, 1);
    (void)where_of(db_column_text(&q, 0), *ret_version, where);
    db_done(&q);
    return 0;
}

int store_note_add(struct db *db, const struct note_new *note)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *sealed;
    int64_t version;
    size_t size;
    int err;

    err = store_words_check(note->advice, NOTE_ADVICE_MAX);
    if (err == 0)
        err = next_find(db, note->consult, &version, where);
    if (err == 0)
        err = seal->seal(seal->data, where, note->advice, strlen(note->advice), &sealed, &size);
    if (err)
        return err;

    err = db_run(db,
                 "INSERT INTO consultation_note(consultation_id, version, author_id, advice_enc, hash, "
                 "signed_utc) VALUES($1, $2, $3, $4, $5, $6)",
                 ARGS(INT(note->consult), INT(version), INT(note->author), BLOB(sealed, size),
                      BLOB(note->hash, NOTE_HASH_SIZE), INT(db_now(db))));
    free(sealed);
    return err < 0 ? err : 0;
}

/* Of a row with the sealed advice and the consult's public id before what is shown. */
static int note_open(struct db *db, const struct db_query *q, json_t *note)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *plain;
    size_t size, sealed_size;
    const void *sealed = db_column_blob(q, 0, &sealed_size);
    int err;

    (void)where_of(db_column_text(q, 1), json_integer_value(json_object_get(note, "version")), where);
    err = seal->open(seal->data, where, sealed, sealed_size, &plain, &size);
    if (err)
        return err;
    err = json_object_set_new(note, "advice", json_stringn((const char *)plain, size)) ? -ENOMEM : 0;
    free(plain);
    return err;
}

int store_note_get(struct db *db, int64_t consult, json_t **ret_note)
{
    struct db_query q;
    json_t *note;
    int more, err;

    more = db_query(db, &q,
                    "SELECT n.advice_enc, c.public_id AS \"_consult\", u.public_id AS \"by.id\", "
                    "u.display_name AS \"by.name\", u.role AS \"by.role\", n.signed_utc AS \"signedAt\", "
                    "n.version AS \"version\" FROM consultation_note n "
                    "JOIN consultation c ON c.id = n.consultation_id JOIN users u ON u.id = n.author_id "
                    "WHERE c.id = $1 ORDER BY n.version DESC LIMIT 1",
                    ARGS(INT(consult)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    note = db_query_json(&q);
    err = note != NULL ? note_open(db, &q, note) : -ENOMEM;
    db_done(&q);
    if (err == 0)
        *ret_note = note;
    else
        json_decref(note);
    return err;
}
