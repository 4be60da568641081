/* store_search.h - one's own messages, results and people, by words.
 *
 * Hit { kind: message|result|person, consult, message?, seq?, at, with: Person,
 *       snippet: { before, match, after } }
 * Person { id, name, role }: the patient for a doctor, the doctor for a patient */
#ifndef STORAGE_STORE_SEARCH_H
#define STORAGE_STORE_SEARCH_H

#include "storage/db.h"

enum {
    SEARCH_QUERY_MAX = 100,                     /* code points                                        */
    SEARCH_CONSULTS_MAX = 200,                  /* looked at in one request …                         */
    SEARCH_OPENED_MAX = 300,                    /* … and texts opened                                 */
};

struct search_query { const char *text, *cursor; int limit; };
/* { items: [Hit], nextCursor }: all words stand in it, each at least 2 characters or beside such a one. The
 * consults with the newest activity first, in each the newest message; people on the first page. A page may
 * be short and still have a cursor. Only of consults in which the user takes part now.
 * -EINVAL: cursor. -ENODATA: no word of two characters. -E2BIG: too many words, or too long. */
int store_search(struct db *db, int64_t user, const struct search_query *query, json_t **ret_page);

#endif
