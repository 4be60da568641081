#include "websocket.h"

#include "ws_fixture.h"

static void say(struct ws_conn *c, void *text)
{
    (void)ws_send(c, WS_TEXT, (struct ws_bytes){ text, strlen(text) });
}

TEST(ws_server, visits_every_open_connection)
{
    char hi[] = "hi";
    struct world w;
    struct link a, b, c;

    world_init(&w, NULL);
    link_ready(&a, &w);
    link_ready(&b, &w);
    link_ready(&c, &w);
    ws_close(b.conn, 1000, NULL);
    ws_each(w.server, say, hi);
    CHECK_OUT(&a, "\x81\2hi");
    CHECK_OUT(&b, "\x88\2\3\xe8");
    CHECK_OUT(&c, "\x81\2hi");
    link_lose(&a);
    link_lose(&b);
    link_lose(&c);
    world_finish(&w);
}

static void close_it(struct ws_conn *c, void *data)
{
    (void)data;
    ws_close(c, 1000, NULL);
}

TEST(ws_server, visit_may_close_what_it_visits)
{
    struct world w;
    struct link a, b;

    world_init(&w, NULL);
    link_ready(&a, &w);
    link_ready(&b, &w);
    ws_each(w.server, close_it, NULL);
    CHECK_OUT(&a, "\x88\2\3\xe8");
    CHECK_OUT(&b, "\x88\2\3\xe8");
    link_lose(&a);
    link_lose(&b);
    world_finish(&w);
}

TEST(ws_server, closes_everybody_with_1001_and_refuses_the_rest)
{
    struct ws_request r = request_of(good_headers);
    struct world w;
    struct link a, late;

    world_init(&w, NULL);
    link_ready(&a, &w);
    ws_server_close(w.server);
    CHECK_OUT(&a, "\x88\2\3\xe9");
    link_open(&late, &w, &r);
    link_flush(&late);
    CHECK_MEM(late.out.at, "HTTP/1.1 503 Service Unavailable\r\n", 34);
    CHECK_INT(late.closes, 1);
    link_lose(&late);
    CHECK_INT(LINK_TEXT(&a, 0x88, "\3\xe9"), 0);
    CHECK_INT(a.closes, 1);
    link_lose(&a);
    CHECK_STR(world_log(&w), "close 1001 \n");
    world_finish(&w);
}

TEST(ws_server, free_leaves_connections_that_the_host_still_holds)
{
    struct ws_bytes part;
    struct world w;
    struct link a;

    world_init(&w, NULL);
    link_ready(&a, &w);
    CHECK_INT(ws_send(a.conn, WS_TEXT, WS_LITERAL("x")), 0);
    CHECK_INT(ws_output(a.conn, &part, 1), 1);
    ws_server_free(w.server);
    CHECK_STR(world_log(&w), "close 1006 \n");
    CHECK(ws_server_of(a.conn) == NULL && ws_app(a.conn) == NULL);
    CHECK_MEM(part.at, "\x81\1x", 3);
    ws_sent(a.conn, 3);
    CHECK_INT(ws_output(a.conn, &part, 1), 0);
    CHECK_INT(LINK_TEXT(&a, 0x81, "x"), -ENOTCONN);
    CHECK_INT(ws_send(a.conn, WS_TEXT, WS_LITERAL("x")), -ENOTCONN);
    ws_close(a.conn, 1000, NULL);
    link_lose(&a);
    buf_finish(&w.log);
    ws_server_free(NULL);
}

TEST(ws_server, copies_the_lists_of_its_options)
{
    char origin[] = "https://a.example", protocol[] = "chat";
    const char *origins[] = { origin, NULL }, *protocols[] = { protocol, NULL };
    struct ws_options options = { .origins = origins, .protocols = protocols };
    static const struct ws_header headers[] = { GOOD_HEADERS, { "origin", "https://a.example" },
                                                { "sec-websocket-protocol", "chat" }, { 0 } };
    struct ws_request r = request_of(headers);
    struct world w;
    struct link l;

    world_init(&w, &options);
    memset(origin, 0, sizeof origin);
    memset(protocol, 0, sizeof protocol);
    origins[0] = protocols[0] = NULL;
    link_open(&l, &w, &r);
    CHECK_STR(ws_protocol(l.conn), "chat");
    link_lose(&l);
    world_finish(&w);
}

TEST(ws_server, keeps_deadlines_of_many)
{
    enum { LINKS = 200 };
    static struct link l[LINKS];
    struct world w;

    world_init(&w, NULL);
    for (int i = 0; i < LINKS; i++)
        link_ready(&l[i], &w);
    for (int i = LINKS - 1; i >= 0; i--) {
        w.now_ms++;
        ws_close(l[i].conn, 1000, NULL);
        link_flush(&l[i]);
    }
    for (int i = LINKS - 1; i >= 0; i -= 2)
        link_lose(&l[i]);
    w.now_ms += 10000 - LINKS;
    for (int i = LINKS - 2; i >= 0; i -= 2) {
        w.now_ms += 2;
        (void)ws_server_tick(w.server);
        CHECK_INT(l[i].closes, 1);
        CHECK_INT(i < 2 ? 0 : l[i - 2].closes, 0);
        link_lose(&l[i]);
    }
    world_finish(&w);
}
