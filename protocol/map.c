/* map.c - open addressing with linear probing; removed entries leave graves, so that walks stay valid. */
#include "map.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_MIN = 8 };

static const char grave;                        /* its address is the key of a removed entry        */

static inline uint64_t rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

/* Little-endian, at most 8 bytes; a constant size of 8 becomes one load. */
static inline uint64_t load64(const unsigned char *at, size_t size)
{
    uint64_t x = 0;

    if (size == 8)
        return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24
             | (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
    for (size_t i = size; i-- > 0;)
        x = x << 8 | at[i];
    return x;
}

struct sip { uint64_t a, b, c, d; };            /* v0 to v3 of the paper: in registers              */

static inline void sip_round(struct sip *v)
{
    v->a += v->b;
    v->b = rotate(v->b, 13) ^ v->a;
    v->a = rotate(v->a, 32);
    v->c += v->d;
    v->d = rotate(v->d, 16) ^ v->c;
    v->a += v->d;
    v->d = rotate(v->d, 21) ^ v->a;
    v->c += v->b;
    v->b = rotate(v->b, 17) ^ v->c;
    v->c = rotate(v->c, 32);
}

static inline void sip_word(struct sip *v, uint64_t word)
{
    v->d ^= word;
    sip_round(v);
    sip_round(v);
    v->a ^= word;
}

/* Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012. */
uint64_t map_hash(const uint64_t seed[2], struct ws_bytes key)
{
    struct sip v = { seed[0] ^ 0x736f6d6570736575u, seed[1] ^ 0x646f72616e646f6du,
                     seed[0] ^ 0x6c7967656e657261u, seed[1] ^ 0x7465646279746573u };
    const unsigned char *at = key.at;
    size_t left = key.size;

    for (; left >= 8; at += 8, left -= 8)
        sip_word(&v, load64(at, 8));
    sip_word(&v, load64(at, left) | (uint64_t)key.size << 56);

    v.c ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(&v);
    return v.a ^ v.b ^ v.c ^ v.d;
}

struct ws_bytes map_key(const char *text)
{
    return (struct ws_bytes){ text, strlen(text) };
}

void map_init(struct map *m, const unsigned char seed[16])
{
    *m = (struct map){ .seed = { load64(seed, 8), load64(seed + 8, 8) } };
}

void map_finish(struct map *m)
{
    free(m->slots);
    *m = (struct map){ .seed = { m->seed[0], m->seed[1] } };
}

static bool is_entry(const struct map_slot *slot)
{
    return slot->key != NULL && slot->key != &grave;
}

static bool is_key(const struct map_slot *slot, uint64_t hash, struct ws_bytes key)
{
    return is_entry(slot) && slot->hash == hash && slot->key_size == key.size
           && (key.size == 0 || memcmp(slot->key, key.at, key.size) == 0);
}

/* The slot of the key, or NULL. There is always a free slot, so the walk ends. */
static struct map_slot *slot_find(const struct map *m, uint64_t hash, struct ws_bytes key)
{
    size_t mask = m->capacity - 1;

    if (m->size == 0)
        return NULL;
    for (size_t i = hash & mask; m->slots[i].key != NULL; i = (i + 1) & mask)
        if (is_key(&m->slots[i], hash, key))
            return &m->slots[i];
    return NULL;
}

/* The first slot without an entry on the key's way. */
static struct map_slot *slot_free(struct map_slot *slots, size_t capacity, uint64_t hash)
{
    size_t i = hash & (capacity - 1);

    while (is_entry(&slots[i]))
        i = (i + 1) & (capacity - 1);
    return &slots[i];
}

/* Makes new slots without graves, at most half full. */
static int rehash(struct map *m)
{
    size_t capacity = CAPACITY_MIN;
    struct map_slot *slots;

    while (capacity < (m->size + 1) * 2)
        capacity *= 2;
    slots = calloc(capacity, sizeof *slots);
    if (slots == NULL)
        return -ENOMEM;

    for (size_t i = 0; i < m->capacity; i++)
        if (is_entry(&m->slots[i]))
            *slot_free(slots, capacity, m->slots[i].hash) = m->slots[i];
    free(m->slots);
    m->slots = slots;
    m->capacity = capacity;
    m->used = m->size;
    return 0;
}

int map_add(struct map *m, struct ws_bytes key, void *value)
{
    uint64_t hash = map_hash(m->seed, key);
    struct map_slot *slot;

    assert(value != NULL && key.at != NULL);
    if (slot_find(m, hash, key) != NULL)
        return -EEXIST;
    if (m->used + 1 > m->capacity / 4 * 3) {
        int err = rehash(m);

        if (err)
            return err;
    }
    slot = slot_free(m->slots, m->capacity, hash);
    if (slot->key == NULL)
        m->used++;
    *slot = (struct map_slot){ key.at, key.size, hash, value };
    m->size++;
    assert(m->size <= m->used && m->used < m->capacity);
    return 0;
}

void *map_find(const struct map *m, struct ws_bytes key)
{
    const struct map_slot *slot = m->size == 0 ? NULL : slot_find(m, map_hash(m->seed, key), key);

    return slot == NULL ? NULL : slot->value;
}

void *map_remove(struct map *m, struct ws_bytes key)
{
    struct map_slot *slot = m->size == 0 ? NULL : slot_find(m, map_hash(m->seed, key), key);
    void *value;

    if (slot == NULL)
        return NULL;
    value = slot->value;
    *slot = (struct map_slot){ .key = &grave };
    m->size--;
    return value;
}

void *map_next(const struct map *m, size_t *cursor)
{
    while (*cursor < m->capacity) {
        const struct map_slot *slot = &m->slots[(*cursor)++];

        if (is_entry(slot))
            return slot->value;
    }
    return NULL;
}
