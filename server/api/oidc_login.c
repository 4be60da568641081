/* oidc_login.c - who comes with a token of an account center: verified, known by (iss, sub) or made known. */
#include "oidc.h"

#include <errno.h>
#include <string.h>

#include "auth/digest.h"
#include "clock.h"
#include "config.h"
#include "door.h"
#include "log.h"
#include "storage/store_audit.h"
#include "storage/store_identity.h"

/* --- accounts ------------------------------------------------------------------------------------------ */

static int role_changed(struct action *a, const char *why)
{
    int err = action_explain(a, "why", json_string(why));

    return err ? err : -EPERM;
}

/* His first login: a patient gets his row, who works gets the issuer's clinic. */
static int account_add(struct action *a, struct db *db, const struct oidc_login *l,
                       struct store_identity *ret_identity)
{
    const struct oidc_settings *s = oidc_issuer_settings(l->issuer);
    const struct oidc_person *p = &l->person;
    struct user_new new = { .role = p->role, .name = p->name[0] != '\0' ? p->name : s->name,
                            .locale = p->locale };
    struct store_user user;
    int err = 0;

    if (strcmp(p->role, "patient") != 0)
        err = store_clinic_find(db, s->clinic, &new.clinic);
    if (err == -ENOENT) {
        log_error("oidc.clinic", "issuer=%s hint=\"there is no clinic of that id or name\"", s->id);
        return role_changed(a, "clinic-unknown");
    }
    if (err == 0)
        err = store_user_add(db, &new, &user);
    if (err == 0)
        err = store_identity_add(db, user.id, s->issuer, p->subject, p->role, ret_identity);
    if (err)
        return err;
    return store_audit_add(db, &(struct audit_new){ .user = user.id, .action = "identity.add",
                                                    .object = user.public_id, .ip = action_address(a),
                                                    .detail = s->id });
}

/* What the claims made him he stays: a role that is another now is an admin's to settle, not a token's. */
static int account_find(struct action *a, struct db *db, const struct oidc_login *l,
                        struct store_identity *ret_identity)
{
    const struct oidc_settings *s = oidc_issuer_settings(l->issuer);
    const struct oidc_person *p = &l->person;
    int err;

    err = store_identity_is_out(db, &(struct identity_claims){ s->issuer, p->subject, p->session,
                                                               p->issued_utc });
    if (err)
        return err < 0 ? err : -EACCES;
    err = store_identity_find(db, s->issuer, p->subject, ret_identity);
    if (err == -ENOENT)
        return account_add(a, db, l, ret_identity);
    if (err == 0 && ret_identity->role[0] != '\0' && strcmp(ret_identity->role, p->role) != 0)
        return role_changed(a, "role-changed");
    return err;
}

int oidc_login_open(struct action *a, struct db *db, struct oidc_login *l)
{
    struct session_origin origin = {
        .expires_utc = db_now(db) + action_api(a)->parts.config->oidc_session_s,
        .authenticated_utc = l->by_code ? l->person.authenticated_utc : 0, .idp_session = l->person.session,
        .token_hash = l->by_socket ? l->token_hash : NULL,
    };
    struct store_identity identity;
    int err = account_find(a, db, l, &identity);

    if (err == 0 && l->by_socket) {
        err = store_session_by_token(db, l->token_hash, &l->login.session);
        if (err != -ENOENT)
            return err;
        err = 0;
        origin.expires_utc = l->person.expires_utc;
    }
    if (err == 0)
        err = login_open_session(a, db, &l->login, identity.user, "login");
    origin.identity = identity.id;
    return err ? err : store_session_origin_set(db, l->login.session.id, &origin);
}

/* --- a token that somebody holds ----------------------------------------------------------------------- */

static int held_check(struct action *a, const struct jwks *keys)
{
    struct oidc_login *l = action_own(a, sizeof *l);
    const struct oidc_policy *policy = &oidc_issuer_settings(l->issuer)->policy;
    int err = oidc_person_read(policy, keys, clock_utc(), NULL, l->token, strlen(l->token), &l->person);

    return err == -EPERM ? role_changed(a, "no-role") : err;
}

static int held_verify(struct action *a, struct db *db)
{
    struct oidc_login *l = action_own(a, sizeof *l);
    int err = action_unpack(a, "{s:s !}", "token", &l->token);

    (void)db;
    if (err)
        return err;
    l->issuer = oidc_issuer_of(action_api(a), l->token, strlen(l->token));
    return l->issuer != NULL ? oidc_verify(a, l->issuer, held_check) : -EACCES;
}

static int exchange_gate(struct action *a, struct db *db)
{
    (void)db;
    return login_take_address(a);
}

static int exchange_open(struct action *a, struct db *db)
{
    return oidc_login_open(a, db, action_own(a, sizeof(struct oidc_login)));
}

static int exchange_forgive(struct action *a, struct db *db)
{
    (void)db;
    login_forgive_address(a);
    return 0;
}

static const struct step exchange_steps[] = {
    { ON_LOOP, exchange_gate }, { AWAITED, held_verify },      { ON_WRITER, exchange_open },
    { IN_POOL, login_sign },    { ON_LOOP, exchange_forgive }, { 0 },
};

/* --- the same, brought by a socket --------------------------------------------------------------------- */

/* Without the signature: of one signed twice there is one session. */
static int socket_open(struct action *a, struct db *db)
{
    struct oidc_login *l = action_own(a, sizeof *l);
    const char *end = strrchr(l->token, '.');
    int err = digest_sha256(l->token, (size_t)(end - l->token), l->token_hash);

    l->by_socket = true;
    if (err == 0)
        err = oidc_login_open(a, db, l);
    if (err)
        return err;
    a->logged_in = true;
    a->session = l->login.session;
    a->who.expires_utc = l->person.expires_utc;
    return live_board_find(a, db);
}

const struct step *oidc_socket_steps(const struct api *api, const char *token, size_t size)
{
    static const struct step steps[] = { { AWAITED, held_verify }, { ON_WRITER, socket_open }, { 0 } };

    return oidc_issuer_of(api, token, size) != NULL ? steps : NULL;
}

/* --- for the login page -------------------------------------------------------------------------------- */

const char *oidc_refused(int err)
{
    switch (err) {
    case -EBUSY: return "/login?center=down";
    case -EPERM: return "/login?center=role";
    case -EEXIST: return "/login?center=taken";
    default: return "/login?center=refused";
    }
}

static int methods(struct action *a, struct db *db)
{
    int err = action_end_input(a);

    (void)db;
    return err ? err : action_answer(a, json_pack("{s:b, s:o}", "local",
                                                  action_api(a)->parts.config->local_accounts, "issuers",
                                                  oidc_issuers_json(action_api(a))));
}

static const struct step methods_steps[] = { { ON_LOOP, methods }, { 0 } };

/* The doors. */
const struct route oidc_login_routes[] = {
    { "GET", "/api/v1/auth/methods", NULL, MAY_ANYBODY, READ, methods_steps, NULL },
    { "POST", "/api/v1/auth/exchange", NULL, MAY_ANYBODY, 0, exchange_steps, NULL },
    { 0 },
};
