/* http_inside.h - what http_conn.c (reading, life) and http_answer.c (requests and replies) share. */
#ifndef HTTP_INSIDE_H
#define HTTP_INSIDE_H

#include "http_conn.h"
#include "http_reply.h"
#include "http_stream.h"

enum {
    HTTP_DROP_MAX = 65536,                      /* of a body whose reply is already written         */
    HTTP_ID_SIZE = 16,
};

struct http_conn {
    const struct http_site *site;
    struct conn        *conn;
    struct http_parser *parser;
    uint64_t            serial;                 /* of the open request                              */
    bool                open, whole, replied;
    bool                timed;                  /* the deadline of a head runs                      */
    bool                left;                   /* upgraded                                         */
    bool                peer_ended;
    const struct http_sink *sink;
    void               *sink_data;
    void              (*handle)(void *app, const struct sio_http_request *);
    void               *app;
    const struct http_source *source;           /* of a reply that goes on, or NULL                 */
    void               *source_data;
    int64_t             source_left;            /* not given yet                                    */
    bool                asked;                  /* for a piece that has not come                    */
    bool                last;                   /* it was said that the connection ends with it     */
    struct buf          body, ahead;
    struct http_out     out;
    char                id[HTTP_ID_SIZE + 1];
    char                address[ADDRESS_MAX];
};

extern const struct conn_owner http_owner;
extern const struct http_sink http_collector;   /* gathers the body, then calls the handler         */

void http_find_client(struct http_conn *, const struct ws_header *headers);
bool http_is_secure(const struct http_conn *, const struct ws_header *headers);
/* What cannot be understood gets one reply, and the connection ends. */
void http_refuse(struct http_conn *, int status, const char *reason);

struct http_conn *http_find(struct sio_http_ticket);   /* whose request is open; NULL: nobody's        */
bool http_is_last(const struct http_conn *);    /* the connection ends with this reply              */
/* The form lacks what the connection knows. With a source its end is the source's. */
int  http_reply_as(struct http_conn *, struct http_form *, const struct ws_bytes *parts, int count);
void http_stream_ask(struct http_conn *);       /* for a piece, if there is room                    */
void http_stream_end(struct http_conn *);       /* of its source, if it has one                     */

#endif
