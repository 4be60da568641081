/* sim_twin_input.c - what packets do, which handler each must call, and what a turn must not leave undone. */
#include "sim_twin_inside.h"

/* Questions. */

static struct twin_ask *ask_find(struct twin *t, const char *socket, long id)
{
    for (int i = 0; i < t->asks_size; i++)
        if (t->asks[i].open && t->asks[i].id == id && strcmp(t->asks[i].socket, socket) == 0)
            return &t->asks[i];
    return NULL;
}

struct twin_ask *twin_asks(struct twin *t, const struct twin_socket *s, int64_t id, int many, int timeout_ms)
{
    struct twin_ask *ask = &t->asks[t->asks_size++];

    assert_true(t->asks_size <= TWIN_ASKS);
    *ask = (struct twin_ask){ .twin = t, .open = true, .many = many, .id = id,
                              .deadline_ms = timeout_ms == 0 ? INT64_MAX : t->world->now_ms + timeout_ms };
    memcpy(ask->socket, s->id, sizeof ask->socket);
    return ask;
}

int twin_asked(const struct twin *t, const struct twin_socket *s)
{
    int open = 0;

    for (int i = 0; i < t->asks_size; i++)
        open += t->asks[i].open && strcmp(t->asks[i].socket, s->id) == 0;
    return open;
}

/* Has the socket of a question left, or is it about to? */
static bool is_leaving(struct twin *t, const struct twin_ask *ask)
{
    struct twin_client *c;
    const struct twin_socket *s = twin_find(t, ask->socket, &c);

    return s == NULL || s->state == TWIN_LEAVING || !c->open;
}

void twin_fails(struct twin *t, struct twin_ask *ask, int error)
{
    assert_true(ask->open && ask->many < 0);
    if (error == -ETIMEDOUT)
        assert_true(ask->deadline_ms <= t->world->now_ms);
    else
        assert_true(error == -ECONNRESET && is_leaving(t, ask));
    ask->open = false;
}

void twin_resets(struct twin *t, int many)
{
    for (int i = 0; i < t->asks_size; i++)
        if (t->asks[i].open && t->asks[i].many == many && is_leaving(t, &t->asks[i])) {
            t->asks[i].open = false;
            return;
        }
    fail_msg("a part of question %d was reset, and nobody had left", many);
}

static bool is_answered(const struct twin *t, int many)
{
    for (int i = 0; i < t->asks_size; i++)
        if (t->asks[i].open && t->asks[i].many == many)
            return false;
    return true;
}

void twin_many_ends(struct twin *t, int many, int error)
{
    assert_true(t->many[many].open);
    assert_int_equal(is_answered(t, many), error == 0);
    if (error == -ETIMEDOUT)
        assert_true(t->many[many].deadline_ms <= t->world->now_ms);
    t->many[many].open = false;
    for (int i = 0; i < t->asks_size; i++)
        t->asks[i].open = t->asks[i].open && t->asks[i].many != many;
}

/* Packets of Socket.IO. */

static bool is_ack(char type)
{
    return type == '3' || type == '6';
}

/* CONNECT where it is not joined, and all else only where it is. */
static bool in_place(struct twin_client *c, const struct twin_packet *p)
{
    const struct twin_socket *s = twin_current(c, p->space);
    bool in = p->type == '0' ? s == NULL || s->state == TWIN_LEAVING : s != NULL;

    if (!in)
        twin_close(c, "forced server close", "forced close");
    return in;
}

/* A whole one. True: a handler must be called. */
static bool receive_message(struct twin_client *c, const char *text)
{
    struct twin_packet p = twin_parse(text);
    struct twin_socket *s = twin_current(c, p.space);

    if (!in_place(c, &p))
        return false;
    if (p.type == '0') {
        if (p.space == TWIN_NOWHERE)
            twin_says(c, TWIN_MUST, "44/none,{\"message\":\"Invalid namespace\"}");
        return p.space != TWIN_NOWHERE;
    }
    if (s->state == TWIN_LEAVING)
        return false;
    if (p.type == '1') {
        twin_leaves(s, "client namespace disconnect");
        return false;
    }
    if (s->state == TWIN_PENDING || s->held.size > 0) {
        sim_packet_add(&s->held, text);
        return false;
    }
    return !is_ack(p.type) || ask_find(c->twin, s->id, p.id) != NULL;
}

