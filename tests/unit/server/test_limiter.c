/* test_limiter.c - token buckets against a naive twin, and the table's bound. */
#include <errno.h>
#include <stdio.h>

#include "limiter.h"
#include "test.h"

static const unsigned char seed[16] = { 1, 2, 3 };

static int take(struct limiter *l, const char *key, int cost, int64_t now_ms)
{
    return limiter_take(l, key, strlen(key), cost, now_ms, NULL);
}

TEST(limiter, gives_a_burst_then_says_when_there_is_more)
{
    struct limiter *l = limiter_new((struct limiter_rate){ 3, 3000 }, 10, seed);
    int64_t wait_ms = -1;

    for (int i = 0; i < 3; i++)
        CHECK_INT(take(l, "a", 1, 5000), 0);
    CHECK_INT(limiter_take(l, "a", 1, 1, 5000, &wait_ms), -EAGAIN);
    CHECK_INT(wait_ms, 1000);
    CHECK_INT(limiter_take(l, "a", 1, 1, 5999, &wait_ms), -EAGAIN);
    CHECK_INT(wait_ms, 1);
    CHECK_INT(take(l, "a", 1, 6000), 0);
    CHECK_INT(take(l, "a", 1, 6000), -EAGAIN);
    limiter_free(l);
}

TEST(limiter, never_has_more_than_a_burst)
{
    struct limiter *l = limiter_new((struct limiter_rate){ 2, 100 }, 10, seed);

    CHECK_INT(take(l, "a", 1, 0), 0);
    CHECK_INT(take(l, "a", 2, 1000000), 0);
    CHECK_INT(take(l, "a", 1, 1000000), -EAGAIN);
    limiter_free(l);
}

TEST(limiter, takes_nothing_when_it_refuses)
{
    struct limiter *l = limiter_new((struct limiter_rate){ 5, 5000 }, 10, seed);
    int64_t wait_ms = 0;

    CHECK_INT(take(l, "a", 3, 0), 0);
    CHECK_INT(limiter_take(l, "a", 1, 5, 0, &wait_ms), -EAGAIN);
    CHECK_INT(wait_ms, 3000);
    CHECK_INT(take(l, "a", 2, 0), 0);
    CHECK_INT(take(l, "a", 1, 0), -EAGAIN);
    limiter_free(l);
}

TEST(limiter, keeps_keys_apart)
{
    struct limiter *l = limiter_new((struct limiter_rate){ 1, 1000 }, 10, seed);

    CHECK_INT(take(l, "a", 1, 0), 0);
    CHECK_INT(take(l, "b", 1, 0), 0);
    CHECK_INT(limiter_take(l, "a\0b", 3, 1, 0, NULL), 0);
    CHECK_INT(limiter_take(l, "", 0, 1, 0, NULL), 0);
    CHECK_INT(take(l, "a", 1, 0), -EAGAIN);
    CHECK_INT(limiter_keys(l), 4);
    limiter_free(l);
}

TEST(limiter, gives_back_up_to_a_burst)
{
    struct limiter *l = limiter_new((struct limiter_rate){ 2, 2000 }, 10, seed);

    CHECK_INT(take(l, "a", 2, 0), 0);
    limiter_give(l, "a", 1, 1, 0);
    CHECK_INT(take(l, "a", 1, 0), 0);
    CHECK_INT(take(l, "a", 1, 0), -EAGAIN);
    limiter_give(l, "a", 1, 2, 0);
    limiter_give(l, "a", 1, 2, 0);
    limiter_give(l, "nobody", 6, 1, 0);
    CHECK_INT(take(l, "a", 2, 0), 0);
    CHECK_INT(take(l, "a", 1, 0), -EAGAIN);
    limiter_free(l);
}

TEST(limiter, does_not_round_a_rate_that_does_not_divide)
{
    struct limiter *l = limiter_new((struct limiter_rate){ 7, 1000 }, 10, seed);
    int taken = 0;

    CHECK_INT(take(l, "a", 7, 0), 0);
    for (int64_t now_ms = 1; now_ms <= 100000; now_ms++)
        taken += take(l, "a", 1, now_ms) == 0;
    CHECK_INT(taken, 700);
    limiter_free(l);
}

TEST(limiter, lets_the_key_unused_for_longest_make_room)
{
    struct limiter *l = limiter_new((struct limiter_rate){ 1, 1000 }, 3, seed);

    CHECK_INT(take(l, "a", 1, 0), 0);
    CHECK_INT(take(l, "b", 1, 0), 0);
    CHECK_INT(take(l, "c", 1, 0), 0);
    CHECK_INT(take(l, "a", 1, 0), -EAGAIN);     /* a refusal is a use too                           */
    CHECK_INT(take(l, "d", 1, 0), 0);           /* b goes                                           */
    CHECK_INT(limiter_keys(l), 3);
    CHECK_INT(take(l, "a", 1, 0), -EAGAIN);
    CHECK_INT(take(l, "c", 1, 0), -EAGAIN);
    CHECK_INT(take(l, "b", 1, 0), 0);           /* now d was unused for longest                     */
    CHECK_INT(take(l, "d", 1, 0), 0);
    limiter_free(l);
}

