/* store_idempotency.h - the first answer to a request that may come again. */
#ifndef STORAGE_STORE_IDEMPOTENCY_H
#define STORAGE_STORE_IDEMPOTENCY_H

#include "storage/db.h"

enum { STORE_KEY_MIN = 8, STORE_KEY_MAX = 64, STORE_KEY_LIFE_S = 86400 };

struct idempotency {
    int64_t     user;
    const char *key, *route;                    /* key: STORE_KEY_MIN to _MAX of [A-Za-z0-9_-]        */
    const void *hash;                           /* 32 bytes: of all that was asked                    */
};
/* 1: *ret_answer is the first answer. 0: a new key. -EALREADY: it was used for another request.
 * -EINVAL: no key. */
int store_idempotency_find(struct db *db, const struct idempotency *request, json_t **ret_answer);
int store_idempotency_add(struct db *db, const struct idempotency *request, const char *answer);
/* Forgets what is older than a day: how many. */
int store_idempotency_purge(struct db *db);

#endif
