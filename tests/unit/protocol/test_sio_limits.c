/* test_sio_limits.c - a server without options: where its limits are, from both sides of each. */
#include "sio_fixture.h"

struct usual { struct world w; struct sio_namespace *ns; struct peer *p; struct sio_socket *s; char id[64]; };

static void usual_init(struct usual *t)
{
    world_init(&t->w, 1);
    world_server(&t->w, NULL, NULL);
    t->ns = sio_namespace_add(t->w.io, "/", &app_handlers);
    CHECK(t->ns != NULL && sio_namespace_add(t->w.io, "/org-*", &app_handlers) != NULL);
    t->p = app_joined(&t->w, t->id);
    t->s = sio_find(t->ns, t->id);
}

/* before, count times middle, after */
static char *repeat(const char *before, const char *middle, size_t count, const char *after)
{
    size_t size = strlen(middle);
    char *text = malloc(strlen(before) + count * size + strlen(after) + 1), *to = text;

    CHECK(text != NULL);
    memcpy(to, before, strlen(before));
    to += strlen(before);
    for (size_t i = 0; i < count; i++, to += size)
        memcpy(to, middle, size);
    memcpy(to, after, strlen(after) + 1);
    return text;
}

/* An event of a new client: true if it came through, false if the client was closed for it. */
static bool is_taken(char *packet)
{
    struct usual t;
    bool taken;

    usual_init(&t);
    world_send(t.p, packet);
    taken = sio_find(t.ns, t.id) != NULL;
    if (!taken)
        CHECK_STR(world_log(&t.w), "disconnect forced close\n");
    world_finish(&t.w);
    free(packet);
    return taken;
}

TEST(sio_limits, of_arguments_and_depth_are_1000)
{
    char *deep = repeat("", "[", 1000, ""), *close = repeat("", "]", 1000, "]");
    char *closer = repeat("]", close, 1, "");

    CHECK(is_taken(repeat("42[\"x\"", ",0", 1000, "]")));
    CHECK(!is_taken(repeat("42[\"x\"", ",0", 1001, "]")));
    CHECK(is_taken(repeat("42[\"x\",", deep, 1, close)));
    CHECK(!is_taken(repeat("42[\"x\",[", deep, 1, closer)));
    free(closer);
    free(deep);
    free(close);
}

TEST(sio_limits, of_attachments_is_10)
{
    struct usual t;

    usual_init(&t);
    world_send(t.p, "4510-[\"x\",{\"_placeholder\":true,\"num\":9}]");
    for (int i = 0; i < 10; i++)
        world_frame(t.p, 0x82, &"0123456789"[i], 1);
    CHECK_STR(world_log(&t.w), "event x {\"_placeholder\":true,\"num\":9}"
                               " <0> <1> <2> <3> <4> <5> <6> <7> <8> <9>\n");
    world_send(t.p, "4511-[\"x\"]");
    CHECK_STR(world_log(&t.w), "disconnect forced close\n");
    world_finish(&t.w);
}

TEST(sio_limits, of_rooms_and_questions_are_64)
{
    struct usual t;
    char room[16];

    usual_init(&t);
    for (int i = 0; i <= 64; i++) {
        (void)snprintf(room, sizeof room, "%d", i);
        CHECK_INT(sio_join(t.s, room), i < 64 ? 0 : -ENOBUFS);
        CHECK_INT(sio_ask(t.s, "q", SIO_NONE, 0, NULL, NULL), i < 64 ? 0 : -ENOBUFS);
    }
    world_finish(&t.w);
}

TEST(sio_limits, of_namespaces_is_8)
{
    struct usual t;
    char packet[32];

    usual_init(&t);
    for (int i = 2; i <= 8; i++) {
        (void)snprintf(packet, sizeof packet, "40/org-%d,", i);
        world_send(t.p, packet);
        CHECK(strstr(world_next(t.p), "\"sid\"") != NULL);
    }
    world_send(t.p, "40/org-9,");
    CHECK_GOT(t.p, "44/org-9,{\"message\":\"Too many namespaces\"}");
    world_finish(&t.w);
}

TEST(sio_limits, of_joining_is_45_seconds)
{
    struct usual t;
    struct peer *p;

    usual_init(&t);
    p = app_client(&t.w);
    world_run(&t.w, 25000);
    world_send(p, "3");
    world_run(&t.w, 44999 - 25000);
    CHECK_STR(world_next(p), "2");
    CHECK_SILENT(p);
    world_run(&t.w, 1);
    CHECK_GOT(p, "(close)");
    world_finish(&t.w);
}

