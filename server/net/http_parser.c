/* http_parser.c - the gate takes a head line by line; when it is whole, llhttp reads it at once, and we
 * check what it means. Afterwards llhttp is only needed to undo chunks; a body of known length is counted
 * here. */
#include "http_parser.h"

#include <assert.h>
#include <ctype.h>
#include <llhttp.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "http_gate.h"
#include "http_head.h"

enum {
    EMPTY_LINES_MAX = 2,                        /* RFC 9112, 2.2: at least one is to be ignored     */
    CHUNK_LINE_USUAL = 24,                      /* a size, CRLF, the CRLF behind the data           */
};

enum state { AT_START, AT_START_CR, IN_HEAD, IN_LENGTH, IN_CHUNKS, IN_TRAILER, AT_END, REFUSED };

struct http_parser {
    const struct sio_http_limits *limits;
    enum state       state;
    int              empty_lines;
    struct http_gate gate;
    struct buf       bytes;                     /* the head; its texts live here                    */
    struct http_lines lines;                    /* what llhttp saw                                  */
    struct http_head head;
    uint64_t         left;                      /* of a body with a length                          */
    size_t           overhead, chunks;          /* bytes that are not data; chunks that have ended  */
    struct ws_bytes  piece;                     /* of a body, found by llhttp                       */
    bool             whole, last_chunk, chunk_end, complete;    /* what llhttp came past            */
    bool             broken;                    /* it refused what stands there                     */
    bool             named;                     /* the trailer's name is behind us                  */
    int              status;
    const char      *reason;
    llhttp_t         llhttp;
};

static enum request_event refuse(struct http_parser *p, int status, const char *reason)
{
    p->state = REFUSED;
    p->status = status;
    p->reason = reason;
    return REQUEST_REFUSED;
}

static const char *reason_of_gate(int status)
{
    return status == 414 ? "The target is too long." : status == 431 ? "The header is too large."
                         : "A line is malformed.";
}

/* What llhttp tells. Every message stops at its landmarks, so that one call finds at most one piece of
 * body. */

static int on_target(llhttp_t *llhttp, const char *at, size_t size)
{
    struct http_parser *p = llhttp->data;

    return http_lines_target(&p->lines, at, size);
}

static int on_field(llhttp_t *llhttp, const char *at, size_t size)
{
    struct http_parser *p = llhttp->data;

    return p->state == IN_HEAD ? http_lines_field(&p->lines, at, size) : 0;
}

static int on_value(llhttp_t *llhttp, const char *at, size_t size)
{
    struct http_parser *p = llhttp->data;

    return p->state == IN_HEAD ? http_lines_value(&p->lines, at, size) : 0;
}

static int on_value_end(llhttp_t *llhttp)
{
    struct http_parser *p = llhttp->data;

    return p->state == IN_HEAD ? http_lines_end(&p->lines) : 0;
}

static int on_head(llhttp_t *llhttp)
{
    struct http_parser *p = llhttp->data;

    p->whole = true;
    llhttp->upgrade = 0;                        /* whether it is one is decided above               */
    return HPE_PAUSED;
}

static int on_chunk_head(llhttp_t *llhttp)
{
    struct http_parser *p = llhttp->data;

    p->last_chunk = llhttp->content_length == 0;
    return p->last_chunk ? HPE_PAUSED : 0;
}

static int on_body(llhttp_t *llhttp, const char *at, size_t size)
{
    struct http_parser *p = llhttp->data;

    assert(p->piece.size == 0);
    p->piece = (struct ws_bytes){ at, size };
    return 0;
}

/* The last chunk ends with the message, which stops by itself. */
static int on_chunk_end(llhttp_t *llhttp)
{
    struct http_parser *p = llhttp->data;

    p->chunk_end = true;
    return p->last_chunk ? 0 : HPE_PAUSED;
}

static int on_complete(llhttp_t *llhttp)
{
    struct http_parser *p = llhttp->data;

    p->complete = true;
    return HPE_PAUSED;
}

