/* The life of a connection: handshake, closing. */
#include "ws_conn.h"

#include "ws_fixture.h"

TEST(ws_conn, answers_the_handshake_and_opens)
{
    struct world w;
    struct link l;
    struct ws_request r = request_of(good_headers);

    world_init(&w, NULL);
    link_open(&l, &w, &r);
    CHECK_INT(l.wakes, 1);
    CHECK_STR(world_log(&w), "open /chat\n");
    CHECK(ws_server_of(l.conn) == w.server && ws_app(l.conn) == &w);
    CHECK(ws_protocol(l.conn) == NULL);
    CHECK_OUT(&l, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    link_lose(&l);
    CHECK_STR(world_log(&w), "close 1006 \n");
    world_finish(&w);
}

TEST(ws_conn, speaks_the_chosen_protocol)
{
    static const char *const spoken[] = { "b", "a", NULL };
    static const struct ws_header headers[] = { GOOD_HEADERS, { "sec-websocket-protocol", "a, b" }, { 0 } };
    struct ws_options options = { .protocols = spoken };
    struct ws_request r = request_of(headers);
    struct world w;
    struct link l;

    world_init(&w, &options);
    link_open(&l, &w, &r);
    CHECK_STR(ws_protocol(l.conn), "b");
    link_flush(&l);
    CHECK(memmem(l.out.at, l.out.size, "Sec-WebSocket-Protocol: b\r\n", 27) != NULL);
    link_lose(&l);
    world_finish(&w);
}

static const struct ws_header no_upgrade[] = { { "host", "a" }, { 0 } };
static const struct ws_header foreign[] = { GOOD_HEADERS, { "origin", "http://evil.example" }, { 0 } };
static const struct { const struct ws_header *headers; const char *method; int verdict; const char *head; }
refusals[] = {
    { good_headers, "PUT", 0, "HTTP/1.1 400 Bad Request\r\n" },
    { foreign, "GET", 0, "HTTP/1.1 403 Forbidden\r\n" },
    { no_upgrade, "GET", 0, "HTTP/1.1 426 Upgrade Required\r\n" },
    { good_headers, "GET", -EACCES, "HTTP/1.1 403 Forbidden\r\n" },
};

TEST(ws_conn, refuses_in_http_and_ends_without_a_word_to_the_application)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct ws_request r = request_of(refusals[i].headers);
        struct world w;
        struct link l;

        world_init(&w, NULL);
        w.verdict = refusals[i].verdict;
        r.method = refusals[i].method;
        link_open(&l, &w, &r);
        CHECK_INT(l.closes, 0);
        CHECK_INT(ws_send(l.conn, WS_TEXT, WS_LITERAL("x")), -ENOTCONN);
        CHECK_INT(LINK_TEXT(&l, 0x81, "x"), -ENOTCONN);
        link_flush(&l);
        CHECK_MEM(l.out.at, refusals[i].head, strlen(refusals[i].head));
        CHECK(memmem(l.out.at, l.out.size, "Connection: close", 17) != NULL);
        CHECK_INT(l.closes, 1);
        link_lose(&l);
        CHECK_STR(world_log(&w), "");
        world_finish(&w);
    }
}

TEST(ws_conn, refused_one_that_never_reads_is_cut)
{
    struct ws_request r = request_of(no_upgrade);
    struct world w;
    struct link l;

    world_init(&w, NULL);
    link_open(&l, &w, &r);
    w.now_ms += 9999;
    CHECK_INT(ws_server_tick(w.server), 1);
    CHECK_INT(l.closes, 0);
    w.now_ms += 1;
    CHECK_INT(ws_server_tick(w.server), -1);
    CHECK_INT(l.closes, 1);
    link_lose(&l);
    CHECK_STR(world_log(&w), "");
    world_finish(&w);
}

TEST(ws_conn, takes_lines_and_refusals_of_the_floor_above)
{
    struct ws_request r = request_of(good_headers);
    struct world w;
    struct link l = { .world = &w };

    world_init(&w, NULL);
    buf_init(&l.out, BUF_NO_LIMIT);
    CHECK_INT(ws_check(w.server, &r), 101);
    l.conn = ws_accept(w.server, &r, &l, "Set-Cookie: io=1\r\n");
    link_flush(&l);
    CHECK(memmem(l.out.at, l.out.size, "\r\nSet-Cookie: io=1\r\n\r\n", 22) != NULL);
    link_lose(&l);

    l = (struct link){ .world = &w };
    buf_init(&l.out, BUF_NO_LIMIT);
    l.conn = ws_refuse(w.server, &l, 400, "Content-Type: application/json\r\n", WS_LITERAL("{\"code\":1}"));
    CHECK_OUT(&l, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json\r\n"
                  "Content-Length: 10\r\n\r\n{\"code\":1}");
    CHECK_INT(l.closes, 1);
    link_lose(&l);
    world_finish(&w);
}

/* Closing. */

