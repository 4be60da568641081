/* store_canvas.c - the canvas of a consult. */
#include "storage/store_canvas.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_private.h"

enum { WHERE_SIZE = 64, ROW_BYTES = 64 };       /* ROW_BYTES: what one counts beside its payload      */

/* --- its state ----------------------------------------------------------------------------------------- */

int store_canvas_get(struct db *db, int64_t consult, struct canvas_state *ret_state)
{
    struct db_query q;
    int more = db_query(db, &q, "SELECT last_seq, locked FROM canvas WHERE consultation_id = $1",
                        ARGS(INT(consult)));

    if (more < 0)
        return more;
    *ret_state = (struct canvas_state){ 0 };
    if (more > 0) {
        *ret_state = (struct canvas_state){ db_column_int(&q, 0), db_column_int(&q, 1) != 0 };
        db_done(&q);
    }
    return 0;
}

static int ensure(struct db *db, int64_t consult)
{
    int err = db_run(db, "INSERT INTO canvas(consultation_id) VALUES($1) ON CONFLICT DO NOTHING",
                     ARGS(INT(consult)));

    return err < 0 ? err : 0;
}

int store_canvas_lock(struct db *db, int64_t consult, bool on)
{
    int err = ensure(db, consult);

    return err ? err : db_run(db, "UPDATE canvas SET locked = $2 WHERE consultation_id = $1 AND locked <> $2",
                              ARGS(INT(consult), INT(on)));
}

/* --- adding -------------------------------------------------------------------------------------------- */

