/* tls_house.h - a server of a few doors that speaks TLS, and what it noticed. */
#ifndef TLS_HOUSE_H
#define TLS_HOUSE_H

#include "tls_fixture.h"

static char facts[512], why[256];
static struct sio_http_ticket waiting;
static char big[3000000];

static inline void on_fact(void *app, const char *event, const char *address, int error)
{
    size_t size = strlen(facts);

    (void)app;
    (void)snprintf(facts + size, sizeof facts - size, "%s %s %d\n", event, address, error);
}

static inline void on_who(void *app, const struct sio_http_request *r)
{
    char text[128];
    int size = snprintf(text, sizeof text, "%zu%s at %s", r->body.size, r->secure ? " safe" : "", r->address);

    (void)app;
    CHECK_INT(sio_http_reply(r->ticket, 200, NULL, (struct ws_bytes){ text, (size_t)size }), 0);
}

static inline void on_later(void *app, const struct sio_http_request *r)
{
    (void)app;
    waiting = r->ticket;
}

static inline void on_big(void *app, const struct sio_http_request *r)
{
    (void)app;
    CHECK_INT(sio_http_reply_lent(r->ticket, 200, NULL, (struct ws_bytes){ big, sizeof big }), 0);
}

static inline void on_message(struct ws_conn *c, enum ws_type type, struct ws_bytes bytes)
{
    CHECK_INT(ws_send(c, type, bytes), 0);
}

struct house { struct world w; struct files files; struct sio_tls *tls; struct ws_server *ws;
               struct sio_uv_route routes[5]; };

static inline void house_open(struct house *h, struct sio_http_limits limits)
{
    static const struct ws_handlers echo = { .on_message = on_message };

    facts[0] = '\0';
    waiting = (struct sio_http_ticket){ 0 };
    files_open(&h->files);
    CHECK_INT(sio_tls_new(h->files.certificate, h->files.key, &h->tls, why, sizeof why), 0);
    world_open(&h->w, &(struct sio_uv_options){ .tls = h->tls, .limits = limits, .fact = on_fact });
    h->ws = ws_server_new(NULL, &echo, &sio_uv_host(h->w.uv)->ws, NULL);
    assert_non_null(h->ws);
    h->routes[0] = (struct sio_uv_route){ .path = "/ws", .websocket = h->ws };
    h->routes[1] = (struct sio_uv_route){ .path = "/who", .handle = on_who };
    h->routes[2] = (struct sio_uv_route){ .path = "/later", .handle = on_later };
    h->routes[3] = (struct sio_uv_route){ .path = "/big", .handle = on_big };
    h->routes[4] = (struct sio_uv_route){ .path = NULL };
    world_listen(&h->w, h->routes);
}

static inline void house_close(struct house *h)
{
    sio_uv_close_within(h->w.uv, 100);
    CHECK_INT(uv_run(&h->w.loop, UV_RUN_DEFAULT), 0);
    ws_server_free(h->ws);
    sio_tls_free(h->tls);
    world_close(&h->w);
    files_close(&h->files);
}

static const struct sio_http_limits usual = { 0 };

#define GET(target) "GET " target " HTTP/1.1\r\nHost: h\r\n\r\n"
#define LAST(target) "GET " target " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
#define UPGRADE "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
#define HI "\x81\x82\0\0\0\0hi"

#endif
