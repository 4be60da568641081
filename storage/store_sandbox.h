/* store_sandbox.h - the books of the payment sandbox, which plays another company. */
#ifndef STORAGE_STORE_SANDBOX_H
#define STORAGE_STORE_SANDBOX_H

#include "storage/db.h"

struct sandbox_charge {
    const char *session, *order, *currency; /* order: as the merchant calls it                    */
    int64_t amount_minor, settles_utc; /* known to nobody before                              */
    bool silent;                       /* nothing of its session is told, only answered       */
};
/* Somebody has paid. */
int store_sandbox_charge_add(struct db *db, const struct sandbox_charge *charge, char ret_id[DB_ID_SIZE]);
int store_sandbox_paid(struct db *db, const char *session, int64_t *ret_minor); /* charged, not given back */
/* 1 given back, 0 this key was there. -EINVAL: more than was paid; that is kept, too. */
int store_sandbox_refund_add(struct db *db, const char *key, const char *session, int64_t amount_minor);
int store_sandbox_is_silent(struct db *db, const char *session, bool *ret_silent);
/* What is known of a session: [{ charge, amount, currency }], [{ refund, state }]. */
int store_sandbox_charges(struct db *db, const char *session, json_t **ret_charges);
int store_sandbox_refunds(struct db *db, const char *session, json_t **ret_refunds);

#endif
