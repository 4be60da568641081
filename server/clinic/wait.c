/* wait.c - how long somebody will wait. */
#include "wait.h"

#include <assert.h>
#include <stdlib.h>

static int by_size(const void *a, const void *b)
{
    const int64_t *one = a, *other = b;

    return (*one > *other) - (*one < *other);
}

static int64_t clamp(int64_t value)
{
    return value > 0 ? value : 0;
}

struct wait wait_of_sample(int64_t *seconds, int count)
{
    assert(count >= 0);
    if (count < WAIT_SAMPLE_MIN)
        return (struct wait){ 0 };
    qsort(seconds, (size_t)count, sizeof *seconds, by_size);
    return (struct wait){ true, clamp(seconds[(count - 1) / 4]),
                          clamp(seconds[count - 1 - (count - 1) / 4]) };
}

struct wait wait_left(struct wait whole, int64_t elapsed_s)
{
    return (struct wait){ whole.known, clamp(whole.low_s - elapsed_s), clamp(whole.high_s - elapsed_s) };
}

struct wait wait_sum(struct wait first, struct wait then)
{
    if (!first.known || !then.known)
        return (struct wait){ 0 };
    return (struct wait){ true, first.low_s + then.low_s, first.high_s + then.high_s };
}

struct wait wait_floor(struct wait wait, int64_t earliest_s)
{
    if (wait.low_s < earliest_s)
        wait.low_s = earliest_s;
    if (wait.high_s < earliest_s)
        wait.high_s = earliest_s;
    return wait;
}
