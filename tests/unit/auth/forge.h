/* forge.h - keys of every kind, and tokens signed by any of them in any way: what an attacker can make. */
#ifndef TEST_AUTH_FORGE_H
#define TEST_AUTH_FORGE_H

#include <openssl/evp.h>
#include <stdbool.h>

#include "jwks.h"

enum forge_how {                                /* who signs, and how                                */
    FORGE_ES,                                   /* the good P-256 key                                */
    FORGE_RS, FORGE_PS, FORGE_RS512,            /* the good RSA key                                  */
    FORGE_ED,                                   /* the good Ed25519 key                              */
    FORGE_STRANGER,                             /* a P-256 key that is in no set                     */
    FORGE_NONE,                                 /* an empty signature                                */
    FORGE_HS_PEM, FORGE_HS_PEM_TRIMMED, FORGE_HS_DER, FORGE_HS_POINT, FORGE_HS_JWK, FORGE_HS_JWKS,
                                                /* HMAC; the secret is a text of the public key of es */
    FORGE_HS_RSA_PEM, FORGE_HS_EMPTY,           /* … of rs, and no secret at all                     */
};

struct forge {
    EVP_PKEY    *es, *rs, *ed, *stranger;
    struct jwks *set;                           /* es, rs (any), rs-pinned (RS256 only), ed          */
};

void  forge_make(struct forge *f);
void  forge_end(struct forge *f);
char *forge_token(const struct forge *f, enum forge_how how, const char *header, const char *payload);
char *forge_pem(EVP_PKEY *key, bool private);   /* malloc'd, the caller's; so is each token          */

#endif
