/* sio_client.h - one session: its decoder, and its sockets by namespace. */
#ifndef SIO_CLIENT_H
#define SIO_CLIENT_H

#include "sio_server.h"

struct sio_client {
    struct sio_server  *server;
    struct eio_session *session;
    struct list_link    sockets;
    int                 sockets_size;           /* with those that are leaving                      */
    struct sio_decoder  decoder;
    struct eio_timer    joining;                /* a first namespace must be joined till then       */
};

extern const struct eio_handlers sio_client_handlers;           /* of the engine below              */

void sio_client_close(struct sio_client *, const char *reason); /* all its sockets, and the session */
void sio_client_joined(struct sio_client *);

#endif
