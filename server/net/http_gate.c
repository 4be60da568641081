/* http_gate.c - one byte after the other, so that no split of the input can matter; what needs no look is
 * only counted. */
#include "http_gate.h"

#include <assert.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

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

/* How many bytes lead that are no controls, eight at a time (as in sio_json.c). */
static size_t plain(const char *at, size_t size)
{
    const uint64_t ones = 0x0101010101010101u, highs = ones << 7;
    size_t i = 0;

    for (uint64_t word; i + sizeof word <= size; i += sizeof word) {
        uint64_t del;

        memcpy(&word, at + i, sizeof word);
        del = word ^ ones * 0x7f;
        if (((((word - ones * 0x20) & ~word) | ((del - ones) & ~del)) & highs) != 0)
            break;
    }
    while (i < size && !is_control((unsigned char)at[i]) && at[i] != '\t')
        i++;
    return i;
}

/* Takes what can only be counted: within a line, not behind a CR, not past a limit. */
static size_t take_plain(struct http_gate *g, const struct sio_http_limits *l, const char *at, size_t size)
{
    size_t room = l->head_max - g->size, line_max = l->target_max + AROUND_TARGET_MAX;

    if (g->line_size == 0 || g->cr)
        return 0;
    if (!g->past_first && line_max - g->line_size < room)
        room = line_max - g->line_size;
    size = plain(at, size < room ? size : room);
    g->size += size;
    g->line_size += size;
    return size;
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
    for (size_t i = take_plain(g, l, at, size); i < size; i += take_plain(g, l, at + i, size - i)) {
        int result = take(g, l, (unsigned char)at[i++]);
        if (result < 0)
            return result;
        if (result > 0) {
            *ret_done = true;
            return (int)i;
        }
    }
    return (int)size;
}
