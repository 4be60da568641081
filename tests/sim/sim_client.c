/* sim_client.c - a client on a slow network. Whatever travels takes from 0 to delay_max_ms. */
#include "sim_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void after_delay(struct sim_client *c, void (*run)(struct sim_client *))
{
    int64_t delay_ms = (int64_t)world_random(c->world, (uint64_t)c->delay_max_ms + 1);

    assert_true(c->events_size < SIM_EVENTS_MAX);
    c->events[c->events_size++] = (struct sim_event){ c->world->now_ms + delay_ms, run };
}

static void at_time(struct sim_client *c, int64_t due_ms, void (*run)(struct sim_client *))
{
    assert_true(c->events_size < SIM_EVENTS_MAX);
    c->events[c->events_size++] = (struct sim_event){ due_ms, run };
}

static void add_packet(struct buf *b, const char *packet)
{
    assert_int_equal(buf_add(b, packet, strlen(packet) + 1), 0);
}

/* The first packet of a queue; it stays valid until drop_packet(). */
static const char *first_packet(const struct buf *b)
{
    return b->size == 0 ? NULL : (const char *)b->at;
}

static void drop_packet(struct buf *b)
{
    buf_shift(b, strlen((const char *)b->at) + 1);
}

static void step(struct sim_client *);

static void client_closed(struct sim_client *c)
{
    if (c->state == SIM_CLOSED)
        return;
    c->state = SIM_CLOSED;
    if (c->on_close != NULL)
        c->on_close(c);
}

/* A packet reached the client. */
static void receive(struct sim_client *c, const char *packet)
{
    if (c->state == SIM_CLOSED)
        return;
    if (*packet == '0') {
        char sid[64];

        world_sid(packet, sid);
        (void)snprintf(c->query, sizeof c->query, "EIO=4&transport=polling&sid=%s", sid);
        (void)snprintf(c->other, sizeof c->other, "EIO=4&transport=websocket&sid=%s", sid);
        c->state = c->websocket_only ? SIM_WEBSOCKET : SIM_POLLING;
        if (c->on_packet != NULL)
            c->on_packet(c, packet);
    } else if (*packet == '1') {
        client_closed(c);
    } else if (*packet == '2') {
        sim_client_send(c, "3");
    } else if (*packet != '6') {
        assert_true(*packet == '4' || *packet == '#' || *packet == 'b');
        if (c->on_packet != NULL)
            c->on_packet(c, packet);
    }
}

static void receive_payload(struct sim_client *c, const char *payload)
{
    while (*payload != '\0') {
        size_t size = strcspn(payload, "\x1e");
        char packet[4096];

        assert_true(size < sizeof packet);
        memcpy(packet, payload, size);
        packet[size] = '\0';
        receive(c, packet);
        payload += size + (payload[size] != '\0');
    }
}

/* Polling. */

static void get_came_back(struct sim_client *c)
{
    struct peer *get = c->get;

    c->get = NULL;
    c->getting = c->get_back = false;
    if (get->status == 200)
        receive_payload(c, peer_body(get));
    else
        client_closed(c);
    world_drop(get);
    step(c);
}

static void get_arrives(struct sim_client *c)
{
    if (c->state != SIM_CLOSED)
        c->get = world_get(c->world, c->state == SIM_OPENING ? "EIO=4&transport=polling" : c->query);
}

static void post_came_back(struct sim_client *c)
{
    struct peer *post = c->post;

    c->post = NULL;
    c->posting = c->post_back = false;
    if (post->status != 200)
        client_closed(c);
    world_drop(post);
    step(c);
}

static void post_arrives(struct sim_client *c)
{
    if (c->state != SIM_CLOSED)
        c->post = world_post(c->world, c->query, (const char *)c->on_way.at);
}

