/* store_transfer.h - a consult is offered to a colleague of its doctor.
 *
 * Transfer { doctor: { id, name }, from: { id, name }, patient: { id, name }, kind, reason, offeredAt }
 *          doctor: to whom; kind: of the consult. For these two doctors' eyes only. */
#ifndef STORAGE_STORE_TRANSFER_H
#define STORAGE_STORE_TRANSFER_H

#include "storage/store_consult.h"

enum { STORE_TRANSFER_REASON_MAX = 500 };       /* code points                                        */

struct transfer_row {
    int64_t id, consult, from, to;
    char    from_id[DB_ID_SIZE], to_id[DB_ID_SIZE];     /* public ids                                 */
};
/* The one that stands. -ENOENT. */
int store_transfer_find(struct db *db, int64_t consult, struct transfer_row *ret_transfer);
/* As store_consult_access(), of whom it is offered to. */
int store_transfer_access(struct db *db, const char *consult, int64_t user,
                          struct consult_access *ret_access);

struct transfer_new { int64_t consult, from, to; const char *reason; };
/* -EEXIST: one stands. -EINVAL, -EMSGSIZE: the reason. */
int store_transfer_offer(struct db *db, const struct transfer_new *transfer);
int store_transfer_end(struct db *db, const struct transfer_row *transfer, const char *outcome);
/* The consult is the colleague's, and its appointment, beside whatever else he has then. */
int store_transfer_take(struct db *db, const struct transfer_row *transfer);

/* Transfer that stands. -ENOENT. */
int store_transfer_get(struct db *db, int64_t consult, json_t **ret_transfer);
/* [{ consult, transfer }] offered to this doctor, the oldest first, a hundred at most. */
int store_transfer_list(struct db *db, int64_t doctor, json_t **ret_items);

#endif