TEST(sio_limits, of_a_message_is_1000000_bytes_on_a_websocket)
{
    struct usual t;
    char *packet = repeat("42[\"x\",\"", "x", 1000001 - 10, "\"]");

    CHECK_INT(strlen(packet), 1000001);
    CHECK(is_taken(repeat("42[\"x\",\"", "x", 1000000 - 10, "\"]")));
    usual_init(&t);
    world_send(t.p, packet);
    CHECK_STR(world_next(t.p), "(close 1009)");
    free(packet);
    world_finish(&t.w);
}

TEST(sio_limits, of_a_post_are_1000000_bytes_and_1000_packets)
{
    struct usual t;
    char sid[64], query[128];
    char *body;

    usual_init(&t);
    world_sid(peer_body(world_get(&t.w, "EIO=4&transport=polling")), sid);
    (void)snprintf(query, sizeof query, "EIO=4&transport=polling&sid=%s", sid);
    CHECK_INT(world_post(&t.w, query, "40")->status, 200);
    (void)world_log(&t.w);
    body = repeat("42[\"x\",\"", "x", 1000001 - 10, "\"]");
    CHECK_INT(world_post(&t.w, query, body)->status, 413);
    CHECK_STR(world_log(&t.w), "");
    free(body);
    body = repeat("42[\"x\",\"", "x", 1000000 - 10, "\"]");
    CHECK_INT(world_post(&t.w, query, body)->status, 200);
    free(body);
    body = repeat("6", "\x1e" "6", 999, "");
    CHECK_INT(world_post(&t.w, query, body)->status, 200);
    free(body);
    body = repeat("6", "\x1e" "6", 1000, "");
    CHECK_INT(world_post(&t.w, query, body)->status, 400);
    free(body);
    CHECK(eio_find(t.w.engine, sid) == NULL);
    world_finish(&t.w);
}

TEST(sio_limits, of_a_message_are_1000_fragments)
{
    struct usual t;

    usual_init(&t);
    world_frame(t.p, 0x01, "42[\"x\",\"", 8);
    for (int i = 0; i < 998; i++)
        world_frame(t.p, 0x00, "x", 1);
    world_frame(t.p, 0x80, "\"]", 2);
    CHECK(strncmp(world_log(&t.w), "event x", 7) == 0);
    world_frame(t.p, 0x01, "42[\"x\",\"", 8);
    for (int i = 0; i < 999; i++)
        world_frame(t.p, 0x00, "x", 1);
    world_frame(t.p, 0x80, "\"]", 2);
    CHECK_STR(world_next(t.p), "(close 1008)");
    world_finish(&t.w);
}

TEST(sio_limits, of_what_is_unsent_are_4_mib_behind_one_message)
{
    enum { MIB = 1 << 20 };
    struct usual t;
    char *text = repeat("\"", "x", 8 * MIB, "\"");
    struct sio_args first = { .text = { text, 8 * MIB + 2 } }, more = { .text = { text, MIB - 100 } };

    usual_init(&t);
    t.p->stuck = true;
    CHECK_INT(sio_emit(t.s, "x", first, 0), 0);                 /* of any size                      */
    for (int i = 0; i < 4; i++)
        CHECK_INT(sio_emit(t.s, "x", more, 0), 0);
    CHECK_INT(sio_emit(t.s, "x", (struct sio_args){ .text = { text, 400 } }, 0), -ENOBUFS);
    t.p->stuck = false;
    world_turn(&t.w);
    CHECK(sio_find(t.ns, t.id) == NULL);
    world_finish(&t.w);
    free(text);
}

