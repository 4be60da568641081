/* test_sio_recovery.c - who was lost comes back as the same, in his rooms, and misses nothing of his. */
#include "sio_away.h"

TEST(sio_recovery, gives_id_rooms_and_what_was_missed)
{
    struct away t;

    away_init(&t, NULL);
    CHECK_INT(strlen(t.pid), 24);
    say(&t, "a", "\"in flight\"");
    world_cut(t.p);                             /* ... with these on their way or not               */
    CHECK(sio_find(t.ns, t.id) == NULL);
    say(&t, "b", "1");
    say(&t, "c", "\"not his room\"");
    say(&t, t.id, "2");
    say(&t, NULL, "{\"to\":\"all\"}");
    CHECK_INT(sio_broadcast(t.ns, (struct sio_to){ .except = SIO_ROOMS("a") }, "said", SIO_NONE), 0);
    CHECK_INT(sio_broadcast(t.ns, (struct sio_to){ .flags = SIO_VOLATILE }, "said", SIO_NONE), 0);
    CHECK_INT(sio_broadcast_ask(t.ns, (struct sio_to){ .flags = 0 }, "said", SIO_NONE, 100, NULL, NULL), 0);
    world_run(&t.w, RECOVERY_MS - 1);
    CHECK(come_back_as_told(&t));
    CHECK_STR(world_log(&t.w), "disconnect transport close\nback a b\n");
    check_event(world_next(t.p), "42[\"said\",\"in flight\"", t.offset);
    check_event(world_next(t.p), "42[\"said\",1", t.offset);
    check_event(world_next(t.p), "42[\"said\",2", t.offset);
    check_event(world_next(t.p), "42[\"said\",{\"to\":\"all\"}", t.offset);
    CHECK_SILENT(t.p);

    say(&t, "a", "3");                          /* and it goes on                                   */
    world_turn(&t.w);
    check_event(world_next(t.p), "42[\"said\",3", t.offset);
    world_cut(t.p);
    say(&t, "a", "4");
    CHECK(come_back_as_told(&t));
    check_event(world_next(t.p), "42[\"said\",4", t.offset);
    CHECK_SILENT(t.p);
    world_finish(&t.w);
}

TEST(sio_recovery, sends_again_what_was_meant_for_one)
{
    struct away t;
    struct peer *other;
    char id[64];

    away_init(&t, NULL);
    other = app_client(&t.w);
    world_send(other, "40");
    world_sid(world_next(other), id);
    t.p->stuck = true;
    CHECK_INT(sio_emit(sio_find(t.ns, t.id), "mine", SIO_TEXT("1"), 0), 0);
    CHECK_INT(sio_emit(sio_find(t.ns, id), "another's", SIO_TEXT("2"), 0), 0);
    CHECK_INT(sio_emit(sio_find(t.ns, t.id), "mine", SIO_TEXT("3"), SIO_PLAIN), 0);
    CHECK_INT(sio_emit(sio_find(t.ns, t.id), "fleeting", SIO_TEXT("4"), SIO_VOLATILE), 0);
    CHECK_INT(sio_ask(sio_find(t.ns, t.id), "asked", SIO_TEXT("5"), 0, NULL, NULL), 0);
    world_cut(t.p);
    CHECK(come_back_as_told(&t));
    check_event(world_next(t.p), "42[\"mine\",1", t.offset);
    check_event(world_next(t.p), "42[\"mine\",3", t.offset);
    CHECK_SILENT(t.p);
    world_finish(&t.w);
}

TEST(sio_recovery, sends_attachments_again)
{
    const struct ws_bytes parts[] = { WS_LITERAL("one"), WS_LITERAL("two") };
    struct sio_args args = { .text = WS_LITERAL("{\"_placeholder\":true,\"num\":1},"
                                                "{\"_placeholder\":true,\"num\":0}"),
                             .binary = parts, .binary_count = 2 };
    struct away t;

    away_init(&t, NULL);
    world_cut(t.p);
    CHECK_INT(sio_broadcast(t.ns, (struct sio_to){ .rooms = SIO_ROOMS("x", "a") }, "file", args), 0);
    CHECK(come_back_as_told(&t));
    check_event(world_next(t.p), "452-[\"file\",{\"_placeholder\":true,\"num\":1},"
                                 "{\"_placeholder\":true,\"num\":0}", t.offset);
    CHECK_GOT(t.p, "#6f6e65", "#74776f");
    world_finish(&t.w);
}

