/* jwks.h - public keys by kid (RFC 7517): the account center's, read; our own, printed. */
#ifndef AUTH_JWKS_H
#define AUTH_JWKS_H

#include <stddef.h>

struct evp_pkey_st;                             /* EVP_PKEY                                           */
struct jwks;

enum jwk_alg { JWK_RS256, JWK_PS256, JWK_ES256, JWK_EDDSA, JWK_ALGS };
enum { JWKS_TEXT_MAX = 65536, JWKS_KEYS_MAX = 32, JWK_KID_MAX = 128 };

struct jwk {
    char     kid[JWK_KID_MAX + 1];
    unsigned algs;                              /* bits 1u << JWK_…: what it may verify               */
    struct evp_pkey_st *key;
};

/* "RS256" -> JWK_RS256; -EINVAL for all others, `none` and HS256 among them. */
int jwk_alg_parse(const char *name);

int  jwks_new(struct jwks **ret_set);           /* empty                                              */
void jwks_free(struct jwks *set);

/* Keys for signatures that this build can use; others in the set (enc, P-384, oct, no kid, RSA below
 * 2048 bits, points off the curve) are passed over. -EBADMSG: no JSON, doubled members, no `keys`, a
 * kid twice; -EMSGSIZE: text or set too large; -ENOKEY: nothing usable. */
int jwks_parse(const char *text, size_t size, struct jwks **ret_set);

/* Adds a public or private key, counting a reference. NULL kid: its RFC 7638 thumbprint. -EEXIST,
 * -EINVAL, -ENOSPC. */
int jwks_add(struct jwks *set, struct evp_pkey_st *key, const char *kid);

/* Lent until the set is freed. -ENOKEY. */
int jwks_find(const struct jwks *set, const char *kid, const struct jwk **ret_key);

/* { "keys": [...] } with the public members only, for /.well-known/jwks.json. malloc'd text, the
 * caller's. */
int jwks_print(const struct jwks *set, char **ret_text);

#endif
