/* store_patient.h - who a patient is, as far as a clinic's desk has checked it.
 *
 * KnownPatient { id, name, relation, birthDate?, realName?, verifiedAt? } */
#ifndef STORAGE_STORE_PATIENT_H
#define STORAGE_STORE_PATIENT_H

#include "storage/db.h"

enum { STORE_REAL_NAME_MAX = 100 };             /* code points                                        */

/* KnownPatient. -ENOENT: none, or removed by who acted for him. */
int store_patient_get(struct db *db, const char *public_id, json_t **ret_patient);
/* Seen by this name, which is sealed. -ENOENT. -EINVAL, -EMSGSIZE: the name. */
int store_patient_verify(struct db *db, const char *public_id, const char *real_name);
/* 0: he has been. -ENOKEY. */
int store_patient_verified_check(struct db *db, int64_t patient);

#endif
