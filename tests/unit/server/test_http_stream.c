/* test_http_stream.c - replies made piece by piece, plain and over TLS, to those who read, wait and leave. */
#include "http_stream.h"

#include <signal.h>

#include "tls_house.h"

enum { PIECE = 50000, HUGE_SIZE = 64 << 20 };

/* Byte `at` of every body. */
static char letter(int64_t at)
{
    return (char)('a' + at % 23);
}

static struct tap {
    struct sio_http_ticket ticket;
    int64_t size, given;
    int  asked, ended;
    bool later, due;                            /* the test gives; now                              */
} tap;

static int give(int64_t most)
{
    static char piece[PIECE];
    int64_t size = tap.size - tap.given < most ? tap.size - tap.given : most;

    for (int64_t i = 0; i < size; i++)
        piece[i] = letter(tap.given + i);
    tap.given += size;
    tap.due = false;
    return http_stream_give(tap.ticket, (struct ws_bytes){ piece, (size_t)size });
}

static void on_next(void *data)
{
    assert_ptr_equal(data, &tap);
    CHECK_INT(tap.ended, 0);
    tap.asked++;
    tap.due = true;
    if (!tap.later)
        CHECK_INT(give(PIECE), 0);
}

static void on_end(void *data)
{
    assert_ptr_equal(data, &tap);
    tap.ended++;
}

static const struct http_source source = { on_next, on_end };

/* "?size": a body so long, its first 3 letters at once. */
static void on_stream(void *app, const struct sio_http_request *r)
{
    (void)app;
    tap.ticket = r->ticket;
    tap.size = strtoll(r->query, NULL, 10);
    tap.given = 3;
    tap.asked = tap.ended = 0;
    CHECK_INT(http_stream_reply(r->ticket, 200, NULL, (struct ws_bytes){ "abc", 3 }, tap.size, &source, &tap),
              0);
}

static const struct sio_uv_route streams[] = { { .path = "/stream", .handle = on_stream },
                                               { .path = "/who", .handle = on_who }, { .path = NULL } };

static void streams_open(struct world *w, const struct sio_uv_options *options)
{
    (void)sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
    tap = (struct tap){ .size = 0 };
    world_open(w, options);
    world_listen(w, streams);
}

/* Reads to the end of a body; says how much of it came before the connection ended. */
static int64_t body_of(struct client *c, int64_t size)
{
    const char *body = strstr(client_wait(c, "\r\n\r\n"), "\r\n\r\n") + 4;
    int64_t got = 0;
    int more = 1;

    for (size_t at = (size_t)(body - c->said); more >= 0; at = 0) {
        for (; at < c->size && got < size; at++, got++)
            CHECK_INT(c->said[at], letter(got));
        if (got == size)
            break;
        c->size = 0;
        while ((more = client_receive(c)) == 0)
            ;
    }
    return got;
}

TEST(http_stream, a_body_comes_whole_and_the_next_reply_behind_it)
{
    struct world w;
    struct client *c;

    streams_open(&w, NULL);
    c = client_open(&w);
    client_send(c, GET("/stream?300000") GET("/who"));
    check_has(client_wait(c, "\r\n\r\n"), "Content-Length: 300000\r\n");
    CHECK_INT(body_of(c, 300000), 300000);
    CHECK_INT(tap.ended, 1);
    (void)client_wait(c, "0 at 127.0.0.1");
    client_forget(c);
    client_send(c, LAST("/stream?100000"));
    CHECK_INT(body_of(c, 100000), 100000);
    while (client_receive(c) >= 0)
        ;
    client_close(c);
    world_close(&w);
}

TEST(http_stream, a_part_may_be_all_and_head_wants_none)
{
    struct world w;
    struct client *c;

    streams_open(&w, NULL);
    c = client_open(&w);
    client_send(c, GET("/stream?3"));
    (void)client_wait(c, "\r\n\r\nabc");
    client_forget(c);
    client_send(c, "HEAD /stream?70000000000 HTTP/1.1\r\nHost: h\r\n\r\n" LAST("/who"));
    check_has(client_wait_end(c), "Content-Length: 70000000000\r\n");
    check_has_not(c->said, "abc");
    check_has(c->said, "0 at 127.0.0.1");
    CHECK_INT(tap.ended, 1);
    CHECK_INT(tap.asked, 0);
    client_close(c);
    world_close(&w);
}

