/* test_eio_polling.c - a session over requests: what waits, what is answered, with what, and what ends it. */
#include "eio_fixture.h"

static void say(struct world *w, const char *query, const char *text)
{
    CHECK_INT(eio_send(session_of(w, query), WS_TEXT, (struct ws_bytes){ text, strlen(text) }, 0), 0);
}

TEST(eio_polling, a_get_waits_until_there_is_something_to_say)
{
    struct world w;
    struct peer *get;
    char query[128];

    engine_init(&w, NULL);
    get = world_get(&w, poller(&w, query));
    CHECK(!get->done);
    say(&w, query, "one");
    say(&w, query, "two");
    CHECK(!get->done);                          /* never in the caller's stack                      */
    world_turn(&w);
    check_reply(get, 200, "4one\x1e" "4two");
    say(&w, query, "three");
    check_reply(world_get(&w, query), 200, "4three");
    world_finish(&w);
}

TEST(eio_polling, binary_travels_as_base64)
{
    struct world w;
    char query[128];

    engine_init(&w, NULL);
    poller(&w, query);
    CHECK_INT(eio_send(session_of(&w, query), WS_BINARY, WS_LITERAL("\x01\x02\x03\x04"), 0), 0);
    say(&w, query, "x");
    check_reply(world_get(&w, query), 200, "bAQIDBA==\x1e" "4x");
    check_reply(world_post(&w, query, "bZWNobw==\x1e" "4echo"), 200, "ok");
    CHECK_STR(world_log(&w), "binary echo\ntext echo\n");
    check_reply(world_get(&w, query), 200, "bZWNobw==\x1e" "4echo");
    world_finish(&w);
}

TEST(eio_polling, a_body_may_come_in_any_two_pieces)
{
    static const char body[] = "4eh\xc3\xa9llo\x1e" "bZWNobw==\x1e" "3\x1e" "4";
    char query[128];

    for (size_t split = 0; split < sizeof body; split++) {
        struct world w;
        struct peer *post;

        engine_init(&w, NULL);
        post = world_request(&w, "POST", poller(&w, query), NULL);
        world_body(post, body, split);
        world_body(post, body + split, sizeof body - 1 - split);
        world_end(post);
        check_reply(post, 200, "ok");
        CHECK_STR(world_log(&w), "text eh\xc3\xa9llo\nbinary echo\ntext \n");
        check_reply(world_get(&w, query), 200, "4eh\xc3\xa9llo\x1e" "bZWNobw==");
        world_finish(&w);
    }
}

/* All packets of one POST are handled before the waiting GET is answered, and come back in one, in order. */
TEST(eio_polling, answers_to_one_post_come_in_one_reply)
{
    struct world w;
    struct peer *get, *post;
    char query[128];

    engine_init(&w, NULL);
    get = world_get(&w, poller(&w, query));
    post = world_post(&w, query, "4e1\x1e" "4e2\x1e" "4e3");
    CHECK(strstr(peer_headers(post), "Content-Type: text/html\n") != NULL);
    check_reply(post, 200, "ok");
    check_reply(get, 200, "4e1\x1e" "4e2\x1e" "4e3");
    world_finish(&w);
}

TEST(eio_polling, a_second_get_ends_the_session)
{
    struct world w;
    struct peer *first, *second;
    char query[128];

    engine_init(&w, NULL);
    first = world_get(&w, poller(&w, query));
    second = world_get(&w, query);
    check_reply(first, 200, "1");
    check_reply(second, 400, "");
    CHECK_STR(world_log(&w), "close transport error\n");
    CHECK_INT(world_get(&w, query)->status, 400);
    world_finish(&w);
}

TEST(eio_polling, a_cut_get_ends_the_session_before_the_next_request)
{
    struct world w;
    struct peer *get;
    char query[128];

    engine_init(&w, NULL);
    get = world_get(&w, poller(&w, query));
    eio_lost(get->request);
    get->request = NULL;
    check_reply(world_request(&w, "GET", query, NULL), 400,
                "{\"code\":1,\"message\":\"Session ID unknown\"}");
    world_turn(&w);
    CHECK_STR(world_log(&w), "close transport error\n");
    world_finish(&w);
}

TEST(eio_polling, a_cut_post_ends_the_session_and_nothing_of_it_is_heard)
{
    struct world w;
    struct peer *post, *get;
    char query[128];

    engine_init(&w, NULL);
    get = world_get(&w, poller(&w, query));
    post = world_request(&w, "POST", query, NULL);
    world_body(post, "4half", 5);
    world_cut(post);
    check_reply(get, 200, "1");
    CHECK_STR(world_log(&w), "close transport error\n");
    world_finish(&w);
}

