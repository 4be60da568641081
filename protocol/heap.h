/* heap.h - deadlines, nearest first. Entries live inside the objects and can be moved and removed. */
#ifndef HEAP_H
#define HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_entry { int64_t due_ms; size_t place; };    /* place 0: in no heap; zero is a good start */
struct heap { struct heap_entry **all; size_t size, capacity; };

void heap_finish(struct heap *);                        /* zero is a good start                     */
int  heap_reserve(struct heap *, size_t entries);       /* -ENOMEM; up to so many heap_set() is 0   */
int  heap_set(struct heap *, struct heap_entry *, int64_t due_ms);      /* adds or moves; -ENOMEM   */
void heap_remove(struct heap *, struct heap_entry *);   /* also when it is not in                   */

struct heap_entry *heap_due(struct heap *, int64_t now_ms);     /* takes one out that is due; NULL  */
int64_t heap_sleep_ms(const struct heap *, int64_t now_ms);     /* till the nearest; -1 for ever    */

static inline bool heap_has(const struct heap_entry *e)
{
    return e->place != 0;
}

#endif
