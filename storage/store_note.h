/* store_note.h - what a doctor signed at the end of a consult: sealed, and never changed. */
#ifndef STORAGE_STORE_NOTE_H
#define STORAGE_STORE_NOTE_H

#include "storage/db.h"

enum { NOTE_ADVICE_MAX = 4000, NOTE_HASH_SIZE = 32 };   /* advice in code points                      */

struct note_new {
    int64_t              consult, author;
    const char          *advice;                /* 1-4,000 characters                                 */
    const unsigned char *hash;                  /* NOTE_HASH_SIZE bytes                               */
};
/* Its next version. -EINVAL: empty. -EMSGSIZE: too long. -ENOENT: no such consult. */
int store_note_add(struct db *db, const struct note_new *note);
/* The newest: { advice, by: User, signedAt, version }. -ENOENT: nothing was signed yet. */
int store_note_get(struct db *db, int64_t consult, json_t **ret_note);

#endif
