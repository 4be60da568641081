/* sim_split.c - the same bytes, whole or in pieces: whatever the cuts, every client gets the same bytes back.
 * A script of frames (plain, deflated, fragmented, broken), POSTs, GETs and pauses is written once and played
 * whole, in random pieces and byte by byte, with and without a turn of the loop between the pieces. */
#include <zlib.h>

#include "sim.h"
#include "fixture/world.h"

enum { PLAIN, DEFLATED, POLLING, CLIENTS };     /* one client of each kind                          */
enum { ITEMS_MAX = 64, ITEMS = 40, BODY_MAX = 1024 };
enum cut { WHOLE, PIECES, BYTES };

struct item { int client; size_t from, size; int pause_ms; };   /* what comes, and how long after it */

struct script {
    struct world dice;                          /* chance that the server does not share            */
    struct item  items[ITEMS_MAX];
    int          count, number;
    struct buf   bytes;
    z_stream     deflater;
};

struct play {
    struct world world;
    struct world dice;                          /* for the cuts                                     */
    enum cut     cut;
    bool         turns;                         /* the loop turns between two pieces                */
    struct peer *ws[POLLING], *get;
    char         query[128];
    struct buf   heard;                         /* by the client that polls                         */
    bool         lost;                          /* its session                                      */
};

static uint64_t dice(struct script *s, uint64_t below)
{
    return world_random(&s->dice, below);
}

/* The script: frames. */

static void add(struct script *s, const void *at, size_t size)
{
    assert_int_equal(buf_add(&s->bytes, at, size), 0);
}

static void add_frame(struct script *s, unsigned first, const void *at, size_t size)
{
    unsigned char head[8] = { (unsigned char)first, 0 }, byte;
    size_t head_size = size < 126 ? 2 : 4;

    head[1] = (unsigned char)(0x80 | (size < 126 ? size : 126));
    if (size >= 126) {
        head[2] = (unsigned char)(size >> 8);
        head[3] = (unsigned char)size;
    }
    for (size_t i = 0; i < 4; i++)
        head[head_size + i] = (unsigned char)dice(s, 256);
    add(s, head, head_size + 4);
    for (size_t i = 0; i < size; i++) {
        byte = ((const unsigned char *)at)[i] ^ head[head_size + i % 4];
        add(s, &byte, 1);
    }
}

/* In one frame or several, perhaps with pings between them. */
static void add_frames(struct script *s, unsigned first, const unsigned char *at, size_t size)
{
    while (dice(s, 3) == 0) {
        size_t part = dice(s, size + 1);

        add_frame(s, first, at, part);
        if (dice(s, 3) == 0)
            add_frame(s, 0x89, "ping", dice(s, 5));
        at += part;
        size -= part;
        first = 0;
    }
    add_frame(s, 0x80 | first, at, size);
}

/* RFC 7692, 7.2.1: without the last four bytes. */
static void add_deflated(struct script *s, unsigned opcode, const void *at, size_t size)
{
    unsigned char out[BODY_MAX];

    s->deflater.next_in = (unsigned char *)(uintptr_t)at;
    s->deflater.avail_in = (unsigned)size;
    s->deflater.next_out = out;
    s->deflater.avail_out = sizeof out;
    assert_int_equal(deflate(&s->deflater, Z_SYNC_FLUSH), Z_OK);
    assert_true(s->deflater.avail_in == 0 && s->deflater.avail_out > 0);
    add_frames(s, 0x40 | opcode, out, sizeof out - s->deflater.avail_out - 4);
}

static void add_message(struct script *s, int client, unsigned opcode, const void *at, size_t size)
{
    if (client == POLLING)
        add(s, at, size);
    else if (client == DEFLATED && dice(s, 2) == 0)
        add_deflated(s, opcode, at, size);
    else
        add_frames(s, opcode, at, size);
}

/* The script: packets. */

