/* sio_rooms.c - membership, and the walk over whom a message is for. */
#include "sio_rooms.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sio_namespace.h"
#include "sio_recovery.h"
#include "sio_socket.h"

enum { MEMBERS_MIN = 2, SEATS_MIN = 4 };

struct sio_room *sio_room_new(struct sio_namespace *ns, const char *name)
{
    size_t size = strlen(name) + 1;
    struct sio_room *room = malloc(sizeof *room + size);

    if (room == NULL)
        return NULL;
    *room = (struct sio_room){ .namespace = ns };
    memcpy(room->name, name, size);
    return room;
}

void sio_room_free(struct sio_room *room)
{
    if (room == NULL)
        return;
    assert(room->size == 0);
    free(room->members);
    free(room);
}

/* Tells the adapter that a room has come or gone. */
static void announce(struct sio_room *room, bool exists)
{
    const struct sio_server *io = room->namespace->server;

    if (io->adapter != NULL && io->adapter->room != NULL)
        io->adapter->room(io->adapter_data, room->namespace, room->name, exists);
}

static int grow_members(struct sio_room *room)
{
    size_t capacity = room->capacity == 0 ? MEMBERS_MIN : room->capacity * 2;
    struct sio_member *members = realloc(room->members, capacity * sizeof *members);

    if (members == NULL)
        return -ENOMEM;
    room->members = members;
    room->capacity = capacity;
    return 0;
}

static int grow_seats(struct sio_seats *seats)
{
    size_t capacity = seats->capacity == 0 ? SEATS_MIN : seats->capacity * 2;
    struct sio_seat *all = realloc(seats->all, capacity * sizeof *all);

    if (all == NULL)
        return -ENOMEM;
    seats->all = all;
    seats->capacity = capacity;
    return 0;
}

int sio_room_enter(struct sio_room *room, struct sio_socket *s)
{
    struct sio_seats *seats = &s->seats;

    if (room->size == room->capacity && grow_members(room) != 0)
        return -ENOMEM;
    if (seats->size == seats->capacity && grow_seats(seats) != 0)
        return -ENOMEM;
    room->members[room->size] = (struct sio_member){ s, seats->size };
    seats->all[seats->size++] = (struct sio_seat){ room, room->size++ };
    return 0;
}

/* The last member, and the last seat, take the free places. */
static void room_exit(struct sio_socket *s, size_t seat)
{
    struct sio_room *room = s->seats.all[seat].room;
    size_t member = s->seats.all[seat].member;
    struct sio_member moved = room->members[--room->size];

    assert(room->members[member].socket == s && room->members[member].seat == seat);
    room->members[member] = moved;
    moved.socket->seats.all[moved.seat].member = member;

    s->seats.all[seat] = s->seats.all[--s->seats.size];
    if (seat < s->seats.size)
        s->seats.all[seat].room->members[s->seats.all[seat].member].seat = seat;
}

/* A room lives as long as somebody is in it. */
static void room_tidy(struct sio_room *room)
{
    struct sio_namespace *ns = room->namespace;

    if (room->size > 0 || room == ns->everybody)
        return;
    (void)map_remove(&ns->rooms, map_key(room->name));
    announce(room, false);
    sio_room_free(room);
}

void sio_room_exit_all(struct sio_socket *s)
{
    while (s->seats.size > 0) {
        struct sio_room *room = s->seats.all[s->seats.size - 1].room;

        room_exit(s, s->seats.size - 1);
        room_tidy(room);
    }
    free(s->seats.all);
    s->seats = (struct sio_seats){ 0 };
}

static struct sio_room *room_find(const struct sio_namespace *ns, const char *name)
{
    return map_find(&ns->rooms, map_key(name));
}

/* The seat of a socket in a room; its seats.size: it has none. */
static size_t seat_find(const struct sio_socket *s, const struct sio_room *room)
{
    size_t seat = 0;

    while (seat < s->seats.size && s->seats.all[seat].room != room)
        seat++;
    return seat;
}

static int room_make(struct sio_namespace *ns, const char *name, struct sio_room **ret_room)
{
    struct sio_room *room = sio_room_new(ns, name);
    int err = room == NULL ? -ENOMEM : map_add(&ns->rooms, map_key(room->name), room);

    if (err) {
        sio_room_free(room);
        return err;
    }
    *ret_room = room;
    return 0;
}

