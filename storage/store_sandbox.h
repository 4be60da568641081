/* store_sandbox.h - the books of the payment sandbox, which plays another company. */
#ifndef STORAGE_STORE_SANDBOX_H
#define STORAGE_STORE_SANDBOX_H

#include "storage/db.h"

struct sandbox_charge {
    const char *session, *order, *currency; /* order: as the merchant calls it                    */
    int64_t amount_minor;
};
/* Somebody has paid. */
int store_sandbox_charge_add(struct db *db, const struct sandbox_charge *charge, char ret_id[DB_ID_SIZE]);
int store_sandbox_paid(struct db *db, const char *session, int64_t *ret_minor); /* charged, not given back */
/* 1 given back, 0 this key was there. -EINVAL: more than was paid. */
int store_sandbox_refund_add(struct db *db, const char *key, const char *session, int64_t amount_minor);

#endif
