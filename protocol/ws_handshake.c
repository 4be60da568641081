/* ws_handshake.c - RFC 6455, 4.2. */
#include "ws_handshake.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base64.h"
#include "ws_conn.h"

enum { KEY_SIZE = 24, NONCE_SIZE = 16, DIGEST_SIZE = 20, ACCEPT_SIZE = 28 };

static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";      /* RFC 6455, 1.3            */

static_assert((DIGEST_SIZE + 2) / 3 * 4 == ACCEPT_SIZE, "RFC 4648, 4");

/* Header rows. */

static const struct ws_header *row_find(const struct ws_header *row, const char *name)
{
    for (; row != NULL && row->name != NULL; row++)
        if (*row->name == *name && strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

const char *ws_request_header(const struct ws_request *r, const char *name)
{
    const struct ws_header *row = row_find(r->headers, name);

    return row == NULL ? NULL : row->value;
}

/* The value of a field that may stand there once; NULL when it is missing or doubled. */
static const char *single(const struct ws_request *r, const char *name)
{
    const struct ws_header *row = row_find(r->headers, name);

    return row == NULL || row_find(row + 1, name) != NULL ? NULL : row->value;
}

bool ws_header_token(const struct ws_request *r, const char *name, const struct ws_header **row,
                     const char **at, struct ws_bytes *ret_token)
{
    static const char blanks_and_comma[] = " \t,", blanks[] = " \t";
    const char *start;
    size_t size;

    for (;;) {
        if (*at == NULL) {
            *row = row_find(*row == NULL ? r->headers : *row + 1, name);
            if (*row == NULL)
                return false;
            *at = (*row)->value;
        }
        start = *at + strspn(*at, blanks_and_comma);
        if (*start != '\0')
            break;
        *at = NULL;
    }
    size = strcspn(start, ",");
    *at = start + size;
    while (size > 0 && strchr(blanks, start[size - 1]) != NULL)
        size--;
    *ret_token = (struct ws_bytes){ start, size };
    return true;
}

static bool has_token(const struct ws_request *r, const char *name, const char *token)
{
    const struct ws_header *row = NULL;
    const char *at = NULL;
    struct ws_bytes found;

    while (ws_header_token(r, name, &row, &at, &found))
        if (found.size == strlen(token) && strncasecmp(found.at, token, found.size) == 0)
            return true;
    return false;
}

/* Origins. */

struct authority { const char *host; size_t host_size; const char *port; size_t port_size; };

/* Splits "host", "host:port", "[::1]:port". */
static struct authority authority_of(const char *text)
{
    const char *bracket = text[0] == '[' ? strchr(text, ']') : NULL;
    const char *colon = strchr(bracket != NULL ? bracket : text, ':');
    size_t size = colon != NULL ? (size_t)(colon - text) : strlen(text);
    const char *port = colon != NULL ? colon + 1 : "";

    return (struct authority){ text, size, port, strlen(port) };
}

static void default_port(struct authority *a, const char *port)
{
    if (a->port_size == 0) {
        a->port = port;
        a->port_size = strlen(port);
    }
}

/* Is the origin a page of the very host that was asked? A proxy may have ended TLS in front of us, so that an
 * https page is well over plain HTTP; an http page that asks over TLS is foreign, anybody can forge it. */
static bool origin_is_own(const struct ws_request *r, const char *origin)
{
    const char *host = single(r, "host");
    bool https = strncasecmp(origin, "https://", 8) == 0;
    struct authority page, own;

    if (host == NULL || (!https && (r->secure || strncasecmp(origin, "http://", 7) != 0)))
        return false;
    page = authority_of(origin + (https ? 8 : 7));
    own = authority_of(host);
    default_port(&page, https ? "443" : "80");
    default_port(&own, https ? "443" : "80");
    return page.host_size > 0 && page.host_size == own.host_size && page.port_size == own.port_size
           && strncasecmp(page.host, own.host, page.host_size) == 0
           && memcmp(page.port, own.port, page.port_size) == 0;
}

bool ws_origin_allowed(const struct ws_options *options, const struct ws_request *r)
{
    const char *const *allowed = options->origins;
    const char *origin;

    if (row_find(r->headers, "origin") == NULL)
        return true;
    origin = single(r, "origin");
    if (allowed == NULL)
        return origin != NULL && origin_is_own(r, origin);

    for (; *allowed != NULL; allowed++)
        if (strcmp(*allowed, "*") == 0 || (origin != NULL && strcasecmp(*allowed, origin) == 0))
            return true;
    return false;
}

/* The request. */

/* 4.2.1: base64 that gives 16 bytes. */
static bool key_is_valid(const char *key)
{
    unsigned char nonce[KEY_SIZE];
    size_t size;

    return key != NULL && strlen(key) == KEY_SIZE && base64_decode(key, KEY_SIZE, nonce, &size) == 0
           && size == NONCE_SIZE;
}

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

/* NULL: no token stands here. */
static const char *skip_token(const char *at)
{
    size_t size = strspn(at, "!#$%&'*+-.^_`|~0123456789"
                             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    return size == 0 ? NULL : skip_blanks(at + size);
}

/* ;name, ;name=token or ;name="token" */
static const char *skip_parameter(const char *at)
{
    bool quoted;

    at = skip_token(skip_blanks(at + 1));
    if (at == NULL || *at != '=')
        return at;
    at = skip_blanks(at + 1);
    quoted = *at == '"';
    at = skip_token(at + quoted);
    if (at == NULL || !quoted)
        return at;
    return *at == '"' ? skip_blanks(at + 1) : NULL;
}

/* 9.1: a list of extensions, or the handshake fails. Empty elements mean nothing (RFC 9110, 5.6.1). */
static bool names_extensions(const char *at)
{
    for (;;) {
        at += strspn(at, " \t,");
        if (*at == '\0')
            return true;
        at = skip_token(at);
        while (at != NULL && *at == ';')
            at = skip_parameter(at);
        if (at == NULL || (*at != ',' && *at != '\0'))
            return false;
    }
}

static bool extensions_are_valid(const struct ws_request *r)
{
    static const char name[] = "sec-websocket-extensions";
    const struct ws_header *row = row_find(r->headers, name);

    while (row != NULL && names_extensions(row->value))
        row = row_find(row + 1, name);
    return row == NULL;
}

int ws_handshake_check(const struct ws_options *options, const struct ws_request *r)
{
    const char *version = single(r, "sec-websocket-version");

    if (strcmp(r->method, "GET") != 0)
        return 400;
    if (!has_token(r, "upgrade", "websocket"))
        return 426;
    if (!has_token(r, "connection", "upgrade") || single(r, "host") == NULL
        || !key_is_valid(single(r, "sec-websocket-key")) || !extensions_are_valid(r))
        return 400;
    if (version == NULL || strcmp(version, "13") != 0)
        return 426;                             /* 4.4: the answer names the version we speak       */
    return ws_origin_allowed(options, r) ? 101 : 403;
}

const char *ws_handshake_protocol(const char *const *spoken, const struct ws_request *r)
{
    for (; spoken != NULL && *spoken != NULL; spoken++) {
        const struct ws_header *row = NULL;
        const char *at = NULL;
        struct ws_bytes offered;

        while (ws_header_token(r, "sec-websocket-protocol", &row, &at, &offered))
            if (offered.size == strlen(*spoken) && memcmp(offered.at, *spoken, offered.size) == 0)
                return *spoken;
    }
    return NULL;
}

/* The answers. */

/* 4.2.2, 5.4: base64 of the SHA-1 of key and GUID. */
static void accept_of(const char *key, const struct ws_answer *answer, char to[ACCEPT_SIZE])
{
    char text[KEY_SIZE + sizeof guid - 1];
    unsigned char digest[DIGEST_SIZE];

    assert(strlen(key) == KEY_SIZE);
    memcpy(text, key, KEY_SIZE);
    memcpy(text + KEY_SIZE, guid, sizeof guid - 1);
    answer->sha1((struct ws_bytes){ text, sizeof text }, digest);
    base64_encode(digest, sizeof digest, to);
}

static int add_line(struct buf *b, const char *name, const char *value)
{
    return value == NULL ? 0 : buf_printf(b, "%s: %s\r\n", name, value);
}

int ws_handshake_accept(struct buf *b, const struct ws_request *r, const struct ws_answer *answer)
{
    char accept[ACCEPT_SIZE];
    int err;

    accept_of(ws_request_header(r, "sec-websocket-key"), answer, accept);
    err = buf_printf(b, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Accept: %.*s\r\n", ACCEPT_SIZE, accept);
    if (err == 0)
        err = add_line(b, "Sec-WebSocket-Protocol", answer->protocol);
    if (err == 0)
        err = add_line(b, "Sec-WebSocket-Extensions", answer->extensions);
    return err ? err : buf_printf(b, "%s\r\n", answer->lines == NULL ? "" : answer->lines);
}

static const struct { int status; const char *text; } texts[] = {
    { 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" },
    { 405, "Method Not Allowed" }, { 413, "Content Too Large" }, { 426, "Upgrade Required" },
    { 429, "Too Many Requests" }, { 500, "Internal Server Error" }, { 503, "Service Unavailable" },
};

const char *ws_status_text(int status)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].status == status)
            return texts[i].text;
    return "";
}

int ws_handshake_refuse(struct buf *b, int status, const char *lines, struct ws_bytes body)
{
    static const char upgrade[] = "Connection: close, Upgrade\r\nUpgrade: websocket\r\n"
                                  "Sec-WebSocket-Version: 13\r\n";
    const char *connection = status == 426 ? upgrade : "Connection: close\r\n";
    int err;

    assert(status >= 400 && status <= 599);
    err = buf_printf(b, "HTTP/1.1 %d %s\r\n%s%sContent-Length: %zu\r\n\r\n", status, ws_status_text(status),
                     connection, lines == NULL ? "" : lines, body.size);
    return err ? err : buf_add(b, body.at, body.size);
}
