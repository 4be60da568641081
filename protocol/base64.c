/* base64.c - RFC 4648, section 4. */
#include "base64.h"

#include <errno.h>
#include <stdint.h>

static const char alphabet[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void encode_group(const unsigned char *from, size_t size, char to[4])
{
    uint32_t second = size > 1 ? from[1] : 0, third = size > 2 ? from[2] : 0;
    uint32_t bits = (uint32_t)from[0] << 16 | second << 8 | third;

    to[0] = alphabet[bits >> 18];
    to[1] = alphabet[bits >> 12 & 63];
    to[2] = size > 1 ? alphabet[bits >> 6 & 63] : '=';
    to[3] = size > 2 ? alphabet[bits & 63] : '=';
}

void base64_encode(const void *at, size_t size, char *to)
{
    const unsigned char *from = at;

    for (; size > 3; from += 3, size -= 3, to += 4)
        encode_group(from, 3, to);
    if (size > 0)
        encode_group(from, size, to);
}

/* The value of a character, or -1. */
static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes the `count` characters in front of the padding: count - 1 bytes, or -EINVAL. */
static int decode_group(const char *text, int count, unsigned char *to)
{
    uint32_t bits = 0;

    for (int i = 0; i < 4; i++) {
        int value = i < count ? value_of(text[i]) : 0;

        if (value < 0)
            return -EINVAL;
        bits = bits << 6 | (uint32_t)value;
    }
    if ((count == 2 && (bits & 0xffff) != 0) || (count == 3 && (bits & 0xff) != 0))
        return -EINVAL;                         /* bits that nobody would decode: not canonical     */
    for (int i = 0; i < count - 1; i++)
        to[i] = (unsigned char)(bits >> (16 - 8 * i));
    return count - 1;
}

int base64_decode(const char *text, size_t size, void *to, size_t *ret_size)
{
    unsigned char *out = to;

    if (size % 4 != 0)
        return -EINVAL;
    for (size_t i = 0; i < size; i += 4) {
        int count = i + 4 < size || text[i + 3] != '=' ? 4 : text[i + 2] == '=' ? 2 : 3;
        int bytes = decode_group(text + i, count, out);

        if (bytes < 0)
            return bytes;
        out += bytes;
    }
    *ret_size = (size_t)(out - (unsigned char *)to);
    return 0;
}
