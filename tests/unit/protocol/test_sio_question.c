/* test_sio_question.c - one question to many: each client is answered for once, and the end comes once. */
#include "sio_fixture.h"

enum { CROWD = 3 };
struct quiz { struct world w; struct sio_namespace *ns; struct peer *p[CROWD]; char id[CROWD][64]; };

static void quiz_init(struct quiz *q, const struct sio_options *options)
{
    world_init(&q->w, 1);
    world_server(&q->w, options, NULL);
    q->ns = sio_namespace_add(q->w.io, "/", &app_handlers);
    for (int i = 0; i < CROWD; i++)
        q->p[i] = app_joined(&q->w, q->id[i]);
}

static void on_answers(void *data, int error, bool last, struct sio_args args)
{
    struct quiz *q = data;

    CHECK(!last || args.text.size == 0);
    world_note(&q->w, "%s%d %.*s", last ? "last " : "", error, (int)args.text.size,
               (const char *)args.text.at);
    for (int i = 0; i < args.binary_count; i++)
        world_note(&q->w, " <%.*s>", (int)args.binary[i].size, (const char *)args.binary[i].at);
    world_note(&q->w, "\n");
}

static int ask(struct quiz *q, struct sio_to to, int timeout_ms)
{
    return sio_broadcast_ask(q->ns, to, "q", SIO_TEXT("1"), timeout_ms, on_answers, q);
}

TEST(sio_question, is_answered_by_each_and_ends_with_the_last)
{
    struct quiz q;

    quiz_init(&q, NULL);
    CHECK_INT(ask(&q, (struct sio_to){ .flags = 0 }, 1000), 3);
    world_turn(&q.w);
    for (int i = 0; i < CROWD; i++)
        CHECK_GOT(q.p[i], "420[\"q\",1]");
    world_send(q.p[1], "430[\"one\"]");
    world_send(q.p[1], "430[\"one again\"]");
    world_send(q.p[0], "461-0[{\"_placeholder\":true,\"num\":0}]");
    world_frame(q.p[0], 0x82, "bin", 3);
    CHECK_STR(world_log(&q.w), "0 \"one\"\n0 {\"_placeholder\":true,\"num\":0} <bin>\n");
    world_send(q.p[2], "430[]");
    CHECK_STR(world_log(&q.w), "0 \nlast 0 \n");
    world_send(q.p[0], "430[\"late\"]");
    world_run(&q.w, 5000);
    CHECK_STR(world_log(&q.w), "");
    world_finish(&q.w);
}

TEST(sio_question, goes_to_rooms_and_not_to_the_excepted)
{
    struct quiz q;

    quiz_init(&q, NULL);
    CHECK_INT(sio_join(sio_find(q.ns, q.id[0]), "a"), 0);
    CHECK_INT(sio_join(sio_find(q.ns, q.id[1]), "a"), 0);
    CHECK_INT(ask(&q, (struct sio_to){ .rooms = SIO_ROOMS("a"), .except = SIO_ROOMS(q.id[1]) }, 0), 1);
    world_turn(&q.w);
    CHECK_GOT(q.p[0], "420[\"q\",1]");
    CHECK_SILENT(q.p[1]);
    CHECK_SILENT(q.p[2]);
    world_send(q.p[1], "430[\"not asked\"]");
    world_send(q.p[0], "430[]");
    CHECK_STR(world_log(&q.w), "0 \nlast 0 \n");
    world_finish(&q.w);
}

TEST(sio_question, to_nobody_ends_at_once_but_not_in_the_asker_s_stack)
{
    struct quiz q;

    quiz_init(&q, NULL);
    CHECK_INT(ask(&q, (struct sio_to){ .rooms = SIO_ROOMS("none") }, 1000), 0);
    CHECK_STR(world_log(&q.w), "");
    world_turn(&q.w);
    CHECK_STR(world_log(&q.w), "last 0 \n");
    CHECK_INT(sio_broadcast_ask(q.ns, (struct sio_to){ .rooms = SIO_ROOMS("none") }, "q", SIO_NONE, 0, NULL,
                                NULL), 0);
    world_run(&q.w, 2000);
    world_finish(&q.w);
}

