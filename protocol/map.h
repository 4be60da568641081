/* map.h - a map from byte strings to pointers, seeded so that nobody can choose colliding keys (SipHash-2-4).
 *
 * Keys are borrowed: they live in (or beside) the value, unmoved, until it is removed. While map_next() runs,
 * entries may be removed, but none added. */
#ifndef MAP_H
#define MAP_H

#include "websocket.h"

struct map_slot { const void *key; size_t key_size; uint64_t hash; void *value; };
struct map {
    struct map_slot *slots;                     /* NULL while the map was never filled              */
    size_t   size;                              /* entries                                          */
    size_t   used, capacity;                    /* slots with an entry or a grave; a power of two   */
    uint64_t seed[2];
};

void  map_init(struct map *, const unsigned char seed[16]);     /* random bytes, kept secret        */
void  map_finish(struct map *);                                 /* frees slots, not values          */
int   map_add(struct map *, struct ws_bytes key, void *value);  /* 0, -EEXIST, -ENOMEM              */
void *map_find(const struct map *, struct ws_bytes key);        /* or NULL                          */
void *map_remove(struct map *, struct ws_bytes key);            /* what was there, or NULL          */
void *map_next(const struct map *, size_t *cursor);             /* from *cursor = 0 on, till NULL   */

uint64_t map_hash(const uint64_t seed[2], struct ws_bytes key); /* SipHash-2-4                      */

struct ws_bytes map_key(const char *text);                      /* a key of a C string              */

#endif
