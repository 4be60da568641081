/* test_sio_log.c - coming back when the handler thinks, when memory is short, and when time passes. */
#include "sio_away.h"

/* A handler that thinks. */

static struct sio_socket *waiting;

static void think(struct sio_socket *s, struct sio_args auth)
{
    (void)auth;
    world_note(world_of(s), "%s\n", sio_recovered(s) ? "back" : "new");
    waiting = s;
}

static const struct sio_handlers thinking = { .on_connect = think, .on_disconnect = on_disconnect };

static void knock(struct away *t, const char *connect)
{
    t->p = app_client(&t->w);
    world_send(t->p, connect);
    CHECK(waiting != NULL);
}

static void knock_again(struct away *t)
{
    char packet[256];

    (void)snprintf(packet, sizeof packet, "40{\"pid\":\"%s\",\"offset\":\"%s\"}", t->pid, t->offset);
    knock(t, packet);
}

static void let_in(struct away *t)
{
    const char *answer;

    CHECK_INT(sio_accept(waiting, NULL), 0);
    world_turn(&t->w);
    answer = world_next(t->p);
    CHECK(answer != NULL);
    value_of(answer, "\"sid\":\"", t->id);
    value_of(answer, "\"pid\":\"", t->pid);
}

static void thinking_init(struct away *t, const struct sio_options *options)
{
    world_init(&t->w, 1);
    world_server(&t->w, options, NULL);
    t->ns = sio_namespace_add(t->w.io, "/", &thinking);
    knock(t, "40");
    let_in(t);
    CHECK_INT(sio_join(waiting, "a"), 0);
    CHECK_INT(sio_emit(waiting, "first", SIO_NONE, 0), 0);
    world_turn(&t->w);
    check_event(world_next(t->p), "42[\"first\"", t->offset);
    world_cut(t->p);
    CHECK_STR(world_log(&t->w), "new\ndisconnect transport close\n");
}

TEST(sio_log, waits_for_the_handler_and_misses_nothing_meanwhile)
{
    struct away t;

    thinking_init(&t, &usual);
    say(&t, "a", "1");
    knock_again(&t);
    CHECK_SILENT(t.p);
    CHECK_INT(sio_room_size(t.ns, "a"), 0);
    say(&t, "a", "2");
    sio_join_all(t.ns, (struct sio_to){ .flags = 0 }, "a", false);
    say(&t, "a", "\"no longer his\"");
    let_in(&t);
    CHECK(sio_recovered(waiting) && !sio_in(waiting, "a"));
    check_event(world_next(t.p), "42[\"said\",1", t.offset);
    check_event(world_next(t.p), "42[\"said\",2", t.offset);
    CHECK_SILENT(t.p);
    world_finish(&t.w);
}

TEST(sio_log, ends_with_a_rejection)
{
    struct away t;

    thinking_init(&t, &usual);
    knock_again(&t);
    sio_reject(waiting, "no", SIO_NONE);
    world_turn(&t.w);
    CHECK_GOT(t.p, "44{\"message\":\"no\"}");
    knock_again(&t);
    sio_disconnect_all(t.ns, (struct sio_to){ .flags = 0 }, true);      /* it is a new one: stays   */
    let_in(&t);
    CHECK(!sio_recovered(waiting));
    world_cut(t.p);
    knock_again(&t);                            /* without an offset of this session                */
    sio_disconnect_all(t.ns, (struct sio_to){ .flags = 0 }, true);
    world_turn(&t.w);
    CHECK_GOT(t.p, "44{\"message\":\"disconnected\"}");
    CHECK_STR(world_log(&t.w), "back\nnew\ndisconnect transport close\nback\n");
    world_finish(&t.w);
}

TEST(sio_log, may_be_tried_again_for_the_rest_of_its_time)
{
    struct away t;

    thinking_init(&t, &usual);
    world_run(&t.w, RECOVERY_MS - 100);
    knock_again(&t);
    world_cut(t.p);
    world_run(&t.w, 99);
    knock_again(&t);
    world_cut(t.p);
    world_run(&t.w, 1);
    knock_again(&t);
    CHECK_STR(world_log(&t.w), "back\nback\nnew\n");
    world_finish(&t.w);
}

TEST(sio_log, keeps_the_time_of_each_who_is_away)
{
    char first[256];
    struct away t;

    thinking_init(&t, &usual);
    (void)snprintf(first, sizeof first, "40{\"pid\":\"%s\",\"offset\":\"%s\"}", t.pid, t.offset);
    knock(&t, "40");
    let_in(&t);
    CHECK_INT(sio_emit(waiting, "second", SIO_NONE, 0), 0);
    world_turn(&t.w);
    check_event(world_next(t.p), "42[\"second\"", t.offset);
    world_run(&t.w, 100);
    world_cut(t.p);
    (void)world_log(&t.w);
    knock(&t, first);                           /* who has less time than the other                 */
    world_cut(t.p);
    world_run(&t.w, RECOVERY_MS - 100);
    knock(&t, first);
    knock_again(&t);
    CHECK_STR(world_log(&t.w), "back\nnew\nback\n");
    world_finish(&t.w);
}

