/* health.h - what is known of a patient's health, as he says it: of what shape it is.
 *
 * Health { allergies: [{ substance, text? }], conditions: [text], medications: [text] } */
#ifndef CLINIC_HEALTH_H
#define CLINIC_HEALTH_H

#include <jansson.h>

enum { HEALTH_LIST_MAX = 50, HEALTH_WORDS_MAX = 200 };  /* words in code points                       */

/* 0. -EINVAL: it is none, or words are missing. -EMSGSIZE: a list or words are too long. */
int health_check(const json_t *health);

#endif
