/* ws_queue.c - messages that wait to be sent. */
#include "ws_queue.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "ws_message.h"

enum { CAPACITY_MIN = 4, CAPACITY_IDLE = 8 };   /* both powers of two                               */

static struct ws_message **slot(const struct ws_queue *q, size_t i)
{
    return &q->all[(q->first + i) & (q->capacity - 1)];
}

static void shift(struct ws_queue *q)
{
    ws_message_drop(*slot(q, 0));
    q->first = (q->first + 1) & (q->capacity - 1);
    q->count--;
    q->gone = 0;
}

void ws_queue_finish(struct ws_queue *q)
{
    while (q->count > 0)
        shift(q);
    free(q->all);
    *q = (struct ws_queue){ 0 };
}

static int grow(struct ws_queue *q)
{
    size_t capacity = q->capacity == 0 ? CAPACITY_MIN : q->capacity * 2;
    struct ws_message **all = malloc(capacity * sizeof *all);

    if (all == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < q->count; i++)
        all[i] = *slot(q, i);
    free(q->all);
    q->all = all;
    q->first = 0;
    q->capacity = capacity;
    return 0;
}

int ws_queue_push(struct ws_queue *q, struct ws_message *take)
{
    if (q->count == q->capacity) {
        int err = grow(q);

        if (err) {
            ws_message_drop(take);
            return err;
        }
    }
    *slot(q, q->count++) = take;
    q->bytes += ws_message_bytes(take).size;
    return 0;
}

size_t ws_queue_behind(const struct ws_queue *q, size_t size)
{
    if (q->count == 0)
        return 0;
    return q->bytes - (ws_message_bytes(*slot(q, 0)).size - q->gone) + size + q->count * WS_QUEUE_COST;
}

int ws_queue_parts(const struct ws_queue *q, struct ws_bytes *parts, int parts_max)
{
    int count = 0;

    for (; count < parts_max && (size_t)count < q->count; count++)
        parts[count] = ws_message_bytes(*slot(q, (size_t)count));
    if (count > 0) {
        parts[0].at = (const unsigned char *)parts[0].at + q->gone;
        parts[0].size -= q->gone;
    }
    return count;
}

void ws_queue_sent(struct ws_queue *q, size_t size)
{
    assert(size <= q->bytes);
    q->bytes -= size;
    while (q->count > 0) {
        size_t left = ws_message_bytes(*slot(q, 0)).size - q->gone;

        if (size < left)
            break;
        size -= left;
        shift(q);
    }
    q->gone += size;
    if (q->count == 0 && q->capacity > CAPACITY_IDLE) {     /* a crowd once is no reason to stay big */
        free(q->all);
        *q = (struct ws_queue){ 0 };
    }
}
