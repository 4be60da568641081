/* ws_conn.c - the life of a connection: opened, closed, lost. ws_reader.c reads, ws_send.c sends. */
#include "ws_conn.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ws_deflate.h"
#include "ws_handshake.h"
#include "ws_message.h"
#include "ws_server.h"

enum { REASON_MAX = WS_CONTROL_MAX - 2, ANSWER_MAX = 16384 };

/* Which states may follow. */
#define TO(state) (1u << (state))
static const unsigned may_become[] = {
    [WS_OPEN]    = TO(WS_CLOSING) | TO(WS_ENDING) | TO(WS_ENDED),
    [WS_CLOSING] = TO(WS_ENDING) | TO(WS_ENDED),
    [WS_ENDING]  = TO(WS_ENDED),
    [WS_ENDED]   = 0,
};

static void conn_become(struct ws_conn *c, enum ws_state next)
{
    assert(may_become[c->state] & TO(next));
    c->state = next;
}

/* RFC 6455, 7.4.1, for what the peer did, or what happened to us. */
static const struct { int error, code; } close_codes[] = {
    { -EPROTO, 1002 }, { -EILSEQ, 1007 }, { -E2BIG, 1008 }, { -EMSGSIZE, 1009 }, { -ENOMEM, 1011 },
};

static int close_code_of(int error)
{
    for (size_t i = 0; i < sizeof close_codes / sizeof close_codes[0]; i++)
        if (close_codes[i].error == error)
            return close_codes[i].code;
    return 1011;
}

void ws_conn_arm(struct ws_conn *c, int in_ms)
{
    struct ws_server *s = c->server;

    if (in_ms <= 0)
        heap_remove(&s->deadlines, &c->deadline);
    else
        (void)heap_set(&s->deadlines, &c->deadline, s->host.now_ms(s->host.loop) + in_ms);  /* reserved */
}

void ws_conn_tell(struct ws_conn *c, int code, const char *reason, size_t size)
{
    const struct ws_handlers *handlers = &c->server->handlers;

    assert(c->state != WS_OPEN);
    if (c->told)
        return;
    c->told = true;
    if (handlers->on_close != NULL)
        handlers->on_close(c, code, (struct ws_bytes){ reason, size });
}

void ws_conn_cut(struct ws_conn *c)
{
    if (c->state == WS_ENDED)
        return;
    conn_become(c, WS_ENDED);
    ws_conn_arm(c, 0);
    c->server->host.close(c->peer);
}

static void end_if_sent(struct ws_conn *c)
{
    if (c->state == WS_ENDING && c->unsent.count == 0)
        ws_conn_cut(c);
}

/* Opening. */

static struct ws_conn *conn_new(struct ws_server *s, void *peer, enum ws_state state)
{
    struct ws_conn *c;

    if (heap_reserve(&s->deadlines, s->conns_size + 1) != 0)
        return NULL;
    c = malloc(sizeof *c);
    if (c == NULL)
        return NULL;
    *c = (struct ws_conn){ .server = s, .peer = peer, .state = state, .told = state != WS_OPEN };
    buf_init(&c->reader.message, s->options.message_max == INT64_MAX ? BUF_NO_LIMIT : s->options.message_max);
    buf_init(&c->reader.control, WS_CONTROL_MAX);
    list_push(&s->conns, &c->in_server);
    s->conns_size++;
    return c;
}

void ws_limit(struct ws_conn *c, int64_t message_max)
{
    int64_t most = c->server->options.message_max;
    size_t max = (size_t)(message_max == -1 || message_max > most ? most : message_max);

    assert(max >= c->reader.message.size);      /* it may be in the middle of one                   */
    c->reader.message.size_max = max < SIZE_MAX / 2 ? max : SIZE_MAX / 2;
}

static void conn_free(struct ws_conn *c)
{
    if (c->server != NULL) {
        heap_remove(&c->server->deadlines, &c->deadline);
        list_remove(&c->in_server);
        c->server->conns_size--;
    }
    ws_queue_finish(&c->unsent);
    ws_deflate_free(c->deflate);
    buf_finish(&c->reader.message);
    buf_finish(&c->reader.control);
    free(c);
}

/* A connection whose first output is this answer; NULL for no memory. */
static struct ws_conn *conn_open(struct ws_server *s, void *peer, enum ws_state state,
                                 const struct buf *answer)
{
    struct ws_bytes bytes = buf_bytes(answer);
    struct ws_conn *c = conn_new(s, peer, state);
    struct ws_message *first = c == NULL ? NULL : ws_message_raw(&bytes, 1);

    if (first == NULL || ws_conn_push(c, first) != 0) {
        if (c != NULL)
            conn_free(c);
        return NULL;
    }
    return c;
}

int ws_check(const struct ws_server *s, const struct ws_request *request)
{
    int status = s->closed ? 503 : ws_handshake_check(&s->options, request);

    if (status == 101 && s->handlers.allow != NULL && s->handlers.allow(s->app, request) != 0)
        return 403;
    return status;
}

