/* oidc_code.c - logging in at an account center in the browser: authorization code and PKCE (RFC 9700 2.1).
 *
 * What is under way is in a sealed cookie of this browser, nowhere else: whoever comes back without it, or
 * with another's state, comes back to nothing. Each state counts once. */
#include "oidc.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/b64.h"
#include "auth/seal.h"
#include "clock.h"
#include "config.h"
#include "door.h"
#include "storage/store_audit.h"
#include "storage/store_identity.h"
#include "xalloc.h"

enum { FLOW_S = 600, FLOW_BYTES_MAX = 3072, CODE_MAX = 4096, PURPOSE_MAX = 8 };

#define SEALED_AS "oidc:flow"

struct flow {                                   /* what the cookie holds; lent from the action       */
    const char *issuer, *state, *nonce, *verifier, *next, *purpose, *session;
    json_int_t  began_utc;
};

struct code {                                   /* what action_own() gives on the way back           */
    struct oidc_login login;                    /* first                                             */
    struct flow       flow;
    const char       *code;
};

/* --- there --------------------------------------------------------------------------------------------- */

static void cookie_set(struct action *a, const char *value, int life_s)
{
    action_head(a, "Set-Cookie", FLOW_COOKIE "=%s; Path=/; Max-Age=%d; HttpOnly; Secure; SameSite=Lax", value,
                life_s);
}

static int flow_seal(struct action *a, const struct flow *f)
{
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "issuer", f->issuer, "state",
                             f->state, "nonce", f->nonce, "verifier", f->verifier, "next", f->next,
                             "purpose", f->purpose, "session", f->session, "began", f->began_utc);
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL, *value;
    unsigned char *sealed = NULL;
    size_t size = 0;
    int err = text != NULL ? seal_seal(action_api(a)->parts.seal_keys, SEALED_AS, text, strlen(text), &sealed,
                                       &size) : -ENOMEM;

    if (err == 0) {
        value = xalloc(b64_encoded_size(size) + 1);
        b64_encode(B64_URL, sealed, size, value);
        cookie_set(a, value, FLOW_S);
        free(value);
    }
    json_decref(json);
    free(text);
    free(sealed);
    return err;
}

static char *redirect_uri(const struct api *api)
{
    return xprintf("%s/api/v1/auth/oidc/callback", api->base_url);
}

/* The cookie, and where to go. The address is malloc'd, the caller's. */
static int flow_begin(struct action *a, struct oidc_issuer *issuer, struct flow *f, char **ret_location)
{
    const struct oidc_settings *s = oidc_issuer_settings(issuer);
    char state[TOKEN_REFRESH_SIZE], nonce[TOKEN_REFRESH_SIZE], verifier[TOKEN_REFRESH_SIZE];
    char challenge[OIDC_CHALLENGE_SIZE], *back;
    bool anew = strcmp(f->purpose, "confirm") == 0;
    const struct oidc_endpoints *there;
    int err = oidc_issuer_endpoints(issuer, &there);

    if (err || (err = token_refresh_new(state)) != 0 || (err = token_refresh_new(nonce)) != 0 ||
        (err = token_refresh_new(verifier)) != 0 || (err = oidc_challenge(verifier, challenge)) != 0)
        return err;
    f->issuer = s->id;
    f->state = state;
    f->nonce = nonce;
    f->verifier = verifier;
    f->began_utc = clock_utc();
    err = flow_seal(a, f);
    if (err)
        return err;
    back = redirect_uri(action_api(a));
    *ret_location = oidc_url(there->authorize, (const struct oidc_pair[]){
        { "response_type", "code" }, { "client_id", s->client }, { "redirect_uri", back },
        { "scope", s->scope }, { "state", state }, { "nonce", nonce }, { "code_challenge", challenge },
        { "code_challenge_method", "S256" }, { "prompt", anew ? "login" : NULL },
        { "max_age", anew ? "0" : NULL }, { 0 } });
    free(back);
    return *ret_location != NULL ? 0 : -ENOMEM;
}

