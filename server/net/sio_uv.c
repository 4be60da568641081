/* sio_uv.c - the host of the three floors: listening, which route gets a request, the tick, the end. */
#include "sio_uv.h"

#include <assert.h>
#include <errno.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "sio_http.h"
#include "http_conn.h"
#include "listener.h"
#include "net_world.h"
#include "sio_uv_peer.h"

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
        sio_uv_begin_websocket(route, http, request);
    else if (route->engine != NULL)
        sio_uv_begin_engine(route->engine, http, request, &door->uv->freed);
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

static void on_ready(void *data, struct conn *c)
{
    struct door *door = data;

    (void)http_conn_new(&door->site, c);        /* no memory: it is cut                             */
}

static void on_accept(void *data, struct conn *c)
{
    struct door *door = data;

    if (door->uv->options.tls != NULL)
        conn_tls_begin(c, door->uv->options.tls, on_ready, door);
    else
        on_ready(door, c);
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
    ssize_t got = getrandom(at, size, 0);       /* up to 256 bytes come at once: man 2 getrandom    */

    (void)loop;
    assert(got == (ssize_t)size);               /* a session's name is its secret: better to end    */
    (void)got;
}

static void on_sha1(struct ws_bytes bytes, unsigned char digest[20])
{
    (void)SHA1(bytes.at, bytes.size, digest);
}

const struct eio_host *sio_uv_host(const struct sio_uv *uv)
{
    return &uv->host;
}

uv_loop_t *sio_uv_loop(const struct sio_uv *uv)
{
    return uv->loop;
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
        .ws = { .loop = uv, .now_ms = on_now, .random = on_random, .sha1 = on_sha1, .wake = sio_uv_wake,
                .close = sio_uv_end },
        .reply = sio_uv_reply,
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
    LIST_EACH(each, next, &uv->net->conns) {
        conn_tls_drain(CONTAINER_OF(each, struct conn, in_all));
        http_conn_drain(CONTAINER_OF(each, struct conn, in_all));
    }
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
