/* rows.c - the rows. A round is a batch: all requests leave, then all answers are awaited, so that every
 * server meets the same crowd and the faster one is not punished with more and emptier turns of its loop. */
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum { ROOM_SIZE = 2, EVENTS_MAX = 256, PATIENCE_MS = 20000 };

#define SAID_64 "\"Take one in the morning, one at night. See you next Tuesday, 10.\""
/* 1,024 bytes with what goes into %s, printed as JSON.stringify() would. */
#define TEXT_ZH "早晚各一片，饭后服用，下周二十点复诊。"
#define TEXT_EN "One tablet in the morning and one at night, after meals; come back next Tuesday at ten. "
#define OBJECT_1K "{\"id\":\"msg_7Hk2mQx9Lr4T\",\"consult\":\"con_3Vb8nZs1Wd6Y\",\"sender\":" \
    "{\"id\":\"usr_5Jc0pXe2Rg8U\",\"name\":\"王建国\",\"role\":\"doctor\"},\"seq\":1042,\"kind\":\"text\"," \
    "\"sentAt\":\"2026-03-14T09:26:53.589Z\",\"replyTo\":null,\"tags\":[\"follow-up\",\"prescription\"]," \
    "\"vitals\":{\"pulse\":72,\"temperature\":36.6,\"pressure\":[118,76],\"weight\":64.5},\"urgent\":false," \
    "\"text\":\"" TEXT_ZH TEXT_ZH TEXT_EN TEXT_EN "\",\"pad\":\"%s\"}"

/* Connecting. */

static void request(const struct bench *b, const struct wire *w, const char *method, const char *path,
                    const char *rest)
{
    struct text head = text_make("%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: load\r\n"
                                 "Accept: */*\r\nAccept-Encoding: gzip, deflate\r\nConnection: %s",
                                 method, path, b->port, rest);

    wire_send(w, head.at, head.size);
    free(head.at);
}

