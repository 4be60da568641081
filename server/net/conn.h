/* conn.h - one TCP connection: bytes in as they come, output pulled once a turn, deadlines, one way to
 * end.
 *
 * It knows no protocol: whoever owns it (http, a WebSocket) is a row of functions and may be replaced
 * once, by the upgrade. Nothing is called back from inside conn_wake(), conn_end() or conn_cut(). */
#ifndef CONN_H
#define CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "websocket.h"

struct net;
struct conn;

enum conn_wait { CONN_FOREVER, CONN_HANDSHAKE, CONN_HEAD, CONN_BODY, CONN_IDLE, CONN_WAITS };
                                                /* see sio_http_limits                              */

struct conn_owner {
    void (*receive)(void *peer, char *at, size_t size);         /* may write into `at`              */
    void (*ended)(void *peer);                  /* the peer said that it will send no more; under TLS   */
                                                /* a mere end is a cut: somebody else may have made it  */
    int  (*output)(void *peer, struct ws_bytes *parts, int parts_max);  /* they stand until sent()  */
    void (*sent)(void *peer, size_t size);
    void (*expired)(void *peer, enum conn_wait);                /* the wait set by conn_expect()    */
    void (*lost)(void *peer);                                   /* the last call, always comes      */
};

void conn_own(struct conn *, const struct conn_owner *, void *peer);
void conn_wake(struct conn *);                  /* ask for output before the loop sleeps            */
void conn_expect(struct conn *, enum conn_wait);        /* from now on; replaces the last one       */
void conn_pause(struct conn *, bool paused);    /* stop reading: the peer sends faster than we answer */
void conn_end(struct conn *);                   /* when all output is sent: our FIN, its FIN, close */
void conn_cut(struct conn *);                   /* now                                              */
bool conn_is_ending(const struct conn *);
bool conn_is_secure(const struct conn *);       /* speaks TLS                                       */
const char *conn_address(const struct conn *);  /* "192.0.2.1", "2001:db8::1"                       */
struct net *conn_net(const struct conn *);
uint32_t    conn_slot(const struct conn *);     /* its number while it lives                        */
struct conn *conn_find(struct net *, uint32_t slot);    /* NULL: nobody has this number             */
void       *conn_peer(const struct conn *, const struct conn_owner *);  /* NULL: another one owns it */

#endif
