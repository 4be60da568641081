/* ws_fixture.h - a host in memory with a clock that stands still, and the client's side of a connection. */
#ifndef WS_FIXTURE_H
#define WS_FIXTURE_H

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "test.h"
#include "websocket.h"
#include "ws_frame.h"

struct world {                                  /* the application and the loop of a ws_server      */
    struct ws_server *server;
    int64_t    now_ms;
    struct buf log;                             /* a line for each call of a handler                */
    int        verdict;                         /* what `allow` says                                */
    bool       echo;                            /* messages are sent back                           */
};

struct link {                                   /* the host's side of a connection                  */
    struct world   *world;
    struct ws_conn *conn;
    int             wakes, closes;
    struct buf      out;                        /* what reached the client                          */
};

static inline int64_t world_now(void *loop)
{
    return ((struct world *)loop)->now_ms;
}

static inline void world_random(void *loop, void *at, size_t size)
{
    (void)loop;
    memset(at, 7, size);
}

static inline void world_sha1(struct ws_bytes bytes, unsigned char digest[20])
{
    CHECK_INT(EVP_Digest(bytes.at, bytes.size, digest, NULL, EVP_sha1(), NULL), 1);
}

static inline void link_wake(void *peer)
{
    ((struct link *)peer)->wakes++;
}

static inline void link_close(void *peer)
{
    ((struct link *)peer)->closes++;
}

static inline int world_allow(void *app, const struct ws_request *request)
{
    (void)request;
    return ((struct world *)app)->verdict;
}

static inline void world_on_open(struct ws_conn *c, const struct ws_request *request)
{
    struct world *w = ws_app(c);

    CHECK_INT(buf_printf(&w->log, "open %s\n", request->path), 0);
}

static inline void world_on_message(struct ws_conn *c, enum ws_type type, struct ws_bytes bytes)
{
    struct world *w = ws_app(c);

    CHECK_INT(buf_printf(&w->log, "%s %zu ", type == WS_TEXT ? "text" : "binary", bytes.size), 0);
    CHECK_INT(buf_add(&w->log, bytes.at, bytes.size), 0);
    CHECK_INT(buf_add_byte(&w->log, '\n'), 0);
    if (w->echo)
        (void)ws_send(c, type, bytes);
}

static inline void world_on_drained(struct ws_conn *c)
{
    struct world *w = ws_app(c);

    CHECK_INT(buf_add_text(&w->log, "drained\n"), 0);
}

static inline void world_on_close(struct ws_conn *c, int code, struct ws_bytes reason)
{
    struct world *w = ws_app(c);

    CHECK_INT(ws_send(c, WS_TEXT, WS_LITERAL("late")), -ENOTCONN);
    CHECK_INT(buf_printf(&w->log, "close %d %.*s\n", code, (int)reason.size, (const char *)reason.at), 0);
}

static inline void world_init(struct world *w, const struct ws_options *options)
{
    static const struct ws_handlers handlers = { world_allow, world_on_open, world_on_message, NULL,
                                                 world_on_close };
    struct ws_host host = { w, world_now, world_random, world_sha1, link_wake, link_close };

    *w = (struct world){ .now_ms = 1000 };
    buf_init(&w->log, BUF_NO_LIMIT);
    w->server = ws_server_new(options, &handlers, &host, w);
    CHECK(w->server != NULL);
}

static inline void world_finish(struct world *w)
{
    ws_server_free(w->server);
    buf_finish(&w->log);
}

/* The log so far; the next call begins anew. */
static inline const char *world_log(struct world *w)
{
    CHECK_INT(buf_add_byte(&w->log, '\0'), 0);
    buf_clear(&w->log);
    return (const char *)w->log.at;
}

#define GOOD_HEADERS                                                                                    \
    { "host", "example.com" }, { "upgrade", "websocket" }, { "connection", "keep-alive, Upgrade" },     \
    { "sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==" }, { "sec-websocket-version", "13" }
static const struct ws_header good_headers[] = { GOOD_HEADERS, { 0 } };

static inline struct ws_request request_of(const struct ws_header *headers)
{
    return (struct ws_request){ .method = "GET", .path = "/chat", .query = "", .address = "127.0.0.1",
                                .headers = headers };
}

/* Takes what the connection has to say, in writes of a few parts. */
static inline void link_flush(struct link *l)
{
    struct ws_bytes parts[3];
    int count;

    while ((count = ws_output(l->conn, parts, 3)) > 0) {
        size_t size = 0;

        for (int i = 0; i < count; i++) {
            CHECK_INT(buf_add(&l->out, parts[i].at, parts[i].size), 0);
            size += parts[i].size;
        }
        ws_sent(l->conn, size);
    }
}

static inline void link_open(struct link *l, struct world *w, const struct ws_request *request)
{
    *l = (struct link){ .world = w };
    buf_init(&l->out, BUF_NO_LIMIT);
    l->conn = ws_open(w->server, request, l);
    CHECK(l->conn != NULL);
}

/* An open connection whose handshake is behind it; log and output are empty. */
static inline void link_ready(struct link *l, struct world *w)
{
    struct ws_request request = request_of(good_headers);

    link_open(l, w, &request);
    link_flush(l);
    CHECK(l->out.size > 12 && memcmp(l->out.at, "HTTP/1.1 101", 12) == 0);
    buf_clear(&l->out);
    buf_clear(&w->log);
    l->wakes = 0;
}

static inline void link_lose(struct link *l)
{
    ws_lost(l->conn);
    buf_finish(&l->out);
}

/* Hands over a copy that ends where its memory ends, so that a sanitizer sees every step too far. */
static inline int link_feed(struct link *l, const void *at, size_t size)
{
    unsigned char *copy = malloc(size > 0 ? size : 1);
    int result;

    CHECK(copy != NULL);
    if (size > 0)
        memcpy(copy, at, size);
    result = ws_receive(l->conn, copy, size);
    free(copy);
    return result;
}

/* Appends a client's frame; `first` is the whole first byte. */
static inline void add_frame(struct buf *b, unsigned first, const void *payload, size_t size)
{
    static const unsigned char mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
    unsigned char head[WS_FRAME_HEAD_MAX];
    size_t head_size = ws_frame_write(head, WS_BINARY, 0, size);

    head[0] = (unsigned char)first;
    head[1] |= 0x80;
    CHECK_INT(buf_add(b, head, head_size), 0);
    CHECK_INT(buf_add(b, mask, sizeof mask), 0);
    CHECK_INT(buf_add(b, payload, size), 0);
    if (size > 0)
        ws_frame_mask(b->at + b->size - size, size, mask, 0);
}

static inline int link_frame(struct link *l, unsigned first, const void *payload, size_t size)
{
    struct buf b;
    int result;

    buf_init(&b, BUF_NO_LIMIT);
    add_frame(&b, first, payload, size);
    result = link_feed(l, b.at, b.size);
    buf_finish(&b);
    return result;
}

#define LINK_TEXT(l, first, text) link_frame((l), (first), "" text, sizeof(text) - 1)

/* What the client got since the last time is exactly this. */
#define CHECK_OUT(l, literal)                                                                           \
    do {                                                                                                \
        link_flush(l);                                                                                  \
        CHECK_INT((l)->out.size, sizeof(literal) - 1);                                                  \
        if (sizeof(literal) > 1)                                                                        \
            CHECK_MEM((l)->out.at, literal, sizeof(literal) - 1);                                       \
        buf_clear(&(l)->out);                                                                           \
    } while (0)

#endif
