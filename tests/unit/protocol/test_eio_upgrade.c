/* test_eio_upgrade.c - from polling to a WebSocket: the table of eio_session.h, row by row. */
#include "eio_fixture.h"

static const struct eio_options quick = QUICK;

static void say(struct world *w, const char *query, const char *text)
{
    CHECK_INT(eio_send(session_of(w, query), WS_TEXT, (struct ws_bytes){ text, strlen(text) }, 0), 0);
}

TEST(eio_session, upgrades_by_probe_and_upgrade_packet)
{
    struct world w;
    struct peer *get, *ws;
    char query[128], other[128];

    engine_init(&w, NULL);
    get = world_get(&w, poller(&w, query));
    ws = world_websocket(&w, as_websocket(query, other), NULL);
    CHECK_INT(ws->status, 101);
    CHECK(!get->done);
    world_send(ws, "2probe");
    CHECK_STR(world_next(ws), "3probe");
    check_reply(get, 200, "6");                 /* the client waits for it to end                   */
    check_reply(world_get(&w, query), 200, "6");        /* and every poll that turns up             */
    say(&w, query, "between");
    check_reply(world_get(&w, query), 200, "4between");
    say(&w, query, "one");
    CHECK_INT(eio_send(session_of(&w, query), WS_BINARY, WS_LITERAL("\x02"), 0), 0);
    CHECK_SILENT(ws);
    CHECK_STR(eio_transport(session_of(&w, query)), "polling");
    world_send(ws, "5");
    CHECK_STR(eio_transport(session_of(&w, query)), "websocket");
    CHECK_STR(world_next(ws), "4one");
    CHECK_STR(world_next(ws), "#02");
    say(&w, query, "three");
    world_turn(&w);
    CHECK_STR(world_next(ws), "4three");
    check_reply(world_get(&w, query), 400, "{\"code\":3,\"message\":\"Bad request\"}");
    CHECK_STR(world_next(world_websocket(&w, other, NULL)), "(close)");
    world_send(ws, "4x");
    CHECK_STR(world_log(&w), "upgrade\ntext x\n");
    world_finish(&w);
}

TEST(eio_session, retires_a_poll_that_still_waits_when_the_upgrade_comes)
{
    struct world w;
    struct peer *get, *post, *ws;
    char query[128], other[128];

    engine_init(&w, NULL);
    get = world_get(&w, poller(&w, query));
    post = world_request(&w, "POST", query, NULL);
    ws = world_websocket(&w, as_websocket(query, other), NULL);
    world_send(ws, "5");                        /* without a probe: as good                         */
    check_reply(get, 200, "6");
    world_body(post, "4late", 5);
    world_end(post);
    check_reply(post, 200, "ok");
    CHECK_STR(world_log(&w), "upgrade\ntext late\n");
    world_finish(&w);
}

TEST(eio_session, stays_on_polling_when_the_probe_fails)
{
    static const char *const wrong[] = { "2", "4x", "2probe2", "1", "6", "0", "", "abc" };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct world w;
        struct peer *ws;
        char query[128], other[128];

        engine_init(&w, NULL);
        ws = world_websocket(&w, as_websocket(poller(&w, query), other), NULL);
        world_send(ws, "2probe");
        CHECK_STR(world_next(ws), "3probe");
        say(&w, query, "kept");
        world_send(ws, wrong[i]);
        CHECK_STR(world_next(ws), "(close)");
        check_reply(world_get(&w, query), 200, "4kept");
        CHECK(!world_get(&w, query)->done);     /* polls wait again                                 */
        CHECK_STR(world_log(&w), "");
        ws = world_websocket(&w, other, NULL);  /* it may try again                                 */
        CHECK_INT(ws->status, 101);
        world_finish(&w);
    }
}

