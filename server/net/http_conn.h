/* http_conn.h - HTTP on one connection: requests go one at a time to whom the site chooses. */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include "conn.h"
#include "sio_http.h"
#include "http_parser.h"
#include "proxies.h"

struct http_conn;

struct http_site {                              /* what all connections of a listener share         */
    struct net              *net;
    const struct proxies    *proxies;
    const struct ws_header  *headers;           /* of every reply, or NULL                          */
    bool                     draining;          /* each reply is a connection's last                */
    /* A head came. Exactly one of: http_conn_stream(), _collect(), _reply(), _leave(). */
    void (*begin)(void *data, struct http_conn *, const struct ws_request *, const struct http_head *);
    void *data;
    void (*replied)(void *app, const struct sio_http_request *, int status, size_t body_size);
    void *app;
};

struct http_sink {                              /* of a body; after the reply nothing more comes    */
    void (*body)(void *data, struct ws_bytes piece);
    void (*end)(void *data);
    void (*lost)(void *data);                   /* the client left before the reply                 */
};

/* Takes the connection; `site` outlives it. -ENOMEM: it is cut. */
int  http_conn_new(const struct http_site *, struct conn *);

void http_conn_stream(struct http_conn *, const struct http_sink *, void *data);
void http_conn_collect(struct http_conn *, void (*handle)(void *app, const struct sio_http_request *),
                       void *app);
void http_conn_reply(struct http_conn *, int status, const struct ws_header *, const struct ws_bytes *parts,
                     int parts_count);
void http_conn_problem(struct http_conn *, int status, const char *detail, const struct ws_header *);
/* For an upgrade: the connection is free for another conn_own(), within begin(). NULL: replies to earlier
 * requests are not sent yet; then this one must be refused. */
struct conn *http_conn_leave(struct http_conn *);

/* Ends it if it is idle, else after its reply. */
void http_conn_drain(struct conn *);            /* of another owner: nothing                        */

#endif
