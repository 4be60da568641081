#include "ws_queue.h"

#include <stdlib.h>

#include "test.h"
#include "ws_message.h"

static struct ws_message *text_of(size_t size)
{
    char *bytes = malloc(size + 1);
    struct ws_bytes part = { bytes, size };
    struct ws_message *m;

    memset(bytes, 'x', size);
    m = ws_message_raw(&part, 1);
    free(bytes);
    CHECK(m != NULL);
    return m;
}

TEST(ws_queue, gathers_messages_into_parts_and_remembers_what_went)
{
    struct ws_queue q = { 0 };
    struct ws_bytes parts[4];

    CHECK_INT(ws_queue_parts(&q, parts, 4), 0);
    for (size_t size = 10; size <= 12; size++)
        CHECK_INT(ws_queue_push(&q, text_of(size)), 0);
    CHECK_INT(q.bytes, 33);
    CHECK_INT(ws_queue_parts(&q, parts, 2), 2);
    CHECK_INT(parts[0].size, 10);
    CHECK_INT(parts[1].size, 11);

    const unsigned char *second = parts[1].at;
    ws_queue_sent(&q, 15);
    CHECK_INT(q.bytes, 18);
    CHECK_INT(ws_queue_parts(&q, parts, 4), 2);
    CHECK_INT(parts[0].size, 6);
    CHECK(parts[0].at == second + 5);
    ws_queue_sent(&q, 6);
    ws_queue_sent(&q, 12);
    CHECK_INT(q.count, 0);
    CHECK_INT(q.bytes, 0);
    ws_queue_finish(&q);
}

TEST(ws_queue, shares_messages_without_copying)
{
    struct ws_queue a = { 0 }, b = { 0 };
    struct ws_message *m = text_of(100);
    struct ws_bytes in_a, in_b;

    CHECK_INT(ws_queue_push(&a, ws_message_keep(m)), 0);
    CHECK_INT(ws_queue_push(&b, ws_message_keep(m)), 0);
    CHECK_INT(ws_queue_parts(&a, &in_a, 1) + ws_queue_parts(&b, &in_b, 1), 2);
    CHECK(in_a.at == in_b.at);
    ws_queue_finish(&a);
    CHECK_INT(ws_message_bytes(m).size, 100);
    ws_queue_finish(&b);
    ws_message_drop(m);
}

TEST(ws_queue, parts_stand_while_more_is_pushed)
{
    struct ws_queue q = { 0 };
    struct ws_bytes part;

    CHECK_INT(ws_queue_push(&q, text_of(10)), 0);
    CHECK_INT(ws_queue_parts(&q, &part, 1), 1);
    for (size_t i = 0; i < 1000; i++)
        CHECK_INT(ws_queue_push(&q, text_of(3)), 0);
    CHECK_MEM(part.at, "xxxxxxxxxx", 10);
    ws_queue_finish(&q);
}

TEST(ws_queue, counts_what_waits_behind_the_first)
{
    struct ws_queue q = { 0 };

    CHECK_INT(ws_queue_behind(&q, 1000000), 0);
    CHECK_INT(ws_queue_push(&q, text_of(500)), 0);
    CHECK_INT(ws_queue_behind(&q, 7), 7 + WS_QUEUE_COST);
    CHECK_INT(ws_queue_push(&q, text_of(7)), 0);
    CHECK_INT(ws_queue_behind(&q, 3), 10 + 2 * WS_QUEUE_COST);
    ws_queue_sent(&q, 499);
    CHECK_INT(ws_queue_behind(&q, 3), 10 + 2 * WS_QUEUE_COST);
    ws_queue_sent(&q, 1);
    CHECK_INT(ws_queue_behind(&q, 3), 3 + WS_QUEUE_COST);
    ws_queue_finish(&q);
}

TEST(ws_queue, keeps_order_through_any_growth_and_shrinks_when_idle)
{
    struct ws_queue q = { 0 };
    size_t pushed = 0, sent = 0;
    uint32_t dice = 3;

    for (int step = 0; step < 20000; step++) {
        struct ws_bytes first;

        dice = dice * 1664525u + 1013904223u;
        if (dice >> 31 || q.count == 0) {
            CHECK_INT(ws_queue_push(&q, text_of(1 + pushed++ % 50)), 0);
            continue;
        }
        CHECK_INT(ws_queue_parts(&q, &first, 1), 1);
        CHECK_INT(first.size, 1 + sent++ % 50);
        ws_queue_sent(&q, first.size);
    }
    ws_queue_sent(&q, q.bytes);
    CHECK(q.capacity <= 8);
    ws_queue_finish(&q);
}
