/* http_answer.c - a request for those who handle it whole, and the one reply it gets: at once, or later by
 * its ticket. */
#include <assert.h>
#include <errno.h>
#include <openssl/rand.h>
#include <string.h>

#include "http_inside.h"
#include "net_world.h"
#include "url.h"

enum { TARGET_MAX = 16384 };                    /* of all limits that can be set                    */

/* Requests. */

static void make_id(struct http_conn *h)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char random[HTTP_ID_SIZE] = { 0 };

    (void)RAND_bytes(random, sizeof random);    /* a name, not a secret                             */
    for (int i = 0; i < HTTP_ID_SIZE; i++)
        h->id[i] = letters[random[i] % 62];
    h->id[HTTP_ID_SIZE] = '\0';
}

static const char *header(const struct ws_header *headers, const char *name)
{
    for (; headers->name != NULL; headers++)
        if (*headers->name == *name && strcmp(headers->name, name) == 0)
            return headers->value;
    return NULL;
}

/* All X-Forwarded-For lines as one list; one that is too long to be true is no list. */
void http_find_client(struct http_conn *h, const struct ws_header *headers)
{
    struct buf list;
    int err = 0;

    buf_init(&list, 1024);
    for (; headers->name != NULL; headers++)
        if (err == 0 && *headers->name == 'x' && strcmp(headers->name, "x-forwarded-for") == 0)
            err = buf_printf(&list, list.size > 0 ? ",%s" : "%s", headers->value);
    if (err == 0 && list.size > 0)
        err = buf_add_byte(&list, '\0');
    proxies_client(h->site->proxies, conn_address(h->conn),
                   err == 0 && list.size > 0 ? (char *)list.at : NULL, h->address);
    buf_finish(&list);
}

bool http_is_secure(const struct http_conn *h, const struct ws_header *headers)
{
    const char *scheme = header(headers, "x-forwarded-proto");

    if (scheme != NULL && proxies_trust(h->site->proxies, conn_address(h->conn)))
        return strcmp(scheme, "https") == 0;
    return conn_is_secure(h->conn);
}

static int make_request(const struct http_conn *h, char *path, size_t path_size,
                        struct sio_http_request *ret_request)
{
    const struct http_head *head = http_parser_head(h->parser);
    int size = url_path_decode(head->target, path, path_size);

    if (size < 0)
        return size;
    *ret_request = (struct sio_http_request){
        .ticket = { h->site->net, h->serial, conn_slot(h->conn) },
        .id = h->id, .method = head->method, .path = path, .query = head->query, .address = h->address,
        .headers = head->headers, .body = buf_bytes(&h->body), .secure = http_is_secure(h, head->headers),
    };
    return 0;
}

const char *sio_http_header(const struct sio_http_request *r, const char *name_lower)
{
    return header(r->headers, name_lower);
}

/* Replies. */

bool http_is_last(const struct http_conn *h)
{
    const struct http_head *head = http_parser_head(h->parser);

    if (!head->keep_alive || h->site->draining || h->peer_ended)
        return true;
    return !h->whole && (head->expects || head->length < 0 || head->length > HTTP_DROP_MAX);
}

static void tell_replied(struct http_conn *h, int status, size_t body_size)
{
    struct sio_http_request request;
    char path[TARGET_MAX];

    if (h->site->replied != NULL && h->handle != NULL && make_request(h, path, sizeof path, &request) == 0)
        h->site->replied(h->site->app, &request, status, body_size);
}

static size_t size_of(const struct ws_bytes *parts, int count)
{
    size_t size = 0;

    for (int i = 0; i < count; i++)
        size += parts[i].size;
    return size;
}

/* There is no memory for an answer. */
static int give_up(struct http_conn *h, int err)
{
    h->replied = true;
    h->sink = NULL;
    conn_cut(h->conn);
    return err;
}

int http_reply_as(struct http_conn *h, struct http_form *form, const struct ws_bytes *parts, int count)
{
    int err;

    assert(h->open && !h->replied);
    form->always = h->site->headers;
    form->head_only = strcmp(http_parser_head(h->parser)->method, "HEAD") == 0;
    form->last = http_is_last(h);
    err = http_out_reply(&h->out, form, parts, count);
    if (err)
        return give_up(h, err);
    h->replied = true;
    h->sink = NULL;
    tell_replied(h, form->status, form->length > 0 ? (size_t)form->length : size_of(parts, count));
    if (form->last && h->source == NULL)
        conn_end(h->conn);
    conn_wake(h->conn);
    return 0;
}

static int reply(struct http_conn *h, int status, const struct ws_header *headers,
                 const struct ws_bytes *parts, int count, bool lent)
{
    struct http_form form = { .status = status, .headers = headers, .lent = lent };

    return http_reply_as(h, &form, parts, count);
}

void http_conn_reply(struct http_conn *h, int status, const struct ws_header *headers,
                     const struct ws_bytes *parts, int parts_count)
{
    (void)reply(h, status, headers, parts, parts_count, false);     /* -ENOMEM: the connection is cut */
}

enum { PROBLEM_HEADERS_MAX = 16 };

