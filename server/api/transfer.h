/* transfer.h - a consult that is offered to a colleague. */
#ifndef TRANSFER_H
#define TRANSFER_H

#include "action.h"

/* Adds the offer that stands, if the asker is the doctor of the consult: it is not for the patient. */
int transfer_show(struct action *, struct db *, json_t *consult);
/* The consult has changed: where nobody is treated any more there is nothing to take over. */
int transfer_follow(struct action *, struct db *, int64_t consult);

#endif