static const llhttp_settings_t callbacks = {
    .on_url = on_target,
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_header_value_complete = on_value_end,
    .on_headers_complete = on_head,
    .on_chunk_header = on_chunk_head,
    .on_body = on_body,
    .on_chunk_complete = on_chunk_end,
    .on_message_complete = on_complete,
};

/* Bytes taken by llhttp until it stops, at a landmark or at what is broken. */
static size_t execute(struct http_parser *p, const char *at, size_t size)
{
    llhttp_errno_t err = llhttp_execute(&p->llhttp, at, size);

    if (err == HPE_OK)
        return size;

    const char *stop = llhttp_get_error_pos(&p->llhttp);
    assert(stop >= at && stop <= at + size);
    p->broken = err != HPE_PAUSED;
    if (!p->broken)
        llhttp_resume(&p->llhttp);
    return (size_t)(stop - at);
}

/* The head. */

static enum request_event read_head(struct http_parser *p)
{
    struct http_refusal refusal = { 400, "The request is malformed." };
    int err;

    http_lines_finish(&p->lines);
    err = http_lines_init(&p->lines, p->bytes.at, p->bytes.size, p->gate.lines);
    if (err)
        return refuse(p, 503, "Out of memory.");

    llhttp_init(&p->llhttp, HTTP_REQUEST, &callbacks);
    p->llhttp.data = p;
    if (execute(p, (const char *)p->bytes.at, p->bytes.size) != p->bytes.size || p->broken || !p->whole)
        return refuse(p, 400, "The request is malformed.");

    if (http_lines_read(&p->lines, p->limits, &p->head, &refusal) != 0)
        return refuse(p, refusal.status, refusal.reason);

    p->left = p->head.length > 0 ? (uint64_t)p->head.length : 0;
    p->state = p->head.length < 0 ? IN_CHUNKS : p->head.length > 0 ? IN_LENGTH : AT_END;
    return REQUEST_HEAD;
}

static void advance(const char **at, size_t *size, size_t taken)
{
    *at += taken;
    *size -= taken;
}

static enum request_event step_head(struct http_parser *p, const char **at, size_t *size)
{
    bool done;
    int taken = http_gate_scan(&p->gate, p->limits, *at, *size, &done);

    if (taken < 0)
        return refuse(p, -taken, reason_of_gate(-taken));
    if (buf_add(&p->bytes, *at, (size_t)taken) != 0)
        return refuse(p, 503, "Out of memory.");

    advance(at, size, (size_t)taken);
    return done ? read_head(p) : REQUEST_MORE;
}

/* Empty lines before a request. */
static enum request_event step_start(struct http_parser *p, const char **at, size_t *size)
{
    for (; *size > 0; advance(at, size, 1)) {
        if (p->state == AT_START_CR && **at != '\n')
            return refuse(p, 400, "A line is malformed.");
        if (p->state == AT_START && **at != '\r') {
            p->state = IN_HEAD;
            return step_head(p, at, size);
        }
        if (p->state == AT_START && ++p->empty_lines > EMPTY_LINES_MAX)
            return refuse(p, 400, "Too many empty lines.");
        p->state = p->state == AT_START ? AT_START_CR : AT_START;
    }
    return REQUEST_MORE;
}

/* The body. */

static enum request_event step_length(struct http_parser *p, const char **at, size_t *size,
                                   struct ws_bytes *ret_body)
{
    size_t piece = p->left < *size ? (size_t)p->left : *size;

    if (piece == 0)
        return REQUEST_MORE;
    *ret_body = (struct ws_bytes){ *at, piece };
    advance(at, size, piece);
    p->left -= piece;
    if (p->left == 0)
        p->state = AT_END;
    return REQUEST_BODY;
}

/* Extensions of chunks say nothing to us, but each byte of them costs: they have a budget (CVE-2024-22019),
 * which grows only between chunks, so that it does not matter where we look. */
static bool over_budget(const struct http_parser *p)
{
    return p->overhead > p->limits->head_max + (p->chunks + 1) * CHUNK_LINE_USUAL;
}

