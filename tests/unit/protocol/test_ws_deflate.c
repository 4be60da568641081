#include "ws_deflate.h"

#include <zlib.h>

#include "ws_conn.h"
#include "ws_fixture.h"
#include "ws_message.h"

/* Inflating: the messages of RFC 7692, 7.2.3. */

static const struct ws_deflate_terms usual = { .server_bits = 15, .client_bits = 15 };

#define BYTES(text) { "" text, sizeof(text) - 1 }
static const struct ws_bytes hellos[] = {
    BYTES("\xf2\x48\xcd\xc9\xc9\x07\x00"),
    BYTES("\xf2\x00\x11\x00\x00"),                                    /* refers to the one before */
    BYTES("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"),
    BYTES("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"),                        /* a final block */
    BYTES("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"),
};

static int inflate_split(struct ws_deflate *d, struct ws_bytes in, size_t split, struct buf *out)
{
    const unsigned char *at = in.at;
    int err = ws_deflate_in(d, (struct ws_bytes){ at, split }, false, out);

    return err ? err : ws_deflate_in(d, (struct ws_bytes){ at + split, in.size - split }, true, out);
}

TEST(ws_deflate, inflates_the_examples_of_the_rfc_in_every_split)
{
    for (size_t split = 0; split <= 5; split++) {
        struct ws_deflate *d = ws_deflate_new(&usual);

        for (size_t i = 0; i < sizeof hellos / sizeof hellos[0]; i++) {
            struct buf out;

            buf_init(&out, 100);
            CHECK_INT(inflate_split(d, hellos[i], split, &out), 0);
            CHECK_INT(out.size, 5);
            CHECK_MEM(out.at, "Hello", 5);
            buf_finish(&out);
        }
        ws_deflate_free(d);
    }
}

TEST(ws_deflate, inflates_up_to_the_limit_and_not_past_it)
{
    static const int limits[][2] = { { 6, 0 }, { 5, 0 }, { 4, -EMSGSIZE }, { 0, -EMSGSIZE } };

    for (size_t i = 0; i < 4; i++) {
        struct ws_deflate *d = ws_deflate_new(&usual);
        struct buf out;

        buf_init(&out, limits[i][0]);
        CHECK_INT(ws_deflate_in(d, hellos[0], true, &out), limits[i][1]);
        CHECK(out.size <= 5 && out.capacity <= 6);
        buf_finish(&out);
        ws_deflate_free(d);
    }
}

/* A client that forgets may not refer back, and each message finds a fresh window. */
TEST(ws_deflate, inflates_for_a_client_that_forgets)
{
    static const struct ws_deflate_terms forgets = { false, true, 15, 15 };
    struct ws_deflate *d = ws_deflate_new(&forgets);
    struct buf out;

    buf_init(&out, 100);
    for (int i = 0; i < 3; i++) {
        buf_clear(&out);
        CHECK_INT(inflate_split(d, hellos[0], 4, &out), 0);
        CHECK_MEM(out.at, "Hello", 5);
    }
    buf_clear(&out);
    CHECK_INT(ws_deflate_in(d, hellos[1], true, &out), -EILSEQ);
    buf_finish(&out);
    ws_deflate_free(d);
}

TEST(ws_deflate, refuses_what_is_no_stream)
{
    static const struct ws_bytes bad[] = { BYTES("\xff\xff\xff\xff"), BYTES("\x00\x05\x00\x00\x00Hello") };

    for (size_t i = 0; i < 2; i++) {
        struct ws_deflate *d = ws_deflate_new(&usual);
        struct buf out;

        buf_init(&out, 100);
        CHECK_INT(ws_deflate_in(d, bad[i], true, &out), -EILSEQ);
        buf_finish(&out);
        ws_deflate_free(d);
    }
}

/* Both ways: what a server with these options sends, a zlib of the terms' windows reads. */

static struct ws_header deflate_headers[] = {
    GOOD_HEADERS, { "sec-websocket-extensions", "permessage-deflate" }, { 0 },
};

struct reader { z_stream z; bool forgets; };

