/* reauth.c - what is signed is signed by whoever knows the password now, not by whoever holds his session. */
#include <errno.h>
#include <string.h>

#include "action.h"
#include "auth/password.h"
#include "clock.h"
#include "config.h"
#include "door.h"
#include "xalloc.h"

/* Whoever may not do it at all was refused by admission, before his password is looked at. */
int reauth_begin(struct action *a, struct db *db)
{
    const char *password;
    int err = action_take_text(a, "password", PASSWORD_MAX, &password);

    if (err)
        return err;
    if (password == NULL)
        return action_mind(a, "password is missing");
    a->reauth = xalloc(sizeof *a->reauth);
    a->reauth->password = password;
    return store_user_secret(db, action_user(a), &a->reauth->secret);
}

/* The limits of logging in, the same buckets: a stolen session buys no guesses beside those of the door. */
int reauth_gate(struct action *a, struct db *db)
{
    const char *address = action_address(a), *login = a->reauth->secret.login;
    struct api *api = a->api;
    int64_t now_ms = clock_ms();

    (void)db;
    if (limiter_take(api->login_addresses, address, strlen(address), 1, now_ms, NULL) != 0 ||
        limiter_take(api->login_accounts, login, strlen(login), 1, now_ms, NULL) != 0)
        return -EDQUOT;
    return 0;
}

int reauth_verify(struct action *a, struct db *db)
{
    const struct password_cost *cost = a->api->parts.config->cheap_passwords ? &password_cost_test
                                                                              : &password_cost_default;
    int err = password_verify(cost, a->reauth->secret.password_hash, a->reauth->password);

    (void)db;
    a->admitted = false;                        /* it took a while: what may be done is asked again  */
    if (err != -EACCES)
        return err;
    err = action_explain(a, "why", json_string("password-wrong"));
    return err ? err : -EKEYREVOKED;
}

/* Right: it does not count, whatever becomes of the work. */
int reauth_forgive(struct action *a, struct db *db)
{
    const char *address = action_address(a), *login = a->reauth->secret.login;

    (void)db;
    limiter_give(a->api->login_addresses, address, strlen(address), 1, clock_ms());
    limiter_give(a->api->login_accounts, login, strlen(login), 1, clock_ms());
    return 0;
}
