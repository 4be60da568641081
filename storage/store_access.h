/* store_access.h - the rows of the audit, for those whose they are: the patient, and the admin of a clinic.
 *
 * Access { at, who?: User, clinic?: { id, name }, action, object, consult?, purpose? }   who: not the clock
 * Event  { …, id, patient?: { id, name }, ip?, detail? } */
#ifndef STORAGE_STORE_ACCESS_H
#define STORAGE_STORE_ACCESS_H

#include "storage/db.h"

/* What others did with the record of a patient for whom this account acts; `patient` NULL: himself. Newest
 * first: { items: [Access], nextCursor }. -ENOENT: not his. -EINVAL: bad cursor. */
int store_access_list(struct db *db, int64_t account, const char *patient, int limit, const char *cursor,
                      json_t **ret_page);

struct access_filter {
    const char *user, *patient, *action;        /* public ids; NULL: all                              */
    int64_t     from_utc, to_utc;               /* to: up to, without it                              */
};
/* Of a clinic, the newest first: { items: [Event], nextCursor }. At most ACCESS_LOOK rows are looked at, so
 * a page may be short and still have a cursor. -EINVAL: bad cursor. */
enum { ACCESS_LOOK = 5000 };
int store_access_search(struct db *db, int64_t clinic, const struct access_filter *filter, int limit,
                        const char *cursor, json_t **ret_page);

#endif