static int next_read(struct action *a, struct oidc_issuer **ret_issuer, const char **ret_next)
{
    const char *id, *next;
    int err = action_take_text(a, "issuer", OIDC_CLAIM_MAX, &id);

    if (err == 0)
        err = action_take_text(a, "next", OIDC_URL_MAX, &next);
    if (err == 0)
        err = action_end_input(a);
    if (err)
        return err;
    *ret_next = next != NULL ? next : "/";
    if (!oidc_next_is_ours(*ret_next))
        return action_mind(a, "next must be a path of the page");
    *ret_issuer = oidc_issuer_by_id(action_api(a), id != NULL ? id : "");
    return *ret_issuer != NULL ? 0 : -ENOENT;
}

static int start(struct action *a, struct db *db)
{
    struct flow f = { .purpose = "login", .session = "" };
    struct oidc_issuer *issuer;
    char *location;
    int err = next_read(a, &issuer, &f.next);

    (void)db;
    if (err == 0)
        err = login_take_address(a);
    if (err == 0)
        err = flow_begin(a, issuer, &f, &location);
    if (err)
        return err;
    action_redirect(a, location);
    free(location);
    return 0;
}

/* From a session, by whoever holds its token: never by a link that somebody else made. */
static int identity_admit(struct action *a, struct db *db)
{
    char *purpose = action_own(a, PURPOSE_MAX);
    const char *text;
    int err = action_take_text(a, "purpose", PURPOSE_MAX - 1, &text);

    (void)db;
    if (err || text == NULL || (strcmp(text, "link") != 0 && strcmp(text, "confirm") != 0))
        return err ? err : action_mind(a, "purpose must be link or confirm");
    (void)snprintf(purpose, PURPOSE_MAX, "%s", text);
    return 0;
}

static int identity_go(struct action *a, struct db *db)
{
    struct flow f = { .purpose = action_own(a, PURPOSE_MAX), .session = action_session_id(a) };
    struct oidc_issuer *issuer;
    char *location;
    int err = next_read(a, &issuer, &f.next);

    (void)db;
    if (err == 0)
        err = flow_begin(a, issuer, &f, &location);
    if (err)
        return err;
    err = action_answer(a, json_pack("{s:s}", "location", location));
    free(location);
    return err;
}

/* --- and back ------------------------------------------------------------------------------------------ */

static int flow_open(struct action *a, struct flow *f)
{
    const char *cookie = action_cookie(a);
    unsigned char bytes[FLOW_BYTES_MAX], *plain;
    json_t *json;
    size_t size;
    int err = cookie != NULL ? b64_decode(B64_URL, cookie, strlen(cookie), bytes, sizeof bytes, &size)
                             : -EACCES;

    if (err == 0)
        err = seal_open(action_api(a)->parts.seal_keys, SEALED_AS, bytes, size, &plain, &size);
    if (err)
        return err == -ENOMEM ? err : -EACCES;
    json = json_loadb((const char *)plain, size, JSON_REJECT_DUPLICATES, NULL);
    free(plain);
    if (json == NULL || action_keep(a, json) != 0)
        return -ENOMEM;
    err = json_unpack(json, "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "issuer", &f->issuer, "state",
                      &f->state, "nonce", &f->nonce, "verifier", &f->verifier, "next", &f->next, "purpose",
                      &f->purpose, "session", &f->session, "began", &f->began_utc);
    return err == 0 && clock_utc() - f->began_utc <= FLOW_S ? 0 : -EACCES;
}

/* RFC 9207 2.4: it must be the center that he was sent to that answers. */
static int issuer_check(const struct code *c, const char *says)
{
    const struct oidc_endpoints *there;
    int err = oidc_issuer_endpoints(c->login.issuer, &there);

    if (err)
        return err;
    if (says == NULL)
        return there->says_issuer ? -EACCES : 0;
    return strcmp(says, oidc_issuer_settings(c->login.issuer)->issuer) == 0 ? 0 : -EACCES;
}

