/* eio_request.c - the door: checks requests in the order of the reference, opens and finds sessions. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "eio_session.h"
#include "ws_conn.h"

struct door { struct eio_query query; struct eio_session *session; };

static bool speaks(const struct eio_server *e, const char *transport)
{
    return (strcmp(transport, "polling") == 0 && !e->options.no_polling)
           || (strcmp(transport, "websocket") == 0 && !e->options.no_websocket);
}

/* A session is only found while time has not ended it. */
static struct eio_session *session_find(struct eio_server *e, const char *sid)
{
    struct eio_session *s = eio_find(e, sid);

    if (s == NULL)
        return NULL;
    eio_session_clock(s);
    return s->state == EIO_CLOSED ? NULL : s;
}

/* The reference's order: transport, sid, what the session speaks, method. Upgrades, the application and the
 * revision of a handshake come after that. */
static enum eio_error check(struct eio_server *e, const struct ws_request *request, bool upgrade,
                            struct door *door)
{
    const struct eio_query *q = &door->query;

    eio_query_read(request->query, &door->query);
    door->session = NULL;
    if (!speaks(e, q->transport))
        return EIO_BAD_TRANSPORT;
    if (q->sid[0] == '\0')
        return strcmp(request->method, "GET") == 0 ? EIO_OK : EIO_BAD_METHOD;

    door->session = session_find(e, q->sid);
    if (door->session == NULL)
        return EIO_BAD_SID;
    if (!upgrade && strcmp(q->transport, door->session->transport->name) != 0)
        return EIO_BAD_REQUEST;
    return strcmp(q->revision, "4") == 0 ? EIO_OK : EIO_BAD_REQUEST;
}

/* What is left to ask before a new session. */
static enum eio_error check_handshake(const struct eio_server *e, const struct ws_request *request,
                                      const struct door *door)
{
    const struct eio_options *o = &e->options;
    int err = e->handlers.allow != NULL ? e->handlers.allow(e->app, request) : 0;

    if (err)
        return err == -EBUSY ? EIO_BUSY : EIO_FORBIDDEN;
    if (strcmp(door->query.revision, "4") != 0)
        return EIO_BAD_REVISION;
    if (e->closed || (o->sessions_max != -1 && e->sessions.size >= (size_t)o->sessions_max))
        return EIO_BUSY;
    return EIO_OK;
}

static void add_cookie(const struct eio_server *e, const struct ws_request *request, const char *sid,
                       struct eio_headers *headers)
{
    char value[EIO_SID_MAX + 128];

    if (e->options.cookie == NULL)
        return;
    (void)snprintf(value, sizeof value, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s", e->options.cookie, sid,
                   request->secure ? "; Secure" : "");
    eio_header_add(headers, "Set-Cookie", value);
}

/* Polling. */

/* The open packet is the whole reply; what on_open sends comes with the first poll. */
static void open_polling(struct eio_server *e, const struct ws_request *request, void *peer)
{
    struct eio_session *s = eio_session_new(e, request, &eio_polling_transport);
    struct eio_headers headers;

    if (s == NULL || eio_session_opening(s, &e->payload) != 0) {
        eio_reply_error(e, request, peer, EIO_BUSY);
        if (s != NULL)
            eio_session_end(s, EIO_TRANSPORT_ERROR);    /* unheard: it was not open yet             */
        return;
    }
    eio_headers_begin(&headers, e, request);
    add_cookie(e, request, s->sid, &headers);
    eio_reply(e, peer, &headers, 200, "text/plain; charset=UTF-8", buf_bytes(&e->payload));
    buf_clear(&e->payload);
    eio_session_opened(s, request);
}

struct eio_request *eio_begin(struct eio_server *e, const struct ws_request *request, void *peer)
{
    bool allowed = ws_origin_allowed(&e->options.ws, request);
    struct door door;
    enum eio_error error;

    if (strcmp(request->method, "OPTIONS") == 0 && allowed) {
        eio_reply_options(e, request, peer);
        return NULL;
    }
    error = check(e, request, false, &door);
    if (error == EIO_OK && door.session == NULL && strcmp(door.query.transport, "websocket") == 0)
        error = EIO_BAD_REQUEST;                /* a WebSocket without its upgrade                  */
    if (error == EIO_OK && !allowed)
        error = EIO_FORBIDDEN;
    if (error == EIO_OK && door.session == NULL)
        error = check_handshake(e, request, &door);

