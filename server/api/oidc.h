/* oidc.h - the account centers: their addresses and keys, fetched on the loop, and what waits for them.
 *
 * Keys are fetched at the start, again after --oidc-refresh-s, and once for an unknown kid, at most every
 * --oidc-refetch-s however many ask. The last good set stands until there is another. All on the loop. */
#ifndef OIDC_H
#define OIDC_H

#include "action.h"
#include "auth/oidc_claims.h"
#include "auth/oidc_flow.h"
#include "login.h"
#include "oidc_settings.h"
#include "websocket.h"

struct oidc;
struct oidc_issuer;

/* Of --oidc-issuer; api->oidc stays NULL when there is none. 0, or -EINVAL after a word in the log. */
int  oidc_open(struct api *);
void oidc_free(struct oidc *);                  /* with the actions that wait; NULL is fine           */

/* "": the only one. NULL: there is none. By the name in its tokens. */
struct oidc_issuer *oidc_issuer_by_id(const struct api *, const char *id);
struct oidc_issuer *oidc_issuer_of(const struct api *, const char *token, size_t size);
const struct oidc_settings *oidc_issuer_settings(const struct oidc_issuer *);
json_t *oidc_issuers_json(const struct api *);  /* [{ id, name }]                                     */
/* -EBUSY: it has not been reached yet. */
int  oidc_issuer_endpoints(const struct oidc_issuer *, const struct oidc_endpoints **ret_endpoints);

/* For an AWAITED step: its result is `check`'s, with the keys there are, or for an unknown kid with new ones.
 * All that is wrong with a token is -EACCES; -EBUSY: the center could not be reached yet. */
typedef int oidc_check_fn(struct action *, const struct jwks *keys);
int  oidc_verify(struct action *, struct oidc_issuer *, oidc_check_fn *check);

/* The same with a question over HTTP: `answered` makes the result, or -EINPROGRESS. `headers`, `body` as
 * fetch_post(). */
typedef int oidc_answer_fn(struct action *, int status, struct ws_bytes body);
int  oidc_ask(struct action *, const char *url, const char *const *headers, const char *body,
              oidc_answer_fn *answered);

/* --- logging in (oidc_login.c) ------------------------------------------------------------------------- */

struct oidc_login {                             /* what action_own() gives in these doors             */
    struct login        login;                  /* first: login_sign()                                */
    struct oidc_issuer *issuer;
    struct oidc_person  person;
    const char         *token;                  /* lent from the input                               */
    unsigned char       token_hash[32];
    bool                by_socket;              /* its session is found again by token_hash           */
    bool                by_code;                /* he was at the center just now, and not his token   */
};

/* ON_WRITER. The account of l->person, made at his first login, and a session for it. -EACCES: disabled, or
 * logged out since; -EPERM: his role is another now, or there is no such clinic. */
int  oidc_login_open(struct action *, struct db *, struct oidc_login *);

/* A socket that comes with a token of an account center: the steps, behind which it is logged in. NULL: it is
 * of none. */
const struct step *oidc_socket_steps(const struct api *, const char *token, size_t size);

/* The page that hears why a login under way came to nothing. */
const char *oidc_refused(int err);

#endif
