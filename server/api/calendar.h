/* calendar.h - a doctor's hours, exceptions and bookings, read for clinic/slots. */
#ifndef CALENDAR_H
#define CALENDAR_H

#include "clinic/slots.h"
#include "storage/store_schedule.h"

struct api;
struct calendar;

/* All that decides about starts in [from, to). -ENOENT: the service is not this doctor's. -EIO: his zone
 * cannot be read (logged). */
int  calendar_open(struct api *, struct db *, const struct doctor_access *, const struct store_service *,
                   int64_t from_utc, int64_t to_utc, struct calendar **ret_calendar);
void calendar_free(struct calendar *);          /* NULL is fine                                      */
const struct slots_plan *calendar_plan(const struct calendar *);

/* [{ startAt, endAt }]; NULL: no memory. */
json_t *calendar_slots(const struct slots_plan *, const int64_t *starts, size_t count);

#endif
