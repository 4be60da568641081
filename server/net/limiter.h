/* limiter.h - token buckets by key in a bounded table; the key unused for longest makes room. No I/O, no
 * clock. */
#ifndef LIMITER_H
#define LIMITER_H

#include <stddef.h>
#include <stdint.h>

struct limiter;
struct limiter_rate {                           /* `burst` at once, refilled evenly over period_ms  */
    int     burst;
    int64_t period_ms;
};

/* Keys are stored as keyed hashes (seed: random), never as text. Memory grows with use, to about 64 bytes
 * a key. */
/* NULL: no memory. */
struct limiter *limiter_new(struct limiter_rate, size_t keys_max, const unsigned char seed[16]);
void            limiter_free(struct limiter *); /* NULL is fine                                     */

/* Takes `cost` (1 … burst) tokens: 0; -EAGAIN: not enough, nothing is taken, *ret_wait_ms (may be NULL)
 * says when there will be; -ENOMEM. */
int  limiter_take(struct limiter *, const void *key, size_t size, int cost, int64_t now_ms,
                  int64_t *ret_wait_ms);
/* Gives back, up to burst: a login that succeeded does not count. */
void limiter_give(struct limiter *, const void *key, size_t size, int cost, int64_t now_ms);
size_t limiter_keys(const struct limiter *);

#endif
