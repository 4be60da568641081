/* demo.h - `--demo`: a clinic to try things in. */
#ifndef DEMO_H
#define DEMO_H

struct config;
struct store;

/* Fills an empty data folder and marks it; a marked one is used again as it is; one that holds other data is
 * refused with -EEXIST. Prints the logins. */
int demo_fill(struct store *, const struct config *);

#endif
