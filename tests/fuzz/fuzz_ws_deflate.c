/* fuzz_ws_deflate.c - permessage-deflate with zlib as the peer.
 *
 * What the peer deflates, in any style, is inflated to the same bytes, and what we deflate the peer inflates;
 * a stream of strange bytes gives what zlib makes of it, cut anywhere, and never more than the limit. The
 * first three bytes choose the terms; then messages, each with what is done to it and its size in front. */
#include <errno.h>
#include <zlib.h>

#include "fuzz.h"
#include "ws_deflate.h"
#include "ws_frame.h"
#include "ws_message.h"

enum { MESSAGE_MAX = 4096 };
enum { STRANGE, FROM_PEER, OWN, SHARED, UNSENT, ACTIONS };

struct pair {
    struct ws_deflate_terms terms;
    struct ws_deflate  *ours, *strange;         /* the strange one has another peer                 */
    struct ws_deflater *plain;                  /* of the server                                    */
    z_stream            peer_out, peer_in, twin;        /* twin: reads what the strange one reads   */
    int                 plain_bits;
};

static void start(struct pair *p, struct input *in)
{
    unsigned how = take_byte(in);

    *p = (struct pair){ .terms = { .server_forget = how & 1, .client_forget = how & 2,
                                   .server_bits = 9 + (int)take_byte(in) % 7,
                                   .client_bits = 9 + (int)take_byte(in) % 7 } };
    p->plain_bits = how & 4 ? 15 : 9 + (int)(how >> 4) % 7;
    p->ours = ws_deflate_new(&p->terms);
    p->strange = ws_deflate_new(&p->terms);
    p->plain = ws_deflater_new(p->plain_bits);
    assert(p->ours != NULL && p->strange != NULL && p->plain != NULL);
    assert(deflateInit2(&p->peer_out, 1 + (int)(how >> 3) % 9, Z_DEFLATED, -p->terms.client_bits, 1,
                        (int)how % 5) == Z_OK);
    assert(inflateInit2(&p->peer_in, -p->terms.server_bits) == Z_OK);
    assert(inflateInit2(&p->twin, -p->terms.client_bits) == Z_OK);
}

static void finish(struct pair *p)
{
    ws_deflate_free(p->ours);
    ws_deflate_free(p->strange);
    ws_deflater_free(p->plain);
    (void)deflateEnd(&p->peer_out);
    (void)inflateEnd(&p->peer_in);
    (void)inflateEnd(&p->twin);
}

/* RFC 7692, 7.2.2, told anew: the bytes and then an empty stored block; a final block ends nothing. */
static int inflate_plainly(z_stream *z, struct ws_bytes bytes, size_t max, struct buf *out)
{
    static const unsigned char tail[] = { 0, 0, 0xff, 0xff };
    struct buf in;
    int result = Z_OK, err = 0;

    buf_init(&in, BUF_NO_LIMIT);
    assert(buf_add(&in, bytes.at, bytes.size) == 0 && buf_add(&in, tail, sizeof tail) == 0);
    z->next_in = in.at;
    z->avail_in = (uInt)in.size;
    while (err == 0 && result != Z_BUF_ERROR) {
        unsigned char byte;

        z->next_out = &byte;
        z->avail_out = 1;
        result = inflate(z, Z_SYNC_FLUSH);
        if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END)
            err = -EILSEQ;
        else if (z->avail_out == 0)
            err = out->size == max ? -EMSGSIZE : buf_add_byte(out, byte);
        if (result == Z_STREAM_END)
            assert(inflateReset(z) == Z_OK);
    }
    buf_finish(&in);
    return err;
}

/* In pieces of `step`, each in memory of its own. */
static int inflate_ours(struct ws_deflate *d, struct ws_bytes bytes, size_t step, struct buf *out)
{
    int err = 0;

    if (bytes.size == 0)
        return ws_deflate_in(d, bytes, true, out);
    for (size_t done = 0, piece; done < bytes.size && err == 0; done += piece) {
        void *copy;

        piece = bytes.size - done < step ? bytes.size - done : step;
        copy = copy_of((const char *)bytes.at + done, piece);
        err = ws_deflate_in(d, (struct ws_bytes){ copy, piece }, done + piece == bytes.size, out);
        free(copy);
        assert(out->size <= MESSAGE_MAX);
    }
    return err;
}

