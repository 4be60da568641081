/* ws_queue.h - messages that wait to be sent: a ring of counted ones, gathered into parts for one write. */
#ifndef WS_QUEUE_H
#define WS_QUEUE_H

#include "websocket.h"

enum { WS_QUEUE_COST = 64 };                    /* what a message takes beside its bytes            */

struct ws_queue {                               /* zero is a good start                             */
    struct ws_message **all;                    /* a ring; NULL while it was never filled           */
    size_t first, count, capacity;
    size_t gone;                                /* bytes of the first message that were sent        */
    size_t bytes;                               /* that wait, in all                                */
};

void ws_queue_finish(struct ws_queue *);

/* Takes the message in, also in case of error: 0 or -ENOMEM. */
int  ws_queue_push(struct ws_queue *, struct ws_message *take);

/* What waits behind the message that is on its way, if `size` more bytes joined: bytes and bookkeeping. */
size_t ws_queue_behind(const struct ws_queue *, size_t size);

int  ws_queue_parts(const struct ws_queue *, struct ws_bytes *parts, int parts_max);    /* filled   */
void ws_queue_sent(struct ws_queue *, size_t size);

#endif
