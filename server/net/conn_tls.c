/* conn_tls.c - TLS between the wire and the owner of a connection. Plain connections never come here.
 *
 * The owner's output is sealed when the turn is flushed; what the kernel does not take waits sealed, a batch
 * at most, and the owner is not asked for more until it is gone. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "net_world.h"
#include "tls.h"

/* The handshake is an owner, too: it has a deadline and nothing to say. */

struct handshake {
    struct conn     *conn;
    struct list_link in_all;
    void           (*ready)(void *data, struct conn *);
    void            *data;
};

static void handshake_receive(void *peer, char *at, size_t size)
{
    (void)peer;
    (void)at;
    (void)size;
    assert(false);                              /* what is opened comes after it                    */
}

static void handshake_ended(void *peer)
{
    conn_cut(((struct handshake *)peer)->conn);
}

static int handshake_output(void *peer, struct ws_bytes *parts, int parts_max)
{
    (void)peer;
    (void)parts;
    (void)parts_max;
    return 0;
}

static void handshake_sent(void *peer, size_t size)
{
    (void)peer;
    (void)size;
}

static void handshake_expired(void *peer, enum conn_wait wait)
{
    struct handshake *h = peer;

    assert(wait == CONN_HANDSHAKE);
    (void)wait;
    net_fact(h->conn->net, "tls.late", h->conn->address, -ETIMEDOUT);
    conn_cut(h->conn);
}

static void leave_list(struct handshake *h)
{
    if (!list_linked(&h->in_all))
        return;
    list_remove(&h->in_all);
    h->conn->net->handshakes_open--;
}

static void handshake_free(void *peer)
{
    leave_list(peer);
    free(peer);
}

static const struct conn_owner handshake_owner = {
    .receive = handshake_receive, .ended = handshake_ended, .output = handshake_output,
    .sent = handshake_sent, .expired = handshake_expired, .lost = handshake_free,
};

/* The oldest goes, not the newest: who means it needs two round trips, and who does not would only have to
 * come first. */
static void make_room(struct net *net)
{
    struct handshake *oldest;

    if (net->handshakes_open < net->limits.handshakes_max)
        return;
    oldest = CONTAINER_OF(list_first(&net->handshakes), struct handshake, in_all);
    leave_list(oldest);
    net_fact(net, "tls.crowd", oldest->conn->address, -EBUSY);
    conn_cut(oldest->conn);
}

void conn_tls_begin(struct conn *c, struct sio_tls *shared, void (*ready)(void *data, struct conn *),
                    void *data)
{
    struct handshake *h = calloc(1, sizeof *h);

    c->tls = h != NULL ? tls_new(shared) : NULL;
    if (c->tls == NULL) {
        net_fact(c->net, "accept.error", c->address, -ENOMEM);
        free(h);
        conn_cut(c);
        return;
    }
    make_room(c->net);
    *h = (struct handshake){ .conn = c, .ready = ready, .data = data };
    list_push(&c->net->handshakes, &h->in_all);
    c->net->handshakes_open++;
    conn_own(c, &handshake_owner, h);
    conn_expect(c, CONN_HANDSHAKE);
}

void conn_tls_drain(struct conn *c)
{
    if (conn_peer(c, &handshake_owner) != NULL)
        conn_cut(c);
}

static void give_away(struct conn *c)
{
    struct handshake *h = c->peer, done = *h;

    handshake_free(h);
    c->owner = NULL;
    c->peer = NULL;
    done.ready(done.data, c);
    assert(c->owner != NULL || c->closing);
}

/* Receiving. */

/* Before the end it may learn why: by the alert that waits in `out`, or in its own language. */
static void refuse(struct conn *c)
{
    static const char http[] = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n"
                               "Content-Length: 30\r\n\r\nThis port speaks HTTPS (TLS).\n";

    if (c->tls->met_http)
        (void)buf_add(&c->tls->out, http, sizeof http - 1);     /* no memory: it is ended without it */
    net_fact(c->net, c->owner == &handshake_owner ? "tls.refused" : "tls.broken", c->address, -EPROTO);
    conn_end(c);
}

void conn_tls_receive(struct conn *c, const char *at, size_t size)
{
    char *plain = NULL;
    int got;

    if (c->ending)                              /* then input is only drained                       */
        return;
    tls_feed(c->tls, at, size);
    while ((got = tls_read(c->tls, &plain)) >= 0) {
        if (c->owner == &handshake_owner && c->tls->ready)
            give_away(c);
        if (got == 0 || c->closing)
            break;
        conn_receive(c, plain, (size_t)got);
    }
    if (got == -ESHUTDOWN && !c->closing)
        conn_end_of_input(c);
    else if (got < 0 && !c->closing)
        refuse(c);
    if (c->tls->out.size > 0)
        conn_wake(c);
}

/* Sending. */

/* Takes what the owner has, as far as a batch goes; true: it may have more. */
static bool seal(struct conn *c)
{
    struct ws_bytes parts[NET_PARTS_MAX];
    int count = c->tls->broken || c->tls->ended ? 0 : c->owner->output(c->peer, parts, NET_PARTS_MAX), taken;

    assert(count >= 0 && count <= NET_PARTS_MAX);
    if (c->closing)
        return false;
    if (count == 0) {
        if (c->ending)
            tls_end(c->tls);
        return false;
    }
    taken = tls_write(c->tls, parts, count);
    if (taken < 0) {
        conn_cut(c);
        return false;
    }
    c->owner->sent(c->peer, (size_t)taken);
    return !c->closing;
}

bool conn_tls_flush_some(struct conn *c)
{
    bool more = seal(c);
    struct buf *out = &c->tls->out;
    uv_buf_t wire = uv_buf_init((char *)out->at, (unsigned)out->size);
    int taken;

    if (c->closing || out->size == 0)
        return false;
    taken = uv_try_write((uv_stream_t *)&c->tcp, &wire, 1);
    if (taken < 0 && taken != UV_EAGAIN) {
        conn_cut(c);
        return false;
    }
    if (taken == (int)out->size) {
        buf_finish(out);                        /* a connection at rest keeps none                  */
        return more;
    }
    c->tls->sending = *out;                     /* `out` may grow meanwhile, and move               */
    buf_init(out, TLS_OUT_MAX);
    conn_write_rest(c, &wire, 1, taken > 0 ? (size_t)taken : 0);
    return false;
}

void conn_tls_written(struct conn *c)
{
    buf_finish(&c->tls->sending);
}
