/* test_sio_socket.c - being let in, now or later; events, `before`, and ends in the middle of things. */
#include <jansson.h>

#include "sio_fixture.h"

/* An application that decides later: it keeps the id, as one must. */
static void keep_id(struct sio_socket *s, struct sio_args auth)
{
    (void)auth;
    world_note(world_of(s), "%s", sio_id(s));
}

static const struct sio_handlers later = {
    .on_connect = keep_id, .on_disconnect = on_disconnect, .otherwise = on_otherwise, .events = app_events,
};

struct waiting { struct world w; struct sio_namespace *ns; struct peer *p; char id[64]; };

static void waiting_init(struct waiting *t, const struct sio_options *options)
{
    world_init(&t->w, 1);
    world_server(&t->w, options, NULL);
    t->ns = sio_namespace_add(t->w.io, "/", &later);
    t->p = app_client(&t->w);
    world_send(t->p, "40");
    (void)snprintf(t->id, sizeof t->id, "%s", world_log(&t->w));
    CHECK_INT(strlen(t->id), 20);
    CHECK_SILENT(t->p);
}

TEST(sio_socket, may_be_let_in_several_turns_later)
{
    struct waiting t;
    char want[96];
    int data;

    waiting_init(&t, NULL);
    world_run(&t.w, 5000);
    CHECK(sio_data(sio_find(t.ns, t.id)) == NULL);
    CHECK_INT(sio_emit(sio_find(t.ns, t.id), "early", SIO_NONE, 0), -ENOTCONN);
    CHECK_INT(sio_join(sio_find(t.ns, t.id), "room"), -ENOTCONN);
    CHECK_INT(sio_broadcast(t.ns, (struct sio_to){ 0 }, "early", SIO_NONE), 0);
    CHECK_INT(sio_accept(sio_find(t.ns, t.id), &data), 0);
    CHECK_INT(sio_accept(sio_find(t.ns, t.id), NULL), -EALREADY);
    CHECK(sio_data(sio_find(t.ns, t.id)) == &data);
    world_turn(&t.w);
    (void)snprintf(want, sizeof want, "40{\"sid\":\"%s\"}", t.id);
    CHECK_GOT(t.p, want);
    world_finish(&t.w);
}

TEST(sio_socket, hears_what_came_meanwhile_once_it_is_let_in)
{
    struct waiting t;
    char want[96];

    waiting_init(&t, NULL);
    world_send(t.p, "42[\"a\",1]");
    world_send(t.p, "451-7[\"b\",{\"_placeholder\":true,\"num\":0}]");
    world_frame(t.p, 0x82, "bin", 3);
    world_send(t.p, "420[\"ack\",\"x\"]");
    CHECK_STR(world_log(&t.w), "");
    CHECK_INT(sio_accept(sio_find(t.ns, t.id), NULL), 0);
    CHECK_STR(world_log(&t.w), "");             /* not in the caller's stack                        */
    world_send(t.p, "42[\"c\"]");               /* behind the others, though it is the same turn    */
    CHECK_STR(world_log(&t.w), "event a 1\nevent b {\"_placeholder\":true,\"num\":0} <bin> ack\nevent c \n");
    (void)snprintf(want, sizeof want, "40{\"sid\":\"%s\"}", t.id);
    CHECK_GOT(t.p, want, "430[\"x\"]");
    world_finish(&t.w);
}

TEST(sio_socket, may_be_rejected_later_and_ask_again)
{
    struct waiting t;

    waiting_init(&t, NULL);
    world_send(t.p, "42[\"a\",1]");
    sio_reject(sio_find(t.ns, t.id), "no \"way\"", SIO_TEXT("{\"code\":1}"));
    CHECK(sio_find(t.ns, t.id) == NULL);
    world_turn(&t.w);
    CHECK_GOT(t.p, "44{\"message\":\"no \\\"way\\\"\",\"data\":{\"code\":1}}");
    CHECK_STR(world_log(&t.w), "");
    world_send(t.p, "40");
    CHECK_INT(strlen(world_log(&t.w)), 20);
    world_finish(&t.w);
}

TEST(sio_socket, that_left_before_it_was_let_in_is_found_no_more_and_nobody_is_told)
{
    static const char *const ways[] = { "41", "1", "40", NULL };

    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct waiting t;

        waiting_init(&t, NULL);
        if (ways[i] != NULL)
            world_send(t.p, ways[i]);
        else
            world_cut(t.p);
        CHECK(sio_find(t.ns, t.id) == NULL);
        CHECK_STR(world_log(&t.w), "");
        world_finish(&t.w);
    }
}

TEST(sio_socket, that_waits_does_not_outlive_the_time_to_join)
{
    static const struct sio_options options = { .connect_timeout_ms = 1000 };
    struct waiting t;

    waiting_init(&t, &options);
    world_run(&t.w, 1000);
    CHECK_GOT(t.p, "(close)");
    CHECK(sio_find(t.ns, t.id) == NULL);
    world_finish(&t.w);
}

