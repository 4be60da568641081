/* sim_client.c - a client on a slow network. Whatever travels takes from 0 to delay_max_ms. */
#include "sim_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TAKE_MAX = 300 };

static void step(struct sim_client *);

static void later(struct sim_client *c, enum sim_event event)
{
    assert_int_equal(c->due_ms[event], -1);
    c->due_ms[event] = c->world->now_ms + (int64_t)world_random(c->world, (uint64_t)c->delay_max_ms + 1);
}

/* What has arrived. */

void sim_client_fall_silent(struct sim_client *c)
{
    if (c->state == SIM_CLOSED)
        return;
    c->state = SIM_CLOSED;
    for (int i = 0; i < SIM_EVENTS; i++)
        c->due_ms[i] = -1;
    if (c->on_close != NULL)
        c->on_close(c);
}

static void over(struct sim_client *c)
{
    c->told = true;
    sim_client_fall_silent(c);
}

static void opened(struct sim_client *c, const char *packet)
{
    char sid[64];

    world_sid(packet, sid);
    (void)snprintf(c->query, sizeof c->query, "EIO=4&transport=polling&sid=%s", sid);
    (void)snprintf(c->other, sizeof c->other, "EIO=4&transport=websocket&sid=%s", sid);
    c->payload_max = strtoul(strstr(packet, "\"maxPayload\":") + 13, NULL, 10);
    c->state = c->websocket_only ? SIM_WEBSOCKET : SIM_POLLING;
}

static void receive(struct sim_client *c, const char *packet)
{
    assert_true(strchr("012346#", *packet) != NULL);
    if (c->state == SIM_CLOSED)
        return;
    if (*packet == '0')
        opened(c, packet);
    if (*packet == '1')
        over(c);
    else if (*packet != '6' && c->on_packet != NULL)
        c->on_packet(c, packet);
    if (*packet == '2' && !c->mute && c->state != SIM_CLOSED)
        sim_client_send(c, "3");
}

static void receive_payload(struct sim_client *c, const char *payload)
{
    while (*payload != '\0') {
        size_t size = strcspn(payload, "\x1e");
        char packet[SIM_PACKET_MAX], hex[2 * SIM_PACKET_MAX];

        assert_true(size < sizeof packet);
        memcpy(packet, payload, size);
        packet[size] = '\0';
        if (*packet == 'b')
            sim_packet_hex(packet + 1, hex);
        receive(c, *packet == 'b' ? hex : packet);
        payload += size + (payload[size] != '\0');
    }
}

/* Polling. */

static void get_arrives(struct sim_client *c)
{
    c->get = world_request(c->world, "GET", c->query, NULL);
    world_end(c->get);
}

static void get_returns(struct sim_client *c)
{
    struct peer *get = c->get;

    c->get = NULL;
    if (get->status == 200)
        receive_payload(c, peer_body(get));
    else
        sim_client_fall_silent(c);
    world_drop(get);
    step(c);
}

/* As many packets as fit become the body of one POST. */
static void start_post(struct sim_client *c)
{
    buf_clear(&c->on_way);
    buf_clear(&c->posted);
    while (c->out.size > 0) {
        const char *packet = (const char *)c->out.at;
        size_t before = c->on_way.size;

        sim_packet_post(&c->on_way, packet);
        if (before > 0 && c->on_way.size > c->payload_max) {
            buf_cut(&c->on_way, before);
            break;
        }
        sim_packet_add(&c->posted, packet);
        buf_shift(&c->out, strlen(packet) + 1);
    }
    later(c, SIM_POST_ARRIVES);
}

/* The first part of it; the rest comes later. */
static void post_arrives(struct sim_client *c)
{
    size_t half = world_random(c->world, c->on_way.size + 1);

    c->post = world_request(c->world, "POST", c->query, NULL);
    world_body(c->post, c->on_way.at, half);
    if (c->post->request == NULL)
        return;
    buf_shift(&c->on_way, half);
    later(c, SIM_POST_ENDS);
}

static void post_ends(struct sim_client *c)
{
    if (c->post->request == NULL)               /* refused meanwhile                                */
        return;
    for (; c->posted.size > 0 && c->on_reach != NULL; sim_packet_drop(&c->posted))
        c->on_reach(c, sim_packet_first(&c->posted));
    world_body(c->post, c->on_way.at, c->on_way.size);
    world_end(c->post);
}

