/* heap.c - a binary heap of pointers; each entry knows its place, counted from 1. */
#include "heap.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum { CAPACITY_MIN = 16 };

void heap_finish(struct heap *h)
{
    free(h->all);
    *h = (struct heap){ 0 };
}

int heap_reserve(struct heap *h, size_t entries)
{
    size_t capacity = h->capacity < CAPACITY_MIN ? CAPACITY_MIN : h->capacity * 2;
    struct heap_entry **all;

    if (entries <= h->capacity)
        return 0;
    if (capacity < entries)
        capacity = entries;
    all = realloc(h->all, capacity * sizeof *all);
    if (all == NULL)
        return -ENOMEM;

    h->all = all;
    h->capacity = capacity;
    return 0;
}

static void put(struct heap *h, size_t place, struct heap_entry *e)
{
    h->all[place - 1] = e;
    e->place = place;
}

static struct heap_entry *get(const struct heap *h, size_t place)
{
    return h->all[place - 1];
}

static void sift_up(struct heap *h, struct heap_entry *e)
{
    size_t place = e->place;

    for (; place > 1 && get(h, place / 2)->due_ms > e->due_ms; place /= 2)
        put(h, place, get(h, place / 2));
    put(h, place, e);
}

static void sift_down(struct heap *h, struct heap_entry *e)
{
    size_t place = e->place;

    for (size_t child; (child = place * 2) <= h->size; place = child) {
        if (child < h->size && get(h, child + 1)->due_ms < get(h, child)->due_ms)
            child++;
        if (get(h, child)->due_ms >= e->due_ms)
            break;
        put(h, place, get(h, child));
    }
    put(h, place, e);
}

int heap_set(struct heap *h, struct heap_entry *e, int64_t due_ms)
{
    if (!heap_has(e)) {
        int err = heap_reserve(h, h->size + 1);

        if (err)
            return err;
        put(h, ++h->size, e);
    }
    assert(get(h, e->place) == e);
    e->due_ms = due_ms;
    sift_up(h, e);
    sift_down(h, e);
    return 0;
}

void heap_remove(struct heap *h, struct heap_entry *e)
{
    struct heap_entry *last;

    if (!heap_has(e))
        return;
    assert(get(h, e->place) == e);
    last = get(h, h->size--);
    if (last != e) {
        put(h, e->place, last);
        sift_up(h, last);
        sift_down(h, last);
    }
    e->place = 0;
}

struct heap_entry *heap_due(struct heap *h, int64_t now_ms)
{
    struct heap_entry *first = h->size == 0 ? NULL : get(h, 1);

    if (first == NULL || first->due_ms > now_ms)
        return NULL;
    heap_remove(h, first);
    return first;
}

int64_t heap_sleep_ms(const struct heap *h, int64_t now_ms)
{
    int64_t due_ms;

    if (h->size == 0)
        return -1;
    due_ms = get(h, 1)->due_ms;
    return due_ms > now_ms ? due_ms - now_ms : 0;
}