/* Texts no client may send, wherever it is joined. */
static const char *const broken[] = {
    "4", "49", "42", "42[", "42[]", "42[1.5x]", "42[null]", "40[1]", "40\"x\"", "43",
    "42[\"connect\"]", "450-[\"e\"]",
    "42/", "42[\"e\"]x", "45-[\"e\"]", "4599-[\"e\"]", "#00", "2", "x", "41x",
};

const char *twin_broken(uint64_t number)
{
    return broken[number % (sizeof broken / sizeof broken[0])];
}

static bool is_broken(const char *text)
{
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        if (strcmp(text, broken[i]) == 0)
            return true;
    return false;
}

static bool receive_text(struct twin_client *c, const char *text)
{
    struct twin_packet p;

    if (c->missing > 0 || is_broken(text)) {    /* not even looked at                               */
        twin_close(c, "forced close", "forced close");
        return false;
    }
    p = twin_parse(text);
    if (p.attachments == 0)
        return receive_message(c, text);
    if (in_place(c, &p)) {
        c->missing = p.attachments;
        (void)snprintf(c->awaited, sizeof c->awaited, "%s", text);
    }
    return false;
}

static bool receive_binary(struct twin_client *c, const char *packet)
{
    size_t size = strlen(c->awaited);
    struct twin_packet p;

    if (c->missing == 0) {
        twin_close(c, "forced close", "forced close");
        return false;
    }
    (void)snprintf(c->awaited + size, sizeof c->awaited - size, "\n%s", packet);
    if (--c->missing == 0)
        return receive_message(c, c->awaited);
    p = twin_parse(c->awaited);
    (void)in_place(c, &p);                      /* it may have been shown out since                 */
    return false;
}

/* Any packet; the heartbeat first. True: a handler must be called, with `call`. */
static bool receive(struct twin_client *c, const char *packet, const char **ret_call)
{
    *ret_call = *packet == '#' ? c->awaited : packet;
    if (!c->open || c->closing)
        return false;
    if (*packet == '3') {
        c->pinged = false;
        c->beat_ms = c->twin->world->now_ms + TWIN_PING_MS;
        return false;
    }
    if (c->pinged && !c->extended) {
        c->extended = true;
        c->beat_ms = c->twin->world->now_ms + TWIN_PONG_MS;
    }
    if (*packet == '4')
        return receive_text(c, packet);
    if (*packet == '#')
        return receive_binary(c, packet);
    twin_end(c, *packet == '1' ? "transport close" : *packet == '2' ? "transport error" : "parse error");
    return false;
}

void twin_reaches(struct twin_client *c, const char *packet)
{
    twin_clock(c, false);
    if (c->open && !c->closing)
        sim_packet_add(&c->up, packet);
}

/* Handlers. */

/* Goes through what has come until a handler must be called. */
static bool next_call(struct twin_client *c, char call[SIM_PACKET_MAX])
{
    const char *first, *due;
    char packet[SIM_PACKET_MAX];

    while ((first = sim_packet_first(&c->up)) != NULL) {
        (void)snprintf(packet, sizeof packet, "%s", first);
        sim_packet_drop(&c->up);
        if (receive(c, packet, &due)) {
            (void)snprintf(call, SIM_PACKET_MAX, "%s", due);
            return true;
        }
    }
    return false;
}

/* Goes through what waited until the socket was accepted. */
static bool next_held(struct twin_client *c, struct twin_socket *s, char call[SIM_PACKET_MAX])
{
    const char *first;

    while (s != NULL && s->state == TWIN_JOINED && (first = sim_packet_first(&s->held)) != NULL) {
        struct twin_packet p = twin_parse(first);

        (void)snprintf(call, SIM_PACKET_MAX, "%s", first);
        sim_packet_drop(&s->held);
        if (!is_ack(p.type) || ask_find(c->twin, s->id, p.id) != NULL)
            return true;
    }
    return false;
}

