#include "heap.h"

#include <stdlib.h>

#include "test.h"

TEST(heap, gives_the_nearest_first_and_only_when_due)
{
    struct heap h = { 0 };
    struct heap_entry e[5] = { { 0 } };
    static const int64_t due[5] = { 50, 10, 40, 20, 30 };

    CHECK_INT(heap_sleep_ms(&h, 0), -1);
    for (int i = 0; i < 5; i++)
        CHECK_INT(heap_set(&h, &e[i], due[i]), 0);
    CHECK_INT(heap_sleep_ms(&h, 3), 7);
    CHECK_INT(heap_sleep_ms(&h, 30), 0);
    CHECK(heap_due(&h, 9) == NULL);
    CHECK(heap_due(&h, 10) == &e[1]);
    CHECK(!heap_has(&e[1]));
    CHECK(heap_due(&h, 10) == NULL);
    CHECK(heap_due(&h, 100) == &e[3]);
    CHECK(heap_due(&h, 100) == &e[4]);
    CHECK(heap_due(&h, 100) == &e[2]);
    CHECK(heap_due(&h, 100) == &e[0]);
    CHECK(heap_due(&h, 100) == NULL);
    heap_finish(&h);
}

TEST(heap, entries_move_and_leave)
{
    struct heap h = { 0 };
    struct heap_entry a = { 0 }, b = { 0 };

    heap_remove(&h, &a);
    CHECK_INT(heap_set(&h, &a, 10), 0);
    CHECK_INT(heap_set(&h, &b, 20), 0);
    CHECK_INT(heap_set(&h, &a, 30), 0);
    CHECK_INT(heap_sleep_ms(&h, 0), 20);
    heap_remove(&h, &b);
    heap_remove(&h, &b);
    CHECK_INT(heap_sleep_ms(&h, 0), 30);
    CHECK_INT(h.size, 1);
    heap_finish(&h);
}

TEST(heap, reserved_room_needs_no_memory_later)
{
    struct heap h = { 0 };

    CHECK_INT(heap_reserve(&h, 100), 0);
    CHECK(h.capacity >= 100);
    heap_finish(&h);
}

static int64_t nearest(const struct heap_entry *all, size_t count)
{
    int64_t least = INT64_MAX;

    for (size_t i = 0; i < count; i++)
        if (heap_has(&all[i]) && all[i].due_ms < least)
            least = all[i].due_ms;
    return least;
}

TEST(heap, agrees_with_a_linear_search)
{
    enum { ENTRIES = 100 };
    static struct heap_entry all[ENTRIES];
    struct heap h = { 0 };
    uint32_t dice = 7;

    for (int step = 0; step < 20000; step++) {
        dice = dice * 1664525u + 1013904223u;
        struct heap_entry *e = &all[(dice >> 8) % ENTRIES];

        if (dice >> 30 == 0)
            heap_remove(&h, e);
        else if (dice >> 30 == 1 && h.size > 0)
            CHECK_INT(heap_due(&h, INT64_MAX)->place, 0);
        else
            CHECK_INT(heap_set(&h, e, (int64_t)(dice >> 4 & 1023)), 0);
        if (h.size > 0)
            CHECK_INT(heap_sleep_ms(&h, 0), nearest(all, ENTRIES));
    }
    heap_finish(&h);
}