TEST(eio_session, stays_on_polling_when_the_probe_is_lost_or_late)
{
    struct world w;
    struct peer *ws;
    char query[128], other[128];

    engine_init(&w, NULL);
    ws = world_websocket(&w, as_websocket(poller(&w, query), other), NULL);
    world_cut(ws);
    CHECK(!world_get(&w, query)->done);
    ws = world_websocket(&w, other, NULL);
    CHECK_STR(world_next(world_websocket(&w, other, NULL)), "(close)");     /* one at a time        */
    world_send(ws, "2probe");
    CHECK_STR(world_next(ws), "3probe");
    world_run(&w, 9999);
    CHECK_SILENT(ws);
    world_run(&w, 1);
    CHECK_STR(world_next(ws), "(close)");
    CHECK_STR(world_log(&w), "");
    world_finish(&w);
}

TEST(eio_session, takes_a_pong_on_the_probe_for_a_ping_by_polling)
{
    struct world w;
    struct peer *get, *ws;
    char query[128], other[128];

    engine_init(&w, &quick);
    get = world_get(&w, poller(&w, query));
    world_run(&w, 300);
    check_reply(get, 200, "2");
    ws = world_websocket(&w, as_websocket(query, other), NULL);
    world_send(ws, "2probe");
    world_send(ws, "3");
    CHECK_STR(world_next(ws), "3probe");
    CHECK_SILENT(ws);
    world_run(&w, 250);                         /* it counted                                       */
    world_send(ws, "5");
    CHECK_STR(world_log(&w), "upgrade\n");
    world_finish(&w);
}

TEST(eio_session, that_ends_takes_its_probe_along)
{
    struct world w;
    struct peer *ws;
    char query[128], other[128];

    engine_init(&w, NULL);
    ws = world_websocket(&w, as_websocket(poller(&w, query), other), NULL);
    check_reply(world_post(&w, query, "1"), 200, "ok");
    CHECK_STR(world_next(ws), "(close)");
    world_send(ws, "5");
    CHECK_STR(world_log(&w), "close transport close\n");
    world_finish(&w);
}

TEST(eio_session, closed_in_the_middle_of_an_upgrade_says_all_and_ends)
{
    struct world w;
    struct peer *ws;
    char query[128], other[128];

    engine_init(&w, NULL);
    ws = world_websocket(&w, as_websocket(poller(&w, query), other), NULL);
    world_send(ws, "2probe");
    CHECK_STR(world_next(ws), "3probe");
    say(&w, query, "last");
    eio_close(session_of(&w, query));
    world_turn(&w);
    CHECK_SILENT(ws);
    world_send(ws, "5");                        /* the WebSocket was quicker than a poll            */
    CHECK_STR(world_next(ws), "4last");
    CHECK_STR(world_next(ws), "(close)");
    CHECK_STR(world_log(&w), "close forced close\n");

    ws = world_websocket(&w, as_websocket(poller(&w, query), other), NULL);
    world_send(ws, "2probe");
    CHECK_STR(world_next(ws), "3probe");
    say(&w, query, "last");
    eio_close(session_of(&w, query));
    check_reply(world_get(&w, query), 200, "4last");    /* now the poll was                         */
    check_reply(world_get(&w, query), 200, "1");
    CHECK_STR(world_next(ws), "(close)");
    CHECK_STR(world_log(&w), "close forced close\n");
    world_finish(&w);
}

TEST(eio_session, takes_over_as_much_as_polling_may_queue)
{
    static const struct eio_options options = { .ws.unsent_max = 1000 };
    char query[128], other[128];
    struct peer *ws;
    struct world w;
    int most = 0;

    engine_init(&w, &options);
    poller(&w, query);
    while (eio_send(session_of(&w, query), WS_TEXT, WS_LITERAL("x"), 0) == 0)
        most++;                                 /* till it is cut                                   */
    ws = world_websocket(&w, as_websocket(poller(&w, query), other), NULL);
    world_send(ws, "2probe");
    CHECK_STR(world_next(ws), "3probe");
    (void)world_log(&w);
    for (int i = 0; i < most; i++)
        say(&w, query, "x");
    world_send(ws, "5");
    for (int i = 0; i < most; i++)
        CHECK_STR(world_next(ws), "4x");
    CHECK_SILENT(ws);
    CHECK_STR(world_log(&w), "upgrade\n");
    world_finish(&w);
}
