/* sio_json_text.c - JSON strings to text and back. */
#include "sio_json.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "buf.h"

static unsigned hex_value(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static unsigned hex4(const char *at)
{
    return hex_value(at[0]) << 12 | hex_value(at[1]) << 8 | hex_value(at[2]) << 4 | hex_value(at[3]);
}

static bool is_high(unsigned unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low(unsigned unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* The character at an escape that was checked; moves behind it. A lone surrogate is returned as it is. */
static unsigned unescape(const char **at, const char *end)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *escape = *at, *known;
    unsigned unit;

    *at += 2;
    if (escape[1] != 'u') {
        known = strchr(from, escape[1]);
        return (unsigned char)(known != NULL ? to[known - from] : escape[1]);
    }
    *at += 4;
    unit = hex4(escape + 2);
    if (is_high(unit) && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u' && is_low(hex4(*at + 2))) {
        unit = 0x10000 + ((unit - 0xd800) << 10) + (hex4(*at + 2) - 0xdc00);
        *at += 6;
    }
    return unit;
}

/* RFC 3629, section 3. Returns how many bytes, at most 4. */
static size_t put_character(unsigned c, char to[4])
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    size_t size = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

    for (size_t i = size; i-- > 1; c >>= 6)
        to[i] = (char)(0x80 | (c & 0x3f));
    to[0] = (char)(first[size] | c);
    return size;
}

int sio_json_unquote(struct ws_bytes string, char *to, size_t size, size_t *ret_size)
{
    const char *at = string.at, *end = at + string.size - 1;
    size_t used = 0;

    assert(string.size >= 2 && *at == '"' && *end == '"');
    for (at++; at < end;) {
        char text[4] = { *at };
        size_t width = 1;

        if (*at == '\\') {
            unsigned c = unescape(&at, end);

            if (c == 0 || is_high(c) || is_low(c))
                return -EILSEQ;
            width = put_character(c, text);
        } else {
            at++;
        }
        if (size <= used + width)
            return -EMSGSIZE;
        memcpy(to + used, text, width);
        used += width;
    }
    if (size <= used)
        return -EMSGSIZE;
    to[used] = '\0';
    *ret_size = used;
    return 0;
}

bool sio_json_is(struct ws_bytes string, const char *literal)
{
    size_t size = strlen(literal), got;
    char text[32];

    assert(size < sizeof text && string.size >= 2);
    if (string.size - 2 < size || string.size - 2 > size * 6)       /* each may be an escape        */
        return false;
    return sio_json_unquote(string, text, sizeof text, &got) == 0 && got == size
           && memcmp(text, literal, size) == 0;
}

/* RFC 8259, section 7: only these must be escaped. */
static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

static int add_escaped(struct buf *b, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *known = c == 0 ? NULL : strchr(from, c);

    return known != NULL ? buf_printf(b, "\\%c", to[known - from]) : buf_printf(b, "\\u%04x", c);
}

int sio_json_quote(struct buf *b, struct ws_bytes text)
{
    const unsigned char *at = text.at, *end = at + text.size;
    size_t before = b->size;
    int err = buf_add_byte(b, '"');

    while (err == 0 && at < end) {
        const unsigned char *start = at;

        while (at < end && is_plain(*at))
            at++;
        err = buf_add(b, start, (size_t)(at - start));
        if (err == 0 && at < end)
            err = add_escaped(b, *at++);
    }
    if (err == 0)
        err = buf_add_byte(b, '"');
    if (err)
        buf_cut(b, before);
    return err;
}
