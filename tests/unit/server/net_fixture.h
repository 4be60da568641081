/* net_fixture.h - a real loop with a real listener, and clients that are plain sockets of the same thread:
 * they turn the loop while they wait. */
#ifndef NET_FIXTURE_H
#define NET_FIXTURE_H

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sio_http.h"
#include "sio_uv.h"
#include "test.h"

enum { GIVE_UP_MS = 5000, SAID_SIZE = 1 << 16 };

struct world { uv_loop_t loop; struct sio_uv *uv; int port; };
struct client { struct world *world; int fd; size_t size; char said[SAID_SIZE]; };

static inline void world_open(struct world *w, const struct sio_uv_options *options)
{
    CHECK_INT(uv_loop_init(&w->loop), 0);
    w->uv = sio_uv_new_with(&w->loop, options);
    assert_non_null(w->uv);
}

static inline void world_listen(struct world *w, const struct sio_uv_route *routes)
{
    CHECK_INT(sio_uv_listen(w->uv, "127.0.0.1", 0, routes), 0);
    w->port = sio_uv_port(w->uv);
}

/* Ends like a program does; a connection or a handle that stays makes uv_loop_close() fail. */
static inline void world_close(struct world *w)
{
    sio_uv_close_within(w->uv, 100);
    CHECK_INT(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
    sio_uv_free(w->uv);
    CHECK_INT(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
    CHECK_INT(uv_loop_close(&w->loop), 0);
}

static inline void world_turn(struct world *w, int wait_ms)
{
    struct pollfd backend = { .fd = uv_backend_fd(&w->loop), .events = POLLIN };

    (void)uv_run(&w->loop, UV_RUN_NOWAIT);
    if (wait_ms > 0)
        (void)poll(&backend, 1, wait_ms);
    (void)uv_run(&w->loop, UV_RUN_NOWAIT);
}

static inline void world_pass(struct world *w, int64_t ms)
{
    uint64_t end_ns = uv_hrtime() + (uint64_t)ms * 1000000;

    while (uv_hrtime() < end_ns)
        world_turn(w, 1);
}

static inline struct client *client_open(struct world *w)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)w->port) };
    struct client *c = calloc(1, sizeof *c);

    assert_non_null(c);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->world = w;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_INT(connect(c->fd, (struct sockaddr *)&address, sizeof address), 0);
    world_turn(w, 1);
    return c;
}

static inline void client_close(struct client *c)
{
    (void)close(c->fd);
    world_turn(c->world, 1);
    free(c);
}

static inline void client_send_bytes(struct client *c, const char *at, size_t size)
{
    for (size_t sent = 0; sent < size;) {
        ssize_t piece = send(c->fd, at + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (piece < 0 && errno != EAGAIN)
            return;                             /* it was cut: the reply will say why               */
        sent += piece > 0 ? (size_t)piece : 0;
        world_turn(c->world, 0);
    }
}

static inline void client_send(struct client *c, const char *text)
{
    client_send_bytes(c, text, strlen(text));
}

/* 1: something came; 0: not yet; -1: the server ended it. */
static inline int client_receive(struct client *c)
{
    ssize_t got;

    world_turn(c->world, 1);
    assert_true(c->size < SAID_SIZE - 1);
    got = recv(c->fd, c->said + c->size, SAID_SIZE - 1 - c->size, MSG_DONTWAIT);
    if (got > 0)
        c->size += (size_t)got;
    return got > 0 ? 1 : got < 0 && errno == EAGAIN ? 0 : -1;
}

/* All that was said, until it holds `text`. */
static inline const char *client_wait(struct client *c, const char *text)
{
    uint64_t end_ns = uv_hrtime() + GIVE_UP_MS * 1000000ull;

    while (strstr(c->said, text) == NULL && uv_hrtime() < end_ns && client_receive(c) >= 0)
        ;
    if (strstr(c->said, text) == NULL)
        fail_msg("waited for \"%s\" and heard \"%s\"", text, c->said);
    return c->said;
}

/* All that was said until the server ended the connection. */
static inline const char *client_wait_end(struct client *c)
{
    uint64_t end_ns = uv_hrtime() + GIVE_UP_MS * 1000000ull;

    while (uv_hrtime() < end_ns)
        if (client_receive(c) < 0)
            return c->said;
    fail_msg("it was not ended: \"%s\"", c->said);
    return NULL;
}

static inline void client_forget(struct client *c)
{
    memset(c->said, 0, c->size);
    c->size = 0;
}

/* Is there really no more? Turns the loop for a while. */
static inline bool client_hears_nothing(struct client *c, int64_t ms)
{
    size_t size = c->size;

    world_pass(c->world, ms);
    return client_receive(c) == 0 && c->size == size;
}

static inline void check_has(const char *said, const char *text)
{
    if (strstr(said, text) == NULL)
        fail_msg("no \"%s\" in \"%s\"", text, said);
}

static inline void check_has_not(const char *said, const char *text)
{
    if (strstr(said, text) != NULL)
        fail_msg("\"%s\" in \"%s\"", text, said);
}

#endif