TEST(eio_polling, overlapping_posts_end_the_session)
{
    struct world w;
    struct peer *first, *second;
    char query[128];

    engine_init(&w, NULL);
    first = world_request(&w, "POST", poller(&w, query), NULL);
    world_body(first, "4a", 2);
    second = world_post(&w, query, "4b");
    check_reply(second, 400, "");
    check_reply(first, 400, "");
    CHECK_STR(world_log(&w), "close transport error\n");
    world_finish(&w);
}

TEST(eio_polling, the_clients_close_sends_the_waiting_get_home_with_a_noop)
{
    struct world w;
    struct peer *get;
    char query[128];

    engine_init(&w, NULL);
    get = world_get(&w, poller(&w, query));
    check_reply(world_post(&w, query, "4x\x1e" "1\x1e" "4never"), 200, "ok");
    check_reply(get, 200, "6");
    CHECK_STR(world_log(&w), "text x\nclose transport close\n");
    world_finish(&w);
}

TEST(eio_polling, what_was_said_before_the_close_still_comes)
{
    static const struct { const char *body, *want; } cases[] = {
        { "4e1\x1e" "4e2\x1e" "1", "4e1\x1e" "4e2" }, { "4e1\x1e" "9", "4e1" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world w;
        struct peer *get;
        char query[128];

        engine_init(&w, NULL);
        get = world_get(&w, poller(&w, query));
        (void)world_post(&w, query, cases[i].body);
        check_reply(get, 200, cases[i].want);
        world_finish(&w);
    }
}

/* PROTOCOL 21, and the length prefixes of an older revision (CVE-2020-36048). */
TEST(eio_polling, a_broken_packet_ends_the_session)
{
    static const struct { const char *body, *log; } cases[] = {
        { "", "close parse error\n" },
        { "abc", "close parse error\n" },
        { "4x\x1e", "text x\nclose parse error\n" },
        { "4x\x1e" "9\x1e" "4y", "text x\nclose parse error\n" },
        { "6\x1e", "close parse error\n" },
        { "\x1e" "4x", "close parse error\n" },
        { "b???", "close parse error\n" },
        { "99999999999:4x", "close parse error\n" },
        { "4\xff", "close parse error\n" },
        { "4x\xe2\x82", "close parse error\n" },
        { "4\xe2\x1e" "4\x82\xac", "close parse error\n" },
        { "2", "close transport error\n" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world w;
        struct peer *get, *post;
        char query[128];

        engine_init(&w, NULL);
        get = world_get(&w, poller(&w, query));
        post = world_post(&w, query, cases[i].body);
        CHECK_INT(post->status, *cases[i].body == '2' ? 200 : 400);
        check_reply(get, 200, "1");
        CHECK_STR(world_log(&w), cases[i].log);
        world_finish(&w);
    }
}

TEST(eio_polling, octet_stream_is_not_taken)
{
    static const struct ws_header octets[] = { { "content-type", "application/octet-stream" }, { 0 } };
    struct world w;
    char query[128];

    engine_init(&w, NULL);
    check_reply(world_request(&w, "POST", poller(&w, query), octets), 400, "");
    world_finish(&w);
}

/* PROTOCOL 22: bytes count, not characters; while reading; and the session survives. */
TEST(eio_polling, a_body_past_max_payload_is_413_and_the_session_survives)
{
    static const struct eio_options options = { .ws.message_max = 10 };
    static const struct ws_header longer[] = { { "content-length", "11" }, { 0 } },
                                  exact[] = { { "content-length", "10" }, { 0 } };
    struct world w;
    struct peer *post;
    char query[128];

    engine_init(&w, &options);
    poller(&w, query);
    check_reply(world_request(&w, "POST", query, longer), 413, "");
    post = world_request(&w, "POST", query, NULL);
    world_body(post, "4\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac", 10);
    CHECK(!post->done);
    world_body(post, "x", 1);
    check_reply(post, 413, "");
    post = world_request(&w, "POST", query, exact);
    world_body(post, "4123456789", 10);
    world_end(post);
    check_reply(post, 200, "ok");
    CHECK_STR(world_log(&w), "text 123456789\n");
    world_finish(&w);
}

TEST(eio_polling, a_reply_carries_up_to_max_payload)
{
    static const struct eio_options options = { .ws.message_max = 9 };
    struct world w;
    char query[128];

    engine_init(&w, &options);
    poller(&w, query);
    say(&w, query, "123");
    say(&w, query, "456");
    say(&w, query, "7");
    say(&w, query, "more than nine");           /* alone, as it must go                             */
    check_reply(world_get(&w, query), 200, "4123\x1e" "4456");
    check_reply(world_get(&w, query), 200, "47");
    check_reply(world_get(&w, query), 200, "4more than nine");
    CHECK(!world_get(&w, query)->done);
    world_finish(&w);
}

TEST(eio_polling, a_payload_has_no_more_packets_than_allowed)
{
    static const struct eio_options options = { .packets_max = 2 };
    struct world w;
    char query[128];

    engine_init(&w, &options);
    check_reply(world_post(&w, poller(&w, query), "4a\x1e" "4b"), 200, "ok");
    CHECK_INT(world_post(&w, query, "4a\x1e" "4b\x1e" "4c")->status, 400);
    CHECK_STR(world_log(&w), "text a\ntext b\nclose parse error\n");
    world_finish(&w);
}

TEST(eio_polling, eio_close_says_so_behind_what_is_queued)
{
    struct world w;
    struct peer *get;
    char query[128];

    engine_init(&w, NULL);
    poller(&w, query);
    say(&w, query, "last");
    eio_close(session_of(&w, query));
    world_turn(&w);
    CHECK_STR(world_log(&w), "");
    check_reply(world_post(&w, query, "4late"), 200, "ok");
    check_reply(world_get(&w, query), 200, "4last");    /* alone: the client is to hear it first   */
    CHECK_STR(world_log(&w), "");
    check_reply(world_get(&w, query), 200, "1");
    CHECK_STR(world_log(&w), "close forced close\n");

    get = world_get(&w, poller(&w, query));
    check_reply(world_post(&w, query, "4e\x1e" "4c\x1e" "4e"), 200, "ok");
    check_reply(get, 200, "4e");
    check_reply(world_get(&w, query), 200, "1");
    CHECK_STR(world_log(&w), "text e\ntext c\nclose forced close\n");
    world_finish(&w);
}

TEST(eio_polling, eio_close_waits_for_a_poll_only_so_long)
{
    struct world w;
    char query[128];

    engine_init(&w, NULL);
    eio_close(session_of(&w, poller(&w, query)));
    world_run(&w, 9999);
    CHECK_STR(world_log(&w), "");
    world_run(&w, 1);
    CHECK_STR(world_log(&w), "close forced close\n");
    world_finish(&w);
}

TEST(eio_polling, a_client_that_never_polls_is_cut_past_unsent_max)
{
    static const struct eio_options options = { .ws.unsent_max = 1000 };
    struct world w;
    char query[128];
    char text[500] = { 0 };
    struct eio_session *s;
    struct ws_bytes bytes = { text, sizeof text };

    memset(text, 'x', sizeof text);
    engine_init(&w, &options);
    s = session_of(&w, poller(&w, query));
    CHECK_INT(eio_send(s, WS_TEXT, bytes, 0), 0);
    CHECK_INT(eio_send(s, WS_TEXT, bytes, 0), 0);
    CHECK_INT(eio_unsent(s), 2 * (4 + 1 + 500));        /* as a WebSocket would frame them              */
    CHECK_INT(eio_send(s, WS_TEXT, bytes, 0), -ENOBUFS);
    CHECK_INT(eio_send(s, WS_TEXT, bytes, 0), -ENOTCONN);
    CHECK_STR(world_log(&w), "");
    world_turn(&w);
    CHECK_STR(world_log(&w), "close transport error\n");
    world_finish(&w);
}

TEST(eio_polling, volatile_messages_go_only_while_a_get_waits)
{
    struct world w;
    struct peer *get;
    char query[128];

    engine_init(&w, NULL);
    poller(&w, query);
    CHECK_INT(eio_send(session_of(&w, query), WS_TEXT, WS_LITERAL("dropped"), EIO_VOLATILE), 0);
    get = world_get(&w, query);
    CHECK(!get->done);
    CHECK_INT(eio_send(session_of(&w, query), WS_TEXT, WS_LITERAL("a"), EIO_VOLATILE), 0);
    CHECK_INT(eio_send(session_of(&w, query), WS_TEXT, WS_LITERAL("b"), EIO_VOLATILE), 0);
    world_turn(&w);
    check_reply(get, 200, "4a\x1e" "4b");
    world_finish(&w);
}
