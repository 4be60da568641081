/* http_gate.h - reads the lines of a head or of trailers and lets only clear ones through: CRLF alone ends
 * a line, no line begins with a space (RFC 9112, 2.2, 5.2), no control characters, everything is counted.
 * Pure. */
#ifndef HTTP_GATE_H
#define HTTP_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "sio_http.h"

struct http_gate {                              /* zero is the start                                */
    size_t size, line_size;                     /* taken so far; of the line we are in              */
    int    lines;                               /* of fields or trailers                            */
    bool   past_first;                          /* the request line, which has a limit of its own   */
    bool   cr;                                  /* the last byte was one                            */
};

/* How many bytes belong to it: all, or (*ret_done) up to the empty line's end. Or a negative HTTP status. */
int http_gate_scan(struct http_gate *, const struct sio_http_limits *, const char *at, size_t size,
                   bool *ret_done);

#endif
