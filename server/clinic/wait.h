/* wait.h - how long somebody will wait, from how long it took before: a range, or nothing at all. */
#ifndef CLINIC_WAIT_H
#define CLINIC_WAIT_H

#include <stdbool.h>
#include <stdint.h>

enum { WAIT_SAMPLE_MIN = 3 };                   /* fewer tell nothing                                 */

struct wait { bool known; int64_t low_s, high_s; };

/* The middle half of what was seen; sorts `seconds`. Unknown below WAIT_SAMPLE_MIN. */
struct wait wait_of_sample(int64_t *seconds, int count);
/* What is left of one that has begun so long ago. One that has run over may end at any moment. */
struct wait wait_left(struct wait whole, int64_t elapsed_s);
/* One after the other: unknown when either is. */
struct wait wait_sum(struct wait first, struct wait then);
/* Not before then: nobody is promised to be called ahead of his time. */
struct wait wait_floor(struct wait wait, int64_t earliest_s);

#endif