TEST(sio_socket, may_not_send_without_end_before_it_is_let_in)
{
    static char big[70000];
    struct waiting t;

    waiting_init(&t, NULL);
    for (int i = 0; i < 100; i++)
        world_send(t.p, "42[\"a\"]");
    CHECK_SILENT(t.p);
    world_send(t.p, "42[\"a\"]");
    CHECK_GOT(t.p, "(close)");
    world_finish(&t.w);

    waiting_init(&t, NULL);
    memset(big, 'x', sizeof big - 1);
    memcpy(big, "42[\"", 4);
    memcpy(big + sizeof big - 3, "\"]", 2);
    world_send(t.p, big);
    CHECK_GOT(t.p, "(close)");
    world_finish(&t.w);
}

TEST(sio_socket, is_let_in_where_nobody_decides)
{
    static const struct sio_handlers open_door = { .otherwise = on_otherwise };
    struct world w;
    struct peer *p;

    world_init(&w, 1);
    world_server(&w, NULL, NULL);
    CHECK(sio_namespace_add(w.io, "/", &open_door) != NULL);
    p = app_client(&w);
    world_send(p, "40");
    CHECK(strncmp(world_next(p), "40{\"sid\":\"", 10) == 0);
    world_send(p, "42[\"a\"]");
    CHECK_STR(world_log(&w), "event a \n");
    world_finish(&w);
}

static void reject_now(struct sio_socket *s, struct sio_args auth)
{
    (void)auth;
    sio_reject(s, "refused", SIO_TEXT("{\"code\":403}"));
    sio_reject(s, "twice", SIO_NONE);
    CHECK_INT(sio_accept(s, NULL), -ENOTCONN);
}

TEST(sio_socket, rejected_at_once_gets_exactly_the_error)
{
    static const struct sio_handlers shut_door = { .on_connect = reject_now, .on_disconnect = on_disconnect };
    struct world w;
    struct peer *p;

    world_init(&w, 1);
    world_server(&w, NULL, NULL);
    CHECK(sio_namespace_add(w.io, "/refused", &shut_door) != NULL);
    p = app_client(&w);
    world_send(p, "40/refused,");
    CHECK_GOT(p, "44/refused,{\"message\":\"refused\",\"data\":{\"code\":403}}");
    CHECK_STR(world_log(&w), "");
    world_finish(&w);
}

static int only_known(const struct sio_call *c)
{
    world_note(world_of(c->socket), "before %s %s\n", c->name, c->event != NULL ? "known" : "unknown");
    if (strcmp(c->name, "out") == 0)
        sio_disconnect(c->socket, false);
    return c->event == NULL && strcmp(c->name, "out") != 0 ? -EACCES : 0;
}

TEST(sio_socket, comes_past_before_with_every_event)
{
    struct sio_handlers handlers = app_handlers;
    struct world w;
    struct peer *p;
    char id[64];

    handlers.before = only_known;
    world_init(&w, 1);
    world_server(&w, NULL, NULL);
    CHECK(sio_namespace_add(w.io, "/", &handlers) != NULL);
    p = app_joined(&w, id);
    world_send(p, "42[\"echo\",1]");
    world_send(p, "42[\"nope\",1]");
    CHECK_GOT(p, "42[\"echoed\",1]");
    CHECK_STR(world_log(&w), "before echo known\nbefore nope unknown\n");
    world_send(p, "42[\"out\"]");
    CHECK_STR(world_log(&w), "before out unknown\ndisconnect server namespace disconnect\n");
    CHECK_GOT(p, "41");
    world_finish(&w);
}

/* Both packets came in one payload: the second meets a socket that the first has sent away. */
TEST(sio_socket, sent_away_hears_nothing_more_of_the_same_turn)
{
    struct world w;
    struct peer *p;
    char query[256], sid[64];

    app_init(&w, NULL);
    p = world_get(&w, "EIO=4&transport=polling");
    world_sid(peer_body(p), sid);
    (void)snprintf(query, sizeof query, "EIO=4&transport=polling&sid=%s", sid);
    CHECK_STR(peer_body(world_post(&w, query, "40")), "ok");
    CHECK(strncmp(peer_body(world_get(&w, query)), "40{\"sid\":\"", 10) == 0);
    (void)world_log(&w);
    CHECK_STR(peer_body(world_post(&w, query, "42[\"leave-me\",false]\x1e" "42[\"echo\"]\x1e" "41")), "ok");
    CHECK_STR(world_log(&w), "disconnect server namespace disconnect\n");
    CHECK_STR(peer_body(world_get(&w, query)), "41");
    CHECK_STR(peer_body(world_post(&w, query, "40\x1e" "42[\"leave-me\",true]\x1e" "42[\"echo\"]")), "ok");
    p = world_get(&w, query);
    CHECK(strncmp(peer_body(p), "40{\"sid\":\"", 10) == 0);
    CHECK_STR(strchr(peer_body(p), '}'), "}\x1e" "41");
    CHECK_STR(peer_body(world_get(&w, query)), "1");
    world_finish(&w);
}