/* Inflates one frame of the server's output; returns its size on the wire. */
static size_t reader_frame(struct reader *r, const struct buf *out, struct buf *text, bool *ret_deflated)
{
    struct ws_frame f;
    int head = ws_frame_parse(&f, out->at, out->size);
    unsigned char room[20000], packed[20000];

    CHECK(head > 0 && f.size < 10000 && out->size >= (size_t)head + f.size);
    *ret_deflated = f.rsv == WS_RSV1;
    buf_clear(text);
    if (!*ret_deflated) {
        CHECK_INT(buf_add(text, out->at + head, f.size), 0);
        return (size_t)head + f.size;
    }
    memcpy(packed, out->at + head, f.size);
    memcpy(packed + f.size, "\0\0\xff\xff", 4);
    r->z.next_in = packed;
    r->z.avail_in = (uInt)f.size + 4;
    r->z.next_out = room;
    r->z.avail_out = sizeof room;
    CHECK_INT(inflate(&r->z, Z_SYNC_FLUSH), Z_OK);
    CHECK_INT(r->z.avail_in, 0);
    CHECK_INT(buf_add(text, room, sizeof room - r->z.avail_out), 0);
    if (r->forgets)
        CHECK_INT(inflateReset(&r->z), Z_OK);
    return (size_t)head + f.size;
}

static const struct { const char *offer; struct ws_options options; int bits; bool forgets; } pairs[] = {
    { "permessage-deflate", { .deflate_min = 1 }, 15, false },
    { "permessage-deflate; server_no_context_takeover", { .deflate_min = 1 }, 15, true },
    { "permessage-deflate", { .deflate_min = 1, .deflate_forget = true }, 15, true },
    { "permessage-deflate; server_max_window_bits=9", { .deflate_min = 1 }, 9, false },
    { "permessage-deflate; server_max_window_bits=9; server_no_context_takeover", { .deflate_min = 1 }, 9,
      true },
    { "permessage-deflate", { .deflate_min = 1, .deflate_window_bits = 10 }, 10, false },
    { "permessage-deflate", { 0 }, 15, false },
};

/* A message of words that repeat, so that contexts matter; some of noise, which must go plain. */
static size_t words(char *to, size_t size, uint32_t *dice)
{
    static const char *const all[] = { "patient", "doctor", "\xe5\x8c\xbb\xe7\x94\x9f", "fever", "0123" };
    size_t used = 0;

    *dice = *dice * 1664525u + 1013904223u;
    if (*dice >> 29 == 0)
        for (; used < 200; used++) {
            *dice = *dice * 1664525u + 1013904223u;
            to[used] = (char)(*dice >> 25);     /* seven bits: text, but not for long               */
        }
    else
        for (size_t end = *dice >> 8 & 4095; used < end && used + 20 < size;) {
            *dice = *dice * 1664525u + 1013904223u;
            used += (size_t)snprintf(to + used, size - used, "%s %u", all[(*dice >> 8) % 5], *dice >> 24);
        }
    return used;
}

static void check_pair(size_t i)
{
    struct ws_options options = pairs[i].options;
    struct ws_request r = request_of(deflate_headers);
    struct reader reader = { .forgets = pairs[i].forgets };
    struct world w;
    struct link l;
    struct buf text;
    uint32_t dice = (uint32_t)i;
    int deflated_count = 0, messages = 400;

    options.deflate = true;
    deflate_headers[5].value = pairs[i].offer;
    world_init(&w, &options);
    link_open(&l, &w, &r);
    link_flush(&l);
    buf_clear(&l.out);
    buf_init(&text, BUF_NO_LIMIT);
    CHECK_INT(inflateInit2(&reader.z, -pairs[i].bits), Z_OK);
    for (int n = 0; n < messages; n++) {
        char said[5000];
        struct ws_bytes part = { said, words(said, sizeof said, &dice) };
        struct ws_message *m = ws_message_new(WS_TEXT, &part, 1);
        int how = n % 4;                        /* own ones and shared ones take turns              */
        bool deflated;

        CHECK_INT(how < 2 ? ws_send(l.conn, WS_TEXT, part) : ws_share(l.conn, m), 0);
        ws_message_drop(m);
        link_flush(&l);
        CHECK_INT(reader_frame(&reader, &l.out, &text, &deflated), l.out.size);
        CHECK_INT(text.size, part.size);
        CHECK(part.size == 0 || memcmp(text.at, said, part.size) == 0);
        deflated_count += deflated;
        buf_clear(&l.out);
    }
    CHECK(deflated_count > messages / 2 && deflated_count < messages);
    (void)inflateEnd(&reader.z);
    buf_finish(&text);
    link_lose(&l);
    world_finish(&w);
}

