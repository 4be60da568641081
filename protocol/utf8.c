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

    for (size_t i = 0; i < text.size; i++) {
        int err;

        if (u->left == 0) {
            i += ascii(at + i, text.size - i);
            if (i == text.size)
                break;
        }
        err = u->left == 0 ? begin(u, at[i]) : go_on(u, at[i]);
        if (err)
            return err;
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
