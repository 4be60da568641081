/* user_command.h - `consultd user …`: people who cannot register themselves. */
#ifndef USER_COMMAND_H
#define USER_COMMAND_H

int user_command(int argc, char **argv);        /* an exit status                                    */

#endif
