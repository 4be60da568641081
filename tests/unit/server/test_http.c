/* test_http.c - requests to handlers and their replies, over real connections. */
#include "net_fixture.h"

static struct sio_http_ticket last;             /* of the request that waits                      */
static int handled;

static void say(const struct sio_http_request *r, const char *text)
{
    CHECK_INT(sio_http_reply(r->ticket, 200, NULL, (struct ws_bytes){ text, strlen(text) }), 0);
}

static void on_later(void *app, const struct sio_http_request *r)
{
    (void)app;
    last = r->ticket;
    handled++;
}

static void on_echo(void *app, const struct sio_http_request *r)
{
    char text[4096];

    (void)app;
    handled++;
    (void)snprintf(text, sizeof text, "%s %s?%s from %s%s: %.*s", r->method, r->path, r->query, r->address,
                   r->secure ? " safely" : "", (int)r->body.size, (const char *)r->body.at);
    CHECK_INT(strlen((const char *)r->body.at), r->body.size);      /* it reads as a text           */
    say(r, text);
    CHECK_INT(sio_http_reply(r->ticket, 200, NULL, (struct ws_bytes){ NULL, 0 }), -EALREADY);
}

static char *large;
enum { LARGE_SIZE = 20 << 20 };

static void on_large(void *app, const struct sio_http_request *r)
{
    (void)app;
    CHECK_INT(sio_http_reply_lent(r->ticket, 200, NULL, (struct ws_bytes){ large, LARGE_SIZE }), 0);
}

static void on_status(void *app, const struct sio_http_request *r)
{
    static const struct ws_header headers[] = { { "X-Mine", "yes" }, { NULL, NULL } };

    (void)app;
    if (strcmp(r->query, "204") == 0)
        CHECK_INT(sio_http_reply(r->ticket, 204, headers, (struct ws_bytes){ NULL, 0 }), 0);
    else if (strcmp(r->query, "304") == 0)
        CHECK_INT(sio_http_reply(r->ticket, 304, headers, (struct ws_bytes){ NULL, 0 }), 0);
    else
        CHECK_INT(sio_http_problem(r->ticket, 409, "doctor-busy", "He said \"no\".", r->id, headers), 0);
}

static const struct sio_uv_route routes[] = {
    { .path = "/echo", .handle = on_echo },     { .path = "/later", .handle = on_later },
    { .path = "/large", .handle = on_large },   { .path = "/status", .handle = on_status },
    { .path = "/page", .page = { "<p>hi", 5 } }, { .path = NULL },
};

static const struct sio_uv_options usual = { .limits = { .body_max = 1000 } };
static const struct sio_uv_options hasty = {
    .limits = { .head_ms = 200, .body_ms = 200, .idle_ms = 200, .unread_ms = 200, .linger_ms = 200 },
};

static void open_world(struct world *w, const struct sio_uv_options *options)
{
    handled = 0;
    last = (struct sio_http_ticket){ .net = NULL };
    world_open(w, options);
    world_listen(w, routes);
}

/* One request that ends its connection. */
static void check_talk(struct world *w, const char *sent, const char *const *want)
{
    struct client *c = client_open(w);
    const char *said;

    client_send(c, sent);
    said = client_wait_end(c);
    for (; *want != NULL; want++)
        if (**want == '!')
            check_has_not(said, *want + 1);
        else
            check_has(said, *want);
    client_close(c);
}
#define TALK(w, sent, ...) check_talk(w, sent, (const char *const[]){ __VA_ARGS__, NULL })
#define GET(target) "GET " target " HTTP/1.1\r\nHost: h\r\n"
#define POST "POST /echo HTTP/1.1\r\nHost: h\r\n"
#define CLOSE "Connection: close\r\n"

