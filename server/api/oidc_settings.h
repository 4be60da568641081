/* oidc_settings.h - one account center, as a file of --oidc-issuer describes it: lines "name = value", #
 * begins a remark.
 *
 *   issuer              https://id.example/realms/clinic, exactly as its tokens say; required
 *   client-id           what we are called there; required
 *   client-secret-file  file of the secret, mode 0600; none: a public client, by PKCE alone
 *   id, name            in addresses (a-z 0-9 -), and on the button; "center", the id
 *   scope               what is asked for; "openid profile"
 *   audience            another client whose users' tokens are taken; repeatable, up to 8
 *   alg                 RS256, PS256, ES256; repeatable; all three
 *   role-claim          a claim, or a path in it: realm_access.roles; "roles"
 *   role                "VALUE ROLE": whoever has VALUE in it is a patient, doctor, pharmacist, staff or
 *                       admin; the first line that fits; repeatable, up to 16
 *   default-role        of whoever has none of them; "patient"; "none": he is refused
 *   clinic              id or name: where those work who are no patients
 *   skew-s              how far its clock may be ahead; 60 */
#ifndef OIDC_SETTINGS_H
#define OIDC_SETTINGS_H

#include <stdint.h>

#include "auth/oidc_claims.h"

enum { OIDC_AUDIENCES_MAX = 8, OIDC_ROLES_MAX = 16 };

struct oidc_settings {
    char *id, *name, *issuer, *client, *secret_file, *secret, *scope, *clinic, *role_claim, *default_role;
    char *audiences[OIDC_AUDIENCES_MAX + 1];    /* ends with NULL                                     */
    char *values[OIDC_ROLES_MAX + 1];           /* "VALUE", behind whose NUL the role stands          */
    struct oidc_role roles[OIDC_ROLES_MAX + 1];
    unsigned algs;
    int64_t  skew_s;
    struct oidc_policy policy;                  /* of the members above                               */
};

/* 0, or -EINVAL with a sentence for people in `why`. Filled settings do not move: the policy points into
 * them. */
int  oidc_settings_read(const char *path, struct oidc_settings *, char *why, size_t why_size);
void oidc_settings_free(struct oidc_settings *);        /* half-read ones, too                        */

#endif