static void add_packet(struct script *s, int client)
{
    static const struct { const char *before, *behind; } packets[] = {      /* a number            */
        { "42[\"e\",", "]" },
        { "42[\"all\",", ",\"\xe4\xbd\xa0\xe5\xa5\xbd \xf0\x9f\x98\x80\"]" },
        { "42", "[\"e\",{\"a\":[1,2.5e-3]}]" },
        { "42[\"e\",", ",[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
                       "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]]" },
        { "451-", "[\"all\",{\"_placeholder\":true,\"num\":0}]" },
    };
    size_t which = dice(s, sizeof packets / sizeof packets[0] + 1);
    char text[512] = "3";

    if (which < sizeof packets / sizeof packets[0])
        (void)snprintf(text, sizeof text, "%s%d%s", packets[which].before, s->number++,
                       packets[which].behind);
    add_message(s, client, 1, text, strlen(text));
    if (text[1] != '5')
        return;
    if (client == POLLING)
        add(s, "\x1e" "bAAECAw==", 10);
    else
        add_message(s, client, 2, "\0\1\2\3", 4);
}

/* What ends a session: the answer to that, too, must not depend on the cuts. */
static void add_trouble(struct script *s, int client)
{
    unsigned char bytes[8];

    if (client != POLLING && dice(s, 3) == 0) {
        add_frame(s, 0x88, "\x03\xe8" "bye", 5);
        return;
    }
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)dice(s, 256);
    add(s, bytes, 1 + dice(s, sizeof bytes));
}

static void add_item(struct script *s, int client)
{
    struct item *item = &s->items[s->count++];
    size_t from = s->bytes.size, cut;

    *item = (struct item){ .client = client, .from = from, .pause_ms = (int)dice(s, 30) };
    if (client == POLLING && dice(s, 2) == 0)
        return;                                 /* a GET                                            */
    for (uint64_t n = dice(s, 4); n > 0; n--) {
        add_packet(s, client);
        if (client == POLLING)
            add(s, "\x1e", 1);
    }
    if (client == POLLING)
        add(s, "3", 1);
    if (dice(s, 60) == 0)
        add_trouble(s, client);
    item->size = s->bytes.size - from;
    if (client == POLLING || dice(s, 3) != 0 || item->size == 0)
        return;
    cut = dice(s, item->size);                  /* a pause in the middle of a frame                 */
    s->items[s->count++] = (struct item){ client, from + cut, item->size - cut, item->pause_ms };
    item->size = cut;
}

