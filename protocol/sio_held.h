/* sio_held.h - packets of a client that sends before it was let in: kept whole, and few of them. */
#ifndef SIO_HELD_H
#define SIO_HELD_H

#include "sio_socket.h"

struct sio_held {
    struct list_link  in_socket;
    size_t            size;                     /* of the bytes it keeps                            */
    struct sio_packet packet;                   /* with slices into them                            */
    struct ws_bytes   binary[];                 /* then the bytes                                   */
};

int  sio_held_add(struct sio_socket *, const struct sio_packet *);      /* -EMSGSIZE, -ENOMEM       */
struct sio_held *sio_held_shift(struct sio_socket *);                   /* yours to free(), or NULL */
void sio_held_drop(struct sio_socket *);

#endif
