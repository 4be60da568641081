/* Every allocation of a whole conversation fails once, and once all from there on: errors are clean, nothing
 * leaks, nothing is half done, every question has one answer. The linker wraps malloc and its sisters. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "failing_malloc.h"
#include "fixture/world.h"
#include "test.h"

static long allocations, failing = -1;
static bool inside, for_good;

static bool fails(void)
{
    long now;

    if (!inside)
        return false;
    now = allocations++;
    return failing >= 0 && (now == failing || (for_good && now > failing));
}

static void core(bool is_inside)
{
    inside = is_inside;
}

/* An application that takes every error for what it is. */

struct talk {
    struct world w;
    struct sio_namespace *ns;
    char late[64];                              /* who is let in later                              */
    int  put, answered, connects, disconnects;
    int  put_to_many, ended, returned;
};

static struct talk *talk_of(const struct sio_socket *s)
{
    return (struct talk *)eio_app(sio_session(s));      /* its world is its first member            */
}

static void on_connect(struct sio_socket *s, struct sio_args auth)
{
    struct talk *t = talk_of(s);

    t->returned += sio_recovered(s);
    if (auth.text.size > 2 && !sio_recovered(s))
        memcpy(t->late, sio_id(s), strlen(sio_id(s)) + 1);
    else if (sio_accept(s, NULL) == 0)
        t->connects++;
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

static void on_answers(void *data, int error, bool last, struct sio_args args)
{
    (void)error;
    (void)args;
    ((struct talk *)data)->ended += last;
}

static void leave_room(struct sio_socket *s, void *data)
{
    (void)data;
    sio_leave(s, "b");
}

static void on_all(const struct sio_call *c)
{
    struct talk *t = talk_of(c->socket);

    (void)sio_join(c->socket, "a");
    (void)sio_join(c->socket, "b");
    (void)sio_emit(c->socket, "needs \"quotes\"", c->args, 0);
    (void)sio_broadcast(t->ns, (struct sio_to){ .rooms = SIO_ROOMS("a") }, "x", c->args);
    t->put += sio_ask(c->socket, "q", c->args, 1000, on_answer, t) == 0;
    t->put_to_many += sio_broadcast_ask(t->ns, (struct sio_to){ .rooms = SIO_ROOMS("b") }, "q", c->args, 500,
                                        on_answers, t) >= 0;
    (void)sio_each(t->ns, (struct sio_to){ .rooms = SIO_ROOMS("b") }, leave_room, NULL);
    (void)sio_answer(c->ack, c->args);
}

static const struct sio_event events[] = { { "all", on_all, NULL }, { 0 } };
static const struct sio_handlers handlers = { on_connect, on_disconnect, NULL, NULL, events };

static bool said(const char *text, const char *beginning)
{
    return text != NULL && strncmp(text, beginning, strlen(beginning)) == 0;
}

static void by_websocket(struct talk *t, const char *connect)
{
    struct peer *p = world_websocket(&t->w, "EIO=4&transport=websocket", NULL);

    world_send(p, connect);
    world_send(p, "421[\"all\",1]");
    world_send(p, "452-2[\"all\",{\"_placeholder\":true,\"num\":1}]");
    world_frame(p, 0x82, "one", 3);
    world_frame(p, 0x82, "two", 3);
    if (t->late[0] != '\0' && sio_find(t->ns, t->late) != NULL) {
        core(true);
        t->connects += sio_accept(sio_find(t->ns, t->late), NULL) == 0;
        core(false);
    }
    t->late[0] = '\0';
    world_send(p, "430[true]");
    world_send(p, "bAQI=");
}

static void by_polling(struct talk *t)
{
    struct peer *p = world_get(&t->w, "EIO=4&transport=polling"), *ws;
    char sid[64], query[128];

    if (p->status != 200 || !said(peer_body(p), "0{"))
        return;
    world_sid(peer_body(p), sid);
    (void)snprintf(query, sizeof query, "EIO=4&transport=polling&sid=%s", sid);
    (void)world_post(&t->w, query, "40\x1e" "421[\"all\",1]");
    (void)world_get(&t->w, query);
    (void)world_post(&t->w, query, "451-2[\"all\",{\"_placeholder\":true,\"num\":0}]\x1e" "bAQID");
    (void)snprintf(query, sizeof query, "EIO=4&transport=websocket&sid=%s", sid);
    ws = world_websocket(&t->w, query, NULL);
    world_send(ws, "2probe");
    world_send(ws, "5");
    world_send(ws, "423[\"all\",\"moved\"]");
    world_send(ws, "41");
}

static bool read_value(const char *text, const char *before, char value[64])
{
    const char *start = text == NULL ? NULL : strstr(text, before);
    size_t size = start == NULL ? 64 : strcspn(start + strlen(before), "\"");

    if (size >= 64)
        return false;
    memcpy(value, start + strlen(before), size);
    value[size] = '\0';
    return true;
}

/* Lost and back again, as far as that is possible. */
static void by_return(struct talk *t)
{
    struct peer *p = world_websocket(&t->w, "EIO=4&transport=websocket", NULL);
    char pid[64], offset[64], packet[192];

    (void)world_next(p);
    world_send(p, "40");
    if (!read_value(world_next(p), "\"pid\":\"", pid))
        return;
    world_send(p, "42[\"all\",1]");
    if (!read_value(world_next(p), ",1,\"", offset))
        return;
    world_cut(p);
    core(true);
    (void)sio_broadcast(t->ns, (struct sio_to){ .rooms = SIO_ROOMS("a"), .except = SIO_ROOMS("b") }, "x",
                        SIO_NONE);
    sio_join_all(t->ns, (struct sio_to){ .rooms = SIO_ROOMS("a") }, "b", false);
    core(false);
    p = world_websocket(&t->w, "EIO=4&transport=websocket", NULL);
    (void)snprintf(packet, sizeof packet, "40{\"pid\":\"%s\",\"offset\":\"%s\"}", pid, offset);
    world_send(p, packet);
    world_cut(p);
}

/* Returns how many allocations there were. */
static long talk(long fail_at, bool all_behind, int recovery_ms)
{
    static const struct eio_options options = { .cookie = "io", .keep_request = true };
    const struct sio_options sio = { .eio = options, .recovery_ms = recovery_ms };
    struct talk t = { .put = 0 };

    world_init(&t.w, 7);
    world_server(&t.w, &sio, NULL);
    t.ns = sio_namespace_add(t.w.io, "/", &handlers);
    CHECK(t.ns != NULL && sio_namespace_add(t.w.io, "/org-*", &handlers) != NULL);
    allocations = 0;
    failing = fail_at;
    for_good = all_behind;
    t.w.core = core;
    by_websocket(&t, "40");
    by_websocket(&t, "40{\"later\":1}");
    by_websocket(&t, "40/org-1,");
    by_polling(&t);
    by_return(&t);
    world_run(&t.w, 2000);
    failing = -1;
    by_websocket(&t, "40");                     /* and the server goes on                           */
    CHECK(t.connects > 0 && t.put_to_many > 0);
    world_finish(&t.w);
    CHECK_INT(t.put, t.answered);
    CHECK_INT(t.put_to_many, t.ended);
    CHECK_INT(t.connects, t.disconnects);
    CHECK(fail_at >= 0 || t.returned == (recovery_ms > 0));
    return allocations;
}

static void may_be_short(bool all_behind, int recovery_ms)
{
    long count = talk(-1, false, recovery_ms);

    CHECK(count > 100);
    for (long i = 0; i < count; i++)
        (void)talk(i, all_behind, recovery_ms);
}

TEST(sio_memory, may_be_short_at_any_allocation)
{
    may_be_short(false, 0);
}

TEST(sio_memory, may_be_short_from_any_allocation_on)
{
    may_be_short(true, 0);
}

TEST(sio_memory, may_be_short_while_clients_come_back)
{
    may_be_short(false, 1000);
    may_be_short(true, 1000);
}
