/* sio_fixture.h - an application of every habit, in a world, and a client that joined. */
#ifndef SIO_FIXTURE_H
#define SIO_FIXTURE_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fixture/world.h"
#include "test.h"

static inline struct world *world_of(const struct sio_socket *s)
{
    return eio_app(sio_session(s));
}

static inline void on_connect(struct sio_socket *s, struct sio_args auth)
{
    world_note(world_of(s), "connect %s %.*s\n", sio_namespace_name(sio_namespace(s)), (int)auth.text.size,
               (const char *)auth.text.at);
    CHECK_INT(sio_accept(s, NULL), 0);
}

static inline void on_disconnect(struct sio_socket *s, const char *reason)
{
    CHECK_INT(sio_emit(s, "late", SIO_NONE, 0), -ENOTCONN);
    CHECK(sio_find(sio_namespace(s), sio_id(s)) == NULL);
    world_note(world_of(s), "disconnect %s\n", reason);
}

static inline void on_otherwise(const struct sio_call *c)
{
    world_note(world_of(c->socket), "event %s %.*s", c->name, (int)c->args.text.size,
               (const char *)c->args.text.at);
    for (int i = 0; i < c->args.binary_count; i++)
        world_note(world_of(c->socket), " <%.*s>", (int)c->args.binary[i].size,
                   (const char *)c->args.binary[i].at);
    world_note(world_of(c->socket), "%s\n", c->ack.server != NULL ? " ack" : "");
}

static inline void on_echo(const struct sio_call *c)
{
    CHECK_INT(sio_emit(c->socket, "echoed", c->args, 0), 0);
}

static inline void on_ack(const struct sio_call *c)
{
    CHECK_INT(sio_answer(c->ack, c->args), 0);
    CHECK_INT(sio_answer(c->ack, c->args), c->ack.server == NULL ? 0 : -EALREADY);
}

static inline void on_join(const struct sio_call *c)
{
    struct sio_args args = c->args;
    char room[64];

    CHECK_INT(sio_args_shift(&args, room, sizeof room), 0);
    CHECK_INT(sio_join(c->socket, room), 0);
}

static inline void on_leave(const struct sio_call *c)
{
    struct sio_args args = c->args;
    char room[64];

    CHECK_INT(sio_args_shift(&args, room, sizeof room), 0);
    sio_leave(c->socket, room);
}

static inline void on_leave_all(const struct sio_call *c)
{
    struct sio_args args = c->args;
    char room[64];

    CHECK_INT(sio_args_shift(&args, room, sizeof room), 0);
    sio_join_all(sio_namespace(c->socket), (struct sio_to){ .flags = 0 }, room, false);
}

static inline void on_room(const struct sio_call *c)
{
    struct sio_args args = c->args;
    char room[64];

    CHECK_INT(sio_args_shift(&args, room, sizeof room), 0);
    (void)sio_broadcast(sio_namespace(c->socket),
                        (struct sio_to){ .rooms = SIO_ROOMS(room), .except = SIO_ROOMS(sio_id(c->socket)) },
                        "said", args);
}

static inline void on_leave_me(const struct sio_call *c)
{
    sio_disconnect(c->socket, c->args.text.size == 4);          /* true or false                    */
}

static const struct sio_event app_events[] = {
    { "echo", on_echo, NULL }, { "ack", on_ack, NULL },         { "join", on_join, NULL },
    { "leave", on_leave, NULL }, { "room", on_room, NULL }, { "leave-me", on_leave_me, NULL },
    { "leave-all", on_leave_all, NULL }, { 0 },
};
static const struct sio_handlers app_handlers = {
    .on_connect = on_connect, .on_disconnect = on_disconnect, .otherwise = on_otherwise, .events = app_events,
};

/* A world with that application in "/" and "/custom". */
static inline void app_init(struct world *w, const struct sio_options *options)
{
    world_init(w, 1);
    world_server(w, options, NULL);
    CHECK(sio_namespace_add(w->io, "/", &app_handlers) != NULL);
    CHECK(sio_namespace_add(w->io, "/custom", &app_handlers) != NULL);
}

/* A WebSocket whose open packet is behind it. */
static inline struct peer *app_client(struct world *w)
{
    struct peer *p = world_websocket(w, "EIO=4&transport=websocket", NULL);
    const char *open = world_next(p);

    CHECK_INT(p->status, 101);
    CHECK(open != NULL && *open == '0');
    return p;
}

/* The same, joined to "/"; its socket id is returned. */
static inline struct peer *app_joined(struct world *w, char id[64])
{
    struct peer *p = app_client(w);

    world_send(p, "40");
    world_sid(world_next(p), id);
    (void)world_log(w);
    return p;
}

/* What the client got is exactly this, in order. */
#define CHECK_GOT(peer, ...)                                                                            \
    do {                                                                                                \
        const char *const want_[] = { __VA_ARGS__ };                                                    \
        for (size_t i_ = 0; i_ < sizeof want_ / sizeof want_[0]; i_++) {                                \
            const char *got_ = world_next(peer);                                                        \
            CHECK(got_ != NULL);                                                                        \
            CHECK_STR(got_, want_[i_]);                                                                 \
        }                                                                                               \
        CHECK(world_next(peer) == NULL);                                                                \
    } while (0)
#define CHECK_SILENT(peer) CHECK(world_next(peer) == NULL)

#endif
