/* tls_fixture.h - certificates made on the spot, and OpenSSL as the client of a world of net_fixture.h. */
#ifndef TLS_FIXTURE_H
#define TLS_FIXTURE_H

#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>

#include "net_fixture.h"

enum { DAY_S = 86400 };

struct files { char folder[64], certificate[96], key[96]; };

static inline EVP_PKEY *key_new(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");

    assert_non_null(key);
    return key;
}

static inline void key_write(const char *path, EVP_PKEY *key, const char *passphrase)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    CHECK_INT(PEM_write_PrivateKey(file, key, passphrase != NULL ? EVP_aes_128_cbc() : NULL, NULL, 0, NULL,
                                   (void *)(uintptr_t)passphrase), 1);
    (void)fclose(file);
}

static inline void certificate_write(const char *path, EVP_PKEY *key, const char *name, long from_s,
                                     long to_s)
{
    X509 *x = X509_new();
    FILE *file = fopen(path, "we");

    assert_non_null(x);
    assert_non_null(file);
    CHECK_INT(ASN1_INTEGER_set(X509_get_serialNumber(x), 1), 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(x), from_s));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(x), to_s));
    CHECK_INT(X509_set_pubkey(x, key), 1);
    CHECK_INT(X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                                         (const unsigned char *)name, -1, -1, 0), 1);
    CHECK_INT(X509_set_issuer_name(x, X509_get_subject_name(x)), 1);
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    CHECK_INT(PEM_write_X509(file, x), 1);
    (void)fclose(file);
    X509_free(x);
}

static inline void files_open(struct files *f)
{
    EVP_PKEY *key = key_new();

    (void)snprintf(f->folder, sizeof f->folder, "/tmp/test_tls.XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    (void)snprintf(f->certificate, sizeof f->certificate, "%s/cert.pem", f->folder);
    (void)snprintf(f->key, sizeof f->key, "%s/key.pem", f->folder);
    key_write(f->key, key, NULL);
    certificate_write(f->certificate, key, "first", -DAY_S, DAY_S);
    EVP_PKEY_free(key);
}

static inline void files_close(struct files *f)
{
    (void)unlink(f->certificate);
    (void)unlink(f->key);
    CHECK_INT(rmdir(f->folder), 0);
}

/* A client; its SSL reads and writes the socket itself. */

struct secure { struct client *raw; SSL_CTX *context; SSL *ssl; size_t size; char said[SAID_SIZE]; };

static inline struct secure *secure_new(struct world *w)
{
    struct secure *s = calloc(1, sizeof *s);

    assert_non_null(s);
    (void)sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);     /* OpenSSL's writes */
    s->raw = client_open(w);
    s->context = SSL_CTX_new(TLS_client_method());
    assert_non_null(s->context);
    s->ssl = SSL_new(s->context);
    assert_non_null(s->ssl);
    (void)SSL_set_mode(s->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_set_security_level(s->ssl, 0);          /* it may try what the server must refuse           */
    CHECK_INT(SSL_set_fd(s->ssl, s->raw->fd), 1);
    (void)fcntl(s->raw->fd, F_SETFL, O_NONBLOCK);
    CHECK_INT(setsockopt(s->raw->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int)), 0);
    return s;
}

static inline void secure_free(struct secure *s)
{
    SSL_free(s->ssl);
    SSL_CTX_free(s->context);
    client_close(s->raw);
    ERR_clear_error();
    free(s);
}

/* 0: the handshake is done; else the reason of the error, of which SSL_R_… are some; -1: cut. */
static inline int secure_try(struct secure *s)
{
    uint64_t end_ns = uv_hrtime() + GIVE_UP_MS * 1000000ull;

    while (uv_hrtime() < end_ns) {
        ERR_clear_error();
        int done = SSL_connect(s->ssl), err = SSL_get_error(s->ssl, done);

        if (done == 1)
            return 0;
        if (err != SSL_ERROR_WANT_READ && err != SSL_ERROR_WANT_WRITE)
            return ERR_peek_error() != 0 ? ERR_GET_REASON(ERR_peek_error()) : -1;
        world_turn(s->raw->world, 1);
    }
    fail_msg("no handshake");
    return -1;
}

static inline struct secure *secure_open(struct world *w)
{
    struct secure *s = secure_new(w);

    CHECK_INT(secure_try(s), 0);
    world_turn(w, 1);                           /* our last words of it reach the server            */
    return s;
}

static inline void secure_send_bytes(struct secure *s, const char *at, size_t size)
{
    uint64_t end_ns = uv_hrtime() + GIVE_UP_MS * 1000000ull;

    while (size > 0 && uv_hrtime() < end_ns) {
        ERR_clear_error();
        int put = SSL_write(s->ssl, at, (int)size);

        if (put > 0) {
            at += put;
            size -= (size_t)put;
        }
        world_turn(s->raw->world, 0);
    }
    CHECK_INT(size, 0);
}

static inline void secure_send(struct secure *s, const char *text)
{
    secure_send_bytes(s, text, strlen(text));
}

/* 1: something came; 0: not yet; -1: close_notify; -2: an error, a mere end too. */
static inline int secure_receive(struct secure *s)
{
    int got, err;

    world_turn(s->raw->world, 1);
    assert_true(s->size < SAID_SIZE - 1);
    ERR_clear_error();
    got = SSL_read(s->ssl, s->said + s->size, (int)(SAID_SIZE - 1 - s->size));
    if (got > 0)
        s->size += (size_t)got;
    err = SSL_get_error(s->ssl, got);
    return got > 0 ? 1 : err == SSL_ERROR_WANT_READ || err == SSL_ERROR_WANT_WRITE ? 0
                       : err == SSL_ERROR_ZERO_RETURN ? -1 : -2;
}

static inline const char *secure_wait(struct secure *s, const char *text)
{
    uint64_t end_ns = uv_hrtime() + GIVE_UP_MS * 1000000ull;

    while (strstr(s->said, text) == NULL && uv_hrtime() < end_ns && secure_receive(s) >= 0)
        ;
    if (strstr(s->said, text) == NULL)
        fail_msg("waited for \"%s\" and heard \"%s\"", text, s->said);
    return s->said;
}

/* How it ended: as secure_receive(). */
static inline int secure_wait_end(struct secure *s)
{
    uint64_t end_ns = uv_hrtime() + GIVE_UP_MS * 1000000ull;
    int how = 0;

    while (uv_hrtime() < end_ns && (how = secure_receive(s)) >= 0)
        ;
    if (how >= 0)
        fail_msg("it was not ended: \"%s\"", s->said);
    return how;
}

#endif
