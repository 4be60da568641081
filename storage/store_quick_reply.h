/* store_quick_reply.h - what a doctor says often. */
#ifndef STORAGE_STORE_QUICK_REPLY_H
#define STORAGE_STORE_QUICK_REPLY_H

#include "storage/db.h"

enum { QUICK_REPLIES_MAX = 50, QUICK_REPLY_MAX = 500 };        /* of one; each in code points             */

int store_quick_reply_list(struct db *db, int64_t user, json_t **ret_items);  /* [{ text }] in his order */
/* Instead of what there was: an array of texts. -EINVAL: an empty one. -EMSGSIZE: too many, or too long. */
int store_quick_reply_set(struct db *db, int64_t user, const json_t *texts);

#endif
