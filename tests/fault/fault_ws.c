/* fault_ws.c - every allocation of a WebSocket's life fails once: errors are clean, nothing leaks, nothing is
 * half done. */
#include "fault.h"
#include "heap.h"
#include "map.h"
#include "unit/protocol/ws_fixture.h"
#include "ws_message.h"

struct talk { int64_t now_ms; int opened, messages, closed, ended; };

static int64_t talk_now(void *loop)
{
    return ((struct talk *)loop)->now_ms;
}

static void talk_sha1(struct ws_bytes bytes, unsigned char digest[20])
{
    (void)bytes;
    memset(digest, 1, 20);
}

static void talk_wake(void *peer)
{
    (void)peer;
}

static void talk_close(void *peer)
{
    ((struct talk *)peer)->ended++;
}

static void talk_on_open(struct ws_conn *c, const struct ws_request *request)
{
    (void)request;
    ((struct talk *)ws_app(c))->opened++;
}

static void talk_on_message(struct ws_conn *c, enum ws_type type, struct ws_bytes bytes)
{
    ((struct talk *)ws_app(c))->messages++;
    int err = ws_send(c, type, bytes);

    CHECK(err == 0 || err == -ENOMEM);
}

static void talk_on_close(struct ws_conn *c, int code, struct ws_bytes reason)
{
    (void)code;
    (void)reason;
    ((struct talk *)ws_app(c))->closed++;
}

/* What a client sends: fragments that cross segments, a ping in between, more than a queue's first growth. */
static void converse(struct ws_conn *c, const struct buf *in, int *error)
{
    unsigned char copy[400];
    struct ws_bytes part = WS_LITERAL("to all");
    struct ws_message *m = ws_message_new(WS_TEXT, &part, 1);

    if (m != NULL)
        *error = ws_share(c, m);
    ws_message_drop(m);
    CHECK(in->size <= sizeof copy);
    memcpy(copy, in->at, in->size);
    for (size_t done = 0; done < in->size && *error == 0; done += 10)
        *error = ws_receive(c, copy + done, in->size - done < 10 ? in->size - done : 10);
}

static void drain(struct ws_conn *c)
{
    struct ws_bytes parts[8];
    int count;

    while ((count = ws_output(c, parts, 8)) > 0) {
        size_t size = 0;

        for (int i = 0; i < count; i++)
            size += parts[i].size;
        ws_sent(c, size);
    }
}

/* The whole life; returns how many allocations it asked for. */
static long live(bool deflate, long fail_at, const struct buf *in, struct talk *t)
{
    static const struct ws_header offer[] = {
        GOOD_HEADERS, { "sec-websocket-extensions", "permessage-deflate" }, { 0 },
    };
    static const char *const list[] = { "*", NULL };
    struct ws_options options = { .origins = list, .protocols = list, .ping_interval_ms = 10,
                                  .deflate = deflate, .deflate_min = -1 };
    static const struct ws_handlers handlers = { NULL, talk_on_open, talk_on_message, NULL, talk_on_close };
    struct ws_host host = { t, talk_now, world_random, talk_sha1, talk_wake, talk_close };
    struct ws_request r = request_of(offer);
    struct ws_server *s;
    struct ws_conn *c;
    long blocks = fault_blocks(), count;
    int error = 0;

    *t = (struct talk){ 0 };
    fault_arm(fail_at, false);
    s = ws_server_new(&options, &handlers, &host, t);
    c = s == NULL ? NULL : ws_open(s, &r, t);
    if (c != NULL) {
        converse(c, in, &error);
        t->now_ms += 10;
        (void)ws_server_tick(s);
        ws_close(c, 1000, "bye");
        drain(c);
    }
    count = fault_disarm();
    if (c != NULL)
        ws_lost(c);
    ws_server_free(s);
    CHECK_INT(fault_blocks(), blocks);
    CHECK(error == 0 || error == -ENOMEM || (error == -EPROTO && !deflate));
    return count;
}

TEST(fault_ws, every_allocation_may_fail)
{
    struct talk t;
    struct buf in;
    long all;

    buf_init(&in, BUF_NO_LIMIT);
    for (int i = 0; i < 4; i++) {
        add_frame(&in, 1, "fragment one", 12);
        add_frame(&in, 0x89, "ping that crosses", 17);
        add_frame(&in, 0x80, "two", 3);
    }
    add_frame(&in, 0xc1, "\xf2\x48\xcd\xc9\xc9\x07\x00", 7);         /* last: without deflate an error   */
    for (int deflate = 0; deflate <= 1; deflate++) {
        all = live(deflate, -1, &in, &t);
        CHECK_INT(t.opened, 1);
        CHECK_INT(t.messages, 4 + deflate);
        CHECK_INT(t.closed, 1);
        CHECK(all >= 20);

        for (long n = 0; n < all; n++) {
            live(deflate, n, &in, &t);
            CHECK_INT(t.closed, t.opened);      /* whoever was opened is told, once                 */
            CHECK(t.ended <= 1);
        }
    }
    buf_finish(&in);
}

TEST(fault_ws, containers_stay_whole_without_memory)
{
    unsigned char seed[16] = { 0 };
    struct heap_entry e = { 0 };
    struct heap h = { 0 };
    struct map m;
    struct buf b;

    map_init(&m, seed);
    buf_init(&b, 100);
    fault_arm(0, true);
    CHECK_INT(map_add(&m, map_key("a"), &m), -ENOMEM);
    CHECK_INT(heap_set(&h, &e, 5), -ENOMEM);
    CHECK_INT(buf_add_text(&b, "a"), -ENOMEM);
    (void)fault_disarm();
    CHECK(map_find(&m, map_key("a")) == NULL);
    CHECK(!heap_has(&e));
    CHECK_INT(b.size, 0);
    CHECK_INT(map_add(&m, map_key("a"), &m), 0);
    CHECK_INT(heap_set(&h, &e, 5), 0);
    CHECK_INT(buf_add_text(&b, "a"), 0);
    map_finish(&m);
    heap_finish(&h);
    buf_finish(&b);
}
