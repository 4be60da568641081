/* limiter.c - a bucket is one number: the moment it will be full again. So that no division rounds, moments
 * are counted in steps of 1/burst ms, in which one token takes exactly period_ms steps to come back. */
#include "limiter.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"

#define NOBODY UINT32_MAX

enum { ROOM_FIRST = 64, BURST_MAX = 1000000 };

static const int64_t period_ms_max = 1000LL * 60 * 60 * 24 * 400;

struct bucket {                                 /* places in the table, not pointers: it moves      */
    uint64_t hash;
    int64_t  full_step;
    uint32_t same_chain, newer, older;
};

struct limiter {
    struct limiter_rate rate;
    uint64_t       seed[2];
    struct bucket *all;
    uint32_t      *chains;                      /* as many as there is room for buckets             */
    uint32_t       count, room, count_max;
    uint32_t       newest, oldest;
};

struct limiter *limiter_new(struct limiter_rate rate, size_t keys_max, const unsigned char seed[16])
{
    struct limiter *l = calloc(1, sizeof *l);

    assert(rate.burst > 0 && rate.burst <= BURST_MAX);
    assert(rate.period_ms > 0 && rate.period_ms <= period_ms_max);
    assert(keys_max > 0 && keys_max < NOBODY / 2);
    if (l == NULL)
        return NULL;
    l->rate = rate;
    l->count_max = (uint32_t)keys_max;
    l->newest = l->oldest = NOBODY;
    memcpy(l->seed, seed, sizeof l->seed);
    return l;
}

void limiter_free(struct limiter *l)
{
    if (l == NULL)
        return;
    free(l->all);
    free(l->chains);
    free(l);
}

size_t limiter_keys(const struct limiter *l)
{
    return l->count;
}

/* The chains: which bucket has this hash? Room is a power of two. */

static uint32_t *chain_of(const struct limiter *l, uint64_t hash)
{
    return &l->chains[hash & (l->room - 1)];
}

static void chain_add(struct limiter *l, uint32_t at)
{
    uint32_t *chain = chain_of(l, l->all[at].hash);

    l->all[at].same_chain = *chain;
    *chain = at;
}

static void chain_remove(struct limiter *l, uint32_t at)
{
    uint32_t *link = chain_of(l, l->all[at].hash);

    while (*link != at)
        link = &l->all[*link].same_chain;
    *link = l->all[at].same_chain;
}

static uint32_t find(const struct limiter *l, uint64_t hash)
{
    uint32_t at = l->room > 0 ? *chain_of(l, hash) : NOBODY;

    while (at != NOBODY && l->all[at].hash != hash)
        at = l->all[at].same_chain;
    return at;
}

/* The order of use. */

static void order_remove(struct limiter *l, uint32_t at)
{
    struct bucket *b = &l->all[at];

    *(b->newer != NOBODY ? &l->all[b->newer].older : &l->newest) = b->older;
    *(b->older != NOBODY ? &l->all[b->older].newer : &l->oldest) = b->newer;
}

static void order_add(struct limiter *l, uint32_t at)
{
    l->all[at].newer = NOBODY;
    l->all[at].older = l->newest;
    *(l->newest != NOBODY ? &l->all[l->newest].newer : &l->oldest) = at;
    l->newest = at;
}

/* Making room. */

static int grow(struct limiter *l)
{
    uint32_t room = l->room == 0 ? ROOM_FIRST : l->room * 2;
    struct bucket *all = realloc(l->all, room * sizeof *all);
    uint32_t *chains;

    if (all == NULL)
        return -ENOMEM;
    l->all = all;
    chains = realloc(l->chains, room * sizeof *chains);
    if (chains == NULL)
        return -ENOMEM;

    l->chains = chains;
    l->room = room;
    for (uint32_t i = 0; i < room; i++)
        chains[i] = NOBODY;
    for (uint32_t i = 0; i < l->count; i++)
        chain_add(l, i);
    return 0;
}

/* A place of nobody: a new one, or that of the key unused for longest. */
static int take_place(struct limiter *l, uint32_t *ret_at)
{
    if (l->count == l->count_max) {
        *ret_at = l->oldest;
        chain_remove(l, l->oldest);
        order_remove(l, l->oldest);
        return 0;
    }
    if (l->count == l->room && grow(l) != 0)
        return -ENOMEM;
    *ret_at = l->count++;
    return 0;
}

/* The bucket of a key, now the newest; a key we do not know has a full one. */
static int use(struct limiter *l, uint64_t hash, struct bucket **ret_bucket)
{
    uint32_t at = find(l, hash);

    if (at != NOBODY)
        order_remove(l, at);
    else if (take_place(l, &at) != 0)
        return -ENOMEM;
    else {
        l->all[at] = (struct bucket){ .hash = hash, .full_step = INT64_MIN };
        chain_add(l, at);
    }
    order_add(l, at);
    *ret_bucket = &l->all[at];
    return 0;
}

/* Tokens. */

int limiter_take(struct limiter *l, const void *key, size_t size, int cost, int64_t now_ms,
                 int64_t *ret_wait_ms)
{
    int64_t now_step = now_ms * l->rate.burst, full_step, late_steps;
    struct bucket *b;
    int err;

    assert(cost >= 1 && cost <= l->rate.burst && now_ms >= 0);
    err = use(l, map_hash(l->seed, (struct ws_bytes){ key, size }), &b);
    if (err)
        return err;
    full_step = b->full_step > now_step ? b->full_step : now_step;
    full_step += cost * l->rate.period_ms;
    late_steps = full_step - now_step - l->rate.burst * l->rate.period_ms;
    if (late_steps > 0) {
        if (ret_wait_ms != NULL)
            *ret_wait_ms = (late_steps + l->rate.burst - 1) / l->rate.burst;
        return -EAGAIN;
    }
    b->full_step = full_step;
    return 0;
}

void limiter_give(struct limiter *l, const void *key, size_t size, int cost, int64_t now_ms)
{
    uint32_t at = find(l, map_hash(l->seed, (struct ws_bytes){ key, size }));

    assert(cost >= 1 && cost <= l->rate.burst);
    if (at != NOBODY && l->all[at].full_step > now_ms * l->rate.burst)
        l->all[at].full_step -= cost * l->rate.period_ms;
}
