/* store_draft.c - drafts of records: a row a consult, its body sealed to it. */
#include "storage/store_draft.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHERE_SIZE = 80 };

static const char *where_of(const char *consult, int64_t version, char where[WHERE_SIZE])
{
    snprintf(where, WHERE_SIZE, "draft:%s:%" PRId64, consult, version);
    return where;
}

/* Of a row with consult, version and the sealed body in its first columns. */
static int body_open(struct db *db, const struct db_query *q, json_t **ret_body)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *plain;
    size_t size, sealed_size;
    const void *sealed = db_column_blob(q, 2, &sealed_size);
    int err;

    (void)where_of(db_column_text(q, 0), db_column_int(q, 1), where);
    err = seal->open(seal->data, where, sealed, sealed_size, &plain, &size);
    if (err)
        return err;
    err = db_json_read(db, plain, size, ret_body);
    explicit_bzero(plain, size);
    free(plain);
    return err;
}

#define DRAFT_SELECT                                                                                         \
    "SELECT c.public_id AS \"consult\", coalesce(d.version, 0) AS \"version\", d.body_enc AS \"_body\", "    \
    "d.saved_utc AS \"savedAt\", coalesce((SELECT max(n.version) FROM consultation_note n "                  \
    "WHERE n.consultation_id = c.id), 0) AS \"signedVersion\", d.author_id AS \"_author\" "                  \
    "FROM consultation c LEFT JOIN record_draft d ON d.consultation_id = c.id WHERE c.id = $1"

static int draft_read(struct db *db, const struct db_query *q, json_t **ret_draft)
{
    json_t *draft = db_query_json(q), *body = NULL;
    int err = draft != NULL ? 0 : -ENOMEM;

    if (err == 0 && db_column_int(q, 1) > 0)
        err = body_open(db, q, &body);
    if (err == 0 && body != NULL && json_object_update(draft, body) != 0)
        err = -ENOMEM;
    json_decref(body);
    if (err == 0)
        *ret_draft = draft;
    else
        json_decref(draft);
    return err;
}

int store_draft_get(struct db *db, int64_t consult, json_t **ret_draft)
{
    struct db_query q;
    int err, more = db_query(db, &q, DRAFT_SELECT, ARGS(INT(consult)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    err = draft_read(db, &q, ret_draft);
    db_done(&q);
    return err;
}

static int write(struct db *db, const struct draft_new *new, const char *consult, const char *text)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *sealed;
    size_t size;
    int err;

    (void)where_of(consult, new->version + 1, where);
    err = seal->seal(seal->data, where, text, strlen(text), &sealed, &size);
    if (err)
        return err;
    err = db_run(db, "INSERT INTO record_draft(consultation_id, version, author_id, body_enc, saved_utc) "
                 "VALUES($1, $2, $3, $4, $5) ON CONFLICT(consultation_id) DO UPDATE SET "
                 "version = excluded.version, author_id = excluded.author_id, body_enc = excluded.body_enc, "
                 "saved_utc = excluded.saved_utc",
                 ARGS(INT(new->consult), INT(new->version + 1), INT(new->author), BLOB(sealed, size),
                      INT(db_now(db))));
    free(sealed);
    return err < 0 ? err : 0;
}

/* Whose answer was lost, saves the same again. */
static int again_check(struct db *db, const struct db_query *q, const struct draft_new *new)
{
    json_t *there = NULL;
    int err = -ESTALE;

    if (db_column_int(q, 1) != new->version + 1 || db_column_int(q, 5) != new->author)
        return err;
    err = body_open(db, q, &there);
    if (err == 0 && !json_equal(there, new->body))
        err = -ESTALE;
    json_decref(there);
    return err;
}

int store_draft_put(struct db *db, const struct draft_new *new)
{
    char *text = json_dumps(new->body, JSON_COMPACT | JSON_SORT_KEYS), consult[DB_ID_SIZE];
    struct db_query q;
    int more, err;
    bool stale;

    if (text == NULL)
        return -ENOMEM;
    more = db_query(db, &q, DRAFT_SELECT, ARGS(INT(new->consult)));
    err = more < 0 ? more : more == 0 ? -ENOENT : 0;
    if (err == 0) {
        stale = db_column_int(&q, 1) != new->version;
        snprintf(consult, sizeof consult, "%s", db_column_text(&q, 0));
        err = stale ? again_check(db, &q, new) : 0;
        db_done(&q);
        if (err == 0 && !stale)
            err = write(db, new, consult, text);
    }
    explicit_bzero(text, strlen(text));
    free(text);
    return err;
}