TEST(sio_log, is_over_if_the_handler_thinks_too_long)
{
    struct away t;
    char pid[64];

    thinking_init(&t, &usual);
    memcpy(pid, t.pid, sizeof pid);
    knock_again(&t);
    world_run(&t.w, RECOVERY_MS);
    say(&t, "a", "1");
    let_in(&t);
    CHECK(!sio_recovered(waiting) && !sio_in(waiting, "a"));
    CHECK(strcmp(pid, t.pid) != 0);             /* so the client knows too                          */
    CHECK_SILENT(t.p);
    world_finish(&t.w);
}

/* Memory. */

TEST(sio_log, keeps_to_its_memory_and_says_so_when_a_packet_is_gone)
{
    static const struct sio_options small = { .recovery_ms = RECOVERY_MS, .recovery_max = 20000 };
    struct away t;
    char text[1002];

    memset(text, 'x', sizeof text);
    text[0] = text[1000] = '"';
    text[1001] = '\0';
    away_init(&t, &small);
    world_cut(t.p);
    for (int i = 0; i < 10; i++)
        say(&t, "a", text);
    CHECK(come_back_as_told(&t));
    for (int i = 0; i < 10; i++) {
        const char *got = world_next(t.p);

        CHECK(got != NULL);
        value_of(strrchr(got, ','), ",\"", t.offset);
    }
    world_cut(t.p);
    for (int i = 0; i < 18; i++)
        say(&t, "other", text);
    CHECK(!come_back_as_told(&t));
    CHECK_STR(world_log(&t.w), "disconnect transport close\nback a b\ndisconnect transport close\nnew\n");
    world_finish(&t.w);
}

TEST(sio_log, keeps_few_tickets_in_little_memory)
{
    static const struct sio_options small = { .recovery_ms = RECOVERY_MS, .recovery_max = 2000 };
    struct away t;
    char pid[64], offset[64];

    away_init(&t, &small);
    memcpy(pid, t.pid, sizeof pid);
    memcpy(offset, t.offset, sizeof offset);
    world_cut(t.p);
    for (int i = 0; i < 20; i++) {
        connect_as(&t, "40");
        world_cut(t.p);
    }
    CHECK(!come_back(&t, pid, offset));
    world_cut(t.p);
    CHECK(come_back(&t, t.pid, offset));
    world_finish(&t.w);
}

TEST(sio_log, is_not_sure_of_anything_when_the_loop_stood_still)
{
    struct away t;

    away_init(&t, NULL);
    t.p->stuck = true;
    say(&t, "a", "\"never arrives\"");
    t.w.now_ms += 10 * 60 * 1000;
    world_turn(&t.w);
    CHECK(sio_find(t.ns, t.id) != NULL);        /* it gets the time for its pong                    */
    world_cut(t.p);
    CHECK(!come_back_as_told(&t));
    world_finish(&t.w);
}

TEST(sio_log, may_run_out_of_memory_while_many_leave_a_room)
{
    static const struct sio_options small = { .recovery_ms = RECOVERY_MS, .recovery_max = 8000 };
    struct away t;

    away_init(&t, &small);
    world_cut(t.p);
    for (int i = 0; i < 30; i++) {
        connect_as(&t, "40/org-1,");
        world_send(t.p, "42/org-1,[\"join\",\"a\"]");
        world_cut(t.p);
    }
    connect_as(&t, "40/org-1,");
    world_send(t.p, "42/org-1,[\"join\",\"b\"]");
    world_send(t.p, "42/org-1,[\"leave-all\",\"a\"]");
    world_send(t.p, "42/org-1,[\"echo\",1]");
    check_event(world_next(t.p), "42/org-1,[\"echoed\",1", t.offset);
    world_finish(&t.w);
}

TEST(sio_log, does_not_send_more_than_a_client_may_leave_unread)
{
    static const struct sio_options narrow = { .recovery_ms = RECOVERY_MS, .eio.ws.unsent_max = 5000 };
    struct away t;
    char text[502];

    memset(text, 'x', sizeof text);
    text[0] = text[500] = '"';
    text[501] = '\0';
    away_init(&t, &narrow);
    world_cut(t.p);
    for (int i = 0; i < 10; i++)
        say(&t, "a", text);
    CHECK(!come_back_as_told(&t));
    CHECK_SILENT(t.p);
    world_finish(&t.w);
}

TEST(sio_log, of_a_quiet_client_does_not_depend_on_how_old_its_last_packet_is)
{
    static const struct sio_options patient = { .recovery_ms = RECOVERY_MS, .eio.ping_interval_ms = 100000,
                                                .eio.ping_timeout_ms = 1000 };
    struct away t;

    away_init(&t, &patient);
    for (int i = 0; i < 5; i++) {               /* the log is empty again                           */
        world_run(&t.w, 100000);
        CHECK_GOT(t.p, "2");
        world_send(t.p, "3");
    }
    world_cut(t.p);
    say(&t, "a", "1");
    CHECK(come_back_as_told(&t));
    check_event(world_next(t.p), "42[\"said\",1", t.offset);
    world_finish(&t.w);
}

TEST(sio_log, is_off_unless_asked_for)
{
    static const struct sio_options off = { .recovery_ms = 0 };
    struct world w;
    const char *answer;
    struct peer *p;

    app_init(&w, &off);
    p = app_client(&w);
    world_send(p, "40{\"pid\":\"x\",\"offset\":\"y\"}");
    answer = world_next(p);
    CHECK(answer != NULL && strstr(answer, "pid") == NULL);
    world_send(p, "42[\"echo\",1]");
    CHECK_GOT(p, "42[\"echoed\",1]");
    world_finish(&w);
}
