/* test_sio_ack.c - answers, both ways: each once, or the reason why not. */
#include "sio_fixture.h"

struct asked { struct world *w; const char *name; };

static void on_answer(void *data, int error, struct sio_args args)
{
    struct asked *q = data;

    world_note(q->w, "%s %d %.*s", q->name, error, (int)args.text.size, (const char *)args.text.at);
    for (int i = 0; i < args.binary_count; i++)
        world_note(q->w, " <%.*s>", (int)args.binary[i].size, (const char *)args.binary[i].at);
    world_note(q->w, "\n");
}

struct acks {
    struct world w;
    struct sio_namespace *ns;
    struct peer *p;
    struct sio_socket *s;
    struct asked q[3];
};

static void acks_init(struct acks *t, const struct sio_options *options)
{
    char id[64];

    world_init(&t->w, 1);
    world_server(&t->w, options, NULL);
    t->ns = sio_namespace_add(t->w.io, "/", &app_handlers);
    t->p = app_joined(&t->w, id);
    t->s = sio_find(t->ns, id);
    for (int i = 0; i < 3; i++)
        t->q[i] = (struct asked){ &t->w, (const char *const[]){ "q0", "q1", "q2" }[i] };
}

TEST(sio_ack, a_question_gets_its_answer_once)
{
    struct acks t;

    acks_init(&t, NULL);
    CHECK_INT(sio_ask(t.s, "q", SIO_TEXT("1"), 1000, on_answer, &t.q[0]), 0);
    CHECK_INT(sio_ask(t.s, "q", SIO_TEXT("2"), 1000, on_answer, &t.q[1]), 0);
    world_turn(&t.w);
    CHECK_GOT(t.p, "420[\"q\",1]", "421[\"q\",2]");
    world_send(t.p, "431[\"b\",2]");
    world_send(t.p, "431[\"again\"]");
    world_send(t.p, "439[\"unknown\"]");
    world_send(t.p, "43[\"without an id\"]");
    world_send(t.p, "461-0[{\"_placeholder\":true,\"num\":0}]");
    world_frame(t.p, 0x82, "bin", 3);
    world_run(&t.w, 2000);
    CHECK_STR(world_log(&t.w), "q1 0 \"b\",2\nq0 0 {\"_placeholder\":true,\"num\":0} <bin>\n");
    CHECK_SILENT(t.p);
    world_finish(&t.w);
}

TEST(sio_ack, a_question_times_out_and_the_late_answer_is_ignored)
{
    struct acks t;

    acks_init(&t, NULL);
    CHECK_INT(sio_ask(t.s, "q", SIO_NONE, 1000, on_answer, &t.q[0]), 0);
    CHECK_INT(sio_ask(t.s, "q", SIO_NONE, 0, on_answer, &t.q[1]), 0);
    world_run(&t.w, 999);
    CHECK_STR(world_log(&t.w), "");
    world_run(&t.w, 1);
    CHECK_STR(world_log(&t.w), "q0 -110 \n");
    world_send(t.p, "430[1]");
    world_run(&t.w, 20000);
    world_send(t.p, "431[1]");                  /* no time-out, no hurry                            */
    CHECK_STR(world_log(&t.w), "q1 0 1\n");
    world_finish(&t.w);
}

TEST(sio_ack, a_question_to_a_client_that_leaves_is_answered_with_an_error)
{
    struct acks t;

    acks_init(&t, NULL);
    CHECK_INT(sio_ask(t.s, "q", SIO_NONE, 1000, on_answer, &t.q[0]), 0);
    CHECK_INT(sio_ask(t.s, "q", SIO_NONE, 0, on_answer, &t.q[1]), 0);
    sio_disconnect(t.s, false);
    CHECK_INT(sio_ask(t.s, "q", SIO_NONE, 0, on_answer, &t.q[2]), -ENOTCONN);
    CHECK_STR(world_log(&t.w), "");             /* not in the caller's stack                        */
    world_turn(&t.w);
    CHECK_STR(world_log(&t.w), "q0 -104 \nq1 -104 \ndisconnect server namespace disconnect\n");
    world_finish(&t.w);
}

TEST(sio_ack, questions_are_answered_when_the_server_is_freed)
{
    struct acks t;

    acks_init(&t, NULL);
    CHECK_INT(sio_ask(t.s, "q", SIO_NONE, 1000, on_answer, &t.q[0]), 0);
    sio_server_free(t.w.io);
    t.w.io = NULL;
    t.w.engine = NULL;
    CHECK_STR(world_log(&t.w), "q0 -104 \ndisconnect server shutting down\n");
    world_finish(&t.w);
}

static struct acks *told;

