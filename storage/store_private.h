/* store_private.h - what the repositories share. */
#ifndef STORAGE_STORE_PRIVATE_H
#define STORAGE_STORE_PRIVATE_H

#include "storage/db.h"

struct store_user;

/* The condition of the index consultation_state, as it is there: SQLite concludes nothing from less. */
#define STORE_IS_GOING_ON(c) c ".state IN('open','active','paused','awaiting_signature') "

enum { STORE_LIMIT_MAX = 100 };

/* Of five columns from `first` on: id, public_id, role, clinic_id, is disabled. */
void store_user_column(const struct db_query *q, int first, struct store_user *user);

int store_client_id_check(const char *client_id);       /* -EINVAL                                    */

/* 1 to `max` code points. -EINVAL: empty. -EMSGSIZE. */
int store_words_check(const char *words, size_t max);

int store_limit(int limit, int preset, int max);

/* { items, nextCursor }; takes `items`, also on failure. One item past `limit` means that a page
 * follows; it is cut off, and `cursor` leads there. */
int store_page(json_t *items, int limit, const char *cursor, json_t **ret_page);

#endif
