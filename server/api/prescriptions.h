/* prescriptions.h - what happens to a prescription, and who hears of it. */
#ifndef PRESCRIPTIONS_H
#define PRESCRIPTIONS_H

#include "action.h"
#include "storage/store_prescription.h"

/* `prescription:changed` to its doctor, to the pharmacists of its clinic, and to the patient's side once it
 * was approved; notices by its state. Reads it anew. */
int prescription_tell(struct action *, struct db *, const char *id);
/* To a state in which it is over; by the asker, or the clock. reason: or NULL. */
int prescription_end(struct action *, struct db *, const struct prescription_row *, const char *state,
                     const char *reason);
/* Of jobs.c: approved ones whose time is over. */
int prescriptions_expire(struct action *, struct db *, int64_t *ret_next_utc);

#endif
