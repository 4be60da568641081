/* town.c - an application of rooms, questions and doors, and the model of who is told what. */
#include "town.h"

#include <errno.h>
#include <sanitizer/allocator_interface.h>
#include <stdio.h>

const char *const town_rooms[ROOMS] = { "a", "b", "c" };

static struct town *town_of(const struct sio_socket *s)
{
    return eio_app(sio_session(s));
}

static struct person *person_of(const struct sio_socket *s)
{
    return eio_data(sio_session(s));
}

static int space_of(const struct town *t, const struct sio_namespace *ns)
{
    return ns == t->spaces[0] ? 0 : ns == t->spaces[1] ? 1 : OTHER;
}

struct place *town_place(struct sio_socket *s)
{
    return &person_of(s)->places[space_of(town_of(s), sio_namespace(s))];
}

/* The application. */

static int allow(void *app, const struct ws_request *request)
{
    (void)request;
    return ((struct town *)app)->people_size == PEOPLE_MAX ? -EACCES : 0;
}

static void on_open(struct eio_session *session, const struct ws_request *request)
{
    struct town *t = eio_app(session);
    struct person *p = &t->people[t->people_size++];

    (void)request;
    *p = (struct person){ .open = true, .last = { -1, -1 } };
    (void)snprintf(p->sid, sizeof p->sid, "%s", eio_sid(session));
    eio_set_data(session, p);
}

static void on_close(struct eio_session *session, enum eio_reason reason)
{
    struct person *p = eio_data(session);

    (void)reason;
    assert(p->open);
    p->open = false;
}

/* Who comes back has the rooms he had, and is owed what was said there meanwhile. */
static void come_back(struct town *t, struct sio_socket *s, struct place *place)
{
    int space = space_of(t, sio_namespace(s));
    struct person *now = person_of(s);

    for (int i = 0; i < t->people_size; i++) {
        struct place *was = &t->people[i].places[space];

        if (!was->away || strcmp(was->id, sio_id(s)) != 0)
            continue;
        memcpy(place->in_room, was->in_room, sizeof was->in_room);
        for (int serial = 0; serial < t->serials; serial++)
            now->owed[serial] |= t->people[i].owed[serial] & (uint8_t)(1 << space);
        was->away = false;
        place->left = true;
        return;
    }
    assert(space == OTHER);
}

void town_let_in(struct sio_socket *s)
{
    struct place *place = town_place(s);

    if (sio_accept(s, NULL) != 0)
        return;
    place->in = true;
    (void)snprintf(place->id, sizeof place->id, "%s", sio_id(s));
    if (sio_recovered(s))
        come_back(town_of(s), s, place);
}

static void on_connect(struct sio_socket *s, struct sio_args auth)
{
    if (auth.text.size > 2 && memmem(auth.text.at, auth.text.size, "later", 5) != NULL)
        (void)snprintf(town_of(s)->waiting, sizeof town_of(s)->waiting, "%s", sio_id(s));
    else
        town_let_in(s);
}

static void on_refused(struct sio_socket *s, struct sio_args auth)
{
    sio_reject(s, "no", auth);
}

static void on_disconnect(struct sio_socket *s, const char *reason)
{
    struct place *place = town_place(s);

    assert(strlen(reason) > 0 && (place->in || place == &person_of(s)->places[OTHER]));
    place->in = false;
    place->left = true;
    place->away = strstr(reason, "namespace") == NULL;
}

static bool room_of(const struct sio_call *c, int *ret_room)
{
    struct sio_args args = c->args;
    char name[8];

    if (sio_args_shift(&args, name, sizeof name) != 0)
        return false;
    for (int i = 0; i < ROOMS; i++)
        if (strcmp(name, town_rooms[i]) == 0) {
            *ret_room = i;
            return true;
        }
    return false;
}

static void on_join(const struct sio_call *c)
{
    int room;

    if (room_of(c, &room) && sio_join(c->socket, town_rooms[room]) == 0)
        town_place(c->socket)->in_room[room] = true;
}

static void on_leave(const struct sio_call *c)
{
    int room;

    if (!room_of(c, &room))
        return;
    sio_leave(c->socket, town_rooms[room]);
    town_place(c->socket)->in_room[room] = false;
}

