/* eio_websocket.c - packets are WebSocket messages; a session's first one may be a probe. */
#include "eio_websocket.h"

#include <assert.h>
#include <string.h>

#include "eio_session.h"
#include "ws_conn.h"

static bool is_text(enum ws_type type, struct ws_bytes bytes, const char *wanted)
{
    return type == WS_TEXT && bytes.size == strlen(wanted) && memcmp(bytes.at, wanted, bytes.size) == 0;
}

/* On the probe: the client's two steps, and a pong for a ping that went out by polling. All else ends it. */
static void receive_probe(struct eio_session *s, enum ws_type type, struct ws_bytes bytes)
{
    if (is_text(type, bytes, "2probe")) {
        if (ws_send(s->probe, WS_TEXT, WS_LITERAL("3probe")) != 0) {
            eio_session_unprobe(s);             /* sooner than the client would give up             */
            return;
        }
        s->probed = true;
        eio_session_dirty(s);
    } else if (is_text(type, bytes, "5")) {
        eio_session_upgrade(s);
    } else if (type == WS_TEXT && bytes.size > 0 && *(const char *)bytes.at == EIO_PONG) {
        eio_session_pong(s);
    } else {
        eio_session_unprobe(s);
    }
}

/* The library decodes base64 in place, and what a WebSocket lends is not to be written to. */
static int decode_base64(struct eio_session *s, struct ws_bytes bytes, struct eio_packet *packet)
{
    struct buf *scratch = &s->server->payload;
    int err;

    buf_clear(scratch);
    err = buf_add(scratch, bytes.at, bytes.size);
    return err != 0 ? err : eio_packet_decode((char *)scratch->at, scratch->size, packet);
}

static void receive_packet(struct eio_session *s, enum ws_type type, struct ws_bytes bytes)
{
    struct eio_packet packet = { EIO_MESSAGE, WS_BINARY, bytes };
    int err = 0;

    if (type == WS_TEXT && bytes.size > 0 && *(const char *)bytes.at == EIO_BASE64)
        err = decode_base64(s, bytes, &packet);
    else if (type == WS_TEXT)
        err = eio_packet_decode((char *)(uintptr_t)bytes.at, bytes.size, &packet);  /* writes nothing */

    if (err)
        eio_session_end(s, EIO_PARSE_ERROR);
    else
        eio_session_receive(s, &packet);
    buf_clear(&s->server->payload);             /* s stands until the next tick                     */
}

static void on_message(struct ws_conn *conn, enum ws_type type, struct ws_bytes bytes)
{
    struct eio_session *s = ws_data(conn);

    assert(s != NULL);                          /* one that was let go is closing, and hears nothing */
    eio_session_clock(s);
    if (s->state == EIO_CLOSED)
        return;
    if (conn == s->probe)
        receive_probe(s, type, bytes);
    else
        receive_packet(s, type, bytes);
}

static void on_drained(struct ws_conn *conn)
{
    struct eio_session *s = ws_data(conn);

    if (s != NULL && conn == s->conn)
        eio_session_drained(s);
}

/* Codes of our own side mean that the peer broke a rule; all else is a transport that closed. */
static enum eio_reason reason_of(int code)
{
    return code == 1002 || code == 1007 || code == 1009 ? EIO_TRANSPORT_ERROR : EIO_TRANSPORT_CLOSE;
}

static void on_close(struct ws_conn *conn, int code, struct ws_bytes reason)
{
    struct eio_session *s = ws_data(conn);

    (void)reason;
    if (s == NULL)
        return;
    ws_set_data(conn, NULL);
    if (conn == s->probe) {
        s->probe = NULL;
        eio_session_unprobe(s);
    } else {
        s->conn = NULL;
        eio_session_end(s, reason_of(code));
    }
}

const struct ws_handlers eio_websocket_handlers = {
    .on_message = on_message, .on_drained = on_drained, .on_close = on_close,
};

/* The transport. */

int eio_websocket_push(struct ws_conn *conn, struct ws_message *message, bool plain)
{
    return plain ? ws_share_plain(conn, message) : ws_share(conn, message);
}

/* Is nothing left of what earlier turns sent? What this turn has sent leaves together. */
static bool websocket_ready(struct eio_session *s)
{
    if (s->turn != s->server->turn) {
        s->turn = s->server->turn;
        s->behind = ws_unsent(s->conn) > 0;
    }
    return !s->behind;
}

static int websocket_send(struct eio_session *s, struct ws_message *message, unsigned flags)
{
    (void)websocket_ready(s);                   /* looks before this message counts as unsent       */
    return eio_websocket_push(s->conn, message, (flags & EIO_PLAIN) != 0);
}

static void websocket_flush(struct eio_session *s)
{
    (void)s;                                    /* the host was woken, and takes the output itself  */
}

static size_t websocket_unsent(const struct eio_session *s)
{
    return s->conn == NULL ? 0 : ws_unsent(s->conn);
}

const struct eio_transport eio_websocket_transport = {
    .name = "websocket", .ready = websocket_ready, .send = websocket_send, .flush = websocket_flush,
    .unsent = websocket_unsent,
};
