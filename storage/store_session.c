/* store_session.c - refresh tokens, exchanged one for the next. */
#include "storage/store_session.h"

#include <stdio.h>
#include <string.h>

#include "storage/store_private.h"

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int token_add(struct db *db, int64_t session, const unsigned char hash[STORE_HASH_SIZE],
                     int64_t end_utc)
{
    int64_t now = db_now(db);
    int err;

    err = db_run(
        db, "INSERT INTO refresh_token(hash, session_id, created_utc, expires_utc) VALUES($1, $2, $3, $4)",
        ARGS(BLOB(hash, STORE_HASH_SIZE), INT(session), INT(now),
             INT(earlier(now + STORE_SESSION_IDLE_S, end_utc))));
    return err < 0 ? err : 0;
}

static int user_read(struct db *db, int64_t id, struct store_user *ret_user)
{
    struct db_query q;
    int more;

    more = db_query(
        db, &q, "SELECT id, public_id, role, clinic_id, disabled_utc IS NOT NULL FROM users WHERE id = $1",
        ARGS(INT(id)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    store_user_column(&q, 0, ret_user);
    db_done(&q);
    return ret_user->disabled ? -EACCES : 0;
}

int store_session_add(struct db *db, int64_t user, const unsigned char hash[STORE_HASH_SIZE], const char *ip,
                      struct store_session *ret_session)
{
    struct store_session session = { 0 };
    int64_t now = db_now(db);
    int err;

    err = user_read(db, user, &session.user);
    if (err)
        return err;

    db_id_make(db, "ses_", session.public_id);
    err =
        db_int(db, &session.id,
               "INSERT INTO session(public_id, user_id, ip, created_utc, last_used_utc, expires_utc) "
               "VALUES($1, $2, $3, $4, $4, $5) RETURNING id",
               ARGS(TEXT(session.public_id), INT(user), TEXT(ip), INT(now), INT(now + STORE_SESSION_LIFE_S)));
    if (err)
        return err;

    err = token_add(db, session.id, hash, now + STORE_SESSION_LIFE_S);
    if (err)
        return err;
    *ret_session = session;
    return 0;
}

int store_session_end_by(struct db *db, int64_t session, int64_t expires_utc)
{
    int done = db_run(db, "UPDATE session SET expires_utc = $2 WHERE id = $1",
                      ARGS(INT(session), INT(expires_utc)));

    return done < 0 ? done : 0;
}

/* Columns 0 … 6 of a query: id, public_id and the user's five. */
static void session_column(const struct db_query *q, struct store_session *session)
{
    session->id = db_column_int(q, 0);
    snprintf(session->public_id, sizeof session->public_id, "%s", db_column_text(q, 1));
    store_user_column(q, 2, &session->user);
}

struct token {                                  /* a refresh token, with its session                  */
    struct store_session session;
    int64_t expires_utc, rotated_utc, end_utc;  /* rotated_utc 0: it is the current one               */
    unsigned char next[STORE_HASH_SIZE];
    bool revoked;
};

static int token_find(struct db *db, const unsigned char hash[STORE_HASH_SIZE], struct token *ret_token)
{
    struct token token = { 0 };
    struct db_query q;
    const void *next;
    size_t size;
    int more;

    more = db_query(db, &q, "SELECT s.id, s.public_id, u.id, u.public_id, u.role, u.clinic_id, "
                    "u.disabled_utc IS NOT NULL, t.expires_utc, t.rotated_utc, t.next_hash, s.expires_utc, "
                    "s.revoked_utc IS NOT NULL FROM refresh_token t JOIN session s ON s.id = t.session_id "
                    "JOIN users u ON u.id = s.user_id WHERE t.hash = $1", ARGS(BLOB(hash, STORE_HASH_SIZE)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;

    session_column(&q, &token.session);
    token.expires_utc = db_column_int(&q, 7);
    token.rotated_utc = db_column_int(&q, 8);
    next = db_column_blob(&q, 9, &size);
    if (next && size == sizeof token.next)
        memcpy(token.next, next, size);
    token.end_utc = db_column_int(&q, 10);
    token.revoked = db_column_int(&q, 11) != 0;
    db_done(&q);
    *ret_token = token;
    return 0;
}

static int revoke(struct db *db, int64_t session, const char *why)
{
    int err;

    err = db_run(
        db, "UPDATE session SET revoked_utc = $2, revoked_why = $3 WHERE id = $1 AND revoked_utc IS NULL",
        ARGS(INT(session), INT(db_now(db)), TEXT(why)));
    return err < 0 ? err : 0;
}

static int exchange(struct db *db, const struct token *token, const unsigned char old[STORE_HASH_SIZE],
                    const unsigned char next[STORE_HASH_SIZE])
{
    int64_t now = db_now(db);
    int err;

    err = db_run(db, "UPDATE refresh_token SET rotated_utc = $2, next_hash = $3 WHERE hash = $1",
                 ARGS(BLOB(old, STORE_HASH_SIZE), INT(now), BLOB(next, STORE_HASH_SIZE)));
    if (err < 0)
        return err;

    err = db_run(db, "UPDATE session SET last_used_utc = $2 WHERE id = $1",
                 ARGS(INT(token->session.id), INT(now)));
    if (err < 0)
        return err;

    err = token_add(db, token->session.id, next, token->end_utc);
    return err ? err : SESSION_ROTATED;
}

/* The token was exchanged before: a race, or a theft. */
static int exchange_again(struct db *db, const struct token *token, const unsigned char next[STORE_HASH_SIZE])
{
    struct token successor;
    int err;

    if (db_now(db) - token->rotated_utc > STORE_SESSION_GRACE_S) {
        err = revoke(db, token->session.id, "reuse");
        return err ? err : SESSION_REUSED;
    }

    if (memcmp(token->next, next, sizeof token->next) != 0)       /* of hashes: no secret */
        return SESSION_KEEP;
    err = token_find(db, next, &successor);
    if (err)
        return err == -ENOENT ? SESSION_KEEP : err;
    return successor.rotated_utc ? SESSION_KEEP : SESSION_ROTATED;
}

int store_session_rotate(struct db *db, const unsigned char old[STORE_HASH_SIZE],
                         const unsigned char next[STORE_HASH_SIZE], struct store_session *ret_session)
{
    struct token token;
    int64_t now = db_now(db);
    int done;

    done = token_find(db, old, &token);
    if (done)
        return done == -ENOENT ? -EACCES : done;
    if (token.revoked || token.session.user.disabled || token.end_utc <= now || token.expires_utc <= now)
        return -EACCES;

    done = token.rotated_utc ? exchange_again(db, &token, next) : exchange(db, &token, old, next);
    if (done < 0)
        return done;
    *ret_session = token.session;
    return done;
}

int store_session_find(struct db *db, const char *public_id, struct store_session *ret_session)
{
    struct store_session session;
    struct db_query q;
    int more;

    more = db_query(
        db, &q,
        "SELECT s.id, s.public_id, u.id, u.public_id, u.role, u.clinic_id, u.disabled_utc IS NOT NULL "
        "FROM session s JOIN users u ON u.id = s.user_id "
        "WHERE s.public_id = $1 AND s.revoked_utc IS NULL AND s.expires_utc > $2",
        ARGS(TEXT(public_id), INT(db_now(db))));
    if (more <= 0)
        return more < 0 ? more : -EACCES;

    session_column(&q, &session);
    db_done(&q);
    if (session.user.disabled)
        return -EACCES;
    *ret_session = session;
    return 0;
}

int store_session_revoke(struct db *db, const unsigned char hash[STORE_HASH_SIZE],
                         struct store_session *ret_session)
{
    struct token token;
    int err;

    err = token_find(db, hash, &token);
    if (err)
        return err;

    err = revoke(db, token.session.id, "logout");
    if (err)
        return err;
    *ret_session = token.session;
    return 0;
}

int store_session_revoke_user(struct db *db, int64_t user)
{
    return db_run(db, "UPDATE session SET revoked_utc = $2, revoked_why = 'user' WHERE user_id = $1 "
                  "AND revoked_utc IS NULL", ARGS(INT(user), INT(db_now(db))));
}

int store_session_purge(struct db *db)
{
    int64_t before = db_now(db) - 86400;
    int tokens, sessions;

    tokens = db_run(db, "DELETE FROM refresh_token WHERE expires_utc < $1 OR session_id IN "
                    "(SELECT id FROM session WHERE expires_utc < $1 OR revoked_utc < $1)", ARGS(INT(before)));
    if (tokens < 0)
        return tokens;

    sessions = db_run(db, "DELETE FROM session WHERE expires_utc < $1 OR revoked_utc < $1 OR NOT EXISTS "
                      "(SELECT 1 FROM refresh_token t WHERE t.session_id = session.id)", ARGS(INT(before)));
    return sessions < 0 ? sessions : tokens + sessions;
}
