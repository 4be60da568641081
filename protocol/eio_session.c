/* eio_session.c - the life of a session. Transports bring packets in and take messages out. */
#include "eio_session.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "eio_websocket.h"
#include "ws_conn.h"
#include "ws_message.h"

#define TO(state) (1u << (state))
static const unsigned may_become[] = {
    [EIO_OPEN]    = TO(EIO_PROBING) | TO(EIO_CLOSED),
    [EIO_PROBING] = TO(EIO_OPEN) | TO(EIO_CLOSED),
    [EIO_CLOSED]  = 0,
};

static void session_become(struct eio_session *s, enum eio_state next)
{
    assert(may_become[s->state] & TO(next));
    s->state = next;
}

/* Beginning and end. */

static void beat_fire(struct eio_timer *timer)
{
    eio_session_clock(CONTAINER_OF(timer, struct eio_session, beat));
}

/* The upgrade took too long, or nobody came for what is queued. */
static void limit_fire(struct eio_timer *timer)
{
    struct eio_session *s = CONTAINER_OF(timer, struct eio_session, limit);

    if (s->closing)
        eio_session_end(s, s->reason);
    else
        eio_session_unprobe(s);
}

static void make_sid(struct eio_session *s)
{
    const char *prefix = s->server->options.sid_prefix;
    size_t size = prefix == NULL ? 0 : strlen(prefix);

    assert(size <= EIO_SID_PREFIX_MAX);
    if (size > 0)
        memcpy(s->sid, prefix, size);
    eio_random_text(s->server, s->sid + size, EIO_SID_RANDOM);
}

struct eio_session *eio_session_new(struct eio_server *e, const struct ws_request *request,
                                    const struct eio_transport *transport)
{
    struct eio_session *s;

    if (eio_timers_reserve(e, 2) != 0)
        return NULL;
    s = malloc(sizeof *s);
    if (s == NULL)
        goto fail_timers;
    *s = (struct eio_session){ .server = e, .transport = transport, .turn = e->turn,
                               .beat.fire = beat_fire, .limit.fire = limit_fire,
                               .message_max = e->options.ws.message_max };
    make_sid(s);
    if (e->options.keep_request) {
        s->handshake = eio_request_copy(request);
        if (s->handshake == NULL)
            goto fail;
    }
    if (map_add(&e->sessions, map_key(s->sid), s) != 0)
        goto fail_handshake;

    list_push(&e->all, &s->in_all);
    eio_timer_set(e, &s->beat, eio_now(e) + e->options.ping_interval_ms);
    return s;

fail_handshake:
    free(s->handshake);
fail:
    free(s);
fail_timers:
    eio_timers_release(e, 2);
    return NULL;
}

int eio_session_opening(const struct eio_session *s, struct buf *b)
{
    const struct eio_options *o = &s->server->options;
    bool upgrades = s->transport == &eio_polling_transport && !o->no_upgrade && !o->no_websocket;
    int64_t max = o->ws.message_max == -1 ? INT64_C(9007199254740991) : o->ws.message_max;

    return buf_printf(b, "0{\"sid\":\"%s\",\"upgrades\":[%s],\"pingInterval\":%d,\"pingTimeout\":%d,"
                         "\"maxPayload\":%" PRId64 "}", s->sid, upgrades ? "\"websocket\"" : "",
                      o->ping_interval_ms, o->ping_timeout_ms, max);
}

void eio_session_opened(struct eio_session *s, const struct ws_request *request)
{
    s->opened = true;
    if (s->server->handlers.on_open != NULL)
        s->server->handlers.on_open(s, request);
}

void eio_session_limit(struct eio_session *s, int64_t message_max)
{
    s->message_max = message_max;
    if (s->conn != NULL)
        ws_limit(s->conn, message_max);
    if (s->probe != NULL)
        ws_limit(s->probe, message_max);
}

void eio_session_free(struct eio_session *s)
{
    assert(s->state == EIO_CLOSED && s->conn == NULL && s->probe == NULL);
    list_remove(&s->in_all);
    list_remove(&s->in_dirty);
    eio_timers_release(s->server, 2);
    eio_polling_finish(&s->polling);
    free(s->handshake);
    free(s);
}

/* Forgets a WebSocket, which then ends by itself. */
static void let_go(const struct eio_server *e, struct ws_conn **conn)
{
    if (*conn == NULL)
        return;
    ws_set_data(*conn, NULL);
    if (!e->freed)
        ws_close(*conn, 1005, NULL);            /* the reference's close frames have no code        */
    *conn = NULL;
}

void eio_session_end(struct eio_session *s, enum eio_reason reason)
{
    struct eio_server *e = s->server;

    if (s->state == EIO_CLOSED)
        return;
    session_become(s, EIO_CLOSED);
    if (!s->closing)
        s->reason = reason;
    (void)map_remove(&e->sessions, map_key(s->sid));
    eio_timer_stop(e, &s->beat);
    eio_timer_stop(e, &s->limit);
    let_go(e, &s->probe);
    let_go(e, &s->conn);
    eio_session_dirty(s);
}

void eio_session_close(struct eio_session *s, enum eio_reason reason)
{
    struct eio_server *e = s->server;

    if (s->state == EIO_CLOSED || s->closing)
        return;
    if (s->transport != &eio_polling_transport) {
        eio_session_end(s, reason);             /* the close frame goes behind what is queued       */
        return;
    }
    s->closing = true;
    s->reason = reason;
    eio_timer_stop(e, &s->beat);
    eio_timer_set(e, &s->limit, eio_now(e) + e->options.ws.close_timeout_ms);
    eio_session_dirty(s);
}

