/* utf8.c - RFC 3629, section 4: after a first byte only the second one has bounds of its own. */
#include "utf8.h"

#include <errno.h>
#include <string.h>

static const struct { unsigned char from, to, left, low, high; } firsts[] = {
    { 0xc2, 0xdf, 1, 0x80, 0xbf }, { 0xe0, 0xe0, 2, 0xa0, 0xbf }, { 0xe1, 0xec, 2, 0x80, 0xbf },
    { 0xed, 0xed, 2, 0x80, 0x9f }, { 0xee, 0xef, 2, 0x80, 0xbf }, { 0xf0, 0xf0, 3, 0x90, 0xbf },
    { 0xf1, 0xf3, 3, 0x80, 0xbf }, { 0xf4, 0xf4, 3, 0x80, 0x8f },
};

static int begin(struct utf8 *u, unsigned char byte)
{
    for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++)
        if (byte >= firsts[i].from && byte <= firsts[i].to) {
            *u = (struct utf8){ firsts[i].left, firsts[i].low, firsts[i].high };
            return 0;
        }
    return -EILSEQ;
}

static int go_on(struct utf8 *u, unsigned char byte)
{
    if (byte < u->low || byte > u->high)
        return -EILSEQ;
    *u = (struct utf8){ (unsigned char)(u->left - 1), 0x80, 0xbf };
    return 0;
}

static bool goes_on(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* The size of the character at `at`, two or more bytes, if it is good and whole; else 0: then the slow way
 * says what is wrong or missing. */
static size_t character(const unsigned char *at, size_t size)
{
    unsigned code;

    if (size < 4 || !goes_on(at[1]))
        return 0;
    if (at[0] < 0xe0)
        return at[0] >= 0xc2 ? 2 : 0;
    if (!goes_on(at[2]))
        return 0;
    code = (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
    if (at[0] < 0xf0)
        return code >= 0x800 && (code < 0xd800 || code > 0xdfff) ? 3 : 0;
    return 0;
}

/* How many ASCII bytes lead, eight at a time: the usual text is nothing else. */
static size_t ascii(const unsigned char *at, size_t size)
{
    size_t i = 0;

    for (uint64_t word; i + sizeof word <= size; i += sizeof word) {
        memcpy(&word, at + i, sizeof word);
        if ((word & 0x8080808080808080u) != 0)
            break;
    }
    while (i < size && at[i] < 0x80)
        i++;
    return i;
}

int utf8_check(struct utf8 *u, struct ws_bytes text)
{
    const unsigned char *at = text.at;
    size_t i = 0;

    while (i < text.size) {
        size_t left = text.size - i, quick = 0;
        int err;

        if (u->left == 0)
            quick = at[i] < 0x80 ? ascii(at + i, left) : character(at + i, left);
        if (quick > 0) {
            i += quick;
            continue;
        }
        err = u->left == 0 ? begin(u, at[i]) : go_on(u, at[i]);
        if (err)
            return err;
        i++;
    }
    return 0;
}

size_t utf8_cut(const char *text, size_t size)
{
    size_t length = strnlen(text, size + 1);

    if (length <= size)
        return length;
    while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
        size--;
    return size;
}
