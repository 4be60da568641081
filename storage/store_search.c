/* store_search.c - by the tokens a message is guessed, by its opened text it is found. */
#include "storage/store_search.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/search_result.h"
#include "storage/store_private.h"
#include "storage/store_token.h"

enum { SEARCH_LIMIT = 20, ASKED = 4, AROUND = 24, WHERE_SIZE = 48, CURSOR_SIZE = DB_ID_SIZE + 48 };

struct search {
    struct db  *db;
    int64_t     user;
    struct fold query, words[FOLD_WORDS_MAX];   /* words are parts of query                           */
    int         words_count;
    uint64_t    pairs[ASKED];                   /* of its pairs, those that are asked for             */
    int         limit, opened;
    json_t     *items;
    char        cursor[CURSOR_SIZE];            /* behind what was looked at last; "": at the end     */
};

struct consult {                                /* one's own                                          */
    int64_t id, last_utc;
    char    public_id[DB_ID_SIZE];
    json_t *with;
};

/* --- the query ------------------------------------------------------------------------------------------ */

/* Four at most, spread over it; fewer are asked for twice. */
static int pairs_choose(struct search *s)
{
    uint64_t *pairs = calloc(s->query.count + 1, sizeof *pairs);
    size_t count;

    if (pairs == NULL)
        return -ENOMEM;
    count = fold_pairs(&s->query, pairs);
    for (size_t i = 0; count > 0 && i < ASKED; i++)
        s->pairs[i] = pairs[count <= ASKED ? i % count : i * (count - 1) / (ASKED - 1)];
    free(pairs);
    return count > 0 ? 0 : -ENODATA;
}

static int query_read(struct search *s, const char *text)
{
    int err = fold_make(text, strlen(text), &s->query);

    if (err)
        return err;
    if (s->query.count > SEARCH_QUERY_MAX)
        return -E2BIG;
    s->words_count = fold_words(&s->query, s->words);
    return s->words_count < 0 ? s->words_count : pairs_choose(s);
}

/* --- what was found ------------------------------------------------------------------------------------- */

/* Where the first word stands; -ENOENT: not all of them do. */
static int words_find(const struct search *s, const struct fold *text, size_t *ret_at)
{
    size_t at;

    for (int i = s->words_count - 1; i >= 0; i--)
        if (!fold_find(text, &s->words[i], &at))
            return -ENOENT;
    *ret_at = at;
    return 0;
}

/* The text from one mark to another; bytes of a fold lie between characters. */
static json_t *part(const char *text, size_t size, const struct fold *f, size_t from, size_t to)
{
    size_t begin = from < f->count ? f->marks[from].at : size, end = to < f->count ? f->marks[to].at : size;

    return json_stringn(text + begin, end - begin);
}

static json_t *snippet_of(const char *text, size_t size, const struct fold *f, size_t at, size_t length)
{
    size_t from = at > AROUND ? at - AROUND : 0, end = at + length, to = end + AROUND;

    return json_pack("{s:o, s:o, s:o}", "before", part(text, size, f, from, at), "match",
                     part(text, size, f, at, end), "after", part(text, size, f, end, to));
}

/* 1: a hit's snippet; 0: it is none. */
static int text_match(const struct search *s, const char *text, size_t size, json_t **ret_snippet)
{
    struct fold f;
    size_t at;
    int found, err = fold_make(text, size, &f);

    if (err)
        return err;
    found = words_find(s, &f, &at) == 0;
    if (found) {
        *ret_snippet = snippet_of(text, size, &f, at, s->words[0].count);
        found = *ret_snippet != NULL ? 1 : -ENOMEM;
    }
    fold_free(&f);
    return found;
}

static int hit_add(struct search *s, const char *kind, const struct consult *c, int64_t at_utc,
                   json_t *snippet, const char *message, int64_t seq)
{
    char at[DB_TIME_SIZE];
    json_t *hit;

    db_time_print(at_utc, at);
    hit = json_pack("{s:s, s:s, s:s, s:O, s:o}", "kind", kind, "consult", c->public_id, "at", at, "with",
                    c->with, "snippet", snippet);
    if (hit != NULL && message != NULL
        && (json_object_set_new(hit, "message", json_string(message)) != 0
            || json_object_set_new(hit, "seq", json_integer((json_int_t)seq)) != 0)) {
        json_decref(hit);
        hit = NULL;
    }
    return json_array_append_new(s->items, hit) == 0 ? 0 : -ENOMEM;
}

static bool is_full(const struct search *s)
{
    return json_array_size(s->items) >= (size_t)s->limit || s->opened >= SEARCH_OPENED_MAX;
}

/* --- messages ------------------------------------------------------------------------------------------- */

