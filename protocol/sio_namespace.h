/* sio_namespace.h - admission to a namespace, and its members. */
#ifndef SIO_NAMESPACE_H
#define SIO_NAMESPACE_H

#include "sio_rooms.h"
#include "sio_server.h"

enum { SIO_NAME_MAX = 128 };                    /* of a namespace that a client may name            */

struct sio_namespace {
    struct sio_server   *server;
    struct list_link     in_server;
    struct sio_namespace *pattern;              /* it was made of; NULL: it was added               */
    struct sio_handlers  handlers;
    struct map           events;                /* rows by name; a pattern's serve for all of it    */
    struct sio_room     *everybody;             /* the accepted ones                                */
    struct map           sockets, rooms;        /* by id, also those that wait; by name             */
    struct list_link     tickets, log;          /* who can come back; what they may have missed     */
    uint64_t             lost;                  /* up to this packet the log is not whole           */
    uint64_t             pass;                  /* of the last walk over targets                    */
    int64_t              ask_next;
    char                 name[];
};

/* The one of that name; one is made of a pattern if need be. NULL: none, or no memory. */
struct sio_namespace  *sio_namespace_match(struct sio_server *, const char *name);
void                   sio_namespace_tidy(struct sio_namespace *);      /* a socket is gone */
void                   sio_namespace_free(struct sio_namespace *);
const struct sio_event *sio_namespace_event(const struct sio_namespace *, const char *name);

#endif
