/* eio_transport.h - what a session needs of a transport. There are two: eio_polling and eio_websocket. */
#ifndef EIO_TRANSPORT_H
#define EIO_TRANSPORT_H

#include "engineio.h"

struct eio_transport {
    const char *name;
    bool   (*ready)(struct eio_session *);      /* would a message leave with this turn?            */
    int    (*send)(struct eio_session *, struct ws_message *, unsigned flags);     /* keeps; -errno */
    void   (*flush)(struct eio_session *);      /* once a turn, after something was sent            */
    size_t (*unsent)(const struct eio_session *);
};

extern const struct eio_transport eio_polling_transport, eio_websocket_transport;

#endif
