/* fuzz_ws.c - a whole WebSocket connection under arbitrary bytes.
 *
 * The first byte chooses the settings, the second how the input is cut into segments. The same bytes are fed
 * whole and cut: what the application sees and what the client gets must be equal. Apart from that, texts are
 * UTF-8, nothing is larger than its limit, and an end is told once. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "utf8.h"
#include "websocket.h"

enum { MESSAGE_MAX = 5000, UNSENT_MAX = 60000 };

struct world { struct ws_conn *conn; struct buf seen, out; int closes, ends; bool echo; };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t now_ms(void *loop)
{
    (void)loop;
    return 1;
}

static void random_bytes(void *loop, void *at, size_t size)
{
    (void)loop;
    memset(at, 1, size);
}

static void sha1(struct ws_bytes bytes, unsigned char digest[20])
{
    (void)bytes;
    memset(digest, 1, 20);
}

static void wake(void *peer)
{
    (void)peer;
}

static void end(void *peer)
{
    ((struct world *)peer)->ends++;
}

static void must(int err)
{
    if (err != 0)
        abort();
}

static void see(struct world *w, int what, struct ws_bytes bytes)
{
    must(buf_printf(&w->seen, "%d %zu ", what, bytes.size));
    must(buf_add(&w->seen, bytes.at, bytes.size));
}

static void on_message(struct ws_conn *c, enum ws_type type, struct ws_bytes bytes)
{
    struct world *w = ws_app(c);
    struct utf8 u = { 0 };

    assert(bytes.size <= MESSAGE_MAX);
    assert(type == WS_BINARY || (utf8_check(&u, bytes) == 0 && utf8_whole(&u)));
    see(w, (int)type, bytes);
    if (w->echo)
        (void)ws_send(c, type, bytes);
}

static void on_close(struct ws_conn *c, int code, struct ws_bytes reason)
{
    struct world *w = ws_app(c);

    w->closes++;
    assert(w->closes == 1);
    see(w, code, reason);
}

static void take_output(struct world *w)
{
    struct ws_bytes parts[4];
    int count;

    while ((count = ws_output(w->conn, parts, 4)) > 0) {
        size_t sent = 0;

        for (int i = 0; i < count; i++) {
            must(buf_add(&w->out, parts[i].at, parts[i].size));
            sent += parts[i].size;
        }
        ws_sent(w->conn, sent);
    }
}

/* One life of a connection. `step` 0: all at once. */
static void live(struct world *w, unsigned how, const uint8_t *data, size_t size, size_t step)
{
    static const struct ws_header headers[] = {
        { "host", "a" }, { "upgrade", "websocket" }, { "connection", "upgrade" },
        { "sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==" }, { "sec-websocket-version", "13" },
        { "sec-websocket-extensions", "permessage-deflate; client_max_window_bits" }, { 0 },
    };
    const struct ws_request request = { "GET", "/", "", "::1", headers, false };
    const struct ws_options options = {
        .message_max = MESSAGE_MAX, .unsent_max = how & 8 ? UNSENT_MAX : -1, .fragments_max = 20,
        .deflate = how & 1, .deflate_forget = how & 2, .deflate_min = -1,
    };
    static const struct ws_handlers handlers = { .on_message = on_message, .on_close = on_close };
    const struct ws_host host = { NULL, now_ms, random_bytes, sha1, wake, end };
    struct ws_server *s = ws_server_new(&options, &handlers, &host, w);

    *w = (struct world){ .echo = how & 4 };
    buf_init(&w->seen, BUF_NO_LIMIT);
    buf_init(&w->out, BUF_NO_LIMIT);
    w->conn = ws_open(s, &request, w);
    for (size_t done = 0, piece; done < size; done += piece) {
        piece = step == 0 || size - done < step ? size - done : step;
        unsigned char *copy = malloc(piece);

        memcpy(copy, data + done, piece);
        (void)ws_receive(w->conn, copy, piece);
        free(copy);
        assert(!(how & 8) || ws_unsent(w->conn) <= UNSENT_MAX + 2 * MESSAGE_MAX);
    }
    take_output(w);
    assert(w->ends <= 1);
    ws_lost(w->conn);
    assert(w->closes == 1);
    ws_server_free(s);
}

static void forget(struct world *w)
{
    buf_finish(&w->seen);
    buf_finish(&w->out);
}

static bool same(const struct buf *a, const struct buf *b)
{
    return a->size == b->size && (a->size == 0 || memcmp(a->at, b->at, a->size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world whole, cut;

    if (size < 2)
        return 0;
    live(&whole, data[0], data + 2, size - 2, 0);
    live(&cut, data[0], data + 2, size - 2, 1 + data[1] % 32);
    assert(same(&whole.seen, &cut.seen));
    assert(same(&whole.out, &cut.out));
    forget(&whole);
    forget(&cut);
    return 0;
}
