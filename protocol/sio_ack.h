/* sio_ack.h - questions that wait for the client's answer, and answers that the client waits for. */
#ifndef SIO_ACK_H
#define SIO_ACK_H

#include "eio_server.h"
#include "socketio.h"

struct sio_question;
struct sio_ask {
    struct list_link     in_socket, in_question;
    struct eio_timer     deadline;              /* only of one that stands alone                    */
    struct sio_socket   *socket;
    struct sio_question *question;              /* to many, of which this is a part; or NULL        */
    sio_answer_fn       *answer;
    void                *data;
    int64_t              id;
};
int64_t         sio_ask_id(struct sio_namespace *);
struct sio_ask *sio_ask_part(struct sio_socket *, struct sio_question *, int64_t id);   /* NULL: no memory */
void            sio_ask_free(struct sio_ask *); /* nobody is told                                   */
void sio_ask_answered(struct sio_socket *, int64_t id, struct sio_args);        /* unknown: ignored */
void sio_asks_reset(struct sio_socket *);       /* -ECONNRESET to all                               */

/* Ids of events whose answer is still owed, oldest first. An application that never answers makes them pile
 * up: past OWED_MAX the oldest is forgotten. */
struct sio_owed { int64_t *ids; size_t size, capacity; };
int  sio_owed_add(struct sio_owed *, int64_t id);               /* -ENOMEM                          */
int  sio_owed_take(struct sio_owed *, int64_t id);              /* -EALREADY                        */
void sio_owed_finish(struct sio_owed *);

#endif
