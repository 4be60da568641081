/* store_reconcile.h - do ledger, orders, outbox and the provider's books say the same? */
#ifndef STORAGE_STORE_RECONCILE_H
#define STORAGE_STORE_RECONCILE_H

#include "storage/db.h"

/* Every difference: [{ what, object, amountMinor, expectedMinor }], empty when all agree. What is still under
 * way (a webhook or a refund that waits in the outbox) is one, too, and says so by its own row
 * "outbox-waiting". Reads one snapshot when called in a transaction. */
int store_reconcile(struct db *db, json_t **ret_differences);

#endif
