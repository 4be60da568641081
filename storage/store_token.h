/* store_token.h - that words are found later, while they stand sealed: search_fold.h says what is a word. */
#ifndef STORAGE_STORE_TOKEN_H
#define STORAGE_STORE_TOKEN_H

#include "storage/db.h"
#include "storage/search_fold.h"

/* In the transaction of the words, which are found at this message; twice is once. -ENOENT: no such one. */
int store_token_add(struct db *db, const char *message, const char *text);
/* The words of a message are nobody's to find any more. */
int store_token_remove(struct db *db, const char *message);

/* The tokens of pairs in a consult, in their order. */
int store_token_of(struct db *db, const char *consult, const uint64_t *pairs, size_t count,
                   int64_t *ret_tokens);

/* The next of what was said before there were tokens. Returns how many; 0: all is done. */
enum { TOKEN_BATCH = 200 };
int store_token_backlog(struct db *db);

#endif