void twin_called(struct twin_client *c, const char *text)
{
    struct twin_packet p = twin_parse(text);
    char call[SIM_PACKET_MAX];

    if (!next_call(c, call) && !next_held(c, twin_current(c, p.space), call))
        fail_msg("nobody has sent %s", text);
    assert_string_equal(text, call);
    if (is_ack(p.type))
        ask_find(c->twin, twin_current(c, p.space)->id, p.id)->open = false;
}

struct twin_socket *twin_connects(struct twin_client *c, const char *text, const char *id)
{
    struct twin_socket *s = c->sockets;

    twin_called(c, text);
    while (s->state != TWIN_GONE)
        assert_true(++s < c->sockets + TWIN_SOCKETS);
    s->state = TWIN_PENDING;
    s->born = c->twin->born++;
    s->space = twin_parse(text).space;
    s->accepted = s->recovered = s->unsure = false;
    s->pid[0] = s->id[0] = '\0';
    memset(s->in, 0, sizeof s->in);
    (void)snprintf(s->id, sizeof s->id, "%s", id);
    twin_wakes(c, s, text);
    assert_string_equal(id, s->id);
    return s;
}

struct twin_socket *twin_disconnects(struct twin_client *c, const char *id, const char *reason)
{
    struct twin_client *of = NULL;
    struct twin_socket *s = twin_find(c->twin, id, &of);

    assert_true(s != NULL && of == c && s->accepted);
    if (s->state == TWIN_JOINED && !c->open)
        twin_all_leave(c, c->reason);
    if (s->state != TWIN_LEAVING)
        fail_msg("a socket left by itself: %s", reason);
    assert_string_equal(reason, s->reason);
    return s;
}

/* Turns. */

static void drain(struct twin_client *c)
{
    char call[SIM_PACKET_MAX];

    if (next_call(c, call))
        fail_msg("no handler was called for %s", call);
}

void twin_tick(struct twin *t)
{
    for (int i = 0; i < TWIN_CLIENTS; i++) {
        drain(&t->clients[i]);
        twin_clock(&t->clients[i], true);
    }
    t->tick_ms = t->world->now_ms;
}

static void settle_socket(struct twin_client *c, struct twin_socket *s)
{
    char call[SIM_PACKET_MAX];

    if (s->state == TWIN_LEAVING && !s->accepted)
        twin_forget(c, s);
    if (s->state == TWIN_LEAVING || (s->state == TWIN_JOINED && !c->open))
        fail_msg("nobody told that %s has left", s->id);
    if (next_held(c, s, call))
        fail_msg("held for ever: %s", call);
}

static void check_sleep(const struct twin *t, int64_t deadline_ms)
{
    const struct world *w = t->world;

    assert_true(w->sleep_ms >= 0 && w->now_ms + w->sleep_ms <= deadline_ms && w->now_ms < deadline_ms);
}

void twin_settle(struct twin *t)
{
    for (int i = 0; i < TWIN_CLIENTS; i++) {
        struct twin_client *c = &t->clients[i];

        drain(c);
        for (int j = 0; j < TWIN_SOCKETS; j++)
            settle_socket(c, &c->sockets[j]);
        if (!c->open && !c->told)
            fail_msg("nobody told of the end: %s", c->reason);
        if (c->open && !c->closing)
            check_sleep(t, c->beat_ms);
    }
    for (int i = 0; i < t->asks_size; i++) {
        struct twin_ask *ask = &t->asks[i];

        if (ask->open && is_leaving(t, ask))
            fail_msg("question %lld of %s has no answer", (long long)ask->id, ask->socket);
        if (ask->open && ask->many < 0 && ask->deadline_ms < INT64_MAX)
            check_sleep(t, ask->deadline_ms);
    }
    for (int i = 0; i < t->many_size; i++) {
        if (t->many[i].open && t->many[i].deadline_ms < INT64_MAX)
            check_sleep(t, t->many[i].deadline_ms);
        assert_false(t->many[i].open && is_answered(t, i));
    }
}
