/* demo.h - `--demo`: a clinic to try things in. */
#ifndef DEMO_H
#define DEMO_H

#include <stddef.h>
#include <stdint.h>

struct config;
struct db;
struct store;
struct store_user;

/* Fills an empty data folder and marks it; a marked one is used again as it is; one that holds other data is
 * refused with -EEXIST. Prints the logins. */
int demo_fill(struct store *, const struct config *);

/* A part of it: departments, services, hours, appointments. The doctors are 王建国 and Emily Carter, the
 * patients 李小红 and Tom Miller. */
int demo_clinic_fill(struct db *, int64_t clinic, const struct store_user *doctors,
                     const struct store_user *patients);

/* Another: what patients agree to, and that these have. */
int demo_consents_fill(struct db *, const struct store_user *patients, size_t count);

/* Another: a prescription with the signed note of a consult, in review. */
int demo_prescription_sign(struct db *db, const char *consult, const struct store_user *doctor);

#endif
