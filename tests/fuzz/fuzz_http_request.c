/* fuzz_http_request.c - HTTP requests, cut anywhere, against a strict reader of our own.
 *
 * Any split of the bytes says the same. Whatever is taken for one request must be one for the strict reader
 * too, from its first byte to its last: so nobody in front of us can see another number of requests, unless
 * he is laxer than RFC 9112. The first byte is the size of the cuts. */
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "buf.h"
#include "fuzz.h"
#include "http_parser.h"

static const struct sio_http_limits limits = {
    .head_max = 1500, .target_max = 300, .lines_max = 12, .body_max = 2000, .ahead_max = 1000,
};

/* The strict reader. It only looks at what was accepted, so each doubt is an assert. */

struct strict { const char *at, *end; };

static struct ws_bytes line(struct strict *s)
{
    const char *start = s->at, *cr = memchr(start, '\r', (size_t)(s->end - start));

    assert(cr != NULL && s->end - cr >= 2 && cr[1] == '\n');
    assert(memchr(start, '\n', (size_t)(cr - start)) == NULL);
    s->at = cr + 2;
    return (struct ws_bytes){ start, (size_t)(cr - start) };
}

static bool is_token(char c)
{
    return isalnum((unsigned char)c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static size_t token_size(struct ws_bytes text)
{
    size_t size = 0;

    while (size < text.size && is_token(((const char *)text.at)[size]))
        size++;
    return size;
}

/* RFC 9112, 3: what is between the two spaces is the target. */
static void check_first_line(struct ws_bytes text, const struct http_head *head)
{
    const char *at = text.at, *target = at + token_size(text) + 1;
    size_t target_size = text.size - (size_t)(target - at) - (sizeof " HTTP/1.1" - 1);
    const char *origin = target;

    assert(text.size > 11 && target[-1] == ' ' && target_size <= limits.target_max);
    assert(same_bytes(at, (size_t)(target - at - 1), head->method, strlen(head->method)));
    assert(memcmp(target + target_size, " HTTP/1.", 8) == 0);
    assert(target[target_size + 8] == (char)('0' + head->minor));
    if (*target != '/' && *target != '*')
        origin = memchr(target + 8, '/', target_size - 8);
    assert(origin != NULL && memcmp(origin, head->target, strlen(head->target)) == 0);
    for (const char *c = target; c < target + target_size; c++)
        assert(*c > 0x20 && *c < 0x7f);
}

struct framing { int lengths, codings, hosts; int64_t length; };

static void note_framing(struct framing *f, const struct ws_header *h)
{
    char *end;

    f->hosts += strcmp(h->name, "host") == 0;
    if (strcmp(h->name, "transfer-encoding") == 0) {
        f->codings++;
        assert(strcasecmp(h->value, "chunked") == 0);
    }
    if (strcmp(h->name, "content-length") == 0) {
        f->lengths++;
        assert(isdigit((unsigned char)h->value[0]));
        f->length = strtoll(h->value, &end, 10);
        assert(*end == '\0');
    }
}

/* RFC 9112, 5: a token, the colon, the value with blanks around it. */
static void check_field(struct ws_bytes text, const struct ws_header *h)
{
    const char *at = text.at, *value, *end = at + text.size;
    size_t name = token_size(text);

    assert(h->name != NULL && name > 0 && name < text.size && at[name] == ':');
    assert(strlen(h->name) == name && strncasecmp(at, h->name, name) == 0);
    for (value = at + name + 1; value < end && (*value == ' ' || *value == '\t'); value++)
        ;
    while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    assert(same_bytes(value, (size_t)(end - value), h->value, strlen(h->value)));
}

/* RFC 9112, 7.1: sizes in hex, each followed by so many bytes and CRLF. */
static void check_chunks(struct strict *s, const struct buf *body)
{
    size_t done = 0;

    for (;;) {
        struct ws_bytes head = line(s);
        char *digits_end;
        unsigned long long size;

        assert(head.size > 0 && isxdigit(*(const unsigned char *)head.at));
        size = strtoull(head.at, &digits_end, 16);
        assert(digits_end == (const char *)head.at + head.size || *digits_end == ';');
        if (size == 0)
            break;
        assert(size <= (size_t)(s->end - s->at) && done + size <= body->size);
        assert(memcmp(s->at, body->at + done, size) == 0);
        done += size;
        s->at += size;
        assert(line(s).size == 0);
    }
    assert(done == body->size);
    for (struct ws_bytes trailer = line(s); trailer.size > 0; trailer = line(s))
        assert(token_size(trailer) > 0 && ((const char *)trailer.at)[token_size(trailer)] == ':');
}

/* `at` to `end` is all that the parser took for this request. */
static void check_strictly(const char *at, const char *end, const struct http_head *head,
                           const struct buf *body)
{
    struct strict s = { at, end };
    struct framing framing = { .length = 0 };
    const struct ws_header *h = head->headers;
    struct ws_bytes text = line(&s);

    if (text.size == 0)
        text = line(&s);
    if (text.size == 0)
        text = line(&s);
    check_first_line(text, head);
    for (text = line(&s); text.size > 0; text = line(&s), h++) {
        check_field(text, h);
        note_framing(&framing, h);
    }
    assert(h->name == NULL && h - head->headers <= limits.lines_max);
    assert((size_t)(s.at - at) <= limits.head_max + 4);
    assert(framing.hosts == 1 || (framing.hosts == 0 && head->minor == 0));
    assert(framing.lengths + framing.codings <= 1 && (framing.codings == 0 || head->minor == 1));
    assert(head->length == (framing.codings > 0 ? -1 : framing.length));
    if (framing.codings > 0) {
        check_chunks(&s, body);
    } else {
        assert((size_t)framing.length == body->size);
        assert(same_bytes(s.at, body->size, body->at, body->size));
        s.at += framing.length;
    }
    assert(s.at == end);
}

/* What was said, in one text. */

static void say_head(struct buf *said, const struct http_head *head)
{
    assert(buf_printf(said, "%s %s?%s 1.%d %d%d%d %lld\n", head->method, head->target, head->query,
                      head->minor, head->keep_alive, head->upgrade, head->expects,
                      (long long)head->length) == 0);
    for (const struct ws_header *h = head->headers; h->name != NULL; h++)
        assert(buf_printf(said, "%s: %s\n", h->name, h->value) == 0);
}

struct reading { const char *whole; size_t start, taken; struct buf body, said; };

/* Takes one piece; false after a refusal. */
static bool feed(struct http_parser *p, struct reading *r, const char *at, size_t size)
{
    const char *piece_start = at;
    struct ws_bytes body;

    for (;;)
        switch (http_parser_step(p, &at, &size, &body)) {
        case REQUEST_MORE:
            assert(size == 0);
            r->taken += (size_t)(at - piece_start);
            return true;
        case REQUEST_HEAD:
            say_head(&r->said, http_parser_head(p));
            break;
        case REQUEST_BODY:
            assert(body.size > 0 && buf_add(&r->body, body.at, body.size) == 0);
            break;
        case REQUEST_END:
            check_strictly(r->whole + r->start, r->whole + r->taken + (at - piece_start), http_parser_head(p),
                           &r->body);
            r->start = r->taken + (size_t)(at - piece_start);
            assert(buf_printf(&r->said, "(%zu) ", r->body.size) == 0);
            assert(buf_add(&r->said, r->body.at, r->body.size) == 0);
            buf_clear(&r->body);
            http_parser_next(p);
            break;
        default:
            assert(buf_printf(&r->said, "!%d %s", http_parser_status(p), http_parser_reason(p)) == 0);
            return false;
        }
}

static struct buf read_all(const char *whole, size_t size, size_t step)
{
    struct http_parser *p = http_parser_new(&limits);
    struct reading r = { .whole = whole };
    bool going = true;

    assert(p != NULL);
    buf_init(&r.body, BUF_NO_LIMIT);
    buf_init(&r.said, BUF_NO_LIMIT);
    for (size_t done = 0, piece; going && done < size; done += piece) {
        char *copy;

        piece = size - done < step ? size - done : step;
        copy = copy_of(whole + done, piece);
        going = feed(p, &r, copy, piece);
        free(copy);
    }
    http_parser_free(p);
    buf_finish(&r.body);
    return r.said;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    size_t step = 1 + take_byte(&in) % 32;
    char *whole = copy_of(in.at, in.left);
    struct buf at_once = read_all(whole, in.left, in.left), cut = read_all(whole, in.left, step);

    assert(same_bytes(at_once.at, at_once.size, cut.at, cut.size));
    buf_finish(&at_once);
    buf_finish(&cut);
    free(whole);
    return 0;
}
