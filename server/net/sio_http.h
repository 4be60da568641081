/* sio_http.h - HTTP/1.0 and 1.1 for servers: a checked request in, one reply out, now or later.
 *
 * What can be read in two ways is refused (RFC 9112, 11.2): folded lines, bare CR or LF, no Host or two, a
 * length and a coding, a coding in HTTP/1.0. A refused request gets one problem document (RFC 9457) and
 * the connection ends. Requests of one connection are handed over one at a time, the next after the reply,
 * so order is kept.
 *
 * Ownership: a request is lent for the call; what you need later, copy. Keep the ticket, a value, to reply
 * later. */
#ifndef SIO_HTTP_H
#define SIO_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "websocket.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct sio_http_limits {                        /* zero means the default                           */
    int    conns_max;                           /* 20,000: past it an accepted connection is closed */
    int    handshake_ms, handshakes_max;        /* 10,000: of TLS; 2,000 at once, past it the oldest */
                                                /* is cut: each holds 45 KiB while it lasts         */
    int    head_ms, body_ms;                    /* 10,000; 30,000: for all of it, not for a byte    */
    int    unread_ms;                           /* 30,000: a reply that makes no progress           */
    int    idle_ms;                             /* 60,000: between requests                         */
    int    linger_ms;                           /* 2,000: for the peer's end after ours             */
    size_t head_max, target_max;                /* 16,384; 8,192 bytes                              */
    int    lines_max;                           /* 100 header lines, trailers included              */
    size_t body_max;                            /* 1,000,000 bytes of a body that is collected      */
    size_t ahead_max;                           /* 65,536 bytes that came behind a waiting request  */
};

struct sio_http_ticket {                        /* who waits for a reply; safe after the client left */
    void       *net;                            /* NULL: nobody                                     */
    uint64_t    serial;                         /* never used twice                                 */
    uint32_t    slot;
};

struct sio_http_request {
    struct sio_http_ticket ticket;
    const char *id;                             /* 16 letters and digits: requestId of a problem    */
    const char *method;                         /* "GET", "HEAD", "POST", ...                       */
    const char *path;                           /* "/a b": escapes undone, UTF-8; no control bytes, */
                                                /* no backslash, no segment "." or ".."             */
    const char *query;                          /* "x=1&y=%20": as it came, "" if none; see below   */
    const char *address;                        /* the client's, trusted proxies believed           */
    const struct ws_header *headers;            /* names in lower case; ends with a zero row        */
    struct ws_bytes body;                       /* all of it, at most limits.body_max               */
    bool        secure;                         /* TLS, ours or a trusted proxy's                   */
};

/* NULL if it is not there. Doubled Host, Content-Length, Authorization, Origin, Content-Type, Expect never
 * come. */
const char *sio_http_header(const struct sio_http_request *, const char *name_lower);

/* The value of the one `name=` of a query (a ws_request's, too), decoded, "+" a space. Its length; -ENOENT:
 * not there; -EEXIST: the name comes twice; -EINVAL: a broken escape, NUL, or not UTF-8; -ENAMETOOLONG.
 * After an error `at` is as it was. */
int sio_http_query_find(const char *query, const char *name, char *at, size_t size);

/* The reply: copies headers (a list that ends with a zero row, or NULL) and body. Adds Date,
 * Content-Length, Connection and the headers of every reply (sio_uv_options.headers); do not pass those.
 * HEAD: the length is sent, the body is not. 204 and 304 have no body. The connection is not touched
 * before the loop's next flush. 0; -ECONNRESET: the client left, nothing was sent; -EALREADY: it has its
 * reply; -ENOMEM: the connection ends. */
int sio_http_reply(struct sio_http_ticket, int status, const struct ws_header *headers, struct ws_bytes body);

/* The same, but the body is lent until the server ends: for tables in memory. */
int sio_http_reply_lent(struct sio_http_ticket, int status, const struct ws_header *headers,
                        struct ws_bytes body);

/* A problem document {type,title,status,code,detail,requestId}; code NULL: the usual one of the status;
 * detail NULL: none. `id` is the request's. Texts are ASCII or UTF-8, quoted here. Results as
 * sio_http_reply(). */
int sio_http_problem(struct sio_http_ticket, int status, const char *code, const char *detail,
                     const char *id, const struct ws_header *headers);

/* Is somebody still waiting? (A reply that cannot be delivered need not be made.) */
bool sio_http_waits(struct sio_http_ticket);

/* For every reply of a program with pages: CSP, nosniff, Referrer-Policy, Permissions-Policy, COOP, CORP. */
extern const struct ws_header sio_http_security_headers[];

/* A fact for a log: "conn.limit", "conn.slow", "tls.refused", "http.refused", ...; `error` a negative errno
 * or an HTTP status, `address` "" if unknown. Never a token, a body or a query. */
typedef void sio_fact_fn(void *app, const char *event, const char *address, int error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
