/* store_visit.h - an appointment and the consult it becomes. */
#ifndef STORAGE_STORE_VISIT_H
#define STORAGE_STORE_VISIT_H

#include "storage/store_appointment.h"

/* The consult of an appointment: the one there is, or a new one, open, with its two participants. */
int store_visit_open(struct db *db, int64_t appointment, int64_t user, int64_t *ret_consult);
/* The one that has not ended. -ENOENT. */
int store_visit_find(struct db *db, int64_t appointment, int64_t *ret_consult, bool *ret_active);
/* The appointment of a consult. -ENOENT: it has none. */
int store_visit_appointment(struct db *db, int64_t consult, struct appointment_access *ret_access);

#endif
