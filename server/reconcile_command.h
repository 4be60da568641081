/* reconcile_command.h - `consultd reconcile`: do the books agree? */
#ifndef RECONCILE_COMMAND_H
#define RECONCILE_COMMAND_H

/* 0 they do; 1 they do not, each difference a line on standard output, or it could not be found out; 2
 * misused. */
int reconcile_command(int argc, char **argv);

#endif