/* All that waits becomes the body of one POST. */
static void start_post(struct sim_client *c)
{
    buf_clear(&c->on_way);
    assert_int_equal(buf_add(&c->on_way, c->out.at, c->out.size), 0);
    buf_clear(&c->out);
    for (size_t i = 0; i + 1 < c->on_way.size; i++)
        if (c->on_way.at[i] == '\0')
            c->on_way.at[i] = 0x1e;
    c->posting = true;
    after_delay(c, post_arrives);
}

/* WebSocket. */

static void ws_packet_arrives(struct sim_client *c)
{
    const char *packet = first_packet(&c->ws_in);

    if (packet == NULL)
        return;
    if (c->state == SIM_POLLING && strcmp(packet, "3probe") == 0)
        c->state = SIM_UPGRADING;               /* and now polling pauses                           */
    else if (*packet == '(' && (c->state == SIM_WEBSOCKET || c->websocket_only))
        client_closed(c);
    else if (*packet == '(')
        sim_client_lose_probe(c);
    else
        receive(c, packet);
    if (c->ws_in.size > 0)
        drop_packet(&c->ws_in);
    step(c);
}

static void ws_packet_leaves(struct sim_client *c)
{
    const char *packet = first_packet(&c->ws_out);

    if (packet == NULL || c->ws == NULL)
        return;
    if (c->ws->conn != NULL)
        world_send(c->ws, packet);
    drop_packet(&c->ws_out);
}

/* In order, whatever the delay. */
static void ws_push(struct sim_client *c, struct buf *queue, int64_t *last_ms, const char *packet,
                    void (*run)(struct sim_client *))
{
    int64_t due_ms = c->world->now_ms + (int64_t)world_random(c->world, (uint64_t)c->delay_max_ms + 1);

    *last_ms = due_ms > *last_ms ? due_ms : *last_ms;
    add_packet(queue, packet);
    at_time(c, *last_ms, run);
}

static void ws_opens(struct sim_client *c)
{
    if (c->state == SIM_CLOSED)
        return;
    c->ws = world_websocket(c->world, c->websocket_only ? "EIO=4&transport=websocket" : c->other, NULL);
    if (c->ws->status != 101) {
        world_drop(c->ws);
        c->ws = NULL;
        c->wants_upgrade = false;
    } else if (!c->websocket_only) {
        ws_push(c, &c->ws_out, &c->ws_out_ms, "2probe", ws_packet_leaves);
    }
}

void sim_client_probe(struct sim_client *c)
{
    if (c->state != SIM_POLLING || c->ws != NULL || c->wants_upgrade)
        return;
    c->wants_upgrade = true;
    after_delay(c, ws_opens);
}

static void forget_ws(struct sim_client *c)
{
    if (c->ws != NULL)
        world_drop(c->ws);
    c->ws = NULL;
    buf_clear(&c->ws_in);
    buf_clear(&c->ws_out);
    c->wants_upgrade = false;
}

void sim_client_lose_probe(struct sim_client *c)
{
    if (c->ws == NULL || c->websocket_only || c->state == SIM_WEBSOCKET)
        return;
    forget_ws(c);
    c->failed_probes++;
    if (c->state == SIM_UPGRADING)
        c->state = SIM_POLLING;
    step(c);
}

void sim_client_lose(struct sim_client *c)
{
    struct peer *get = c->get, *post = c->post;

    if (c->state == SIM_CLOSED)
        return;
    c->get = c->post = NULL;
    if (get != NULL)
        world_drop(get);
    if (post != NULL)
        world_drop(post);
    forget_ws(c);
    c->events_size = 0;
    client_closed(c);
}

