/* sim_twin_inside.h - what the two halves of the twin share. */
#ifndef SIM_TWIN_INSIDE_H
#define SIM_TWIN_INSIDE_H

#include "sim_twin.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct twin_socket *twin_current(struct twin_client *, int space);      /* one that leaves only last */
void                twin_all_leave(struct twin_client *, const char *reason);

#endif
