/* store_prescription_private.h - what is sealed of a prescription, and where. */
#ifndef STORAGE_STORE_PRESCRIPTION_PRIVATE_H
#define STORAGE_STORE_PRESCRIPTION_PRIVATE_H

#include "storage/store_prescription.h"

/* `what`: "rx" the items, "rx-token", "rx-review", "rx-end". */
int prescription_seal(struct db *db, const char *what, const char *id, const char *text,
                      unsigned char **ret_sealed, size_t *ret_size);
/* A column, as text that is wiped and freed by the caller; -ENOENT: NULL. */
int prescription_open(struct db *db, const char *what, const char *id, const struct db_query *q, int column,
                      char **ret_text, size_t *ret_size);

#endif
