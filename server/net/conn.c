/* conn.c - one TCP connection. It ends in one place, on_closed(); until then `closing` keeps all else
 * away. */
#include "net_world.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "tls.h"

/* A deadline that moves away stays in the heap as it was, and is looked at again when it comes: there are
 * several in the life of each request, and hardly one is ever reached. */
static void wait_till(struct conn *c, int64_t due_ms)
{
    int err = 0;

    c->wait_till_ms = due_ms;
    if (due_ms != INT64_MAX && (!heap_has(&c->wait_due) || due_ms < c->wait_due.due_ms))
        err = heap_set(&c->net->waits, &c->wait_due, due_ms);
    assert(err == 0);                           /* net_slot_take() made room                        */
    (void)err;
}

static int64_t now_ms(const struct conn *c)
{
    return (int64_t)uv_now(c->net->loop);
}

/* Ending. */

static void on_closed(uv_handle_t *handle)
{
    struct conn *c = handle->data;
    struct net *net = c->net;

    if (c->owner != NULL)
        c->owner->lost(c->peer);
    heap_remove(&net->waits, &c->wait_due);
    heap_remove(&net->writes, &c->write_due);
    list_remove(&c->in_dirty);
    list_remove(&c->in_all);
    net_slot_give(net, c->slot);
    tls_free(c->tls);
    free(c);
    net_closed_one(net);
}

void conn_cut(struct conn *c)
{
    if (c->closing)
        return;
    c->closing = true;
    c->ending = true;
    heap_remove(&c->net->waits, &c->wait_due);
    heap_remove(&c->net->writes, &c->write_due);
    uv_close((uv_handle_t *)&c->tcp, on_closed);
}

/* With unread input a close() is a reset, and the peer may never see our last words: send our end, wait for
 * its end, within limits. */
void conn_end(struct conn *c)
{
    if (c->ending)
        return;
    c->ending = true;
    c->wait = CONN_FOREVER;
    wait_till(c, now_ms(c) + c->net->limits.linger_ms);
    conn_pause(c, false);
    conn_wake(c);
}

static void on_shut(uv_shutdown_t *shutdown, int status)
{
    struct conn *c = shutdown->handle->data;

    if (status < 0 || c->peer_ended)
        conn_cut(c);
}

static void shut(struct conn *c)
{
    assert(c->ending && !c->closing);

    if (c->shut)
        return;
    c->shut = true;
    wait_till(c, now_ms(c) + c->net->limits.linger_ms);
    if (uv_shutdown(&c->request.shutdown, (uv_stream_t *)&c->tcp, on_shut) < 0)
        conn_cut(c);
}

void conn_wait_is_over(struct conn *c)
{
    if (c->closing)
        return;
    if (c->wait_till_ms > now_ms(c))
        wait_till(c, c->wait_till_ms);
    else if (c->ending && !c->writing)
        conn_cut(c);
    else if (!c->ending)
        c->owner->expired(c->peer, c->wait);
}

void conn_expect(struct conn *c, enum conn_wait wait)
{
    const struct sio_http_limits *l = &c->net->limits;
    const int ms[CONN_WAITS] = {
        [CONN_HANDSHAKE] = l->handshake_ms, [CONN_HEAD] = l->head_ms, [CONN_BODY] = l->body_ms,
        [CONN_IDLE] = l->idle_ms,
    };

    assert(wait < CONN_WAITS);
    if (c->ending)
        return;
    c->wait = wait;
    wait_till(c, wait == CONN_FOREVER ? INT64_MAX : now_ms(c) + ms[wait]);
}

/* Reading. */

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
    struct conn *c = handle->data;

    (void)wanted;
    *buffer = uv_buf_init(c->net->read_buffer, sizeof c->net->read_buffer);
}

void conn_end_of_input(struct conn *c)
{
    c->peer_ended = true;
    (void)uv_read_stop((uv_stream_t *)&c->tcp);
    c->reading = false;
    if (!c->ending)
        c->owner->ended(c->peer);
    else if (c->shut)
        conn_cut(c);
}

void conn_receive(struct conn *c, char *at, size_t size)
{
    if (!c->ending)                             /* while it ends, input is only drained             */
        c->owner->receive(c->peer, at, size);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
    struct conn *c = stream->data;

    if (size == UV_EOF && (c->tls == NULL || c->ending))
        conn_end_of_input(c);
    else if (size < 0)
        conn_cut(c);
    else if (c->tls != NULL)
        conn_tls_receive(c, buffer->base, (size_t)size);
    else if (size > 0)
        conn_receive(c, buffer->base, (size_t)size);
}

void conn_pause(struct conn *c, bool paused)
{
    bool want = !paused && !c->peer_ended && !c->closing;

    c->paused = paused;
    if (want == c->reading || c->closing)
        return;
    c->reading = want;
    if (!want)
        (void)uv_read_stop((uv_stream_t *)&c->tcp);
    else if (uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) < 0)
        conn_cut(c);
}

/* Writing. */

void conn_wake(struct conn *c)
{
    if (!c->closing && !list_linked(&c->in_dirty))
        list_push(&c->net->dirty, &c->in_dirty);
}

