/* store_session.h - logins (a session is a family of refresh tokens) and their rotation.
 *
 * Only SHA-256 hashes of tokens come here. A refresh token is used once: store_session_rotate()
 * exchanges it for the next. A token that was exchanged before is a theft or a race:
 *   - within STORE_SESSION_GRACE_S of the exchange it is the race: two tabs with one cookie, an answer lost
 *     on the way, a server killed before it left. If the caller derives the next token from the old one
 *     (token_refresh_next), the same successor is simply given again, and all tabs end with the same cookie.
 *   - later it is the theft: the whole session is revoked, its thief's and its owner's (RFC 9700, 4.14.2). */
#ifndef STORAGE_STORE_SESSION_H
#define STORAGE_STORE_SESSION_H

#include "storage/store_user.h"

enum {
    STORE_HASH_SIZE = 32,
    STORE_SESSION_GRACE_S = 30,                 /* covers a restart and a phone's reconnect           */
    STORE_SESSION_IDLE_S = 30 * 86400,          /* a token not used this long is worth nothing        */
    STORE_SESSION_LIFE_S = 180 * 86400,         /* then one logs in again, used or not                */
};

struct store_session {
    int64_t id;
    char    public_id[DB_ID_SIZE];              /* ses_…: claim `sid` of access tokens                */
    struct store_user user;
};

int store_session_add(struct db *db, int64_t user, const unsigned char hash[STORE_HASH_SIZE], const char *ip,
                      struct store_session *ret_session);

int store_session_end_by(struct db *db, int64_t session, int64_t expires_utc);   /* sooner than others */

/* SESSION_ROTATED: `next` is the token now, give it out. SESSION_KEEP: the session is good, but give no
 * token out and leave the cookie alone (a newer one exists). SESSION_REUSED: not an error, because the
 * revocation must be committed: answer 401 and cut the sockets of *ret_session.
 * -EACCES: unknown, expired, revoked, user disabled. */
enum { SESSION_ROTATED, SESSION_KEEP, SESSION_REUSED };
int store_session_rotate(struct db *db, const unsigned char old[STORE_HASH_SIZE],
                         const unsigned char next[STORE_HASH_SIZE], struct store_session *ret_session);

/* The live session that an access token names. For every action. -EACCES: revoked, ended, user
 * disabled. */
int store_session_find(struct db *db, const char *public_id, struct store_session *ret_session);

/* Logout. By token: -ENOENT when unknown; revoking twice is 0 both times. */
int store_session_revoke(struct db *db, const unsigned char hash[STORE_HASH_SIZE],
                         struct store_session *ret_session);
int store_session_revoke_user(struct db *db, int64_t user);     /* count: disabled, new password       */
int store_session_purge(struct db *db);         /* count: rows that ended over a day ago              */

#endif
