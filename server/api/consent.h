/* consent.h - has somebody agreed to all that is in force? */
#ifndef CONSENT_H
#define CONSENT_H

#include "action.h"

/* The patient of the appointment, in its clinic. -EKEYREJECTED: the error says what is missing. */
int consent_check(struct action *, struct db *, const struct appointment_access *appointment);

#endif
