/* sessions.c - register, log in, stay logged in, log out. Hashing and signing happen in the pool. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "auth/password.h"
#include "auth/seal.h"
#include "auth/token.h"
#include "clock.h"
#include "config.h"
#include "door.h"
#include "login.h"
#include "storage/store_audit.h"
#include "storage/store_guest.h"
#include "storage/store_session.h"
#include "storage/store_user.h"

enum { NAME_MAX_CHARACTERS = 64 };

static const struct password_cost *cost_of(const struct action *a)
{
    return action_api(a)->parts.config->cheap_passwords ? &password_cost_test : &password_cost_default;
}

static int account_read(struct login *l)
{
    size_t size = strlen(l->login);

    if (size < LOGIN_MIN || size > LOGIN_MAX)
        return -EINVAL;
    for (size_t i = 0; i <= size; i++) {
        char c = (char)tolower((unsigned char)l->login[i]);

        if (c != '\0' && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && strchr("._@+-", c) == NULL)
            return -EINVAL;
        l->account[i] = c;
    }
    return 0;
}

static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* One answer to all but an admin who knows his password: break glass, for when the account center is down. */
static int local_refused(struct action *a)
{
    int err = action_explain(a, "why", json_string("local-accounts-off"));

    return err ? err : -EPERM;
}

static bool local_is_off(struct action *a)
{
    return !action_api(a)->parts.config->local_accounts;
}

/* --- login --------------------------------------------------------------------------------------------- */

static int login_gate(struct action *a, struct db *db)
{
    struct api *api = action_api(a);
    struct login *l = action_own(a, sizeof *l);
    const char *address = action_address(a);
    int64_t now_ms = clock_ms();
    int err = action_unpack(a, "{s:s, s:s !}", "login", &l->login, "password", &l->password);

    (void)db;
    if (err)
        return err;
    if (strlen(l->password) > PASSWORD_MAX || account_read(l) != 0)
        return local_is_off(a) ? local_refused(a) : -EACCES;   /* no account has that: the same answer */
    if (limiter_take(api->login_addresses, address, strlen(address), 1, now_ms, NULL) != 0)
        return -EDQUOT;
    if (limiter_take(api->login_accounts, l->account, strlen(l->account), 1, now_ms, NULL) != 0)
        return -EDQUOT;
    return 0;
}

static int login_find(struct action *a, struct db *db)
{
    struct login *l = action_own(a, sizeof *l);
    int err = store_user_by_login(db, l->account, &l->secret);

    return err == -ENOENT ? 0 : err;            /* the pool does the same work for nobody            */
}

static int login_verify(struct action *a, struct db *db)
{
    struct login *l = action_own(a, sizeof *l);
    int err = password_verify(cost_of(a), l->secret.password_hash, l->password);

    (void)db;
    if (err == 0 && l->secret.user.disabled)
        err = -EACCES;
    if (local_is_off(a) && (err == -EACCES || (err == 0 && strcmp(l->secret.user.role, "admin") != 0)))
        return local_refused(a);
    if (err == 0 && password_needs_rehash(cost_of(a), l->secret.password_hash))
        err = password_hash(cost_of(a), l->password, l->hash);
    return err;
}

static int login_open(struct action *a, struct db *db)
{
    struct login *l = action_own(a, sizeof *l);
    int err = 0;

    if (l->hash[0] != '\0')
        err = store_user_password_set(db, l->secret.user.id, l->hash);
    return err ? err : login_open_session(a, db, l, l->secret.user.id, "login");
}

static int login_forgive(struct action *a, struct db *db)
{
    struct api *api = action_api(a);
    struct login *l = action_own(a, sizeof *l);
    const char *address = action_address(a);

    (void)db;
    limiter_give(api->login_addresses, address, strlen(address), 1, clock_ms());
    limiter_give(api->login_accounts, l->account, strlen(l->account), 1, clock_ms());
    return 0;
}

/* --- register ------------------------------------------------------------------------------------------ */

static int register_gate(struct action *a, struct db *db)
{
    struct login *l = action_own(a, sizeof *l);
    const char *address = action_address(a);
    int err = action_unpack(a, "{s:s, s:s, s:s, s?s !}", "login", &l->login, "password", &l->password,
                            "name", &l->name, "locale", &l->locale);

    (void)db;
    if (err)
        return err;
    if (local_is_off(a))
        return local_refused(a);
    if (account_read(l) != 0 || strlen(l->password) > PASSWORD_MAX ||
        characters(l->password) < PASSWORD_MIN || l->name[0] == '\0' ||
        characters(l->name) > NAME_MAX_CHARACTERS || strcmp(l->account, l->login) != 0 ||
        (l->locale != NULL && strcmp(l->locale, "zh-CN") != 0 && strcmp(l->locale, "en") != 0))
        return -EINVAL;
    return limiter_take(action_api(a)->login_addresses, address, strlen(address), 1, clock_ms(), NULL) != 0
           ? -EDQUOT : 0;
}

static int register_hash(struct action *a, struct db *db)
{
    struct login *l = action_own(a, sizeof *l);

    (void)db;
    return password_hash(cost_of(a), l->password, l->hash);
}

static int register_add(struct action *a, struct db *db)
{
    struct login *l = action_own(a, sizeof *l);
    struct user_new user = {
        .role = "patient", .login = l->account, .password_hash = l->hash, .name = l->name, .locale = l->locale
    };
    struct store_user added;
    int err = store_user_add(db, &user, &added);

    return err ? err : login_open_session(a, db, l, added.id, "register");
}

/* --- a guest's link ------------------------------------------------------------------------------------ */

