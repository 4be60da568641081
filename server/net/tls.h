/* tls.h - TLS for one connection as a filter: bytes in, bytes out. OpenSSL behind it; no I/O, no clock.
 *
 * A connection at rest keeps no buffers: input is lent for the call, records are read into memory that all
 * connections share, output goes when it is sent. */
#ifndef TLS_H
#define TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "buf.h"
#include "sio_uv.h"

enum {
    TLS_RECORD_MAX = 16384,                     /* RFC 8446 5.1                                     */
    TLS_BATCH_MAX = 65536,                      /* sealed before the kernel is asked to take it     */
    TLS_OUT_MAX = 262144,                       /* more, unsent, is a peer that asks and never reads */
};

struct sio_tls {
    SSL_CTX    *context;                        /* of the files as last read; connections keep theirs */
    BIO_METHOD *wire;
    char       *certificate_file, *key_file;
    size_t      uses;                           /* its connections, and its owner                   */
    char        plain[TLS_RECORD_MAX];          /* one record, for the time of a call               */
};

struct tls {
    struct sio_tls *shared;
    SSL            *ssl;
    struct ws_bytes in;                         /* lent by tls_feed()                               */
    struct buf      out;                        /* for the peer; whoever sends it takes it          */
    struct buf      sending;                    /* what was taken and must stand still              */
    bool            ready;                      /* the handshake is done                            */
    bool            broken, ended;              /* nothing more can be said; close_notify is said   */
    bool            met_http;                   /* the peer speaks plain HTTP                       */
};

BIO_METHOD *tls_wire_new(void);                 /* NULL: no memory                                  */

struct tls *tls_new(struct sio_tls *);          /* NULL: no memory                                  */
void        tls_free(struct tls *);             /* NULL is fine                                     */

/* Lends bytes from the peer, until tls_read() says 0 or less. */
void tls_feed(struct tls *, const void *at, size_t size);
/* Goes on with the handshake, then opens records: the bytes of one, which stand until the next call. 0: it
 * needs more; -ESHUTDOWN: the peer said that this was all; -EPROTO: broken, an alert may be in `out`. */
int  tls_read(struct tls *, char **ret_at);
/* Seals about TLS_BATCH_MAX bytes of the parts at most, and says how many; -EPROTO: as above. */
int  tls_write(struct tls *, const struct ws_bytes *parts, int count);
void tls_end(struct tls *);                     /* close_notify; idempotent, nothing when broken    */

#endif