static void ask_upgrade(const struct bench *b, const struct row *row, const struct wire *w)
{
    request(b, w, "GET", b->floor ? row->path : "/socket.io/?EIO=4&transport=websocket",
            "Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
}

static void expect(struct wire *w, const char *beginning)
{
    free(wire_await(w, beginning).at);
}

/* The floor knows no Socket.IO: after its 101 one may talk. */
static void join(const struct bench *b, struct wire *w)
{
    if (b->floor)
        return;
    wire_text(w, "40");
    expect(w, "40{\"sid\":\"");
    expect(w, "42[\"auth\",{}]");
}

static void prepare_sockets(const struct bench *b, const struct row *row, int from)
{
    for (struct wire *w = b->wires + from; w < b->wires + b->count; w++) {
        wire_open(w, b->port);
        ask_upgrade(b, row, w);
        wire_head(w);
        expect(w, "0{\"sid\":\"");
        join(b, w);
    }
}

static void prepare_rooms(const struct bench *b, const struct row *row, int from)
{
    bool one = strcmp(row->path, "/all") == 0;

    prepare_sockets(b, row, from);
    for (int i = from; i < b->count && !b->floor; i++) {
        struct text ask = text_make("420[\"join\",\"room-%d\"]", one ? 0 : i / ROOM_SIZE);

        wire_text(&b->wires[i], ask.at);
        expect(&b->wires[i], "430[]");
        free(ask.at);
    }
}

/* Two connections a session, for its GETs and its POSTs. What a round sends is the same each time. */

static struct text get_of(const struct bench *b, const char *path)
{
    return text_make("GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: load\r\nAccept: */*\r\n"
                     "Accept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n\r\n", path, b->port);
}

static struct text post_of(const struct bench *b, const char *path, const char *body)
{
    return text_make("POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: load\r\nAccept: */*\r\n"
                     "Accept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n"
                     "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: %zu\r\n\r\n%s", path, b->port,
                     strlen(body), body);
}

static struct text poll_path(const struct bench *b, struct wire *get, int session)
{
    struct text opening, path, ask;

    if (b->floor)
        return text_make("/poll?sid=%d", session);
    ask = get_of(b, "/socket.io/?EIO=4&transport=polling");
    wire_send(get, ask.at, ask.size);
    opening = wire_await(get, "0{\"sid\":\"");
    path = text_make("/socket.io/?EIO=4&transport=polling&sid=%.*s", (int)strcspn(opening.at + 9, "\""),
                     opening.at + 9);
    free(opening.at);
    free(ask.at);
    return path;
}

static void prepare_polling(const struct bench *b, const struct row *row, int from)
{
    for (int i = from; i < b->count; i += 2) {
        struct wire *get = &b->wires[i], *post = get + 1;
        struct text path, hello, said = row->text(b, i, false);

        get->http = post->http = true;
        wire_open(get, b->port);
        wire_open(post, b->port);
        path = poll_path(b, get, i / 2);
        get->send = get_of(b, path.at);
        if (!b->floor) {
            hello = post_of(b, path.at, "40");
            wire_send(post, hello.at, hello.size);
            expect(post, "ok");
            wire_send(get, get->send.at, get->send.size);
            expect(get, "40{\"sid\":\"");
            free(hello.at);
        }
        post->send = post_of(b, path.at, said.at);
        post->want = text_make("ok");
        get->want = row->text(b, i, true);
        free(path.at);
        free(said.at);
    }
}

/* Texts. */

static struct text echo_64(const struct bench *b, int wire, bool back)
{
    (void)wire;
    return text_make("42[\"message%s\"," SAID_64 "]", back && !b->floor ? "-back" : "");
}

static struct text echo_1k(const struct bench *b, int wire, bool back)
{
    struct text empty = text_make(OBJECT_1K, ""), text;
    char pad[1024] = "";

    (void)wire;
    memset(pad, '.', sizeof pad - empty.size);
    text = text_make("42[\"message%s\"," OBJECT_1K "]", back && !b->floor ? "-back" : "", pad);
    free(empty.at);
    return text;
}

static struct text ack(const struct bench *b, int wire, bool back)
{
    (void)wire;
    return back && !b->floor ? text_make("437[" SAID_64 "]")
                             : text_make("427[\"message-with-ack\"," SAID_64 "]");
}

static struct text said(const struct bench *b, int room, bool back)
{
    return back && !b->floor ? text_make("42[\"said\"," SAID_64 "]")
                             : text_make("42[\"to-room\",\"room-%d\",\"said\"," SAID_64 "]", room);
}

static struct text said_in_two(const struct bench *b, int wire, bool back)
{
    return said(b, wire / ROOM_SIZE, back);
}

static struct text said_in_one(const struct bench *b, int wire, bool back)
{
    (void)wire;
    return said(b, 0, back);
}

/* Rounds. */

static void send_on(const struct bench *b, int wire)
{
    wire_send(&b->wires[wire], b->wires[wire].send.at, b->wires[wire].send.size);
}

static void collect(const struct bench *b, int wanted)
{
    struct epoll_event events[EVENTS_MAX];

    while (wanted > 0) {
        int count = epoll_wait(b->epoll, events, EVENTS_MAX, PATIENCE_MS);

        if (count <= 0)
            fail("%d answers did not come", wanted);
        for (int i = 0; i < count; i++)
            wanted -= wire_collect(events[i].data.ptr);
    }
    if (wanted < 0)
        fail("%d answers too many", -wanted);
}

static int round_all(struct bench *b)
{
    for (int i = 0; i < b->count; i++)
        send_on(b, i);
    collect(b, b->count);
    return b->count;
}

static int round_polling(struct bench *b)
{
    return round_all(b) / 2;
}

/* In each room one speaks and the other hears; next time the other way round. */
static int round_rooms(struct bench *b)
{
    for (int i = (int)(b->rounds % ROOM_SIZE); i < b->count; i += ROOM_SIZE)
        send_on(b, i);
    collect(b, b->count / ROOM_SIZE);
    return b->count / ROOM_SIZE;
}

/* One speaks, all others hear: an operation is one who heard. */
static int round_room(struct bench *b)
{
    send_on(b, (int)(b->rounds % (uint64_t)b->count));
    collect(b, b->count - 1);
    return b->count - 1;
}

/* Comes, joins, says goodbye and waits for the end, many at a time. */
static int round_connect(struct bench *b)
{
    static const struct row floor_row = { .path = "/join" };
    struct text bye = frame_make(8, text_make("\x03\xe9"));
    struct wire *end = b->wires + b->count;

    for (struct wire *w = b->wires; w < end; w++) {
        wire_open(w, b->port);
        ask_upgrade(b, &floor_row, w);
    }
    for (struct wire *w = b->wires; w < end; w++) {
        wire_head(w);
        expect(w, "0{\"sid\":\"");
        wire_text(w, "40");
    }
    for (struct wire *w = b->wires; w < end; w++) {
        expect(w, "40{\"sid\":\"");
        if (!b->floor)
            expect(w, "42[\"auth\",{}]");
        wire_send(w, bye.at, bye.size);
    }
    for (struct wire *w = b->wires; w < end; w++) {
        expect(w, "\x03\xe9");
        wire_await_end(w);
        wire_close(w);
    }
    free(bye.at);
    return b->count;
}

const struct row rows[] = {
    { "echo-64",   "/echo",  200,   prepare_sockets, echo_64,     round_all },
    { "echo-1k",   "/echo",  200,   prepare_sockets, echo_1k,     round_all },
    { "ack",       "/echo",  200,   prepare_sockets, ack,         round_all },
    { "rooms-2",   "/relay", 1000,  prepare_rooms,   said_in_two, round_rooms },
    { "room-1000", "/all",   1000,  prepare_rooms,   said_in_one, round_room },
    { "connect",   "/join",  32,    NULL,            NULL,        round_connect },
    { "polling",   "/poll",  200,   prepare_polling, echo_64,     round_polling },
    { "idle",      "/echo",  10000, prepare_sockets, echo_64,     round_all },
    { 0 },
};
