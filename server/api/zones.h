/* zones.h - the time zones of the system, read once each. For all threads. */
#ifndef ZONES_H
#define ZONES_H

#include "clinic/zone.h"

struct zones;

struct zones *zones_new(const char *folder);    /* of TZif files; what it lacks is found out when asked */
void          zones_free(struct zones *);       /* NULL is fine                                      */

/* "Asia/Shanghai"; lent until zones_free(). NULL: there is none of that name, or its file is broken. */
const struct zone *zones_find(struct zones *, const char *name);

/* Release of the zone database, "2025b"; "" when the folder does not say. */
const char *zones_version(const struct zones *);

#endif
