/* oidc_logout.c - the account center says that somebody has logged out (Back-Channel Logout 1.0). */
#include "oidc.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "door.h"
#include "storage/store_audit.h"
#include "storage/store_identity.h"

enum { KEPT_S_MAX = 86400 };

struct ending {                                 /* what action_own() gives                           */
    struct oidc_issuer *issuer;
    const char         *token;                  /* lent from the input                               */
    struct oidc_logout  logout;
};

static int logout_check(struct action *a, const struct jwks *keys)
{
    struct ending *e = action_own(a, sizeof *e);

    return oidc_logout_read(&oidc_issuer_settings(e->issuer)->policy, keys, clock_utc(), e->token,
                            strlen(e->token), &e->logout);
}

static int logout_verify(struct action *a, struct db *db)
{
    struct ending *e = action_own(a, sizeof *e);
    int err = action_unpack(a, "{s:s !}", "logout_token", &e->token);

    (void)db;
    if (err)
        return err;
    e->issuer = oidc_issuer_of(action_api(a), e->token, strlen(e->token));
    return e->issuer != NULL ? oidc_verify(a, e->issuer, logout_check) : -EACCES;
}

static int ended_note(struct action *a, struct db *db, const json_t *ended)
{
    const json_t *one;
    size_t i;
    int err = 0;

    json_array_foreach(ended, i, one) {
        const char *session = json_string_value(json_object_get(one, "id"));

        action_cut(a, session);
        err = store_audit_add(db, &(struct audit_new){
                                      .user = json_integer_value(json_object_get(one, "user")),
                                      .action = "logout.center", .object = session,
                                      .ip = action_address(a) });
        if (err)
            break;
    }
    return err;
}

/* A jti counts once, for as long as its token would be taken; and none is kept for longer than a day. */
static int logout_end(struct action *a, struct db *db)
{
    struct ending *e = action_own(a, sizeof *e);
    const char *issuer = oidc_issuer_settings(e->issuer)->issuer;
    const struct identity_claims claims = { issuer, e->logout.subject, e->logout.session,
                                            e->logout.issued_utc };
    json_t *ended = NULL;
    int err;

    if (e->logout.expires_utc > db_now(db) + KEPT_S_MAX)
        return -EACCES;
    err = store_once(db, oidc_issuer_settings(e->issuer)->id, e->logout.id, e->logout.expires_utc);
    if (err)
        return err == -EEXIST ? -EACCES : err;
    err = store_identity_logout(db, &claims, &ended);
    if (err == 0)
        err = ended_note(a, db, ended);
    json_decref(ended);
    return err ? err : action_answer(a, json_object());
}

static const struct step logout_steps[] = { { AWAITED, logout_verify }, { ON_WRITER, logout_end }, { 0 } };

/* The doors. */
const struct route oidc_logout_routes[] = {
    { "POST", "/api/v1/auth/oidc/backchannel-logout", NULL, MAY_ANYBODY, FORM, logout_steps, NULL },
    { 0 },
};