TEST(http, replies_once)
{
    struct world w;

    open_world(&w, &usual);
    TALK(&w, GET("/echo?a=%20") CLOSE "\r\n", "HTTP/1.1 200 OK\r\n", "\r\nDate: ", " GMT\r\n",
         "\r\nContent-Length: 32\r\n", "\r\nConnection: close\r\n",
         "\r\n\r\nGET /echo?a=%20 from 127.0.0.1: ");
    TALK(&w, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n" CLOSE "\r\nhi", ": hi");
    TALK(&w, "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n" CLOSE
         "\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n", ": hi");
    TALK(&w, "GET /echo HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK", "Connection: close", "GET /echo? from");
    CHECK_INT(handled, 4);
    world_close(&w);
}

TEST(http, sends_no_body_where_there_is_none)
{
    struct world w;

    open_world(&w, &usual);
    TALK(&w, "HEAD /page HTTP/1.1\r\nHost: h\r\n" CLOSE "\r\n", "200 OK", "Content-Length: 5\r\n", "!<p>hi");
    TALK(&w, GET("/page") CLOSE "\r\n", "Content-Type: text/html; charset=utf-8\r\n", "\r\n\r\n<p>hi");
    TALK(&w, GET("/status?204") CLOSE "\r\n", "204 No Content", "X-Mine: yes", "!Content-Length");
    TALK(&w, GET("/status?304") CLOSE "\r\n", "304 Not Modified", "!Content-Length");
    world_close(&w);
}

TEST(http, speaks_of_problems_in_json)
{
    struct world w;

    open_world(&w, &usual);
    TALK(&w, GET("/status") CLOSE "\r\n", "409 Conflict", "Content-Type: application/problem+json\r\n",
         "X-Mine: yes",
         "{\"type\":\"about:blank\",\"title\":\"Conflict\",\"status\":409,\"code\":\"doctor-busy\","
         "\"detail\":\"He said \\\"no\\\".\",\"requestId\":\"");
    TALK(&w, GET("/none") CLOSE "\r\n", "404 Not Found", "\"code\":\"not-found\"", "!detail");
    TALK(&w, "POST /page HTTP/1.1\r\nHost: h\r\n" CLOSE "\r\n", "405 Method Not Allowed",
         "Allow: GET, HEAD");
    TALK(&w, GET("/ech%6F") CLOSE "\r\n", "404 Not Found");    /* routes are exact, not decoded        */
    TALK(&w, "BAD\r\n\r\n", "400 Bad Request", "Connection: close", "\"code\":\"bad-request\"");
    world_close(&w);
}

TEST(http, keeps_order_and_hands_over_one_at_a_time)
{
    struct world w;
    struct client *c;

    open_world(&w, &usual);
    c = client_open(&w);
    client_send(c, GET("/later") "\r\n" GET("/echo?2") "\r\n");
    client_send(c, GET("/later") CLOSE "\r\n" GET("/echo?never") "\r\n");
    CHECK(client_hears_nothing(c, 20));
    CHECK_INT(handled, 1);
    CHECK(sio_http_waits(last));
    CHECK_INT(sio_http_reply(last, 200, NULL, WS_LITERAL("one")), 0);
    CHECK(!sio_http_waits(last));
    check_has(client_wait(c, "/echo?2"), "one");
    CHECK_INT(sio_http_reply(last, 200, NULL, WS_LITERAL("three")), 0);
    check_has_not(client_wait_end(c), "never");
    check_has(c->said, "three");
    CHECK_INT(handled, 3);
    client_close(c);
    world_close(&w);
}

TEST(http, knows_that_a_client_left)
{
    struct sio_http_ticket first;
    struct world w;
    struct client *c;

    open_world(&w, &usual);
    CHECK_INT(sio_http_reply(last, 200, NULL, WS_LITERAL("x")), -ECONNRESET);
    c = client_open(&w);
    client_send(c, GET("/later") "\r\n");
    world_pass(&w, 10);
    first = last;
    (void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof(struct linger));
    client_close(c);                            /* a reset: nobody reads any more                   */
    world_pass(&w, 10);
    CHECK(!sio_http_waits(first));
    c = client_open(&w);                        /* has the same number, and is not meant            */
    client_send(c, GET("/later") "\r\n");
    world_pass(&w, 10);
    CHECK_INT(sio_http_reply(first, 200, NULL, WS_LITERAL("x")), -ECONNRESET);
    CHECK_INT(sio_http_problem(first, 500, NULL, NULL, "id", NULL), -ECONNRESET);
    CHECK(sio_http_waits(last));
    client_close(c);
    world_close(&w);
}

TEST(http, answers_a_client_that_only_ended_its_side)
{
    struct world w;
    struct client *c;

    open_world(&w, &usual);
    c = client_open(&w);
    client_send(c, GET("/later") "\r\n");
    CHECK_INT(shutdown(c->fd, SHUT_WR), 0);
    world_pass(&w, 20);
    CHECK_INT(sio_http_reply(last, 200, NULL, WS_LITERAL("still")), 0);
    check_has(client_wait_end(c), "still");
    client_close(c);
    world_close(&w);
}

/* Limits of bodies, on both sides. */
TEST(http, limits_a_body_while_it_comes)
{
    char fits[2048], over[2048], pieces[2048];
    struct world w;

    open_world(&w, &usual);
    (void)snprintf(fits, sizeof fits, POST "Content-Length: 1000\r\n" CLOSE "\r\n%01000d", 7);
    (void)snprintf(over, sizeof over, POST "Content-Length: 1001\r\n\r\n%01001d", 7);
    (void)snprintf(pieces, sizeof pieces, POST "Transfer-Encoding: chunked\r\n\r\n3e9\r\n%01001d\r\n", 7);
    TALK(&w, fits, "200 OK", "0007");
    CHECK_INT(handled, 1);
    TALK(&w, POST "Content-Length: 1000000\r\n\r\n", "413 Content Too Large",
         "Connection: close", "\"code\":\"too-large\"");
    TALK(&w, pieces, "413 Content Too Large", "Connection: close");
    /* One that is only a little too large is read to its end, and the connection goes on. */
    struct client *c = client_open(&w);
    client_send(c, over);
    client_send(c, GET("/echo?next") CLOSE "\r\n");
    check_has(client_wait_end(c), "413 Content Too Large");
    check_has(c->said, "/echo?next");
    client_close(c);
    CHECK_INT(handled, 2);
    world_close(&w);
}

TEST(http, says_continue_when_it_is_asked_to)
{
    struct world w;
    struct client *c;

    open_world(&w, &usual);
    c = client_open(&w);
    client_send(c, POST "Expect: 100-continue\r\nContent-Length: 2\r\n" CLOSE "\r\n");
    check_has(client_wait(c, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client_send(c, "hi");
    check_has(client_wait_end(c), ": hi");
    client_close(c);
    TALK(&w, POST "Expect: 100-continue\r\nContent-Length: 9999\r\n\r\n", "413 ", "!100 Continue");
    TALK(&w, "POST /none HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", "404 ",
         "!100 Continue");
    world_close(&w);
}

/* Deadlines: for all of it, not for a byte. */

static void drip(struct world *w, const char *first, const char *drop, const char *want)
{
    struct client *c = client_open(w);
    uint64_t start_ns = uv_hrtime(), took_ms;

    client_send(c, first);
    for (int i = 0; i < 500 && client_receive(c) == 0; i++) {
        client_send(c, drop);
        world_pass(w, 10);
    }
    check_has(client_wait_end(c), want);
    took_ms = (uv_hrtime() - start_ns) / 1000000;
    if (took_ms < 150 || took_ms > 2000)
        fail_msg("it took %d ms", (int)took_ms);
    client_close(c);
}

TEST(http, ends_what_is_too_slow)
{
    struct world w;

    open_world(&w, &hasty);
    drip(&w, "GET /echo HTTP/1.1\r\nX: ", "y", "408 Request Timeout");
    drip(&w, POST "Content-Length: 900\r\n\r\n", "y", "408 Request Timeout");
    drip(&w, POST "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", "408 Request Timeout");
    drip(&w, "", "", "");                       /* who says nothing hears nothing                   */
    drip(&w, GET("/echo") "\r\n", "", "200 OK");/* between requests                                 */
    CHECK_INT(handled, 1);
    CHECK_INT(sio_uv_conns(w.uv), 0);
    world_close(&w);
}

static char fact[64];

static void on_fact(void *app, const char *event, const char *address, int error)
{
    (void)app;
    (void)snprintf(fact, sizeof fact, "%s %s %d", event, address, error);
}

TEST(http, cuts_who_does_not_read)
{
    struct sio_uv_options options = hasty;
    struct world w;
    struct client *c;

    fact[0] = '\0';
    options.fact = on_fact;
    large = calloc(1, LARGE_SIZE);
    assert_non_null(large);
    open_world(&w, &options);
    c = client_open(&w);
    client_send(c, GET("/large") "\r\n");
    for (int i = 0; i < 200 && sio_uv_conns(w.uv) > 0; i++)
        world_pass(&w, 10);
    CHECK_INT(sio_uv_conns(w.uv), 0);
    CHECK_STR(fact, "conn.slow 127.0.0.1 -110");
    client_close(c);
    world_close(&w);
    free(large);
}

TEST(http, sends_much_to_who_reads)
{
    struct world w;
    struct client *c;
    size_t got = 0;

    large = malloc(LARGE_SIZE);
    assert_non_null(large);
    for (size_t i = 0; i < LARGE_SIZE; i++)
        large[i] = (char)(i * 31 >> 8 ^ i);
    open_world(&w, &usual);
    c = client_open(&w);
    client_send(c, GET("/large") CLOSE "\r\n");
    (void)client_wait(c, "\r\n\r\n");
    char *body = strstr(c->said, "\r\n\r\n") + 4;
    do {
        size_t size = c->size - (size_t)(body - c->said);
        if (memcmp(body, large + got, size) != 0)
            fail_msg("other bytes after %zu", got);
        got += size;
        c->size = 0;
        body = c->said;
    } while (client_receive(c) >= 0);
    CHECK_INT(got, LARGE_SIZE);
    client_close(c);
    world_close(&w);
    free(large);
}