void eio_session_dirty(struct eio_session *s)
{
    if (!list_linked(&s->in_dirty))
        list_push(&s->server->dirty, &s->in_dirty);
}

void eio_session_flush(struct eio_session *s)
{
    const struct eio_handlers *handlers = &s->server->handlers;

    if (s->state != EIO_CLOSED) {
        s->transport->flush(s);
        return;
    }
    eio_polling_leave(s);
    if (s->opened && handlers->on_close != NULL)
        handlers->on_close(s, s->reason);
    eio_session_free(s);
}

void eio_session_drained(struct eio_session *s)
{
    if (s->state != EIO_CLOSED && s->server->handlers.on_drained != NULL)
        s->server->handlers.on_drained(s);
}

/* Heartbeat. */

static void send_ping(struct eio_session *s, int64_t now_ms)
{
    int64_t due_ms = s->beat.entry.due_ms + s->server->options.ping_timeout_ms;

    s->pinged = true;
    s->extended = false;
    if (due_ms <= now_ms)                       /* the loop itself was late: not the client's fault */
        due_ms = now_ms + s->server->options.ping_timeout_ms;
    eio_timer_set(s->server, &s->beat, due_ms);
    (void)s->transport->send(s, s->server->ping, 0);
}

/* Also for input between two ticks: at interval + timeout without a pong it is over, not a moment later. But
 * a loop that is late itself first reads what came in time. */
void eio_session_clock(struct eio_session *s)
{
    int64_t now_ms = eio_now(s->server);

    if (s->state == EIO_CLOSED || s->closing || now_ms < s->beat.entry.due_ms)
        return;
    if (s->pinged && eio_is_late(s->server))
        eio_timer_set(s->server, &s->beat, now_ms + 1);
    else if (s->pinged)
        eio_session_end(s, EIO_PING_TIMEOUT);
    else
        send_ping(s, now_ms);
}

/* The next ping counts from here: pings are on no grid. */
void eio_session_pong(struct eio_session *s)
{
    if (s->state == EIO_CLOSED || s->closing)
        return;
    s->pinged = false;
    eio_timer_set(s->server, &s->beat, eio_now(s->server) + s->server->options.ping_interval_ms);
}

/* Who sends is alive, though its pong may stand behind a big message: it gets the time once more. */
static void extend(struct eio_session *s)
{
    if (!s->pinged || s->extended)
        return;
    s->extended = true;
    eio_timer_set(s->server, &s->beat, eio_now(s->server) + s->server->options.ping_timeout_ms);
}

void eio_session_receive(struct eio_session *s, const struct eio_packet *packet)
{
    if (s->state == EIO_CLOSED || s->closing)
        return;
    if (packet->type == EIO_PONG) {
        eio_session_pong(s);
        return;
    }
    extend(s);
    if (packet->type == EIO_MESSAGE && s->server->handlers.on_message != NULL)
        s->server->handlers.on_message(s, packet->kind, packet->data);
    else if (packet->type == EIO_CLOSE)
        eio_session_end(s, EIO_TRANSPORT_CLOSE);
    else if (packet->type == EIO_PING)
        eio_session_end(s, EIO_TRANSPORT_ERROR);        /* the heartbeat goes the other way         */
}

/* The upgrade. */

int eio_session_probe(struct eio_session *s, struct ws_conn *conn)
{
    if (s->state != EIO_OPEN || s->transport != &eio_polling_transport)
        return -EBUSY;
    session_become(s, EIO_PROBING);
    s->probe = conn;
    s->probed = false;
    ws_limit(conn, s->message_max);
    if (!s->closing)
        eio_timer_set(s->server, &s->limit, eio_now(s->server) + s->server->options.upgrade_timeout_ms);
    return 0;
}

void eio_session_unprobe(struct eio_session *s)
{
    if (s->state != EIO_PROBING)
        return;
    session_become(s, EIO_OPEN);
    s->probed = false;
    let_go(s->server, &s->probe);
    if (!s->closing)
        eio_timer_stop(s->server, &s->limit);
}

/* Moves what no poll has taken, in order. One that cannot go ends the connection, and so the session. */
static void move_queue(struct eio_session *s)
{
    struct eio_waiting waiting;

    while (eio_polling_shift(&s->polling, &waiting)) {
        int err = s->conn == NULL ? 0 : eio_websocket_push(s->conn, waiting.message, waiting.plain);

        ws_message_drop(waiting.message);
        if (err)
            eio_session_end(s, EIO_TRANSPORT_ERROR);
    }
    eio_polling_finish(&s->polling);
}

void eio_session_upgrade(struct eio_session *s)
{
    assert(s->state == EIO_PROBING);
    session_become(s, EIO_OPEN);
    s->transport = &eio_websocket_transport;
    s->conn = s->probe;
    s->probe = NULL;
    s->probed = false;
    s->upgraded = true;
    s->turn = s->server->turn;
    s->behind = false;
    eio_polling_noop(s);
    move_queue(s);
    if (s->closing) {
        eio_session_end(s, s->reason);
        return;
    }
    if (s->state == EIO_CLOSED)
        return;
    eio_timer_stop(s->server, &s->limit);
    if (s->server->handlers.on_upgrade != NULL)
        s->server->handlers.on_upgrade(s);
}
