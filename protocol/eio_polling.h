/* eio_polling.h - a session over HTTP requests: a GET waits for what there is to say, a POST brings in. */
#ifndef EIO_POLLING_H
#define EIO_POLLING_H

#include "eio_packet.h"
#include "eio_server.h"

struct eio_request {
    struct eio_session *session;
    void               *peer;
    bool                is_post;
    struct eio_headers  headers;                /* of the reply to come                             */
    struct buf          body;
};

struct eio_waiting { struct ws_message *message; bool plain; };
struct eio_polling {
    struct eio_request *get, *post;             /* NULL: none is open                               */
    struct eio_waiting *queue;                  /* a ring, from `first` on                          */
    size_t first, count, capacity, bytes;
    char   farewell;                            /* to a GET that waits at the end: '1', or '6'      */
};

/* A request of a session: waits, or NULL: replied. */
struct eio_request *eio_polling_get(struct eio_session *, const struct ws_request *, void *peer);
struct eio_request *eio_polling_post(struct eio_session *, const struct ws_request *, void *peer);

void eio_polling_finish(struct eio_polling *);
bool eio_polling_shift(struct eio_polling *, struct eio_waiting *ret_waiting);      /* yours now    */
void eio_polling_noop(struct eio_session *);    /* sends a waiting GET home: the transport changes  */
void eio_polling_leave(struct eio_session *);   /* replies to whoever is left at the end            */

#endif
