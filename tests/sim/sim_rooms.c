/* sim_rooms.c - rooms against a naive twin: a table of booleans. Clients come, join, leave, speak, are sent
 * away and vanish by chance, also inside an iteration; who hears what must be what the table says. */
#include <errno.h>

#include "sim.h"
#include "fixture/world.h"

enum { CLIENTS = 8, ROOMS = 5, STEPS = 150, HEARD_MAX = 64 };
static const char *const names[ROOMS] = { "a", "b", "c", "d", "e" };

struct twin { bool here, in[ROOMS]; int due; };  /* due: packets that must have come                */

struct run {
    struct world          world;
    struct sio_namespace *ns;
    struct peer          *peers[CLIENTS];
    char                  ids[CLIENTS][64];
    struct twin           twins[CLIENTS];
    int                   said;                 /* the number of the last broadcast                 */
    int                   gone;                 /* on_disconnect calls that are due                 */
};

static struct run *run_of(const struct sio_socket *s)
{
    return (struct run *)eio_app(sio_session(s));
}

static int number_of(const struct run *r, const struct sio_socket *s)
{
    int i = 0;

    while (strcmp(r->ids[i], sio_id(s)) != 0)
        assert_true(++i < CLIENTS);
    return i;
}

static void on_disconnect(struct sio_socket *s, const char *reason)
{
    struct run *r = run_of(s);
    int i = number_of(r, s);

    (void)reason;
    for (int room = 0; room < ROOMS; room++)    /* still in its rooms                               */
        assert_int_equal(sio_in(s, names[room]), r->twins[i].in[room]);
    r->gone--;
    memset(&r->twins[i], 0, sizeof r->twins[i]);
}

static const struct sio_handlers handlers = { .on_disconnect = on_disconnect };

static struct sio_socket *socket_of(struct run *r, int i)
{
    struct sio_socket *s = sio_find(r->ns, r->ids[i]);

    assert_int_equal(s != NULL, r->twins[i].here);
    return s;
}

static void come(struct run *r, int i)
{
    if (r->peers[i] != NULL)
        world_drop(r->peers[i]);
    r->peers[i] = world_websocket(&r->world, "EIO=4&transport=websocket", NULL);
    (void)world_next(r->peers[i]);
    world_send(r->peers[i], "40");
    world_sid(world_next(r->peers[i]), r->ids[i]);
    r->twins[i] = (struct twin){ .here = true };
}

/* A random set of targets, rooms and ids among them, ends with NULL. */
static void choose(struct run *r, const char *names_or_ids[4])
{
    int count = (int)world_random(&r->world, 4);

    for (int i = 0; i < count; i++) {
        int n = (int)world_random(&r->world, ROOMS + CLIENTS);

        names_or_ids[i] = n < ROOMS ? names[n] : r->ids[n - ROOMS];
    }
    names_or_ids[count] = NULL;
}

static bool fits(const struct run *r, int i, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strcmp(*list, r->ids[i]) == 0)
            return true;
        for (int room = 0; room < ROOMS; room++)
            if (strcmp(*list, names[room]) == 0 && r->twins[i].in[room])
                return true;
    }
    return false;
}

struct targets { const char *rooms[4], *except[4]; bool all; struct sio_to to; };

static void choose_targets(struct run *r, struct targets *t)
{
    choose(r, t->rooms);
    choose(r, t->except);
    t->all = world_random(&r->world, 4) == 0;
    t->to = (struct sio_to){ .rooms = t->all ? NULL : t->rooms, .except = t->except };
}

static bool is_meant(const struct run *r, const struct targets *t, int i)
{
    return r->twins[i].here && (t->all || fits(r, i, t->rooms)) && !fits(r, i, t->except);
}

static int count_meant(const struct run *r, const struct targets *t)
{
    int count = 0;

    for (int i = 0; i < CLIENTS; i++)
        count += is_meant(r, t, i);
    return count;
}

static void say(struct run *r)
{
    struct targets t;
    char number[16];

    choose_targets(r, &t);
    (void)snprintf(number, sizeof number, "%d", ++r->said);
    for (int i = 0; i < CLIENTS; i++)
        r->twins[i].due += is_meant(r, &t, i);
    assert_int_equal(sio_broadcast(r->ns, t.to, "x", (struct sio_args){ .text = { number, strlen(number) } }),
                     count_meant(r, &t));
}