TEST(sio_recovery, is_over_after_its_time)
{
    struct away t;

    away_init(&t, NULL);
    world_cut(t.p);
    world_run(&t.w, RECOVERY_MS);
    say(&t, "a", "1");
    CHECK(!come_back_as_told(&t));
    CHECK_STR(world_log(&t.w), "disconnect transport close\nnew\n");
    CHECK_SILENT(t.p);
    world_finish(&t.w);
}

TEST(sio_recovery, needs_the_pid_and_an_offset_of_ours)
{
    static const char *const wrong[] = { "", "1", "said", "\\u0000", "xxxx1", NULL };
    struct away t;
    char pid[64], offset[64], more[80];

    for (int i = 0; wrong[i] != NULL; i++) {
        away_init(&t, NULL);
        world_cut(t.p);
        memcpy(pid, t.pid, sizeof pid);
        CHECK(!come_back(&t, pid, wrong[i]));
        CHECK(!come_back(&t, pid, t.offset));   /* a pid is good for one try                        */
        world_finish(&t.w);
    }
    away_init(&t, NULL);
    world_cut(t.p);
    memcpy(pid, t.pid, sizeof pid);
    memcpy(offset, t.offset, sizeof offset);
    CHECK(!come_back(&t, "AAAAAAAAAAAAAAAAAAAAAAAA", offset));
    CHECK(!come_back(&t, "short", offset));
    (void)snprintf(more, sizeof more, "%s0", offset);       /* from the future                      */
    CHECK(!come_back(&t, pid, more));
    world_finish(&t.w);

    away_init(&t, NULL);
    world_cut(t.p);
    connect_as(&t, "40{\"pid\":1,\"offset\":[]}");
    CHECK(!sio_recovered(sio_find(t.ns, t.id)));
    connect_as(&t, "40{\"offset\":\"x\"}");
    CHECK(!sio_recovered(sio_find(t.ns, t.id)));
    world_finish(&t.w);
}

TEST(sio_recovery, works_once_with_a_pid_and_not_while_it_is_in_use)
{
    struct away t;
    char pid[64], id[64];
    struct peer *first;

    away_init(&t, NULL);
    memcpy(pid, t.pid, sizeof pid);
    memcpy(id, t.id, sizeof id);
    first = t.p;
    CHECK(!come_back(&t, pid, t.offset));       /* the first is still there                         */
    CHECK(sio_find(t.ns, id) != NULL);
    world_cut(first);
    memcpy(t.id, id, sizeof id);
    CHECK(come_back(&t, pid, t.offset));
    CHECK(!come_back(&t, pid, t.offset));
    world_finish(&t.w);
}

TEST(sio_recovery, is_not_for_who_left_or_was_sent_away)
{
    struct away t;

    away_init(&t, NULL);
    world_send(t.p, "41");
    CHECK(!come_back_as_told(&t));
    sio_disconnect(sio_find(t.ns, t.id), false);
    world_turn(&t.w);
    CHECK(!come_back_as_told(&t));
    sio_disconnect(sio_find(t.ns, t.id), true);
    world_turn(&t.w);
    CHECK(!come_back_as_told(&t));
    world_finish(&t.w);
}

TEST(sio_recovery, is_for_every_way_to_be_lost)
{
    struct away t;
    char id[64];

    away_init(&t, NULL);
    memcpy(id, t.id, sizeof id);
    world_send(t.p, "1");                       /* Engine.IO's close                                */
    CHECK(come_back_as_told(&t));
    world_run(&t.w, 45000);                     /* no pong                                          */
    CHECK(sio_find(t.ns, t.id) == NULL);
    CHECK(come_back_as_told(&t));
    world_send(t.p, "42garbage");
    CHECK(come_back_as_told(&t));
    eio_close(sio_session(sio_find(t.ns, t.id)));
    world_turn(&t.w);
    CHECK(come_back_as_told(&t));
    world_send(t.p, "40");                      /* out of place                                     */
    CHECK(come_back_as_told(&t));
    CHECK_STR(id, t.id);
    world_finish(&t.w);
}

