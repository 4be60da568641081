/* call_guests.c - links for a relative or an interpreter: once, for this consult's calls and nothing else. */
#include <errno.h>
#include <string.h>

#include "auth/token.h"
#include "calls.h"
#include "config.h"
#include "door.h"
#include "storage/store_audit.h"
#include "storage/store_guest.h"
#include "xalloc.h"

enum { NAME_BYTES_MAX = 256 };

static int guest_answer(struct action *a, struct db *db, const char *token, int64_t life_s)
{
    char *url = xprintf("/guest#%s", token), at[DB_TIME_SIZE];
    int err;

    db_time_print(db_now(db) + life_s, at);
    err = action_answer(a, json_pack("{s:s, s:s}", "url", url, "expiresAt", at));
    explicit_bzero(url, strlen(url));
    free(url);
    return err;
}

static int guest_add(struct action *a, struct db *db)
{
    const struct config *config = action_api(a)->parts.config;
    unsigned char hash[TOKEN_HASH_SIZE];
    struct guest_new new = { .consult = action_consult(a), .by = action_user(a), .token_hash = hash,
                             .life_s = config->guest_s };
    char token[TOKEN_REFRESH_SIZE];
    int64_t count;
    int err = action_take_text(a, "name", NAME_BYTES_MAX, &new.name);

    if (err == 0)
        err = action_take_text(a, "relation", NAME_BYTES_MAX, &new.relation);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && (new.name == NULL || *new.name == '\0' || new.relation == NULL))
        err = action_mind(a, "name and relation: relative or interpreter");
    if (err == 0)
        err = call_consult_check(a);
    if (err == 0)
        err = store_guest_count(db, new.consult, &count);
    if (err == 0 && count >= config->call_guests_max)
        err = -EDQUOT;
    if (err == 0)
        err = token_refresh_new(token);
    if (err == 0)
        err = token_refresh_hash(token, hash);
    if (err == 0)
        err = store_guest_add(db, &new);
    if (err == 0)
        err = store_audit_add(db, &(struct audit_new){ .user = new.by, .action = "guest.invite",
                                                       .object = action_consult_id(a),
                                                       .ip = action_address(a), .detail = new.relation });
    return err ? err : guest_answer(a, db, token, new.life_s);
}

/* The doors. */
const struct route call_guest_routes[] = {
    { "POST", "/api/v1/consultations/{consult}/guests", guest_add, MAY_PARTICIPANT, CREATED, NULL, NULL },
    { 0 },
};
