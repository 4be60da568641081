/* sio_uv.c - the hosts of the three floors: which route gets a request, how a request meets an engine, how an
 * upgraded connection becomes a WebSocket, and how all of it ends. */
#include "sio_uv.h"

#include <assert.h>
#include <errno.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"
#include "http_conn.h"
#include "listener.h"
#include "net_world.h"

enum { CLOSE_MS = 5000 };

struct served { struct eio_server *engine; struct ws_server *websocket; };      /* one of the two    */

struct sio_uv {
    uv_loop_t            *loop;
    struct net           *net;
    struct proxies       *proxies;
    struct eio_host       host;
    struct sio_uv_options options;
    struct list_link      doors;
    struct served        *served;               /* all that must be ticked, each once               */
    size_t                served_count;
    int                   port;
    bool                  stopped, closed, cut, freed;
    int64_t               cut_due_ms;
};

struct door {                                   /* one sio_uv_listen()                              */
    struct sio_uv             *uv;
    const struct sio_uv_route *routes;
    struct http_site           site;
    struct listener           *listener;
    struct list_link           in_doors;
};

/* An engine's request, from its head to its reply. */

struct exchange { struct sio_uv *uv; struct http_conn *http; struct eio_request *request; };

static void on_reply(void *peer, const struct eio_reply *reply)
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

    if (!x->uv->freed)                          /* engines end before us, and their requests with them */
        eio_lost(x->request);
    free(x);
}

static const struct http_sink exchange_sink = { on_body, on_end, on_lost };

static void begin_engine(struct sio_uv *uv, struct eio_server *engine, struct http_conn *http,
                         const struct ws_request *request)
{
    struct exchange *x = calloc(1, sizeof *x);

    if (x == NULL) {
        http_conn_problem(http, 503, NULL, NULL);
        return;
    }
    x->uv = uv;
    x->http = http;
    x->request = eio_begin(engine, request, x);
    if (x->request != NULL)
        http_conn_stream(http, &exchange_sink, x);
    else
        free(x);
}

/* A WebSocket on a connection that was upgraded. */

struct link { struct sio_uv *uv; struct conn *conn; struct ws_conn *ws; };      /* ws NULL: no memory */

static void link_receive(void *peer, char *at, size_t size)
{
    struct link *l = peer;

    if (l->ws != NULL)
        (void)ws_receive(l->ws, at, size);      /* when it ends, it says so by on_close()           */
}

/* Without the peer's bytes there will be no close frame either: what is queued goes out, that is all. */
static void link_ended(void *peer)
{
    conn_end(((struct link *)peer)->conn);
}

static int link_output(void *peer, struct ws_bytes *parts, int parts_max)
{
    struct link *l = peer;

    return l->ws != NULL ? ws_output(l->ws, parts, parts_max) : 0;
}

static void link_sent(void *peer, size_t size)
{
    ws_sent(((struct link *)peer)->ws, size);
}

static void link_expired(void *peer, enum conn_wait wait)
{
    (void)peer;
    (void)wait;
    assert(false);                              /* it never expects anything: the floors above do   */
}

static void link_lost(void *peer)
{
    struct link *l = peer;

    if (l->ws != NULL)
        ws_lost(l->ws);
    free(l);
}

static const struct conn_owner link_owner = {
    .receive = link_receive, .ended = link_ended, .output = link_output, .sent = link_sent,
    .expired = link_expired, .lost = link_lost,
};

static void on_wake(void *peer)
{
    conn_wake(((struct link *)peer)->conn);
}

static void on_close(void *peer)
{
    conn_end(((struct link *)peer)->conn);
}

/* The floor above answers the handshake itself, also when it refuses. */
static void begin_websocket(struct sio_uv *uv, const struct sio_uv_route *route, struct http_conn *http,
                            const struct ws_request *request)
{
    struct link *l = calloc(1, sizeof *l);
    struct conn *c = l != NULL ? http_conn_leave(http) : NULL;

    if (c == NULL) {
        http_conn_problem(http, l != NULL ? 400 : 503, l != NULL ? "An upgrade comes alone." : NULL, NULL);
        free(l);
        return;
    }
    l->uv = uv;
    l->conn = c;
    conn_own(c, &link_owner, l);
    l->ws = route->engine != NULL ? eio_websocket(route->engine, request, l)
                                  : ws_open(route->websocket, request, l);
    if (l->ws == NULL)
        conn_cut(c);
}

