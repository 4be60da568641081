/* command.h - a program of this machine's owner gets bytes, and says by its exit status what they are. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stddef.h>
#include <stdint.h>

/* Blocks: for a pool; SIGPIPE must be ignored. `command`: words between spaces, no shell; the first is a path
 * from the root. `at` comes on its standard input, of which it may read as much as it likes; what it prints
 * goes nowhere, and of our environment it sees nothing. 0 and its exit status, 128 + number when a signal
 * ended it; -ETIMEDOUT: it was killed with all of its group; -errno when it cannot be run. */
int command_run(const char *command, const void *at, size_t size, int64_t timeout_ms, int *ret_status);

/* Can it be run? 0, -EINVAL: no path from the root, -errno. */
int command_check(const char *command);

#endif