static int guest_gate(struct action *a, struct db *db)
{
    const char *address = action_address(a);
    struct login *l = action_own(a, sizeof *l);
    int err = action_unpack(a, "{s:s !}", "token", &l->login);

    (void)db;
    if (err)
        return err;
    return limiter_take(action_api(a)->login_addresses, address, strlen(address), 1, clock_ms(), NULL) != 0
           ? -EDQUOT : 0;
}

/* No cookie: when the token ends, so does the visit. */
static int guest_open(struct action *a, struct db *db)
{
    struct login *l = action_own(a, sizeof *l);
    unsigned char hash[TOKEN_HASH_SIZE];
    struct guest_used guest;
    int err = token_refresh_hash(l->login, hash);

    if (err == 0)
        err = store_guest_use(db, hash, &guest);
    if (err)
        return err == -EBADMSG ? -EACCES : err;
    l->keep_cookie = true;
    l->life_s = action_api(a)->parts.config->guest_s;
    (void)snprintf(l->consult, sizeof l->consult, "%s", guest.consult_id);
    err = login_open_session(a, db, l, guest.user, "login");
    return err ? err : store_session_end_by(db, l->session.id, db_now(db) + l->life_s);
}

/* --- refresh and logout -------------------------------------------------------------------------------- */

static int refresh_rotate(struct action *a, struct db *db)
{
    struct login *l = action_own(a, sizeof *l);
    unsigned char old[TOKEN_HASH_SIZE], next[TOKEN_HASH_SIZE], key[32];
    const char *cookie = action_cookie(a);
    int err = cookie != NULL ? token_refresh_hash(cookie, old) : -EACCES;

    if (err == 0)
        err = seal_derive(action_api(a)->parts.seal_keys, "refresh", key);
    if (err == 0)
        err = token_refresh_next(key, cookie, l->refresh);
    explicit_bzero(key, sizeof key);
    if (err == 0)
        err = token_refresh_hash(l->refresh, next);
    if (err)
        return err == -EBADMSG ? -EACCES : err;
    err = store_session_rotate(db, old, next, &l->session);
    if (err < 0)
        return err;
    if (err == SESSION_REUSED) {                /* the revocation is kept, the answer is 401         */
        action_cut(a, l->session.public_id);
        action_refuse(a, -EACCES);
        return store_audit_add(db, &(struct audit_new){ .user = l->session.user.id,
                                                        .action = "session.reused",
                                                        .object = l->session.public_id,
                                                        .ip = action_address(a) });
    }
    l->keep_cookie = err == SESSION_KEEP;
    return login_read_me(a, db, l, l->session.user.id);
}

static int refresh_sign(struct action *a, struct db *db)
{
    struct login *l = action_own(a, sizeof *l);

    return l->me != NULL ? login_sign(a, db) : 0;     /* NULL: refused above                       */
}

static int logout(struct action *a, struct db *db)
{
    const char *cookie = action_cookie(a);
    unsigned char hash[TOKEN_HASH_SIZE];
    struct store_session session;
    int err = cookie != NULL ? token_refresh_hash(cookie, hash) : -ENOENT;

    action_set_cookie(a, "", 0);
    if (err == 0)
        err = store_session_revoke(db, hash, &session);
    if (err == -ENOENT || err == -EBADMSG)
        return 0;                               /* nobody was logged in                              */
    if (err < 0)
        return err;
    action_cut(a, session.public_id);
    return store_audit_add(db, &(struct audit_new){ .user = session.user.id, .action = "logout",
                                                    .object = session.public_id, .ip = action_address(a) });
}

/* A live socket goes on with a newer token of the same session: auth:renew {token}. Is he a desk still? */
static int renew(struct action *a, struct db *db)
{
    struct token_access who;
    const char *token;
    int err = action_unpack(a, "{s:s !}", "token", &token);

    if (err == 0)
        err = token_check(action_api(a), token, strlen(token), &who);
    if (err)
        return err;
    if (strcmp(who.session, action_session_id(a)) != 0)
        return -EACCES;
    err = live_board_find(a, db);
    if (err)
        return err;
    action_renew(a, who.expires_utc);
    return action_answer(a, json_object());
}

static const struct step login_steps[] = {
    { ON_LOOP, login_gate }, { ON_READER, login_find }, { IN_POOL, login_verify }, { ON_WRITER, login_open },
    { IN_POOL, login_sign }, { ON_LOOP, login_forgive }, { 0 },
};
static const struct step register_steps[] = {
    { ON_LOOP, register_gate },
    { IN_POOL, register_hash },
    { ON_WRITER, register_add },
    { IN_POOL, login_sign },
    { 0 },
};
static const struct step guest_steps[] = {
    { ON_LOOP, guest_gate }, { ON_WRITER, guest_open }, { IN_POOL, login_sign }, { 0 },
};
static const struct step refresh_steps[] = { { ON_WRITER, refresh_rotate },
                                             { IN_POOL, refresh_sign },
                                             { 0 } };

/* The doors. */
const struct route session_routes[] = {
    { "POST", "/api/v1/auth/register", NULL, MAY_ANYBODY, CREATED, register_steps, NULL },
    { "POST", "/api/v1/auth/login", NULL, MAY_ANYBODY, 0, login_steps, NULL },
    { "POST", "/api/v1/auth/guest", NULL, MAY_ANYBODY, 0, guest_steps, NULL },
    { "POST", "/api/v1/auth/refresh", NULL, MAY_ANYBODY, BY_FORM_NEVER, refresh_steps, NULL },
    { "POST", "/api/v1/auth/logout", logout, MAY_ANYBODY, BY_FORM_NEVER, NULL, NULL },
    { 0 },
};
const struct live_event session_events[] = {
    { "auth:renew", renew, MAY_LOGGED_IN, NULL },
    { 0 },
};
