/* sim_ack.c - acknowledgements over clients that move, vanish and come back: a question is answered to its
 * asker exactly once, an event is handled and acknowledged at most once, and once when nobody vanished. */
#include <errno.h>

#include "sim.h"
#include "sim_client.h"

enum { QUESTIONS = 30, EVENTS = 30 };

struct run;
struct question { struct run *run; int answers, error; };

struct run {
    struct world          world;
    struct sim_client     client;
    struct sio_namespace *ns;
    char                  id[64];               /* of the socket, while the client is joined        */
    struct question       questions[QUESTIONS];
    int                   asked, told;          /* questions put; events sent                       */
    int                   heard[EVENTS], acked[EVENTS];
    struct sio_ack        later[EVENTS];
    int                   later_count, lives, connects, disconnects;
};

static struct run *run_of(const struct sio_socket *s)
{
    return (struct run *)eio_app(sio_session(s));
}

/* The server. */

static void on_connect(struct sio_socket *s, struct sio_args auth)
{
    (void)auth;
    run_of(s)->connects++;
    assert_int_equal(sio_accept(s, NULL), 0);
}

static void on_disconnect(struct sio_socket *s, const char *reason)
{
    (void)reason;
    run_of(s)->disconnects++;
}

/* Answers at once, or some turns later. */
static void on_event(const struct sio_call *c)
{
    struct run *r = run_of(c->socket);
    char text[16];

    assert_true(c->args.text.size < sizeof text);
    memcpy(text, c->args.text.at, c->args.text.size);
    text[c->args.text.size] = '\0';
    r->heard[strtol(text, NULL, 10)]++;
    if (world_random(&r->world, 2) == 0)
        r->later[r->later_count++] = c->ack;
    else
        assert_int_equal(sio_answer(c->ack, SIO_TEXT("true")), 0);
}

static void answer_later(struct run *r)
{
    int err;

    if (r->later_count == 0)
        return;
    err = sio_answer(r->later[--r->later_count], SIO_TEXT("true"));
    assert_true(err == 0 || (err == -ENOTCONN && r->lives > 1));
}

static void on_answer(void *data, int error, struct sio_args args)
{
    struct question *q = data;

    assert_true(error == 0 || error == -ETIMEDOUT || error == -ECONNRESET);
    assert_int_equal(args.text.size, error == 0 ? 4 : 0);
    q->answers++;
    q->error = error;
}

static void ask(struct run *r)
{
    struct sio_socket *s = sio_find(r->ns, r->id);
    struct question *q = &r->questions[r->asked];

    if (s == NULL || r->asked == QUESTIONS)
        return;
    q->run = r;
    if (sio_ask(s, "q", SIO_NONE, 5000, on_answer, q) == 0)
        r->asked++;
}

/* The client. */

static void on_packet(struct sim_client *c, const char *packet)
{
    struct run *r = c->data;
    char answer[64], *end;
    long id;

    if (*packet == '0') {
        sim_client_send(c, "40");
    } else if (strncmp(packet, "40", 2) == 0) {
        world_sid(packet, r->id);
    } else if (strncmp(packet, "43", 2) == 0) {
        id = strtol(packet + 2, &end, 10);
        assert_string_equal(end, "[true]");
        r->acked[id]++;
    } else if (*packet != '2') {
        assert_true(strncmp(packet, "42", 2) == 0);
        id = strtol(packet + 2, &end, 10);
        assert_string_equal(end, "[\"q\"]");
        (void)snprintf(answer, sizeof answer, "43%ld[true]", id);
        sim_client_send(c, answer);
    }
}

static void tell(struct run *r)
{
    char packet[64];

    if (r->id[0] == '\0' || r->client.state == SIM_CLOSED || r->told == EVENTS)
        return;
    (void)snprintf(packet, sizeof packet, "42%d[\"e\",%d]", r->told, r->told);
    r->told++;
    sim_client_send(&r->client, packet);
}

static void open_client(struct run *r)
{
    static const int delays[] = { 0, 2, 30, 80 };

    r->lives++;
    r->id[0] = '\0';
    r->client = (struct sim_client){ .on_packet = on_packet, .data = r };
    r->client.websocket_only = world_random(&r->world, 4) == 0;
    sim_client_open(&r->client, &r->world, delays[world_random(&r->world, 4)]);
}

static void reconnect(struct run *r)
{
    sim_client_finish(&r->client);
    world_turn(&r->world);
    assert_true(r->id[0] == '\0' || sio_find(r->ns, r->id) == NULL || r->client.ws == NULL);
    open_client(r);
}

static void happen(struct run *r, bool may_vanish)
{
    sim_step();
    switch (world_random(&r->world, 10)) {
    case 0:
    case 1: ask(r); break;
    case 2:
    case 3:
    case 4: tell(r); break;
    case 5:
    case 6: answer_later(r); break;
    case 7: sim_client_probe(&r->client); break;
    case 8: sim_client_lose_probe(&r->client); break;
    default:
        if (may_vanish && world_random(&r->world, 6) == 0)
            reconnect(r);
        break;
    }
}

static void check(const struct run *r, bool vanished)
{
    for (int i = 0; i < QUESTIONS; i++) {
        assert_int_equal(r->questions[i].answers, 1);
        assert_true(vanished || r->questions[i].error == 0);
    }
    for (int i = 0; i < EVENTS; i++) {
        assert_true(r->heard[i] <= 1 && r->acked[i] <= r->heard[i]);
        assert_true(vanished || r->acked[i] == 1);
    }
}

static void run_seed(uint64_t seed)
{
    static const struct sio_event events[] = { { "e", on_event, NULL }, { 0 } };
    static const struct sio_handlers handlers = { .on_connect = on_connect, .on_disconnect = on_disconnect,
                                                  .events = events };
    static const struct sio_options options = { .eio = { .ping_interval_ms = 200, .ping_timeout_ms = 1500,
                                                         .upgrade_timeout_ms = 700 } };
    bool may_vanish = seed % 2 == 0;
    struct run r = { .lives = 0 };

    world_init(&r.world, seed);
    world_server(&r.world, &options, NULL);
    r.ns = sio_namespace_add(r.world.io, "/", &handlers);
    open_client(&r);
    while (r.asked < QUESTIONS || r.told < EVENTS) {
        int64_t pause_ms = (int64_t)world_random(&r.world, 20);

        happen(&r, may_vanish);
        world_turn(&r.world);
        sim_run(&r.world, &r.client, 1, r.world.now_ms + pause_ms, NULL);
        assert_true(may_vanish || r.client.state != SIM_CLOSED);
        if (r.client.state == SIM_CLOSED)
            reconnect(&r);
    }
    sim_run(&r.world, &r.client, 1, r.world.now_ms + 1000, NULL);
    while (r.later_count > 0)
        answer_later(&r);
    world_turn(&r.world);
    sim_run(&r.world, &r.client, 1, r.world.now_ms + 6000, NULL);
    check(&r, r.lives > 1);
    sim_client_finish(&r.client);
    world_finish(&r.world);
    assert_int_equal(r.connects, r.disconnects);
}

SIM_MAIN("sim_ack: a question has one answer, an event one acknowledgement", run_seed, 2000)
