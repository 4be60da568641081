/* store_file.c - files of a consult. */
#include "storage/store_file.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/segments.h"

enum { WHERE_SIZE = 64 };

static const char *where_of(const char *id, const char *what, char where[WHERE_SIZE])
{
    (void)snprintf(where, WHERE_SIZE, "file:%s:%s", id, what);
    return where;
}

/* --- the beginning ------------------------------------------------------------------------------------- */

static int about_seal(struct db *db, const char *id, const struct file_new *new, unsigned char **ret_sealed,
                      size_t *ret_size)
{
    const struct seal *seal = &db_host(db)->seal;
    json_t *about = json_pack("{s:s, s:s*}", "name", new->name, "waveform", new->waveform);
    char *text = about != NULL ? json_dumps(about, JSON_COMPACT) : NULL, where[WHERE_SIZE];
    int err = text == NULL ? -ENOMEM
                           : seal->seal(seal->data, where_of(id, "about", where), text, strlen(text),
                                        ret_sealed, ret_size);

    json_decref(about);
    free(text);
    return err;
}

static int quota_check(struct db *db, const struct file_new *new, const struct file_quota *quota)
{
    int64_t user, consult, unfinished = 0;
    int err = db_int(db, &user, "SELECT coalesce(sum(size), 0) FROM file WHERE owner_id = $1",
                     ARGS(INT(new->user)));

    if (err == 0)
        err = db_int(db, &consult, "SELECT coalesce(sum(size), 0) FROM file WHERE consultation_id = $1",
                     ARGS(INT(new->consult)));
    if (err == 0)
        err = db_int(db, &unfinished,
                     "SELECT count(*) FROM file WHERE owner_id = $1 AND state = 'uploading' "
                     "AND blocked_utc IS NULL",
                     ARGS(INT(new->user)));
    if (err)
        return err;
    if (unfinished >= quota->unfinished_max)
        return -EDQUOT;
    return user > quota->user_max - new->size || consult > quota->consult_max - new->size ? -EMSGSIZE : 0;
}

static struct db_arg maybe(int64_t number)
{
    return number > 0 ? (struct db_arg)INT(number) : (struct db_arg)NUL();
}

int store_file_add(struct db *db, const struct file_new *new, const struct file_quota *quota,
                   char ret_id[DB_ID_SIZE])
{
    unsigned char *about;
    char id[DB_ID_SIZE];
    size_t size;
    int err = quota_check(db, new, quota);

    if (err)
        return err;
    db_id_make(db, "fil_", id);
    err = about_seal(db, id, new, &about, &size);
    if (err)
        return err;
    err = db_run(
        db,
        "INSERT INTO file(public_id, consultation_id, owner_id, kind, about_enc, size, segment, width, "
        "height, duration_ms, active_utc) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        ARGS(TEXT(id), INT(new->consult), INT(new->user), TEXT(new->kind), BLOB(about, size), INT(new->size),
             INT(new->segment), maybe(new->width), maybe(new->height), maybe(new->duration_ms),
             INT(db_now(db))));
    free(about);
    if (err < 0)
        return err;
    memcpy(ret_id, id, sizeof id);
    return 0;
}

/* --- looking ------------------------------------------------------------------------------------------- */

