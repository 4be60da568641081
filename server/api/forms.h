/* forms.h - the form before a visit, in its consult. */
#ifndef FORMS_H
#define FORMS_H

#include <stdint.h>

struct action;
struct db;

/* What was answered is a card of the patient's, once; nothing when nothing was. */
int form_say(struct action *, struct db *, int64_t appointment, int64_t consult);

#endif