/* What the client does next of its own: as the official one, it holds back while it upgrades. */
static void step(struct sim_client *c)
{
    const char *packet;

    if (c->state == SIM_UPGRADING && !c->getting && !c->posting) {
        c->state = SIM_WEBSOCKET;
        c->upgrades++;
        ws_push(c, &c->ws_out, &c->ws_out_ms, "5", ws_packet_leaves);
    }
    if ((c->state == SIM_POLLING || (c->state == SIM_OPENING && !c->websocket_only)) && !c->getting) {
        c->getting = true;
        after_delay(c, get_arrives);
    }
    if (c->state == SIM_POLLING && !c->posting && c->out.size > 0)
        start_post(c);
    while (c->state == SIM_WEBSOCKET && (packet = first_packet(&c->out)) != NULL) {
        ws_push(c, &c->ws_out, &c->ws_out_ms, packet, ws_packet_leaves);
        drop_packet(&c->out);
    }
}

void sim_client_send(struct sim_client *c, const char *packet)
{
    add_packet(&c->out, packet);
    step(c);
}

void sim_client_open(struct sim_client *c, struct world *w, int delay_max_ms, bool websocket_only)
{
    *c = (struct sim_client){ .world = w, .delay_max_ms = delay_max_ms, .websocket_only = websocket_only,
                              .on_packet = c->on_packet, .on_close = c->on_close, .data = c->data };
    buf_init(&c->out, BUF_NO_LIMIT);
    buf_init(&c->on_way, BUF_NO_LIMIT);
    buf_init(&c->ws_in, BUF_NO_LIMIT);
    buf_init(&c->ws_out, BUF_NO_LIMIT);
    if (websocket_only)
        after_delay(c, ws_opens);
    else
        step(c);
}

void sim_client_finish(struct sim_client *c)
{
    sim_client_lose(c);
    if (c->ws != NULL)
        world_drop(c->ws);
    buf_finish(&c->out);
    buf_finish(&c->on_way);
    buf_finish(&c->ws_in);
    buf_finish(&c->ws_out);
}

/* What the server has said starts on its way. */
static void collect(struct sim_client *c)
{
    const char *packet;

    if (c->get != NULL && c->get->done && !c->get_back) {
        c->get_back = true;
        after_delay(c, get_came_back);
    }
    if (c->post != NULL && c->post->done && !c->post_back) {
        c->post_back = true;
        after_delay(c, post_came_back);
    }
    while (c->ws != NULL && c->events_size < SIM_EVENTS_MAX / 2 && (packet = world_next(c->ws)) != NULL)
        ws_push(c, &c->ws_in, &c->ws_in_ms, packet, ws_packet_arrives);
}

/* The event that is due first; of equal ones the one that was made first. */
static struct sim_event *first_event(struct sim_client *c)
{
    struct sim_event *first = NULL;

    for (int i = 0; i < c->events_size; i++)
        if (first == NULL || c->events[i].due_ms < first->due_ms)
            first = &c->events[i];
    return first;
}

static void run_event(struct sim_client *c, struct sim_event *event)
{
    void (*run)(struct sim_client *) = event->run;

    memmove(event, event + 1, (size_t)(c->events + c->events_size - event - 1) * sizeof *event);
    c->events_size--;
    run(c);
}

void sim_run(struct world *w, struct sim_client *all, int count, int64_t end_ms)
{
    for (;;) {
        struct sim_client *who = NULL;
        struct sim_event *next = NULL;
        int64_t server_ms;

        for (int i = 0; i < count; i++) {
            struct sim_event *event;

            collect(&all[i]);
            event = first_event(&all[i]);
            if (event != NULL && (next == NULL || event->due_ms < next->due_ms)) {
                next = event;
                who = &all[i];
            }
        }
        server_ms = w->sleep_ms < 0 ? end_ms + 1 : w->now_ms + w->sleep_ms;
        if (next != NULL && next->due_ms <= server_ms && next->due_ms <= end_ms) {
            if (next->due_ms > w->now_ms)
                w->now_ms = next->due_ms;
            run_event(who, next);
        } else if (server_ms <= end_ms) {
            w->now_ms = server_ms;
        } else {
            break;
        }
        world_turn(w);
    }
    w->now_ms = end_ms;
    world_turn(w);
}
