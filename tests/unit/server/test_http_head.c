/* test_http_head.c - what can be read in two ways is refused, wherever the bytes are cut. */
#include "http_parser_fixture.h"

static const struct http_case lines[] = {
    IN("\nGET / HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN("\r\n\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN("\rGET / HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN(" GET / HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN("GET / HTTP/1.1\n" HOST "\r\n", "!400"),
    IN("GET / HTTP/1.1\r\nHost: h\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\nHost: h\r\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\n" HOST "\r\rGET /2 HTTP/1.1\r\n" HOST "\r\n", "!400"),    /* CVE-2025-23167   */
    IN("GET / HTTP/1.1\r\n" HOST "\rTransfer-Encoding: chunked\r\n\r\n", "!400"),   /* CVE-2023-30589   */
    IN("GET / HTTP/1.1\r\n" HOST " Content-Length: 5\r\n\r\n", "!400"),             /* CVE-2024-27982   */
    IN("GET / HTTP/1.1\r\n" HOST "A: b\r\n\tc\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\n Host: h\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\n" HOST "A : b\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\n" HOST "A\t: b\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\n" HOST "A b: c\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\n" HOST ": c\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\n" HOST "Nothing\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\n" HOST "A(b): c\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\n" HOST "\xc3\xa4: c\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\n" HOST "A: b\0c\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\n" HOST "A: b\x01\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\n" HOST "A: b\x7f\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\n" HOST "A\0: b\r\n\r\n", "!400"),
};

TEST(http_parser, refuses_lines_that_can_be_read_in_two_ways)
{
    CHECK_ALL(lines);
}

static const struct http_case firsts[] = {
    IN("GET  / HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN("GET /  HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN("GET / HTTP/1.1 \r\n" HOST "\r\n", "!400"),
    IN("GET\t/ HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN("GET /a b HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN("GET / \r\n" HOST "\r\n", "!400"),
    IN("GET /\r\n" HOST "\r\n", "!400"),
    IN("GET\r\n" HOST "\r\n", "!400"),
    IN("GET / HTTP/0.9\r\n" HOST "\r\n", "!505"),
    IN("GET / HTTP/1.2\r\n" HOST "\r\n", "!400"),
    IN("GET / HTTP/2.0\r\n" HOST "\r\n", "!505"),
    IN("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "!400"),
    IN("GET / HTTP/11\r\n" HOST "\r\n", "!400"),
    IN("GET / HTTP/1.1.\r\n" HOST "\r\n", "!400"),
    IN("GET / http/1.1\r\n" HOST "\r\n", "!400"),
    IN("GET / ICE/1.0\r\n" HOST "\r\n", "!400"),
    IN("SOURCE / ICE/1.0\r\n" HOST "\r\n", "!400"),
    IN("DESCRIBE / RTSP/1.0\r\n" HOST "\r\n", "!400"),
    IN("get / HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN("BREW / HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN("TRACE / HTTP/1.1\r\n" HOST "\r\n", "!405"),
    IN("PROPFIND / HTTP/1.1\r\n" HOST "\r\n", "!405"),
    IN("CONNECT h:80 HTTP/1.1\r\n" HOST "\r\n", "!405"),
    IN("GET /#x HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN("GET /\xe5\x8c\xbb HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN("GET a HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN("GET //h/ HTTP/1.1\r\n" HOST "\r\n", "GET //h/;()"),
    IN("GET http://other/ HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN("GET http://h HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN("GET ftp://h/ HTTP/1.1\r\n" HOST "\r\n", "!400"),
    IN("\x16\x03\x01\x02\x00\x01", "!400"),
    IN("\0\0\0\0", "!400"),
};

TEST(http_parser, refuses_first_lines_it_does_not_speak)
{
    CHECK_ALL(firsts);
}

static const struct http_case hosts[] = {
    IN("GET / HTTP/1.1\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\nHost:\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\n" HOST HOST "\r\n", "!400"),
    IN("GET / HTTP/1.1\r\n" HOST "HOST: h\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", "!400"),
    IN("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", "!400"),          /* two of them, joined by a proxy  */
    IN("GET / HTTP/1.1\r\nHost: :80\r\n\r\n", "!400"),
};

TEST(http_parser, wants_one_host)
{
    CHECK_ALL(hosts);
}

static const struct http_case framing[] = {
    IN(POST("Content-Length: 1\r\nContent-Length: 1\r\n", "x"), "!400"),
    IN(POST("Content-Length: 1\r\nContent-Length: 2\r\n", "xy"), "!400"),
    IN(POST("Content-Length: 1, 1\r\n", "x"), "!400"),
    IN(POST("Content-Length: +1\r\n", "x"), "!400"),
    IN(POST("Content-Length: -1\r\n", "x"), "!400"),
    IN(POST("Content-Length: 0x1\r\n", "x"), "!400"),
    IN(POST("Content-Length: 1 1\r\n", "x"), "!400"),
    IN(POST("Content-Length: 1.0\r\n", "x"), "!400"),
    IN(POST("Content-Length:\r\n", ""), "!400"),
    IN(POST("Content-Length: 18446744073709551616\r\n", ""), "!400"),
    IN(POST("Content-Length: 18446744073709551615\r\n", ""), "!400"),
    IN(POST("Content-Length: 9223372036854775808\r\n", ""), "!400"),
    IN(POST(CHUNKED "Content-Length: 1\r\n", "x"), "!400"),
    IN(POST("Content-Length: 1\r\n" CHUNKED, "x"), "!400"),
    IN(POST(CHUNKED CHUNKED, "0\r\n\r\n"), "!400"),
    IN(POST("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), "!400"),
    IN(POST("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), "!501"),
    IN(POST("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), "!400"),
    IN(POST("Transfer-Encoding: identity\r\n", ""), "!501"),
    IN(POST("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), "!501"),
    IN(POST("Transfer-Encoding:\r\n", "0\r\n\r\n"), "!501"),
    IN(POST("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), "!501"),
    IN("POST / HTTP/1.0\r\n" CHUNKED "\r\n0\r\n\r\n", "!400"),
    IN(POST("Expect: tea\r\nContent-Length: 1\r\n", "x"), "!417"),
    IN(POST("Expect: 100-continue\r\nExpect: 100-continue\r\n", ""), "!400"),
};

TEST(http_parser, refuses_a_length_that_is_not_clear)
{
    CHECK_ALL(framing);
}
