/* store_feed.h - a user's private calendar, and what is in it. */
#ifndef STORAGE_STORE_FEED_H
#define STORAGE_STORE_FEED_H

#include "storage/db.h"

enum { STORE_FEED_MAX = 1000, STORE_FEED_KEEP_S = 30 * 86400 };

/* The old address ends with it. */
int store_feed_set(struct db *db, int64_t user, const unsigned char hash[32]);
int store_feed_remove(struct db *db, int64_t user);     /* -ENOENT: there is none                     */
struct feed_user { int64_t id; char locale[16]; };
/* -ENOENT: nobody's, or of one who may not log in. */
int store_feed_find(struct db *db, const unsigned char hash[32], struct feed_user *ret_user);

/* Of each series the last row that is his, by start, STORE_FEED_MAX at most: [{ id, series, start, end,
 * sequence, status, mode, changed }], times in seconds. Left out: holds, and what began, or was called off,
 * more than STORE_FEED_KEEP_S ago. */
int store_feed_list(struct db *db, int64_t user, json_t **ret_rows);

#endif
