/* store_token.c - keyed numbers of what is said, to find it by. */
#include "storage/store_token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHERE_SIZE = 48 };

struct place { int64_t id, consult; char consult_id[DB_ID_SIZE]; };

static int place_find(struct db *db, const char *message, struct place *ret_place)
{
    struct db_query q;
    int more = db_query(db, &q, "SELECT m.id, m.consultation_id, c.public_id FROM message m JOIN "
                        "consultation c ON c.id = m.consultation_id WHERE m.public_id = $1",
                        ARGS(TEXT(message)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    ret_place->id = db_column_int(&q, 0);
    ret_place->consult = db_column_int(&q, 1);
    (void)snprintf(ret_place->consult_id, sizeof ret_place->consult_id, "%s", db_column_text(&q, 2));
    db_done(&q);
    return 0;
}

int store_token_of(struct db *db, const char *consult, const uint64_t *pairs, size_t count,
                   int64_t *ret_tokens)
{
    const struct mac *mac = &db_host(db)->mac;

    return mac->tokens(mac->data, consult, pairs, count, ret_tokens);
}

/* In the order of the table, so that neighbours share a page of it. */
static int token_compare(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

    return (a > b) - (a < b);
}

/* malloc'd, for free(). */
static int tokens_make(struct db *db, const struct place *at, const char *text, int64_t **ret_tokens,
                       size_t *ret_count)
{
    struct fold fold;
    uint64_t *pairs;
    int64_t *tokens;
    int err = fold_make(text, strlen(text), &fold);

    if (err)
        return err;
    pairs = calloc(fold.count + 1, sizeof *pairs);
    tokens = calloc(fold.count + 1, sizeof *tokens);
    if (pairs == NULL || tokens == NULL) {
        err = -ENOMEM;
    } else {
        *ret_count = fold_pairs(&fold, pairs);
        err = store_token_of(db, at->consult_id, pairs, *ret_count, tokens);
    }
    fold_free(&fold);
    free(pairs);
    if (err) {
        free(tokens);
        return err;
    }
    qsort(tokens, *ret_count, sizeof *tokens, token_compare);
    *ret_tokens = tokens;
    return 0;
}

static int add_at(struct db *db, const struct place *at, const char *text)
{
    int64_t *tokens;
    size_t count;
    int err = tokens_make(db, at, text, &tokens, &count);

    if (err)
        return err;
    for (size_t i = 0; i < count && err >= 0; i++)
        err = db_run(db, "INSERT INTO message_token(consultation_id, token, message_id) VALUES($1, $2, $3) "
                     "ON CONFLICT DO NOTHING", ARGS(INT(at->consult), INT(tokens[i]), INT(at->id)));
    free(tokens);
    return err < 0 ? err : 0;
}

int store_token_add(struct db *db, const char *message, const char *text)
{
    struct place at;
    int err = place_find(db, message, &at);

    return err ? err : add_at(db, &at, text);
}

/* --- what was said before, and what is taken back ------------------------------------------------------- */

/* The words of a row (public id, body), opened; malloc'd; *ret_text NULL: there are none. */
static int body_open(struct db *db, const struct db_query *q, int column, char **ret_text)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *plain;
    size_t size;
    const void *sealed = db_column_blob(q, column + 1, &size);
    int err;

    *ret_text = NULL;
    if (sealed == NULL)
        return 0;
    (void)snprintf(where, sizeof where, "message:%s", db_column_text(q, column));
    err = seal->open(seal->data, where, sealed, size, &plain, &size);
    if (err == 0)
        *ret_text = (char *)plain;
    return err;
}

/* By the words themselves: an index by message would be as large as the table. */
int store_token_remove(struct db *db, const char *message)
{
    struct place at;
    struct db_query q;
    int64_t *tokens;
    size_t count;
    char *text;
    int err = place_find(db, message, &at), more;

    if (err)
        return err;
    more = db_query(db, &q, "SELECT public_id, body_enc FROM message WHERE id = $1", ARGS(INT(at.id)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    err = body_open(db, &q, 0, &text);
    db_done(&q);
    if (err || text == NULL)
        return err;
    err = tokens_make(db, &at, text, &tokens, &count);
    free(text);
    if (err)
        return err;
    for (size_t i = 0; i < count && err >= 0; i++)
        err = db_run(db, "DELETE FROM message_token WHERE consultation_id = $1 AND token = $2 "
                     "AND message_id = $3", ARGS(INT(at.consult), INT(tokens[i]), INT(at.id)));
    free(tokens);
    return err < 0 ? err : 0;
}

/* A body that does not open is the reader's error to tell, not a reason to stop here. */
static int old_add(struct db *db, const struct db_query *q)
{
    struct place at = { .id = db_column_int(q, 0), .consult = db_column_int(q, 1) };
    char *text;
    int err;

    (void)snprintf(at.consult_id, sizeof at.consult_id, "%s", db_column_text(q, 2));
    err = body_open(db, q, 3, &text);
    if (err)
        return err == -EBADMSG ? 0 : err;
    if (text != NULL)
        err = add_at(db, &at, text);
    free(text);
    return err;
}

int store_token_backlog(struct db *db)
{
    struct db_query q;
    int64_t next;
    int more, count = 0, err = db_int(db, &next, "SELECT next_id FROM message_token_backlog WHERE id = 1",
                                      NO_ARGS);

    if (err || next == 0)
        return err == -ENOENT ? 0 : err;
    more = db_query(db, &q, "SELECT m.id, m.consultation_id, c.public_id, m.public_id, m.body_enc "
                    "FROM message m JOIN consultation c ON c.id = m.consultation_id WHERE m.id <= $1 "
                    "AND m.recalled_utc IS NULL AND m.kind = 'text' ORDER BY m.id DESC LIMIT $2",
                    ARGS(INT(next), INT(TOKEN_BATCH)));
    for (next = 0; more > 0; more = db_next(&q), count++) {
        err = old_add(db, &q);
        if (err)
            break;
        next = db_column_int(&q, 0) - 1;
    }
    if (err)
        db_done(&q);
    if (err || more < 0)
        return err ? err : more;
    err = db_run(db, "UPDATE message_token_backlog SET next_id = $1 WHERE id = 1",
                 ARGS(INT(count == TOKEN_BATCH ? next : 0)));
    return err < 0 ? err : count;
}