static enum request_event step_chunks(struct http_parser *p, const char **at, size_t *size,
                                   struct ws_bytes *ret_body)
{
    while (*size > 0) {
        size_t taken;

        p->piece = (struct ws_bytes){ NULL, 0 };
        p->chunk_end = false;
        taken = execute(p, *at, *size);
        advance(at, size, taken);
        p->overhead += taken - p->piece.size;
        if (over_budget(p))
            return refuse(p, 413, "Chunk extensions are too large.");
        if (p->broken)
            return refuse(p, 400, "A chunk is malformed.");
        p->chunks += p->chunk_end;
        if (p->last_chunk) {
            p->state = IN_TRAILER;
            return REQUEST_MORE;
        }
        if (p->piece.size > 0) {
            *ret_body = p->piece;
            return REQUEST_BODY;
        }
    }
    return REQUEST_MORE;
}

/* RFC 9112, 5.1: a name is a token, and the colon stands directly behind it. llhttp takes less for one. */
static bool fits_trailer(struct http_parser *p, char byte)
{
    bool first = p->gate.line_size == 0;

    if (first)
        p->named = byte == '\r';                /* the empty line has none                          */
    if (p->named)
        return true;
    p->named = byte == ':' && !first;
    return p->named || isalnum((unsigned char)byte)
           || (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

/* Trailers are checked, counted as header lines, and dropped (RFC 9112, 7.1.2). Byte by byte: whether the
 * gate or llhttp objects first must not hang on the split. */
static enum request_event step_trailer(struct http_parser *p, const char **at, size_t *size)
{
    for (; *size > 0; advance(at, size, 1)) {
        bool done, fits = fits_trailer(p, **at);
        int taken = http_gate_scan(&p->gate, p->limits, *at, 1, &done);

        if (taken < 0)
            return refuse(p, -taken, reason_of_gate(-taken));
        if (!fits || execute(p, *at, 1) != 1 || p->broken || p->complete != done)
            return refuse(p, 400, "A trailer is malformed.");
        if (done) {
            advance(at, size, 1);
            p->state = AT_END;
            return REQUEST_END;
        }
    }
    return REQUEST_MORE;
}

enum request_event http_parser_step(struct http_parser *p, const char **at, size_t *size,
                                    struct ws_bytes *ret_body)
{
    enum request_event event;

    switch (p->state) {
    case AT_START:
    case AT_START_CR:
        return step_start(p, at, size);
    case IN_HEAD:
        return step_head(p, at, size);
    case IN_LENGTH:
        return step_length(p, at, size, ret_body);
    case IN_CHUNKS:
        event = step_chunks(p, at, size, ret_body);
        return event == REQUEST_MORE && p->state == IN_TRAILER ? step_trailer(p, at, size) : event;
    case IN_TRAILER:
        return step_trailer(p, at, size);
    case AT_END:
        return REQUEST_END;
    default:
        assert(p->state == REFUSED);
        return REQUEST_REFUSED;
    }
}

/* Life. */

struct http_parser *http_parser_new(const struct sio_http_limits *limits)
{
    struct http_parser *p = calloc(1, sizeof *p);

    if (p == NULL)
        return NULL;
    p->limits = limits;
    buf_init(&p->bytes, (int64_t)limits->head_max);
    return p;
}

void http_parser_free(struct http_parser *p)
{
    if (p == NULL)
        return;
    http_lines_finish(&p->lines);
    buf_finish(&p->bytes);
    free(p);
}

void http_parser_next(struct http_parser *p)
{
    assert(p->state == AT_END);

    http_lines_finish(&p->lines);
    buf_finish(&p->bytes);                      /* idle connections hold no memory for heads        */
    *p = (struct http_parser){ .limits = p->limits, .bytes = p->bytes };
}

const struct http_head *http_parser_head(const struct http_parser *p)
{
    return &p->head;
}

bool http_parser_is_idle(const struct http_parser *p)
{
    return p->state == AT_START || p->state == AT_START_CR;
}

int http_parser_status(const struct http_parser *p)
{
    return p->status;
}

const char *http_parser_reason(const struct http_parser *p)
{
    return p->reason;
}
