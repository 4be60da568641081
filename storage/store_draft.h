/* store_draft.h - what a doctor has written of a consult and not signed yet, sealed. For him alone.
 *
 * Draft { consult, version, savedAt?, signedVersion, … as it was put }      version 0: nothing was written */
#ifndef STORAGE_STORE_DRAFT_H
#define STORAGE_STORE_DRAFT_H

#include "storage/db.h"

/* -ENOENT: no such consult. */
int store_draft_get(struct db *db, int64_t consult, json_t **ret_draft);

struct draft_new {
    int64_t       consult, author;
    int64_t       version;                      /* it was written on; 0: on nothing                   */
    const json_t *body;                         /* an object, lent                                    */
};
/* The next version; 0 also when it is what that author has just saved. -ESTALE: another stands there. */
int store_draft_put(struct db *db, const struct draft_new *draft);

#endif
