/* http_gate.c - one byte after the other, so that no split of the input can matter. */
#include "http_gate.h"

#include <assert.h>
#include <limits.h>

enum { AROUND_TARGET_MAX = 32 };                /* the longest method, two spaces, the version, CRLF */

/* A line has ended. 0, 1 for the empty one, or a negative status. */
static int end_line(struct http_gate *g, const struct sio_http_limits *l)
{
    bool empty = g->line_size == 2;

    g->line_size = 0;
    if (!g->past_first) {
        g->past_first = true;
        return empty ? -400 : 0;
    }
    if (empty)
        return 1;
    return ++g->lines > l->lines_max ? -431 : 0;
}

static bool is_control(unsigned char byte)
{
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

static int take(struct http_gate *g, const struct sio_http_limits *l, unsigned char byte)
{
    bool cr = g->cr;

    g->cr = byte == '\r';
    g->size++;
    g->line_size++;
    if (!g->past_first && g->line_size > l->target_max + AROUND_TARGET_MAX)
        return -414;
    if (g->size > l->head_max)
        return -431;
    if (byte == '\n')
        return cr ? end_line(g, l) : -400;
    if (cr)                                     /* a CR alone ends a line for some, and for others not */
        return -400;
    if (g->cr)
        return 0;
    if (g->line_size == 1 && (byte == ' ' || byte == '\t'))
        return -400;
    return is_control(byte) ? -400 : 0;
}

int http_gate_scan(struct http_gate *g, const struct sio_http_limits *l, const char *at, size_t size,
                   bool *ret_done)
{
    assert(size <= INT_MAX);

    *ret_done = false;
    for (size_t i = 0; i < size; i++) {
        int result = take(g, l, (unsigned char)at[i]);
        if (result < 0)
            return result;
        if (result > 0) {
            *ret_done = true;
            return (int)i + 1;
        }
    }
    return (int)size;
}
