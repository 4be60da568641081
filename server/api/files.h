/* files.h - what the clock does with files: jobs.c. */
#ifndef FILES_H
#define FILES_H

#include "action.h"

/* Who began to upload, or never sent it, and left. */
int files_expire(struct action *, struct db *, int64_t *ret_next_utc);

#endif
