/* leave.h - what the two files about a doctor's leave share. */
#ifndef LEAVE_H
#define LEAVE_H

#include "storage/store_leave.h"

struct action;

struct leave_span {
    int64_t start_utc, end_utc;
};
/* Members start and end: a year at most, and not over yet. -EINVAL. */
int leave_span_take(struct action *, struct db *, struct leave_span *ret_span);

/* One of whom it meets, as the clinic sees it: keeps. */
int leave_affected_find(struct db *, const json_t *id, struct appointment_access *ret_appointment);

/* Money { amount, currency } that calling it off gives back: what was paid for it. */
int leave_refund(struct db *, const struct appointment_access *, json_t **ret_money);

int leave_audit(struct action *, struct db *, const char *what, const char *leave_id);

/* Answers with the leave, and `list` (lent) as its member `name`. */
int leave_answer(struct action *, struct db *, int64_t leave, const char *name, json_t *list);

int leave_undo(struct action *, struct db *);

/* Whom it would meet, and what may become of each. Reads only. */
int leave_preview(struct action *, struct db *);

#endif