TEST(sio_question, times_out_for_all_that_are_missing)
{
    struct quiz q;

    quiz_init(&q, NULL);
    CHECK_INT(ask(&q, (struct sio_to){ .flags = SIO_VOLATILE }, 1000), 3);
    world_run(&q.w, 999);
    world_send(q.p[2], "430[2]");
    CHECK_STR(world_log(&q.w), "0 2\n");
    world_run(&q.w, 1);
    CHECK_STR(world_log(&q.w), "last -110 \n");
    world_send(q.p[0], "430[\"late\"]");
    world_cut(q.p[1]);
    CHECK_STR(world_log(&q.w), "disconnect transport close\n");
    world_finish(&q.w);
}

TEST(sio_question, counts_who_leaves_without_an_answer)
{
    struct quiz q;

    quiz_init(&q, NULL);
    CHECK_INT(ask(&q, (struct sio_to){ .flags = 0 }, 1000), 3);
    world_send(q.p[0], "430[0]");
    world_cut(q.p[0]);                          /* it has answered                                  */
    world_cut(q.p[1]);
    CHECK_STR(world_log(&q.w), "0 0\ndisconnect transport close\n-104 \ndisconnect transport close\n");
    sio_disconnect(sio_find(q.ns, q.id[2]), false);
    world_turn(&q.w);
    CHECK_STR(world_log(&q.w), "-104 \ndisconnect server namespace disconnect\nlast 0 \n");
    world_finish(&q.w);
}

TEST(sio_question, ends_when_the_server_is_freed)
{
    struct quiz q;

    quiz_init(&q, NULL);
    CHECK_INT(ask(&q, (struct sio_to){ .flags = 0 }, 1000), 3);
    world_send(q.p[0], "430[0]");
    sio_server_free(q.w.io);
    q.w.io = NULL;
    q.w.engine = NULL;
    CHECK_STR(world_log(&q.w), "0 0\nlast -104 \ndisconnect server shutting down\n"
                               "disconnect server shutting down\ndisconnect server shutting down\n");
    world_finish(&q.w);
}

TEST(sio_question, leaves_out_who_has_too_many_open)
{
    static const struct sio_options options = { .acks_max = 1 };
    struct quiz q;

    quiz_init(&q, &options);
    CHECK_INT(sio_ask(sio_find(q.ns, q.id[1]), "single", SIO_NONE, 0, NULL, NULL), 0);
    CHECK_INT(ask(&q, (struct sio_to){ .flags = 0 }, 0), 2);
    world_turn(&q.w);
    CHECK_GOT(q.p[0], "421[\"q\",1]");
    CHECK_GOT(q.p[1], "420[\"single\"]");
    world_send(q.p[0], "431[]");
    world_send(q.p[1], "431[]");
    world_send(q.p[2], "431[]");
    CHECK_STR(world_log(&q.w), "0 \n0 \nlast 0 \n");
    world_finish(&q.w);
}

TEST(sio_question, leaves_out_who_is_going)
{
    struct quiz q;

    quiz_init(&q, NULL);
    eio_close(sio_session(sio_find(q.ns, q.id[1])));
    CHECK_INT(ask(&q, (struct sio_to){ .flags = 0 }, 0), 2);
    world_turn(&q.w);
    CHECK_STR(world_log(&q.w), "disconnect forced close\n");
    world_send(q.p[0], "430[]");
    world_send(q.p[2], "430[]");
    CHECK_STR(world_log(&q.w), "0 \n0 \nlast 0 \n");
    world_finish(&q.w);
}

static void ask_again(void *data, int error, bool last, struct sio_args args)
{
    struct quiz *q = data;

    (void)args;
    world_note(&q->w, "first %d %d\n", last, error);
    if (last)
        CHECK_INT(ask(q, (struct sio_to){ .rooms = SIO_ROOMS(q->id[0]) }, 100), 1);
    else if (error == 0)
        sio_disconnect(sio_find(q->ns, q->id[1]), true);
}

