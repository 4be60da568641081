/* oidc_claims.h - tokens of an account center (OpenID Connect Core 1.0, RFC 9068, Back-Channel Logout 1.0):
 * do they speak of somebody, to us, and what is he here? Pure. */
#ifndef AUTH_OIDC_CLAIMS_H
#define AUTH_OIDC_CLAIMS_H

#include <stddef.h>
#include <stdint.h>

#include "auth/jwks.h"

enum { OIDC_CLAIM_MAX = 255, OIDC_NAME_CHARACTERS = 64 };

struct oidc_role { const char *value, *role; };         /* who has this value of the claim is that here */

struct oidc_policy {                            /* of one issuer; all lent                            */
    const char *issuer, *client;                /* client: what we are to it                          */
    const char *const *audiences;               /* whose tokens are taken too; ends with NULL         */
    unsigned    algs;                           /* bits 1u << JWK_…                                   */
    int         skew_s;
    const char *role_claim;                     /* a member, or a path: "realm_access.roles"          */
    const struct oidc_role *roles;              /* the first that fits; ends with a zero row          */
    const char *default_role;                   /* "": who has none of them is refused                */
};

struct oidc_person {                            /* texts: "" if not said                              */
    char    subject[OIDC_CLAIM_MAX + 1], session[OIDC_CLAIM_MAX + 1];       /* sub, sid               */
    char    name[4 * OIDC_NAME_CHARACTERS + 1], role[16];
    const char *locale;                         /* "zh-CN", "en"; NULL: neither                       */
    int64_t issued_utc, expires_utc, authenticated_utc;        /* iat, exp, auth_time (0: not said)   */
};

/* An ID token, or an access token (typ JWT or at+jwt). `nonce` NULL: one that somebody holds, for us or for
 * one of `audiences`; else the ID token of a login that we began with it, for us alone. As token_verify();
 * and -EPERM: a good token of somebody who is nothing here. */
int oidc_person_read(const struct oidc_policy *, const struct jwks *, int64_t now_utc, const char *nonce,
                     const char *text, size_t size, struct oidc_person *ret_person);

struct oidc_logout {                            /* one of subject, session may be ""                  */
    char    subject[OIDC_CLAIM_MAX + 1], session[OIDC_CLAIM_MAX + 1], id[OIDC_CLAIM_MAX + 1];
    int64_t issued_utc, expires_utc;
};

/* Back-Channel Logout 1.0, 2.6. As token_verify(). */
int oidc_logout_read(const struct oidc_policy *, const struct jwks *, int64_t now_utc, const char *text,
                     size_t size, struct oidc_logout *ret_logout);

#endif
