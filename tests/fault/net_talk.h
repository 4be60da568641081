/* net_talk.h - a server of HTTP and Socket.IO on a real loop, and a client that talks with it through every
 * kind of exchange there is, as far as it gets. */
#ifndef NET_TALK_H
#define NET_TALK_H

#include "fault.h"
#include <uv.h>

/* Only what the server does in a turn of the loop counts. */
static inline int turn(uv_loop_t *loop, uv_run_mode mode)
{
    int busy;

    fault_inside(true);
    busy = uv_run(loop, mode);
    fault_inside(false);
    return busy;
}
#define uv_run turn
#include "unit/server/net_fixture.h"
#undef uv_run

#include <dirent.h>

#include "http_stream.h"

enum { BIG = 3000 };

struct shop {
    struct world w;
    struct sio_server *io;
    struct sio_uv_route routes[3];
    struct client *regular;                     /* was there before, by WebSocket                   */
};

static void on_shop_echo(const struct sio_call *c)
{
    if (sio_answer(c->ack, c->args) == -ENOMEM)
        sio_disconnect(c->socket, true);
}

static const struct sio_event shop_events[] = { { "echo", on_shop_echo, NULL }, { 0 } };
static const struct sio_handlers shop_handlers = { .events = shop_events };

/* The rest of a body, a third at a time. */
struct rest { struct sio_http_ticket ticket; const char *at; };
static int rests;                               /* whose end has not come                           */

static void on_rest_next(void *data)
{
    struct rest *rest = data;
    const char *at = rest->at;

    rest->at += BIG / 3;
    (void)http_stream_give(rest->ticket, (struct ws_bytes){ at, BIG / 3 });
}

static void on_rest_end(void *data)
{
    rests--;
    free(data);
}

static void reply_by_and_by(const struct sio_http_request *r, const char *big)
{
    static const struct http_source source = { on_rest_next, on_rest_end };
    struct rest *rest;

    fault_inside(false);                        /* of the shop's own none fail                      */
    rest = malloc(sizeof *rest);
    fault_inside(true);
    assert_non_null(rest);
    *rest = (struct rest){ r->ticket, big + BIG / 3 };
    rests++;
    (void)http_stream_reply(r->ticket, 200, NULL, (struct ws_bytes){ big, BIG / 3 }, BIG, &source, rest);
}

/* "GET /big" is answered with many bytes, "/slow" with them by and by, anything else with its own body. */
static void on_shop_request(void *app, const struct sio_http_request *r)
{
    static char big[BIG];

    (void)app;
    for (int i = 0; i < BIG; i++)
        big[i] = (char)('a' + i % 23);
    if (strcmp(r->path, "/big") == 0)
        (void)sio_http_reply(r->ticket, 200, NULL, (struct ws_bytes){ big, BIG });
    else if (strcmp(r->path, "/slow") == 0)
        reply_by_and_by(r, big);
    else
        (void)sio_http_reply(r->ticket, 200, NULL, r->body);
}

/* --- the client: each step says whether it got its answer; a connection that ends is no failure ------- */

/* How many replies of HTTP are there, whole? */
static inline int replies_in(const char *said)
{
    int count = 0;

    for (const char *at = said, *end; (end = strstr(at, "\r\n\r\n")) != NULL; count++) {
        const char *length = strcasestr(at, "\r\ncontent-length: ");
        size_t size = length != NULL && length < end ? (size_t)strtol(length + 18, NULL, 10) : 0;

        if (strlen(end + 4) < size)
            break;
        at = end + 4 + size;
    }
    return count;
}

/* `text` came before the end, and before `replies` replies without it; 0: they are no replies. */
static inline bool hears(struct client *c, const char *text, int replies)
{
    uint64_t end_ns = uv_hrtime() + GIVE_UP_MS * 1000000ull;
    int got = 1;

    while (got >= 0 && uv_hrtime() < end_ns) {
        if (replies_in(c->said) > 0 && strncmp(c->said, "HTTP/1.1 503 ", 13) == 0)
            return false;
        if (replies == 0 && memchr(c->said, 0x88, c->size) != NULL)
            return false;                       /* a close frame; all else is ASCII                 */
        if (replies > 0 ? replies_in(c->said) == replies : strstr(c->said, text) != NULL)
            return strstr(c->said, text) != NULL;
        got = client_receive(c);
    }
    if (got >= 0)
        fail_msg("waited for \"%s\" and heard \"%s\"", text, c->said);
    return false;
}

static inline bool asks(struct client *c, const char *request, int replies, const char *answer)
{
    client_forget(c);
    client_send(c, request);
    return hears(c, answer, replies);
}

