/* token.h - access tokens (JWT, RFC 7519; at+jwt, RFC 9068): issue ours, verify any. And refresh
 * tokens' random text.
 *
 * Verification is one function for all issuers, on OpenSSL EVP; libjwt only signs (its jwt_decode
 * accepts forgeries). */
#ifndef AUTH_TOKEN_H
#define AUTH_TOKEN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/jwks.h"

enum { TOKEN_TEXT_MAX = 8192, TOKEN_LIFE_S = 900, TOKEN_SKEW_S = 60 };

/* Our signing key: a P-256 private key in PEM, mode 0600. */
struct token_key;
/* Reads `path`, or makes it (written, synced, renamed). -EPERM: group or others may read it; -EBADMSG:
 * no P-256 key. */
int  token_key_load_or_make(const char *path, struct token_key **ret_key);
void token_key_free(struct token_key *key);
const struct jwks *token_key_set(const struct token_key *key);         /* its public half */

struct token_new {
    const char *issuer, *audience;
    const char *subject, *session, *role;       /* usr_…, ses_…: claims sub, sid, role                */
    int64_t     now_utc;                        /* iat, nbf; exp = now + life                         */
    int         life_s;                         /* 0: 15 minutes                                      */
};
/* ES256, typ TOKEN_TYPE: what libjwt 1.10 writes, whatever one asks of it. malloc'd text, the caller's. */
#define TOKEN_TYPE "JWT"
int token_issue(const struct token_key *key, const struct token_new *token, char **ret_text);

struct token_rules {
    const char *issuer, *audience;              /* must be these; aud may be a list that holds ours   */
    const char *type;                           /* "JWT" or "at+jwt"                                  */
    int64_t     now_utc;
    int         skew_s;                         /* for nbf and iat of another clock; exp has none     */
    const char *const *audiences;               /* as good as `audience`; ends with NULL; or NULL     */
    const char *type_too;                       /* as good as `type`; or NULL                         */
    bool        may_lack_type;                  /* ID tokens have none                                */
    bool        may_lack_subject;               /* a logout token that names a session                */
    unsigned    algs;                           /* bits 1u << JWK_…; 0: all four                      */
};
/* All of: size, three parts of canonical base64url, JSON objects without doubled members, alg of the
 * four, typ, no crit or b64, kid known, key fit for alg, signature, iss, aud, sub, exp in the future,
 * nbf and iat not. Then *ret_claims (json_decref is the caller's; sub, exp are there and sane). Every
 * failure means 401; which one is for the log and tests only: -EBADMSG malformed or forged · -ENOKEY
 * unknown kid (maybe fetch the set again) · -EKEYEXPIRED good once. */
int token_verify(const struct jwks *keys, const struct token_rules *rules, const char *text, size_t size,
                 json_t **ret_claims);

/* Who it says it is from, not verified: only to choose whose keys it is then verified with. -EBADMSG. */
enum { TOKEN_ISSUER_MAX = 255 };
int token_issuer(const char *text, size_t size, char ret_issuer[TOKEN_ISSUER_MAX + 1]);

/* What our own access token says. */
struct token_access { char user[64], session[64], role[16]; int64_t expires_utc; };
int token_access_read(const json_t *claims, struct token_access *ret_access);          /* -EBADMSG       */

/* Refresh tokens: 32 random bytes as 43 characters; stored as SHA-256 of the text. The next token is
 * derived from the one presented, so that a repeated exchange gives the same answer
 * (storage/store_session.h). `mac_key` is a secret of 32 bytes. */
enum { TOKEN_REFRESH_SIZE = 44, TOKEN_HASH_SIZE = 32 };
int token_refresh_new(char ret_text[TOKEN_REFRESH_SIZE]);
int token_refresh_next(const unsigned char mac_key[32], const char *text,
                       char ret_next[TOKEN_REFRESH_SIZE]);              /* -EBADMSG: not our shape */
int token_refresh_hash(const char *text, unsigned char ret_hash[TOKEN_HASH_SIZE]);     /* the same */

#endif
