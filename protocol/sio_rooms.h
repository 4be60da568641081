/* sio_rooms.h - who is in which room, both ways.
 *
 *   room "a"  members  [ socket 7, seat 1 ] [ socket 9, seat 1 ]
 *                              |                     |
 *   socket 9  seats    [ all, 4 ] [ room "a", 1 ]  <-+        seat 0 is the namespace itself
 *
 * Each side knows its place on the other, so that entering and leaving cost the same in any crowd. */
#ifndef SIO_ROOMS_H
#define SIO_ROOMS_H

#include "socketio.h"

struct sio_member { struct sio_socket *socket; size_t seat; };
struct sio_room {
    struct sio_namespace *namespace;
    struct sio_member    *members;
    size_t                size, capacity;
    char                  name[];               /* "" for the namespace itself                      */
};
struct sio_seat  { struct sio_room *room; size_t member; };
struct sio_seats { struct sio_seat *all; size_t size, capacity; };

struct sio_room *sio_room_new(struct sio_namespace *, const char *name);        /* NULL: no memory  */
void             sio_room_free(struct sio_room *);
int              sio_room_enter(struct sio_room *, struct sio_socket *);        /* -ENOMEM          */
int              sio_room_join(struct sio_socket *, const char *name);  /* one it is not in; -ENOMEM */
void             sio_room_exit_all(struct sio_socket *);

/* Visits every accepted socket that is meant, each once. `visit` calls no application: it may let the visited
 * one enter and leave rooms. Returns how many. */
int sio_targets(struct sio_namespace *, const struct sio_to *, void (*visit)(struct sio_socket *, void *data),
                void *data);

#endif
