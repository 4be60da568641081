/* test_http_parser.c - requests, their bodies and limits, cut at every place. */
#include "http_parser_fixture.h"

static const struct http_case good[] = {
    IN("", ""),
    IN("GET / HTTP/1.1\r\n" HOST "\r\n", "GET /;()"),
    IN("GET /a/b?x=1&y=%20?z HTTP/1.1\r\n" HOST "\r\n", "GET /a/b?x=1&y=%20?z;()"),
    IN("GET /? HTTP/1.1\r\n" HOST "\r\n", "GET /;()"),
    IN("HEAD / HTTP/1.1\r\nHOST:h\r\n\r\n", "HEAD /;()"),
    IN("DELETE /x HTTP/1.1\r\nhost: \t h:80 \t\r\n\r\n", "DELETE /x;()"),
    IN("PATCH /x HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "PATCH /x;()"),
    IN("OPTIONS * HTTP/1.1\r\n" HOST "\r\n", "OPTIONS *;()"),
    IN("GET http://h/p?q HTTP/1.1\r\n" HOST "\r\n", "GET /p?q;()"),
    IN("GET HTTP://H/ HTTP/1.1\r\n" HOST "\r\n", "GET /;()"),
    IN("GET / HTTP/1.0\r\n\r\n", "GET / 1.0 close;()"),
    IN("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET / 1.0 close;()"),
    IN("GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", "GET / close;()"),
    IN("GET / HTTP/1.1\r\n" HOST "Connection: foo, Close\r\n\r\n", "GET / close;()"),
    IN("GET / HTTP/1.1\r\n" HOST "Connection: closed\r\n\r\n", "GET /;()"),
    IN("GET / HTTP/1.1\r\n" HOST "Empty:\r\nBlank:  \r\nHigh: \xe5\x8c\xbb\r\n\r\n", "GET /;()"),
    IN("\r\nGET / HTTP/1.1\r\n" HOST "\r\n\r\n\r\nGET /2 HTTP/1.1\r\n" HOST "\r\n", "GET /;()GET /2;()"),
    IN("GET /1 HTTP/1.1\r\n" HOST "\r\nGET /2 HTTP/1.1\r\n" HOST "\r\n", "GET /1;()GET /2;()"),
    IN("GET / HTTP/1.1\r\n" HOST, ""),
    IN("GET / HTTP/1.1\r\n" HOST "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\r\n",
       "GET / upgrade;()"),
    IN("GET / HTTP/1.1\r\n" HOST "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "GET /;()"),
    IN("GET / HTTP/1.1\r\n" HOST "Upgrade: websocket\r\n\r\n", "GET /;()"),
};

TEST(http_parser, reads_requests)
{
    CHECK_ALL(good);
}

static const struct http_case bodies[] = {
    IN(POST("Content-Length: 3\r\n", "abcGET / HTTP/1.1\r\n" HOST "\r\n"), "POST / len=3;(abc)GET /;()"),
    IN(POST("Content-Length: 0\r\n", ""), "POST /;()"),
    IN(POST("Content-Length: 007\r\n", "1234567"), "POST / len=7;(1234567)"),
    IN(POST("Content-Length: 4\r\n", "abc"), "POST / len=4;"),
    IN("GET / HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nhi", "GET / len=2;(hi)"),
    IN("POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nx", "POST / 1.0 close len=1;(x)"),
    IN(POST("Expect: 100-continue\r\nContent-Length: 1\r\n", "x"), "POST / expect len=1;(x)"),
    IN(POST("Connection: close\r\nContent-Length: 1\r\n", "x"), "POST / close len=1;(x)"),
    IN(POST(CHUNKED, "3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n"), "POST / chunked;(abc)GET /;()"),
    IN(POST("Transfer-Encoding: Chunked\r\n", "A\r\n0123456789\r\nb\r\nabcdefghijk\r\n0\r\n\r\n"),
       "POST / chunked;(0123456789abcdefghijk)"),
    IN(POST(CHUNKED, "1;x=y\r\na\r\n0;z\r\n\r\n"), "POST / chunked;(a)"),
    IN(POST(CHUNKED, "0\r\n\r\n"), "POST / chunked;()"),
    IN(POST(CHUNKED, "1\r\na\r\n0\r\nTrailer: x\r\nMore: y\r\n\r\n"), "POST / chunked;(a)"),
    IN(POST(CHUNKED, "1\r\na\r\n0\r\n"), "POST / chunked;"),
    IN(POST("Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 1\r\n", "x"), "POST / len=1;(x)"),
};

TEST(http_parser, reads_bodies)
{
    CHECK_ALL(bodies);
}

static const struct http_case chunks[] = {
    IN(POST(CHUNKED, "x\r\n"), "POST / chunked;!400"),
    IN(POST(CHUNKED, "\r\n"), "POST / chunked;!400"),
    IN(POST(CHUNKED, "-1\r\n"), "POST / chunked;!400"),
    IN(POST(CHUNKED, " 1\r\na\r\n0\r\n\r\n"), "POST / chunked;!400"),
    IN(POST(CHUNKED, "0x1\r\na\r\n0\r\n\r\n"), "POST / chunked;!400"),
    IN(POST(CHUNKED, "1\na\r\n0\r\n\r\n"), "POST / chunked;!400"),
    IN(POST(CHUNKED, "1\r\nab\r\n0\r\n\r\n"), "POST / chunked;!400"),
    IN(POST(CHUNKED, "1\r\na0\r\n\r\n"), "POST / chunked;!400"),
    IN(POST(CHUNKED, "1\r\na\n0\r\n\r\n"), "POST / chunked;!400"),
    IN(POST(CHUNKED, "ffffffffffffffff1\r\n"), "POST / chunked;!400"),
    IN(POST(CHUNKED, "0\r\nA: b\n\r\n"), "POST / chunked;!400"),
    IN(POST(CHUNKED, "0\r\n A: b\r\n\r\n"), "POST / chunked;!400"),
    IN(POST(CHUNKED, "0\r\nnothing\r\n\r\n"), "POST / chunked;!400"),
    IN(POST(CHUNKED, "0\r\nA: b\0\r\n\r\n"), "POST / chunked;!400"),
    IN(POST(CHUNKED, "0\r\n1:\r\n2:\r\n3:\r\n4:\r\n5:\r\n6:\r\n7:\r\n\r\n"), "POST / chunked;!431"),
};

TEST(http_parser, refuses_chunks_that_are_malformed)
{
    CHECK_ALL(chunks);
}

/* Limits: the last good one and the first bad one. */

static void check_size(const char *before, char fill, size_t count, const char *after, const char *want)
{
    size_t before_size = strlen(before), size = before_size + count + strlen(after);
    char *bytes = malloc(size + 1), said[1024];

    assert_non_null(bytes);
    memcpy(bytes, before, before_size);
    memset(bytes + before_size, fill, count);
    memcpy(bytes + before_size + count, after, strlen(after) + 1);
    for (size_t step = 1; step <= size; step = step * 7 + 1) {
        run(&(struct http_case){ bytes, size, want }, step, step, said, sizeof said);
        if (strncmp(said, want, strlen(want)) != 0)
            fail_msg("%zu of '%c' by %zu: %s, not %s", count, fill, step, said, want);
    }
    free(bytes);
}

TEST(http_parser, limits_the_target)
{
    check_size("GET /", 'x', 63, " HTTP/1.1\r\n" HOST "\r\n", "GET /xxx");
    check_size("GET /", 'x', 64, " HTTP/1.1\r\n" HOST "\r\n", "!414");
    check_size("GET /", 'x', 10000, "", "!414");
    check_size("", 'x', 10000, "", "!414");
}

TEST(http_parser, limits_the_head)
{
    static const char before[] = "GET / HTTP/1.1\r\n" HOST "A: ";

    check_size(before, 'x', 512 - (sizeof before - 1) - 4, "\r\n\r\n", "GET /;()");
    check_size(before, 'x', 513 - (sizeof before - 1) - 4, "\r\n\r\n", "!431");
    check_size(before, 'x', 100000, "", "!431");
}

TEST(http_parser, limits_the_lines)
{
    static const struct http_case cases[] = {
        IN("GET / HTTP/1.1\r\n" HOST "2:\r\n3:\r\n4:\r\n5:\r\n6:\r\n7:\r\n8:\r\n\r\n", "GET /;()"),
        IN("GET / HTTP/1.1\r\n" HOST "2:\r\n3:\r\n4:\r\n5:\r\n6:\r\n7:\r\n8:\r\n9:\r\n\r\n", "!431"),
    };

    CHECK_ALL(cases);
}

TEST(http_parser, limits_what_chunks_say_beside_their_data)
{
    check_size(POST(CHUNKED, "1;"), 'x', 400, "\r\na\r\n0\r\n\r\n", "POST / chunked;(a)");
    check_size(POST(CHUNKED, "1;"), 'x', 1000, "\r\na\r\n0\r\n\r\n", "POST / chunked;!413");
    check_size(POST(CHUNKED, "1;"), 'x', 100000, "", "POST / chunked;!413");
}

/* Two things are wrong: which one is said is the same for any split. */
TEST(http_parser, refuses_for_one_reason)
{
    check_size(POST(CHUNKED, "0\r\na b: c\r\nd: "), 'x', 1000, "", "POST / chunked;!400");
    check_size(POST(CHUNKED, "0\r\nd: "), 'x', 1000, "\r\na b: c\r\n", "POST / chunked;!431");
    check_size(POST(CHUNKED, "1;"), 'x', 1000, "\n", "POST / chunked;!413");
    check_size(POST(CHUNKED, "1;"), 'x', 520, "\r\na\r\n0\r\n\r\n", "POST / chunked;(a)");
    check_size(POST(CHUNKED, "1;"), 'x', 540, "\r\na\r\n0\r\n\r\n", "POST / chunked;!413");
}

TEST(http_parser, refuses_a_trailer_without_a_name)
{
    static const struct http_case cases[] = {
        IN(POST(CHUNKED, "0\r\nA-b!:\r\n\r\n"), "POST / chunked;()"),
        IN(POST(CHUNKED, "0\r\n: a\r\n\r\n"), "POST / chunked;!400"),
        IN(POST(CHUNKED, "0\r\na : b\r\n\r\n"), "POST / chunked;!400"),
        IN(POST(CHUNKED, "0\r\na\r\n\r\n"), "POST / chunked;!400"),
    };

    CHECK_ALL(cases);
}

/* Any split, tried at random over one long dialogue. */
TEST(http_parser, does_not_see_where_bytes_were_split)
{
    static const struct http_case c = IN(
        "GET /1 HTTP/1.1\r\n" HOST "\r\n" POST("Content-Length: 5\r\n", "12345")
        POST(CHUNKED, "5\r\nabcde\r\n3;e=f\r\nxyz\r\n0\r\nT: u\r\n\r\n") "\r\n"
        "HEAD /2 HTTP/1.1\r\n" HOST "A: b\r\n\r\n" POST(CHUNKED, "2\r\nab\r\n!"),
        "GET /1;()POST / len=5;(12345)POST / chunked;(abcdexyz)HEAD /2;()POST / chunked;!400");
    char said[1024];

    for (size_t first = 0; first < c.size; first++)
        for (size_t step = 1; step < 40; step++) {
            run(&c, first, step, said, sizeof said);
            if (strcmp(said, c.want) != 0)
                fail_msg("%zu, then %zu each: %s", first, step, said);
        }
}

TEST(http_parser, leaves_the_bytes_behind_an_upgrade)
{
    static const char bytes[] = "GET / HTTP/1.1\r\n" HOST "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
                                "\x81\x80";
    struct http_parser *p = http_parser_new(&limits);
    const char *at = bytes;
    size_t size = sizeof bytes - 1;
    struct ws_bytes body;

    CHECK_INT(http_parser_step(p, &at, &size, &body), REQUEST_HEAD);
    CHECK(http_parser_head(p)->upgrade);
    CHECK_INT(size, 2);
    CHECK_STR(at, "\x81\x80");
    http_parser_free(p);
    http_parser_free(NULL);
}

TEST(http_parser, gives_names_in_lower_case_and_values_without_space)
{
    static const char bytes[] = "GET / HTTP/1.1\r\nHOST: h\r\nX-Some-THING: \t A  b \t\r\nempty:\r\n\r\n";
    static const char *const want[] = { "host", "h", "x-some-thing", "A  b", "empty", "" };
    struct http_parser *p = http_parser_new(&limits);
    const char *at = bytes;
    size_t size = sizeof bytes - 1;
    struct ws_bytes body;

    CHECK(http_parser_is_idle(p));
    CHECK_INT(http_parser_step(p, &at, &size, &body), REQUEST_HEAD);
    CHECK(!http_parser_is_idle(p));
    for (size_t i = 0; i < 3; i++) {
        CHECK_STR(http_parser_head(p)->headers[i].name, want[2 * i]);
        CHECK_STR(http_parser_head(p)->headers[i].value, want[2 * i + 1]);
    }
    CHECK(http_parser_head(p)->headers[3].name == NULL);
    CHECK_INT(http_parser_step(p, &at, &size, &body), REQUEST_END);
    http_parser_next(p);
    CHECK(http_parser_is_idle(p));
    http_parser_free(p);
}
