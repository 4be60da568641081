/* test_sio_adapter.c - what goes to many reaches the clients of both nodes, and what is local stays. */
#include "sio_pair.h"

/* "a1 b0": who got the packets, whichever node he is on. */
static const char *hearers(struct pair *t, const char *const *packets)
{
    static char text[64];
    const char *got;

    text[0] = '\0';
    pump(t);
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < CROWD; k++) {
            int heard = 0;

            for (; (got = world_next(t->n[i].p[k])) != NULL; heard++)
                CHECK_STR(got, packets[heard]);
            if (heard > 0)
                (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%c%d ", 'a' + i, k);
        }
    return text;
}
#define HEARERS(pair, ...) hearers(pair, (const char *const[]){ __VA_ARGS__, "nothing more" })

TEST(sio_adapter, a_broadcast_reaches_the_clients_of_both_nodes)
{
    struct pair t;

    pair_init(&t);
    CHECK_INT(sio_broadcast(t.n[0].ns, (struct sio_to){ .flags = 0 }, "x", SIO_TEXT("1")), 2);
    CHECK_STR(HEARERS(&t, "42[\"x\",1]"), "a0 a1 b0 b1 ");
    CHECK_INT(sio_join(of(&t, 0, 0), "r"), 0);
    CHECK_INT(sio_join(of(&t, 1, 1), "r"), 0);
    CHECK_INT(sio_broadcast(t.n[1].ns, (struct sio_to){ .rooms = SIO_ROOMS("r", "none") }, "x", SIO_NONE), 1);
    CHECK_STR(HEARERS(&t, "42[\"x\"]"), "a0 b1 ");
    CHECK_INT(sio_broadcast(t.n[0].ns, (struct sio_to){ .except = SIO_ROOMS("r", t.n[1].id[0]) }, "x",
                            SIO_NONE), 1);
    CHECK_STR(HEARERS(&t, "42[\"x\"]"), "a1 ");
    CHECK_INT(sio_broadcast(t.n[0].ns, (struct sio_to){ .rooms = SIO_ROOMS(t.n[1].id[0]) }, "x", SIO_NONE),
              0);
    CHECK_STR(HEARERS(&t, "42[\"x\"]"), "b0 ");         /* an id is a room on every node            */
    CHECK_INT(sio_broadcast(t.n[0].custom, (struct sio_to){ .flags = 0 }, "x", SIO_NONE), 0);
    CHECK_STR(HEARERS(&t, "nothing"), "");
    pair_finish(&t);
}

TEST(sio_adapter, attachments_and_printed_json_travel)
{
    const struct ws_bytes parts[] = { WS_LITERAL("one"), WS_LITERAL("two") };
    struct sio_args args = { .text = WS_LITERAL("{\"_placeholder\":true,\"num\":1},"
                                                "{\"_placeholder\":true,\"num\":0}"),
                             .binary = parts, .binary_count = 2 };
    struct pair t;

    pair_init(&t);
    CHECK_INT(sio_broadcast(t.n[0].ns, (struct sio_to){ .flags = 0 }, "x", args), 2);
    CHECK_STR(HEARERS(&t, "452-[\"x\",{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":0}]",
                      "#6f6e65", "#74776f"), "a0 a1 b0 b1 ");
    CHECK_INT(sio_broadcast(t.n[0].ns, (struct sio_to){ .flags = 0 }, "x",
                            SIO_JSON(sio_args_json(SIO_TEXT("{\"a\":[1]}")))), 2);
    CHECK_STR(HEARERS(&t, "42[\"x\",{\"a\":[1]}]"), "a0 a1 b0 b1 ");
    pair_finish(&t);
}

TEST(sio_adapter, volatile_is_volatile_on_every_node_and_local_stays)
{
    struct pair t;
    int sent;

    pair_init(&t);
    pump(&t);
    t.n[1].p[0]->stuck = true;
    CHECK_INT(sio_broadcast(t.n[0].ns, (struct sio_to){ .flags = SIO_PLAIN }, "first", SIO_NONE), 2);
    CHECK_STR(HEARERS(&t, "42[\"first\"]"), "a0 a1 b1 ");
    CHECK_INT(sio_broadcast(t.n[0].ns, (struct sio_to){ .flags = SIO_VOLATILE }, "x", SIO_NONE), 2);
    CHECK_STR(HEARERS(&t, "42[\"x\"]"), "a0 a1 b1 ");
    t.n[1].p[0]->stuck = false;
    CHECK_STR(HEARERS(&t, "42[\"first\"]"), "b0 ");     /* but not what was volatile                */

    sent = t.n[0].sent;
    CHECK_INT(sio_broadcast(t.n[0].ns, (struct sio_to){ .flags = SIO_LOCAL }, "x", SIO_NONE), 2);
    sio_join_all(t.n[0].ns, (struct sio_to){ .rooms = SIO_ROOMS("none"), .flags = SIO_LOCAL }, "r", true);
    sio_disconnect_all(t.n[0].ns, (struct sio_to){ .rooms = SIO_ROOMS("none"), .flags = SIO_LOCAL }, true);
    CHECK_INT(sio_broadcast_ask(t.n[0].ns, (struct sio_to){ .rooms = SIO_ROOMS("none"), .flags = SIO_LOCAL },
                                "q", SIO_NONE, 0, NULL, NULL), 0);
    CHECK_INT(sio_emit(of(&t, 0, 0), "own", SIO_NONE, 0), 0);
    CHECK_STR(HEARERS(&t, "42[\"x\"]", "42[\"own\"]"), "a0 a1 ");
    CHECK_INT(t.n[0].sent, sent);
    pair_finish(&t);
}

