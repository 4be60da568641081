/* listener.h - accepting: one name, all its addresses, one port; survives running out of descriptors. */
#ifndef LISTENER_H
#define LISTENER_H

#include <stdbool.h>

struct net;
struct listener;
struct conn;

typedef void listener_accept_fn(void *data, struct conn *);     /* the connection is yours          */

/* As sio_uv_listen() says it: 0, or the negative errno of the first address that failed; then nothing
 * listens. */
int  listener_open(struct net *, const char *host, int port, listener_accept_fn *, void *data,
                   struct listener **ret_listener);
int  listener_port(const struct listener *);
void listener_close(struct listener *);         /* stops accepting now; memory ends later; NULL is fine */

/* May plain HTTP be spoken there? "localhost", 127.0.0.0/8, ::1 in any spelling; no name lookup. */
bool listener_is_loopback(const char *host);

#endif
