/* store_message.c - what was said. */
#include "storage/store_message.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_file.h"
#include "storage/store_private.h"
#include "storage/store_token.h"

enum { MESSAGES_LIMIT = 50, WHERE_SIZE = 48 };

/* Every query of messages begins with these two, for open_body(). */
#define MESSAGE_SELECT                                                                                       \
    "SELECT m.body_enc AS \"_body\", m.public_id AS \"id\", c.public_id AS \"consult\", m.seq AS \"seq\", "  \
    "u.public_id AS \"sender.id\", u.display_name AS \"sender.name\", u.role AS \"sender.role\", "           \
    "m.client_id AS \"clientId\", m.kind AS \"kind\", r.public_id AS \"replyTo\", m.sent_utc AS "            \
    "\"sentAt\", "                                                                                           \
    "m.recalled_utc AS \"recalledAt\", f.public_id AS \"file.id\", f.mime AS \"file.mime\", "              \
    "f.size AS \"file.size\", CASE WHEN f.id IS NOT NULL THEN lower(hex(f.sha256)) END AS "               \
    "\"file.sha256\", f.width AS \"file.width\", f.height AS \"file.height\", "                         \
    "f.duration_ms AS \"file.durationMs\", f.about_enc AS \"_about\" "                                   \
    "FROM message m JOIN consultation c ON c.id = m.consultation_id "       \
    "JOIN users u ON u.id = m.sender_id LEFT JOIN message r ON r.id = m.reply_to "                     \
    "LEFT JOIN file f ON f.message_id = m.id AND m.recalled_utc IS NULL AND m.kind <> 'card' "
enum { COLUMN_BODY, COLUMN_ID, COLUMN_KIND = 8, COLUMN_RECALLED = 11, COLUMN_ABOUT = 19 };

/* A body is sealed to the message it belongs to. */
static const char *where_of(const char *message_id, char where[WHERE_SIZE])
{
    snprintf(where, WHERE_SIZE, "message:%s", message_id);
    return where;
}

static bool is_words(const char *kind)
{
    return strcmp(kind, "text") == 0 || strcmp(kind, "system") == 0 || strcmp(kind, "card") == 0;
}

static int open_body(struct db *db, const struct db_query *q, json_t *message)
{
    const struct seal *seal = &db_host(db)->seal;
    char where[WHERE_SIZE];
    unsigned char *plain;
    const void *sealed;
    json_t *card = NULL;
    size_t size;
    int err;

    if (db_column_int(q, COLUMN_RECALLED))
        return 0;
    sealed = db_column_blob(q, COLUMN_BODY, &size);
    if (sealed == NULL)                         /* a text that was emptied is altered, too            */
        return is_words(db_column_text(q, COLUMN_KIND)) ? -EBADMSG : 0;

    err = seal->open(seal->data, where_of(db_column_text(q, COLUMN_ID), where), sealed, size, &plain, &size);
    if (err)
        return err;

    if (strcmp(db_column_text(q, COLUMN_KIND), "card") == 0)
        card = json_loadb((const char *)plain, size, JSON_REJECT_DUPLICATES, NULL);
    if (card != NULL)                           /* the first cards were plain words                   */
        err = json_object_set_new(message, "card", card);
    else
        err = json_object_set_new(message, "text", json_stringn((const char *)plain, size));
    explicit_bzero(plain, size);
    free(plain);
    return err ? -ENOMEM : 0;
}

static int message_json(struct db *db, const struct db_query *q, json_t **ret_message)
{
    json_t *message = db_query_json(q);
    int err;

    err = message ? open_body(db, q, message) : -ENOMEM;
    if (err == 0 && json_object_get(message, "file") != NULL)
        err = store_file_about(db, q, COLUMN_ABOUT, json_object_get(message, "file"));
    if (err) {
        json_decref(message);
        return err;
    }
    *ret_message = message;
    return 0;
}

/* The first message of a query just begun, or -ENOENT; ends the query. */
static int message_one(struct db *db, struct db_query *q, int more, json_t **ret_message)
{
    int err;

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    err = message_json(db, q, ret_message);
    db_done(q);
    return err;
}

static int message_by_client_id(struct db *db, int64_t consult, int64_t user, const char *client_id,
                                json_t **ret_message)
{
    struct db_query q;

    return message_one(db, &q,
                       db_query(db, &q,
                                MESSAGE_SELECT "WHERE m.consultation_id = $1 AND m.sender_id = $2 "
                                               "AND m.client_id = $3",
                                ARGS(INT(consult), INT(user), TEXT(client_id))),
                       ret_message);
}

