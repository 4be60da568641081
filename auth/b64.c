/* b64.c - RFC 4648 without padding. */
#include "b64.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>

static const char alphabets[][65] = {
    [B64_URL]      = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    [B64_STANDARD] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
};

void b64_encode(enum b64 alphabet, const void *at, size_t size, char *to)
{
    const unsigned char *from = at;
    uint32_t bits = 0;
    unsigned held = 0;

    assert(at != NULL || size == 0);
    for (size_t i = 0; i < size; i++) {
        bits = bits << 8 | from[i];
        for (held += 8; held >= 6; held -= 6)
            *to++ = alphabets[alphabet][bits >> (held - 6) & 63];
    }
    if (held > 0)
        *to++ = alphabets[alphabet][bits << (6 - held) & 63];
    *to = '\0';
}

/* The value of a character, or -1. */
static int value_of(enum b64 alphabet, char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == alphabets[alphabet][62] ? 62 : c == alphabets[alphabet][63] ? 63 : -1;
}

int b64_decode(enum b64 alphabet, const char *text, size_t size, void *to, size_t max, size_t *ret_size)
{
    unsigned char *out = to;
    uint32_t bits = 0;
    unsigned held = 0;
    size_t used = 0;

    if (size % 4 == 1)
        return -EINVAL;                         /* six bits are no byte                              */
    for (size_t i = 0; i < size; i++) {
        int value = value_of(alphabet, text[i]);

        if (value < 0)
            return -EINVAL;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        if (used == max)
            return -EMSGSIZE;
        out[used++] = (unsigned char)(bits >> held);
        bits &= (1u << held) - 1;
    }
    if (bits != 0)
        return -EINVAL;                         /* RFC 4648 3.5: not canonical                       */
    *ret_size = used;
    return 0;
}