/* False: the stream is broken, nothing more can be said of it. */
static bool strange(struct pair *p, struct ws_bytes bytes, size_t step)
{
    struct buf ours, theirs;
    int err, want;

    buf_init(&ours, MESSAGE_MAX);
    buf_init(&theirs, BUF_NO_LIMIT);
    want = inflate_plainly(&p->twin, bytes, MESSAGE_MAX, &theirs);
    err = inflate_ours(p->strange, bytes, step, &ours);
    assert(err == want);
    assert(err != 0 || same_bytes(ours.at, ours.size, theirs.at, theirs.size));
    if (p->terms.client_forget)
        assert(inflateReset(&p->twin) == Z_OK);
    buf_finish(&ours);
    buf_finish(&theirs);
    return err == 0;
}

/* The peer flushes in the middle if it likes, and leaves the tail away. */
static void from_peer(struct pair *p, struct ws_bytes plain, size_t step)
{
    static const int flushes[] = { Z_NO_FLUSH, Z_SYNC_FLUSH, Z_PARTIAL_FLUSH, Z_FULL_FLUSH, Z_BLOCK };
    unsigned char deflated[2 * MESSAGE_MAX + 1000];
    z_stream *z = &p->peer_out;
    struct buf out;

    buf_init(&out, MESSAGE_MAX);
    z->next_out = deflated;
    z->avail_out = sizeof deflated;
    for (size_t done = 0, piece; done < plain.size; done += piece) {
        piece = plain.size - done < 40 + 10 * step ? plain.size - done : 40 + 10 * step;
        z->next_in = (unsigned char *)(uintptr_t)plain.at + done;
        z->avail_in = (uInt)piece;
        (void)deflate(z, flushes[step % 5]);
    }
    (void)deflate(z, Z_SYNC_FLUSH);
    assert(z->avail_out > 0 && z->avail_in == 0);
    if (p->terms.client_forget)
        assert(deflateReset(z) == Z_OK);

    size_t size = sizeof deflated - z->avail_out;
    if (size >= 4 && memcmp(deflated + size - 4, "\0\0\xff\xff", 4) == 0)
        size -= 4;
    if (size == 0)                              /* zlib does not flush twice: 7.2.3.6               */
        deflated[size++] = 0;
    assert(inflate_ours(p->ours, (struct ws_bytes){ deflated, size }, step, &out) == 0);
    assert(same_bytes(out.at, out.size, plain.at, plain.size));
    buf_finish(&out);
}

static void to_peer(struct pair *p, struct ws_bytes plain, unsigned action)
{
    struct ws_message *m = ws_message_new(WS_BINARY, &plain, 1), *twin;
    struct ws_bytes wire, payload;
    struct buf out;

    assert(m != NULL);
    buf_init(&out, BUF_NO_LIMIT);
    twin = action == SHARED ? ws_deflate_shared(p->ours, p->plain, m) : ws_deflate_own(p->ours, p->plain, m);
    assert(twin != NULL);
    wire = ws_message_bytes(twin);
    payload = ws_message_payload(twin);
    if (action == UNSENT) {
        ws_deflate_unsent(p->ours);
    } else if (*(const unsigned char *)wire.at & WS_RSV1 << 4) {
        assert(payload.size < plain.size);
        assert(inflate_plainly(&p->peer_in, payload, SIZE_MAX, &out) == 0);
        assert(same_bytes(out.at, out.size, plain.at, plain.size));
        if (p->terms.server_forget)
            assert(inflateReset(&p->peer_in) == Z_OK);
    } else {
        assert(twin == m && same_bytes(payload.at, payload.size, plain.at, plain.size));
    }
    ws_message_drop(twin);
    ws_message_drop(m);
    buf_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    bool sound = true;
    struct pair p;

    start(&p, &in);
    while (in.left > 0) {
        unsigned what = take_byte(&in);
        size_t length = take_byte(&in) | (what & 128 ? take_byte(&in) << 8 : 0);
        struct input message = take(&in, length < MESSAGE_MAX ? length : MESSAGE_MAX);
        const struct ws_bytes bytes = { message.at, message.left };
        size_t step = 1 + (what >> 3) % 16;

        switch (what % ACTIONS) {
        case STRANGE: sound = sound && strange(&p, bytes, step); break;
        case FROM_PEER: from_peer(&p, bytes, step); break;
        default: to_peer(&p, bytes, what % ACTIONS); break;
        }
    }
    finish(&p);
    return 0;
}