/* Routes. */

static const struct sio_uv_route *route_find(const struct sio_uv_route *routes, const char *path)
{
    for (; routes->path != NULL; routes++)
        if (strcmp(routes->path, path) == 0 || strcmp(routes->path, "*") == 0)
            return routes;
    return NULL;
}

static void begin_page(const struct sio_uv_route *route, struct http_conn *http, const char *method)
{
    static const struct ws_header allow[] = { { "Allow", "GET, HEAD" }, { NULL, NULL } };
    static const struct ws_header html[] = { { "Content-Type", "text/html; charset=utf-8" }, { NULL, NULL } };

    if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
        http_conn_reply(http, 200, html, &route->page, 1);
    else
        http_conn_problem(http, 405, NULL, allow);
}

static void on_begin(void *data, struct http_conn *http, const struct ws_request *request,
                     const struct http_head *head)
{
    static const struct ws_header upgrade[] = {
        { "Upgrade", "websocket" }, { "Sec-WebSocket-Version", "13" }, { NULL, NULL },
    };
    const struct door *door = data;
    const struct sio_uv_route *route = route_find(door->routes, request->path);

    if (route == NULL)
        http_conn_problem(http, 404, NULL, NULL);
    else if (route->handle != NULL)
        http_conn_collect(http, route->handle, route->app);
    else if (route->page.at != NULL)
        begin_page(route, http, request->method);
    else if (head->upgrade)
        begin_websocket(door->uv, route, http, request);
    else if (route->engine != NULL)
        begin_engine(door->uv, route->engine, http, request);
    else
        http_conn_problem(http, 426, "This is a place for WebSockets.", upgrade);
}

/* Listening. */

static int serve(struct sio_uv *uv, const struct sio_uv_route *route)
{
    struct served *all;

    if (route->engine == NULL && route->websocket == NULL)
        return 0;
    for (size_t i = 0; i < uv->served_count; i++)
        if (uv->served[i].engine == route->engine && uv->served[i].websocket == route->websocket)
            return 0;
    all = realloc(uv->served, (uv->served_count + 1) * sizeof *all);
    if (all == NULL)
        return -ENOMEM;
    all[uv->served_count++] = (struct served){ route->engine, route->websocket };
    uv->served = all;
    return 0;
}

static void on_accept(void *data, struct conn *c)
{
    struct door *door = data;

    (void)http_conn_new(&door->site, c);        /* no memory: it is cut                             */
}

static struct door *door_new(struct sio_uv *uv, const struct sio_uv_route *routes)
{
    struct door *door = calloc(1, sizeof *door);

    if (door == NULL)
        return NULL;
    door->uv = uv;
    door->routes = routes;
    door->site = (struct http_site){
        .net = uv->net, .proxies = uv->proxies, .headers = uv->options.headers, .begin = on_begin,
        .data = door, .replied = uv->options.replied, .app = uv->options.app,
    };
    return door;
}

int sio_uv_listen(struct sio_uv *uv, const char *address, int port, const struct sio_uv_route *routes)
{
    struct door *door;
    int err;

    assert(!uv->stopped);
    for (const struct sio_uv_route *route = routes; route->path != NULL; route++) {
        err = serve(uv, route);
        if (err)
            return err;
    }
    door = door_new(uv, routes);
    if (door == NULL)
        return -ENOMEM;
    err = listener_open(uv->net, address, port, on_accept, door, &door->listener);
    if (err) {
        free(door);
        return err;
    }
    list_push(&uv->doors, &door->in_doors);
    uv->port = listener_port(door->listener);
    return 0;
}

int sio_uv_port(const struct sio_uv *uv)
{
    return uv->port;
}

int sio_uv_conns(const struct sio_uv *uv)
{
    return uv->net->conns_open;
}

/* The host's part. */

static int64_t on_now(void *loop)
{
    return (int64_t)uv_now(((struct sio_uv *)loop)->loop);
}

static void on_random(void *loop, void *at, size_t size)
{
    int ok = RAND_bytes(at, (int)size);

    (void)loop;
    assert(ok == 1);                            /* a session's name is its secret: better to end    */
    (void)ok;
}

static void on_sha1(struct ws_bytes bytes, unsigned char digest[20])
{
    (void)SHA1(bytes.at, bytes.size, digest);
}

const struct eio_host *sio_uv_host(const struct sio_uv *uv)
{
    return &uv->host;
}

