/* list.h - an intrusive, doubly linked, circular list: links live inside the objects, nothing is allocated.
 *
 * The head is a link of its own. A link that is in no list points at itself, so that list_remove() may be
 * called twice; a zeroed link counts as being in no list too. */
#ifndef LIST_H
#define LIST_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

struct list_link { struct list_link *next, *prev; };

/* The object a link (or any member) lives in. */
#define CONTAINER_OF(pointer, type, member) ((type *)(void *)((char *)(pointer) - offsetof(type, member)))

/* Visits all; `at` may be removed meanwhile, others may not. */
#define LIST_EACH(at, after, head)                                                                     \
    for (struct list_link *at = (head)->next, *after = at->next; at != (head); at = after, after = at->next)

static inline void list_init(struct list_link *link)
{
    link->next = link->prev = link;
}

static inline bool list_empty(const struct list_link *head)
{
    return head->next == head;
}

static inline bool list_linked(const struct list_link *link)
{
    return link->next != NULL && link->next != link;
}

/* Adds at the end. */
static inline void list_push(struct list_link *head, struct list_link *link)
{
    assert(!list_linked(link));
    link->prev = head->prev;
    link->next = head;
    head->prev->next = link;
    head->prev = link;
}

static inline void list_remove(struct list_link *link)
{
    if (link->next == NULL)
        return;
    link->prev->next = link->next;
    link->next->prev = link->prev;
    list_init(link);
}

/* The first link, or NULL. */
static inline struct list_link *list_first(const struct list_link *head)
{
    return list_empty(head) ? NULL : head->next;
}

/* Takes the first link out, or gives NULL. */
static inline struct list_link *list_shift(struct list_link *head)
{
    struct list_link *first = list_first(head);

    if (first != NULL)
        list_remove(first);
    return first;
}

/* Moves all links of `from` to the end of `to`; `from` is then empty. */
static inline void list_splice(struct list_link *to, struct list_link *from)
{
    if (list_empty(from))
        return;
    from->next->prev = to->prev;
    from->prev->next = to;
    to->prev->next = from->next;
    to->prev = from->prev;
    list_init(from);
}

#endif
