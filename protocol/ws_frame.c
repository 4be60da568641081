/* ws_frame.c - RFC 6455, 5.2, 5.3 and 7.4. */
#include "ws_frame.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

static_assert(WS_FRAME_HEAD_MAX == 14, "RFC 6455, 5.2");

static uint64_t number(const unsigned char *at, size_t size)
{
    uint64_t n = 0;

    for (size_t i = 0; i < size; i++)
        n = n << 8 | at[i];
    return n;
}

/* Bytes of the extended length that a size needs. */
static size_t length_size(uint64_t n)
{
    return n < 126 ? 0 : n <= UINT16_MAX ? 2 : 8;
}

static bool opcode_known(unsigned opcode)
{
    return opcode <= WS_BINARY || (opcode >= WS_CLOSE && opcode <= WS_PONG);
}

int ws_frame_parse(struct ws_frame *ret, const unsigned char *at, size_t size)
{
    struct ws_frame f;
    size_t extended, head;

    if (size < 2)
        return 0;
    f = (struct ws_frame){ .opcode = at[0] & 15, .rsv = at[0] >> 4 & 7, .fin = at[0] >> 7,
                           .masked = at[1] >> 7, .size = at[1] & 127 };
    extended = f.size < 126 ? 0 : f.size == 126 ? 2 : 8;
    if (!opcode_known(f.opcode) || (ws_frame_is_control(&f) && (!f.fin || extended != 0)))
        return -EPROTO;

    head = 2 + extended + (f.masked ? 4 : 0);
    if (size < head)
        return 0;
    if (extended != 0)
        f.size = number(at + 2, extended);
    if (length_size(f.size) != extended || f.size > INT64_MAX)
        return -EPROTO;
    if (f.masked)
        memcpy(f.mask, at + head - 4, 4);

    assert(head <= WS_FRAME_HEAD_MAX);
    *ret = f;
    return (int)head;
}

size_t ws_frame_write(unsigned char to[WS_FRAME_HEAD_MAX], unsigned opcode, unsigned rsv, uint64_t size)
{
    size_t extended = length_size(size);

    assert(opcode_known(opcode) && rsv <= 7 && size <= INT64_MAX);
    to[0] = (unsigned char)(0x80 | rsv << 4 | opcode);
    to[1] = extended == 0 ? (unsigned char)size : extended == 2 ? 126 : 127;
    for (size_t i = 0; i < extended; i++)
        to[2 + i] = (unsigned char)(size >> 8 * (extended - 1 - i));
    return 2 + extended;
}

void ws_frame_mask(unsigned char *at, size_t size, const unsigned char mask[4], uint64_t phase)
{
    unsigned char turned[8];
    uint64_t wide, word;
    size_t i = 0;

    for (unsigned k = 0; k < 8; k++)
        turned[k] = mask[(phase + k) & 3];
    memcpy(&wide, turned, sizeof wide);

    for (; i + sizeof word <= size; i += sizeof word) {
        memcpy(&word, at + i, sizeof word);
        word ^= wide;
        memcpy(at + i, &word, sizeof word);
    }
    for (size_t k = 0; i < size; i++, k++)
        at[i] ^= turned[k];
}

bool ws_close_code_valid(int code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006)
           || (code >= 3000 && code <= 4999);
}