int store_message_last(struct db *db, int64_t consult, json_t **ret_message)
{
    struct db_query q;

    return message_one(db, &q,
                       db_query(db, &q, MESSAGE_SELECT "WHERE m.consultation_id = $1 AND m.seq = c.last_seq",
                                ARGS(INT(consult))),
                       ret_message);
}

/* Adding. */

int store_client_id_check(const char *client_id)
{
    size_t size = strlen(client_id);

    if (size < MESSAGE_CLIENT_ID_MIN || size > MESSAGE_CLIENT_ID_MAX)
        return -EINVAL;
    return strspn(client_id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == size
               ? 0
               : -EINVAL;
}

/* Characters are code points; that it is UTF-8 was checked when it came in as JSON. */
int store_words_check(const char *words, size_t max)
{
    size_t bytes = strnlen(words, 4 * max + 1), characters = 0;

    for (size_t i = 0; i < bytes; i++)
        characters += ((unsigned char)words[i] & 0xc0) != 0x80;
    if (bytes == 0)
        return -EINVAL;
    return bytes > 4 * max || characters > max ? -EMSGSIZE : 0;
}

/* Past Finish only what happened is still said, by nobody's own words; past the end only cards. */
static int seq_next(struct db *db, int64_t consult, const char *kind, int64_t *ret_seq)
{
    int64_t id;
    int err;

    err = db_int(db, ret_seq,
                 "UPDATE consultation SET last_seq = last_seq + 1, last_utc = $2 "
                 "WHERE id = $1 AND ($3 = 'card' OR (closed_utc IS NULL AND state <> 'referred_offline' "
                 "AND (state <> 'awaiting_signature' OR $3 = 'system'))) "
                 "RETURNING last_seq", ARGS(INT(consult), INT(db_now(db)), TEXT(kind)));
    if (err != -ENOENT)
        return err;

    err = db_int(db, &id, "SELECT id FROM consultation WHERE id = $1", ARGS(INT(consult)));
    return err ? err : -ESHUTDOWN;
}

static int reply_find(struct db *db, int64_t consult, const char *reply_to, struct db_arg *arg)
{
    int64_t id;
    int err;

    if (reply_to == NULL)
        return 0;
    err = db_int(db, &id, "SELECT id FROM message WHERE public_id = $1 AND consultation_id = $2",
                 ARGS(TEXT(reply_to), INT(consult)));
    if (err)
        return err == -ENOENT ? -EINVAL : err;
    *arg = (struct db_arg)INT(id);
    return 0;
}

static int insert(struct db *db, int64_t consult, int64_t user, const struct message_new *new,
                  struct db_arg reply, int64_t file, int64_t seq)
{
    const struct seal *seal = &db_host(db)->seal;
    char id[DB_ID_SIZE], where[WHERE_SIZE];
    unsigned char *sealed = NULL;
    size_t size = 0;
    int err = 0;

    db_id_make(db, "msg_", id);
    if (new->text != NULL)
        err = seal->seal(seal->data, where_of(id, where), new->text, strlen(new->text), &sealed, &size);
    if (err)
        return err;

    err = db_run(db,
                 "INSERT INTO message(public_id, consultation_id, seq, sender_id, client_id, kind, body_enc, "
                 "reply_to, sent_utc) VALUES($1, $2, $3, $4, $5, $9, $6, $7, $8)",
                 ARGS(TEXT(id), INT(consult), INT(seq), INT(user), TEXT(new->client_id),
                      sealed != NULL ? (struct db_arg)BLOB(sealed, size) : (struct db_arg)NUL(), reply,
                      INT(db_now(db)), TEXT(new->kind ? new->kind : "text")));
    free(sealed);
    if (err >= 0 && new->text != NULL && new->kind == NULL)
        err = store_token_add(db, id, new->text);
    if (err >= 0 && new->file != NULL)
        err = store_file_sent(db, file, id);
    return err < 0 ? err : 0;
}

/* Who writes has seen what stood above. */
static int sender_caught_up(struct db *db, int64_t consult, int64_t user, int64_t seq)
{
    int err;

    err = db_run(db, "UPDATE participant SET last_read_seq = $3, last_delivered_seq = $3 "
                 "WHERE consultation_id = $1 AND user_id = $2", ARGS(INT(consult), INT(user), INT(seq)));
    return err < 0 ? err : 0;
}

static int add(struct db *db, int64_t consult, int64_t user, const struct message_new *new)
{
    struct db_arg reply = NUL();
    int64_t seq, file = 0;
    int err;

    /* What the asker can get wrong comes before the seq: a caller that goes on after it leaves no gap. */
    err = reply_find(db, consult, new->reply_to, &reply);
    if (err)
        return err;

    if (new->file != NULL) {
        err = store_file_unsent(db, consult, user, new->file, new->kind, &file);
        if (err)
            return err == -ENOENT ? -EINVAL : err;
    }

    err = seq_next(db, consult, new->kind ? new->kind : "text", &seq);
    if (err)
        return err;

    err = insert(db, consult, user, new, reply, file, seq);
    if (err)
        return err;

    return new->unseen ? 0 : sender_caught_up(db, consult, user, seq);
}

static size_t words_max(const struct message_new *new)
{
    return new->kind != NULL && strcmp(new->kind, "card") == 0 ? MESSAGE_CARD_MAX : MESSAGE_TEXT_MAX;
}

int store_message_add(struct db *db, int64_t consult, int64_t user, const struct message_new *new,
                      json_t **ret_message)
{
    int err;

    assert(db_in_transaction(db) || db_failure(db));    /* seq and message come and go together       */
    assert((new->file == NULL) == (new->text != NULL));
    err = store_client_id_check(new->client_id);
    if (err == 0)
        err = new->file == NULL ? store_words_check(new->text, words_max(new)) : 0;
    if (err)
        return err;

    err = message_by_client_id(db, consult, user, new->client_id, ret_message);
    if (err != -ENOENT)
        return err;                             /* 0: a retry                                         */

    err = add(db, consult, user, new);
    if (err)
        return err;

    err = message_by_client_id(db, consult, user, new->client_id, ret_message);
    return err ? err : 1;
}

/* Lists. */

/* All of a query, in its order. */
static int messages_all(struct db *db, struct db_query *q, int more, json_t **ret_items)
{
    json_t *items = json_array(), *message = NULL;
    int err = items ? 0 : -ENOMEM;

    for (; more > 0 && err == 0; more = db_next(q)) {
        err = message_json(db, q, &message);
        if (err == 0 && json_array_append_new(items, message) < 0)
            err = -ENOMEM;
        if (err)
            break;
    }
    if (err)
        db_done(q);
    else if (more < 0)
        err = more;
    if (err) {
        json_decref(items);
        return err;
    }
    *ret_items = items;
    return 0;
}

static int list_forward(struct db *db, int64_t consult, const struct message_list *list, int limit,
                        json_t **ret_items)
{
    struct db_query q;

    return messages_all(db, &q, db_query(db, &q, MESSAGE_SELECT "WHERE m.consultation_id = $1 AND m.seq > $2 "
                        "AND m.seq < $3 ORDER BY m.seq LIMIT $4",
                        ARGS(INT(consult), INT(list->after), INT(list->before ? list->before : INT64_MAX),
                             INT(limit))), ret_items);
}

static int list_backward(struct db *db, int64_t consult, const struct message_list *list, int limit,
                         json_t **ret_items)
{
    struct db_query q;

    return messages_all(
        db, &q,
        db_query(db, &q,
                 MESSAGE_SELECT "WHERE m.consultation_id = $1 AND m.seq < $2 "
                                "ORDER BY m.seq DESC LIMIT $3",
                 ARGS(INT(consult), INT(list->before ? list->before : INT64_MAX), INT(limit))),
        ret_items);
}

static int reverse(json_t *items)
{
    for (size_t i = 0, j = json_array_size(items); i + 1 < j; i++) {
        json_t *last = json_incref(json_array_get(items, --j));

        if (json_array_set(items, j, json_array_get(items, i)) || json_array_set_new(items, i, last))
            return -ENOMEM;
    }
    return 0;
}

static int page(struct db *db, int64_t consult, json_t *items, bool more, json_t **ret_page)
{
    json_t *result;
    int64_t last;
    int err;

    err = db_int(db, &last, "SELECT last_seq FROM consultation WHERE id = $1", ARGS(INT(consult)));
    if (err) {
        json_decref(items);
        return err;
    }
    result = json_pack("{s:o, s:b, s:I}", "items", items, "more", (int)more, "lastSeq", (json_int_t)last);
    if (result == NULL)
        return -ENOMEM;
    *ret_page = result;
    return 0;
}

int store_message_list(struct db *db, int64_t consult, const struct message_list *list, json_t **ret_page)
{
    int limit = store_limit(list->limit, MESSAGES_LIMIT, MESSAGE_LIMIT_MAX), err;
    bool forward = list->after >= 0, more;
    json_t *items;

    if (list->after < -1 || list->before < 0)
        return -EINVAL;

    err = forward ? list_forward(db, consult, list, limit + 1, &items)
                  : list_backward(db, consult, list, limit + 1, &items);
    if (err)
        return err;

    more = json_array_size(items) > (size_t)limit;
    if (more)
        (void)json_array_remove(items, (size_t)limit);
    err = forward ? 0 : reverse(items);
    if (err) {
        json_decref(items);
        return err;
    }
    return page(db, consult, items, more, ret_page);
}