static int64_t sooner(int64_t a_ms, int64_t b_ms)
{
    return a_ms < 0 ? b_ms : b_ms < 0 || a_ms < b_ms ? a_ms : b_ms;
}

static void cut_all(struct sio_uv *uv)
{
    LIST_EACH(at, after, &uv->net->conns)
        conn_cut(CONTAINER_OF(at, struct conn, in_all));
}

static int64_t on_tick(void *data, bool first)
{
    struct sio_uv *uv = data;
    int64_t sleep_ms = -1;

    if (first && uv->options.tick != NULL)
        uv->options.tick(uv->options.app);
    for (size_t i = 0; i < uv->served_count; i++)
        sleep_ms = sooner(sleep_ms, uv->served[i].engine != NULL ? eio_server_tick(uv->served[i].engine)
                                                                 : ws_server_tick(uv->served[i].websocket));
    if (!uv->closed || uv->cut)
        return sleep_ms;
    if (on_now(uv) < uv->cut_due_ms)
        return sooner(sleep_ms, uv->cut_due_ms - on_now(uv));
    uv->cut = true;
    cut_all(uv);
    return sleep_ms;
}

/* Life. */

static void doors_free(struct sio_uv *uv)
{
    struct list_link *link;

    while ((link = list_shift(&uv->doors)) != NULL)
        free(CONTAINER_OF(link, struct door, in_doors));
}

static void on_ended(void *data)
{
    struct sio_uv *uv = data;

    doors_free(uv);
    proxies_free(uv->proxies);
    free(uv->served);
    free(uv);
}

static struct eio_host host_of(struct sio_uv *uv)
{
    return (struct eio_host){
        .ws = { .loop = uv, .now_ms = on_now, .random = on_random, .sha1 = on_sha1, .wake = on_wake,
                .close = on_close },
        .reply = on_reply,
    };
}

struct sio_uv *sio_uv_new_with(uv_loop_t *loop, const struct sio_uv_options *options)
{
    struct sio_uv *uv = calloc(1, sizeof *uv);

    if (uv == NULL)
        return NULL;
    if (options != NULL)
        uv->options = *options;
    uv->loop = loop;
    uv->host = host_of(uv);
    list_init(&uv->doors);
    if (proxies_new(uv->options.trusted_proxies, &uv->proxies, NULL) != 0)
        goto fail;
    uv->net = net_new(loop, &uv->options.limits, uv->options.fact, uv->options.app);
    if (uv->net == NULL)
        goto fail_proxies;
    uv->net->tick = on_tick;
    uv->net->ended = on_ended;
    uv->net->app_tick = uv;
    return uv;

fail_proxies:
    proxies_free(uv->proxies);
fail:
    free(uv);
    return NULL;
}

struct sio_uv *sio_uv_new(uv_loop_t *loop)
{
    return sio_uv_new_with(loop, NULL);
}

/* The end. */

void sio_uv_stop(struct sio_uv *uv)
{
    if (uv == NULL || uv->stopped)
        return;
    uv->stopped = true;
    LIST_EACH(at, after, &uv->doors) {
        struct door *door = CONTAINER_OF(at, struct door, in_doors);

        door->site.draining = true;
        listener_close(door->listener);
        door->listener = NULL;
    }
    LIST_EACH(each, next, &uv->net->conns)
        http_conn_drain(CONTAINER_OF(each, struct conn, in_all));
}

void sio_uv_close_within(struct sio_uv *uv, int within_ms)
{
    if (uv == NULL || uv->closed)
        return;
    sio_uv_stop(uv);
    uv->closed = true;
    uv->cut_due_ms = on_now(uv) + within_ms;
    for (size_t i = 0; i < uv->served_count; i++)
        if (uv->served[i].engine != NULL)
            eio_server_close(uv->served[i].engine);
        else
            ws_server_close(uv->served[i].websocket);
    net_close(uv->net);
}

void sio_uv_close(struct sio_uv *uv)
{
    sio_uv_close_within(uv, CLOSE_MS);
}

/* Connections that are still open end in the loop's last turns; the memory goes with the last of them. */
void sio_uv_free(struct sio_uv *uv)
{
    if (uv == NULL)
        return;
    uv->freed = true;
    uv->options.replied = NULL;
    sio_uv_stop(uv);
    cut_all(uv);
    net_finish(uv->net);
}
