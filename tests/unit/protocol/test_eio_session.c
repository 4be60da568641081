/* test_eio_session.c - heartbeat, messages and close; the upgrade has a file of its own. */
#include "eio_fixture.h"

static const struct eio_options quick = QUICK;

static void say(struct world *w, const char *query, const char *text)
{
    CHECK_INT(eio_send(session_of(w, query), WS_TEXT, (struct ws_bytes){ text, strlen(text) }, 0), 0);
}

/* Heartbeat. */

TEST(eio_session, pings_and_hears_the_pong)
{
    struct world w;
    struct peer *p;

    engine_init(&w, &quick);
    p = world_websocket(&w, WEBSOCKET, NULL);
    (void)world_next(p);
    (void)world_log(&w);
    world_run(&w, 299);
    CHECK_SILENT(p);
    world_run(&w, 1);
    CHECK_STR(world_next(p), "2");
    world_run(&w, 150);
    world_send(p, "3");                         /* the next ping counts from here                   */
    world_run(&w, 299);
    CHECK_SILENT(p);
    world_run(&w, 1);
    CHECK_STR(world_next(p), "2");
    world_run(&w, 199);
    CHECK_STR(world_log(&w), "");
    world_run(&w, 1);
    CHECK_STR(world_log(&w), "close ping timeout\n");
    CHECK_STR(world_next(p), "(close)");
    world_finish(&w);
}

TEST(eio_session, gives_who_sends_the_time_for_its_pong_once_more)
{
    struct world w;
    struct peer *p;

    engine_init(&w, &quick);
    p = world_websocket(&w, WEBSOCKET, NULL);
    (void)world_log(&w);
    world_run(&w, 400);
    world_send(p, "4x");
    world_run(&w, 150);
    world_send(p, "4x");                        /* only once                                        */
    world_run(&w, 49);
    CHECK_STR(world_log(&w), "text x\ntext x\n");
    world_run(&w, 1);
    CHECK_STR(world_log(&w), "close ping timeout\n");
    world_finish(&w);
}

TEST(eio_session, a_get_at_exactly_interval_and_timeout_is_too_late)
{
    struct world w;
    char query[128];

    engine_init(&w, &quick);
    poller(&w, query);
    world_run(&w, 300);
    check_reply(world_get(&w, query), 200, "2");
    world_run(&w, 199);
    w.now_ms++;                                 /* no tick between: input asks the clock itself     */
    check_reply(world_request(&w, "GET", query, NULL), 400,
                "{\"code\":1,\"message\":\"Session ID unknown\"}");
    world_turn(&w);
    CHECK_STR(world_log(&w), "close ping timeout\n");
    world_finish(&w);
}

TEST(eio_session, answers_the_get_that_waits_when_the_pong_is_missed)
{
    struct world w;
    struct peer *get;
    char query[128];

    engine_init(&w, &quick);
    check_reply(world_post(&w, poller(&w, query), "3"), 200, "ok");
    get = world_get(&w, query);
    world_run(&w, 300);
    check_reply(get, 200, "2");
    get = world_get(&w, query);
    world_run(&w, 200);
    check_reply(get, 200, "1");
    world_finish(&w);
}

TEST(eio_session, does_not_blame_the_client_for_a_loop_that_slept)
{
    struct world w;
    struct peer *p;

    engine_init(&w, &quick);
    p = world_websocket(&w, WEBSOCKET, NULL);
    (void)world_next(p);
    w.now_ms += 5000;
    world_turn(&w);
    CHECK_STR(world_next(p), "2");
    world_run(&w, 199);
    world_send(p, "3");
    CHECK_SILENT(p);

    (void)world_log(&w);
    world_run(&w, 300);
    CHECK_STR(world_next(p), "2");
    w.now_ms += 5000;                           /* the pong came in time, but nobody read it        */
    world_send(p, "3");
    CHECK_STR(world_log(&w), "");
    world_run(&w, 300);
    CHECK_STR(world_next(p), "2");
    w.now_ms += 5000;                           /* and here none came                               */
    world_turn(&w);
    CHECK_STR(world_log(&w), "");
    world_run(&w, 1);
    CHECK_STR(world_log(&w), "close ping timeout\n");
    world_finish(&w);
}

TEST(eio_session, ignores_packets_that_mean_nothing_here)
{
    struct world w;
    struct peer *p;

    engine_init(&w, NULL);
    p = world_websocket(&w, WEBSOCKET, NULL);
    (void)world_next(p);
    (void)world_log(&w);
    world_send(p, "0{}");
    world_send(p, "3");
    world_send(p, "3probe");
    world_send(p, "5");
    world_send(p, "6");
    world_send(p, "4");
    CHECK_SILENT(p);
    CHECK_STR(world_log(&w), "text \n");
    world_finish(&w);
}

