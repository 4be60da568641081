/* store_guest.c - guests: a link that is used once, and what it lets them into. */
#include "storage/store_guest.h"

#include <stdio.h>

#define IS_ON "c.state IN('open', 'active', 'paused')"

int store_guest_add(struct db *db, const struct guest_new *new)
{
    int64_t user, now = db_now(db);
    char id[DB_ID_SIZE];
    int err;

    db_id_make(db, "usr_", id);
    err = db_int(db, &user, "INSERT INTO users(public_id, role, display_name, created_utc) "
                 "VALUES($1, 'guest', $2, $3) RETURNING id", ARGS(TEXT(id), TEXT(new->name), INT(now)));
    if (err == 0)
        err = db_run(db, "INSERT INTO call_guest(user_id, consultation_id, relation, token_hash, invited_by, "
                     "created_utc, expires_utc) VALUES($1, $2, $3, $4, $5, $6, $7)",
                     ARGS(INT(user), INT(new->consult), TEXT(new->relation), BLOB(new->token_hash, 32),
                          INT(new->by), INT(now), INT(now + new->life_s)));
    return err < 0 ? err : 0;
}

int store_guest_count(struct db *db, int64_t consult, int64_t *ret_count)
{
    return db_int(db, ret_count, "SELECT count(*) FROM call_guest WHERE consultation_id = $1 "
                  "AND removed_utc IS NULL AND (used_utc IS NOT NULL OR expires_utc > $2)",
                  ARGS(INT(consult), INT(db_now(db))));
}

int store_guest_use(struct db *db, const unsigned char token_hash[32], struct guest_used *ret_guest)
{
    struct guest_used used = { 0 };
    struct db_query q;
    int more;

    more = db_query(db, &q, "SELECT g.user_id, c.public_id FROM call_guest g JOIN consultation c "
                    "ON c.id = g.consultation_id WHERE g.token_hash = $1 AND g.used_utc IS NULL "
                    "AND g.removed_utc IS NULL AND g.expires_utc > $2 AND " IS_ON,
                    ARGS(BLOB(token_hash, 32), INT(db_now(db))));
    if (more <= 0)
        return more < 0 ? more : -EACCES;
    used.user = db_column_int(&q, 0);
    snprintf(used.consult_id, sizeof used.consult_id, "%s", db_column_text(&q, 1));
    db_done(&q);
    *ret_guest = used;
    more = db_run(db, "UPDATE call_guest SET used_utc = $2 WHERE user_id = $1",
                  ARGS(INT(used.user), INT(db_now(db))));
    return more < 0 ? more : 0;
}

int store_guest_access(struct db *db, const char *consult, int64_t user, struct consult_access *ret_access)
{
    struct consult_access access = { .user = user, .role = "guest" };
    struct db_query q;
    int more;

    more = db_query(db, &q, "SELECT c.id, c.state FROM call_guest g JOIN consultation c "
                    "ON c.id = g.consultation_id WHERE c.public_id = $1 AND g.user_id = $2 "
                    "AND g.used_utc IS NOT NULL AND g.removed_utc IS NULL AND " IS_ON,
                    ARGS(TEXT(consult), INT(user)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    access.consult = db_column_int(&q, 0);
    snprintf(access.state, sizeof access.state, "%s", db_column_text(&q, 1));
    db_done(&q);
    *ret_access = access;
    return 0;
}

int store_guest_remove_all(struct db *db, int64_t consult, json_t **ret_users)
{
    int64_t now = db_now(db);
    int err = db_all(db, ret_users, "SELECT u.public_id AS \"id\" FROM call_guest g JOIN users u "
                     "ON u.id = g.user_id WHERE g.consultation_id = $1 AND g.removed_utc IS NULL",
                     ARGS(INT(consult)));

    if (err)
        return err;
    err = db_run(db, "UPDATE session SET revoked_utc = $2, revoked_why = 'user' WHERE revoked_utc IS NULL "
                 "AND user_id IN (SELECT user_id FROM call_guest WHERE consultation_id = $1)",
                 ARGS(INT(consult), INT(now)));
    if (err >= 0)
        err = db_run(db, "UPDATE call_guest SET removed_utc = $2 WHERE consultation_id = $1 "
                     "AND removed_utc IS NULL", ARGS(INT(consult), INT(now)));
    if (err < 0)
        json_decref(*ret_users);
    return err < 0 ? err : 0;
}