TEST(ws_deflate, is_read_by_clients_of_every_agreement)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        check_pair(i);
}

TEST(ws_deflate, refers_to_the_message_before_unless_it_forgets)
{
    for (int forget = 0; forget <= 1; forget++) {
        struct ws_options options = { .deflate = true, .deflate_min = 1, .deflate_forget = forget };
        struct ws_request r = request_of(deflate_headers);
        char text[500];
        size_t sizes[2];
        struct world w;
        struct link l;
        uint32_t dice = 5;

        deflate_headers[5].value = "permessage-deflate";
        (void)words(text, sizeof text, &dice);
        world_init(&w, &options);
        link_open(&l, &w, &r);
        link_flush(&l);
        for (int i = 0; i < 2; i++) {
            buf_clear(&l.out);
            CHECK_INT(ws_send(l.conn, WS_TEXT, (struct ws_bytes){ text, 400 }), 0);
            link_flush(&l);
            sizes[i] = l.out.size;
        }
        CHECK(forget ? sizes[1] == sizes[0] : sizes[1] < sizes[0] / 4);
        link_lose(&l);
        world_finish(&w);
    }
}

TEST(ws_deflate, makes_one_twin_for_all_and_leaves_plain_clients_plain)
{
    struct ws_options options = { .deflate = true };
    struct ws_request r = request_of(deflate_headers);
    static char text[3000];
    struct ws_bytes part = { text, sizeof text }, out[3];
    struct world w;
    struct link l[3];

    memset(text, 'a', sizeof text);
    deflate_headers[5].value = "permessage-deflate";
    world_init(&w, &options);
    link_open(&l[0], &w, &r);
    link_open(&l[1], &w, &r);
    link_ready(&l[2], &w);
    struct ws_message *m = ws_message_new(WS_TEXT, &part, 1);
    for (int i = 0; i < 3; i++) {
        link_flush(&l[i]);
        CHECK_INT(ws_share(l[i].conn, m), 0);
        CHECK_INT(ws_output(l[i].conn, &out[i], 1), 1);
    }
    CHECK(out[0].at == out[1].at && out[0].size < 100);
    CHECK_INT(*(const unsigned char *)out[0].at, 0xc1);
    CHECK(out[2].at == ws_message_bytes(m).at);
    link_flush(&l[1]);
    CHECK_INT(ws_share_plain(l[1].conn, m), 0);
    CHECK_INT(ws_output(l[1].conn, &out[1], 1), 1);
    CHECK(out[1].at == out[2].at);
    ws_message_drop(m);
    for (int i = 0; i < 3; i++)
        link_lose(&l[i]);
    world_finish(&w);
}

/* Reading. */

static void deflated_link(struct link *l, struct world *w, const struct ws_options *options)
{
    struct ws_request r = request_of(deflate_headers);

    deflate_headers[5].value = "permessage-deflate";
    world_init(w, options);
    link_open(l, w, &r);
    link_flush(l);
    CHECK(memmem(l->out.at, l->out.size, "Extensions: permessage-deflate\r\n", 32) != NULL);
    buf_clear(&l->out);
    (void)world_log(w);
}

static const struct ws_options on = { .deflate = true };
static const struct { unsigned first[3], cuts[3]; int error; const char *log; } readings[] = {
    { { 0xc1 }, { 7 }, 0, "text 5 Hello\n" },
    { { 0x41, 0x80 }, { 3, 7 }, 0, "text 5 Hello\n" },
    { { 0x41, 0x00, 0x80 }, { 0, 6, 7 }, 0, "text 5 Hello\n" },
    { { 0xc2 }, { 7 }, 0, "binary 5 Hello\n" },
    { { 0x81 }, { 2 }, -EILSEQ, "close 1007 \n" },                    /* not deflated: bytes as they are */
    { { 0x41, 0xc0 }, { 3, 7 }, -EPROTO, "close 1002 \n" },           /* RSV1 again */
    { { 0x01, 0xc0 }, { 0, 7 }, -EPROTO, "close 1002 \n" },
    { { 0xc9 }, { 7 }, -EPROTO, "close 1002 \n" },
    { { 0xe1 }, { 7 }, -EPROTO, "close 1002 \n" },
    { { 0xd1 }, { 7 }, -EPROTO, "close 1002 \n" },
};

