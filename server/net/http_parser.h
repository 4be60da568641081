/* http_parser.h - the bytes of one connection as requests: a checked head, pieces of body, the end. No
 * I/O.
 *
 * The head passes a gate of its own before llhttp sees it, so that no version of llhttp decides what is
 * one line; what the gate and llhttp understand must then be the same. Any split of the bytes gives the
 * same events. */
#ifndef HTTP_PARSER_H
#define HTTP_PARSER_H

#include <stdbool.h>
#include <stdint.h>

#include "sio_http.h"

struct http_parser;

enum request_event { REQUEST_MORE, REQUEST_HEAD, REQUEST_BODY, REQUEST_END, REQUEST_REFUSED };

struct http_head {
    const char *method, *target;                /* the target in origin-form, "?query" cut off      */
    const char *query;                          /* "" if there is none                              */
    const struct ws_header *headers;            /* names in lower case; ends with a zero row        */
    int64_t     length;                         /* of the body; -1: chunked; 0: none                */
    int         minor;                          /* HTTP/1.minor                                     */
    bool        keep_alive;                     /* the client wants to go on                        */
    bool        upgrade;                        /* Connection: upgrade and Upgrade: websocket       */
    bool        expects;                        /* 100-continue                                     */
};

/* `limits` have their defaults filled in and outlive the parser. NULL: no memory. */
struct http_parser *http_parser_new(const struct sio_http_limits *limits);
void                http_parser_free(struct http_parser *);     /* NULL is fine                     */

/* Takes bytes from the front of (*at, *size) until there is something to say. REQUEST_MORE: all were taken.
 * REQUEST_BODY: a piece, lent until the bytes are. After REQUEST_END call http_parser_next(); after
 * REQUEST_REFUSED nothing more. A body that is not wanted may be left: what follows REQUEST_HEAD is then no
 * longer HTTP (an upgrade). */
enum request_event http_parser_step(struct http_parser *, const char **at, size_t *size,
                                 struct ws_bytes *ret_body);
void            http_parser_next(struct http_parser *);

const struct http_head *http_parser_head(const struct http_parser *);  /* from REQUEST_HEAD to the next */
bool        http_parser_is_idle(const struct http_parser *);    /* not a byte of a head has come    */
int         http_parser_status(const struct http_parser *);     /* of a refusal: 400, 413, 431, ... */
const char *http_parser_reason(const struct http_parser *);     /* of a refusal, for people         */

#endif