TEST(http_stream, who_does_not_read_is_made_nothing_more)
{
    struct world w;
    struct client *c;
    int64_t given = -1;

    streams_open(&w, NULL);
    c = client_open(&w);
    client_send(c, GET("/stream?67108864"));
    while (given != tap.given) {                /* until what the system keeps for both is full     */
        given = tap.given;
        world_pass(&w, 50);
    }
    assert_true(tap.asked > 0 && given < HUGE_SIZE / 2);
    CHECK_INT(body_of(c, HUGE_SIZE), HUGE_SIZE);
    CHECK_INT(tap.ended, 1);
    client_close(c);
    world_close(&w);
}

TEST(http_stream, who_leaves_in_the_middle_ends_it_once)
{
    struct world w;
    struct client *c;

    streams_open(&w, NULL);
    tap.later = true;
    c = client_open(&w);
    client_send(c, GET("/stream?200000"));
    (void)client_wait(c, "abc");
    CHECK_INT(tap.asked, 1);
    client_close(c);
    for (int i = 0; i < 1000 && tap.ended == 0; i++) {
        if (tap.due)
            (void)give(10);                     /* the reset of who left comes with what is sent    */
        world_turn(&w, 1);
    }
    CHECK_INT(tap.ended, 1);
    CHECK_INT(give(10), -ECONNRESET);
    http_stream_cut(tap.ticket);
    world_close(&w);
    CHECK_INT(tap.ended, 1);
}

TEST(http_stream, what_cannot_go_on_is_cut_and_never_looks_whole)
{
    struct world w;
    struct client *c;

    streams_open(&w, NULL);
    tap.later = true;
    c = client_open(&w);
    client_send(c, LAST("/stream?200000"));
    (void)client_wait(c, "abc");
    CHECK_INT(give(PIECE), 0);
    http_stream_cut(tap.ticket);
    assert_true(body_of(c, 200000) < 200000);
    CHECK_INT(tap.ended, 1);
    client_close(c);
    world_close(&w);
}

TEST(http_stream, who_has_his_reply_gets_no_other_and_its_source_ends)
{
    struct sio_http_ticket nobody = { .net = NULL };
    struct world w;

    streams_open(&w, NULL);
    CHECK_INT(http_stream_reply(nobody, 200, NULL, (struct ws_bytes){ NULL, 0 }, 1, &source, &tap),
              -ECONNRESET);
    CHECK_INT(tap.ended, 1);
    world_close(&w);
}

TEST(http_stream, comes_whole_over_tls_and_a_cut_is_no_end)
{
    struct files files;
    struct sio_tls *tls;
    struct secure *s;
    struct world w;
    int64_t got = 0;

    files_open(&files);
    CHECK_INT(sio_tls_new(files.certificate, files.key, &tls, why, sizeof why), 0);
    streams_open(&w, &(struct sio_uv_options){ .tls = tls });
    s = secure_open(&w);
    secure_send(s, GET("/stream?3000000"));
    (void)secure_wait(s, "\r\n\r\n");
    for (size_t at = (size_t)(strstr(s->said, "\r\n\r\n") + 4 - s->said); got < 3000000; at = 0) {
        for (; at < s->size; at++, got++)
            CHECK_INT(s->said[at], letter(got));
        s->size = 0;
        while (got < 3000000 && s->size == 0)
            (void)secure_receive(s);
    }
    CHECK_INT(got, 3000000);
    CHECK_INT(tap.ended, 1);
    tap.later = true;
    secure_send(s, GET("/stream?3000000"));
    (void)secure_wait(s, "abc");
    http_stream_cut(tap.ticket);
    for (int i = 0; i < GIVE_UP_MS && tap.ended == 0; i++)
        world_turn(&w, 1);
    CHECK_INT(tap.ended, 1);
    secure_free(s);
    world_close(&w);
    sio_tls_free(tls);
    files_close(&files);
}