TEST(sio_adapter, rooms_come_and_go_for_all)
{
    struct pair t;

    pair_init(&t);
    CHECK_INT(sio_join(of(&t, 1, 0), "r"), 0);
    CHECK_INT(sio_join(of(&t, 1, 1), "r"), 0);
    pump(&t);
    CHECK_STR(world_log(&t.n[0].w), "room / r 1\n");
    sio_join_all(t.n[0].ns, (struct sio_to){ .rooms = SIO_ROOMS("r") }, "s", true);
    pump(&t);
    CHECK(sio_in(of(&t, 1, 0), "s") && sio_in(of(&t, 1, 1), "s"));
    CHECK(!sio_in(of(&t, 0, 0), "s"));
    sio_join_all(t.n[0].ns, (struct sio_to){ .except = SIO_ROOMS(t.n[1].id[0]) }, "r", false);
    pump(&t);
    CHECK(sio_in(of(&t, 1, 0), "r") && !sio_in(of(&t, 1, 1), "r"));
    CHECK_STR(world_log(&t.n[0].w), "room / s 1\n");
    sio_join_all(t.n[1].ns, (struct sio_to){ .flags = 0 }, "r", false);
    pump(&t);
    CHECK_STR(world_log(&t.n[0].w), "room / r 0\n");
    pair_finish(&t);
}

TEST(sio_adapter, clients_are_sent_away_and_fetched_on_every_node)
{
    struct pair t;
    char want[160];

    pair_init(&t);
    CHECK_INT(sio_join(of(&t, 1, 1), "r"), 0);
    pump(&t);
    (void)world_log(&t.n[0].w);
    wire_new(&t.n[0], FETCH, t.n[0].ns, &(struct sio_to){ .rooms = SIO_ROOMS("r", t.n[1].id[0]) });
    pump(&t);
    (void)snprintf(want, sizeof want, "fetched %s\nfetched %s\n", t.n[1].id[1], t.n[1].id[0]);
    CHECK_STR(world_log(&t.n[0].w), want);

    sio_disconnect_all(t.n[0].ns, (struct sio_to){ .rooms = SIO_ROOMS("r", t.n[0].id[0]) }, false);
    CHECK_STR(HEARERS(&t, "41"), "a0 b1 ");
    CHECK(of(&t, 0, 0) == NULL && of(&t, 0, 1) != NULL && of(&t, 1, 0) != NULL && of(&t, 1, 1) == NULL);
    sio_disconnect_all(t.n[0].ns, (struct sio_to){ .flags = 0 }, true);
    CHECK_STR(HEARERS(&t, "41", "(close)"), "a1 b0 ");
    pair_finish(&t);
}

static void on_answers(void *data, int error, bool last, struct sio_args args)
{
    struct node *n = data;

    world_note(&n->w, "%s%d %.*s", last ? "last " : "", error, (int)args.text.size,
               (const char *)args.text.at);
    for (int i = 0; i < args.binary_count; i++)
        world_note(&n->w, " <%.*s>", (int)args.binary[i].size, (const char *)args.binary[i].at);
    world_note(&n->w, "\n");
}

static int ask(struct pair *t, struct sio_to to, int timeout_ms)
{
    return sio_broadcast_ask(t->n[0].ns, to, "q", SIO_TEXT("1"), timeout_ms, on_answers, &t->n[0]);
}

TEST(sio_adapter, a_question_is_answered_by_the_clients_of_both_nodes)
{
    struct pair t;

    pair_init(&t);
    CHECK_INT(ask(&t, (struct sio_to){ .except = SIO_ROOMS(t.n[0].id[1]) }, 1000), 1);
    CHECK_STR(HEARERS(&t, "420[\"q\",1]"), "a0 b0 b1 ");
    world_send(t.n[1].p[1], "430[\"b1\"]");
    world_send(t.n[0].p[0], "430[\"a0\"]");
    pump(&t);
    CHECK_STR(world_log(&t.n[0].w), "0 \"a0\"\n0 \"b1\"\n");
    world_send(t.n[1].p[0], "461-0[{\"_placeholder\":true,\"num\":0}]");
    world_frame(t.n[1].p[0], 0x82, "bin", 3);
    world_send(t.n[1].p[0], "430[\"twice\"]");
    pump(&t);
    CHECK_STR(world_log(&t.n[0].w), "0 {\"_placeholder\":true,\"num\":0} <bin>\nlast 0 \n");
    CHECK_STR(world_log(&t.n[1].w), "");
    pair_finish(&t);
}

TEST(sio_adapter, a_question_to_nobody_ends_when_all_nodes_have_said_so)
{
    struct pair t;

    pair_init(&t);
    CHECK_INT(ask(&t, (struct sio_to){ .rooms = SIO_ROOMS("none") }, 0), 0);
    world_turn(&t.n[0].w);
    CHECK_STR(world_log(&t.n[0].w), "");
    pump(&t);
    CHECK_STR(world_log(&t.n[0].w), "last 0 \n");
    pair_finish(&t);
}

TEST(sio_adapter, a_question_counts_who_leaves_the_other_node_and_who_is_silent)
{
    struct pair t;

    pair_init(&t);
    CHECK_INT(ask(&t, (struct sio_to){ .except = SIO_ROOMS(t.n[0].id[0], t.n[0].id[1]) }, 1000), 0);
    pump(&t);
    world_cut(t.n[1].p[0]);
    pump(&t);
    CHECK_STR(world_log(&t.n[0].w), "-104 \n");
    world_run(&t.n[0].w, 1000);                 /* each node has its own clock                      */
    CHECK_STR(world_log(&t.n[0].w), "last -110 \n");
    world_send(t.n[1].p[1], "430[\"late\"]");
    world_run(&t.n[1].w, 1000);
    pump(&t);
    CHECK_STR(world_log(&t.n[0].w), "");
    pair_finish(&t);
}