static int problem(struct http_conn *h, int status, const char *code, const char *detail, const char *id,
                   const struct ws_header *headers)
{
    struct ws_header all[PROBLEM_HEADERS_MAX] = {
        { "Content-Type", "application/problem+json" }, { "Cache-Control", "no-store" },
    };
    struct ws_bytes bytes;
    struct buf body;
    int err, count = 2;

    for (; headers != NULL && headers->name != NULL && count < PROBLEM_HEADERS_MAX - 1; headers++)
        all[count++] = *headers;
    buf_init(&body, BUF_NO_LIMIT);
    err = http_problem_write(&body, status, code, detail, id);
    bytes = buf_bytes(&body);
    err = err == 0 ? reply(h, status, all, &bytes, 1, false) : give_up(h, err);
    buf_finish(&body);
    return err;
}

void http_conn_problem(struct http_conn *h, int status, const char *detail, const struct ws_header *headers)
{
    if (h->id[0] == '\0')
        make_id(h);
    (void)problem(h, status, NULL, detail, h->id, headers);
}

/* Nobody knows where the next request would begin. */
void http_refuse(struct http_conn *h, int status, const char *reason)
{
    static const struct ws_header headers[] = {
        { "Content-Type", "application/problem+json" }, { NULL, NULL },
    };
    struct http_form form = {
        .status = status, .always = h->site->headers, .headers = headers, .last = true,
    };
    struct ws_bytes bytes;
    struct buf body;
    int err;

    make_id(h);
    net_fact(h->site->net, "http.refused", conn_address(h->conn), status);
    buf_init(&body, BUF_NO_LIMIT);
    err = http_problem_write(&body, status, NULL, reason, h->id);
    bytes = buf_bytes(&body);
    if (err == 0)
        err = http_out_reply(&h->out, &form, &bytes, 1);
    buf_finish(&body);
    if (err)
        conn_cut(h->conn);
    else
        conn_end(h->conn);
}

/* The sinks: none, one that collects, one of the site's. */

void http_conn_stream(struct http_conn *h, const struct http_sink *sink, void *data)
{
    assert(h->open && !h->replied && h->sink == NULL);
    h->sink = sink;
    h->sink_data = data;
}

static const char too_large[] = "The body is too large.";

static void collect_body(void *data, struct ws_bytes piece)
{
    struct http_conn *h = data;
    size_t room = h->site->net->limits.body_max - h->body.size;
    int err = piece.size > room ? -EMSGSIZE : buf_add(&h->body, piece.at, piece.size);

    if (err)
        http_conn_problem(h, err == -EMSGSIZE ? 413 : 503, err == -EMSGSIZE ? too_large : NULL, NULL);
}

static void collect_end(void *data)
{
    struct http_conn *h = data;
    struct sio_http_request request;
    char path[TARGET_MAX];
    int err = buf_add_byte(&h->body, '\0');     /* so that a text can be read as one                */

    if (err) {
        http_conn_problem(h, 503, NULL, NULL);
        return;
    }
    h->body.size--;
    if (make_request(h, path, sizeof path, &request) != 0)
        http_conn_problem(h, 400, "The path is malformed.", NULL);
    else
        h->handle(h->app, &request);
    buf_finish(&h->body);
}

static void collect_lost(void *data)
{
    (void)data;                                 /* its ticket is void, that is all                  */
}

const struct http_sink http_collector = { collect_body, collect_end, collect_lost };

void http_conn_collect(struct http_conn *h, void (*handle)(void *app, const struct sio_http_request *),
                       void *app)
{
    int64_t length = http_parser_head(h->parser)->length, most = (int64_t)h->site->net->limits.body_max;

    h->handle = handle;
    h->app = app;
    make_id(h);
    buf_init(&h->body, most + 1);               /* and a NUL                                        */
    if (length > most)
        http_conn_problem(h, 413, too_large, NULL);
    else
        http_conn_stream(h, &http_collector, h);
}

/* Replies by ticket. */

struct http_conn *http_find(struct sio_http_ticket t)
{
    struct conn *c = t.net != NULL ? conn_find(t.net, t.slot) : NULL;
    struct http_conn *h = c != NULL ? conn_peer(c, &http_owner) : NULL;

    return h != NULL && h->open && h->serial == t.serial ? h : NULL;
}

static int reply_to(struct sio_http_ticket t, int status, const struct ws_header *headers,
                    struct ws_bytes body, bool lent)
{
    struct http_conn *h = http_find(t);

    if (h == NULL)
        return -ECONNRESET;
    return h->replied ? -EALREADY : reply(h, status, headers, &body, 1, lent);
}

int sio_http_reply(struct sio_http_ticket t, int status, const struct ws_header *headers,
                   struct ws_bytes body)
{
    return reply_to(t, status, headers, body, false);
}

int sio_http_reply_lent(struct sio_http_ticket t, int status, const struct ws_header *headers,
                        struct ws_bytes body)
{
    return reply_to(t, status, headers, body, true);
}

int sio_http_problem(struct sio_http_ticket t, int status, const char *code, const char *detail,
                     const char *id, const struct ws_header *headers)
{
    struct http_conn *h = http_find(t);

    if (h == NULL)
        return -ECONNRESET;
    return h->replied ? -EALREADY : problem(h, status, code, detail, id, headers);
}

bool sio_http_waits(struct sio_http_ticket t)
{
    struct http_conn *h = http_find(t);

    return h != NULL && !h->replied;
}