/* A card is not searched itself, but what it says is there. */
static int result_look(struct search *s, const struct consult *c, const struct db_query *q, const char *card,
                       size_t size)
{
    int64_t version = search_result_version(card, size);
    json_t *snippet = NULL;
    char *words;
    int found = version > 0 ? search_result_words(s->db, c->id, version, &words) : 0;

    if (found || version == 0)
        return found;
    found = text_match(s, words, strlen(words), &snippet);
    explicit_bzero(words, strlen(words));
    free(words);
    if (found <= 0)
        return found;
    return hit_add(s, "result", c, db_column_int(q, 2), snippet, db_column_text(q, 0), db_column_int(q, 1));
}

static int words_look(struct search *s, const struct consult *c, const struct db_query *q, const char *text,
                      size_t size)
{
    json_t *snippet = NULL;
    int found;

    if (strcmp(db_column_text(q, 4), "card") == 0)
        return result_look(s, c, q, text, size);
    found = text_match(s, text, size, &snippet);
    if (found <= 0)
        return found;
    return hit_add(s, "message", c, db_column_int(q, 2), snippet, db_column_text(q, 0), db_column_int(q, 1));
}

/* Columns: public id, seq, sent, body, kind. */
static int message_look(struct search *s, const struct consult *c, const struct db_query *q)
{
    const struct seal *seal = &db_host(s->db)->seal;
    char where[WHERE_SIZE];
    unsigned char *plain;
    size_t size;
    const void *sealed = db_column_blob(q, 3, &size);
    int err;

    (void)snprintf(where, sizeof where, "message:%s", db_column_text(q, 0));
    err = sealed != NULL ? seal->open(seal->data, where, sealed, size, &plain, &size) : -EBADMSG;
    if (err)
        return err;
    s->opened++;
    err = words_look(s, c, q, (const char *)plain, size);
    explicit_bzero(plain, size);
    free(plain);
    return err;
}

static void cursor_set(struct search *s, const struct consult *c, int64_t seq)
{
    (void)snprintf(s->cursor, sizeof s->cursor, "%" PRId64 ".%" PRId64 ".%s", c->last_utc, seq, c->public_id);
}

/* Those of one consult with a smaller seq. */
static int messages_look(struct search *s, const struct consult *c, int64_t before)
{
    int64_t tokens[ASKED];
    struct db_query q;
    int more, err = store_token_of(s->db, c->public_id, s->pairs, ASKED, tokens);

    if (err)
        return err;
    more = db_query(s->db, &q, "SELECT m.public_id, m.seq, m.sent_utc, m.body_enc, m.kind "
                    "FROM message_token t JOIN message m ON m.id = t.message_id "
                    "AND m.consultation_id = t.consultation_id "
                    "JOIN participant x ON x.consultation_id = t.consultation_id AND x.user_id = $6 "
                    "WHERE t.consultation_id = $1 AND t.token = $2 AND x.removed_utc IS NULL "
                    "AND EXISTS(SELECT 1 FROM message_token o WHERE o.consultation_id = $1 AND o.token = $3 "
                    "AND o.message_id = t.message_id) "
                    "AND EXISTS(SELECT 1 FROM message_token o WHERE o.consultation_id = $1 AND o.token = $4 "
                    "AND o.message_id = t.message_id) "
                    "AND EXISTS(SELECT 1 FROM message_token o WHERE o.consultation_id = $1 AND o.token = $5 "
                    "AND o.message_id = t.message_id) "
                    "AND m.recalled_utc IS NULL AND m.seq < $7 "
                    "ORDER BY t.message_id DESC",
                    ARGS(INT(c->id), INT(tokens[0]), INT(tokens[1]), INT(tokens[2]), INT(tokens[3]),
                         INT(s->user), INT(before)));
    for (; more > 0 && !is_full(s); more = db_next(&q)) {
        cursor_set(s, c, db_column_int(&q, 1));
        err = message_look(s, c, &q);
        if (err)
            break;
    }
    if (err || more > 0)
        db_done(&q);
    return err ? err : more < 0 ? more : 0;
}

/* --- people --------------------------------------------------------------------------------------------- */

/* Once each: the consults come with the newest first. */
static int person_look(struct search *s, const struct consult *c, json_t *seen)
{
    const char *name = json_string_value(json_object_get(c->with, "name"));
    json_t *id = json_object_get(c->with, "id"), *one, *snippet = NULL;
    size_t i;
    int found;

    json_array_foreach(seen, i, one)
        if (json_equal(one, id))
            return 0;
    if (json_array_append(seen, id) != 0)
        return -ENOMEM;
    found = text_match(s, name, strlen(name), &snippet);
    return found <= 0 ? found : hit_add(s, "person", c, c->last_utc, snippet, NULL, 0);
}

