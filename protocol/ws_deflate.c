/* ws_deflate.c - RFC 7692, 7.2, on zlib.
 *
 * A shared message is deflated once, without a past, for all who can take it. A connection that has a past of
 * its own may receive one in between: the client's window then holds text that our context does not, so our
 * context forgets, and refers to nothing before. */
#include "ws_deflate.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "ws_frame.h"
#include "ws_message.h"

enum { MEMORY_LEVEL = 8, STEP = 4096 };

static const unsigned char tail[4] = { 0, 0, 0xff, 0xff };      /* 7.2.1: of every flush, not sent  */

struct ws_deflater { z_stream z; int window_bits; };

struct ws_deflate {
    struct ws_deflate_terms terms;
    struct ws_deflater     *past;               /* NULL before its first use, or when it forgets    */
    z_stream                in;
    bool                    in_made;
};

/* zlib's own would do, but is out of reach of a test that lets memory fail. */
static void *z_new(void *nothing, unsigned count, unsigned size)
{
    (void)nothing;
    return malloc((size_t)count * size);
}

static void z_free(void *nothing, void *at)
{
    (void)nothing;
    free(at);
}

static const z_stream fresh = { .zalloc = z_new, .zfree = z_free };

struct ws_deflater *ws_deflater_new(int window_bits)
{
    struct ws_deflater *d = malloc(sizeof *d);

    if (d == NULL)
        return NULL;
    *d = (struct ws_deflater){ .z = fresh, .window_bits = window_bits };
    if (deflateInit2(&d->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -window_bits, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        free(d);
        return NULL;
    }
    return d;
}

void ws_deflater_free(struct ws_deflater *d)
{
    if (d == NULL)
        return;
    (void)deflateEnd(&d->z);                    /* Z_DATA_ERROR: input was pending, nobody wants it */
    free(d);
}

struct ws_deflate *ws_deflate_new(const struct ws_deflate_terms *terms)
{
    struct ws_deflate *d = malloc(sizeof *d);

    if (d != NULL)
        *d = (struct ws_deflate){ .terms = *terms, .in = fresh };
    return d;
}

void ws_deflate_free(struct ws_deflate *d)
{
    if (d == NULL)
        return;
    ws_deflater_free(d->past);
    if (d->in_made)
        (void)inflateEnd(&d->in);
    free(d);
}

/* Inflating. */

/* Room for output; past the limit one byte of our own, which tells whether there would be more. */
static int room_for(struct buf *out, unsigned char *spare, z_stream *z)
{
    size_t free_bytes = out->capacity - out->size;
    unsigned char *to = spare;
    int err;

    if (out->size == out->size_max) {
        free_bytes = 1;
    } else {
        if (free_bytes == 0)
            free_bytes = out->size_max - out->size < STEP ? out->size_max - out->size : STEP;
        err = buf_reserve(out, free_bytes, &to);
        if (err)
            return err;
    }
    z->next_out = to;
    z->avail_out = free_bytes > UINT_MAX ? UINT_MAX : (uInt)free_bytes;
    return 0;
}

/* One call of zlib. 1: it may have more to do; 0: it wants input. */
static int inflate_step(z_stream *z, struct buf *out)
{
    unsigned char spare;
    int err = room_for(out, &spare, z), result;
    uInt room = z->avail_out;

    if (err)
        return err;
    result = inflate(z, Z_SYNC_FLUSH);
    if (result == Z_MEM_ERROR)
        return -ENOMEM;
    if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END)
        return -EILSEQ;
    if (out->size == out->size_max && z->avail_out < room)
        return -EMSGSIZE;
    if (out->size < out->size_max)
        buf_grow(out, room - z->avail_out);
    if (result == Z_STREAM_END)                 /* 7.2.3.4: a final block is no end of the message  */
        return inflateReset(z) == Z_OK ? z->avail_in > 0 : -EILSEQ;
    return z->avail_out == 0 || z->avail_in > 0;
}

static int inflate_all(z_stream *z, struct ws_bytes piece, struct buf *out)
{
    int more = 1;

    assert(piece.size <= UINT_MAX);
    z->next_in = (unsigned char *)piece.at;     /* zlib only reads it                               */
    z->avail_in = (uInt)piece.size;
    while (more > 0)
        more = inflate_step(z, out);
    return more;
}

