/* eio_websocket.h - a session over one WebSocket, and the WebSocket that wants to become that. */
#ifndef EIO_WEBSOCKET_H
#define EIO_WEBSOCKET_H

#include "engineio.h"

extern const struct ws_handlers eio_websocket_handlers;         /* of the ws_server below           */

int eio_websocket_push(struct ws_conn *, struct ws_message *, bool plain);      /* keeps; -errno    */

#endif