static void on_written(uv_write_t *write, int status)
{
    struct conn *c = write->handle->data;

    assert(c->writing);
    c->writing = false;
    heap_remove(&c->net->writes, &c->write_due);
    if (c->closing)
        return;
    if (status < 0) {
        conn_cut(c);
        return;
    }
    if (c->tls != NULL)
        conn_tls_written(c);
    else
        c->owner->sent(c->peer, c->writing_size);
    conn_wake(c);
}

static void watch_progress(struct conn *c)
{
    int err;

    c->unwritten = uv_stream_get_write_queue_size((uv_stream_t *)&c->tcp);
    err = heap_set(&c->net->writes, &c->write_due, (int64_t)uv_now(c->net->loop) + c->net->limits.unread_ms);
    assert(err == 0);
    (void)err;
}

void conn_write_is_late(struct conn *c)
{
    if (c->closing || !c->writing)
        return;
    if (uv_stream_get_write_queue_size((uv_stream_t *)&c->tcp) < c->unwritten) {
        watch_progress(c);
        return;
    }
    net_fact(c->net, "conn.slow", c->address, -ETIMEDOUT);
    conn_cut(c);
}

static size_t total(const uv_buf_t *bufs, int count)
{
    size_t size = 0;

    for (int i = 0; i < count; i++)
        size += bufs[i].len;
    return size;
}

/* What the kernel did not take at once waits in libuv; the parts stand, the owner hears of it when all is
 * gone. */
void conn_write_rest(struct conn *c, uv_buf_t *bufs, int count, size_t taken)
{
    c->writing_size = total(bufs, count) - taken;
    while (taken >= bufs->len) {
        taken -= bufs->len;
        bufs++;
        count--;
    }
    bufs->base += taken;
    bufs->len -= taken;
    c->writing = true;
    if (uv_write(&c->request.write, (uv_stream_t *)&c->tcp, bufs, (unsigned)count, on_written) < 0) {
        c->writing = false;
        conn_cut(c);
        return;
    }
    watch_progress(c);
}

/* Writes once; true while there may be more. */
static bool flush_some(struct conn *c)
{
    struct ws_bytes parts[NET_PARTS_MAX];
    uv_buf_t bufs[NET_PARTS_MAX];
    int count = c->owner->output(c->peer, parts, NET_PARTS_MAX), taken;

    assert(count >= 0 && count <= NET_PARTS_MAX);
    if (count == 0 || c->closing)
        return false;
    for (int i = 0; i < count; i++)
        bufs[i] = (uv_buf_t){ .base = (char *)(uintptr_t)parts[i].at, .len = parts[i].size };
    taken = uv_try_write((uv_stream_t *)&c->tcp, bufs, (unsigned)count);
    if (taken < 0 && taken != UV_EAGAIN) {
        conn_cut(c);
        return false;
    }
    if (taken > 0)
        c->owner->sent(c->peer, (size_t)taken);
    else
        taken = 0;
    if (total(bufs, count) == (size_t)taken)
        return count == NET_PARTS_MAX;
    /* sent() let go of what was taken; the rest still stands. */
    if (!c->closing)
        conn_write_rest(c, bufs, count, (size_t)taken);
    return false;
}

void conn_flush(struct conn *c)
{
    if (c->closing || c->writing)
        return;                                 /* on_written() wakes it again                      */
    while (c->tls != NULL ? conn_tls_flush_some(c) : flush_some(c))
        ;
    if (c->ending && !c->closing && !c->writing)
        shut(c);
}

/* Beginning. */

static void read_address(struct conn *c)
{
    struct sockaddr_storage peer;
    int size = sizeof peer;

    c->address[0] = '\0';
    if (uv_tcp_getpeername(&c->tcp, (struct sockaddr *)&peer, &size) < 0)
        return;
    if (peer.ss_family == AF_INET)
        (void)uv_ip4_name((struct sockaddr_in *)&peer, c->address, sizeof c->address);
    else if (peer.ss_family == AF_INET6)
        (void)uv_ip6_name((struct sockaddr_in6 *)&peer, c->address, sizeof c->address);
}

int conn_accept(struct net *net, uv_stream_t *server, struct conn **ret_conn)
{
    struct conn *c = calloc(1, sizeof *c);
    int err = c != NULL ? net_slot_take(net, c) : -ENOMEM;

    if (err) {
        free(c);
        return err;
    }
    c->net = net;
    list_push(&net->conns, &c->in_all);
    (void)uv_tcp_init(net->loop, &c->tcp);
    c->tcp.data = c;
    err = uv_accept(server, (uv_stream_t *)&c->tcp);
    if (err) {
        conn_cut(c);
        return err;
    }
    (void)uv_tcp_nodelay(&c->tcp, 1);           /* costs only latency                               */
    read_address(c);
    *ret_conn = c;
    return 0;
}

/* Begins to read, or, after an upgrade, goes on for another owner. */
void conn_own(struct conn *c, const struct conn_owner *owner, void *peer)
{
    c->owner = owner;
    c->peer = peer;
    conn_pause(c, c->paused);
}

bool conn_is_ending(const struct conn *c)
{
    return c->ending;
}

bool conn_is_secure(const struct conn *c)
{
    return c->tls != NULL;
}

const char *conn_address(const struct conn *c)
{
    return c->address;
}

struct net *conn_net(const struct conn *c)
{
    return c->net;
}

uint32_t conn_slot(const struct conn *c)
{
    return c->slot;
}

void *conn_peer(const struct conn *c, const struct conn_owner *owner)
{
    return c->owner == owner ? c->peer : NULL;
}
