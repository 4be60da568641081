/* consults.h - what more than one resource publishes about a consult. */
#ifndef CONSULTS_H
#define CONSULTS_H

#include "action.h"

/* unread:changed to every participant but `but` (a public id, or NULL): in the room or not. */
int consult_publish_unread(struct action *a, struct db *db, int64_t consult, const char *but);

/* consult:changed to everybody who takes part, wherever they are. */
int consult_publish_changed(struct action *, struct db *, int64_t consult);


#endif
