/* audit_command.h - `consultd audit verify`. */
#ifndef AUDIT_COMMAND_H
#define AUDIT_COMMAND_H

int audit_command(int argc, char **argv);       /* argv[0] is "audit"; the exit status: 0, 1 found, 2 usage */

#endif