TEST(eio_session, speaks_over_a_websocket)
{
    struct world w;
    struct peer *p;

    engine_init(&w, NULL);
    p = world_websocket(&w, WEBSOCKET, NULL);
    (void)world_next(p);
    world_send(p, "4echo");
    world_frame(p, 0x82, "e\x01", 2);
    world_send(p, "bZTE=");
    CHECK_STR(world_next(p), "4echo");
    CHECK_STR(world_next(p), "#6501");
    CHECK_STR(world_next(p), "#6531");
    world_send(p, "4c");
    CHECK_STR(world_next(p), "(close)");
    CHECK_STR(world_log(&w), "open EIO=4&transport=websocket\ntext echo\nbinary e\x01\nbinary e1\ntext c\n"
                             "close forced close\n");
    world_finish(&w);
}

TEST(eio_session, drops_volatile_messages_while_an_earlier_turn_is_unsent)
{
    struct world w;
    struct peer *p;
    struct eio_session *s;
    char sid[64];

    engine_init(&w, NULL);
    p = world_websocket(&w, WEBSOCKET, NULL);
    world_sid(world_next(p), sid);
    s = eio_find(w.engine, sid);
    CHECK_INT(eio_send(s, WS_TEXT, WS_LITERAL("a"), EIO_VOLATILE), 0);
    CHECK_INT(eio_send(s, WS_TEXT, WS_LITERAL("b"), EIO_VOLATILE), 0);      /* the same turn        */
    p->stuck = true;
    world_turn(&w);
    CHECK_INT(eio_send(s, WS_TEXT, WS_LITERAL("c"), EIO_VOLATILE), 0);
    CHECK_INT(eio_send(s, WS_TEXT, WS_LITERAL("d"), 0), 0);
    p->stuck = false;
    world_turn(&w);
    CHECK_INT(eio_send(s, WS_TEXT, WS_LITERAL("e"), EIO_VOLATILE), 0);
    world_turn(&w);
    CHECK_STR(world_next(p), "4a");
    CHECK_STR(world_next(p), "4b");
    CHECK_STR(world_next(p), "4d");
    CHECK_STR(world_next(p), "4e");
    CHECK_SILENT(p);
    world_finish(&w);
}

static void close_one(struct eio_session *s, void *data)
{
    ++*(int *)data;
    eio_close(s);
}

TEST(eio_session, may_be_closed_while_all_are_visited)
{
    struct world w;
    char query[128];
    int count = 0;

    engine_init(&w, NULL);
    for (int i = 0; i < 3; i++) {
        (void)world_websocket(&w, WEBSOCKET, NULL);
        poller(&w, query);
    }
    (void)world_log(&w);
    eio_each(w.engine, close_one, &count);
    CHECK_INT(count, 6);
    world_run(&w, 10000);
    CHECK_STR(world_log(&w), "close forced close\nclose forced close\nclose forced close\n"
                             "close forced close\nclose forced close\nclose forced close\n");
    world_finish(&w);
}

TEST(eio_session, is_told_its_end_when_the_server_is_freed)
{
    struct world w;
    struct peer *get;
    char query[128];

    engine_init(&w, NULL);
    (void)world_websocket(&w, WEBSOCKET, NULL);
    get = world_get(&w, poller(&w, query));
    eio_server_free(w.engine);
    w.engine = NULL;
    get->request = NULL;
    CHECK_STR(world_log(&w), "close server shutting down\nclose server shutting down\n");
    CHECK(!get->done);
    world_finish(&w);
}

TEST(eio_session, tells_when_all_is_out)
{
    struct eio_handlers handlers = eio_app_handlers;
    struct world w;
    struct peer *p;
    char query[128], sid[64];

    handlers.on_drained = eio_on_drained;
    world_init(&w, 1);
    world_engine(&w, NULL, &handlers);
    p = world_websocket(&w, WEBSOCKET, NULL);
    world_sid(world_next(p), sid);
    (void)world_log(&w);
    CHECK_INT(eio_send(eio_find(w.engine, sid), WS_TEXT, WS_LITERAL("x"), 0), 0);
    world_turn(&w);
    CHECK_STR(world_log(&w), "drained\n");
    poller(&w, query);
    say(&w, query, "x");
    world_turn(&w);
    CHECK_STR(world_log(&w), "");
    check_reply(world_get(&w, query), 200, "4x");
    CHECK_STR(world_log(&w), "drained\n");
    world_finish(&w);
}