static int callback_read(struct action *a, struct db *db)
{
    struct code *c = action_own(a, sizeof *c);
    const char *state = NULL, *says = NULL, *error = NULL;
    int err = flow_open(a, &c->flow);

    (void)db;
    cookie_set(a, "", 0);
    if (err || (err = action_take_text(a, "state", OIDC_CLAIM_MAX, &state)) != 0 ||
        (err = action_take_text(a, "iss", OIDC_CLAIM_MAX, &says)) != 0 ||
        (err = action_take_text(a, "error", OIDC_CLAIM_MAX, &error)) != 0 ||
        (err = action_take_text(a, "code", CODE_MAX, &c->code)) != 0)
        return err;
    c->login.issuer = oidc_issuer_by_id(action_api(a), c->flow.issuer);
    if (c->login.issuer == NULL || state == NULL || strcmp(state, c->flow.state) != 0)
        return -EACCES;
    err = issuer_check(c, says);
    return err ? err : c->code == NULL || error != NULL ? -EACCES : 0;
}

static int callback_once(struct action *a, struct db *db)
{
    struct code *c = action_own(a, sizeof *c);
    int err = store_once(db, "state", c->flow.state, c->flow.began_utc + FLOW_S);

    return err == -EEXIST ? -EACCES : err;
}

static int code_check(struct action *a, const struct jwks *keys)
{
    struct code *c = action_own(a, sizeof *c);
    struct oidc_login *l = &c->login;
    const struct oidc_policy *policy = &oidc_issuer_settings(l->issuer)->policy;
    int err = oidc_person_read(policy, keys, clock_utc(), c->flow.nonce, l->token, strlen(l->token),
                               &l->person);

    if (err == 0 && strcmp(c->flow.purpose, "confirm") == 0 &&
        l->person.authenticated_utc < c->flow.began_utc - policy->skew_s)
        return -EBADMSG;                        /* Core 3.1.2.1: max_age=0 was asked for             */
    return err;
}

static int on_tokens(struct action *a, int status, struct ws_bytes body)
{
    struct code *c = action_own(a, sizeof *c);
    json_t *answer;

    if (status < 0 || status >= 500)
        return -EBUSY;
    if (status != 200)
        return -EACCES;                         /* the code was used, or is another's                */
    answer = json_loadb((const char *)body.at, body.size, JSON_REJECT_DUPLICATES, NULL);
    if (answer == NULL)
        return -EACCES;
    c->login.token = json_string_value(json_object_get(answer, "id_token"));
    if (action_keep(a, answer) != 0)
        return -ENOMEM;
    return c->login.token != NULL ? oidc_verify(a, c->login.issuer, code_check) : -EACCES;
}

static int callback_ask(struct action *a, struct db *db)
{
    struct code *c = action_own(a, sizeof *c);
    const struct oidc_settings *s = oidc_issuer_settings(c->login.issuer);
    const struct oidc_endpoints *there;
    char *basic = s->secret != NULL ? oidc_basic(s->client, s->secret) : NULL;
    char *back = redirect_uri(action_api(a)), *form;
    const char *headers[] = { "Content-Type: application/x-www-form-urlencoded", "Accept: application/json",
                              NULL, NULL };
    int err = oidc_issuer_endpoints(c->login.issuer, &there);

    (void)db;
    headers[2] = basic;
    form = oidc_form((const struct oidc_pair[]){
        { "grant_type", "authorization_code" }, { "code", c->code }, { "redirect_uri", back },
        { "code_verifier", c->flow.verifier }, { "client_id", s->secret == NULL ? s->client : NULL },
        { 0 } });
    if (form == NULL || (s->secret != NULL && basic == NULL))
        err = -ENOMEM;
    if (err == 0)
        err = oidc_ask(a, there->token, headers, form, on_tokens);
    if (basic != NULL)
        explicit_bzero(basic, strlen(basic));
    free(basic);
    free(back);
    free(form);
    return err;
}