    if (error != EIO_OK)
        eio_reply_error(e, request, peer, error);
    else if (door.session == NULL)
        open_polling(e, request, peer);
    else if (strcmp(door.query.transport, "polling") != 0)
        eio_reply_error(e, request, peer, EIO_BAD_REQUEST);
    else if (strcmp(request->method, "GET") == 0)
        return eio_polling_get(door.session, request, peer);
    else if (strcmp(request->method, "POST") == 0)
        return eio_polling_post(door.session, request, peer);
    else
        eio_reply_error(e, request, peer, EIO_BAD_REQUEST);
    return NULL;
}

/* WebSocket. */

static struct ws_conn *refuse(struct eio_server *e, const struct ws_request *request, void *peer, int status,
                              const char *text)
{
    struct eio_headers headers;
    struct ws_conn *conn = NULL;

    eio_headers_begin(&headers, e, request);
    eio_header_add(&headers, "Content-Type", "text/html");
    if (buf_add_byte(&headers.lines, '\0') == 0)
        conn = ws_refuse(e->websockets, peer, status, (const char *)headers.lines.at,
                         (struct ws_bytes){ text, strlen(text) });
    eio_headers_finish(&headers);
    return conn;
}

static struct ws_conn *accept_lines(struct eio_server *e, const struct ws_request *request, void *peer,
                                    const char *sid)
{
    struct eio_headers headers;
    struct ws_conn *conn = NULL;

    buf_init(&headers.lines, 8192);
    if (e->handlers.on_headers != NULL)
        e->handlers.on_headers(e->app, request, &headers);
    if (sid != NULL)
        add_cookie(e, request, sid, &headers);
    if (buf_add_byte(&headers.lines, '\0') == 0)
        conn = ws_accept(e->websockets, request, peer, (const char *)headers.lines.at);
    eio_headers_finish(&headers);
    return conn;
}

static int send_opening(struct eio_server *e, struct eio_session *s)
{
    int err = eio_session_opening(s, &e->payload);

    if (err == 0)
        err = ws_send(s->conn, WS_TEXT, buf_bytes(&e->payload));
    buf_clear(&e->payload);
    return err;
}

/* The session comes first, as its sid may stand in the answer. */
static struct ws_conn *open_websocket(struct eio_server *e, const struct ws_request *request, void *peer)
{
    struct eio_session *s = eio_session_new(e, request, &eio_websocket_transport);
    struct ws_conn *conn = s == NULL ? NULL : accept_lines(e, request, peer, s->sid);

    if (conn == NULL) {
        if (s != NULL)
            eio_session_end(s, EIO_TRANSPORT_ERROR);    /* unheard: it was not open yet             */
        return NULL;
    }
    s->conn = conn;
    ws_set_data(conn, s);
    if (send_opening(e, s) == 0)
        eio_session_opened(s, request);
    else
        eio_session_end(s, EIO_TRANSPORT_ERROR);
    return conn;
}

/* A session that upgrades, or has done so, takes no other WebSocket: as in the reference, it is closed. */
static struct ws_conn *probe_websocket(struct eio_server *e, struct eio_session *s,
                                       const struct ws_request *request, void *peer)
{
    struct ws_conn *conn = accept_lines(e, request, peer, NULL);

    if (conn == NULL)
        return NULL;
    ws_set_data(conn, s);
    if (eio_session_probe(s, conn) != 0) {
        ws_set_data(conn, NULL);
        ws_close(conn, 1005, NULL);
    }
    return conn;
}

/* May a WebSocket ask for this session? Not for one that was born on one: there is no upgrade from there. */
static bool may_upgrade(const struct eio_server *e, const struct eio_session *s)
{
    return !e->options.no_upgrade && (s->transport == &eio_polling_transport || s->upgraded);
}

/* The reference refuses every upgrade with 400, whatever the reason, and the reason's text. What it does not
 * know (foreign pages, a full server, broken handshakes) has a status of its own. */
struct ws_conn *eio_websocket(struct eio_server *e, const struct ws_request *request, void *peer)
{
    struct door door;
    enum eio_error error = check(e, request, true, &door);
    int status;

    if (error == EIO_OK && strcmp(door.query.transport, "websocket") != 0)
        error = EIO_BAD_REQUEST;
    if (error == EIO_OK && door.session != NULL && !may_upgrade(e, door.session))
        error = EIO_BAD_REQUEST;
    if (error != EIO_OK)
        return refuse(e, request, peer, 400, eio_error_text(error));

    status = ws_check(e->websockets, request);
    if (status != 101)
        return refuse(e, request, peer, status, status == 403 ? "Forbidden" : "Bad request");
    if (door.session != NULL)
        return probe_websocket(e, door.session, request, peer);

    error = check_handshake(e, request, &door);
    if (error != EIO_OK)
        return refuse(e, request, peer, error == EIO_BUSY ? 503 : 400, eio_error_text(error));
    return open_websocket(e, request, peer);
}
