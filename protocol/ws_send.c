/* ws_send.c - messages into the queue: limits, and who gets a deflated twin. */
#include <assert.h>
#include <errno.h>

#include "ws_conn.h"
#include "ws_deflate.h"
#include "ws_message.h"
#include "ws_server.h"

int ws_conn_push(struct ws_conn *c, struct ws_message *take)
{
    int err = ws_queue_push(&c->unsent, take);

    if (err == 0 && !c->woken) {
        c->woken = true;
        c->server->host.wake(c->peer);
    }
    return err;
}

/* Consumes the message in any case. */
static int send_message(struct ws_conn *c, struct ws_message *take)
{
    assert(c->state == WS_OPEN);
    if (take == NULL)
        return -ENOMEM;
    if (ws_queue_behind(&c->unsent, ws_message_bytes(take).size) > (uint64_t)c->server->options.unsent_max) {
        ws_message_drop(take);
        ws_conn_cut(c);
        return -ENOBUFS;
    }
    return ws_conn_push(c, take);
}

int ws_conn_send(struct ws_conn *c, unsigned opcode, struct ws_bytes payload)
{
    return send_message(c, ws_message_frame(opcode, 0, &payload, 1));
}

typedef struct ws_message *deflate_fn(struct ws_deflate *, struct ws_deflater *, struct ws_message *);

/* Sends the message, or its twin where the client takes one and it pays. Keeps what it queues. */
static int send_deflated(struct ws_conn *c, struct ws_message *m, deflate_fn *deflate)
{
    const struct ws_options *options = &c->server->options;
    int err;

    if (c->deflate == NULL || ws_message_payload(m).size < (size_t)options->deflate_min)
        return send_message(c, ws_message_keep(m));
    err = send_message(c, deflate(c->deflate, c->server->deflater, m));
    if (err)
        ws_deflate_unsent(c->deflate);
    return err;
}

int ws_send(struct ws_conn *c, enum ws_type type, struct ws_bytes bytes)
{
    struct ws_message *m;
    int err;

    if (c->state != WS_OPEN)
        return -ENOTCONN;
    m = ws_message_new(type, &bytes, 1);
    if (m == NULL)
        return -ENOMEM;
    err = send_deflated(c, m, ws_deflate_own);
    ws_message_drop(m);
    return err;
}

int ws_share(struct ws_conn *c, struct ws_message *message)
{
    return c->state != WS_OPEN ? -ENOTCONN : send_deflated(c, message, ws_deflate_shared);
}

int ws_share_plain(struct ws_conn *c, struct ws_message *message)
{
    return c->state != WS_OPEN ? -ENOTCONN : send_message(c, ws_message_keep(message));
}
