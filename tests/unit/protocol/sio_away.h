/* sio_away.h - a client that is lost and comes back. */
#ifndef SIO_AWAY_H
#define SIO_AWAY_H

#include "sio_fixture.h"

enum { RECOVERY_MS = 10000 };
static const struct sio_options usual = { .recovery_ms = RECOVERY_MS };
struct away { struct world w; struct sio_namespace *ns; struct peer *p; char id[64], pid[64], offset[64]; };

static inline void note_room(const char *room, void *w)
{
    world_note(w, " %s", room);
}

static inline void on_return(struct sio_socket *s, struct sio_args auth)
{
    struct world *w = world_of(s);

    (void)auth;
    world_note(w, "%s", sio_recovered(s) ? "back" : "new");
    sio_rooms_of(s, note_room, w);              /* none yet                                         */
    CHECK_INT(sio_accept(s, NULL), 0);
    sio_rooms_of(s, note_room, w);
    world_note(w, "\n");
}

static const struct sio_handlers handlers = {
    .on_connect = on_return, .on_disconnect = on_disconnect, .otherwise = on_otherwise, .events = app_events,
};

static inline void value_of(const char *packet, const char *name, char value[64])
{
    const char *start = strstr(packet, name);
    size_t size;

    CHECK(start != NULL);
    start += strlen(name);
    size = strcspn(start, "\"");
    CHECK(size < 64);
    memcpy(value, start, size);
    value[size] = '\0';
}

/* The last argument of an event; its other arguments are checked. */
static inline void check_event(const char *packet, const char *want, char offset[64])
{
    const char *last = packet == NULL ? NULL : strrchr(packet, ',');

    CHECK(last != NULL && strlen(want) == (size_t)(last - packet) && memcmp(packet, want, strlen(want)) == 0);
    value_of(last, ",\"", offset);
    CHECK_STR(last + 2 + strlen(offset), "\"]");
}

static inline void connect_as(struct away *t, const char *packet)
{
    const char *answer;

    t->p = app_client(&t->w);
    world_send(t->p, packet);
    answer = world_next(t->p);
    CHECK(answer != NULL && answer[1] == '0');
    value_of(answer, "\"sid\":\"", t->id);
    value_of(answer, "\"pid\":\"", t->pid);
}

/* A client that joined, is in rooms a and b, and has seen one packet. */
static inline void away_init(struct away *t, const struct sio_options *options)
{
    world_init(&t->w, 1);
    world_server(&t->w, options != NULL ? options : &usual, NULL);
    t->ns = sio_namespace_add(t->w.io, "/", &handlers);
    CHECK(sio_namespace_add(t->w.io, "/org-*", &handlers) != NULL);
    connect_as(t, "40");
    CHECK_INT(sio_join(sio_find(t->ns, t->id), "a"), 0);
    CHECK_INT(sio_join(sio_find(t->ns, t->id), "b"), 0);
    CHECK_INT(sio_emit(sio_find(t->ns, t->id), "first", SIO_NONE, 0), 0);
    world_turn(&t->w);
    check_event(world_next(t->p), "42[\"first\"", t->offset);
    CHECK_STR(world_log(&t->w), "new\n");
}

static inline void say(struct away *t, const char *room, const char *text)
{
    const char *const rooms[] = { room, NULL };
    struct sio_to to = { .rooms = room == NULL ? NULL : rooms };

    CHECK(sio_broadcast(t->ns, to, "said", (struct sio_args){ .text = { text, strlen(text) } }) >= 0);
}

/* Comes back with pid and offset: true if as the same. */
static inline bool come_back(struct away *t, const char *pid, const char *offset)
{
    char packet[256], before[64];

    memcpy(before, t->id, sizeof before);
    (void)snprintf(packet, sizeof packet, "40{\"pid\":\"%s\",\"offset\":\"%s\",\"token\":1}", pid, offset);
    connect_as(t, packet);
    CHECK((strcmp(before, t->id) == 0) == sio_recovered(sio_find(t->ns, t->id)));
    return sio_recovered(sio_find(t->ns, t->id));
}

static inline bool come_back_as_told(struct away *t)
{
    char pid[64];
    bool same;

    memcpy(pid, t->pid, sizeof pid);
    same = come_back(t, pid, t->offset);
    CHECK((strcmp(pid, t->pid) == 0) == same);
    return same;
}

#endif
