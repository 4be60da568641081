/* http_conn.c - the life of the requests of one connection.
 *
 * reading -> (head) open -> (end) whole -> (reply) replied -> reading. The reply may come before the end;
 * what is left of the body is then read and dropped if it is short, else the connection ends. While a request
 * is whole but not replied to its end, what comes behind it is kept in `ahead`. Nothing moves on inside a
 * reply: the caller may still look at its request. */
#include "http_conn.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "http_inside.h"
#include "net_world.h"

enum { OUT_MAX = 262144 };                      /* unsent; past it no further request is read       */

/* Reading. */

static void begin(struct http_conn *h, bool body_is_here)
{
    const struct http_head *head = http_parser_head(h->parser);
    struct ws_request request = {
        .method = head->method, .path = head->target, .query = head->query, .address = h->address,
        .headers = head->headers, .secure = http_is_secure(h, head->headers),
    };

    h->open = true;
    h->timed = false;
    h->serial = ++h->site->net->serials;
    http_find_client(h, head->headers);
    if (head->length != 0)
        conn_expect(h->conn, CONN_BODY);
    h->site->begin(h->site->data, h, &request, head);
    if (h->left)
        return;
    assert(h->replied || h->sink != NULL);
    if (head->expects && head->length != 0 && !h->replied && !body_is_here) {
        static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

        if (http_out_add(&h->out, (struct ws_bytes){ go_on, sizeof go_on - 1 }) != 0)
            conn_cut(h->conn);
        conn_wake(h->conn);
    }
}

static void end_of_request(struct http_conn *h)
{
    h->whole = true;
    conn_expect(h->conn, CONN_FOREVER);
    if (!h->replied)
        h->sink->end(h->sink_data);
}

static void next_request(struct http_conn *h)
{
    assert(h->open && h->whole && h->replied && h->sink == NULL);

    h->open = h->whole = h->replied = h->timed = false;
    h->serial = 0;
    h->handle = NULL;
    h->id[0] = '\0';
    buf_finish(&h->body);
    http_parser_next(h->parser);
    conn_expect(h->conn, CONN_IDLE);
}

/* All that there is to say to it is in the queue. */
static bool is_answered(const struct http_conn *h)
{
    return h->replied && h->source == NULL;
}

static bool is_blocked(const struct http_conn *h)
{
    return conn_is_ending(h->conn) || (h->whole && !is_answered(h)) || h->out.size > OUT_MAX;
}

static void keep_ahead(struct http_conn *h, const char *at, size_t size)
{
    if (size == 0 || conn_is_ending(h->conn))
        return;
    if (buf_add(&h->ahead, at, size) != 0) {
        conn_cut(h->conn);
        return;
    }
    if (h->ahead.size >= h->site->net->limits.ahead_max)
        conn_pause(h->conn, true);
}

/* Handles one event; false: nothing more can be done now. */
static bool step(struct http_conn *h, const char **at, size_t *size)
{
    struct ws_bytes piece;

    switch (http_parser_step(h->parser, at, size, &piece)) {
    case REQUEST_HEAD:
        begin(h, *size > 0);
        return !h->left;
    case REQUEST_BODY:
        if (!h->replied)
            h->sink->body(h->sink_data, piece);
        return true;
    case REQUEST_END:
        end_of_request(h);
        return true;
    case REQUEST_REFUSED:
        if (h->open && !h->replied && h->sink != NULL)
            h->sink->lost(h->sink_data);
        h->sink = NULL;
        if (h->open && h->replied)
            conn_end(h->conn);
        else
            http_refuse(h, http_parser_status(h->parser), http_parser_reason(h->parser));
        return false;
    default:
        if (!h->open && !h->timed && !http_parser_is_idle(h->parser)) {
            h->timed = true;
            conn_expect(h->conn, CONN_HEAD);
        }
        return false;
    }
}

static void free_all(struct http_conn *h)
{
    http_parser_free(h->parser);
    http_out_finish(&h->out);
    buf_finish(&h->body);
    buf_finish(&h->ahead);
    free(h);
}

/* After an upgrade the rest belongs to the new owner, and `h` is gone: false. */
static bool take(struct http_conn *h, char *bytes, size_t size)
{
    const char *at = bytes, *end = bytes + size;

    do {
        if (h->whole && is_answered(h) && !conn_is_ending(h->conn))
            next_request(h);
        if (is_blocked(h)) {
            keep_ahead(h, at, size);
            return true;
        }
    } while (step(h, &at, &size));

    if (!h->left)
        return true;
    struct conn *c = h->conn;
    free_all(h);
    if (size > 0)
        conn_receive(c, bytes + (at - bytes), size);
    assert(at + size == end);
    return false;
}