/* A connection that forgets gives its memory back between messages. */
static int inflate_end(struct ws_deflate *d)
{
    if (d->terms.client_forget) {
        (void)inflateEnd(&d->in);
        d->in_made = false;
    }
    return 0;
}

int ws_deflate_in(struct ws_deflate *d, struct ws_bytes piece, bool last, struct buf *out)
{
    int err;

    if (!d->in_made) {
        d->in = fresh;
        if (inflateInit2(&d->in, -d->terms.client_bits) != Z_OK)
            return -ENOMEM;
        d->in_made = true;
    }
    err = inflate_all(&d->in, piece, out);
    if (err || !last)
        return err;
    err = inflate_all(&d->in, (struct ws_bytes){ tail, sizeof tail }, out);
    return err ? err : inflate_end(d);
}

/* Deflating. */

/* The deflated payload without its tail: 0 or -ENOMEM. */
static int deflate_all(z_stream *z, struct ws_bytes payload, struct buf *out)
{
    unsigned char *to;
    int err;

    z->next_in = (unsigned char *)payload.at;
    z->avail_in = (uInt)payload.size;
    do {
        err = buf_reserve(out, out->size == 0 ? STEP + payload.size / 4 : out->size, &to);
        if (err)
            return err;
        z->next_out = to;
        z->avail_out = out->capacity - out->size > UINT_MAX ? UINT_MAX : (uInt)(out->capacity - out->size);
        (void)deflate(z, Z_SYNC_FLUSH);         /* Z_BUF_ERROR: all was written to the last byte    */
        buf_grow(out, (size_t)(z->next_out - to));
    } while (z->avail_out == 0);

    assert(z->avail_in == 0 && out->size > sizeof tail);
    assert(memcmp(out->at + out->size - sizeof tail, tail, sizeof tail) == 0);
    buf_cut(out, out->size - sizeof tail);
    return 0;
}

/* Makes a twin, or keeps the message itself where that is shorter. Its past then forgets it, too. */
static struct ws_message *twin_of(struct ws_deflater *by, bool forget, struct ws_message *m)
{
    struct ws_bytes payload = ws_message_payload(m), deflated;
    struct ws_message *twin = NULL;
    struct buf out;

    if (payload.size == 0 || payload.size > UINT_MAX / 2)
        return ws_message_keep(m);
    buf_init(&out, BUF_NO_LIMIT);
    if (forget)
        (void)deflateReset(&by->z);
    if (deflate_all(&by->z, payload, &out) == 0) {
        deflated = buf_bytes(&out);
        twin = deflated.size < payload.size
             ? ws_message_frame(ws_message_type(m), WS_RSV1, &deflated, 1) : ws_message_keep(m);
    }
    if (twin == NULL || twin == m)
        (void)deflateReset(&by->z);
    buf_finish(&out);
    return twin;
}

/* No window of the client's may be smaller than the one the bytes were made for. */
static bool fits(const struct ws_deflate *d, const struct ws_deflater *plain)
{
    return plain->window_bits <= d->terms.server_bits;
}

struct ws_message *ws_deflate_own(struct ws_deflate *d, struct ws_deflater *plain, struct ws_message *m)
{
    if (d->terms.server_forget && fits(d, plain))
        return twin_of(plain, true, m);
    if (d->past == NULL)
        d->past = ws_deflater_new(d->terms.server_bits);
    return d->past == NULL ? NULL : twin_of(d->past, d->terms.server_forget, m);
}

struct ws_message *ws_deflate_shared(struct ws_deflate *d, struct ws_deflater *plain, struct ws_message *m)
{
    struct ws_message *twin = ws_message_twin(m);

    if (!fits(d, plain))
        return ws_deflate_own(d, plain, m);
    if (twin == NULL) {
        twin = twin_of(plain, true, m);
        if (twin == NULL)
            return NULL;
        ws_message_set_twin(m, twin);
    }
    if (twin != m)
        ws_deflate_unsent(d);
    return ws_message_keep(twin);
}

void ws_deflate_unsent(struct ws_deflate *d)
{
    if (d->past != NULL)
        (void)deflateReset(&d->past->z);
}
