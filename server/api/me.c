/* me.c - who am I, and what time is it here. */
#include <errno.h>

#include "action.h"
#include "clock.h"
#include "door.h"
#include "storage/store_user.h"

static int me_get(struct action *a, struct db *db)
{
    char now[DB_TIME_SIZE];
    json_t *me = NULL;
    int err = action_end_input(a);

    if (err == 0)
        err = store_user_me(db, action_user(a), &me);
    if (err)
        return err;
    db_time_print(clock_utc(), now);
    return action_answer(a, json_pack("{s:o, s:s}", "user", me, "now", now));
}

/* The doors. */
const struct route me_routes[] = {
    { "GET", "/api/v1/me", me_get, MAY_LOGGED_IN, READ, NULL, NULL },
    { 0 },
};
