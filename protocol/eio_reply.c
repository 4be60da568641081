/* eio_reply.c - HTTP replies: CORS, the application's headers, the errors of the reference. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "eio_server.h"
#include "ws_conn.h"

enum { LINES_MAX = 8192, ROWS_MAX = 48 };

static bool is_clean(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    return true;
}

void eio_header_add(struct eio_headers *headers, const char *name, const char *value)
{
    const char *const line[] = { name, ": ", value, "\r\n", NULL };

    if (*name != '\0' && is_clean(name) && is_clean(value))
        (void)buf_add_texts(&headers->lines, line);     /* past the limit: left out                 */
}

void eio_headers_finish(struct eio_headers *headers)
{
    buf_finish(&headers->lines);
}

static bool lets_in_any(const struct ws_options *options)
{
    for (const char *const *origin = options->origins; origin != NULL && *origin != NULL; origin++)
        if (strcmp(*origin, "*") == 0)
            return true;
    return false;
}

/* Without origins only pages of our own host come in, and those need no CORS. */
static void add_cors(struct eio_headers *headers, const struct eio_server *e,
                     const struct ws_request *request)
{
    const char *origin = ws_request_header(request, "origin");

    if (e->options.ws.origins == NULL)
        return;
    if (lets_in_any(&e->options.ws) && !e->options.credentials) {
        eio_header_add(headers, "Access-Control-Allow-Origin", "*");
        return;
    }
    eio_header_add(headers, "Vary", "Origin");
    if (origin == NULL || !ws_origin_allowed(&e->options.ws, request))
        return;
    eio_header_add(headers, "Access-Control-Allow-Origin", origin);
    if (e->options.credentials)
        eio_header_add(headers, "Access-Control-Allow-Credentials", "true");
}

void eio_headers_begin(struct eio_headers *headers, const struct eio_server *e,
                       const struct ws_request *request)
{
    buf_init(&headers->lines, LINES_MAX);
    add_cors(headers, e, request);
    if (e->handlers.on_headers != NULL)
        e->handlers.on_headers(e->app, request, headers);
}

/* Makes rows of lines where they stand. */
static int lines_to_rows(struct buf *lines, struct ws_header *rows, int count, int max)
{
    char *at = (char *)lines->at, *end = at;

    if (lines->size > 0)                        /* without a line there is no memory to point into   */
        end += lines->size;
    while (at < end && count < max) {
        char *colon = memchr(at, ':', (size_t)(end - at));
        char *stop = memchr(at, '\r', (size_t)(end - at));

        assert(colon != NULL && stop != NULL && colon < stop);
        *colon = *stop = '\0';
        rows[count++] = (struct ws_header){ at, colon + 2 };
        at = stop + 2;
    }
    return count;
}

void eio_reply(const struct eio_server *e, void *peer, struct eio_headers *headers, int status,
               const char *type, struct ws_bytes body)
{
    struct ws_header rows[ROWS_MAX] = { { "Cache-Control", "no-store" } };
    struct eio_reply reply = { .status = status, .headers = rows, .parts = &body,
                               .parts_count = body.size > 0 ? 1 : 0 };
    int count = 1;

    if (type != NULL)
        rows[count++] = (struct ws_header){ "Content-Type", type };
    count = lines_to_rows(&headers->lines, rows, count, ROWS_MAX - 1);
    rows[count] = (struct ws_header){ NULL, NULL };
    e->host.reply(peer, &reply);
    eio_headers_finish(headers);
}

static const struct { int status; const char *text, *json; } errors[] = {
    [EIO_BAD_TRANSPORT] = { 400, "Transport unknown",    "{\"code\":0,\"message\":\"Transport unknown\"}" },
    [EIO_BAD_SID]       = { 400, "Session ID unknown",   "{\"code\":1,\"message\":\"Session ID unknown\"}" },
    [EIO_BAD_METHOD]    = { 400, "Bad handshake method",
                            "{\"code\":2,\"message\":\"Bad handshake method\"}" },
    [EIO_BAD_REQUEST]   = { 400, "Bad request",          "{\"code\":3,\"message\":\"Bad request\"}" },
    [EIO_FORBIDDEN]     = { 403, "Forbidden",            "{\"code\":4,\"message\":\"Forbidden\"}" },
    [EIO_BAD_REVISION]  = { 400, "Unsupported protocol version",
                            "{\"code\":5,\"message\":\"Unsupported protocol version\"}" },
    [EIO_BUSY]          = { 503, "Service unavailable",  "{\"message\":\"Service unavailable\"}" },
};

const char *eio_error_text(enum eio_error error)
{
    return errors[error].text;
}

void eio_reply_error(const struct eio_server *e, const struct ws_request *request, void *peer,
                     enum eio_error error)
{
    struct eio_headers headers;

    eio_headers_begin(&headers, e, request);
    eio_reply(e, peer, &headers, errors[error].status, "application/json",
              (struct ws_bytes){ errors[error].json, strlen(errors[error].json) });
}

/* The preflight of a page: what it asks for is allowed if the page is. */
void eio_reply_options(const struct eio_server *e, const struct ws_request *request, void *peer)
{
    const char *wanted = ws_request_header(request, "access-control-request-headers");
    struct eio_headers headers;

    eio_headers_begin(&headers, e, request);
    eio_header_add(&headers, "Access-Control-Allow-Methods", "GET,POST");
    if (wanted != NULL)
        eio_header_add(&headers, "Access-Control-Allow-Headers", wanted);
    eio_reply(e, peer, &headers, 204, NULL, (struct ws_bytes){ NULL, 0 });
}
