/* store_identity.c - logins by an account center. */
#include "storage/store_identity.h"

#include <stdio.h>
#include <string.h>

#include "storage/store_private.h"

enum { LOGOUT_KEPT_S = 30 * 86400, ONCE_KEY_MAX = 600 };        /* no token is good for longer       */

int store_identity_find(struct db *db, const char *issuer, const char *subject,
                        struct store_identity *ret_identity)
{
    struct store_identity identity = { 0 };
    struct db_query q;
    const char *role;
    int more;

    more = db_query(db, &q, "SELECT id, user_id, role FROM identity WHERE issuer = $1 AND subject = $2",
                    ARGS(TEXT(issuer), TEXT(subject)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;

    identity.id = db_column_int(&q, 0);
    identity.user = db_column_int(&q, 1);
    role = db_column_text(&q, 2);
    snprintf(identity.role, sizeof identity.role, "%s", role ? role : "");
    db_done(&q);
    *ret_identity = identity;
    return 0;
}

int store_identity_add(struct db *db, int64_t user, const char *issuer, const char *subject, const char *role,
                       struct store_identity *ret_identity)
{
    struct store_identity identity = { .user = user };
    int err;

    err = db_int(db, &identity.id,
                 "INSERT INTO identity(user_id, issuer, subject, role, created_utc) "
                 "VALUES($1, $2, $3, $4, $5) RETURNING id",
                 ARGS(INT(user), TEXT(issuer), TEXT(subject), TEXT(role), INT(db_now(db))));
    if (err)
        return err;

    snprintf(identity.role, sizeof identity.role, "%s", role ? role : "");
    *ret_identity = identity;
    return 0;
}

/* A token that names no session is held for one that ended, if it is older than that. */
int store_identity_is_out(struct db *db, const struct identity_claims *claims)
{
    int64_t out;
    int err;

    err = db_int(db, &out,
                 "SELECT EXISTS(SELECT 1 FROM identity_logout WHERE issuer = $1 AND idp_sid = $3) "
                 "OR EXISTS(SELECT 1 FROM identity_logout WHERE issuer = $1 AND subject = $2 "
                 "AND issued_utc >= $4 AND (idp_sid IS NULL OR $3 = ''))",
                 ARGS(TEXT(claims->issuer), TEXT(claims->subject), TEXT(claims->session),
                      INT(claims->issued_utc)));
    return err ? err : out != 0;
}

int store_session_origin_set(struct db *db, int64_t session, const struct session_origin *origin)
{
    struct db_arg none = NUL(), at = INT(origin->authenticated_utc),
                  hash = BLOB(origin->token_hash, STORE_HASH_SIZE);
    int done;

    done = db_run(db, "UPDATE session SET identity_id = $2, expires_utc = $3, authenticated_utc = $4, "
                  "idp_sid = nullif($5, ''), token_hash = $6 WHERE id = $1",
                  ARGS(INT(session), INT(origin->identity), INT(origin->expires_utc),
                       origin->authenticated_utc ? at : none, TEXT(origin->idp_session),
                       origin->token_hash ? hash : none));
    return done < 0 ? done : 0;
}

int store_session_by_token(struct db *db, const unsigned char hash[STORE_HASH_SIZE],
                           struct store_session *ret_session)
{
    struct db_query q;
    char id[DB_ID_SIZE];
    int more;

    more = db_query(db, &q, "SELECT public_id FROM session WHERE token_hash = $1",
                    ARGS(BLOB(hash, STORE_HASH_SIZE)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;

    snprintf(id, sizeof id, "%s", db_column_text(&q, 0));
    db_done(&q);
    return store_session_find(db, id, ret_session);
}

int store_session_authenticated_set(struct db *db, int64_t session, int64_t at_utc)
{
    int done = db_run(db, "UPDATE session SET authenticated_utc = $2 WHERE id = $1",
                      ARGS(INT(session), INT(at_utc)));

    return done < 0 ? done : 0;
}

int store_session_authenticated(struct db *db, int64_t session, int64_t *ret_utc)
{
    return db_int(db, ret_utc, "SELECT coalesce(authenticated_utc, 0) FROM session WHERE id = $1",
                  ARGS(INT(session)));
}

/* Of a subject, those whose sid we were never told, too. */
static int sessions_end(struct db *db, const struct identity_claims *claims, json_t **ret_ended)
{
    int64_t now = db_now(db);

    if (*claims->subject)
        return db_all(db, ret_ended,
                      "UPDATE session SET revoked_utc = $4, revoked_why = 'logout' WHERE identity_id = "
                      "(SELECT id FROM identity WHERE issuer = $1 AND subject = $2) AND revoked_utc IS NULL "
                      "AND ($3 = '' OR idp_sid IS NULL OR idp_sid = $3) "
                      "RETURNING public_id AS \"id\", user_id AS \"user\"",
                      ARGS(TEXT(claims->issuer), TEXT(claims->subject), TEXT(claims->session), INT(now)));
    return db_all(db, ret_ended,
                  "UPDATE session SET revoked_utc = $3, revoked_why = 'logout' WHERE idp_sid = $2 "
                  "AND revoked_utc IS NULL AND EXISTS(SELECT 1 FROM identity i "
                  "WHERE i.id = session.identity_id AND i.issuer = $1) "
                  "RETURNING public_id AS \"id\", user_id AS \"user\"",
                  ARGS(TEXT(claims->issuer), TEXT(claims->session), INT(now)));
}

int store_identity_logout(struct db *db, const struct identity_claims *claims, json_t **ret_ended)
{
    int done;

    done = db_run(db, "INSERT INTO identity_logout(issuer, subject, idp_sid, issued_utc) "
                  "VALUES($1, nullif($2, ''), nullif($3, ''), $4)",
                  ARGS(TEXT(claims->issuer), TEXT(claims->subject), TEXT(claims->session),
                       INT(claims->issued_utc)));
    return done < 0 ? done : sessions_end(db, claims, ret_ended);
}

int store_once(struct db *db, const char *kind, const char *value, int64_t expires_utc)
{
    char key[ONCE_KEY_MAX];
    int done;

    if ((size_t)snprintf(key, sizeof key, "%s %s", kind, value) >= sizeof key)
        return -EINVAL;
    done = db_run(db, "INSERT INTO oidc_once(key, expires_utc) VALUES($1, $2)",
                  ARGS(TEXT(key), INT(expires_utc)));
    return done < 0 ? done : 0;
}

int store_identity_purge(struct db *db)
{
    int64_t now = db_now(db);
    int once, logouts;

    once = db_run(db, "DELETE FROM oidc_once WHERE expires_utc < $1", ARGS(INT(now)));
    if (once < 0)
        return once;
    logouts = db_run(db, "DELETE FROM identity_logout WHERE issued_utc < $1", ARGS(INT(now - LOGOUT_KEPT_S)));
    return logouts < 0 ? logouts : once + logouts;
}
