/* search_result.h - a signed result is found by its words, at the card that says it is there. */
#ifndef STORAGE_SEARCH_RESULT_H
#define STORAGE_SEARCH_RESULT_H

#include "storage/db.h"

/* What its patient may read, a line a part; the doctor's own note is not in it. free() is the caller's. */
int search_result_words(struct db *db, int64_t consult, int64_t version, char **ret_words);

/* In the transaction of the signature, when the card is the last that was said. */
int search_result_add(struct db *db, int64_t consult, int64_t version);

/* The version that a card says is there; 0: it is another card. */
int64_t search_result_version(const void *card, size_t size);

#endif
