/* fault_msgpack.c - the n-th allocation of a conversation in MessagePack fails: what is heard is as ever, or
 * nothing; nothing leaks, every question has one answer, and the server goes on. */
#include "fault.h"
#include "fixture/world.h"
#include "test.h"

#define CONNECT "\x82\xa4" "type" "\x00\xa3" "nsp" "\xa1/"
#define EVENT   "\x84\xa4" "type" "\x02\xa3" "nsp" "\xa1/" "\xa2" "id" "\x01\xa4" "data"
static const char connects[] = CONNECT;
/* ["all",{"\"":<ab>},[[1.5]]] with id 1 */
static const char says[] = EVENT "\x93\xa3" "all" "\x81\xa1\"\xc4\x02" "ab"
                           "\x91\x91\xcb\x3f\xf8\0\0\0\0\0\0";

struct talk { struct world w; int connects, disconnects, put, answered; };      /* the world is eio_app() */

static struct talk *talk_of(const struct sio_socket *s)
{
    return (struct talk *)eio_app(sio_session(s));
}

static void on_connect(struct sio_socket *s, struct sio_args auth)
{
    (void)auth;
    talk_of(s)->connects += sio_accept(s, NULL) == 0;
}

static void on_disconnect(struct sio_socket *s, const char *reason)
{
    (void)reason;
    talk_of(s)->disconnects++;
}

static void on_answer(void *data, int error, struct sio_args args)
{
    (void)error;
    (void)args;
    ((struct talk *)data)->answered++;
}

static void on_all(const struct sio_call *c)
{
    struct talk *t = talk_of(c->socket);

    (void)sio_emit(c->socket, "needs \"quotes\"", c->args, 0);
    (void)sio_broadcast(sio_namespace(c->socket), (struct sio_to){ .flags = 0 }, "all", c->args);
    t->put += sio_ask(c->socket, "q", c->args, 1000, on_answer, t) == 0;
    (void)sio_answer(c->ack, c->args);
}

static const struct sio_event events[] = { { "all", on_all, NULL }, { 0 } };
static const struct sio_handlers handlers = {
    .on_connect = on_connect, .on_disconnect = on_disconnect, .events = events,
};

/* Adds what a client heard of a whole conversation, without the answer to its CONNECT. */
static void converse(struct world *w, struct buf *heard)
{
    struct peer *p = world_websocket(w, "EIO=4&transport=websocket", NULL);
    const char *packet;
    int count = 0;

    if (p->conn != NULL) {
        world_frame(p, 0x82, connects, sizeof connects - 1);
        world_frame(p, 0x82, says, sizeof says - 1);
        world_run(w, 2000);
        while ((packet = world_next(p)) != NULL)
            if (count++ >= 2 && *packet == '#')
                CHECK_INT(buf_printf(heard, "%s\n", packet), 0);
    }
    world_drop(p);
}

static long run(long fail_at, bool for_good, struct buf *heard)
{
    static const struct sio_options options = { .msgpack = true };
    long blocks = fault_blocks(), count;
    struct talk t = { .put = 0 };
    struct buf again;

    world_init(&t.w, 7);
    world_server(&t.w, &options, NULL);
    CHECK(sio_namespace_add(t.w.io, "/", &handlers) != NULL);
    t.w.core = fault_inside;
    fault_inside(false);
    fault_arm(fail_at, for_good);
    converse(&t.w, heard);
    count = fault_disarm();
    buf_init(&again, BUF_NO_LIMIT);
    converse(&t.w, &again);                     /* and the server goes on                           */
    CHECK(again.size > 0 && t.put > 0);
    buf_finish(&again);
    world_finish(&t.w);
    CHECK_INT(t.put, t.answered);
    CHECK_INT(t.connects, t.disconnects);
    CHECK_INT(fault_blocks() - blocks, heard->at != NULL);
    return count;
}

/* Are all lines of the part lines of the whole, in its order? */
static bool is_part(struct buf *part, struct buf *whole)
{
    char *line, *at;
    bool is = true;

    CHECK(buf_add_byte(part, '\0') == 0 && buf_add_byte(whole, '\0') == 0);
    at = (char *)whole->at;
    for (line = (char *)part->at; *line != '\0' && is; line += strcspn(line, "\n") + 1) {
        size_t size = strcspn(line, "\n") + 1;

        while (*at != '\0' && strncmp(at, line, size) != 0)
            at += strcspn(at, "\n") + 1;
        is = *at != '\0';
        at += is ? size : 0;
    }
    buf_cut(whole, whole->size - 1);
    return is;
}

TEST(fault_msgpack, at_any_allocation_is_an_end_or_nothing)
{
    struct buf whole, part;
    long count;

    buf_init(&whole, BUF_NO_LIMIT);
    count = run(-1, false, &whole);
    CHECK(count > 10 && whole.size > 0);
    for (long i = 0; i < 2 * count; i++) {
        buf_init(&part, BUF_NO_LIMIT);
        (void)run(i / 2, i % 2, &part);
        CHECK(is_part(&part, &whole));
        buf_finish(&part);
    }
    buf_finish(&whole);
}
