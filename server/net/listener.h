/* listener.h - accepting: one name, all its addresses, one port; survives running out of descriptors. */
#ifndef LISTENER_H
#define LISTENER_H

#include <stdbool.h>

struct net;
struct listener;
struct conn;

typedef void listener_accept_fn(void *data, struct conn *);     /* the connection is yours          */

/* "localhost" is 127.0.0.1 and ::1 (one of the two is enough where a system lacks the other), "*" all
 * addresses, else a numeric address or a name. Port 0: the system picks one, the same for all addresses. 0
 * or the negative errno of the first address that failed (-EADDRINUSE, -EACCES, -EADDRNOTAVAIL); then
 * nothing listens. */
int  listener_open(struct net *, const char *host, int port, listener_accept_fn *, void *data,
                   struct listener **ret_listener);
int  listener_port(const struct listener *);
void listener_close(struct listener *);         /* stops accepting now; memory ends later; NULL is fine */

/* May plain HTTP be spoken there? "localhost", 127.0.0.0/8, ::1 in any spelling; no name lookup. */
bool listener_is_loopback(const char *host);

#endif
