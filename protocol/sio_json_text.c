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

/* Copies what stands before the next escape, up to `end`; -EMSGSIZE if it and a NUL do not fit. */
static int put_plain(const char **at, const char *end, char *to, size_t size, size_t *used)
{
    const char *escape = memchr(*at, '\\', (size_t)(end - *at));
    size_t run = (size_t)((escape != NULL ? escape : end) - *at);

    if (size <= *used + run)
        return -EMSGSIZE;
    memcpy(to + *used, *at, run);
    *used += run;
    *at += run;
    return 0;
}

int sio_json_unquote(struct ws_bytes string, char *to, size_t size, size_t *ret_size)
{
    const char *at = string.at, *end = at + string.size - 1;
    size_t used = 0;
    int err;

    assert(string.size >= 2 && *at == '"' && *end == '"');
    at++;
    while ((err = put_plain(&at, end, to, size, &used)) == 0 && at < end) {
        unsigned c = unescape(&at, end);
        char text[4];
        size_t width;

        if (c == 0 || is_high(c) || is_low(c))
            return -EILSEQ;
        width = put_character(c, text);
        if (size <= used + width)
            return -EMSGSIZE;
        memcpy(to + used, text, width);
        used += width;
    }
    if (err)
        return err;

    to[used] = '\0';
    *ret_size = used;
    return 0;
}

int sio_json_plain(struct ws_bytes string, struct buf *to)
{
    const char *at = (const char *)string.at + 1, *end = at + string.size - 2;
    int err = 0;

    while (at < end && err == 0) {
        const char *start = at;

        while (at < end && *at != '\\')
            at++;
        err = buf_add(to, start, (size_t)(at - start));
        if (err == 0 && at < end) {
            char text[4];
            size_t width = put_character(unescape(&at, end), text);

            err = buf_add(to, text, width);
        }
    }
    return err;
}

bool sio_json_is(struct ws_bytes string, const char *literal)
{
    const char *raw = (const char *)string.at + 1;
    size_t size = strlen(literal), raw_size = string.size - 2, got;
    char text[32];

    assert(size < sizeof text && string.size >= 2);
    if (raw_size <= size)                       /* an escape is longer than what it stands for      */
        return raw_size == size && memcmp(raw, literal, size) == 0;
    if (raw_size > size * 6 || memchr(raw, '\\', raw_size) == NULL)
        return false;
    return sio_json_unquote(string, text, sizeof text, &got) == 0 && got == size
           && memcmp(text, literal, size) == 0;
}

/* Steps over checked text. */

const char *sio_json_string_end(const char *at)
{
    for (at++; *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at + 1;
}

static const char *skip_space(const char *at)
{
    while (sio_json_is_space(*at))
        at++;
    return at;
}

/* Behind a value that stands in an object, which is what ends a number. */
static const char *value_end(const char *at)
{
    int depth = 0;

    if (*at != '"' && *at != '[' && *at != '{')
        return at + strcspn(at, ",} \t\n\r");
    do {
        depth += (*at == '[' || *at == '{') - (*at == ']' || *at == '}');
        at = *at == '"' ? sio_json_string_end(at) : at + 1;
    } while (depth > 0);
    return at;
}

bool sio_json_member(struct ws_bytes object, const char *name, struct ws_bytes *ret_value)
{
    const char *at = object.at;
    bool found = false;

    if (object.size == 0)
        return false;
    assert(*at == '{');
    for (at = skip_space(at + 1); *at != '}'; at = skip_space(at)) {
        struct ws_bytes key = { at, (size_t)(sio_json_string_end(at) - at) };
        const char *value = skip_space(skip_space(at + key.size) + 1);

        at = value_end(value);
        if (sio_json_is(key, name)) {           /* the last of equal names counts                   */
            *ret_value = (struct ws_bytes){ value, (size_t)(at - value) };
            found = true;
        }
        at = skip_space(at);
        at += *at == ',';
    }
    return found;
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
