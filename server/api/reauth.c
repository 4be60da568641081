/* reauth.c - what is signed is signed by whoever knows the password now, or has just said at his account
 * center who he is, not by whoever holds his session. */
#include <errno.h>
#include <string.h>

#include "action.h"
#include "auth/password.h"
#include "clock.h"
#include "config.h"
#include "door.h"
#include "storage/store_identity.h"
#include "xalloc.h"

enum { FRESH_S = 300 };

/* Without a password: a->reauth stays NULL, and the next steps have nothing to do. */
static int reauth_by_center(struct action *a, struct db *db)
{
    struct user_secret secret;
    int64_t at_utc;
    int err = store_session_authenticated(db, a->session.id, &at_utc);

    if (err || at_utc > db_now(db) - FRESH_S)
        return err;
    err = store_user_secret(db, action_user(a), &secret);
    if (err == 0 && secret.password_hash[0] != '\0')
        err = action_mind(a, "password is missing");
    else if (err == 0 && (err = action_explain(a, "why", json_string("password-none"))) == 0)
        err = -EPERM;
    explicit_bzero(&secret, sizeof secret);
    return err;
}

/* Whoever may not do it at all was refused by admission, before his password is looked at. */
int reauth_begin(struct action *a, struct db *db)
{
    const char *password;
    int err = action_take_text(a, "password", PASSWORD_MAX, &password);

    if (err)
        return err;
    if (password == NULL || *password == '\0')
        return reauth_by_center(a, db);
    a->reauth = xalloc(sizeof *a->reauth);
    a->reauth->password = password;
    return store_user_secret(db, action_user(a), &a->reauth->secret);
}

/* The limits of logging in, the same buckets: a stolen session buys no guesses beside those of the door. */
int reauth_gate(struct action *a, struct db *db)
{
    const char *address = action_address(a);
    struct api *api = a->api;
    int64_t now_ms = clock_ms();

    (void)db;
    if (a->reauth == NULL)
        return 0;

    const char *login = a->reauth->secret.login;

    if (limiter_take(api->login_addresses, address, strlen(address), 1, now_ms, NULL) != 0 ||
        limiter_take(api->login_accounts, login, strlen(login), 1, now_ms, NULL) != 0)
        return -EDQUOT;
    return 0;
}

int reauth_verify(struct action *a, struct db *db)
{
    const struct password_cost *cost = a->api->parts.config->cheap_passwords ? &password_cost_test
                                                                              : &password_cost_default;
    int err;

    (void)db;
    a->admitted = false;                        /* it took a while: what may be done is asked again  */
    if (a->reauth == NULL)
        return 0;
    err = password_verify(cost, a->reauth->secret.password_hash, a->reauth->password);
    if (err != -EACCES)
        return err;
    err = action_explain(a, "why", json_string("password-wrong"));
    return err ? err : -EKEYREVOKED;
}

/* Right: it does not count, whatever becomes of the work. */
int reauth_forgive(struct action *a, struct db *db)
{
    const char *address = action_address(a);

    (void)db;
    if (a->reauth == NULL)
        return 0;

    const char *login = a->reauth->secret.login;

    limiter_give(a->api->login_addresses, address, strlen(address), 1, clock_ms());
    limiter_give(a->api->login_accounts, login, strlen(login), 1, clock_ms());
    return 0;
}
