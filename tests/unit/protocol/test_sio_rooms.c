/* test_sio_rooms.c - who hears what, whoever comes and goes meanwhile. */
#include "sio_fixture.h"

enum { CROWD = 4 };
struct crowd { struct world w; struct sio_namespace *ns; struct peer *p[CROWD]; char id[CROWD][64]; };

static void crowd_init(struct crowd *c, const struct sio_options *options)
{
    world_init(&c->w, 1);
    world_server(&c->w, options, NULL);
    c->ns = sio_namespace_add(c->w.io, "/", &app_handlers);
    for (int i = 0; i < CROWD; i++)
        c->p[i] = app_joined(&c->w, c->id[i]);
}

static struct sio_socket *of(struct crowd *c, int i)
{
    return sio_find(c->ns, c->id[i]);
}

/* "0 2": who got the packet. */
static const char *hearers(struct crowd *c, const char *packet)
{
    static char text[64];
    const char *got;

    text[0] = '\0';
    world_turn(&c->w);
    for (int i = 0; i < CROWD; i++)
        while ((got = world_next(c->p[i])) != NULL) {
            CHECK_STR(got, packet);
            (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%d ", i);
        }
    return text;
}

TEST(sio_rooms, a_broadcast_reaches_each_once_whatever_rooms_he_is_in)
{
    struct crowd c;

    crowd_init(&c, NULL);
    for (int i = 0; i < 3; i++)
        CHECK_INT(sio_join(of(&c, i), "a"), 0);
    for (int i = 1; i < 4; i++)
        CHECK_INT(sio_join(of(&c, i), "b"), 0);
    CHECK_INT(sio_join(of(&c, 1), "a"), 0);     /* again                                            */

#define SAY(...) sio_broadcast(c.ns, (struct sio_to){ __VA_ARGS__ }, "x", SIO_NONE)
    CHECK_INT(SAY(.rooms = NULL), 4);
    CHECK_STR(hearers(&c, "42[\"x\"]"), "0 1 2 3 ");
    CHECK_INT(SAY(.rooms = SIO_ROOMS("a")), 3);
    CHECK_STR(hearers(&c, "42[\"x\"]"), "0 1 2 ");
    CHECK_INT(SAY(.rooms = SIO_ROOMS("a", "b", "a")), 4);
    CHECK_STR(hearers(&c, "42[\"x\"]"), "0 1 2 3 ");
    CHECK_INT(SAY(.rooms = SIO_ROOMS("a"), .except = SIO_ROOMS("b")), 1);
    CHECK_STR(hearers(&c, "42[\"x\"]"), "0 ");
    CHECK_INT(SAY(.rooms = SIO_ROOMS("a"), .except = SIO_ROOMS(c.id[0], c.id[3])), 2);
    CHECK_STR(hearers(&c, "42[\"x\"]"), "1 2 ");
    CHECK_INT(SAY(.rooms = SIO_ROOMS(c.id[3], "none")), 1);
    CHECK_STR(hearers(&c, "42[\"x\"]"), "3 ");
    CHECK_INT(SAY(.except = SIO_ROOMS("a", "b")), 0);
    CHECK_INT(SAY(.rooms = (const char *const[]){ NULL }), 0);
    CHECK_STR(hearers(&c, ""), "");
#undef SAY
    world_finish(&c.w);
}

TEST(sio_rooms, everybody_is_in_the_room_of_his_own_id)
{
    struct crowd c;

    crowd_init(&c, NULL);
    CHECK(sio_in(of(&c, 0), c.id[0]));
    CHECK(!sio_in(of(&c, 0), c.id[1]));
    CHECK_INT(sio_join(of(&c, 0), c.id[0]), 0);
    CHECK_INT(sio_room_size(c.ns, c.id[0]), 1);
    sio_leave(of(&c, 0), c.id[0]);
    CHECK(sio_in(of(&c, 0), c.id[0]));
    CHECK_INT(sio_join(of(&c, 0), c.id[1]), 0); /* and others may come                              */
    CHECK_INT(sio_room_size(c.ns, c.id[1]), 2);
    CHECK_INT(sio_broadcast(c.ns, (struct sio_to){ .rooms = SIO_ROOMS(c.id[1]) }, "x", SIO_NONE), 2);
    CHECK_STR(hearers(&c, "42[\"x\"]"), "0 1 ");
    world_finish(&c.w);
}

static void note_room(const char *room, void *w)
{
    world_note(w, "%s ", room);
}

TEST(sio_rooms, live_as_long_as_somebody_is_in_them)
{
    struct crowd c;

    crowd_init(&c, NULL);
    CHECK_INT(sio_join(of(&c, 0), "a"), 0);
    CHECK_INT(sio_join(of(&c, 1), "a"), 0);
    CHECK_INT(sio_join(of(&c, 1), "b"), 0);
    sio_rooms_of(of(&c, 1), note_room, &c.w);
    CHECK_STR(world_log(&c.w), "b a ");
    sio_leave(of(&c, 0), "a");
    sio_leave(of(&c, 0), "a");
    CHECK_INT(sio_room_size(c.ns, "a"), 1);
    world_cut(c.p[1]);
    CHECK_STR(world_log(&c.w), "disconnect transport close\n");
    CHECK_INT(sio_room_size(c.ns, "a"), 0);
    sio_room_each(c.ns, note_room, &c.w);
    CHECK_STR(world_log(&c.w), "");
    world_finish(&c.w);
}

TEST(sio_rooms, are_no_more_than_allowed)
{
    static const struct sio_options options = { .rooms_max = 2 };
    struct crowd c;

    crowd_init(&c, &options);
    CHECK_INT(sio_join(of(&c, 0), "a"), 0);
    CHECK_INT(sio_join(of(&c, 0), "b"), 0);
    CHECK_INT(sio_join(of(&c, 0), "c"), -ENOBUFS);
    CHECK_INT(sio_join(of(&c, 0), "a"), 0);
    CHECK_INT(sio_room_size(c.ns, "c"), 0);
    sio_leave(of(&c, 0), "a");
    CHECK_INT(sio_join(of(&c, 0), "c"), 0);
    world_finish(&c.w);
}

static void count_rooms(struct sio_socket *s, const char *reason)
{
    struct world *w = world_of(s);

    CHECK(sio_in(s, "a"));
    sio_rooms_of(s, note_room, w);
    world_note(w, "%s %zu\n", reason, sio_room_size(sio_namespace(s), "a"));
    (void)sio_broadcast(sio_namespace(s), (struct sio_to){ .rooms = SIO_ROOMS("a") }, "bye", SIO_NONE);
}

TEST(sio_rooms, are_left_after_on_disconnect)
{
    static const struct sio_handlers handlers = { .on_disconnect = count_rooms };
    struct world w;
    struct sio_namespace *ns;
    struct peer *p[2];
    char id[2][64];

    world_init(&w, 1);
    world_server(&w, NULL, NULL);
    ns = sio_namespace_add(w.io, "/", &handlers);
    for (int i = 0; i < 2; i++) {
        p[i] = app_joined(&w, id[i]);
        CHECK_INT(sio_join(sio_find(ns, id[i]), "a"), 0);
    }
    world_cut(p[0]);
    CHECK_STR(world_log(&w), "a transport close 2\n");
    CHECK_GOT(p[1], "42[\"bye\"]");
    CHECK_INT(sio_room_size(ns, "a"), 1);
    world_finish(&w);
}

static void scatter(struct sio_socket *s, void *data)
{
    struct crowd *c = data;

    world_note(&c->w, "visit\n");
    sio_leave(s, "a");
    CHECK_INT(sio_join(s, "b"), 0);
    for (int i = 0; i < CROWD; i++)             /* and sends another one away                       */
        if (of(c, i) != NULL && of(c, i) != s) {
            sio_disconnect(of(c, i), true);
            break;
        }
}

TEST(sio_rooms, bear_that_visitors_leave_and_send_others_away)
{
    struct crowd c;

    crowd_init(&c, NULL);
    for (int i = 0; i < CROWD; i++)
        CHECK_INT(sio_join(of(&c, i), "a"), 0);
    CHECK_INT(sio_each(c.ns, (struct sio_to){ .rooms = SIO_ROOMS("a", "b") }, scatter, &c), 2);
    CHECK_STR(world_log(&c.w), "visit\nvisit\n");
    world_turn(&c.w);
    CHECK_STR(world_log(&c.w), "disconnect server namespace disconnect\n"
                               "disconnect server namespace disconnect\n");
    CHECK_INT(sio_room_size(c.ns, "b"), 2);
    CHECK_INT(sio_room_size(c.ns, "a"), 0);
    world_finish(&c.w);
}

TEST(sio_rooms, many_are_moved_and_sent_away_at_once)
{
    struct crowd c;

    crowd_init(&c, NULL);
    CHECK_INT(sio_join(of(&c, 0), "a"), 0);
    CHECK_INT(sio_join(of(&c, 1), "a"), 0);
    CHECK_INT(sio_join(of(&c, 2), "b"), 0);
    sio_join_all(c.ns, (struct sio_to){ .rooms = SIO_ROOMS("a", "b") }, "b", true);
    CHECK_INT(sio_room_size(c.ns, "b"), 3);
    sio_join_all(c.ns, (struct sio_to){ .rooms = SIO_ROOMS("a") }, "a", false);
    CHECK_INT(sio_room_size(c.ns, "a"), 0);
    sio_disconnect_all(c.ns, (struct sio_to){ .rooms = SIO_ROOMS("b"), .except = SIO_ROOMS(c.id[1]) }, true);
    world_turn(&c.w);
    CHECK(of(&c, 0) == NULL && of(&c, 2) == NULL && of(&c, 1) != NULL && of(&c, 3) != NULL);
    CHECK_STR(world_next(c.p[0]), "41");
    CHECK_STR(world_next(c.p[0]), "(close)");
    CHECK_SILENT(c.p[1]);
    world_finish(&c.w);
}

/* The adapter: told of what concerns other nodes, but not of what came from them. */

static void tell_broadcast(void *w, struct sio_namespace *ns, const struct sio_to *to, const char *event,
                           struct sio_args args, uint64_t ask, int timeout_ms)
{
    CHECK(ask == 0 && timeout_ms == 0);
    world_note(w, "broadcast %s %s %s %.*s\n", sio_namespace_name(ns), to->rooms == NULL ? "*" : to->rooms[0],
               event, (int)args.text.size, (const char *)args.text.at);
}

static void tell_join(void *w, struct sio_namespace *ns, const struct sio_to *to, const char *room, bool in)
{
    (void)ns;
    (void)to;
    world_note(w, "join %s %d\n", room, in);
}

static void tell_disconnect(void *w, struct sio_namespace *ns, const struct sio_to *to, bool close)
{
    (void)ns;
    (void)to;
    world_note(w, "disconnect %d\n", close);
}

static void tell_room(void *w, struct sio_namespace *ns, const char *room, bool exists)
{
    (void)ns;
    world_note(w, "room %s %d\n", room, exists);
}

TEST(sio_rooms, tell_the_adapter)
{
    static const struct sio_adapter adapter = { tell_broadcast, tell_join, tell_disconnect, tell_room };
    struct crowd c;

    crowd_init(&c, NULL);
    sio_server_adapt(c.w.io, &adapter, &c.w);
    CHECK_INT(sio_join(of(&c, 0), "a"), 0);
    CHECK_INT(sio_join(of(&c, 1), "a"), 0);
    CHECK_INT(sio_broadcast(c.ns, (struct sio_to){ .rooms = SIO_ROOMS("a") }, "x", SIO_TEXT("1")), 2);
    CHECK_INT(sio_broadcast(c.ns, (struct sio_to){ .flags = SIO_LOCAL }, "x", SIO_TEXT("1")), 4);
    sio_join_all(c.ns, (struct sio_to){ .rooms = NULL }, "a", false);
    sio_join_all(c.ns, (struct sio_to){ .flags = SIO_LOCAL }, "b", true);
    sio_disconnect_all(c.ns, (struct sio_to){ .rooms = SIO_ROOMS("none") }, true);
    CHECK_STR(world_log(&c.w), "room a 1\nbroadcast / a x 1\njoin a 0\nroom a 0\nroom b 1\ndisconnect 1\n");
    sio_server_adapt(c.w.io, NULL, NULL);
    world_finish(&c.w);
}

TEST(sio_rooms, are_visited_once_each)
{
    struct crowd c;
    const char *seen;

    crowd_init(&c, NULL);
    CHECK_INT(sio_join(of(&c, 0), "a"), 0);
    CHECK_INT(sio_join(of(&c, 1), "a"), 0);
    CHECK_INT(sio_join(of(&c, 1), "b"), 0);
    sio_room_each(c.ns, note_room, &c.w);
    seen = world_log(&c.w);
    CHECK(strcmp(seen, "a b ") == 0 || strcmp(seen, "b a ") == 0);
    world_finish(&c.w);
}
