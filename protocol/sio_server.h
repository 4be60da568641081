/* sio_server.h - how a server looks inside: limits, namespaces, and which socket an id of an ack means. */
#ifndef SIO_SERVER_H
#define SIO_SERVER_H

#include "eio_server.h"
#include "list.h"
#include "map.h"
#include "sio_packet.h"
#include "socketio.h"

struct sio_slot { struct sio_socket *socket; uint32_t generation, next_free; };

struct sio_server {
    struct eio_server  *engine;
    struct eio_handlers handlers;               /* the embedder's                                   */
    struct sio_limits   limits;
    int                 connect_timeout_ms, rooms_max, acks_max, namespaces_max;
    bool                msgpack;
    struct map          namespaces;             /* by name, without patterns                        */
    struct list_link    all;                    /* namespaces, patterns too                         */
    struct list_link    leaving, waking;        /* sockets: to be told of their end; with held packets */
    struct sio_recovery *recovery;              /* or NULL                                          */
    struct map          questions;              /* to many, by number                               */
    struct list_link    settled;                /* of them, to be told their end                    */
    uint64_t            questions_next;
    int64_t             connect_max;            /* bytes of a message before a namespace is joined  */
    bool                freeing;                /* no new questions                                 */
    struct eio_task     task;                   /* looks after leaving, waking and settled          */
    struct sio_slot    *slots;
    uint32_t            slots_size, slots_capacity, slots_free;     /* free: 1 + index, 0 = none    */
    const struct sio_adapter *adapter;
    void               *adapter_data;
    struct buf          head, name;             /* scratch: of a packet that goes, of one that came */
};

/* Which socket a value means, long after it may have left. */
int                sio_slot_take(struct sio_server *, struct sio_socket *, uint64_t *ret_slot);
void               sio_slot_give(struct sio_server *, uint64_t slot);
struct sio_socket *sio_slot_find(const struct sio_server *, uint64_t slot);

#endif
