/* sio_uv_peer.h - the peers that sio_uv gives to the floors above, and the three calls those make of them. */
#ifndef SIO_UV_PEER_H
#define SIO_UV_PEER_H

#include "sio_uv.h"

struct http_conn;

/* `*freed`: the engines are gone, and their requests with them. */
void sio_uv_begin_engine(struct eio_server *, struct http_conn *, const struct ws_request *,
                         const bool *freed);
void sio_uv_begin_websocket(const struct sio_uv_route *, struct http_conn *, const struct ws_request *);

void sio_uv_reply(void *peer, const struct eio_reply *);        /* eio_host.reply                   */
void sio_uv_wake(void *peer);                                   /* ws_host.wake                     */
void sio_uv_end(void *peer);                                    /* ws_host.close                    */

#endif
