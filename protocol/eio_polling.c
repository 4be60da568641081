/* eio_polling.c - the queue of a session that polls, and the requests that empty and fill it. */
#include "eio_polling.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "eio_session.h"
#include "utf8.h"
#include "ws_message.h"
#include "ws_queue.h"

enum { CAPACITY_MIN = 4 };

/* The queue. */

/* As a WebSocket counts: what may be queued here may move there. */
static size_t size_of(const struct ws_message *message)
{
    return ws_message_bytes(message).size;
}

static struct eio_waiting *slot(const struct eio_polling *p, size_t i)
{
    return &p->queue[(p->first + i) & (p->capacity - 1)];
}

static int grow(struct eio_polling *p)
{
    size_t capacity = p->capacity == 0 ? CAPACITY_MIN : p->capacity * 2;
    struct eio_waiting *queue = malloc(capacity * sizeof *queue);

    if (queue == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < p->count; i++)
        queue[i] = *slot(p, i);
    free(p->queue);
    p->queue = queue;
    p->first = 0;
    p->capacity = capacity;
    return 0;
}

bool eio_polling_shift(struct eio_polling *p, struct eio_waiting *ret_waiting)
{
    if (p->count == 0)
        return false;
    *ret_waiting = *slot(p, 0);
    p->first = (p->first + 1) & (p->capacity - 1);
    p->count--;
    p->bytes -= size_of(ret_waiting->message);
    return true;
}

void eio_polling_finish(struct eio_polling *p)
{
    struct eio_waiting waiting;

    while (eio_polling_shift(p, &waiting))
        ws_message_drop(waiting.message);
    free(p->queue);
    p->queue = NULL;
    p->first = p->capacity = 0;
}

/* What waits behind one message: the limit is for readers that are slow, not for messages that are big. */
static bool is_full(const struct eio_session *s, size_t size)
{
    const struct eio_polling *p = &s->polling;
    int64_t unsent_max = s->server->options.ws.unsent_max;

    if (unsent_max == -1 || p->count == 0)
        return false;
    return p->bytes - size_of(slot(p, 0)->message) + size + p->count * WS_QUEUE_COST > (size_t)unsent_max;
}

static int polling_send(struct eio_session *s, struct ws_message *message, unsigned flags)
{
    struct eio_polling *p = &s->polling;
    int err;

    if (is_full(s, size_of(message))) {
        eio_session_end(s, EIO_TRANSPORT_ERROR);
        return -ENOBUFS;
    }
    if (p->count == p->capacity) {
        err = grow(p);
        if (err)
            return err;
    }
    *slot(p, p->count++) = (struct eio_waiting){ ws_message_keep(message), (flags & EIO_PLAIN) != 0 };
    p->bytes += size_of(message);
    eio_session_dirty(s);
    return 0;
}

/* Requests. */

static struct eio_request *request_new(struct eio_session *s, const struct ws_request *head, void *peer)
{
    struct eio_request *r = malloc(sizeof *r);

    if (r == NULL) {
        eio_reply_error(s->server, head, peer, EIO_BUSY);
        return NULL;
    }
    *r = (struct eio_request){ .session = s, .peer = peer };
    eio_headers_begin(&r->headers, s->server, head);
    buf_init(&r->body, s->message_max);
    return r;
}

static void request_free(struct eio_request *r)
{
    struct eio_polling *p = &r->session->polling;

    if (p->get == r)
        p->get = NULL;
    if (p->post == r)
        p->post = NULL;
    eio_headers_finish(&r->headers);
    buf_finish(&r->body);
    free(r);
}

static void request_reply(struct eio_request *r, int status, const char *type, struct ws_bytes body)
{
    eio_reply(r->session->server, r->peer, &r->headers, status, type, body);
    request_free(r);
}

static void request_refuse(struct eio_request *r, int status)
{
    request_reply(r, status, NULL, (struct ws_bytes){ NULL, 0 });
}

static void request_answer(struct eio_request *r, struct ws_bytes payload)
{
    request_reply(r, 200, "text/plain; charset=UTF-8", payload);
}

struct eio_request *eio_polling_get(struct eio_session *s, const struct ws_request *head, void *peer)
{
    struct eio_request *r = request_new(s, head, peer);

    if (r == NULL)
        return NULL;
    if (s->polling.get != NULL) {               /* the first one is answered by its end             */
        eio_session_end(s, EIO_TRANSPORT_ERROR);
        request_refuse(r, 400);
        return NULL;
    }
    s->polling.get = r;
    eio_session_dirty(s);
    return r;
}

/* Digits only, as llhttp has made sure; the first that counts is enough. */
static bool is_longer(const char *digits, int64_t max)
{
    int64_t size = 0;

    if (digits == NULL || max == -1)
        return false;
    for (; *digits >= '0' && *digits <= '9'; digits++) {
        size = size * 10 + (*digits - '0');
        if (size > max)
            return true;
    }
    return false;
}

struct eio_request *eio_polling_post(struct eio_session *s, const struct ws_request *head, void *peer)
{
    const char *type = ws_request_header(head, "content-type");
    struct eio_request *r = request_new(s, head, peer);

    if (r == NULL)
        return NULL;
    r->is_post = true;
    if (s->polling.post != NULL || (type != NULL && strcasecmp(type, "application/octet-stream") == 0)) {
        eio_session_end(s, EIO_TRANSPORT_ERROR);
        request_refuse(r, 400);
        return NULL;
    }
    if (is_longer(ws_request_header(head, "content-length"), s->message_max)) {
        request_refuse(r, 413);
        return NULL;
    }
    s->polling.post = r;
    return r;
}

