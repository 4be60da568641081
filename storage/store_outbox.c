/* store_outbox.c - what must be told to another server. */
#include "storage/store_outbox.h"

enum { WAIT_S_MAX = 3600 };

int store_outbox_add(struct db *db, const struct outbox_new *entry)
{
    int added = db_run(
        db,
        "INSERT INTO outbox(topic, key, body, due_utc, created_utc) VALUES($1, $2, $3, $4, $5) "
        "ON CONFLICT(topic, key) DO NOTHING",
        ARGS(TEXT(entry->topic), TEXT(entry->key), TEXT(entry->body), INT(entry->due_utc), INT(db_now(db))));

    return added < 0 ? added : 0;
}

int store_outbox_take(struct db *db, int limit, json_t **ret_entries)
{
    return db_all(
        db, ret_entries,
        "UPDATE outbox SET attempts = attempts + 1, due_utc = $1 + $2 WHERE id IN "
        "(SELECT id FROM outbox WHERE state = 'waiting' AND due_utc <= $1 ORDER BY due_utc, id LIMIT $3) "
        "RETURNING id AS \"id\", topic AS \"topic\", key AS \"key\", body AS \"body\"",
        ARGS(INT(db_now(db)), INT(STORE_OUTBOX_LEASE_S), INT(limit)));
}

int store_outbox_next(struct db *db, int64_t *ret_utc)
{
    return db_int(db, ret_utc, "SELECT min(due_utc) FROM outbox WHERE state = 'waiting'", NO_ARGS);
}

int store_outbox_recover(struct db *db)
{
    int changed = db_run(db, "UPDATE outbox SET due_utc = $1 WHERE state = 'waiting' AND attempts > 0",
                         ARGS(INT(db_now(db))));

    return changed < 0 ? changed : 0;
}

int store_outbox_drop(struct db *db, const char *topic, const char *key)
{
    int dropped = db_run(
        db, "DELETE FROM outbox WHERE topic = $1 AND key = $2 AND state = 'waiting' AND attempts = 0",
        ARGS(TEXT(topic), TEXT(key)));

    return dropped < 0 ? dropped : dropped == 0 ? -EALREADY : 0;
}

int store_outbox_done(struct db *db, int64_t entry)
{
    int changed =
        db_run(db, "UPDATE outbox SET state = 'done', error = NULL WHERE id = $1 AND state = 'waiting'",
               ARGS(INT(entry)));

    return changed < 0 ? changed : 0;
}

int store_outbox_failed(struct db *db, int64_t entry, const char *error)
{
    int64_t attempts, wait_s;
    int err;

    err = db_int(db, &attempts, "SELECT attempts FROM outbox WHERE id = $1 AND state = 'waiting'",
                 ARGS(INT(entry)));
    if (err)
        return err;

    wait_s = attempts < 12 ? (int64_t)1 << attempts : WAIT_S_MAX;
    err = db_run(db, "UPDATE outbox SET state = $2, due_utc = $3, error = $4 WHERE id = $1",
                 ARGS(INT(entry), TEXT(attempts < STORE_OUTBOX_ATTEMPTS_MAX ? "waiting" : "dead"),
                      INT(db_now(db) + (wait_s < WAIT_S_MAX ? wait_s : WAIT_S_MAX)), TEXT(error)));
    return err < 0 ? err : 0;
}
