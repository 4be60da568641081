/* store_appointment.h - who is expected when. */
#ifndef STORAGE_STORE_APPOINTMENT_H
#define STORAGE_STORE_APPOINTMENT_H

#include "storage/db.h"

/* What keeps a doctor from being booked in [from, to): [{ begin, end, free }] in seconds, free with the
 * buffer. Holds that have expired do not count, whether the clock's job has been there or not. */
int store_appointment_busy(struct db *db, int64_t doctor, int64_t from_utc, int64_t to_utc,
                           json_t **ret_busy);

#endif