struct ws_conn *ws_accept(struct ws_server *s, const struct ws_request *request, void *peer,
                          const char *lines)
{
    struct ws_answer how = { .sha1 = s->host.sha1, .lines = lines,
                             .protocol = ws_handshake_protocol(s->options.protocols, request) };
    char extensions[WS_DEFLATE_ANSWER_MAX];
    struct ws_deflate_terms terms;
    struct ws_deflate *deflate = NULL;
    struct ws_conn *c = NULL;
    struct buf answer;

    if (ws_deflate_choose(&s->options, request, &terms, extensions)) {
        how.extensions = extensions;
        deflate = ws_deflate_new(&terms);
        if (deflate == NULL)
            return NULL;
    }
    buf_init(&answer, ANSWER_MAX);
    if (ws_handshake_accept(&answer, request, &how) == 0)
        c = conn_open(s, peer, WS_OPEN, &answer);
    buf_finish(&answer);
    if (c == NULL) {
        ws_deflate_free(deflate);
        return NULL;
    }
    c->deflate = deflate;
    c->protocol = how.protocol;
    ws_conn_arm(c, s->options.ping_interval_ms);
    if (s->handlers.on_open != NULL)
        s->handlers.on_open(c, request);
    return c;
}

struct ws_conn *ws_refuse(struct ws_server *s, void *peer, int status, const char *lines,
                          struct ws_bytes body)
{
    struct ws_conn *c = NULL;
    struct buf answer;

    buf_init(&answer, ANSWER_MAX);
    if (ws_handshake_refuse(&answer, status, lines, body) == 0)
        c = conn_open(s, peer, WS_ENDING, &answer);
    buf_finish(&answer);
    if (c != NULL)
        ws_conn_arm(c, s->options.close_timeout_ms);
    return c;
}

struct ws_conn *ws_open(struct ws_server *s, const struct ws_request *request, void *peer)
{
    int status = ws_check(s, request);
    const char *text = ws_status_text(status);

    if (status == 101)
        return ws_accept(s, request, peer, NULL);
    return ws_refuse(s, peer, status, "Content-Type: text/plain\r\n",
                     (struct ws_bytes){ text, strlen(text) });
}

/* Closing. */

/* Queues a close frame behind everything else, limits or not. 1005: a frame without a code. */
static void push_close(struct ws_conn *c, int code, const char *reason)
{
    unsigned char bytes[2] = { (unsigned char)(code >> 8), (unsigned char)code };
    struct ws_bytes parts[2] = { { bytes, sizeof bytes }, { reason, utf8_cut(reason, REASON_MAX) } };
    struct ws_message *frame = ws_message_frame(WS_CLOSE, 0, parts, code == 1005 ? 0 : 2);

    if (frame == NULL || ws_conn_push(c, frame) != 0)
        ws_conn_cut(c);                         /* no memory for a good bye: leave without          */
    else
        ws_conn_arm(c, c->server->options.close_timeout_ms);
}

void ws_close(struct ws_conn *c, int code, const char *reason)
{
    assert(code == 1005 || ws_close_code_valid(code));
    if (c->state != WS_OPEN)
        return;
    conn_become(c, WS_CLOSING);
    push_close(c, code, reason != NULL ? reason : "");
}

/* RFC 6455, 7.1.7: nothing that follows is read. */
void ws_conn_fail(struct ws_conn *c, int error)
{
    enum ws_state before = c->state;
    int code = close_code_of(error);

    if (before >= WS_ENDING)
        return;
    conn_become(c, WS_ENDING);
    if (before == WS_OPEN)
        push_close(c, code, "");
    ws_conn_tell(c, code, "", 0);
    end_if_sent(c);
}

/* 5.5.1: the answer has the code of the question; the server ends first (7.1.1). */
void ws_conn_answer_close(struct ws_conn *c, int code)
{
    enum ws_state before = c->state;

    conn_become(c, WS_ENDING);
    if (before == WS_OPEN)
        push_close(c, code, "");
    end_if_sent(c);
}

static void cut_and_tell(struct ws_conn *c, const char *why)
{
    ws_conn_cut(c);
    ws_conn_tell(c, 1006, why, strlen(why));
}

void ws_conn_deadline(struct ws_conn *c)
{
    if (c->state != WS_OPEN) {
        cut_and_tell(c, "close timeout");
        return;
    }
    if (c->pinged && !c->heard) {
        cut_and_tell(c, "ping timeout");
        return;
    }
    c->pinged = true;
    c->heard = false;
    ws_conn_arm(c, c->server->options.ping_interval_ms);
    (void)ws_conn_send(c, WS_PING, (struct ws_bytes){ "", 0 }); /* without memory: the next one     */
}

/* The host's side. */

int ws_output(struct ws_conn *c, struct ws_bytes *parts, int parts_max)
{
    assert(parts_max > 0);
    c->woken = false;
    return c->state == WS_ENDED ? 0 : ws_queue_parts(&c->unsent, parts, parts_max);
}

void ws_sent(struct ws_conn *c, size_t size)
{
    ws_queue_sent(&c->unsent, size);
    if (size == 0 || c->unsent.count > 0)
        return;
    if (c->state == WS_OPEN && c->server->handlers.on_drained != NULL)
        c->server->handlers.on_drained(c);
    end_if_sent(c);
}

void ws_lost(struct ws_conn *c)
{
    if (c->server != NULL) {
        c->state = WS_ENDED;                    /* whatever it was: sending is now -ENOTCONN        */
        ws_conn_tell(c, 1006, "", 0);
    }
    conn_free(c);
}

/* What the application asks. */

size_t ws_unsent(const struct ws_conn *c)
{
    return c->unsent.bytes;
}

void *ws_peer(const struct ws_conn *c)
{
    return c->peer;
}

const char *ws_protocol(const struct ws_conn *c)
{
    return c->protocol;
}

struct ws_server *ws_server_of(const struct ws_conn *c)
{
    return c->server;
}

void *ws_app(const struct ws_conn *c)
{
    return c->server == NULL ? NULL : c->server->app;
}

void *ws_data(const struct ws_conn *c)
{
    return c->data;
}

void ws_set_data(struct ws_conn *c, void *data)
{
    c->data = data;
}