static int audit(struct action *a, struct db *db, const struct store_session *session, const char *what)
{
    return store_audit_add(db, &(struct audit_new){ .user = session->user.id, .action = what,
                                                    .object = session->public_id,
                                                    .ip = action_address(a) });
}

/* Whoever logged in there is him from now on; he may be nobody else already. */
static int link_add(struct action *a, struct db *db, const struct code *c,
                    const struct store_session *session)
{
    const char *issuer = oidc_issuer_settings(c->login.issuer)->issuer, *subject = c->login.person.subject;
    struct store_identity identity;
    int err = store_identity_find(db, issuer, subject, &identity);

    if (err == 0)
        return identity.user == session->user.id ? 0 : -EEXIST;
    if (err == -ENOENT)
        err = store_identity_add(db, session->user.id, issuer, subject, NULL, &identity);
    return err ? err : audit(a, db, session, "identity.link");
}

static int confirm(struct action *a, struct db *db, const struct code *c,
                   const struct store_session *session)
{
    struct store_identity identity;
    int err = store_identity_find(db, oidc_issuer_settings(c->login.issuer)->issuer, c->login.person.subject,
                                  &identity);

    if (err || identity.user != session->user.id)
        return err == 0 || err == -ENOENT ? -EACCES : err;
    err = store_session_authenticated_set(db, session->id, db_now(db));
    return err ? err : audit(a, db, session, "session.confirm");
}

/* After a login by the page that fetches the token of the new session, and then goes on. */
static int go_on(struct action *a, const struct code *c)
{
    char *there;

    if (strcmp(c->flow.purpose, "login") != 0) {
        action_redirect(a, c->flow.next);
        return 0;
    }
    there = oidc_url("/login", (const struct oidc_pair[]){ { "center", "done" }, { "next", c->flow.next },
                                                           { 0 } });
    if (there == NULL)
        return -ENOMEM;
    action_redirect(a, there);
    free(there);
    return 0;
}

static int callback_open(struct action *a, struct db *db)
{
    struct code *c = action_own(a, sizeof *c);
    bool links = strcmp(c->flow.purpose, "link") == 0;
    struct store_session session;
    int err;

    if (strcmp(c->flow.purpose, "login") == 0) {
        c->login.by_code = true;
        err = oidc_login_open(a, db, &c->login);
        if (err == 0)
            action_set_cookie(a, c->login.login.refresh, STORE_SESSION_IDLE_S);
    } else {
        err = store_session_find(db, c->flow.session, &session);
        if (err == 0)
            err = links ? link_add(a, db, c, &session) : confirm(a, db, c, &session);
    }
    return err ? err : go_on(a, c);
}

static int callback_forgive(struct action *a, struct db *db)
{
    (void)db;
    login_forgive_address(a);
    return 0;
}

static const struct step start_steps[] = { { ON_LOOP, start }, { 0 } };
static const struct step identity_steps[] = {
    { ON_READER, identity_admit }, { ON_LOOP, identity_go }, { 0 },
};
static const struct step callback_steps[] = {
    { ON_LOOP, callback_read },   { ON_WRITER, callback_once },  { AWAITED, callback_ask },
    { ON_WRITER, callback_open }, { ON_LOOP, callback_forgive }, { 0 },
};

/* The doors. A GET that leads to another page: whoever is sent back by it has a cookie that says so. */
const struct route oidc_code_routes[] = {
    { "GET", "/api/v1/auth/oidc/start", NULL, MAY_ANYBODY, FLOW, start_steps, NULL },
    { "GET", "/api/v1/auth/oidc/callback", NULL, MAY_ANYBODY, FLOW, callback_steps, NULL },
    { "POST", "/api/v1/me/identities", NULL, MAY_USER, 0, identity_steps, NULL },
    { 0 },
};
