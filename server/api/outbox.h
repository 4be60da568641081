/* outbox.h - what other servers must be told: by the clock, until they have taken it. */
#ifndef OUTBOX_H
#define OUTBOX_H

#include "action.h"

/* The one job of it: jobs.c. */
int outbox_deliver(struct action *, struct db *, int64_t *ret_next_utc);
/* Writes an entry and wakes the clock. `take` is the body; `due_utc` 0: now. */
int outbox_add(struct action *, struct db *, const char *topic, const char *key, json_t *take,
               int64_t due_utc);

/* How it ended: action_own() of whoever notes it. The body of the answer is his input. */
struct outbox_sent {
    int64_t entry; /* that action_send() was given                     */
    int status;    /* of HTTP, or a negative errno                     */
};

#endif