/* What a text is as a client's frame; the mask is zero. */
static inline bool asks_frame(struct client *c, const char *text, const char *answer)
{
    char frame[128] = { (char)0x81, (char)(0x80 | strlen(text)) };

    assert_true(strlen(text) < 120);
    memcpy(frame + 6, text, strlen(text));
    client_forget(c);
    client_send_bytes(c, frame, 6 + strlen(text));
    return hears(c, answer, 0);
}

static inline struct client *client_by_websocket(struct world *w)
{
    static const char upgrade[] = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: h\r\n"
                                  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    struct client *c = client_open(w);

    if (asks(c, upgrade, 0, "pingInterval") && asks_frame(c, "40", "40{\"sid\":"))
        return c;
    client_close(c);
    return NULL;
}

static inline bool is_served(struct client *c, const char *word)
{
    char question[64], answer[64];

    (void)snprintf(question, sizeof question, "427[\"echo\",\"%s\"]", word);
    (void)snprintf(answer, sizeof answer, "437[\"%s\"]", word);
    return asks_frame(c, question, answer);
}

static inline bool hears_big(struct client *c, const char *request)
{
    const char *big;

    if (!asks(c, request, 1, " 200 OK"))
        return false;
    big = strstr(c->said, "\r\n\r\n") + 4;
    CHECK_INT(strlen(big), BIG);
    for (int i = 0; i < BIG; i++)
        CHECK_INT(big[i], 'a' + i % 23);
    return true;
}

/* Requests that wait, cut bodies into chunks, and come two at once. */
static inline bool talks_http(struct client *c)
{
    return hears_big(c, "GET /big HTTP/1.1\r\nHost: h\r\n\r\n")
           && hears_big(c, "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
           && asks(c, "POST /own HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
                   "2\r\nde\r\n0\r\n\r\n", 1, "\r\n\r\nabcde")
           && asks(c, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nfirst"
                      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nsecond", 2, "\r\n\r\nsecond");
}

static inline bool talks_polling(struct client *c)
{
    char sid[64] = "", request[512];
    const char *at;

    if (!asks(c, "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: h\r\n\r\n", 1, "maxPayload"))
        return false;
    at = strstr(c->said, "\"sid\":\"");
    if (at == NULL)
        return false;
    memcpy(sid, at + 7, strcspn(at + 7, "\""));
    (void)snprintf(request, sizeof request, "POST /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\n"
                   "Host: h\r\nContent-Length: 19\r\n\r\n40\x1e" "427[\"echo\",\"po\"]", sid);
    if (!asks(c, request, 1, "\r\n\r\nok"))
        return false;
    (void)snprintf(request, sizeof request, "GET /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\n"
                   "Host: h\r\n\r\n", sid);
    return asks(c, request, 1, "437[\"po\"]");
}

/* The whole conversation; true if it came to its end. */
static inline bool talks(struct shop *s)
{
    struct client *c = client_open(&s->w);
    bool done = talks_http(c) && talks_polling(c);

    client_close(c);
    c = done ? client_by_websocket(&s->w) : NULL;
    done = c != NULL && is_served(c, "new");
    if (c != NULL)
        client_close(c);
    return done;
}

/* --- the shop ------------------------------------------------------------------------------------------ */

static inline int files_open_now(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;

    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    (void)closedir(folder);
    return count;
}

static inline void shop_open(struct shop *s)
{
    static const char *const anybody[] = { "*", NULL };
    const struct sio_options options = { .eio.ws = { .origins = anybody } };

    *s = (struct shop){ .io = NULL };
    fault_inside(false);
    world_open(&s->w, &(struct sio_uv_options){ .limits = { .linger_ms = 100 } });
    s->io = sio_server_new(&options, NULL, sio_uv_host(s->w.uv), s);
    assert_non_null(s->io);
    assert_non_null(sio_namespace_add(s->io, "/", &shop_handlers));
    s->routes[0] = (struct sio_uv_route){ .path = "/socket.io/", .engine = sio_engine(s->io) };
    s->routes[1] = (struct sio_uv_route){ .path = "*", .handle = on_shop_request, .app = s };
    world_listen(&s->w, s->routes);
    s->regular = client_by_websocket(&s->w);
    assert_non_null(s->regular);
}

/* The regular is served as ever, and so is who comes now. */
static inline void shop_check(struct shop *s)
{
    assert_true(is_served(s->regular, "again"));
    assert_true(talks(s));
}

static inline void shop_close(struct shop *s)
{
    client_close(s->regular);
    sio_uv_close_within(s->w.uv, 100);
    CHECK_INT(turn(&s->w.loop, UV_RUN_DEFAULT), 0);
    sio_server_free(s->io);
    world_close(&s->w);
    CHECK_INT(rests, 0);
}

#endif
