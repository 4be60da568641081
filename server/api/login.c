/* login.c - the last steps, the same for all who log in. */
#include "login.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "config.h"
#include "door.h"
#include "storage/store_audit.h"

int login_read_me(struct action *a, struct db *db, struct login *l, int64_t user)
{
    int err = store_user_me(db, user, &l->me);

    return err ? err : action_keep(a, l->me);
}

int login_open_session(struct action *a, struct db *db, struct login *l, int64_t user, const char *how)
{
    unsigned char hash[TOKEN_HASH_SIZE];
    int err = token_refresh_new(l->refresh);

    if (err == 0)
        err = token_refresh_hash(l->refresh, hash);
    if (err == 0)
        err = store_session_add(db, user, hash, action_address(a), &l->session);
    if (err == 0)
        err = login_read_me(a, db, l, user);
    if (err == 0)
        err = store_audit_add(
            db, &(struct audit_new){
                    .user = user, .action = how, .object = l->session.public_id, .ip = action_address(a) });
    return err;
}

/* In the pool: the signature, and with it the answer {token, expiresAt, user}. */
int login_sign(struct action *a, struct db *db)
{
    const struct config *config = action_api(a)->parts.config;
    struct login *l = action_own(a, sizeof *l);
    struct token_new token = { .issuer = config->issuer, .audience = config->audience,
                               .subject = l->session.user.public_id, .session = l->session.public_id,
                               .role = l->session.user.role, .now_utc = clock_utc(),
                               .life_s = (int)(l->life_s != 0 ? l->life_s : config->access_token_s) };
    char expires[DB_TIME_SIZE], *text = NULL;
    int err;

    (void)db;
    err = token_issue(action_api(a)->parts.token_key, &token, &text);
    if (err)
        return err;
    db_time_print(token.now_utc + token.life_s, expires);
    if (!l->keep_cookie)
        action_set_cookie(a, l->refresh, STORE_SESSION_IDLE_S);
    err = action_answer(a, json_pack("{s:s, s:s, s:O, s:s*}", "token", text, "expiresAt", expires, "user",
                                     l->me, "consult", l->consult[0] != '\0' ? l->consult : NULL));
    explicit_bzero(text, strlen(text));
    free(text);
    return err;
}

int login_take_address(struct action *a)
{
    const char *address = action_address(a);

    return limiter_take(action_api(a)->login_addresses, address, strlen(address), 1, clock_ms(), NULL) != 0
           ? -EDQUOT : 0;
}

void login_forgive_address(struct action *a)
{
    const char *address = action_address(a);

    limiter_give(action_api(a)->login_addresses, address, strlen(address), 1, clock_ms());
}
