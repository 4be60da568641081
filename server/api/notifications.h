/* notifications.h - telling users what happened, so that it is there later, too. */
#ifndef NOTIFICATIONS_H
#define NOTIFICATIONS_H

#include "storage/store_appointment.h"
#include "storage/store_notification.h"

struct action;

/* To the patient and the doctor of an Appointment that has changed, but not to who changed it. */
int notify_appointment(struct action *, struct db *, int64_t appointment, const json_t *one);

/* One user, or the desk of a clinic (its staff and admins): each once of the occasion `dedupe_key`. */
int notify_user(struct action *, struct db *, const struct notification_new *);
int notify_desk(struct action *, struct db *, int64_t clinic, struct notification_new);
/* Doctor and patient of a consult, but not who did it. */
int notify_consult(struct action *, struct db *, int64_t consult, const char *id, const char *kind);

/* Reminders that are due; *ret_next_utc: when the next one is. -ENOENT: none ahead. */
int notify_reminders(struct action *, struct db *, int64_t *ret_next_utc);

/* To the patient: something happened to his money. `occasion`: the charge or the refund; told once.
 * `alternatives`: times that are free instead, lent; or NULL. */
int notify_payment(struct action *, struct db *, const struct appointment_access *, const char *kind,
                   const char *occasion, const json_t *alternatives);

/* He did not answer a call of this consult. */
int notify_call_missed(struct action *, struct db *, const char *consult, const char *call, const char *user);

#endif
