/* http_head.h - the lines of one head, as llhttp found them, and what they mean: the checks of RFC 9110
 * and 9112 that llhttp leaves to us. Pure. */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "http_parser.h"

struct http_span { size_t at, size; };
struct http_refusal { int status; const char *reason; };

struct http_lines {                             /* zero is the start                                */
    char             *bytes;                    /* the head; NULs are written into it               */
    size_t            size;
    struct ws_header *rows;
    struct http_span  target, field, value;
    int               count, count_wanted;
};

int  http_lines_init(struct http_lines *, void *bytes, size_t size, int lines);        /* -ENOMEM   */
void http_lines_finish(struct http_lines *);

/* From the callbacks: 0, or -1 when something comes that should not. */
int  http_lines_target(struct http_lines *, const char *at, size_t size);
int  http_lines_field(struct http_lines *, const char *at, size_t size);
int  http_lines_value(struct http_lines *, const char *at, size_t size);
int  http_lines_end(struct http_lines *);       /* of a field                                       */

/* 0 and a head whose texts live in the bytes, or -EPROTO and why. */
int  http_lines_read(struct http_lines *, const struct sio_http_limits *, struct http_head *ret_head,
                     struct http_refusal *ret_refusal);

#endif
