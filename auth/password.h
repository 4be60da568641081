/* password.h - passwords by scrypt. Slow on purpose: call it in a pool, two at a time (32 MiB each). */
#ifndef AUTH_PASSWORD_H
#define AUTH_PASSWORD_H

#include <stdbool.h>

enum { PASSWORD_HASH_SIZE = 128, PASSWORD_MIN = 8, PASSWORD_MAX = 128 };

struct password_cost { unsigned log_n, r, p; };
extern const struct password_cost password_cost_default;        /* 2^15, 8, 1                         */
extern const struct password_cost password_cost_test;           /* 2^10, 8, 1: for tests only         */

/* "$scrypt$ln=15,r=8,p=1$<salt>$<hash>" with a random salt. 0, -EINVAL (cost), -ENOMEM, -EIO (OpenSSL). */
int password_hash(const struct password_cost *cost, const char *password, char ret_hash[PASSWORD_HASH_SIZE]);

/* 0 right, -EACCES wrong, -EINVAL the stored text is none of ours or dearer than 2^17,16,4. `stored`
 * NULL or "" (no such user, or one without password): the same work by `cost` is done, and the answer
 * is -EACCES. */
int password_verify(const struct password_cost *cost, const char *stored, const char *password);

/* Stored with other parameters than `cost`: hash anew after a good login. */
bool password_needs_rehash(const struct password_cost *cost, const char *stored);

#endif
