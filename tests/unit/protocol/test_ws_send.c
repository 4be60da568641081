/* Sending: wake, parts, sharing, and the limits. */
#include "ws_fixture.h"

#define MAX ((size_t)1000)
#define FIRST ((size_t)5000)                    /* a message that is on its way                     */

TEST(ws_send, wakes_once_until_the_output_is_taken)
{
    struct ws_bytes parts[8];
    struct world w;
    struct link l;

    world_init(&w, NULL);
    link_ready(&l, &w);
    CHECK_INT(ws_send(l.conn, WS_TEXT, WS_LITERAL("a")), 0);
    CHECK_INT(ws_send(l.conn, WS_BINARY, WS_LITERAL("bc")), 0);
    CHECK_INT(l.wakes, 1);
    CHECK_INT(ws_unsent(l.conn), 7);
    CHECK_INT(ws_output(l.conn, parts, 8), 2);
    CHECK_INT(ws_send(l.conn, WS_TEXT, WS_LITERAL("d")), 0);
    CHECK_INT(l.wakes, 2);
    CHECK_MEM(parts[0].at, "\x81\1a", 3);
    CHECK_MEM(parts[1].at, "\x82\2bc", 4);
    ws_sent(l.conn, 4);
    CHECK_OUT(&l, "\2bc\x81\1d");
    CHECK_INT(ws_unsent(l.conn), 0);
    link_lose(&l);
    world_finish(&w);
}

static void on_drained(struct ws_conn *c)
{
    *(int *)ws_app(c) += 1;
}

TEST(ws_send, tells_when_nothing_is_unsent_any_more)
{
    static const struct ws_handlers handlers = { .on_drained = on_drained };
    struct ws_request r = request_of(good_headers);
    struct world w;
    struct link l = { .world = &w };
    int drained = 0;

    world_init(&w, NULL);
    struct ws_host host = { &w, world_now, world_random, world_sha1, link_wake, link_close };
    struct ws_server *server = ws_server_new(NULL, &handlers, &host, &drained);
    buf_init(&l.out, BUF_NO_LIMIT);
    l.conn = ws_open(server, &r, &l);
    link_flush(&l);
    CHECK_INT(drained, 1);
    CHECK_INT(ws_send(l.conn, WS_TEXT, WS_LITERAL("abc")), 0);
    ws_sent(l.conn, 4);
    CHECK_INT(drained, 1);
    ws_sent(l.conn, 1);
    CHECK_INT(drained, 2);
    link_lose(&l);
    ws_server_free(server);
    world_finish(&w);
}

TEST(ws_send, shares_one_message_among_many)
{
    enum { LINKS = 5 };
    struct ws_bytes part = WS_LITERAL("to all"), out[LINKS];
    struct ws_message *m = ws_message_new(WS_TEXT, &part, 1);
    struct world w;
    struct link l[LINKS];

    world_init(&w, NULL);
    for (int i = 0; i < LINKS; i++)
        link_ready(&l[i], &w);
    for (int i = 0; i < LINKS; i++)
        CHECK_INT(ws_share(l[i].conn, m), 0);
    ws_message_drop(m);
    for (int i = 0; i < LINKS; i++) {
        CHECK_INT(ws_output(l[i].conn, &out[i], 1), 1);
        CHECK(out[i].at == out[0].at);
    }
    for (int i = 0; i < LINKS; i++) {
        CHECK_OUT(&l[i], "\x81\6to all");
        link_lose(&l[i]);
    }
    world_finish(&w);
}

/* Limits. */

static const struct ws_options narrow = { .unsent_max = MAX };
static char zeros[5000];

TEST(ws_send, takes_one_message_of_any_size_and_its_limit_behind_it)
{
    enum { SECOND = 300, HEAD = 4, COST = 64 };
    struct world w;
    struct link l;
    size_t rest = MAX - (SECOND + HEAD + COST) - HEAD - COST;

    for (size_t more = 0; more <= 1; more++) {
        world_init(&w, &narrow);
        link_ready(&l, &w);
        CHECK_INT(ws_send(l.conn, WS_BINARY, (struct ws_bytes){ zeros, FIRST }), 0);
        CHECK_INT(ws_send(l.conn, WS_BINARY, (struct ws_bytes){ zeros, SECOND }), 0);
        CHECK_INT(ws_send(l.conn, WS_BINARY, (struct ws_bytes){ zeros, rest + more }), more ? -ENOBUFS : 0);
        CHECK_INT(l.closes, more);
        CHECK_INT(ws_send(l.conn, WS_TEXT, WS_LITERAL("")), more ? -ENOTCONN : -ENOBUFS);
        CHECK_INT(l.closes, 1);
        link_lose(&l);
        CHECK_STR(world_log(&w), "close 1006 \n");
        world_finish(&w);
    }
}

TEST(ws_send, cut_one_gives_no_more_output_but_its_parts_stand)
{
    struct ws_bytes part, more;
    struct world w;
    struct link l;

    world_init(&w, &narrow);
    link_ready(&l, &w);
    CHECK_INT(ws_send(l.conn, WS_BINARY, (struct ws_bytes){ zeros, FIRST }), 0);
    CHECK_INT(ws_output(l.conn, &part, 1), 1);
    CHECK_INT(ws_send(l.conn, WS_BINARY, (struct ws_bytes){ zeros, FIRST }), -ENOBUFS);
    CHECK_INT(l.closes, 1);
    CHECK_INT(ws_output(l.conn, &more, 1), 0);
    CHECK_MEM((const char *)part.at + 4, zeros, FIRST);
    ws_sent(l.conn, part.size);
    link_lose(&l);
    CHECK_INT(l.closes, 1);
    world_finish(&w);
}

/* SECURITY: a client that only pings and never reads costs no more than the limit. */
TEST(ws_send, cuts_one_that_pings_and_never_reads)
{
    struct world w;
    struct link l;
    int err = 0, pings = 0;

    world_init(&w, &narrow);
    link_ready(&l, &w);
    for (; err == 0; pings++)
        err = LINK_TEXT(&l, 0x89, "12345678");
    CHECK_INT(err, -ENOBUFS);
    CHECK_INT(pings, 2 + MAX / (10 + 64));
    CHECK_INT(l.closes, 1);
    link_lose(&l);
    world_finish(&w);
}

TEST(ws_send, without_limit_queues_all)
{
    struct ws_options options = { .unsent_max = -1 };
    struct world w;
    struct link l;

    world_init(&w, &options);
    link_ready(&l, &w);
    for (int i = 0; i < 2000; i++)
        CHECK_INT(ws_send(l.conn, WS_BINARY, (struct ws_bytes){ zeros, FIRST }), 0);
    CHECK_INT(ws_unsent(l.conn), 2000 * (FIRST + 4));
    link_lose(&l);
    world_finish(&w);
}