/* --- one's own consults --------------------------------------------------------------------------------- */

/* As the cursor says it: of this consult those with a smaller seq, then the consults behind it. */
struct start { int64_t last_utc, seq, consult; };

static int start_read(struct db *db, int64_t user, const char *cursor, struct start *ret_start)
{
    char *end = NULL;
    int err;

    *ret_start = (struct start){ INT64_MAX, INT64_MAX, INT64_MAX };
    if (cursor == NULL)
        return 0;
    errno = 0;
    ret_start->last_utc = strtoll(cursor, &end, 10);
    if (errno || *end != '.')
        return -EINVAL;
    ret_start->seq = strtoll(end + 1, &end, 10);
    if (errno || *end != '.')
        return -EINVAL;
    err = db_int(db, &ret_start->consult, "SELECT c.id FROM consultation c JOIN participant x "
                 "ON x.consultation_id = c.id WHERE c.public_id = $1 AND x.user_id = $2",
                 ARGS(TEXT(end + 1), INT(user)));
    return err == -ENOENT ? -EINVAL : err;
}

static int consult_read(const struct db_query *q, struct consult *c)
{
    *c = (struct consult){ .id = db_column_int(q, 0), .last_utc = db_column_int(q, 1) };
    (void)snprintf(c->public_id, sizeof c->public_id, "%s", db_column_text(q, 2));
    c->with = json_pack("{s:s, s:s, s:s}", "id", db_column_text(q, 3), "name", db_column_text(q, 4), "role",
                        db_column_text(q, 5));
    return c->with != NULL ? 0 : -ENOMEM;
}

static int consult_look(struct search *s, const struct consult *c, const struct start *start, json_t *seen)
{
    int err;

    cursor_set(s, c, INT64_MAX);
    err = seen != NULL ? person_look(s, c, seen) : 0;
    if (err == 0)
        err = messages_look(s, c, c->id == start->consult ? start->seq : INT64_MAX);
    if (err == 0 && !is_full(s))
        cursor_set(s, c, 0);                    /* of this one nothing is left                        */
    return err;
}

static int consults_look(struct search *s, const struct start *start, json_t *seen)
{
    struct db_query q;
    struct consult c;
    int count = 0, err = 0, more;

    more = db_query(s->db, &q, "SELECT c.id, c.last_utc, c.public_id, iif(c.doctor_id = $1, p.public_id, "
                    "d.public_id), iif(c.doctor_id = $1, coalesce(p.display_name, a.display_name), "
                    "d.display_name), iif(c.doctor_id = $1, 'patient', 'doctor') "
                    "FROM participant x JOIN consultation c ON c.id = x.consultation_id "
                    "JOIN users d ON d.id = c.doctor_id JOIN patient p ON p.id = c.patient_id "
                    "JOIN users a ON a.id = p.account_id WHERE x.user_id = $1 AND x.removed_utc IS NULL "
                    "AND (c.last_utc, c.id) <= ($2, $3) ORDER BY c.last_utc DESC, c.id DESC LIMIT $4",
                    ARGS(INT(s->user), INT(start->last_utc), INT(start->consult),
                         INT(SEARCH_CONSULTS_MAX)));
    for (; more > 0 && !is_full(s); more = db_next(&q), count++) {
        err = consult_read(&q, &c);
        if (err == 0)
            err = consult_look(s, &c, start, seen);
        json_decref(c.with);
        if (err)
            break;
    }
    if (err || more > 0)
        db_done(&q);
    if (err == 0 && more == 0 && !is_full(s) && count < SEARCH_CONSULTS_MAX)
        s->cursor[0] = '\0';
    return err ? err : more < 0 ? more : 0;
}

int store_search(struct db *db, int64_t user, const struct search_query *query, json_t **ret_page)
{
    struct search s = { .db = db, .user = user,
                        .limit = store_limit(query->limit, SEARCH_LIMIT, STORE_LIMIT_MAX) };
    json_t *seen = query->cursor == NULL ? json_array() : NULL;
    struct start start;
    int err = query_read(&s, query->text);

    if (err == 0)
        err = start_read(db, user, query->cursor, &start);
    if (err == 0) {
        s.items = json_array();
        err = s.items != NULL && (seen != NULL || query->cursor != NULL) ? 0 : -ENOMEM;
    }
    if (err == 0)
        err = consults_look(&s, &start, seen);
    if (err == 0) {
        *ret_page = json_pack("{s:O, s:s?}", "items", s.items, "nextCursor",
                              s.cursor[0] != '\0' ? s.cursor : NULL);
        err = *ret_page != NULL ? 0 : -ENOMEM;
    }
    json_decref(s.items);
    json_decref(seen);
    fold_free(&s.query);
    return err;
}
