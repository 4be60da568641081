/* Bytes to messages: RFC 6455, 5.1 to 5.6, 7 and 8.1. */
#include "ws_fixture.h"

#define FIN 0x80
#define TEXT 0x81
#define CLOSE 0x88
#define PING 0x89
#define PONG 0x8a

enum { STEPS_MAX = 6 };
struct step { unsigned first; const char *payload; size_t size; };
#define STEP(first, text) { first, "" text, sizeof(text) - 1 }

/* What comes in, what the application sees, what the client gets. Every row is fed in every split in two, and
 * byte by byte: neither may depend on it. */
static const struct dialogue {
    const char *claim;
    struct step in[STEPS_MAX];
    const char *log;
    struct ws_bytes out;
    int error;
} dialogues[] = {
#define OUT(text) { "" text, sizeof(text) - 1 }
    { "a text", { STEP(TEXT, "Hello") }, "text 5 Hello\n", OUT(""), 0 },
    { "an empty text", { STEP(TEXT, "") }, "text 0 \n", OUT(""), 0 },
    { "bytes", { STEP(0x82, "\xff\x01") }, "binary 2 \xff\x01\n", OUT(""), 0 },
    { "two texts", { STEP(TEXT, "a"), STEP(TEXT, "b") }, "text 1 a\ntext 1 b\n", OUT(""), 0 },
    { "fragments", { STEP(1, "Hel"), STEP(0, ""), STEP(FIN, "lo") }, "text 5 Hello\n", OUT(""), 0 },
    { "empty fragments", { STEP(2, ""), STEP(0, ""), STEP(FIN, "") }, "binary 0 \n", OUT(""), 0 },
    { "a ping", { STEP(PING, "Hello") }, "", OUT("\x8a\5Hello"), 0 },
    { "an empty ping", { STEP(PING, "") }, "", OUT("\x8a\0"), 0 },
    { "a pong", { STEP(PONG, "whatever") }, "", OUT(""), 0 },
    { "a ping between fragments", { STEP(1, "a"), STEP(PING, "p"), STEP(FIN, "b") },
      "text 2 ab\n", OUT("\x8a\1p"), 0 },
    { "a ping inside a character", { STEP(1, "\xe5\xa4"), STEP(PING, "p"), STEP(FIN, "\xb4") },
      "text 3 \xe5\xa4\xb4\n", OUT("\x8a\1p"), 0 },

    { "a continuation of nothing", { STEP(FIN, "x") }, "close 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },
    { "an open continuation of nothing", { STEP(0, "x") }, "close 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },
    { "a continuation after the end", { STEP(1, "a"), STEP(FIN, "b"), STEP(FIN, "c") },
      "text 2 ab\nclose 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },
    { "a new message inside another", { STEP(1, "a"), STEP(TEXT, "b") },
      "close 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },
    { "a fragmented ping", { STEP(9, "a") }, "close 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },
    { "a fragmented close", { STEP(8, "") }, "close 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },
    { "RSV1 without an extension", { STEP(0xc1, "a") }, "close 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },
    { "RSV2", { STEP(0xa1, "a") }, "close 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },
    { "RSV3 of a ping", { STEP(0x99, "") }, "close 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },
    { "opcode 3", { STEP(0x83, "") }, "close 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },
    { "opcode 15", { STEP(0x8f, "") }, "close 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },
    { "nothing is read after an error", { STEP(0x83, ""), STEP(TEXT, "a"), STEP(PING, "b") },
      "close 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },

    { "a wrong text", { STEP(TEXT, "\xff") }, "close 1007 \n", OUT("\x88\2\3\xef"), -EILSEQ },
    { "a text that ends inside a character", { STEP(TEXT, "a\xe5\xa4") },
      "close 1007 \n", OUT("\x88\2\3\xef"), -EILSEQ },
    { "the same in fragments", { STEP(1, "a\xe5"), STEP(FIN, "\xa4") },
      "close 1007 \n", OUT("\x88\2\3\xef"), -EILSEQ },
    { "the same with an empty end", { STEP(1, "a\xe5"), STEP(FIN, "") },
      "close 1007 \n", OUT("\x88\2\3\xef"), -EILSEQ },
    { "a wrong byte, seen before the end", { STEP(1, "a\xe5"), STEP(0, "a") },
      "close 1007 \n", OUT("\x88\2\3\xef"), -EILSEQ },
    { "a character is not carried to the next message", { STEP(0x82, "\xe5"), STEP(TEXT, "a") },
      "binary 1 \xe5\ntext 1 a\n", OUT(""), 0 },

    { "a close", { STEP(CLOSE, "\3\xe8") }, "close 1000 \n", OUT("\x88\2\3\xe8"), 0 },
    { "a close with a reason", { STEP(CLOSE, "\x0f\xa0why \xe5\xa4\xb4") },
      "close 4000 why \xe5\xa4\xb4\n", OUT("\x88\2\x0f\xa0"), 0 },
    { "a close without a code", { STEP(CLOSE, "") }, "close 1005 \n", OUT("\x88\0"), 0 },
    { "a close between fragments", { STEP(1, "a"), STEP(CLOSE, "\3\xe9") },
      "close 1001 \n", OUT("\x88\2\3\xe9"), 0 },
    { "nothing is read after a close", { STEP(CLOSE, ""), STEP(TEXT, "a"), STEP(0x83, "") },
      "close 1005 \n", OUT("\x88\0"), 0 },
    { "half a close code", { STEP(CLOSE, "\3") }, "close 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },
    { "close code 1005", { STEP(CLOSE, "\3\xed") }, "close 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },
    { "close code 999", { STEP(CLOSE, "\3\xe7") }, "close 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },
    { "close code 0", { STEP(CLOSE, "\0\0") }, "close 1002 \n", OUT("\x88\2\3\xea"), -EPROTO },
    { "a wrong close reason", { STEP(CLOSE, "\3\xe8\xff") }, "close 1007 \n", OUT("\x88\2\3\xef"), -EILSEQ },
    { "a cut close reason", { STEP(CLOSE, "\3\xe8\xe5\xa4") },
      "close 1007 \n", OUT("\x88\2\3\xef"), -EILSEQ },
};

struct feeding { int error; bool late; };

/* Feeds pieces of `step` bytes after a first one of `first`; what comes after the end is refused. */
static struct feeding feed(struct link *l, struct ws_bytes in, size_t first, size_t step)
{
    struct feeding f = { 0 };
    const unsigned char *at = in.at;

    for (size_t done = 0, size = first; done < in.size; done += size, size = step) {
        if (size > in.size - done)
            size = in.size - done;
        int err = link_feed(l, at + done, size);

        if (err == -ENOTCONN)
            f.late = true;
        else if (err != 0)
            f.error = err;
        link_flush(l);
    }
    return f;
}

static void check_dialogue(const struct dialogue *d, struct ws_bytes in, size_t first, size_t step)
{
    struct world w;
    struct link l;
    struct feeding got;
    bool ends = strstr(d->log, "close") != NULL;

    world_init(&w, NULL);
    link_ready(&l, &w);
    got = feed(&l, in, first, step);
    if (got.error != d->error)
        fail_msg("%s: %d", d->claim, got.error);
    CHECK_STR(world_log(&w), d->log);
    CHECK_INT(l.out.size, d->out.size);
    if (d->out.size > 0)
        CHECK_MEM(l.out.at, d->out.at, d->out.size);
    CHECK_INT(l.closes, ends);
    link_lose(&l);
    CHECK_STR(world_log(&w), ends ? "" : "close 1006 \n");
    world_finish(&w);
}

TEST(ws_reader, says_the_same_in_every_split)
{
    for (size_t i = 0; i < sizeof dialogues / sizeof dialogues[0]; i++) {
        const struct dialogue *d = &dialogues[i];
        struct buf in;

        buf_init(&in, BUF_NO_LIMIT);
        for (const struct step *s = d->in; s->payload != NULL; s++)
            add_frame(&in, s->first, s->payload, s->size);
        for (size_t first = 1; first <= in.size; first++)
            check_dialogue(d, buf_bytes(&in), first, in.size);
        check_dialogue(d, buf_bytes(&in), 1, 1);
        buf_finish(&in);
    }
}

TEST(ws_reader, refuses_a_frame_without_a_mask)
{
    static const struct ws_bytes frames[] = { OUT("\x81\1x"), OUT("\x89\1x"), OUT("\x88\2\3\xe8"),
                                              OUT("\x81\0"), OUT("\x82\x7e\1\0") };
    struct world w;
    struct link l;

    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        world_init(&w, NULL);
        link_ready(&l, &w);
        CHECK_INT(link_feed(&l, frames[i].at, frames[i].size), -EPROTO);
        CHECK_OUT(&l, "\x88\2\3\xea");
        CHECK_STR(world_log(&w), "close 1002 \n");
        link_lose(&l);
        world_finish(&w);
    }
}

/* CVE-2022-21676 of engine.io: a broken frame right behind the handshake. */
TEST(ws_reader, takes_frames_of_the_handshakes_segment)
{
    struct ws_request r = request_of(good_headers);
    struct world w;
    struct link l;

    world_init(&w, NULL);
    w.echo = true;
    link_open(&l, &w, &r);
    CHECK_INT(LINK_TEXT(&l, TEXT, "early"), 0);
    CHECK_INT(LINK_TEXT(&l, 0xb1, "broken"), -EPROTO);
    CHECK_STR(world_log(&w), "open /chat\ntext 5 early\nclose 1002 \n");
    link_flush(&l);
    CHECK_INT(l.out.size, 129 + 7 + 4);
    CHECK_MEM(l.out.at + 129, "\x81\5early\x88\2\3\xea", 11);
    link_lose(&l);
    world_finish(&w);
}

/* Limits, on both sides. */

enum { MAX = 200 };
static const struct ws_options small = { .message_max = MAX, .fragments_max = 3 };
static char as[70000];

TEST(ws_reader, takes_a_message_of_the_limit_and_none_larger)
{
    struct world w;
    struct link l;

    memset(as, 'a', sizeof as);
    for (size_t more = 0; more <= 1; more++) {
        world_init(&w, &small);
        link_ready(&l, &w);
        CHECK_INT(link_frame(&l, TEXT, as, MAX + more), more ? -EMSGSIZE : 0);
        CHECK_INT(strncmp(world_log(&w), more ? "close 1009 \n" : "text 200 aaa", 12), 0);
        if (more)
            CHECK_OUT(&l, "\x88\2\3\xf1");
        link_lose(&l);
        world_finish(&w);
    }
}

TEST(ws_reader, counts_fragments_together_for_the_limit)
{
    struct world w;
    struct link l;

    memset(as, 'a', sizeof as);
    for (size_t more = 0; more <= 1; more++) {
        world_init(&w, &small);
        link_ready(&l, &w);
        CHECK_INT(link_frame(&l, 1, as, MAX - 20), 0);
        CHECK_INT(LINK_TEXT(&l, PING, ""), 0);
        CHECK_INT(link_frame(&l, FIN, as, 20 + more), more ? -EMSGSIZE : 0);
        link_lose(&l);
        world_finish(&w);
    }
}

/* A head is enough: nothing of the size it claims is waited for, or allocated. */
TEST(ws_reader, refuses_an_absurd_size_by_its_head)
{
    struct world w;
    struct link l;

    world_init(&w, NULL);
    link_ready(&l, &w);
    CHECK_INT(link_feed(&l, "\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff" "mask", 14), -EMSGSIZE);
    CHECK_STR(world_log(&w), "close 1009 \n");
    link_lose(&l);
    world_finish(&w);
}

TEST(ws_reader, takes_so_many_fragments_and_no_more)
{
    struct world w;
    struct link l;

    for (int more = 0; more <= 1; more++) {
        world_init(&w, &small);
        link_ready(&l, &w);
        for (int i = 0; i < 2 + more; i++)
            CHECK_INT(LINK_TEXT(&l, i == 0 ? 1 : 0, ""), 0);
        CHECK_INT(LINK_TEXT(&l, FIN, "x"), more ? -E2BIG : 0);
        CHECK_STR(world_log(&w), more ? "close 1008 \n" : "text 1 x\n");
        CHECK_INT(LINK_TEXT(&l, TEXT, "again"), more ? -ENOTCONN : 0);
        link_lose(&l);
        world_finish(&w);
    }
}

TEST(ws_reader, has_no_limit_when_told_so)
{
    struct ws_options options = { .message_max = -1, .fragments_max = -1 };
    struct world w;
    struct link l;

    memset(as, 'a', sizeof as);
    world_init(&w, &options);
    link_ready(&l, &w);
    CHECK_INT(link_frame(&l, 2, as, sizeof as), 0);
    for (int i = 0; i < 3000; i++)
        CHECK_INT(link_frame(&l, 0, as, 1000), 0);
    CHECK_INT(LINK_TEXT(&l, FIN, ""), 0);
    CHECK_INT(strncmp(world_log(&w), "binary 3070000 ", 15), 0);
    link_lose(&l);
    world_finish(&w);
}

TEST(ws_reader, takes_every_length_form)
{
    static const size_t sizes[] = { 0, 1, 7, 8, 9, 125, 126, 127, 65535, 65536, 70000 };
    struct world w;
    struct link l;

    memset(as, 'a', sizeof as);
    world_init(&w, NULL);
    w.echo = true;
    link_ready(&l, &w);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t head = sizes[i] < 126 ? 2 : sizes[i] < 65536 ? 4 : 10;

        CHECK_INT(link_frame(&l, 0x82, as, sizes[i]), 0);
        link_flush(&l);
        CHECK_INT(l.out.size, head + sizes[i]);
        if (sizes[i] > 0)
            CHECK_MEM(l.out.at + head, as, sizes[i]);
        buf_clear(&l.out);
    }
    link_lose(&l);
    world_finish(&w);
}

/* The handler may close, and what it was given stays readable meanwhile. */

static void close_at_once(struct ws_conn *c, enum ws_type type, struct ws_bytes bytes)
{
    struct world *w = ws_app(c);

    ws_close(c, 1000, NULL);
    world_on_message(c, type, bytes);
    CHECK_INT(w->log.size, 10);
}

TEST(ws_reader, stops_delivering_when_the_handler_closes)
{
    static const struct ws_handlers handlers = { .on_message = close_at_once };
    struct ws_request r = request_of(good_headers);
    struct world w;
    struct link l = { .world = &w };
    struct buf in;

    world_init(&w, NULL);
    struct ws_host host = { &w, world_now, world_random, world_sha1, link_wake, link_close };
    struct ws_server *server = ws_server_new(NULL, &handlers, &host, &w);
    buf_init(&l.out, BUF_NO_LIMIT);
    buf_init(&in, BUF_NO_LIMIT);
    l.conn = ws_open(server, &r, &l);
    add_frame(&in, 1, "o", 1);
    add_frame(&in, FIN, "k", 1);
    add_frame(&in, TEXT, "no", 2);
    CHECK_INT(link_feed(&l, in.at, in.size), 0);
    CHECK_STR(world_log(&w), "text 2 ok\n");
    buf_finish(&in);
    link_lose(&l);
    ws_server_free(server);
    world_finish(&w);
}
