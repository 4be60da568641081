/* message_search.h - what was said before there was a search is made ready for it. */
#ifndef MESSAGE_SEARCH_H
#define MESSAGE_SEARCH_H

#include "action.h"

int search_backlog(struct action *, struct db *, int64_t *ret_next_utc);        /* for jobs.c          */

#endif