void town_say(struct town *t, struct sio_namespace *ns, int room, struct sio_socket *except)
{
    int space = space_of(t, ns), reached, may = 0, serial = t->serials;
    const char *const *to = room < 0 ? NULL : SIO_ROOMS(town_rooms[room]);
    const char *const *but = except == NULL ? NULL : SIO_ROOMS(sio_id(except));
    char text[16];

    if (t->serials == SERIALS_MAX)
        return;
    t->serials++;
    for (int i = 0; i < t->people_size && space != OTHER; i++) {
        struct person *p = &t->people[i];
        const struct place *place = &p->places[space];

        if ((!(p->open && place->in) && !place->away) || (room >= 0 && !place->in_room[room])
            || (except != NULL && person_of(except) == p))
            continue;
        p->owed[serial] |= (uint8_t)(1 << space);
        p->said += place->in;
        may += place->in;
    }
    (void)snprintf(text, sizeof text, "%d", serial);
    reached = sio_broadcast(ns, (struct sio_to){ to, but, 0 }, "said",
                            (struct sio_args){ .text = { text, strlen(text) } });
    assert(reached >= 0 && (reached <= may || space == OTHER));
}

static void on_say(const struct sio_call *c)
{
    int room;

    if (room_of(c, &room))
        town_say(town_of(c->socket), sio_namespace(c->socket), room, c->socket);
}

static void on_shout(const struct sio_call *c)
{
    town_say(town_of(c->socket), sio_namespace(c->socket), -1, NULL);
}

static void on_echo(const struct sio_call *c)
{
    (void)sio_emit(c->socket, "echoed", c->args, 0);
    (void)sio_answer(c->ack, c->args);
}

static void on_answer(void *data, int error, struct sio_args args)
{
    (void)args;
    assert(error <= 0);
    ((struct town *)data)->answered++;
}

static void on_ask(const struct sio_call *c)
{
    struct town *t = town_of(c->socket);

    t->asked += sio_ask(c->socket, "asked", c->args, 300, on_answer, t) == 0;
}

static void on_bye(const struct sio_call *c)
{
    sio_disconnect(c->socket, c->args.text.size == 4);
}

static const struct sio_event events[] = {
    { "join", on_join, NULL }, { "leave", on_leave, NULL }, { "say", on_say, NULL },
    { "shout", on_shout, NULL }, { "echo", on_echo, NULL }, { "ask", on_ask, NULL },
    { "bye", on_bye, NULL }, { 0 },
};
static const struct sio_handlers open_door = { .on_connect = on_connect, .on_disconnect = on_disconnect,
                                               .events = events };
static const struct sio_handlers shut_door = { .on_connect = on_refused };

void town_start(struct town *t, unsigned how)
{
    const struct sio_options options = {
        .eio = { .ws = { .message_max = MESSAGE_MAX, .unsent_max = UNSENT_MAX, .fragments_max = 20,
                         .close_timeout_ms = 500 },
                 .ping_interval_ms = 200, .ping_timeout_ms = how & 1 ? 100 : 1000,
                 .upgrade_timeout_ms = 150, .packets_max = 30, .sessions_max = SESSIONS_MAX,
                 .keep_request = how & 2, .cookie = how & 4 ? "io" : NULL },
        .recovery_ms = how & 16 ? 1000 : 0, .recovery_max = how & 32 ? 4000 : 0,
        .connect_timeout_ms = how & 8 ? 100 : 3000, .rooms_max = 2 + how / 64, .acks_max = 3,
    };
    static const struct eio_handlers engine = { .allow = allow, .on_open = on_open, .on_close = on_close };

    *t = (struct town){ .serials = 0 };
    world_init(&t->world, how);
    world_server(&t->world, &options, &engine);
    t->spaces[0] = sio_namespace_add(t->world.io, "/", &open_door);
    t->spaces[1] = sio_namespace_add(t->world.io, "/custom", &open_door);
    assert(t->spaces[0] != NULL && t->spaces[1] != NULL);
    assert(sio_namespace_add(t->world.io, "/org-*", &open_door) != NULL);
    assert(sio_namespace_add(t->world.io, "/no", &shut_door) != NULL);
    t->bytes_before = __sanitizer_get_current_allocated_bytes();
}
