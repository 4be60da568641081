/* store_outbox.h - what must be told to another server: written in the transaction of its cause, sent after
 * it, again and again until it is taken. */
#ifndef STORAGE_STORE_OUTBOX_H
#define STORAGE_STORE_OUTBOX_H

#include "storage/db.h"

enum { STORE_OUTBOX_ATTEMPTS_MAX = 20, STORE_OUTBOX_LEASE_S = 60 };

struct outbox_new {
    const char *topic, *key, *body; /* body: JSON; key: once for a topic                  */
    int64_t due_utc;                /* not before                                         */
};
/* A topic's key that is there already is left as it is. */
int store_outbox_add(struct db *db, const struct outbox_new *entry);

/* What is due: [{ id, topic, key, body }], at most `limit`. They count an attempt and are due again only
 * after the lease, in case nobody says what became of them. */
int store_outbox_take(struct db *db, int limit, json_t **ret_entries);
int store_outbox_next(struct db *db, int64_t *ret_utc); /* -ENOENT: nothing waits     */
/* What the last process had under way is due now. */
int store_outbox_recover(struct db *db);

/* It need not be told after all. -EALREADY: somebody has heard of it, or may have. */
int store_outbox_drop(struct db *db, const char *topic, const char *key);

int store_outbox_done(struct db *db, int64_t entry);
/* Later again, twice as late each time; past STORE_OUTBOX_ATTEMPTS_MAX never: it is dead. */
int store_outbox_failed(struct db *db, int64_t entry, const char *error);

#endif
