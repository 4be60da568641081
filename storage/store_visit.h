/* store_visit.h - an appointment and the consult it becomes. */
#ifndef STORAGE_STORE_VISIT_H
#define STORAGE_STORE_VISIT_H

#include "storage/store_appointment.h"

/* The consult of an appointment: a new one, open, with its two participants, or the one there is. Who left
 * and comes back within the grace has his place again, else he is the last. */
int store_visit_open(struct db *db, int64_t appointment, int64_t user, int64_t *ret_consult);
/* He has left the waiting room. */
int store_visit_left(struct db *db, int64_t consult);
/* The one that has not ended, and whether the doctor has come to it. -ENOENT. */
int store_visit_find(struct db *db, int64_t appointment, int64_t *ret_consult, bool *ret_begun);
/* Did its consult end by going on in person? */
int store_visit_is_referred(struct db *db, int64_t appointment, bool *ret_referred);
/* The appointment of a consult. -ENOENT: it has none. */
int store_visit_appointment(struct db *db, int64_t consult, struct appointment_access *ret_access);

#endif