TEST(sio_socket, is_sent_names_that_need_quotes_and_arguments_of_jansson)
{
    struct waiting t;
    struct sio_socket *s;

    waiting_init(&t, NULL);
    s = sio_find(t.ns, t.id);
    CHECK_INT(sio_emit(s, "early", SIO_JSON(json_pack("[i]", 1)), 0), -ENOTCONN);       /* consumed */
    CHECK_INT(sio_accept(s, NULL), 0);
    CHECK_INT(sio_emit(s, "a\"\\\n", SIO_JSON(json_pack("[{s:i,s:s},n]", "z", 1, "a", "x/y")), 0), 0);
    CHECK_INT(sio_emit(s, "b", SIO_JSON(json_array()), 0), 0);
    CHECK_INT(sio_emit(s, "c", SIO_JSON(json_object()), 0), -EINVAL);
    CHECK_INT(sio_emit(s, "d", SIO_TEXT("1, 2"), SIO_PLAIN), 0);
    world_turn(&t.w);
    (void)world_next(t.p);
    CHECK_GOT(t.p, "42[\"a\\\"\\\\\\n\",{\"z\":1,\"a\":\"x/y\"},null]", "42[\"b\"]", "42[\"d\",1, 2]");
    world_finish(&t.w);
}

TEST(sio_socket, gets_a_volatile_packet_whole_or_not_at_all)
{
    static const struct ws_bytes part = { "x", 1 };
    struct sio_args args = { .text = WS_LITERAL("{\"_placeholder\":true,\"num\":0}"), .binary = &part,
                             .binary_count = 1 };
    struct waiting t;
    struct sio_socket *s;

    waiting_init(&t, NULL);
    s = sio_find(t.ns, t.id);
    CHECK_INT(sio_accept(s, NULL), 0);
    world_turn(&t.w);
    (void)world_next(t.p);
    CHECK_INT(sio_emit(s, "v", args, SIO_VOLATILE), 0);
    t.p->stuck = true;
    world_turn(&t.w);
    CHECK_INT(sio_emit(s, "dropped", args, SIO_VOLATILE), 0);
    t.p->stuck = false;
    world_turn(&t.w);
    CHECK_GOT(t.p, "451-[\"v\",{\"_placeholder\":true,\"num\":0}]", "#78");
    world_finish(&t.w);
}

/* The next packet, with what tells whether it came deflated in front. */
static const char *next_marked(struct peer *p, char at[600])
{
    bool deflated = p->in.size > p->taken && (p->in.at[p->taken] & 0x40);
    const char *packet = world_next(p);

    (void)snprintf(at, 600, "%s%s", deflated ? "~" : "", packet == NULL ? "" : packet);
    return at;
}

TEST(sio_socket, is_sent_plain_packets_when_the_application_says_so)
{
    static const struct ws_header offer[] = { { "sec-websocket-extensions", "permessage-deflate" }, { 0 } };
    static const struct sio_options options = { .eio.ws = { .deflate = true, .deflate_min = 16 } };
    static const char long_one[] = "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"";
    const struct sio_args args = { .text = WS_LITERAL("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"") };
    struct sio_namespace *ns;
    struct world w;
    struct peer *p;
    char id[64], got[600], want[128];

    world_init(&w, 1);
    world_server(&w, &options, NULL);
    ns = sio_namespace_add(w.io, "/", &app_handlers);
    p = world_websocket(&w, "EIO=4&transport=websocket", offer);
    CHECK(*world_next(p) == '0');
    world_send(p, "40");
    world_sid(world_next(p), id);

    CHECK_INT(sio_emit(sio_find(ns, id), "x", args, 0), 0);
    CHECK_INT(sio_emit(sio_find(ns, id), "x", args, SIO_PLAIN), 0);
    CHECK_INT(sio_broadcast(ns, (struct sio_to){ .flags = 0 }, "x", args), 1);
    CHECK_INT(sio_broadcast(ns, (struct sio_to){ .flags = SIO_PLAIN | SIO_VOLATILE }, "x", args), 1);
    CHECK_INT(sio_broadcast_ask(ns, (struct sio_to){ .flags = SIO_PLAIN }, "x", args, 0, NULL, NULL), 1);
    world_turn(&w);
    (void)snprintf(want, sizeof want, "~42[\"x\",%s]", long_one);
    CHECK_STR(next_marked(p, got), want);
    CHECK_STR(next_marked(p, got), want + 1);
    CHECK_STR(next_marked(p, got), want);
    CHECK_STR(next_marked(p, got), want + 1);
    (void)snprintf(want, sizeof want, "420[\"x\",%s]", long_one);
    CHECK_STR(next_marked(p, got), want);
    world_finish(&w);
}

static void note_drained(struct eio_session *s)
{
    world_note(eio_app(s), "drained\n");
}

TEST(sio_socket, s_application_hears_from_the_engine_what_it_asked_for)
{
    static const struct eio_handlers engine = { .on_drained = note_drained };
    struct world w;

    world_init(&w, 1);
    world_server(&w, NULL, &engine);
    CHECK(sio_namespace_add(w.io, "/", &app_handlers) != NULL);
    world_send(app_client(&w), "40");
    CHECK_STR(world_log(&w), "drained\nconnect / \ndrained\n");
    world_finish(&w);
}