int store_file_access(struct db *db, const char *public_id, int64_t user, struct file_row *ret_file)
{
    struct file_row f = { 0 };
    struct db_query q;
    int more =
        db_query(db, &q,
                 "SELECT f.id, f.public_id, f.consultation_id, f.kind, f.state = 'ready', f.mime, f.size, "
                 "f.received, f.segment, f.owner_id = $2, f.message_id IS NOT NULL, lower(hex(f.sha256)), "
                 "f.active_utc, f.blocked_utc IS NOT NULL "
                 "FROM file f JOIN participant x ON x.consultation_id = f.consultation_id "
                 "AND x.user_id = $2 AND x.removed_utc IS NULL LEFT JOIN message m ON m.id = f.message_id "
                 "WHERE f.public_id = $1 AND (f.owner_id = $2 OR f.message_id IS NOT NULL) "
                 "AND m.recalled_utc IS NULL",
                 ARGS(TEXT(public_id), INT(user)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    f.id = db_column_int(&q, 0);
    (void)snprintf(f.public_id, sizeof f.public_id, "%s", db_column_text(&q, 1));
    f.consult = db_column_int(&q, 2);
    (void)snprintf(f.kind, sizeof f.kind, "%s", db_column_text(&q, 3));
    f.ready = db_column_int(&q, 4) != 0;
    (void)snprintf(f.mime, sizeof f.mime, "%s", f.ready ? db_column_text(&q, 5) : "");
    f.size = db_column_int(&q, 6);
    f.received = db_column_int(&q, 7);
    f.segment = db_column_int(&q, 8);
    f.owns = db_column_int(&q, 9) != 0;
    f.sent = db_column_int(&q, 10) != 0;
    (void)snprintf(f.sha256, sizeof f.sha256, "%s", f.ready ? db_column_text(&q, 11) : "");
    f.active_utc = db_column_int(&q, 12);
    f.blocked = db_column_int(&q, 13) != 0;
    db_done(&q);
    *ret_file = f;
    return 0;
}

/* A sealed column of the row; NULL and 0 when there is none. */
static int column_open(struct db *db, const struct db_query *q, int column, const char *id, const char *what,
                       unsigned char **ret_plain, size_t *ret_size)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    size_t size;
    const void *sealed = db_column_blob(q, column, &size);

    *ret_plain = NULL;
    *ret_size = 0;
    return sealed == NULL
               ? 0
               : seal->open(seal->data, where_of(id, what, where), sealed, size, ret_plain, ret_size);
}

static int about_open(struct db *db, const struct db_query *q, int column, const char *id, json_t **ret_about)
{
    unsigned char *text;
    size_t size;
    int err = column_open(db, q, column, id, "about", &text, &size);

    if (err || text == NULL)
        return err ? err : -EBADMSG;
    err = db_json_read(db, text, size, ret_about);
    free(text);
    return err;
}

int store_file_about(struct db *db, const struct db_query *q, int column, json_t *file)
{
    json_t *about;
    int err = about_open(db, q, column, json_string_value(json_object_get(file, "id")), &about);

    if (err)
        return err;
    err = json_object_update(file, about) ? -ENOMEM : 0;
    json_decref(about);
    return err;
}

int store_file_name(struct db *db, const struct file_row *f, char *at, size_t size)
{
    json_t *about = NULL;
    struct db_query q;
    int more = db_query(db, &q, "SELECT about_enc FROM file WHERE id = $1", ARGS(INT(f->id))), err;

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    err = about_open(db, &q, 0, f->public_id, &about);
    db_done(&q);
    if (err)
        return err;
    (void)snprintf(at, size, "%s", json_string_value(json_object_get(about, "name")));
    json_decref(about);
    return 0;
}

/* --- bytes --------------------------------------------------------------------------------------------- */

/* The tail that is kept, and what came, in one piece. */
static int joined(struct db *db, const struct file_row *f, const void *at, size_t size,
                  unsigned char **ret_all, size_t *ret_size)
{
    unsigned char *tail, *all;
    size_t tail_size;
    struct db_query q;
    int more = db_query(db, &q, "SELECT tail_enc FROM file WHERE id = $1", ARGS(INT(f->id))), err;

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    err = column_open(db, &q, 0, f->public_id, "tail", &tail, &tail_size);
    db_done(&q);
    if (err)
        return err;
    if (tail_size != (size_t)(f->received % f->segment)) {
        free(tail);
        return -EBADMSG;
    }
    all = realloc(tail, tail_size + size + 1);
    if (all == NULL) {
        free(tail);
        return -ENOMEM;
    }
    if (size > 0)
        memcpy(all + tail_size, at, size);
    *ret_all = all;
    *ret_size = tail_size + size;
    return 0;
}

/* Whole segments, and the last one of the file; how many bytes are left for the row. */
static int to_disk(struct segments *segments, const struct file_row *f, const unsigned char *all, size_t size,
                   bool last, size_t *ret_left)
{
    const struct segment_file file = { f->public_id, (size_t)f->segment };
    int64_t index = f->received / f->segment, first = index;
    int err = 0;

    while (err == 0 && size > 0 && (size >= file.segment || last)) {
        size_t part = size < file.segment ? size : file.segment;

        err = segments_write(segments, &file, index++, all, part);
        all += part;
        size -= part;
    }
    if (err == 0 && index > first)
        err = segments_sync(segments, f->public_id);
    *ret_left = size;
    return err;
}

static int row_keep(struct db *db, const struct file_row *f, int64_t received, const unsigned char *tail,
                    size_t size)
{
    const struct seal *seal = &db_host(db)->seal;
    unsigned char *sealed = NULL;
    char where[WHERE_SIZE];
    int err = 0;

    if (size > 0)
        err = seal->seal(seal->data, where_of(f->public_id, "tail", where), tail, size, &sealed, &size);
    if (err)
        return err;
    err = db_run(db, "UPDATE file SET received = $2, tail_enc = $3, active_utc = $4 WHERE id = $1",
                 ARGS(INT(f->id), INT(received),
                      sealed != NULL ? (struct db_arg)BLOB(sealed, size) : (struct db_arg)NUL(),
                      INT(db_now(db))));
    free(sealed);
    return err < 0 ? err : 0;
}

int store_file_receive(struct db *db, struct segments *segments, struct file_row *f, const void *at,
                       size_t size)
{
    int64_t received = f->received + (int64_t)size;
    unsigned char *all;
    size_t all_size, left;
    int err;

    assert(!f->ready);
    if (received > f->size)
        return -EMSGSIZE;
    err = joined(db, f, at, size, &all, &all_size);
    if (err)
        return err;
    err = to_disk(segments, f, all, all_size, received == f->size, &left);
    if (err == 0)
        err = row_keep(db, f, received, all + (all_size - left), left);
    free(all);
    if (err == 0)
        f->received = received;
    return err;
}

int store_file_ready(struct db *db, const struct file_row *f, const char *mime,
                     const unsigned char sha256[32])
{
    int err = db_run(db, "UPDATE file SET state = 'ready', mime = $2, sha256 = $3 WHERE id = $1",
                     ARGS(INT(f->id), TEXT(mime), BLOB(sha256, 32)));

    return err < 0 ? err : 0;
}

int store_file_block(struct db *db, const struct file_row *f)
{
    int err =
        db_run(db, "UPDATE file SET blocked_utc = $2 WHERE id = $1", ARGS(INT(f->id), INT(db_now(db))));

    return err < 0 ? err : 0;
}

int store_file_remove(struct db *db, struct segments *segments, const struct file_row *f)
{
    int err = segments_remove(segments, f->public_id);

    if (err == 0)
        err = db_run(db, "DELETE FROM file WHERE id = $1 AND message_id IS NULL", ARGS(INT(f->id)));
    return err < 0 ? err : 0;
}

/* --- sending ------------------------------------------------------------------------------------------- */

int store_file_unsent(struct db *db, int64_t consult, int64_t user, const char *public_id, const char *kind,
                      int64_t *ret_file)
{
    return db_int(db, ret_file,
                  "SELECT id FROM file WHERE public_id = $1 AND consultation_id = $2 AND owner_id = $3 "
                  "AND kind = $4 AND state = 'ready' AND message_id IS NULL",
                  ARGS(TEXT(public_id), INT(consult), INT(user), TEXT(kind)));
}

int store_file_sent(struct db *db, int64_t file, const char *message_id)
{
    int err =
        db_run(db, "UPDATE file SET message_id = (SELECT id FROM message WHERE public_id = $2) WHERE id = $1",
               ARGS(INT(file), TEXT(message_id)));

    return err < 0 ? err : 0;
}

/* --- the clock ----------------------------------------------------------------------------------------- */

int store_file_expire(struct db *db, struct segments *segments, int64_t idle_s)
{
    json_t *ids = NULL, *one;
    size_t i;
    int err = db_all(db, &ids,
                     "SELECT id AS \"row\", public_id AS \"id\" FROM file WHERE message_id IS NULL "
                     "AND active_utc <= $1 LIMIT 100",
                     ARGS(INT(db_now(db) - idle_s)));

    if (err)
        return err;
    json_array_foreach(ids, i, one)
    {
        struct file_row f = { .id = json_integer_value(json_object_get(one, "row")) };

        (void)snprintf(f.public_id, sizeof f.public_id, "%s", json_string_value(json_object_get(one, "id")));
        err = err ? err : store_file_remove(db, segments, &f);
    }
    err = err ? err : (int)json_array_size(ids);
    json_decref(ids);
    return err;
}

int store_file_expire_next(struct db *db, int64_t idle_s, int64_t *ret_utc)
{
    int err = db_int(db, ret_utc, "SELECT min(active_utc) FROM file WHERE message_id IS NULL", NO_ARGS);

    if (err == 0)
        *ret_utc += idle_s;
    return err;
}