TEST(sio_limits, are_none_when_told_so)
{
    static const struct sio_options none = {
        .eio = { .ws = { .message_max = -1, .unsent_max = -1, .fragments_max = -1 }, .packets_max = -1 },
        .connect_timeout_ms = -1, .binary_max = -1, .depth_max = -1, .args_max = -1, .rooms_max = -1,
        .acks_max = -1, .namespaces_max = -1,
    };
    struct usual t;
    char room[16], *packet = repeat("42[\"x\"", ",0", 1000000, "]");

    world_init(&t.w, 1);
    world_server(&t.w, &none, NULL);
    t.ns = sio_namespace_add(t.w.io, "/", &app_handlers);
    CHECK(t.ns != NULL && sio_namespace_add(t.w.io, "/org-*", &app_handlers) != NULL);
    t.p = app_joined(&t.w, t.id);
    t.s = sio_find(t.ns, t.id);
    world_send(t.p, packet);
    CHECK(strncmp(world_log(&t.w), "event x 0,0", 11) == 0);
    free(packet);
    for (int i = 0; i < 100; i++) {
        (void)snprintf(room, sizeof room, "%d", i);
        CHECK_INT(sio_join(t.s, room), 0);
        CHECK_INT(sio_ask(t.s, "q", SIO_NONE, 0, NULL, NULL), 0);
        (void)snprintf(room, sizeof room, "40/org-%d,", i);
        world_send(t.p, room);
    }
    world_send(t.p, "45100-[\"x\"]");
    for (int i = 0; i < 100; i++)
        world_frame(t.p, 0x82, "x", 1);
    CHECK(strstr(world_log(&t.w), "event x  <x> <x>") != NULL);
    world_finish(&t.w);
}

/* A CONNECT of that many bytes. */
static char *connect_of(size_t size)
{
    return repeat("40{\"a\":\"", "x", size - 10, "\"}");
}

TEST(sio_limits, before_joining_may_be_lower)
{
    static const struct sio_options options = { .connect_max = 100 };
    char *fits = connect_of(100), *more = connect_of(101);
    char *event = repeat("42[\"echo\",\"", "x", 5000, "\"]");
    char *parts = repeat("4", "x", 150, "");
    struct peer *p;
    struct world w;

    world_init(&w, 1);
    world_server(&w, &options, NULL);
    CHECK(sio_namespace_add(w.io, "/", &app_handlers) != NULL);
    p = app_client(&w);
    world_send(p, more);
    CHECK_STR(world_next(p), "(close 1009)");

    p = app_client(&w);
    world_frame(p, 0x01, parts, 60);            /* not by pieces either                             */
    world_frame(p, 0x80, parts, 60);
    CHECK_STR(world_next(p), "(close 1009)");

    p = app_client(&w);
    world_send(p, fits);
    CHECK(strncmp(world_next(p), "40{\"sid\"", 8) == 0);
    world_send(p, event);
    CHECK(strncmp(world_next(p), "42[\"echoed\",\"xxx", 16) == 0);
    free(fits);
    free(more);
    free(event);
    free(parts);
    world_finish(&w);
}

TEST(sio_limits, before_joining_hold_for_polls_and_upgrades)
{
    static const struct sio_options options = { .connect_max = 100 };
    char *fits = connect_of(100), *more = connect_of(101);
    char *event = repeat("42[\"echo\",\"", "x", 5000, "\"]");
    char sid[64], query[128], upgrade[128];
    struct peer *p;
    struct world w;

    world_init(&w, 1);
    world_server(&w, &options, NULL);
    CHECK(sio_namespace_add(w.io, "/", &app_handlers) != NULL);
    world_sid(peer_body(world_get(&w, "EIO=4&transport=polling")), sid);
    (void)snprintf(query, sizeof query, "EIO=4&transport=polling&sid=%s", sid);
    (void)snprintf(upgrade, sizeof upgrade, "EIO=4&transport=websocket&sid=%s", sid);
    CHECK_INT(world_post(&w, query, more)->status, 413);
    p = world_websocket(&w, upgrade, NULL);
    world_send(p, more);
    CHECK_STR(world_next(p), "(close 1009)");

    p = world_websocket(&w, upgrade, NULL);
    CHECK_INT(world_post(&w, query, fits)->status, 200);
    CHECK_INT(world_post(&w, query, event)->status, 200);
    world_send(p, "2probe");
    CHECK_GOT(p, "3probe");
    world_send(p, "5");
    CHECK(strncmp(world_next(p), "40{\"sid\"", 8) == 0);
    CHECK(strncmp(world_next(p), "42[\"echoed\",\"xxx", 16) == 0);
    world_send(p, event);
    CHECK(strncmp(world_next(p), "42[\"echoed\",\"xxx", 16) == 0);
    free(fits);
    free(more);
    free(event);
    world_finish(&w);
}
