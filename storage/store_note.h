/* store_note.h - what a doctor signed: versions of a consult's record, sealed, and never changed.
 *
 * Signed { consult, clinic: { id, name }, doctor: User, patient: { id, name }, version, signedAt, hash, … as
 *          it was signed }          hash: SHA-256 of what was sealed, in hexadecimal */
#ifndef STORAGE_STORE_NOTE_H
#define STORAGE_STORE_NOTE_H

#include "storage/db.h"

enum { NOTE_ADVICE_MAX = 4000, NOTE_HASH_SIZE = 32 };   /* advice in code points                      */

/* What is to be signed, without what the doctor wrote: a Signed of the next version, by now, without hash. */
int store_note_next(struct db *db, int64_t consult, int64_t author, json_t **ret_signed);

struct note_new {
    int64_t              consult, author;
    int64_t              version;               /* of store_note_next()                               */
    int64_t              draft;                 /* version of the draft that is signed                */
    const char          *text;                  /* JSON: what the hash is of                          */
    const unsigned char *hash;                  /* NOTE_HASH_SIZE bytes                               */
    const json_t        *diagnoses;             /* [{ system, code, certainty, … }], lent             */
};
/* With a row for each diagnosis. DB_APPEND_ONLY: it is not the next version. -ENOENT: no such code. */
int store_note_add(struct db *db, const struct note_new *note);

/* version 0: the newest. `text` (may be NULL): what the hash is of, or NULL if that was signed before there
 * were drafts; free() is the caller's. -ENOENT: nothing was signed, or not so often. */
int store_note_get(struct db *db, int64_t consult, int64_t version, json_t **ret_signed, char **ret_text);
/* [{ version, signedAt, reason? }], the oldest first. */
int store_note_versions(struct db *db, int64_t consult, json_t **ret_versions);

/* How far it has been signed. -ENOENT: not yet. */
struct note_state { int64_t version, draft, signed_utc; };      /* draft 0: signed before there were any */
int store_note_state(struct db *db, int64_t consult, struct note_state *ret_state);

#endif
