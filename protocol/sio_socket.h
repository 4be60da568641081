/* sio_socket.h - one client in one namespace: let in or not, called and calling, until it is told its end. */
#ifndef SIO_SOCKET_H
#define SIO_SOCKET_H

#include "sio_ack.h"
#include "sio_client.h"
#include "sio_namespace.h"

enum sio_state { SIO_PENDING, SIO_JOINED, SIO_LEAVING };

struct sio_socket {                             /* what each message asks for comes first          */
    struct sio_client    *client;
    struct sio_namespace *namespace;
    struct list_link      in_client;
    enum sio_state        state;
    bool                  accepted;             /* it was joined once, so on_disconnect is due      */
    bool                  recovered;
    struct list_link      held;                 /* packets that came before it was let in           */
    uint64_t              slot, pass;
    char                  id[SIO_ID_SIZE + 1];
    struct sio_owed       owed;                 /* answers that the client waits for                */
    struct sio_seats      seats;
    struct list_link      asks;                 /* our questions, struct sio_ask                    */
    struct list_link      in_turn;              /* server->leaving or ->waking                      */
    size_t                asks_size, held_size, held_count;
    struct sio_ticket    *ticket;               /* to come back with; NULL without recovery         */
    const char           *reason;
    void                 *data;
};

/* `ticket`: of the one that comes back, or NULL; it is taken in any case. */
struct sio_socket *sio_socket_new(struct sio_client *, struct sio_namespace *, struct sio_ticket *);
void sio_socket_free(struct sio_socket *);
void sio_socket_leave(struct sio_socket *, const char *reason);         /* marks it; told with the tick */
void sio_socket_end(struct sio_socket *);       /* tells it, and frees it                           */
int  sio_socket_receive(struct sio_socket *, const struct sio_packet *);        /* or -errno: fatal */
void sio_socket_deliver(struct sio_socket *);   /* what was held                                    */

#endif