static void write_script(struct script *s, uint64_t seed)
{
    *s = (struct script){ .number = 0 };
    world_init(&s->dice, seed);
    buf_init(&s->bytes, BUF_NO_LIMIT);
    assert_int_equal(deflateInit2(&s->deflater, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    for (int client = 0; client < CLIENTS; client++) {
        s->items[s->count] = (struct item){ .client = client, .from = s->bytes.size };
        add_message(s, client, 1, "40", 2);
        s->items[s->count].size = s->bytes.size - s->items[s->count].from;
        s->count++;
    }
    while (s->count < ITEMS)
        add_item(s, (int)dice(s, CLIENTS));
}

/* The server. */

static void on_event(const struct sio_call *c)
{
    if (strcmp(c->name, "all") == 0)
        (void)sio_broadcast(sio_namespace(c->socket), (struct sio_to){ .flags = 0 }, "heard", c->args);
    else
        (void)sio_emit(c->socket, "echo", c->args, 0);
    if (c->ack.server != NULL)
        (void)sio_answer(c->ack, c->args);
}

/* Playing. */

static size_t piece(struct play *p, size_t left)
{
    return p->cut == WHOLE ? left : p->cut == BYTES ? 1 : 1 + world_random(&p->dice, left);
}

/* One piece, in memory that ends where it ends. False: no more is wanted. */
static bool give(struct peer *peer, const unsigned char *at, size_t size)
{
    unsigned char *copy = malloc(size);
    bool more = false;

    assert_non_null(copy);
    memcpy(copy, at, size);
    if (peer->conn != NULL)
        more = ws_receive(peer->conn, copy, size) == 0;
    else if (peer->request != NULL)
        eio_body(peer->request, (struct ws_bytes){ copy, size });
    free(copy);
    return more || peer->request != NULL;
}

static void give_all(struct play *p, struct peer *peer, const unsigned char *at, size_t size)
{
    while (size > 0) {
        size_t part = piece(p, size);

        if (!give(peer, at, part))
            break;
        if (p->turns)
            world_turn(&p->world);
        at += part;
        size -= part;
    }
}

/* Packets, however many came with each GET; a noop only says that there are none. */
static void hear(struct play *p)
{
    if (p->get == NULL || !p->get->done)
        return;
    assert_int_equal(buf_printf(&p->heard, "%s\x1e", peer_body(p->get)), 0);
    world_drop(p->get);
    p->get = NULL;
}

static void poll(struct play *p)
{
    hear(p);
    if (p->get == NULL)
        p->get = world_get(&p->world, p->query);
    hear(p);
}

static void post(struct play *p, const unsigned char *at, size_t size)
{
    struct peer *peer = world_request(&p->world, "POST", p->query, NULL);

    give_all(p, peer, at, size);
    world_end(peer);
    assert_true(peer->done);
    assert_int_equal(buf_printf(&p->heard, "(%d)", peer->status), 0);
    p->lost = p->lost || peer->status != 200;
    world_drop(peer);
}

static void play_item(struct play *p, const struct script *s, const struct item *item)
{
    const unsigned char *at = s->bytes.at + item->from;

    if (item->client != POLLING)
        give_all(p, p->ws[item->client], at, item->size);
    else if (item->size == 0)
        poll(p);
    else
        post(p, at, item->size);
    world_run(&p->world, item->pause_ms);
}

static void play(struct play *p, const struct script *s, uint64_t seed, enum cut cut, bool turns)
{
    static const struct ws_header deflating[] = {
        { "sec-websocket-extensions", "permessage-deflate" }, { 0 },
    };
    static const struct sio_options options = { .eio.ws = { .deflate = true, .deflate_min = 20 } };
    static const struct sio_handlers handlers = { .otherwise = on_event };
    char sid[64];

    *p = (struct play){ .cut = cut, .turns = turns };
    world_init(&p->world, seed);
    world_init(&p->dice, seed + 1);
    buf_init(&p->heard, BUF_NO_LIMIT);
    world_server(&p->world, &options, NULL);
    assert_non_null(sio_namespace_add(p->world.io, "/", &handlers));
    p->ws[PLAIN] = world_websocket(&p->world, "EIO=4&transport=websocket", NULL);
    p->ws[DEFLATED] = world_websocket(&p->world, "EIO=4&transport=websocket", deflating);
    p->get = world_get(&p->world, "EIO=4&transport=polling");
    world_sid(peer_body(p->get), sid);
    (void)snprintf(p->query, sizeof p->query, "EIO=4&transport=polling&sid=%s", sid);
    for (int i = 0; i < s->count; i++)
        play_item(p, s, &s->items[i]);
    for (int i = 0; i < ITEMS; i++)             /* what has not been polled yet                     */
        poll(p);
}

static void play_end(struct play *p)
{
    world_finish(&p->world);
    buf_finish(&p->heard);
}

static void check_same(const struct buf *got, const struct buf *want)
{
    assert_int_equal(got->size, want->size);
    assert_memory_equal(got->at, want->at, want->size);
}

static void run_seed(uint64_t seed)
{
    static const struct { enum cut cut; bool turns; } ways[] = {
        { WHOLE, false }, { PIECES, false }, { PIECES, true }, { BYTES, false }, { BYTES, true },
    };
    struct script script;
    struct play first, again;

    write_script(&script, seed);
    play(&first, &script, seed, ways[0].cut, ways[0].turns);
    for (size_t i = 1; i < sizeof ways / sizeof ways[0]; i++) {
        play(&again, &script, seed, ways[i].cut, ways[i].turns);
        for (int step = 0; step < script.count; step++)
            sim_step();
        check_same(&again.ws[PLAIN]->in, &first.ws[PLAIN]->in);
        check_same(&again.ws[DEFLATED]->in, &first.ws[DEFLATED]->in);
        if (!again.turns || !again.lost)        /* what no GET has taken dies with a session        */
            check_same(&again.heard, &first.heard);
        play_end(&again);
    }
    play_end(&first);
    buf_finish(&script.bytes);
    (void)deflateEnd(&script.deflater);
}

SIM_MAIN("sim_split: any split of the input gives the same output", run_seed, 300)
