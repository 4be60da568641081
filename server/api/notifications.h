/* notifications.h - telling users what happened, so that it is there later, too. */
#ifndef NOTIFICATIONS_H
#define NOTIFICATIONS_H

#include "storage/store_appointment.h"

struct action;

/* To the patient and the doctor of an Appointment that has changed, but not to who changed it. */
int notify_appointment(struct action *, struct db *, int64_t appointment, const json_t *one);

/* Reminders that are due; *ret_next_utc: when the next one is. -ENOENT: none ahead. */
int notify_reminders(struct action *, struct db *, int64_t *ret_next_utc);

/* To the patient: something happened to his money. `occasion`: the charge or the refund; told once. */
int notify_payment(struct action *, struct db *, const struct appointment_access *, const char *kind,
                   const char *occasion);

#endif
