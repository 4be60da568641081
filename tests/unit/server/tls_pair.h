/* tls_pair.h - a struct tls and OpenSSL's client, joined by the test. */
#ifndef TLS_PAIR_H
#define TLS_PAIR_H

#include "tls.h"
#include "tls_fixture.h"

static bool serving;                            /* what is allocated now is the server's            */

struct pair { struct files files; struct sio_tls *shared; struct tls *tls; SSL_CTX *context; SSL *client;
              size_t opened_size; char opened[100000], secret[200]; };

static inline void on_secret(const SSL *client, const char *line)
{
    struct pair *p = SSL_get_app_data(client);

    if (sscanf(line, "CLIENT_TRAFFIC_SECRET_0 %*s %199s", p->secret) == 1)
        CHECK_INT(strlen(p->secret), 64);
}

static inline void pair_open(struct pair *p)
{
    char why[256];

    p->opened_size = 0;
    files_open(&p->files);
    CHECK_INT(sio_tls_new(p->files.certificate, p->files.key, &p->shared, why, sizeof why), 0);
    serving = true;
    p->tls = tls_new(p->shared);
    serving = false;
    p->context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_keylog_callback(p->context, on_secret);
    p->client = SSL_new(p->context);
    assert_non_null(p->client);
    (void)SSL_set_app_data(p->client, p);
    CHECK_INT(SSL_set_ciphersuites(p->client, "TLS_AES_128_GCM_SHA256"), 1);
    SSL_set_bio(p->client, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(p->client);
}

static inline void pair_close(struct pair *p)
{
    tls_free(p->tls);
    sio_tls_free(p->shared);
    SSL_free(p->client);
    SSL_CTX_free(p->context);
    files_close(&p->files);
    ERR_clear_error();
}

/* Gives the server `size` bytes, and takes what it opens; the last result of tls_read(). */
static inline int feed(struct pair *p, const void *at, size_t size)
{
    char *plain;
    int got;

    serving = true;
    tls_feed(p->tls, at, size);
    while ((got = tls_read(p->tls, &plain)) > 0) {
        assert_true(p->opened_size + (size_t)got <= sizeof p->opened);
        memcpy(p->opened + p->opened_size, plain, (size_t)got);
        p->opened_size += (size_t)got;
    }
    serving = false;
    return got;
}

/* What the client has written goes over in pieces, what the server has written comes back. */
static inline int carry(struct pair *p, size_t piece)
{
    char bytes[20000];
    int size, err = 0;

    while (err == 0 && (size = BIO_read(SSL_get_wbio(p->client), bytes, (int)piece)) > 0)
        err = feed(p, bytes, (size_t)size);
    size = (int)p->tls->out.size;
    if (size > 0)
        CHECK_INT(BIO_write(SSL_get_rbio(p->client), p->tls->out.at, size), size);
    buf_finish(&p->tls->out);
    return err;
}

static inline void shake(struct pair *p, size_t piece)
{
    assert_non_null(p->tls);
    for (int i = 0; i < 10 && !p->tls->ready; i++) {
        (void)SSL_do_handshake(p->client);
        CHECK_INT(carry(p, piece), 0);
    }
    assert_true(p->tls->ready);
}

#endif
