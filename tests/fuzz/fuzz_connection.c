/* fuzz_connection.c - a whole server and its clients in memory: the input is what the clients do, and when.
 *
 * Asserted: memory stays in bounds; a session has one transport; nobody hears what was not said to a room of
 * his, nothing twice and nothing out of order; who is still there by WebSocket has heard all that was said to
 * him; and in the end all is freed. The first byte is the settings; then actions, each with its arguments. */
#include <sanitizer/allocator_interface.h>
#include <stdio.h>

#include "eio_session.h"
#include "town.h"

enum { CLIENTS = 3, ACTIONS_MAX = 400, BYTES_MAX = 1500000 };

struct client {
    struct peer *get, *ws, *probe;
    int  person;                                /* -1: none                                         */
    char pid[64], offset[64];                   /* to come back with, in "/"                        */
};
static struct client clients[CLIENTS];

/* What the clients hear. */

static int person_find(const struct town *t, const char *sid)
{
    for (int i = 0; i < t->people_size; i++)
        if (strcmp(t->people[i].sid, sid) == 0)
            return i;
    return -1;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* The text between `before` and a quote, if it is there. */
static void take_word(const char *packet, const char *before, char word[64])
{
    const char *start = strstr(packet, before), *end;

    if (start == NULL)
        return;
    start += strlen(before);
    end = strchr(start, '"');
    if (end != NULL && end - start < 64)
        (void)snprintf(word, 64, "%.*s", (int)(end - start), start);
}

/* One packet to a client; a text, with a NUL behind it. */
static void hear(struct town *t, struct client *c, const char *packet)
{
    static const char *const heads[SPACES] = { "42[\"said\",", "42/custom,[\"said\"," };
    char sid[64];

    if (begins(packet, "0{")) {
        world_sid(packet, sid);
        c->person = person_find(t, sid);
        assert(c->person >= 0);
        return;
    }
    if (begins(packet, "40{"))
        take_word(packet, "\"pid\":\"", c->pid);
    if (begins(packet, heads[0]))
        take_word(packet, ",\"", c->offset);
    for (int space = 0; space < SPACES && c->person >= 0; space++) {
        struct person *p = &t->people[c->person];
        int serial;

        if (!begins(packet, heads[space]))
            continue;
        serial = (int)strtol(packet + strlen(heads[space]), NULL, 10);
        assert(serial >= 0 && serial < t->serials && serial > p->last[space]);
        assert(p->owed[serial] & 1 << space);
        p->last[space] = serial;
        p->heard++;
    }
}

static char *text_of(const void *at, size_t size)
{
    char *text = malloc(size + 1);

    assert(text != NULL);
    if (size > 0)
        memcpy(text, at, size);
    text[size] = '\0';
    return text;
}

/* A reply to a poll: packets between separators. */
static void hear_reply(struct town *t, struct client *c, struct peer *p)
{
    char *copy = text_of(p->body.at, p->body.size), *at = copy, *end;

    assert(p->done && (p->status == 200 || p->body.size > 0));
    for (; p->status == 200 && at != NULL; at = end == NULL ? NULL : end + 1) {
        end = memchr(at, EIO_SEPARATOR, (size_t)(copy + p->body.size - at));
        if (end != NULL)
            *end = '\0';
        hear(t, c, at);
    }
    free(copy);
}

/* The frames of a WebSocket; what is incomplete stays. */
static void hear_frames(struct town *t, struct client *c, struct peer *p)
{
    while (p->in.size - p->taken >= 2) {
        const unsigned char *at = p->in.at + p->taken;
        size_t left = p->in.size - p->taken, head = at[1] == 127 ? 10 : at[1] == 126 ? 4 : 2, size = at[1];
        char *text;

        assert((at[0] & 0xf0) == 0x80 && at[1] < 128);
        for (size_t i = 2; i < head && left >= head; i++)
            size = (i == 2 ? 0 : size << 8) | at[i];
        if (left < head || left - head < size)
            break;
        text = text_of(at + head, size);
        if ((at[0] & 15) == 1)
            hear(t, c, text);
        free(text);
        p->taken += head + size;
    }
    buf_shift(&p->in, p->taken);
    p->taken = 0;
}

static void drop(struct peer **at)
{
    if (*at != NULL)
        world_drop(*at);
    *at = NULL;
}

/* After each action: everything that came is heard, and who is done is forgotten. */
static void listen(struct town *t, struct client *c)
{
    if (c->get != NULL && c->get->done) {
        hear_reply(t, c, c->get);
        drop(&c->get);
    }
    for (struct peer **ws = &c->ws; ws != NULL; ws = ws == &c->ws ? &c->probe : NULL) {
        if (*ws == NULL)
            continue;
        hear_frames(t, c, *ws);
        if ((*ws)->conn == NULL)
            drop(ws);
    }
}

/* What always holds. */

static void check_session(struct eio_session *s, void *data)
{
    struct town *t = data;
    bool by_websocket = s->transport == &eio_websocket_transport;

    if (s->state == EIO_CLOSED)
        return;
    assert((s->conn != NULL) == by_websocket);
    assert((s->probe != NULL) == (s->state == EIO_PROBING));
    assert(s->probe == NULL || s->probe != s->conn);
    assert(!by_websocket || (s->polling.get == NULL && s->polling.count == 0));
    assert(eio_unsent(s) <= UNSENT_MAX + 3 * MESSAGE_MAX);
    assert(person_find(t, eio_sid(s)) >= 0);
}

static void check(struct town *t)
{
    for (int i = 0; i < CLIENTS; i++)
        listen(t, &clients[i]);
    eio_each(t->world.engine, check_session, t);
    assert(__sanitizer_get_current_allocated_bytes() - t->bytes_before < BYTES_MAX);
}

/* What the clients do. */

static void query_of(const struct town *t, const struct client *c, const char *transport, char at[160])
{
    (void)snprintf(at, 160, "EIO=4&transport=%s%s%s", transport, c->person >= 0 ? "&sid=" : "",
                   c->person >= 0 ? t->people[c->person].sid : "");
}

static void forget(struct client *c)
{
    drop(&c->get);
    drop(&c->ws);
    drop(&c->probe);
    c->person = -1;
}

static void open_websocket(struct town *t, struct peer **at, const struct client *c)
{
    char query[160];

    drop(at);
    query_of(t, c, "websocket", query);
    *at = world_websocket(&t->world, query, NULL);
    if ((*at)->status != 101)
        drop(at);
}

static void poll(struct town *t, struct client *c)
{
    char query[160];

    query_of(t, c, "polling", query);
    if (c->get == NULL)
        c->get = world_get(&t->world, query);
    else
        world_drop(world_get(&t->world, query));        /* a second one: 400, and the end           */
}

static void post(struct town *t, const struct client *c, struct input body, size_t step, bool cut)
{
    char query[160];
    struct peer *p;

    query_of(t, c, "polling", query);
    p = world_request(&t->world, "POST", query, NULL);
    for (struct input piece = take(&body, step); piece.left > 0; piece = take(&body, step))
        world_body(p, piece.at, piece.left);
    if (cut)
        world_cut(p);
    else
        world_end(p);
    world_drop(p);
}

/* To wherever the client is now. */
static void send(struct town *t, struct client *c, const void *at, size_t size, unsigned how)
{
    static const unsigned char firsts[] = { 0x81, 0x82, 0x01, 0x80, 0x89, 0x88, 0x8a, 0x00 };
    struct peer *ws = how & 8 && c->probe != NULL ? c->probe : c->ws;

    if (ws != NULL)
        world_frame(ws, firsts[how % 8], at, size);
    else
        post(t, c, (struct input){ at, size }, 1 + how, false);
}

static void send_raw(struct peer *p, struct input bytes)
{
    char *copy;

    if (p == NULL || p->conn == NULL)
        return;
    copy = copy_of(bytes.at, bytes.left);
    (void)ws_receive(p->conn, copy, bytes.left);
    free(copy);
    world_turn(p->world);
}

/* Packets a client likes to send. */
static const char *const usual[] = {
    "40", "40/custom,", "40{\"later\":1}", "40/org-1,", "40/no,", "41", "41/custom,", "3", "1", "5", "2probe",
    "42[\"join\",\"a\"]", "42[\"join\",\"b\"]", "42[\"join\",\"c\"]", "42[\"leave\",\"a\"]",
    "42[\"say\",\"a\"]", "42[\"say\",\"b\"]", "42[\"shout\"]", "421[\"echo\",1,\"two\"]", "42[\"ask\",1]",
    "430[true]", "431[]", "42[\"bye\",false]", "42[\"bye\",true]", "42/custom,[\"join\",\"a\"]",
    "42/custom,[\"say\",\"a\"]", "42/custom,[\"shout\"]", "42/org-1,[\"shout\"]",
    "451-7[\"echo\",{\"_placeholder\":true,\"num\":0}]", "bAQID",
    "40\036\064\062[\"join\",\"a\"]\036\064\062[\"say\",\"a\"]",
};
enum { USUAL = sizeof usual / sizeof *usual };

/* What the application does by itself. */
static void let_in_late(struct town *t)
{
    struct sio_socket *s = sio_find(t->spaces[0], t->waiting);

    s = s == NULL ? sio_find(t->spaces[1], t->waiting) : s;
    t->waiting[0] = '\0';
    if (s != NULL && !town_place(s)->in)
        town_let_in(s);
    world_turn(&t->world);
}

static void move_all(struct town *t, unsigned how)
{
    int from = (int)how % ROOMS, to = (int)(how >> 2) % ROOMS;

    sio_join_all(t->spaces[0], (struct sio_to){ .rooms = SIO_ROOMS(town_rooms[from]) }, town_rooms[to],
                 false);
    for (int i = 0; i < t->people_size; i++)
        if (t->people[i].places[0].in_room[from])
            t->people[i].places[0].in_room[to] = false;
    town_say(t, t->spaces[how >> 7], (int)(how >> 4) % ROOMS, NULL);
    world_turn(&t->world);
}

/* Comes back as the one he was, if the server knows him still. */
static void come_back(struct town *t, struct client *c)
{
    char packet[192];

    forget(c);
    open_websocket(t, &c->ws, c);
    (void)snprintf(packet, sizeof packet, "40{\"pid\":\"%s\",\"offset\":\"%s\"}", c->pid, c->offset);
    if (c->ws != NULL)
        world_send(c->ws, packet);
}

static void act(struct town *t, struct input *in)
{
    unsigned action = take_byte(in), how = take_byte(in);
    struct client *c = &clients[action / 16 % CLIENTS];
    char method[8] = "GET", query[64] = "";
    struct input text;

    switch (action % 16) {
    case 0: if (c->person < 0 && c->get == NULL) poll(t, c); break;
    case 1: if (c->person < 0) open_websocket(t, &c->ws, c); break;
    case 2: if (c->person >= 0) poll(t, c); break;
    case 3: post(t, c, take(in, how), 1 + how / 4, how & 1); break;
    case 4:
    case 5:
    case 6: send(t, c, usual[how % USUAL], strlen(usual[how % USUAL]), 0); break;
    case 7: text = take(in, take_byte(in)); send(t, c, text.at, text.left, how); break;
    case 8: send_raw(how & 128 ? c->probe : c->ws, take(in, how & 127)); break;
    case 9: if (c->person >= 0) open_websocket(t, &c->probe, c); break;
    case 10: send(t, c, how & 1 ? "5" : "2probe", how & 1 ? 1 : 6, 8); break;
    case 11:
        if (c->ws == NULL && c->probe != NULL && how & 1) {     /* so the client believes           */
            c->ws = c->probe;
            c->probe = NULL;
        } else if (c->ws != NULL) {
            c->ws->stuck = how & 2;
        }
        break;
    case 12: world_run(&t->world, how & 128 ? how * 4 : how % 16 * 10); break;
    case 13: if (how & 1) come_back(t, c); else forget(c); break;
    case 14: if (how & 1) let_in_late(t); else move_all(t, how); break;
    default:
        text = take(in, how % 60);
        memcpy(query, text.at, text.left);
        if (how & 128)
            memcpy(method, "POST", 5);
        world_drop(world_request(&t->world, method, query, NULL));
        break;
    }
}

/* Who is there by WebSocket, and reads, has heard everything: once all is quiet. */
static void check_heard(struct town *t)
{
    for (int i = 0; i < CLIENTS; i++) {
        struct client *c = &clients[i];
        const struct person *p = c->person >= 0 ? &t->people[c->person] : NULL;
        const struct eio_session *s = p != NULL ? eio_find(t->world.engine, p->sid) : NULL;

        if (s == NULL || c->ws == NULL || s->conn != c->ws->conn || c->ws->stuck || p->places[0].left
            || p->places[1].left)
            continue;
        assert(p->heard == p->said);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct town t;
    struct input in = { data, size };

    town_start(&t, take_byte(&in));
    for (int i = 0; i < CLIENTS; i++)
        clients[i] = (struct client){ .person = -1 };
    for (int i = 0; i < ACTIONS_MAX && in.left > 0; i++) {
        act(&t, &in);
        check(&t);
    }
    world_turn(&t.world);
    check(&t);
    check_heard(&t);
    world_run(&t.world, 20000);                 /* nobody answers a ping: all end                   */
    for (int i = 0; i < t.people_size; i++)
        assert(!t.people[i].open);
    assert(t.asked == t.answered);
    world_finish(&t.world);
    return 0;
}