static void on_receive(void *peer, char *at, size_t size)
{
    struct http_conn *h = peer;

    if (h->ahead.size > 0)
        keep_ahead(h, at, size);                /* behind what waits already                        */
    else
        (void)take(h, at, size);
}

/* Goes on with what waited; false: upgraded. */
static bool take_ahead(struct http_conn *h)
{
    struct buf ahead = h->ahead;
    bool ours;

    if (ahead.size == 0 || is_blocked(h))
        return true;
    buf_init(&h->ahead, (int64_t)ahead.size_max);
    ours = take(h, (char *)ahead.at, ahead.size);
    buf_finish(&ahead);
    if (ours && h->ahead.size < h->site->net->limits.ahead_max)
        conn_pause(h->conn, false);
    return ours;
}

static int on_output(void *peer, struct ws_bytes *parts, int parts_max)
{
    struct http_conn *h = peer;

    http_stream_ask(h);
    if (h->whole && is_answered(h) && !conn_is_ending(h->conn))
        next_request(h);
    if (!take_ahead(h))
        return 0;
    if (h->peer_ended && !h->open && h->ahead.size == 0)
        conn_end(h->conn);
    return http_out_parts(&h->out, parts, parts_max);
}

static void on_sent(void *peer, size_t size)
{
    struct http_conn *h = peer;
    bool was_full = h->out.size > OUT_MAX;

    http_out_sent(&h->out, size);
    if ((was_full && h->out.size <= OUT_MAX) || (h->source != NULL && h->out.size < HTTP_STREAM_LOW))
        conn_wake(h->conn);
}

/* Ending. */

static void lose(struct http_conn *h)
{
    const struct http_sink *sink = h->sink;

    h->sink = NULL;
    h->serial = 0;
    if (sink != NULL)
        sink->lost(h->sink_data);
    http_stream_end(h);
}

/* A client that sent its end may still read: what was asked of handlers is answered. A stream is cut by it:
 * a polling client that leaves must be seen at once. */
static void on_ended(void *peer)
{
    struct http_conn *h = peer;

    h->peer_ended = true;
    if (h->open && !h->replied && (!h->whole || h->sink != &http_collector)) {
        lose(h);
        conn_cut(h->conn);
    } else if (!h->open || h->replied)
        conn_wake(h->conn);
}

static void on_expired(void *peer, enum conn_wait wait)
{
    struct http_conn *h = peer;

    if (wait == CONN_IDLE || (wait == CONN_HEAD && http_parser_is_idle(h->parser))) {
        conn_end(h->conn);
        return;
    }
    lose(h);
    if (h->replied)
        conn_end(h->conn);
    else
        http_refuse(h, 408, "The request did not come in time.");
}

static void on_lost(void *peer)
{
    struct http_conn *h = peer;

    lose(h);
    free_all(h);
}

const struct conn_owner http_owner = {
    .receive = on_receive, .ended = on_ended, .output = on_output, .sent = on_sent, .expired = on_expired,
    .lost = on_lost,
};

struct conn *http_conn_leave(struct http_conn *h)
{
    assert(h->open && !h->replied && h->sink == NULL);
    if (h->out.size > 0)
        return NULL;
    h->left = true;
    conn_expect(h->conn, CONN_FOREVER);
    conn_pause(h->conn, false);                 /* what came ahead is handed over with it           */
    return h->conn;
}

void http_conn_drain(struct conn *c)
{
    struct http_conn *h = conn_peer(c, &http_owner);

    if (h != NULL && !h->open)
        conn_end(c);
}

int http_conn_new(const struct http_site *site, struct conn *c)
{
    struct http_conn *h = calloc(1, sizeof *h);

    if (h != NULL)
        h->parser = http_parser_new(&site->net->limits);
    if (h == NULL || h->parser == NULL) {
        free(h);
        conn_cut(c);
        return -ENOMEM;
    }
    h->site = site;
    h->conn = c;
    buf_init(&h->body, 0);
    buf_init(&h->ahead, BUF_NO_LIMIT);          /* reading pauses at ahead_max                      */
    http_out_init(&h->out);
    conn_own(c, &http_owner, h);
    h->timed = true;                            /* the first head is due from now on                */
    conn_expect(c, CONN_HEAD);
    return 0;
}