TEST(sio_question, may_be_put_and_clients_sent_away_from_an_answer)
{
    struct quiz q;

    quiz_init(&q, NULL);
    CHECK_INT(sio_broadcast_ask(q.ns, (struct sio_to){ .except = SIO_ROOMS(q.id[2]) }, "q", SIO_NONE, 0,
                                ask_again, &q), 2);
    world_send(q.p[0], "430[]");
    CHECK_STR(world_log(&q.w), "first 0 0\nfirst 0 -104\n"
                               "disconnect server namespace disconnect\nfirst 1 0\n");
    world_run(&q.w, 100);
    CHECK_STR(world_log(&q.w), "last -110 \n");
    world_finish(&q.w);
}

static void note_ask(void *data, struct sio_namespace *ns, const struct sio_to *to, const char *event,
                     struct sio_args args, uint64_t ask, int timeout_ms)
{
    struct quiz *q = data;

    (void)ns;
    (void)to;
    world_note(&q->w, "others %s %.*s %d %d\n", event, (int)args.text.size, (const char *)args.text.at,
               (int)ask, timeout_ms);
}

static const struct sio_adapter noting = { .broadcast = note_ask };

TEST(sio_question, waits_for_other_nodes_and_their_clients)
{
    struct quiz q;

    quiz_init(&q, NULL);
    sio_server_adapt(q.w.io, &noting, &q);
    CHECK_INT(sio_broadcast_ask(q.ns, (struct sio_to){ .rooms = SIO_ROOMS("none") }, "q",
                                SIO_JSON(sio_args_json(SIO_TEXT("1,\"two\""))), 1000, on_answers, &q), 0);
    CHECK_STR(world_log(&q.w), "others q 1,\"two\" 1 1000\n");
    sio_answered(q.w.io, 1, SIO_TEXT("\"before its count\""));
    sio_asked(q.w.io, 1, 3, false);
    sio_asked(q.w.io, 1, 0, true);
    sio_answered(q.w.io, 1, SIO_TEXT("2"));
    world_turn(&q.w);
    CHECK_STR(world_log(&q.w), "0 \"before its count\"\n0 2\n");
    sio_asked(q.w.io, 1, -1, false);            /* the third one left                               */
    CHECK_STR(world_log(&q.w), "-104 \n");
    sio_answered(q.w.io, 1, SIO_TEXT("\"more than were asked\""));
    world_turn(&q.w);
    CHECK_STR(world_log(&q.w), "last 0 \n");
    sio_answered(q.w.io, 1, SIO_NONE);
    sio_asked(q.w.io, 1, 1, true);
    sio_asked(q.w.io, 0, 1, true);
    world_run(&q.w, 2000);
    CHECK_STR(world_log(&q.w), "");
    sio_server_adapt(q.w.io, NULL, NULL);
    world_finish(&q.w);
}

TEST(sio_question, does_not_wait_for_other_nodes_that_never_report)
{
    struct quiz q;

    quiz_init(&q, NULL);
    sio_server_adapt(q.w.io, &noting, &q);
    CHECK_INT(ask(&q, (struct sio_to){ .rooms = SIO_ROOMS(q.id[0]) }, 500), 1);
    CHECK_INT(ask(&q, (struct sio_to){ .rooms = SIO_ROOMS(q.id[0]), .flags = SIO_LOCAL }, 500), 1);
    world_send(q.p[0], "430[0]");
    world_send(q.p[0], "431[1]");
    CHECK_STR(world_log(&q.w), "others q 1 1 500\n0 0\n0 1\nlast 0 \n");
    world_run(&q.w, 500);
    CHECK_STR(world_log(&q.w), "last -110 \n");
    sio_server_adapt(q.w.io, NULL, NULL);
    world_finish(&q.w);
}