TEST(ws_deflate, reads_deflated_messages_in_every_split)
{
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++)
        for (size_t step = 1; step < 30; step++) {
            struct world w;
            struct link l;
            struct buf in;
            unsigned from = 0;
            int err = 0;

            deflated_link(&l, &w, &on);
            buf_init(&in, BUF_NO_LIMIT);
            for (int k = 0; k < 3 && (k == 0 || readings[i].cuts[k] > 0); from = readings[i].cuts[k++])
                add_frame(&in, readings[i].first[k], (const char *)hellos[0].at + from,
                          readings[i].cuts[k] - from);
            for (size_t at = 0; at < in.size && err == 0; at += step)
                err = link_feed(&l, in.at + at, in.size - at < step ? in.size - at : step);
            CHECK_INT(err, readings[i].error);
            CHECK_STR(world_log(&w), readings[i].log);
            buf_finish(&in);
            link_lose(&l);
            world_finish(&w);
        }
}

/* Deflates for the client's side; the caller frees. */
static struct buf packed_of(const char *text, size_t size)
{
    z_stream z = { .zalloc = Z_NULL };
    struct buf b;
    unsigned char *at;

    CHECK_INT(deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    buf_init(&b, BUF_NO_LIMIT);
    CHECK_INT(buf_reserve(&b, deflateBound(&z, size) + 16, &at), 0);
    z.next_in = (unsigned char *)text;
    z.avail_in = (uInt)size;
    z.next_out = at;
    z.avail_out = (uInt)b.capacity;
    CHECK_INT(deflate(&z, Z_SYNC_FLUSH), Z_OK);
    buf_grow(&b, b.capacity - z.avail_out - 4);
    (void)deflateEnd(&z);
    return b;
}

TEST(ws_deflate, limits_the_inflated_size_of_a_bomb)
{
    enum { LIMIT = 1000000 };
    static char zeros[LIMIT + 1];

    for (size_t more = 0; more <= 1; more++) {
        struct buf packed = packed_of(zeros, LIMIT + more);
        struct world w;
        struct link l;

        deflated_link(&l, &w, &on);
        CHECK(packed.size < 2000);
        CHECK_INT(link_frame(&l, 0xc2, packed.at, packed.size), more ? -EMSGSIZE : 0);
        CHECK_INT(strncmp(world_log(&w), more ? "close 1009 \n" : "binary 1000000 ", 12), 0);
        buf_finish(&packed);
        link_lose(&l);
        world_finish(&w);
    }
}

TEST(ws_deflate, limits_the_packed_size_of_a_message_without_content)
{
    static unsigned char empties[5 * 3000];     /* stored blocks of nothing                         */
    struct ws_options options = { .deflate = true, .message_max = 5000 };
    struct world w;
    struct link l;

    for (size_t i = 0; i < sizeof empties; i++)
        empties[i] = i % 5 >= 3 ? 0xff : 0;
    deflated_link(&l, &w, &options);
    CHECK_INT(link_frame(&l, 0x42, empties, 5000), 0);
    CHECK_INT(link_frame(&l, 0x00, empties, 1025), 0);
    CHECK_INT(link_frame(&l, 0x00, empties, 5), -EMSGSIZE);
    link_lose(&l);
    world_finish(&w);
}

TEST(ws_deflate, checks_utf8_after_inflating)
{
    struct buf packed = packed_of("a\xe5\xa4", 3);
    struct world w;
    struct link l;

    deflated_link(&l, &w, &on);
    CHECK_INT(link_frame(&l, 0xc2, packed.at, packed.size), 0);
    CHECK_INT(link_frame(&l, 0xc1, packed.at, packed.size), -EILSEQ);
    CHECK_STR(world_log(&w), "binary 3 a\xe5\xa4\nclose 1007 \n");
    buf_finish(&packed);
    link_lose(&l);
    world_finish(&w);
}
