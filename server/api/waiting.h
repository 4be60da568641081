/* waiting.h - what the clock does to those who wait, and to consults: rows of the table in jobs.c. */
#ifndef WAITING_H
#define WAITING_H

#include "action.h"

int waiting_expire(struct action *, struct db *, int64_t *ret_next_utc);       /* text, not accepted  */
int waiting_remind(struct action *, struct db *, int64_t *ret_next_utc);       /* to accept, to sign  */
int waiting_reject(struct action *, struct db *, int64_t *ret_next_utc);       /* requests            */
int waiting_check_out(struct action *, struct db *, int64_t *ret_next_utc);    /* who left            */
int waiting_pause(struct action *, struct db *, int64_t *ret_next_utc);        /* both are gone       */
int waiting_no_show(struct action *, struct db *, int64_t *ret_next_utc);

#endif