static void post_returns(struct sim_client *c)
{
    struct peer *post = c->post;

    c->post = NULL;
    if (post->status != 200)
        sim_client_fall_silent(c);
    world_drop(post);
    step(c);
}

/* WebSocket. */

static void push(struct sim_client *c, struct sim_link *link, const char *packet)
{
    sim_link_push(link, c->world->now_ms + (int64_t)world_random(c->world, (uint64_t)c->delay_max_ms + 1),
                  packet);
}

static void ws_in(struct sim_client *c)
{
    char packet[SIM_PACKET_MAX];

    sim_link_pull(&c->down, packet);
    if (c->state == SIM_POLLING && strcmp(packet, "3probe") == 0)
        c->state = SIM_UPGRADING;               /* and now polling pauses                           */
    else if (*packet == '(' && c->state == SIM_WEBSOCKET)
        over(c);
    else if (*packet == '(')
        sim_client_lose_probe(c);
    else
        receive(c, packet);
    step(c);
}

static void ws_out(struct sim_client *c)
{
    unsigned char bytes[SIM_PACKET_MAX / 2];
    char packet[SIM_PACKET_MAX];

    sim_link_pull(&c->up, packet);
    if (c->ws->conn == NULL)
        return;
    if (c->on_reach != NULL)
        c->on_reach(c, packet);
    if (*packet == '#')
        world_frame(c->ws, 0x82, bytes, sim_packet_bytes(packet, bytes));
    else
        world_send(c->ws, packet);
}

static void ws_takes(struct sim_client *c)
{
    world_take(c->ws, 1 + world_random(c->world, TAKE_MAX));
}

static void ws_opens(struct sim_client *c)
{
    c->ws = world_websocket(c->world, c->other, NULL);
    if (c->ws->status != 101) {
        world_drop(c->ws);
        c->ws = NULL;
        c->wants_upgrade = false;
        return;
    }
    c->ws->stuck = c->slow;
    if (!c->websocket_only)
        push(c, &c->up, "2probe");
}

void sim_client_probe(struct sim_client *c)
{
    if (c->state != SIM_POLLING || c->wants_upgrade)
        return;
    c->wants_upgrade = true;
    later(c, SIM_WS_OPENS);
}

static void forget_ws(struct sim_client *c)
{
    for (int i = SIM_WS_OPENS; i < SIM_EVENTS; i++)
        c->due_ms[i] = -1;
    if (c->ws != NULL)
        world_drop(c->ws);
    c->ws = NULL;
    buf_clear(&c->up.queue);
    buf_clear(&c->down.queue);
    c->wants_upgrade = false;
}

void sim_client_lose_probe(struct sim_client *c)
{
    if (c->ws == NULL || (c->state != SIM_POLLING && c->state != SIM_UPGRADING))
        return;
    forget_ws(c);
    c->failed_probes++;
    c->state = SIM_POLLING;
    step(c);
}

/* Requests first, as a request that is cut ends a session that polls. */
void sim_client_lose(struct sim_client *c)
{
    struct peer *get = c->get, *post = c->post;

    sim_client_fall_silent(c);
    c->get = c->post = NULL;
    if (get != NULL)
        world_drop(get);
    if (post != NULL)
        world_drop(post);
    forget_ws(c);
}

/* What the client does next of its own: as the official one, it holds back while it upgrades. */
static void step(struct sim_client *c)
{
    bool getting = c->get != NULL || c->due_ms[SIM_GET_ARRIVES] >= 0,
         posting = c->post != NULL || c->due_ms[SIM_POST_ARRIVES] >= 0;

    if (c->state == SIM_UPGRADING && !getting && !posting) {
        c->state = SIM_WEBSOCKET;
        c->upgrades++;
        push(c, &c->up, "5");
    }
    if ((c->state == SIM_POLLING || (c->state == SIM_OPENING && !c->websocket_only)) && !getting)
        later(c, SIM_GET_ARRIVES);
    if (c->state == SIM_POLLING && !posting && c->out.size > 0)
        start_post(c);
    for (; c->state == SIM_WEBSOCKET && c->out.size > 0; sim_packet_drop(&c->out))
        push(c, &c->up, sim_packet_first(&c->out));
}

void sim_client_send(struct sim_client *c, const char *packet)
{
    if (c->state == SIM_CLOSED)
        return;
    sim_packet_add(&c->out, packet);
    step(c);
}

