/* parse.h - numbers from text, strictly: the whole text, no blanks, no sign but '-', no overflow. */
#ifndef PARSE_H
#define PARSE_H

#include <stdbool.h>
#include <stdint.h>

int parse_int(const char *text, int64_t min, int64_t max, int64_t *ret_value);  /* -EINVAL, -ERANGE */
int parse_bool(const char *text, bool *ret_value);      /* true false yes no on off 1 0; -EINVAL    */

#endif
