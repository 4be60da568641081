#include "map.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "test.h"

static const unsigned char seed[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

/* The vectors of the SipHash paper's appendix and reference code: key 00..0f, input 00 01 02 ... */
TEST(map, hash_is_siphash_2_4)
{
    static const struct { size_t size; uint64_t want; } cases[] = {
        { 0, 0x726fdb47dd0e0e31u }, { 1, 0x74f839c593dc67fdu }, { 7, 0xab0200f58b01d137u },
        { 8, 0x93f5f5799a932462u }, { 15, 0xa129ca6149be45e5u },
    };
    struct map m;

    map_init(&m, seed);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CHECK(map_hash(m.seed, (struct ws_bytes){ seed, cases[i].size }) == cases[i].want);
}

TEST(map, finds_what_was_added_and_nothing_else)
{
    struct map m;
    int a = 1, b = 2;

    map_init(&m, seed);
    CHECK(map_find(&m, map_key("a")) == NULL);
    CHECK(map_remove(&m, map_key("a")) == NULL);
    CHECK_INT(map_add(&m, map_key("a"), &a), 0);
    CHECK_INT(map_add(&m, map_key("__proto__"), &b), 0);
    CHECK_INT(map_add(&m, map_key("a"), &b), -EEXIST);
    CHECK(map_find(&m, map_key("a")) == &a);
    CHECK(map_find(&m, map_key("__proto__")) == &b);
    CHECK(map_find(&m, map_key("")) == NULL);
    CHECK_INT(map_add(&m, map_key(""), &a), 0);
    CHECK(map_find(&m, map_key("")) == &a);
    CHECK(map_remove(&m, map_key("a")) == &a);
    CHECK(map_find(&m, map_key("a")) == NULL);
    CHECK_INT(m.size, 2);
    map_finish(&m);
}

enum { NAMES = 500 };
static char names[NAMES][16];

static void names_make(void)
{
    for (int i = 0; i < NAMES; i++)
        (void)snprintf(names[i], sizeof names[i], "%d", i);
}

/* A naive twin: which of the names are in. */
TEST(map, agrees_with_a_naive_twin)
{
    bool in[NAMES] = { false };
    size_t count = 0;
    uint32_t dice = 1;
    struct map m;

    names_make();
    map_init(&m, seed);
    for (int step = 0; step < 50000; step++) {
        dice = dice * 1664525u + 1013904223u;
        size_t i = (dice >> 8) % NAMES;

        CHECK((map_find(&m, map_key(names[i])) == names[i]) == in[i]);
        if (in[i]) {
            CHECK(map_remove(&m, map_key(names[i])) == names[i]);
            count--;
        } else {
            CHECK_INT(map_add(&m, map_key(names[i]), names[i]), 0);
            count++;
        }
        in[i] = !in[i];
        CHECK_INT(m.size, count);
    }
    CHECK(m.capacity <= 2048);                  /* graves do not make it grow                       */
    map_finish(&m);
}

TEST(map, walk_survives_removals)
{
    size_t seen = 0, cursor = 0;
    struct map m;
    char *name;

    names_make();
    map_init(&m, seed);
    CHECK(map_next(&m, &cursor) == NULL);
    for (int i = 0; i < NAMES; i++)
        CHECK_INT(map_add(&m, map_key(names[i]), names[i]), 0);
    cursor = 0;
    while ((name = map_next(&m, &cursor)) != NULL) {
        CHECK(map_remove(&m, map_key(name)) == name);
        seen++;
    }
    CHECK_INT(seen, NAMES);
    CHECK_INT(m.size, 0);
    map_finish(&m);
}