void sim_client_open(struct sim_client *c, struct world *w, int delay_max_ms)
{
    *c = (struct sim_client){ .world = w, .delay_max_ms = delay_max_ms, .websocket_only = c->websocket_only,
                              .slow = c->slow, .number = c->number, .data = c->data,
                              .on_reach = c->on_reach, .on_packet = c->on_packet, .on_close = c->on_close };
    for (int i = 0; i < SIM_EVENTS; i++)
        c->due_ms[i] = -1;
    (void)snprintf(c->query, sizeof c->query, "EIO=4&transport=polling&client=%d", c->number);
    (void)snprintf(c->other, sizeof c->other, "EIO=4&transport=websocket&client=%d", c->number);
    buf_init(&c->out, BUF_NO_LIMIT);
    buf_init(&c->posted, BUF_NO_LIMIT);
    buf_init(&c->on_way, BUF_NO_LIMIT);
    sim_link_init(&c->up);
    sim_link_init(&c->down);
    if (c->websocket_only)
        later(c, SIM_WS_OPENS);
    else
        step(c);
}

void sim_client_finish(struct sim_client *c)
{
    c->on_close = NULL;
    sim_client_lose(c);
    buf_finish(&c->out);
    buf_finish(&c->posted);
    buf_finish(&c->on_way);
    sim_link_finish(&c->up);
    sim_link_finish(&c->down);
}

/* Time. */

/* What the server has said starts on its way. */
static void collect(struct sim_client *c)
{
    const char *packet;

    if (c->state == SIM_CLOSED)
        return;
    if (c->get != NULL && c->get->done && c->due_ms[SIM_GET_RETURNS] < 0)
        later(c, SIM_GET_RETURNS);
    if (c->post != NULL && c->post->done && c->due_ms[SIM_POST_RETURNS] < 0)
        later(c, SIM_POST_RETURNS);
    while (c->ws != NULL && (packet = world_next(c->ws)) != NULL)
        push(c, &c->down, packet);
    if (c->ws != NULL && c->ws->stuck && (c->ws->woken || c->ws->closing) && c->due_ms[SIM_WS_TAKES] < 0)
        later(c, SIM_WS_TAKES);
    c->due_ms[SIM_WS_OUT] = sim_link_due_ms(&c->up);
    c->due_ms[SIM_WS_IN] = sim_link_due_ms(&c->down);
}

struct due { struct sim_client *client; enum sim_event event; int64_t ms; };

static void run_event(struct due due)
{
    static void (*const run[SIM_EVENTS])(struct sim_client *) = {
        [SIM_GET_ARRIVES] = get_arrives,    [SIM_GET_RETURNS] = get_returns,
        [SIM_POST_ARRIVES] = post_arrives,  [SIM_POST_ENDS] = post_ends,
        [SIM_POST_RETURNS] = post_returns,  [SIM_WS_OPENS] = ws_opens,
        [SIM_WS_OUT] = ws_out,  [SIM_WS_IN] = ws_in,  [SIM_WS_TAKES] = ws_takes,
    };

    due.client->due_ms[due.event] = -1;
    run[due.event](due.client);
}

/* Of those that are due at the same time, any. */
static struct due find_due(struct sim_client *all, int count)
{
    struct due due = { .ms = INT64_MAX };
    uint64_t equals = 0;

    for (int i = 0; i < count; i++) {
        collect(&all[i]);
        for (int event = 0; event < SIM_EVENTS && all[i].state != SIM_CLOSED; event++) {
            int64_t ms = all[i].due_ms[event];

            if (ms < 0 || ms > due.ms)
                continue;
            equals = ms < due.ms ? 1 : equals + 1;
            if (equals == 1 || world_random(all[i].world, equals) == 0)
                due = (struct due){ &all[i], (enum sim_event)event, ms };
        }
    }
    return due;
}

void sim_run(struct world *w, struct sim_client *all, int count, int64_t end_ms,
             void (*after)(struct world *))
{
    for (;;) {
        struct due due = find_due(all, count);
        int64_t server_ms = w->sleep_ms < 0 ? end_ms + 1 : w->now_ms + w->sleep_ms;
        bool first = due.ms < server_ms || (due.ms == server_ms && world_random(w, 2) == 0);
        int64_t next_ms = first ? due.ms : server_ms;

        if (next_ms > end_ms)
            break;
        w->now_ms = next_ms > w->now_ms ? next_ms : w->now_ms;
        if (first)
            run_event(due);
        world_turn(w);
        if (after != NULL)
            after(w);
    }
    w->now_ms = end_ms;
    world_turn(w);
    if (after != NULL)
        after(w);
}
