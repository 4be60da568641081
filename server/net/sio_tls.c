/* sio_tls.c - certificate and key, and what we speak: TLS 1.2 and 1.3, ECDHE with AEAD, HTTP/1.1. */
#include <assert.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tls.h"

struct why { char *text; size_t size; };

__attribute__((format(printf, 3, 4)))
static int refuse(const struct why *why, int err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (why->size > 0)
        (void)vsnprintf(why->text, why->size, format, args);
    va_end(args);
    ERR_clear_error();
    return err;
}

static const char *reason(void)
{
    const char *text = ERR_reason_error_string(ERR_peek_last_error());

    return text != NULL ? text : "not understood";
}

/* What we speak. */

/* RFC 7301 3.2: who asks, and not for what we speak, hears so. */
static int choose_protocol(SSL *ssl, const unsigned char **ret_at, unsigned char *ret_size,
                           const unsigned char *asked, unsigned size, void *data)
{
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *at;

    (void)ssl;
    (void)data;
    if (SSL_select_next_proto(&at, ret_size, ours, sizeof ours - 1, asked, size) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *ret_at = at;
    return SSL_TLSEXT_ERR_OK;
}

/* A server has nobody to ask for it. */
static int no_passphrase(char *at, int size, int writing, void *data)
{
    (void)at;
    (void)size;
    (void)writing;
    (void)data;
    return -1;
}

/* No resumption: our connections live long, so little is saved, while the key of the tickets would open
 * whatever was recorded since the start (TLS 1.2). */
static SSL_CTX *context_new(void)
{
    static const char ciphers[] = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
        "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
        "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:@SECLEVEL=2";
    static const char suites[] = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    if (context == NULL)
        return NULL;
    (void)SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET
                                       | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    (void)SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    (void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    if (SSL_CTX_set_num_tickets(context, 0) == 1
        && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1
        && SSL_CTX_set_max_proto_version(context, 0) == 1
        && SSL_CTX_set_cipher_list(context, ciphers) == 1 && SSL_CTX_set_ciphersuites(context, suites) == 1
        && SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1)
        return context;
    SSL_CTX_free(context);
    return NULL;
}

/* The files. */

static int check_readable(const char *path, const struct why *why)
{
    FILE *file = fopen(path, "re");

    if (file == NULL)
        return refuse(why, -errno, "%s: %s", path, strerror(errno));
    (void)fclose(file);
    return 0;
}

static int check_time(const SSL_CTX *context, const char *path, const struct why *why)
{
    const X509 *leaf = SSL_CTX_get0_certificate(context);
    struct tm from, to;

    if (ASN1_TIME_to_tm(X509_get0_notBefore(leaf), &from) != 1
        || ASN1_TIME_to_tm(X509_get0_notAfter(leaf), &to) != 1)
        return refuse(why, -EINVAL, "%s: the certificate has no time", path);
    if (X509_cmp_current_time(X509_get0_notAfter(leaf)) < 0)
        return refuse(why, -EINVAL, "%s: the certificate expired on %04d-%02d-%02d", path, to.tm_year + 1900,
                      to.tm_mon + 1, to.tm_mday);
    if (X509_cmp_current_time(X509_get0_notBefore(leaf)) > 0)
        return refuse(why, -EINVAL, "%s: the certificate is not valid before %04d-%02d-%02d", path,
                      from.tm_year + 1900, from.tm_mon + 1, from.tm_mday);
    return 0;
}

static int files_read(const struct sio_tls *tls, SSL_CTX *context, const struct why *why)
{
    int err = check_readable(tls->certificate_file, why);
    bool taken;

    if (err == 0)
        err = check_readable(tls->key_file, why);
    if (err)
        return err;
    if (SSL_CTX_use_certificate_chain_file(context, tls->certificate_file) != 1)
        return refuse(why, -EINVAL, "%s: no certificate in PEM (%s)", tls->certificate_file, reason());
    taken = SSL_CTX_use_PrivateKey_file(context, tls->key_file, SSL_FILETYPE_PEM) == 1;
    if (taken ? SSL_CTX_check_private_key(context) != 1
              : ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH)
        return refuse(why, -EINVAL, "%s: not the key of the certificate in %s", tls->key_file,
                      tls->certificate_file);
    if (!taken)
        return refuse(why, -EINVAL, "%s: no private key in PEM without a passphrase (%s)", tls->key_file,
                      reason());
    return check_time(context, tls->certificate_file, why);
}

int sio_tls_reload(struct sio_tls *tls, char *text, size_t text_size)
{
    const struct why why = { text, text_size };
    SSL_CTX *context;
    int err;

    ERR_clear_error();
    context = context_new();
    if (context == NULL)
        return refuse(&why, -ENOMEM, "no memory for TLS");
    err = files_read(tls, context, &why);
    if (err) {
        SSL_CTX_free(context);
        return err;
    }
    SSL_CTX_free(tls->context);                 /* connections that are open hold it                */
    tls->context = context;
    return 0;
}

/* Life. */

int sio_tls_new(const char *certificate_file, const char *key_file, struct sio_tls **ret_tls, char *text,
                size_t text_size)
{
    struct sio_tls *tls = calloc(1, sizeof *tls);
    int err;

    if (tls != NULL) {
        tls->uses = 1;
        tls->wire = tls_wire_new();
        tls->certificate_file = strdup(certificate_file);
        tls->key_file = strdup(key_file);
    }
    if (tls != NULL && tls->wire != NULL && tls->certificate_file != NULL && tls->key_file != NULL)
        err = sio_tls_reload(tls, text, text_size);
    else
        err = refuse(&(struct why){ text, text_size }, -ENOMEM, "no memory for TLS");
    if (err) {
        sio_tls_free(tls);
        return err;
    }
    *ret_tls = tls;
    return 0;
}

int sio_tls_days_left(const struct sio_tls *tls)
{
    const X509 *leaf = SSL_CTX_get0_certificate(tls->context);
    int days = 0, seconds;

    return ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(leaf)) == 1 ? days : 0;
}

void sio_tls_free(struct sio_tls *tls)
{
    if (tls == NULL)
        return;
    assert(tls->uses > 0);
    if (--tls->uses > 0)
        return;
    SSL_CTX_free(tls->context);
    BIO_meth_free(tls->wire);
    free(tls->certificate_file);
    free(tls->key_file);
    free(tls);
}
