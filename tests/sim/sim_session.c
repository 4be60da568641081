/* sim_session.c - upgrades under delay and loss: whatever the schedule, nothing is lost, doubled or reordered
 * in either direction, and the session lives. */
#include <errno.h>

#include "sim.h"
#include "sim_client.h"

enum { MESSAGES = 40 };

struct run {
    struct world      world;
    struct sim_client client;
    char              sid[64];
    int               to_client, to_server;     /* sent so far                                      */
    int               at_client, at_server;     /* arrived so far                                   */
    bool              ended;
    enum eio_reason   reason;
};

static struct run *run_of(struct eio_session *s)
{
    return (struct run *)eio_app(s);            /* its world is its first member                    */
}

/* Messages are "4<n>", binary when n is odd: "#" and two digits. */
static void on_packet(struct sim_client *c, const char *packet)
{
    struct run *r = c->data;

    if (*packet == '0')
        world_sid(packet, r->sid);
    if (*packet == '0' || *packet == '2')
        return;
    assert_int_equal(strtol(packet + 1, NULL, *packet == '#' ? 16 : 10), r->at_client);
    r->at_client++;
}

static void on_message(struct eio_session *s, enum ws_type type, struct ws_bytes bytes)
{
    struct run *r = run_of(s);
    char text[16];

    assert_int_equal(type, WS_TEXT);
    assert_true(bytes.size < sizeof text);
    memcpy(text, bytes.at, bytes.size);
    text[bytes.size] = '\0';
    assert_int_equal(strtol(text, NULL, 10), r->at_server);
    r->at_server++;
}

static void on_close(struct eio_session *s, enum eio_reason reason)
{
    run_of(s)->ended = true;
    run_of(s)->reason = reason;
}

static const struct eio_handlers handlers = { .on_message = on_message, .on_close = on_close };

static void server_says(struct run *r)
{
    struct eio_session *s = r->sid[0] == '\0' ? NULL : eio_find(r->world.engine, r->sid);
    unsigned char byte = (unsigned char)r->to_client;
    char text[16];
    int size = snprintf(text, sizeof text, "%d", r->to_client);

    if (s == NULL || r->to_client == MESSAGES)
        return;
    if (r->to_client % 2 == 0)
        assert_int_equal(eio_send(s, WS_TEXT, (struct ws_bytes){ text, (size_t)size }, 0), 0);
    else
        assert_int_equal(eio_send(s, WS_BINARY, (struct ws_bytes){ &byte, 1 }, 0), 0);
    r->to_client++;
}

static void client_says(struct run *r)
{
    char text[16];

    if (r->client.state == SIM_OPENING || r->to_server == MESSAGES)
        return;
    (void)snprintf(text, sizeof text, "4%d", r->to_server++);
    sim_client_send(&r->client, text);
}

/* One thing that happens by chance. */
static void happen(struct run *r, bool may_lose)
{
    sim_step();
    switch (world_random(&r->world, may_lose ? 8 : 7)) {
    case 0:
    case 1:
    case 2: server_says(r); break;
    case 3:
    case 4: client_says(r); break;
    case 5: sim_client_probe(&r->client); break;
    case 6: break;
    case 7: sim_client_lose_probe(&r->client); break;
    default: break;
    }
}

static void check_alive(const struct run *r)
{
    assert_string_equal(r->ended ? eio_reason_text(r->reason) : "alive", "alive");
    assert_true(r->client.state != SIM_CLOSED);
}

static void run_seed(uint64_t seed)
{
    /* Longer than the network may take: who is too late is lost by the protocol's own terms. */
    static const struct eio_options options = { .ping_interval_ms = 200, .ping_timeout_ms = 1500,
                                                .upgrade_timeout_ms = 700, .ws.message_max = 200 };
    static const int delays[] = { 0, 1, 5, 40, 90 };
    struct run r = { .client = { .on_packet = on_packet } };
    bool may_lose = seed % 3 != 0;

    world_init(&r.world, seed);
    world_engine(&r.world, &options, &handlers);
    r.client.data = &r;
    r.client.websocket_only = seed % 10 == 0;
    r.client.slow = seed % 7 == 0;
    r.world.split = seed % 2 == 0;
    sim_client_open(&r.client, &r.world, delays[world_random(&r.world, 5)]);
    while (r.to_client < MESSAGES || r.to_server < MESSAGES) {
        int64_t pause_ms = (int64_t)world_random(&r.world, 12);

        happen(&r, may_lose);
        world_turn(&r.world);
        sim_run(&r.world, &r.client, 1, r.world.now_ms + pause_ms, NULL);
        check_alive(&r);
    }
    sim_run(&r.world, &r.client, 1, r.world.now_ms + 2000, NULL);
    check_alive(&r);
    assert_int_equal(r.at_client, MESSAGES);
    assert_int_equal(r.at_server, MESSAGES);
    if (!may_lose && r.client.wants_upgrade)    /* nothing stood in its way                         */
        assert_int_equal(r.client.upgrades, 1);
    sim_client_finish(&r.client);
    world_finish(&r.world);
}

SIM_MAIN("sim_session: an upgrade loses, doubles and reorders nothing", run_seed, 3000)