/* The twin: tokens of each key in an array, a use counter beside them, all in fractions of a token. */

enum { KEYS = 40, KEYS_MAX = 16, BURST = 5, PERIOD_MS = 700, STEPS = 200000 };
struct twin { int64_t parts[KEYS], at_ms[KEYS], used[KEYS], uses; };       /* used 0: not in the table */

static void twin_enter(struct twin *t, int key)
{
    int in = 0, oldest = -1;

    for (int i = 0; i < KEYS; i++)
        if (t->used[i] > 0) {
            in++;
            oldest = oldest < 0 || t->used[i] < t->used[oldest] ? i : oldest;
        }
    if (t->used[key] == 0 && in == KEYS_MAX)
        t->used[oldest] = 0;
    if (t->used[key] == 0)
        t->parts[key] = (int64_t)BURST * PERIOD_MS;
    t->used[key] = ++t->uses;
}

static void twin_fill(struct twin *t, int key, int64_t now_ms, int64_t gift)
{
    t->parts[key] += (now_ms - t->at_ms[key]) * BURST + gift * PERIOD_MS;
    if (t->parts[key] > (int64_t)BURST * PERIOD_MS)
        t->parts[key] = (int64_t)BURST * PERIOD_MS;
    t->at_ms[key] = now_ms;
}

static int twin_take(struct twin *t, int key, int cost, int64_t now_ms)
{
    twin_enter(t, key);
    twin_fill(t, key, now_ms, 0);
    if (t->parts[key] < (int64_t)cost * PERIOD_MS)
        return -EAGAIN;
    t->parts[key] -= (int64_t)cost * PERIOD_MS;
    return 0;
}

static uint32_t next(uint32_t *dice)
{
    *dice = *dice * 1664525 + 1013904223;
    return *dice >> 8;
}

TEST(limiter, agrees_with_a_naive_twin)
{
    struct limiter *l = limiter_new((struct limiter_rate){ BURST, PERIOD_MS }, KEYS_MAX, seed);
    struct twin t = { .uses = 0 };
    uint32_t dice = 7;
    int64_t now_ms = 1000;

    for (int i = 0; i < STEPS; i++) {
        int key = (int)(next(&dice) % (i % 2 == 0 ? KEYS : 8)), cost = (int)(next(&dice) % BURST) + 1;

        now_ms += next(&dice) % 3 == 0 ? next(&dice) % 300 : 0;
        if (next(&dice) % 5 == 0) {
            limiter_give(l, &key, sizeof key, cost, now_ms);
            if (t.used[key] > 0)
                twin_fill(&t, key, now_ms, cost);
        } else {
            CHECK_INT(limiter_take(l, &key, sizeof key, cost, now_ms, NULL),
                      twin_take(&t, key, cost, now_ms));
        }
        CHECK(limiter_keys(l) <= KEYS_MAX);
    }
    limiter_free(l);
}

TEST(limiter, waits_as_long_as_it_says)
{
    struct limiter *l = limiter_new((struct limiter_rate){ 7, 1000 }, 4, seed);
    uint32_t dice = 3;
    int64_t now_ms = 0, wait_ms = 0;

    for (int i = 0; i < 10000; i++) {
        int cost = (int)(next(&dice) % 7) + 1;

        if (limiter_take(l, "a", 1, cost, now_ms, &wait_ms) == 0)
            continue;
        CHECK_INT(limiter_take(l, "a", 1, cost, now_ms + wait_ms - 1, NULL), -EAGAIN);
        now_ms += wait_ms;
        CHECK_INT(limiter_take(l, "a", 1, cost, now_ms, NULL), 0);
    }
    limiter_free(l);
}

TEST(limiter, holds_many_keys)
{
    enum { MANY = 100000 };
    struct limiter *l = limiter_new((struct limiter_rate){ 1, 1000 }, MANY, seed);

    for (int i = 0; i < MANY + 1000; i++)
        CHECK_INT(limiter_take(l, &i, sizeof i, 1, 0, NULL), 0);
    CHECK_INT(limiter_keys(l), MANY);
    for (int i = 1000; i < MANY + 1000; i += 997)
        CHECK_INT(limiter_take(l, &i, sizeof i, 1, 0, NULL), -EAGAIN);
    limiter_free(l);
    limiter_free(NULL);
}