int store_canvas_find(struct db *db, int64_t consult, int64_t user, const char *id, int64_t *ret_seq)
{
    struct db_query q;
    int more, err;

    more = db_query(db, &q, "SELECT seq, author_id FROM canvas_op WHERE consultation_id = $1 AND op_id = $2",
                    ARGS(INT(consult), TEXT(id)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    err = db_column_int(&q, 1) == user ? 0 : -EEXIST;
    if (err == 0)
        *ret_seq = db_column_int(&q, 0);
    db_done(&q);
    return err;
}

static bool is(const char *kind, const char *one)
{
    return strcmp(kind, one) == 0;
}

/* Erased is what is drawn, by anybody; taken back is one's own, whatever it is but a taking back. */
static int target_check(struct db *db, const struct canvas_op *op)
{
    const char *kind;
    struct db_query q;
    int more, err = 0;

    more = db_query(db, &q, "SELECT kind, author_id FROM canvas_op WHERE consultation_id = $1 AND op_id = $2",
                    ARGS(INT(op->consult), TEXT(op->target)));
    if (more <= 0)
        return more < 0 ? more : -EINVAL;
    kind = db_column_text(&q, 0);
    if (kind == NULL)
        err = -ENOMEM;
    else if (is(kind, "undo") || (is(op->kind, "erase") && (is(kind, "erase") || is(kind, "background"))))
        err = -EINVAL;
    else if (is(op->kind, "undo") && db_column_int(&q, 1) != op->user)
        err = -EPERM;
    db_done(&q);
    return err;
}

static int seq_next(struct db *db, const struct canvas_op *op, const struct canvas_limits *limits,
                    int64_t *ret_seq)
{
    int64_t bytes = ROW_BYTES + (op->payload != NULL ? (int64_t)strlen(op->payload) : 0);
    int err = ensure(db, op->consult);

    if (err == 0)
        err = db_int(db, ret_seq, "UPDATE canvas SET last_seq = last_seq + 1, bytes = bytes + $2 "
                     "WHERE consultation_id = $1 AND last_seq < $3 AND bytes + $2 <= $4 RETURNING last_seq",
                     ARGS(INT(op->consult), INT(bytes), INT(limits->ops_max), INT(limits->bytes_max)));
    return err == -ENOENT ? -ENOBUFS : err;
}

static const char *where_of(int64_t consult, int64_t seq, char where[WHERE_SIZE])
{
    (void)snprintf(where, WHERE_SIZE, "canvas:%" PRId64 ":%" PRId64, consult, seq);
    return where;
}

static int insert(struct db *db, const struct canvas_op *op, int64_t seq)
{
    const struct seal *seal = &db_host(db)->seal;
    unsigned char *sealed = NULL;
    char where[WHERE_SIZE];
    size_t size = 0;
    int err = 0;

    if (op->payload != NULL)
        err = seal->seal(seal->data, where_of(op->consult, seq, where), op->payload, strlen(op->payload),
                         &sealed, &size);
    if (err)
        return err;
    err = db_run(db, "INSERT INTO canvas_op(consultation_id, seq, op_id, author_id, kind, target, "
                 "payload_enc, made_utc) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
                 ARGS(INT(op->consult), INT(seq), TEXT(op->id), INT(op->user), TEXT(op->kind),
                      TEXT(op->target), sealed != NULL ? (struct db_arg)BLOB(sealed, size)
                                                       : (struct db_arg)NUL(), INT(db_now(db))));
    free(sealed);
    return err < 0 ? err : 0;
}

int store_canvas_add(struct db *db, const struct canvas_op *op, const struct canvas_limits *limits,
                     int64_t *ret_seq)
{
    int64_t seq;
    int err = op->target != NULL ? target_check(db, op) : 0;

    if (err == 0)
        err = seq_next(db, op, limits, &seq);
    if (err == 0)
        err = insert(db, op, seq);
    if (err == 0 && is(op->kind, "undo"))
        err = db_run(db, "UPDATE canvas_op SET undone_seq = $3 WHERE consultation_id = $1 AND op_id = $2 "
                     "AND undone_seq IS NULL", ARGS(INT(op->consult), TEXT(op->target), INT(seq)));
    if (err < 0)
        return err;
    *ret_seq = seq;
    return 0;
}

/* --- reading ------------------------------------------------------------------------------------------- */

static int payload_open(struct db *db, int64_t consult, int64_t seq, const void *sealed, size_t sealed_size,
                        json_t *op)
{
    const struct seal *seal = &db_host(db)->seal;
    json_t *payload = NULL;
    unsigned char *plain;
    char where[WHERE_SIZE];
    size_t size;
    int err = seal->open(seal->data, where_of(consult, seq, where), sealed, sealed_size, &plain, &size);

    if (err)
        return err;
    err = db_json_read(db, plain, size, &payload);
    explicit_bzero(plain, size);
    free(plain);
    if (err == 0)
        err = json_object_update(op, payload) != 0 ? -ENOMEM : 0;
    json_decref(payload);
    return err;
}

static int op_add(struct db *db, int64_t consult, const struct db_query *q, json_t *ops)
{
    size_t size;
    const void *sealed = db_column_blob(q, 0, &size);
    json_t *op = db_query_json(q);
    int err = op != NULL ? 0 : -ENOMEM;

    if (err == 0 && sealed != NULL)
        err = payload_open(db, consult, db_column_int(q, 1), sealed, size, op);
    if (err == 0)
        return json_array_append_new(ops, op) == 0 ? 0 : -ENOMEM;
    json_decref(op);
    return err;
}

int store_canvas_list(struct db *db, int64_t consult, int64_t after, size_t bytes_max, json_t **ret_ops,
                      bool *ret_more)
{
    json_t *ops = json_array();
    size_t bytes = 0;
    struct db_query q;
    int more, err = ops != NULL ? 0 : -ENOMEM;

    if (err)
        return err;
    more = db_query(db, &q, "SELECT o.payload_enc AS \"_payload\", o.seq AS \"seq\", o.op_id AS \"id\", "
                    "u.public_id AS \"by\", o.kind AS \"kind\", o.target AS \"target\" "
                    "FROM canvas_op o JOIN users u ON u.id = o.author_id "
                    "WHERE o.consultation_id = $1 AND o.seq > $2 AND o.undone_seq IS NULL "
                    "AND ($2 > 0 OR o.kind <> 'undo') ORDER BY o.seq", ARGS(INT(consult), INT(after)));
    for (; more > 0 && err == 0 && (bytes < bytes_max || json_array_size(ops) == 0); more = db_next(&q)) {
        size_t size = 0;

        (void)db_column_blob(&q, 0, &size);
        bytes += ROW_BYTES + size;
        err = op_add(db, consult, &q, ops);
        if (err)
            break;
    }
    if (more > 0)
        db_done(&q);
    if (err == 0 && more < 0)
        err = more;
    if (err) {
        json_decref(ops);
        return err;
    }
    *ret_more = more > 0;
    *ret_ops = ops;
    return 0;
}

int store_canvas_photo(struct db *db, int64_t consult, const char *file)
{
    int64_t found;

    return db_int(db, &found, "SELECT f.id FROM file f JOIN message m ON m.id = f.message_id "
                  "WHERE f.public_id = $1 AND f.consultation_id = $2 AND f.kind = 'image' "
                  "AND m.recalled_utc IS NULL", ARGS(TEXT(file), INT(consult)));
}

/* --- pictures ------------------------------------------------------------------------------------------ */

int store_canvas_picture_add(struct db *db, int64_t consult, int64_t user, int64_t file, int64_t seq)
{
    int err = db_run(db, "INSERT INTO canvas_picture(file_id, consultation_id, seq, saved_by, saved_utc) "
                     "SELECT $3, consultation_id, $4, $2, $5 FROM canvas "
                     "WHERE consultation_id = $1 AND $4 <= last_seq",
                     ARGS(INT(consult), INT(user), INT(file), INT(seq), INT(db_now(db))));

    if (err > 0)
        err = db_run(db, "UPDATE file SET message_id = (SELECT m.id FROM consultation c JOIN message m "
                     "ON m.consultation_id = c.id AND m.seq = c.last_seq WHERE c.id = $1) WHERE id = $2",
                     ARGS(INT(consult), INT(file)));
    else if (err == 0)
        err = -EINVAL;
    return err < 0 ? err : 0;
}

int store_canvas_pictures(struct db *db, int64_t consult, json_t **ret_pictures)
{
    return db_all(db, ret_pictures,
                  "SELECT f.public_id AS \"file\", p.seq AS \"seq\", u.public_id AS \"by\", "
                  "p.saved_utc AS \"savedAt\" FROM canvas_picture p JOIN file f ON f.id = p.file_id "
                  "JOIN users u ON u.id = p.saved_by WHERE p.consultation_id = $1 ORDER BY p.saved_utc",
                  ARGS(INT(consult)));
}
