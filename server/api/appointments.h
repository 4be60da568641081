/* appointments.h - what the files about appointments share. */
#ifndef APPOINTMENTS_H
#define APPOINTMENTS_H

#include "storage/store_appointment.h"

struct action;

enum { APPOINTMENT_HOLD_S = 600, APPOINTMENT_REASON_MAX = 800 };

/* appointment:changed to its patient and its doctor; as the answer, too, if `answers`. */
int appointment_tell(struct action *, struct db *, int64_t appointment, bool answers);

/* Moves the appointment of the action, leaves a row in the audit, tells and answers. Member `version`
 * (If-Match) is taken before: appointment_version(), -ESTALE when it is no longer that one. */
int appointment_version(struct action *);
int appointment_move(struct action *, struct db *, const char *to, const char *reason);

/* The consult has moved, and its appointment, if it has one, with it. */
int appointment_follow(struct action *, struct db *, int64_t consult, const char *to);

/* Ends the holds whose time is over, of this doctor or patient (0, 0: all), and tells. */
int appointment_holds_expire(struct action *, struct db *, int64_t doctor, int64_t patient);

#endif
