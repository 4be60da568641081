/* ws_conn.h - what engineio needs of a connection beyond websocket.h. */
#ifndef WS_CONN_H
#define WS_CONN_H

#include "websocket.h"

/* Handshakes in two steps, for a floor that has checks of its own between them. ws_open() is
 *
 *     status = ws_check(server, request);
 *     status == 101 ? ws_accept(server, request, peer, NULL) : ws_refuse(server, peer, status, NULL, reason)
 *
 * ws_check() looks at the handshake's fields, the origin and `allow`, in this order. `lines` are more header
 * lines, each "Name: value\r\n", or NULL. The two others give NULL for -ENOMEM; on_open runs in ws_accept(),
 * never for a refused one, and a refused one has no on_close either: it only lives until ws_lost(). */
int             ws_check(const struct ws_server *, const struct ws_request *);     /* 101, or 4xx, 503 */
struct ws_conn *ws_accept(struct ws_server *, const struct ws_request *, void *peer, const char *lines);
struct ws_conn *ws_refuse(struct ws_server *, void *peer, int status, const char *lines,
                          struct ws_bytes body);

/* Is this page let in? Without an Origin header: yes. For polling as well. */
bool ws_origin_allowed(const struct ws_options *, const struct ws_request *);

/* A message may have so many bytes, from the one that comes now on, and not less than has come of it; -1:
 * what the server's message_max says, which is never exceeded. */
void ws_limit(struct ws_conn *, int64_t message_max);

/* As ws_share(), but never deflated. */
int  ws_share_plain(struct ws_conn *, struct ws_message *);

#endif
