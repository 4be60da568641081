/* sio_uv_peer.c - whom the floors speak to: a request that waits for its reply, a connection that became a
 * WebSocket. */
#include "sio_uv_peer.h"

#include <assert.h>
#include <stdlib.h>

#include "http_conn.h"

/* An engine's request, from its head to its reply. */

struct exchange { const bool *freed; struct http_conn *http; struct eio_request *request; };

void sio_uv_reply(void *peer, const struct eio_reply *reply)
{
    struct exchange *x = peer;
    bool later = x->request != NULL;

    http_conn_reply(x->http, reply->status, reply->headers, reply->parts, reply->parts_count);
    if (later)                                  /* else eio_begin() is still under way              */
        free(x);
}

static void on_body(void *data, struct ws_bytes piece)
{
    eio_body(((struct exchange *)data)->request, piece);
}

static void on_end(void *data)
{
    eio_end(((struct exchange *)data)->request);
}

static void on_lost(void *data)
{
    struct exchange *x = data;

    if (!*x->freed)                             /* engines end before us, and their requests too    */
        eio_lost(x->request);
    free(x);
}

static const struct http_sink exchange_sink = { on_body, on_end, on_lost };

void sio_uv_begin_engine(struct eio_server *engine, struct http_conn *http, const struct ws_request *request,
                         const bool *freed)
{
    struct exchange *x = malloc(sizeof *x);

    if (x == NULL) {
        http_conn_problem(http, 503, NULL, NULL);
        return;
    }
    *x = (struct exchange){ .freed = freed, .http = http };
    x->request = eio_begin(engine, request, x);
    if (x->request != NULL)
        http_conn_stream(http, &exchange_sink, x);
    else
        free(x);
}

/* A WebSocket on a connection that was upgraded: each is the other's peer. */

static void on_receive(void *peer, char *at, size_t size)
{
    (void)ws_receive(peer, at, size);           /* when it ends, it says so by on_close()           */
}

/* Without the peer's bytes there will be no close frame either: what is queued goes out, that is all. */
static void on_ended(void *peer)
{
    conn_end(ws_peer(peer));
}

static int on_output(void *peer, struct ws_bytes *parts, int parts_max)
{
    return ws_output(peer, parts, parts_max);
}

static void on_sent(void *peer, size_t size)
{
    ws_sent(peer, size);
}

static void on_expired(void *peer, enum conn_wait wait)
{
    (void)peer;
    (void)wait;
    assert(false);                              /* it never expects anything: the floors above do   */
}

static void on_gone(void *peer)
{
    if (peer != NULL)                           /* there was memory for it                          */
        ws_lost(peer);
}

static const struct conn_owner websocket_owner = {
    .receive = on_receive, .ended = on_ended, .output = on_output, .sent = on_sent, .expired = on_expired,
    .lost = on_gone,
};

void sio_uv_wake(void *peer)
{
    conn_wake(peer);
}

void sio_uv_end(void *peer)
{
    conn_end(peer);
}

/* The floor above answers the handshake itself, also when it refuses. */
void sio_uv_begin_websocket(const struct sio_uv_route *route, struct http_conn *http,
                            const struct ws_request *request)
{
    struct conn *c = http_conn_leave(http);
    struct ws_conn *ws;

    if (c == NULL) {
        http_conn_problem(http, 400, "An upgrade comes alone.", NULL);
        return;
    }
    conn_own(c, &websocket_owner, NULL);
    ws = route->engine != NULL ? eio_websocket(route->engine, request, c)
                               : ws_open(route->websocket, request, c);
    if (ws == NULL)
        conn_cut(c);
    else
        conn_own(c, &websocket_owner, ws);
}
