/* store_health.h - what is known of a patient's health, sealed; who may know it.
 *
 * Health { version, patient: { id, name, birthDate?, verifiedAt? }, … as it was put } */
#ifndef STORAGE_STORE_HEALTH_H
#define STORAGE_STORE_HEALTH_H

#include "storage/db.h"

/* The row of a patient, if the user acts for him, or treats him in a consult that is going on. -ENOENT. */
int store_health_access(struct db *db, const char *patient, int64_t user, int64_t *ret_patient);

/* version 0: nothing was said. -ENOENT. */
int store_health_get(struct db *db, int64_t patient, json_t **ret_health);
/* Of the consult's patient. */
int store_health_of(struct db *db, int64_t consult, json_t **ret_health);

struct health_new { int64_t patient, by, version; const json_t *body; };       /* lent; version: written on */
int store_health_put(struct db *db, const struct health_new *health);   /* -ESTALE: another stands there  */

#endif