static void hear(struct run *r)
{
    const char *packet;
    char want[32];

    (void)snprintf(want, sizeof want, "42[\"x\",%d]", r->said);
    world_turn(&r->world);
    for (int i = 0; i < CLIENTS; i++)
        while (r->peers[i] != NULL && (packet = world_next(r->peers[i])) != NULL) {
            if (*packet == '(' || strcmp(packet, "41") == 0)
                continue;
            assert_string_equal(packet, want);
            r->twins[i].due--;
        }
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(r->twins[i].due, 0);
}

static void join(struct run *r)
{
    int i = (int)world_random(&r->world, CLIENTS), room = (int)world_random(&r->world, ROOMS);
    struct sio_socket *s = socket_of(r, i);

    if (s == NULL)
        return;
    assert_int_equal(sio_join(s, names[room]), 0);
    r->twins[i].in[room] = true;
}

static void leave(struct run *r)
{
    int i = (int)world_random(&r->world, CLIENTS), room = (int)world_random(&r->world, ROOMS);
    struct sio_socket *s = socket_of(r, i);

    if (s == NULL)
        return;
    sio_leave(s, names[room]);
    r->twins[i].in[room] = false;
}

static void move_many(struct run *r)
{
    int room = (int)world_random(&r->world, ROOMS);
    bool in = world_random(&r->world, 2) == 0, meant[CLIENTS];
    struct targets t;

    choose_targets(r, &t);
    for (int i = 0; i < CLIENTS; i++)
        meant[i] = is_meant(r, &t, i);
    sio_join_all(r->ns, t.to, names[room], in);
    for (int i = 0; i < CLIENTS; i++)
        if (meant[i])
            r->twins[i].in[room] = in;
}

/* Inside an iteration: leaves, joins, and sends somebody away, perhaps the one who is next. */
static void visit(struct sio_socket *s, void *data)
{
    struct run *r = data;
    int i = number_of(r, s), room = (int)world_random(&r->world, ROOMS),
        other = (int)world_random(&r->world, CLIENTS);

    assert_true(r->twins[i].here);
    sio_leave(s, names[room]);
    r->twins[i].in[room] = false;
    room = (room + 1) % ROOMS;
    assert_int_equal(sio_join(s, names[room]), 0);
    r->twins[i].in[room] = true;
    if (world_random(&r->world, 3) == 0 && r->twins[other].here) {
        sio_disconnect(sio_find(r->ns, r->ids[other]), world_random(&r->world, 2) == 0);
        r->twins[other].here = false;
        r->gone++;
    }
}

static void visit_many(struct run *r)
{
    struct targets t;
    int count, most;

    choose_targets(r, &t);
    most = count_meant(r, &t);
    count = sio_each(r->ns, t.to, visit, r);
    assert_true(count <= most && (count > 0 || most == 0));
    world_turn(&r->world);
}

static void send_away(struct run *r)
{
    struct targets t;

    choose_targets(r, &t);
    if (count_meant(r, &t) > 3)
        return;
    for (int i = 0; i < CLIENTS; i++)
        if (is_meant(r, &t, i)) {
            r->gone++;
            r->twins[i].due = 0;
        }
    sio_disconnect_all(r->ns, t.to, world_random(&r->world, 2) == 0);
    world_turn(&r->world);
}

static void come_or_go(struct run *r)
{
    int i = (int)world_random(&r->world, CLIENTS);

    if (!r->twins[i].here) {
        come(r, i);
        return;
    }
    r->gone++;
    world_cut(r->peers[i]);
}

static void check_sizes(struct run *r)
{
    for (int room = 0; room < ROOMS; room++) {
        size_t size = 0;

        for (int i = 0; i < CLIENTS; i++)
            size += r->twins[i].in[room];
        assert_int_equal(sio_room_size(r->ns, names[room]), size);
    }
    assert_int_equal(r->gone, 0);
}

static void run_seed(uint64_t seed)
{
    static void (*const happen[])(struct run *) = {
        join, join, join, leave, say, say, move_many, visit_many, send_away, come_or_go, come_or_go,
    };
    struct run r = { .said = 0 };

    world_init(&r.world, seed);
    world_server(&r.world, NULL, NULL);
    r.ns = sio_namespace_add(r.world.io, "/", &handlers);
    for (int i = 0; i < CLIENTS; i++)
        come(&r, i);
    for (int i = 0; i < STEPS; i++) {
        sim_step();
        happen[world_random(&r.world, sizeof happen / sizeof happen[0])](&r);
        hear(&r);
        check_sizes(&r);
    }
    for (int i = 0; i < CLIENTS; i++)
        r.gone += r.twins[i].here;
    world_finish(&r.world);
    assert_int_equal(r.gone, 0);
}

SIM_MAIN("sim_rooms: who hears what is what the twin says", run_seed, 1000)
