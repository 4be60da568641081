/* tls.c - OpenSSL between two buffers of ours. Its error queue belongs to the thread, so it is emptied before
 * each call (what another connection left there would be taken for ours) and after each failure. */
#include "tls.h"

#include <assert.h>
#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

/* The wire, as OpenSSL sees it. */

static int wire_write(BIO *bio, const char *at, int size)
{
    struct tls *t = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);
    return buf_add(&t->out, at, (size_t)size) == 0 ? size : -1;
}

static int wire_read(BIO *bio, char *at, int size)
{
    struct tls *t = BIO_get_data(bio);
    size_t taken = (size_t)size < t->in.size ? (size_t)size : t->in.size;

    BIO_clear_retry_flags(bio);
    if (taken == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    memcpy(at, t->in.at, taken);
    t->in = (struct ws_bytes){ (const char *)t->in.at + taken, t->in.size - taken };
    return (int)taken;
}

static long wire_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;           /* nothing waits here                               */
}

BIO_METHOD *tls_wire_new(void)
{
    BIO_METHOD *wire = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "buffers");

    if (wire != NULL && BIO_meth_set_write(wire, wire_write) == 1 && BIO_meth_set_read(wire, wire_read) == 1
        && BIO_meth_set_ctrl(wire, wire_control) == 1)
        return wire;
    BIO_meth_free(wire);
    return NULL;
}

/* Life. */

struct tls *tls_new(struct sio_tls *shared)
{
    struct tls *t = calloc(1, sizeof *t);
    BIO *bio;

    if (t == NULL)
        return NULL;
    buf_init(&t->out, TLS_OUT_MAX);
    buf_init(&t->sending, TLS_OUT_MAX);
    ERR_clear_error();
    t->ssl = SSL_new(shared->context);
    bio = t->ssl != NULL ? BIO_new(shared->wire) : NULL;
    if (bio == NULL)
        goto fail;
    BIO_set_data(bio, t);
    BIO_set_init(bio, 1);
    SSL_set_bio(t->ssl, bio, bio);
    SSL_set_accept_state(t->ssl);
    t->shared = shared;
    shared->uses++;
    return t;

fail:
    ERR_clear_error();
    SSL_free(t->ssl);
    free(t);
    return NULL;
}

void tls_free(struct tls *t)
{
    if (t == NULL)
        return;
    SSL_free(t->ssl);
    ERR_clear_error();
    buf_finish(&t->out);
    buf_finish(&t->sending);
    sio_tls_free(t->shared);
    free(t);
}

/* Reading and writing. */

/* After a call that gave no bytes. */
static int why(struct tls *t, int result)
{
    int err = SSL_get_error(t->ssl, result);
    unsigned long reason = ERR_peek_error();

    ERR_clear_error();
    if (err == SSL_ERROR_WANT_READ)
        return 0;
    if (err == SSL_ERROR_ZERO_RETURN)
        return -ESHUTDOWN;
    t->broken = true;
    t->met_http = ERR_GET_LIB(reason) == ERR_LIB_SSL && ERR_GET_REASON(reason) == SSL_R_HTTP_REQUEST;
    return -EPROTO;
}

void tls_feed(struct tls *t, const void *at, size_t size)
{
    assert(t->in.size == 0);
    t->in = (struct ws_bytes){ at, size };
}

int tls_read(struct tls *t, char **ret_at)
{
    int got;

    if (t->broken)
        return -EPROTO;
    ERR_clear_error();
    got = SSL_read(t->ssl, t->shared->plain, TLS_RECORD_MAX);
    /* Only ever set: half of a later message (a key update) makes it false again. */
    t->ready = t->ready || SSL_is_init_finished(t->ssl) == 1;
    if (got <= 0)
        got = why(t, got);
    else
        *ret_at = t->shared->plain;
    if (got <= 0)
        t->in.size = 0;
    return got;
}

/* Small parts share a record: each record costs a head, a tag and a turn of the cipher. */
static size_t gather(char *at, const struct ws_bytes *parts, int count, size_t from)
{
    size_t size = 0;

    for (int i = 0; i < count && size < TLS_RECORD_MAX; i++) {
        size_t room = TLS_RECORD_MAX - size, here;

        if (from >= parts[i].size) {
            from -= parts[i].size;
            continue;
        }
        here = parts[i].size - from < room ? parts[i].size - from : room;
        memcpy(at + size, (const char *)parts[i].at + from, here);
        size += here;
        from = 0;
    }
    return size;
}

int tls_write(struct tls *t, const struct ws_bytes *parts, int count)
{
    size_t taken = 0, size;

    assert(t->ready && !t->ended);
    if (t->broken)
        return -EPROTO;
    while (taken < TLS_BATCH_MAX && (size = gather(t->shared->plain, parts, count, taken)) > 0) {
        ERR_clear_error();
        int put = SSL_write(t->ssl, t->shared->plain, (int)size);

        if (put <= 0) {
            (void)why(t, put);
            t->broken = true;                   /* the wire takes all: there is nothing to wait for */
            return -EPROTO;
        }
        assert((size_t)put == size);
        taken += size;
    }
    return (int)taken;
}

void tls_end(struct tls *t)
{
    if (t->broken || t->ended || !t->ready)
        return;
    t->ended = true;
    ERR_clear_error();
    (void)SSL_shutdown(t->ssl);                 /* without memory the peer sees a cut: no harm      */
    ERR_clear_error();
}