static void on_answer_of(void *socket, int error, struct sio_args args)
{
    (void)args;
    CHECK_INT(strlen(sio_id(socket)), SIO_ID_SIZE);
    CHECK(sio_namespace(socket) == told->ns);
    world_note(&told->w, "%d ", error);
}

TEST(sio_ack, an_answer_comes_while_its_socket_lives)
{
    struct acks t;

    acks_init(&t, NULL);
    told = &t;
    for (int i = 0; i < 4; i++)
        CHECK_INT(sio_ask(t.s, "q", SIO_NONE, i == 1 ? 10 : 0, on_answer_of, t.s), 0);
    world_send(t.p, "430[]");
    world_run(&t.w, 10);
    world_send(t.p, "41");                      /* it leaves with two open                          */
    world_turn(&t.w);
    CHECK_STR(world_log(&t.w), "0 -110 -104 -104 disconnect client namespace disconnect\n");
    world_finish(&t.w);
}

TEST(sio_ack, a_socket_has_no_more_open_questions_than_allowed)
{
    static const struct sio_options options = { .acks_max = 2 };
    struct acks t;

    acks_init(&t, &options);
    CHECK_INT(sio_ask(t.s, "q", SIO_NONE, 0, on_answer, &t.q[0]), 0);
    CHECK_INT(sio_ask(t.s, "q", SIO_NONE, 0, on_answer, &t.q[1]), 0);
    CHECK_INT(sio_ask(t.s, "q", SIO_NONE, 0, on_answer, &t.q[2]), -ENOBUFS);
    world_send(t.p, "430[]");
    CHECK_INT(sio_ask(t.s, "q", SIO_NONE, 0, on_answer, &t.q[2]), 0);
    world_finish(&t.w);
}

TEST(sio_ack, an_event_is_answered_once_with_any_id)
{
    struct acks t;

    acks_init(&t, NULL);
    world_send(t.p, "420[\"ack\"]");
    world_send(t.p, "42007[\"ack\",1,{\"a\":[]}]");
    world_send(t.p, "429007199254740991[\"ack\",\"x\"]");
    world_send(t.p, "420[\"ack\",\"the same id again\"]");
    world_send(t.p, "42[\"ack\",\"no answer wanted\"]");
    CHECK_GOT(t.p, "430[]", "437[1,{\"a\":[]}]", "439007199254740991[\"x\"]", "430[\"the same id again\"]");
    world_finish(&t.w);
}

static struct sio_ack kept;

static void keep_ack(const struct sio_call *c)
{
    kept = c->ack;
}

TEST(sio_ack, an_answer_may_come_later_but_not_after_the_client_left)
{
    static const struct sio_event events[] = { { "later", keep_ack, NULL }, { 0 } };
    static const struct sio_handlers handlers = { .events = events };
    struct world w;
    struct peer *p;
    char id[64];

    world_init(&w, 1);
    world_server(&w, NULL, NULL);
    CHECK(sio_namespace_add(w.io, "/", &handlers) != NULL);
    p = app_joined(&w, id);
    world_send(p, "427[\"later\"]");
    world_run(&w, 1000);
    CHECK_INT(sio_answer(kept, SIO_TEXT("true")), 0);
    CHECK_INT(sio_answer(kept, SIO_TEXT("true")), -EALREADY);
    world_turn(&w);
    CHECK_GOT(p, "437[true]");
    world_send(p, "428[\"later\"]");
    world_cut(p);
    (void)app_joined(&w, id);                   /* it gets the same slot                            */
    CHECK_INT(sio_answer(kept, SIO_TEXT("true")), -ENOTCONN);
    CHECK_INT(sio_answer((struct sio_ack){ NULL, 0, 0 }, SIO_NONE), 0);
    world_finish(&w);
}

TEST(sio_ack, answers_that_never_come_do_not_pile_up)
{
    static const struct sio_event events[] = { { "later", keep_ack, NULL }, { 0 } };
    static const struct sio_handlers handlers = { .events = events };
    struct sio_ack first, last;
    struct world w;
    struct peer *p;
    char id[64], packet[64];

    world_init(&w, 1);
    world_server(&w, NULL, NULL);
    CHECK(sio_namespace_add(w.io, "/", &handlers) != NULL);
    p = app_joined(&w, id);
    world_send(p, "420[\"later\"]");
    first = kept;
    for (int i = 1; i <= 1024; i++) {
        (void)snprintf(packet, sizeof packet, "42%d[\"later\"]", i);
        world_send(p, packet);
    }
    last = kept;
    CHECK_INT(sio_answer(first, SIO_NONE), -EALREADY);      /* forgotten                            */
    CHECK_INT(sio_answer(last, SIO_NONE), 0);
    world_turn(&w);
    CHECK_GOT(p, "431024[]");
    world_finish(&w);
}
