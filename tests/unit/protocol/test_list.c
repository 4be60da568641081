#include "list.h"

#include "test.h"

struct item { int number; struct list_link link; };

static int number_of(struct list_link *link)
{
    return CONTAINER_OF(link, struct item, link)->number;
}

TEST(list, keeps_the_order_of_pushes)
{
    struct list_link head;
    struct item items[3] = { { .number = 0 }, { .number = 1 }, { .number = 2 } };

    list_init(&head);
    CHECK(list_empty(&head));
    CHECK(list_first(&head) == NULL);
    for (int i = 0; i < 3; i++)
        list_push(&head, &items[i].link);
    for (int i = 0; i < 3; i++)
        CHECK_INT(number_of(list_shift(&head)), i);
    CHECK(list_shift(&head) == NULL);
}

TEST(list, link_may_be_removed_twice_and_unborn)
{
    struct list_link head;
    struct item item = { 0 };

    list_init(&head);
    list_remove(&item.link);
    list_push(&head, &item.link);
    CHECK(list_linked(&item.link));
    list_remove(&item.link);
    list_remove(&item.link);
    CHECK(!list_linked(&item.link));
    CHECK(list_empty(&head));
}

TEST(list, walk_survives_the_removal_of_the_visited)
{
    struct list_link head;
    struct item items[4] = { { .number = 0 }, { .number = 1 }, { .number = 2 }, { .number = 3 } };
    int seen = 0;

    list_init(&head);
    for (int i = 0; i < 4; i++)
        list_push(&head, &items[i].link);
    LIST_EACH(at, after, &head) {
        CHECK_INT(number_of(at), seen++);
        if (number_of(at) % 2 == 0)
            list_remove(at);
    }
    CHECK_INT(seen, 4);
    CHECK_INT(number_of(list_shift(&head)), 1);
    CHECK_INT(number_of(list_shift(&head)), 3);
    CHECK(list_empty(&head));
}

TEST(list, splice_moves_all_to_the_end)
{
    struct list_link a, b;
    struct item items[4] = { { .number = 0 }, { .number = 1 }, { .number = 2 }, { .number = 3 } };

    list_init(&a);
    list_init(&b);
    list_splice(&a, &b);
    CHECK(list_empty(&a));
    for (int i = 0; i < 4; i++)
        list_push(i < 2 ? &a : &b, &items[i].link);
    list_splice(&a, &b);
    CHECK(list_empty(&b));
    for (int i = 0; i < 4; i++)
        CHECK_INT(number_of(list_shift(&a)), i);
}