int sio_room_join(struct sio_socket *s, const char *name)
{
    struct sio_namespace *ns = s->namespace;
    struct sio_room *room = room_find(ns, name);
    int err = 0;

    if (room == NULL)
        err = room_make(ns, name, &room);
    if (err)
        return err;
    err = sio_room_enter(room, s);
    if (err == 0 && room->size == 1)
        announce(room, true);
    if (err && room->size == 0) {
        (void)map_remove(&ns->rooms, map_key(room->name));
        sio_room_free(room);
    }
    return err;
}

static void note_member(const struct sio_socket *s, const char *name, bool in)
{
    struct sio_recovery *r = s->namespace->server->recovery;

    if (r == NULL)
        return;
    sio_log_member(s->ticket, name, in);
    sio_recovery_trim(r);
}

int sio_join(struct sio_socket *s, const char *name)
{
    const struct sio_namespace *ns = s->namespace;
    const struct sio_room *room;
    int err;

    if (s->state != SIO_JOINED)
        return -ENOTCONN;
    if (strcmp(name, s->id) == 0)
        return 0;                               /* everybody is in the room of his own id           */
    room = room_find(ns, name);
    if (room != NULL && seat_find(s, room) < s->seats.size)
        return 0;
    if (s->seats.size > (size_t)ns->server->rooms_max)          /* the first seat is no room        */
        return -ENOBUFS;
    err = sio_room_join(s, name);
    if (err == 0)
        note_member(s, name, true);
    return err;
}

void sio_leave(struct sio_socket *s, const char *name)
{
    struct sio_room *room = room_find(s->namespace, name);
    size_t seat = room == NULL ? 0 : seat_find(s, room);

    if (room == NULL || seat == s->seats.size)
        return;
    note_member(s, name, false);
    room_exit(s, seat);
    room_tidy(room);
}

bool sio_in(const struct sio_socket *s, const char *name)
{
    const struct sio_room *room = room_find(s->namespace, name);

    return strcmp(name, s->id) == 0 || (room != NULL && seat_find(s, room) < s->seats.size);
}

static struct sio_socket *socket_find(const struct sio_namespace *ns, const char *id)
{
    struct sio_socket *s = map_find(&ns->sockets, map_key(id));

    return s != NULL && s->state == SIO_JOINED ? s : NULL;
}

size_t sio_room_size(const struct sio_namespace *ns, const char *name)
{
    const struct sio_room *room = room_find(ns, name);

    return (room == NULL ? 0 : room->size) + (socket_find(ns, name) != NULL);
}

void sio_rooms_of(const struct sio_socket *s, void (*visit)(const char *room, void *data), void *data)
{
    for (size_t seat = s->seats.size; seat-- > 0;)
        if (seat < s->seats.size && s->seats.all[seat].room != s->namespace->everybody)
            visit(s->seats.all[seat].room->name, data);
}

void sio_room_each(const struct sio_namespace *ns, void (*visit)(const char *room, void *data), void *data)
{
    const struct sio_room *room;

    for (size_t cursor = 0; (room = map_next(&ns->rooms, &cursor)) != NULL;)
        visit(room->name, data);
}

/* Targets. A pass marks whom it has met, so that everybody is met once, however many rooms he is in. */

struct walk {
    void (*visit)(struct sio_socket *, void *data);
    void    *data;
    uint64_t pass;
    int      count;
};

static void meet(struct walk *w, struct sio_socket *s)
{
    if (s->pass == w->pass || s->state != SIO_JOINED)
        return;
    s->pass = w->pass;
    if (w->visit == NULL)                       /* those who are excepted are only marked           */
        return;
    w->count++;
    w->visit(s, w->data);
}

/* From the end, as who is visited may leave: the last one then takes his place. */
static void meet_room(struct walk *w, const struct sio_room *room)
{
    for (size_t i = room == NULL ? 0 : room->size; i-- > 0;)
        meet(w, room->members[i].socket);
}

static void meet_all(struct walk *w, const struct sio_namespace *ns, const char *const *names)
{
    for (; names != NULL && *names != NULL; names++) {
        struct sio_socket *s = socket_find(ns, *names);

        if (s != NULL)
            meet(w, s);
        meet_room(w, room_find(ns, *names));
    }
}

int sio_targets(struct sio_namespace *ns, const struct sio_to *to,
                void (*visit)(struct sio_socket *, void *data), void *data)
{
    struct walk walk = { .data = data, .pass = ++ns->pass };

    meet_all(&walk, ns, to->except);
    walk.visit = visit;
    if (to->rooms == NULL)
        meet_room(&walk, ns->everybody);
    else
        meet_all(&walk, ns, to->rooms);
    return walk.count;
}
