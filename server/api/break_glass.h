/* break_glass.h - what the doors of an emergency share. */
#ifndef BREAK_GLASS_H
#define BREAK_GLASS_H

#include "action.h"
#include "storage/store_break_glass.h"

enum { GLASS_ID_MAX = 64 };

/* Of the asker's clinic. -ENOENT: then he has tried, and that leaves a row. */
int glass_patient_find(struct action *, struct db *, const char *id, struct glass_patient *ret_patient);
/* What he did with the record of a patient who is not his. */
int glass_audit(struct action *, struct db *, const char *what, const char *patient);

#endif
