/* store_identity.h - logins by an account center: (issuer, subject), the sessions they began, their end. */
#ifndef STORAGE_STORE_IDENTITY_H
#define STORAGE_STORE_IDENTITY_H

#include "storage/store_session.h"

struct store_identity {
    int64_t id, user;
    char    role[16];                           /* by the claims that made the account; "": linked    */
};

struct identity_claims {                        /* of a token; session "": it does not say            */
    const char *issuer, *subject, *session;
    int64_t     issued_utc;
};

int store_identity_find(struct db *db, const char *issuer, const char *subject,
                        struct store_identity *ret_identity);          /* -ENOENT                     */
/* role NULL: linked. -EEXIST: it is somebody's already. */
int store_identity_add(struct db *db, int64_t user, const char *issuer, const char *subject, const char *role,
                       struct store_identity *ret_identity);
/* 1: logged out since; 0. */
int store_identity_is_out(struct db *db, const struct identity_claims *claims);

struct session_origin {
    int64_t identity, expires_utc;
    int64_t authenticated_utc;                  /* 0: not said                                        */
    const char *idp_session;                    /* "": not said                                       */
    const unsigned char *token_hash;            /* NULL: none                                         */
};
int store_session_origin_set(struct db *db, int64_t session, const struct session_origin *origin);
/* The live one of a token that came before. -ENOENT. */
int store_session_by_token(struct db *db, const unsigned char hash[STORE_HASH_SIZE],
                           struct store_session *ret_session);

/* Asked anew who he is, just now. And when that was; 0: never. */
int store_session_authenticated_set(struct db *db, int64_t session, int64_t at_utc);
int store_session_authenticated(struct db *db, int64_t session, int64_t *ret_utc);

/* Ends the sessions that a logout token means (subject or session ""), and keeps that it did. *ret_ended:
 * [{ id, user }], public id and row of whom; the caller's. */
int store_identity_logout(struct db *db, const struct identity_claims *claims, json_t **ret_ended);

/* -EEXIST: it was used before. */
int store_once(struct db *db, const char *kind, const char *value, int64_t expires_utc);
int store_identity_purge(struct db *db);        /* count                                              */

#endif
