/* http_parser_fixture.h - bytes in, requests or refusals out as text, the same for any split of the bytes.
 *
 * "GET /a?q;" is a head, with "1.0", "close", "upgrade", "expect", "len=N", "chunked" where it applies; "(…)"
 * is the body of a whole request; "!400" is a refusal, the last thing there is. */
#ifndef HTTP_PARSER_FIXTURE_H
#define HTTP_PARSER_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "http_parser.h"
#include "test.h"

static const struct sio_http_limits limits = {
    .head_max = 512, .target_max = 64, .lines_max = 8, .body_max = 1000, .ahead_max = 1000,
};

struct http_case { const char *bytes; size_t size; const char *want; };
#define IN(bytes, want) { bytes, sizeof bytes - 1, want }
#define HOST "Host: h\r\n"
#define POST(lines, body) "POST / HTTP/1.1\r\n" HOST lines "\r\n" body
#define CHUNKED "Transfer-Encoding: chunked\r\n"

static void say_head(struct buf *said, const struct http_head *head)
{
    CHECK_INT(buf_printf(said, "%s %s", head->method, head->target), 0);
    if (*head->query != '\0')
        CHECK_INT(buf_printf(said, "?%s", head->query), 0);
    if (head->minor == 0)
        CHECK_INT(buf_add_text(said, " 1.0"), 0);
    if (!head->keep_alive)
        CHECK_INT(buf_add_text(said, " close"), 0);
    if (head->upgrade)
        CHECK_INT(buf_add_text(said, " upgrade"), 0);
    if (head->expects)
        CHECK_INT(buf_add_text(said, " expect"), 0);
    if (head->length > 0)
        CHECK_INT(buf_printf(said, " len=%lld", (long long)head->length), 0);
    if (head->length < 0)
        CHECK_INT(buf_add_text(said, " chunked"), 0);
    CHECK_INT(buf_add_text(said, ";"), 0);
}

/* Takes all of a piece; false when it was refused. */
static bool feed(struct http_parser *p, const char *at, size_t size, struct buf *body, struct buf *said)
{
    struct ws_bytes piece;

    for (;;)
        switch (http_parser_step(p, &at, &size, &piece)) {
        case REQUEST_MORE:
            CHECK_INT(size, 0);
            return true;
        case REQUEST_HEAD:
            say_head(said, http_parser_head(p));
            break;
        case REQUEST_BODY:
            CHECK(piece.size > 0);
            CHECK_INT(buf_add(body, piece.at, piece.size), 0);
            break;
        case REQUEST_END:
            CHECK_INT(buf_printf(said, "(%.*s)", (int)body->size, body->size > 0 ? (char *)body->at : ""), 0);
            buf_clear(body);
            http_parser_next(p);
            break;
        default:
            CHECK(http_parser_reason(p) != NULL);
            CHECK_INT(buf_printf(said, "!%d", http_parser_status(p)), 0);
            return false;
        }
}

/* The bytes in pieces: `first`, then `step` each. Each piece has memory of its own, of just its size. */
static void run(const struct http_case *c, size_t first, size_t step, char *at, size_t at_size)
{
    struct http_parser *p = http_parser_new(&limits);
    struct buf body, said;
    bool going = true;

    assert_non_null(p);
    buf_init(&body, BUF_NO_LIMIT);
    buf_init(&said, BUF_NO_LIMIT);
    for (size_t done = 0, size = first; going && done < c->size; done += size, size = step) {
        char *piece;

        size = size < c->size - done ? size : c->size - done;
        piece = malloc(size > 0 ? size : 1);
        assert_non_null(piece);
        memcpy(piece, c->bytes + done, size);
        going = feed(p, piece, size, &body, &said);
        free(piece);
    }
    (void)snprintf(at, at_size, "%.*s", (int)said.size, said.size > 0 ? (char *)said.at : "");
    buf_finish(&body);
    buf_finish(&said);
    http_parser_free(p);
}

static void check_all(const struct http_case *cases, size_t count)
{
    char said[1024];

    for (size_t i = 0; i < count; i++) {
        const struct http_case *c = &cases[i];

        for (size_t step = 1; step <= 3; step++) {
            run(c, step, step, said, sizeof said);
            if (strcmp(said, c->want) != 0)
                fail_msg("case %zu by %zu bytes:\n%s\nsaid %s\nnot  %s", i, step, c->bytes, said, c->want);
        }
        for (size_t first = 0; first <= c->size; first++) {
            run(c, first, c->size, said, sizeof said);
            if (strcmp(said, c->want) != 0)
                fail_msg("case %zu cut at %zu:\n%s\nsaid %s\nnot  %s", i, first, c->bytes, said, c->want);
        }
    }
}
#define CHECK_ALL(cases) check_all(cases, sizeof cases / sizeof *cases)

#endif
