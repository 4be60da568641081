/* sio_json.c - the one-pass check of JSON text. No recursion: one byte of state a level. */
#include "sio_json.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "utf8.h"

/* What is known of a container that is still open. */
enum { IN_ARRAY = 0, IN_OBJECT = 1, IS_PLACEHOLDER = 2, HAS_NUMBER = 4 };

struct scan {
    const char *at, *end;
    const struct sio_json_limits *limits;
    int     depth;                              /* levels that are open                             */
    uint8_t levels[SIO_DEPTH_MAX];              /* only those that are open are ever written        */
};

static char peek(const struct scan *s)
{
    return s->at < s->end ? *s->at : '\0';
}

static void skip_space(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
        s->at++;
}

static bool skip(struct scan *s, char wanted)
{
    if (peek(s) != wanted)
        return false;
    s->at++;
    return true;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static int scan_escape(struct scan *s)
{
    if (s->end - s->at >= 2 && strchr("\"\\/bfnrt", s->at[1]) != NULL && s->at[1] != '\0') {
        s->at += 2;
        return 0;
    }
    if (s->end - s->at < 6 || s->at[1] != 'u')
        return -EPROTO;
    for (int i = 2; i < 6; i++)
        if (!is_hex(s->at[i]))
            return -EPROTO;
    s->at += 6;
    return 0;
}

/* A bit for the first of eight bytes that ends plain text: a quote, a backslash, a control. Zero bytes are
 * found as in "Bit Twiddling Hacks" (Anderson); bits above the first one may be wrong. */
static uint64_t specials(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101u, highs = ones << 7;
    uint64_t quote = word ^ ones * '"', slash = word ^ ones * '\\';

    return (((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash)) & highs;
}

static uint64_t little_endian(const unsigned char *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24
           | (uint64_t)at[4] << 32 | (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 | (uint64_t)at[7] << 56;
}

/* Where plain text ends. All bytes of it, and some behind it, are or-ed into *any. */
static const char *plain_end(const char *at, const char *end, uint64_t *any)
{
    for (; end - at >= 8; at += 8) {
        uint64_t word = little_endian((const unsigned char *)at), special = specials(word);

        *any |= word;
        if (special != 0)
            return at + __builtin_ctzll(special) / 8;
    }
    for (; at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\'; at++)
        *any |= (unsigned char)*at;
    return at;
}

/* A string with its quotes. */
static int scan_string(struct scan *s)
{
    const char *start = s->at;
    struct utf8 check = { 0 };
    uint64_t any = 0;

    if (!skip(s, '"'))
        return -EPROTO;
    for (;;) {
        s->at = plain_end(s->at, s->end, &any);
        if (skip(s, '"'))
            break;
        if (peek(s) != '\\' || scan_escape(s) != 0)
            return -EPROTO;
    }
    if ((any & 0x8080808080808080u) == 0)
        return 0;
    return utf8_check(&check, (struct ws_bytes){ start, (size_t)(s->at - start) }) == 0 && utf8_whole(&check)
               ? 0 : -EPROTO;
}

static bool skip_digits(struct scan *s)
{
    const char *start = s->at;

    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    return s->at > start;
}

static int scan_number(struct scan *s)
{
    (void)skip(s, '-');
    if (!skip(s, '0') && !skip_digits(s))
        return -EPROTO;
    if (skip(s, '.') && !skip_digits(s))
        return -EPROTO;
    if (peek(s) == 'e' || peek(s) == 'E') {
        s->at++;
        if (!skip(s, '+'))
            (void)skip(s, '-');
        if (!skip_digits(s))
            return -EPROTO;
    }
    return 0;
}

static int scan_word(struct scan *s)
{
    static const char *const words[] = { "true", "false", "null" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t size = strlen(words[i]);

        if ((size_t)(s->end - s->at) >= size && memcmp(s->at, words[i], size) == 0) {
            s->at += size;
            return 0;
        }
    }
    return -EPROTO;
}

static int scan_scalar(struct scan *s)
{
    char c = peek(s);

    if (c == '"')
        return scan_string(s);
    return c == '-' || (c >= '0' && c <= '9') ? scan_number(s) : scan_word(s);
}

static int push(struct scan *s, uint8_t level)
{
    if (s->depth >= s->limits->depth_max)
        return -EMSGSIZE;
    assert(s->depth < SIO_DEPTH_MAX);
    s->levels[s->depth++] = level;
    s->at++;
    skip_space(s);
    return 0;
}

/* Ends the innermost container; a placeholder without a number that points at an attachment is an error:
 * who relays it would make every receiver fail (CVE-2022-2421). */
static int pop(struct scan *s)
{
    uint8_t level = s->levels[--s->depth];

    s->at++;
    if (s->limits->attachments >= 0 && (level & IS_PLACEHOLDER) && !(level & HAS_NUMBER))
        return -EPROTO;
    return 0;
}

static bool is_attachment(const struct scan *s, struct ws_bytes number)
{
    const char *digits = number.at;
    int value = 0;

    if (number.size == 0 || number.size > 9 || (digits[0] == '0' && number.size > 1))
        return false;
    for (size_t i = 0; i < number.size; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        value = value * 10 + (digits[i] - '0');
    }
    return value < s->limits->attachments;
}

/* The last of two equal names counts, as in JSON.parse(). */
static void note_member(struct scan *s, struct ws_bytes name, struct ws_bytes value)
{
    uint8_t *level = &s->levels[s->depth - 1];

    if (sio_json_is(name, "_placeholder")) {
        bool yes = value.size == 4 && memcmp(value.at, "true", 4) == 0;

        *level = (uint8_t)(yes ? *level | IS_PLACEHOLDER : *level & ~IS_PLACEHOLDER);
    } else if (sio_json_is(name, "num")) {
        *level = (uint8_t)(is_attachment(s, value) ? *level | HAS_NUMBER : *level & ~HAS_NUMBER);
    }
}

/* The name of a member and its colon; at an object's value afterwards. */
static int scan_name(struct scan *s, struct ws_bytes *ret_name)
{
    const char *start = s->at;
    int err;

    err = scan_string(s);
    if (err)
        return err;

    *ret_name = (struct ws_bytes){ start, (size_t)(s->at - start) };
    skip_space(s);
    if (!skip(s, ':'))
        return -EPROTO;
    skip_space(s);
    return 0;
}

static bool in_object(const struct scan *s)
{
    return s->depth > 0 && (s->levels[s->depth - 1] & IN_OBJECT);
}

/* One value: opens a container, or scans a scalar. 1 while a new container waits for its first value. */
static int scan_one(struct scan *s)
{
    struct ws_bytes name = { NULL, 0 };
    const char *start;
    int err;

    if (in_object(s)) {
        err = scan_name(s, &name);
        if (err)
            return err;
    }
    start = s->at;
    if (peek(s) == '[' || peek(s) == '{') {
        char close = *s->at == '[' ? ']' : '}';

        if (name.at != NULL && s->limits->attachments >= 0)
            note_member(s, name, (struct ws_bytes){ start, 1 });
        err = push(s, close == ']' ? IN_ARRAY : IN_OBJECT);
        if (err)
            return err;
        return peek(s) == close ? pop(s) : 1;
    }
    err = scan_scalar(s);
    if (err == 0 && name.at != NULL && s->limits->attachments >= 0)
        note_member(s, name, (struct ws_bytes){ start, (size_t)(s->at - start) });
    return err;
}

/* Behind a value: closes what closes here. Returns 1 if another value follows in the innermost container. */
static int scan_after(struct scan *s)
{
    while (s->depth > 0) {
        int err;

        skip_space(s);
        if (skip(s, ',')) {
            skip_space(s);
            return 1;
        }
        if (peek(s) != (in_object(s) ? '}' : ']'))
            return -EPROTO;
        err = pop(s);
        if (err)
            return err;
    }
    return 0;
}

/* A whole value with all that is in it. */
static int scan_value(struct scan *s)
{
    int more;

    s->depth = 0;
    do {
        more = scan_one(s);
        if (more == 0)
            more = scan_after(s);
    } while (more == 1);
    return more;
}

static void scan_init(struct scan *s, struct ws_bytes text, const struct sio_json_limits *limits)
{
    assert(limits->depth_max >= 0 && limits->depth_max <= SIO_DEPTH_MAX);
    s->at = text.at;
    s->end = s->at + text.size;
    s->limits = limits;
    s->depth = 0;
}

int sio_json_value(struct ws_bytes text, const struct sio_json_limits *limits)
{
    struct scan s;
    int err;

    if (text.size == 0)
        return -EPROTO;
    scan_init(&s, text, limits);
    err = scan_value(&s);
    if (err)
        return err;
    return s.at == s.end ? 0 : -EPROTO;
}

static struct ws_bytes slice(const char *from, const char *to)
{
    return (struct ws_bytes){ from, (size_t)(to - from) };
}

/* The values of the outermost array, up to its closing bracket. */
static int scan_items(struct scan *s, struct sio_json_array *array)
{
    const char *start = s->at, *second = NULL, *last;
    int err;

    for (;;) {
        if (array->count == (size_t)s->limits->values_max)
            return -EMSGSIZE;
        if (array->count == 1)
            second = s->at;
        err = scan_value(s);
        if (err)
            return err;

        last = s->at;
        if (++array->count == 1)
            array->first = slice(start, last);
        skip_space(s);
        if (!skip(s, ','))
            break;
        skip_space(s);
    }
    array->all = slice(start, last);
    if (second != NULL)
        array->rest = slice(second, last);
    return peek(s) == ']' ? 0 : -EPROTO;
}

int sio_json_array(struct ws_bytes text, const struct sio_json_limits *limits,
                   struct sio_json_array *ret_array)
{
    struct sio_json_array array = { .count = 0 };
    struct scan s;
    int err;

    if (text.size == 0)
        return -EPROTO;
    scan_init(&s, text, limits);
    if (!skip(&s, '['))
        return -EPROTO;
    skip_space(&s);
    if (peek(&s) != ']') {
        err = scan_items(&s, &array);
        if (err)
            return err;
    }
    s.at++;                                     /* the bracket                                      */
    if (s.at != s.end)
        return -EPROTO;
    *ret_array = array;
    return 0;
}