TEST(ws_conn, closes_with_code_and_reason_and_waits_for_the_answer)
{
    struct world w;
    struct link l;

    world_init(&w, NULL);
    link_ready(&l, &w);
    CHECK_INT(ws_send(l.conn, WS_TEXT, WS_LITERAL("last")), 0);
    ws_close(l.conn, 4001, "bye");
    ws_close(l.conn, 1000, "twice");
    CHECK_INT(ws_send(l.conn, WS_TEXT, WS_LITERAL("late")), -ENOTCONN);
    CHECK_OUT(&l, "\x81\4last\x88\5\x0f\xa1" "bye");
    CHECK_INT(l.closes, 0);
    CHECK_INT(LINK_TEXT(&l, 0x81, "not heard any more"), 0);
    CHECK_INT(LINK_TEXT(&l, 0x89, "nor answered"), 0);
    CHECK_STR(world_log(&w), "");
    CHECK_INT(LINK_TEXT(&l, 0x88, "\x0f\xa1ok"), 0);
    CHECK_STR(world_log(&w), "close 4001 ok\n");
    CHECK_OUT(&l, "");
    CHECK_INT(l.closes, 1);
    link_lose(&l);
    CHECK_STR(world_log(&w), "");
    world_finish(&w);
}

TEST(ws_conn, closes_without_a_code_as_1005)
{
    struct world w;
    struct link l;

    world_init(&w, NULL);
    link_ready(&l, &w);
    ws_close(l.conn, 1005, NULL);
    CHECK_OUT(&l, "\x88\0");
    CHECK_INT(LINK_TEXT(&l, 0x88, ""), 0);
    CHECK_STR(world_log(&w), "close 1005 \n");
    CHECK_INT(l.closes, 1);
    link_lose(&l);
    world_finish(&w);
}

TEST(ws_conn, shortens_a_reason_between_characters)
{
    struct world w;
    struct link l;
    char reason[200];

    memset(reason, 'x', sizeof reason);
    memcpy(reason + 121, "\xe5\xa4\xb4", 4);
    world_init(&w, NULL);
    link_ready(&l, &w);
    ws_close(l.conn, 1000, reason);
    link_flush(&l);
    CHECK_INT(l.out.size, 2 + 2 + 121);
    CHECK_INT(l.out.at[1], 123);
    link_lose(&l);
    world_finish(&w);
}

TEST(ws_conn, is_cut_when_its_close_is_not_answered)
{
    struct ws_options options = { .close_timeout_ms = 500 };
    struct world w;
    struct link l;

    world_init(&w, &options);
    link_ready(&l, &w);
    ws_close(l.conn, 1000, NULL);
    CHECK_OUT(&l, "\x88\2\3\xe8");
    CHECK_INT(ws_server_tick(w.server), 500);
    w.now_ms += 499;
    CHECK_INT(ws_server_tick(w.server), 1);
    CHECK_STR(world_log(&w), "");
    w.now_ms += 1;
    CHECK_INT(ws_server_tick(w.server), -1);
    CHECK_INT(l.closes, 1);
    CHECK_STR(world_log(&w), "close 1006 close timeout\n");
    link_lose(&l);
    CHECK_STR(world_log(&w), "");
    world_finish(&w);
}

TEST(ws_conn, that_never_reads_the_close_frame_is_cut_too)
{
    struct world w;
    struct link l;

    world_init(&w, NULL);
    link_ready(&l, &w);
    CHECK_INT(LINK_TEXT(&l, 0x88, "\3\xe8"), 0);
    CHECK_STR(world_log(&w), "close 1000 \n");
    CHECK_INT(l.closes, 0);
    w.now_ms += 10000;
    CHECK_INT(ws_server_tick(w.server), -1);
    CHECK_INT(l.closes, 1);
    link_lose(&l);
    CHECK_STR(world_log(&w), "");
    world_finish(&w);
}

TEST(ws_conn, pings_and_cuts_the_silent)
{
    struct ws_options options = { .ping_interval_ms = 100 };
    struct world w;
    struct link l;

    world_init(&w, &options);
    link_ready(&l, &w);
    CHECK_INT(ws_server_tick(w.server), 100);
    w.now_ms += 100;
    CHECK_INT(ws_server_tick(w.server), 100);
    CHECK_OUT(&l, "\x89\0");
    CHECK_INT(LINK_TEXT(&l, 0x8a, ""), 0);
    w.now_ms += 100;
    CHECK_INT(ws_server_tick(w.server), 100);
    CHECK_OUT(&l, "\x89\0");
    w.now_ms += 100;
    CHECK_INT(ws_server_tick(w.server), -1);
    CHECK_STR(world_log(&w), "close 1006 ping timeout\n");
    CHECK_INT(l.closes, 1);
    link_lose(&l);
    world_finish(&w);
}

TEST(ws_conn, carries_the_applications_pointer)
{
    struct world w;
    struct link l;
    int mine;

    world_init(&w, NULL);
    link_ready(&l, &w);
    CHECK(ws_data(l.conn) == NULL);
    ws_set_data(l.conn, &mine);
    CHECK(ws_data(l.conn) == &mine);
    link_lose(&l);
    world_finish(&w);
}
