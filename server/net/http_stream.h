/* http_stream.h - a reply whose body is made piece by piece, no faster than its client takes it.
 *
 * At most HTTP_STREAM_LOW bytes and one piece wait to be sent. A body that cannot be made to its end is cut:
 * it said how long it is, so nobody takes what came for all of it. */
#ifndef HTTP_STREAM_H
#define HTTP_STREAM_H

#include "sio_http.h"

enum { HTTP_STREAM_LOW = 65536 };               /* unsent; below it the next piece is asked for     */

struct http_source {
    void (*next)(void *data);                   /* one piece, now or later: http_stream_give()      */
    void (*end)(void *data);                    /* the last call, always comes: all given, or lost  */
};

/* A body of `size` bytes, `first` are its beginning (copied; may be none). HEAD: none is asked for. Results
 * as sio_http_reply(); the end comes after an error too, even before this returns. */
int http_stream_reply(struct sio_http_ticket, int status, const struct ws_header *headers,
                      struct ws_bytes first, int64_t size, const struct http_source *, void *data);
/* The piece that was asked for: some bytes, not more than are missing (copied). 0; -ECONNRESET: the client
 * left; -ENOMEM: the connection is cut. */
int http_stream_give(struct sio_http_ticket, struct ws_bytes piece);
void http_stream_cut(struct sio_http_ticket);   /* there is no next piece                           */

#endif