void eio_body(struct eio_request *r, struct ws_bytes piece)
{
    int err = r->is_post ? buf_add(&r->body, piece.at, piece.size) : 0;     /* of a GET: not ours   */

    if (err)
        request_refuse(r, err == -EMSGSIZE ? 413 : 503);
}

/* Handles the packets of a payload in order. -EPROTO: broken, nothing behind that place was handled. */
static int receive_payload(struct eio_session *s, struct ws_bytes payload)
{
    struct utf8 check = { 0 };
    struct ws_bytes text;
    size_t offset = 0;
    int packets_max = s->server->options.packets_max;

    if (utf8_check(&check, payload) != 0 || !utf8_whole(&check))
        return -EPROTO;
    if (packets_max != -1 && eio_payload_count(payload) > (size_t)packets_max)
        return -EPROTO;
    while (s->state != EIO_CLOSED && eio_payload_next(payload, &offset, &text)) {
        struct eio_packet packet;
        int err = eio_packet_decode((char *)(uintptr_t)text.at, text.size, &packet);

        if (err)
            return err;
        if (packet.type == EIO_CLOSE) {
            s->polling.farewell = EIO_NOOP;
            eio_session_end(s, EIO_TRANSPORT_CLOSE);
        } else {
            eio_session_receive(s, &packet);
        }
    }
    return 0;
}

/* The packets are handled before the answer: what they cause comes with the GET of the same turn. */
void eio_end(struct eio_request *r)
{
    struct eio_session *s = r->session;

    if (!r->is_post)
        return;
    s->polling.post = NULL;                     /* ours alone now: an end of the session leaves it  */
    eio_session_clock(s);
    if (s->state != EIO_CLOSED && receive_payload(s, buf_bytes(&r->body)) != 0) {
        eio_session_end(s, EIO_PARSE_ERROR);
        request_refuse(r, 400);
        return;
    }
    request_reply(r, 200, "text/html", WS_LITERAL("ok"));
}

void eio_lost(struct eio_request *r)
{
    struct eio_session *s = r->session;

    request_free(r);
    if (s->transport == &eio_polling_transport)
        eio_session_end(s, EIO_TRANSPORT_ERROR);
}

/* The transport. */

static bool polling_ready(struct eio_session *s)
{
    return s->polling.get != NULL;
}

/* Moves messages to the reply, as many as maxPayload allows, but one at least. */
static void fill_payload(struct eio_session *s, struct buf *payload)
{
    struct eio_polling *p = &s->polling;
    int64_t max = s->server->options.ws.message_max;
    struct eio_waiting waiting;

    while (p->count > 0) {
        struct ws_message *next = slot(p, 0)->message;
        struct ws_bytes bytes = ws_message_payload(next);
        size_t size = eio_payload_size(ws_message_type(next), bytes.size);

        if (payload->size > 0 && max != -1 && payload->size + 1 + size > (size_t)max)
            return;
        if (eio_payload_add(payload, ws_message_type(next), bytes) != 0)
            return;                             /* no memory                                        */
        (void)eio_polling_shift(p, &waiting);
        ws_message_drop(waiting.message);
    }
}

/* A close goes alone, in the reply after the last message: a client that reads both in one payload closes
 * before it hears what the message said. */
static void polling_flush(struct eio_session *s)
{
    struct eio_polling *p = &s->polling;
    struct buf *payload = &s->server->payload;
    bool waiting = p->count > 0;

    if (p->get == NULL || (!waiting && !s->closing && !s->probed))
        return;
    fill_payload(s, payload);
    if (waiting && payload->size == 0) {
        eio_session_end(s, EIO_TRANSPORT_ERROR);
        return;
    }
    if (!waiting)                               /* probed: the client waits for this poll to end    */
        (void)eio_payload_add(payload, WS_TEXT, s->closing ? WS_LITERAL("1") : WS_LITERAL("6"));
    request_answer(p->get, buf_bytes(payload));
    buf_clear(payload);
    if (!waiting && s->closing)
        eio_session_end(s, s->reason);
    else if (waiting && !s->closing && p->count == 0)
        eio_session_drained(s);
}

void eio_polling_noop(struct eio_session *s)
{
    if (s->polling.get != NULL)
        request_answer(s->polling.get, WS_LITERAL("6"));
}

static void request_free_all(struct eio_polling *p)
{
    if (p->get != NULL)
        request_free(p->get);
    if (p->post != NULL)
        request_free(p->post);
}

/* What a POST has caused before its packet that ended the session is still said. */
static void answer_last(struct eio_session *s)
{
    struct buf *payload = &s->server->payload;

    fill_payload(s, payload);
    if (payload->size > 0)
        request_answer(s->polling.get, buf_bytes(payload));
    else
        request_answer(s->polling.get, s->polling.farewell == EIO_NOOP ? WS_LITERAL("6") : WS_LITERAL("1"));
    buf_clear(payload);
}

void eio_polling_leave(struct eio_session *s)
{
    struct eio_polling *p = &s->polling;

    if (s->server->freed) {
        request_free_all(p);
        return;
    }
    if (p->get != NULL)
        answer_last(s);
    if (p->post != NULL)
        request_refuse(p->post, 400);
}

static size_t polling_unsent(const struct eio_session *s)
{
    return s->polling.bytes;
}

const struct eio_transport eio_polling_transport = {
    .name = "polling", .ready = polling_ready, .send = polling_send, .flush = polling_flush,
    .unsent = polling_unsent,
};