TEST(sio_recovery, knows_the_rooms_of_each_time)
{
    struct away t;
    struct sio_socket *s;

    away_init(&t, NULL);
    t.p->stuck = true;                          /* what is sent now does not arrive                 */
    s = sio_find(t.ns, t.id);
    say(&t, "a", "1");
    say(&t, "c", "\"before he came\"");
    CHECK_INT(sio_join(s, "c"), 0);
    say(&t, "c", "2");
    sio_leave(s, "a");
    say(&t, "a", "\"after he went\"");
    sio_leave(s, "c");
    CHECK_INT(sio_join(s, "a"), 0);
    say(&t, "c", "\"after he went\"");
    say(&t, "a", "3");
    world_cut(t.p);
    CHECK(come_back_as_told(&t));
    check_event(world_next(t.p), "42[\"said\",1", t.offset);
    check_event(world_next(t.p), "42[\"said\",2", t.offset);
    check_event(world_next(t.p), "42[\"said\",3", t.offset);
    CHECK_SILENT(t.p);
    world_finish(&t.w);
}

TEST(sio_recovery, takes_no_packets_from_before_its_beginning)
{
    struct away t;

    away_init(&t, NULL);
    say(&t, NULL, "\"before\"");
    connect_as(&t, "40");
    world_cut(t.p);                             /* has seen nothing, but offers an older offset     */
    say(&t, NULL, "1");
    CHECK(come_back_as_told(&t));
    check_event(world_next(t.p), "42[\"said\",1", t.offset);
    CHECK_SILENT(t.p);
    world_finish(&t.w);
}

TEST(sio_recovery, forgets_who_is_sent_away_and_what_is_left_meanwhile)
{
    struct away t;

    away_init(&t, NULL);
    world_cut(t.p);
    say(&t, "a", "1");
    sio_join_all(t.ns, (struct sio_to){ .rooms = SIO_ROOMS("b") }, "a", false);
    sio_join_all(t.ns, (struct sio_to){ .rooms = SIO_ROOMS("a") }, "b", false);
    say(&t, "a", "\"no longer his\"");
    say(&t, "b", "2");
    sio_disconnect_all(t.ns, (struct sio_to){ .rooms = SIO_ROOMS("a") }, true);
    sio_disconnect_all(t.ns, (struct sio_to){ .except = SIO_ROOMS("b") }, true);
    CHECK(come_back_as_told(&t));
    CHECK(sio_in(sio_find(t.ns, t.id), "b") && !sio_in(sio_find(t.ns, t.id), "a"));
    check_event(world_next(t.p), "42[\"said\",1", t.offset);
    check_event(world_next(t.p), "42[\"said\",2", t.offset);
    world_cut(t.p);
    sio_disconnect_all(t.ns, (struct sio_to){ .rooms = SIO_ROOMS(t.id) }, false);
    CHECK(!come_back_as_told(&t));
    world_finish(&t.w);
}

TEST(sio_recovery, has_its_own_ticket_in_each_namespace)
{
    struct away t;
    char pid[64], packet[256];

    away_init(&t, NULL);
    connect_as(&t, "40/org-1,");
    memcpy(pid, t.pid, sizeof pid);
    world_cut(t.p);                             /* the last one, but the namespace stays            */
    t.p = app_client(&t.w);
    (void)snprintf(packet, sizeof packet, "40/org-2,{\"pid\":\"%s\",\"offset\":\"%s\"}", pid, t.offset);
    world_send(t.p, packet);
    (void)world_next(t.p);
    (void)world_log(&t.w);
    packet[7] = '1';
    world_send(t.p, packet);
    CHECK_STR(world_log(&t.w), "back\n");
    say(&t, NULL, "1");
    world_send(t.p, "42/org-1,[\"join\",\"a\"]");
    world_cut(t.p);
    world_run(&t.w, RECOVERY_MS);               /* and now it goes, with its part of the log        */
    world_finish(&t.w);
}
