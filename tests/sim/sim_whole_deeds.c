/* sim_whole_deeds.c - what the application does by chance; the twin is told, and knows every result. */
#include "sim_whole.h"

#include <errno.h>

static const char *const rooms[TWIN_ROOMS] = { "a", "b", "c", "d", "e" };
static const int timeouts_ms[] = { 0, 100, 900, 2500 };

static unsigned some_flags(struct run *r)
{
    return (chance(r, 3) ? SIO_VOLATILE : 0u) | (chance(r, 4) ? SIO_PLAIN : 0u);
}

static void emit(struct run *r)
{
    unsigned flags = some_flags(r);
    struct content content;
    const char *packet;
    struct target t;
    int err;

    if (!whole_choose(r, &t))
        return;
    content_make(r, &content);
    err = sio_emit(t.socket, "s", content.args, flags);
    assert_int_equal(err, t.twin->state != TWIN_JOINED ? -ENOTCONN
                          : is_up(t.client) || (flags & SIO_VOLATILE) ? 0 : -ENOTCONN);
    if (t.twin->state != TWIN_JOINED)
        return;
    packet = event_of(r, t.twin->space, "s", content.args, flags);
    twin_says(t.client, whole_duty(r, t.client, flags), packet);
    if (whole_keeps(r, flags))
        twin_logs(t.twin, packet);
}

/* Whom: rooms, ids and exceptions. */

struct whom {
    const char *rooms[4], *except[4];
    bool        all;
    int         space;
    struct sio_to to;
    struct sio_namespace *ns;
};

static struct twin_socket *socket_at(struct run *r, int i)
{
    return &r->twin.clients[i / TWIN_SOCKETS].sockets[i % TWIN_SOCKETS];
}

static bool is_returning(struct run *r, int i)
{
    return socket_at(r, i)->state == TWIN_PENDING && socket_at(r, i)->recovered;
}

static void choose_names(struct run *r, const char *names[4])
{
    int count = (int)world_random(&r->world, 4);

    for (int i = 0; i < count; i++) {
        struct target t;

        names[i] = rooms[world_random(&r->world, TWIN_ROOMS)];
        if (chance(r, 3) && whole_choose(r, &t))
            names[i] = t.twin->id;
    }
    names[count] = NULL;
}

/* In a namespace that somebody is in. */
static bool choose_whom(struct run *r, struct whom *w)
{
    struct target t;

    if (!whole_choose(r, &t))
        return false;
    choose_names(r, w->rooms);
    choose_names(r, w->except);
    w->all = chance(r, 3);
    w->space = t.twin->space;
    w->ns = t.twin->ns;
    w->to = (struct sio_to){ .rooms = w->all ? NULL : w->rooms, .except = w->except,
                             .flags = some_flags(r) };
    return true;
}

static bool fits(const struct twin_socket *s, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(*names, s->id) == 0)
            return true;
        for (int room = 0; room < TWIN_ROOMS; room++)
            if (strcmp(*names, rooms[room]) == 0 && s->in[room])
                return true;
    }
    return false;
}

static bool is_meant(const struct whom *w, const struct twin_socket *s)
{
    return s->space == w->space && !fits(s, w->except) && (w->all || fits(s, w->rooms));
}

/* The next one who is meant, from `at` on; NULL: no more. */
static struct twin_socket *next_meant(struct run *r, const struct whom *w, int *at,
                                      struct twin_client **ret_client)
{
    for (; *at < TWIN_CLIENTS * TWIN_SOCKETS; (*at)++) {
        struct twin_client *c = &r->twin.clients[*at / TWIN_SOCKETS];
        struct twin_socket *s = &c->sockets[*at % TWIN_SOCKETS];

        if (s->state != TWIN_JOINED || !is_meant(w, s))
            continue;
        (*at)++;
        *ret_client = c;
        return s;
    }
    return NULL;
}

static int count_meant(struct run *r, const struct whom *w)
{
    struct twin_client *c;
    int count = 0;

    for (int at = 0; next_meant(r, w, &at, &c) != NULL;)
        count++;
    return count;
}

/* For all who have it or may want it later: in their rooms, about to be told of their end, or away. */
static void keep(struct run *r, const struct whom *w, const char *packet)
{
    for (int i = 0; i < TWIN_CLIENTS * TWIN_SOCKETS; i++) {
        struct twin_socket *s = socket_at(r, i);

        if (s->state != TWIN_GONE && (s->accepted || s->recovered) && is_meant(w, s))
            twin_logs(s, packet);
    }
    for (int i = 0; i < TWIN_AWAY; i++)
        if (r->twin.away[i].state != TWIN_GONE && is_meant(w, &r->twin.away[i]))
            twin_logs(&r->twin.away[i], packet);
}

static void broadcast(struct run *r)
{
    struct content content;
    struct twin_client *c;
    const char *packet;
    struct whom w;

    if (!choose_whom(r, &w))
        return;
    content_make(r, &content);
    packet = event_of(r, w.space, "to many", content.args, w.to.flags);
    for (int at = 0; next_meant(r, &w, &at, &c) != NULL;)
        twin_says(c, whole_duty(r, c, w.to.flags), packet);
    if (whole_keeps(r, w.to.flags))
        keep(r, &w, packet);
    assert_int_equal(sio_broadcast(w.ns, w.to, "to many", content.args), count_meant(r, &w));
}

/* Questions. */

static void on_answer(void *data, int error, struct sio_args args)
{
    struct twin_ask *ask = data;
    struct run *r = (struct run *)ask->twin->world;
    struct twin_client *c;
    const struct twin_socket *s = twin_find(ask->twin, ask->socket, &c);

    if (error == 0)
        twin_called(c, packet_of(r, '3', s->space, (long)ask->id, NULL, args));
    else
        twin_fails(ask->twin, ask, error);
    assert_int_equal(args.text.size > 0, error == 0);
    assert_false(ask->open);
}

static void ask_one(struct run *r)
{
    int timeout_ms = timeouts_ms[world_random(&r->world, 4)], err;
    struct content content;
    struct twin_ask *ask = &r->twin.asks[r->twin.asks_size];
    struct target t;
    bool full;

    if (r->twin.asks_size == TWIN_ASKS || !whole_choose(r, &t))
        return;
    content_make(r, &content);
    full = twin_asked(&r->twin, t.twin) >= ACKS_MAX;
    err = sio_ask(t.socket, "q", content.args, timeout_ms, on_answer, ask);
    assert_int_equal(err, t.twin->state != TWIN_JOINED ? -ENOTCONN
                          : full ? -ENOBUFS : is_up(t.client) ? 0 : -ENOTCONN);
    if (t.twin->state != TWIN_JOINED || full)
        return;
    ask->id = r->twin.ask_next[t.twin->space]++;
    if (err == 0)
        twin_asks(&r->twin, t.twin, ask->id, -1, timeout_ms);
    twin_says(t.client, TWIN_MUST, packet_of(r, '2', t.twin->space, (long)ask->id, "q", content.args));
}

/* An answer says first which client's it is. */
static void on_answers(void *data, int error, bool last, struct sio_args args)
{
    struct twin_many *many = data;
    struct twin *twin = many->twin;
    struct run *r = (struct run *)twin->world;
    int number = (int)(many - twin->many);

    if (last)
        twin_many_ends(twin, number, error);
    else if (error != 0)
        twin_resets(twin, number);
    else
        twin_called(&twin->clients[*(const char *)args.text.at - '0'],
                    packet_of(r, '3', many->space, (long)many->id, NULL, args));
    assert_int_equal(args.text.size > 0, !last && error == 0);
}

static void ask_many(struct run *r)
{
    int timeout_ms = timeouts_ms[world_random(&r->world, 4)], number = r->twin.many_size, count = 0;
    struct twin_many *many = &r->twin.many[number];
    struct content content;
    struct twin_socket *s;
    struct twin_client *c;
    const char *packet;
    struct whom w;

    if (number == TWIN_MANY || r->twin.asks_size + TWIN_CLIENTS > TWIN_ASKS || !choose_whom(r, &w))
        return;
    content_make(r, &content);
    *many = (struct twin_many){ .twin = &r->twin, .open = true, .space = w.space,
                                .id = r->twin.ask_next[w.space]++,
                                .deadline_ms = timeout_ms == 0 ? INT64_MAX : r->world.now_ms + timeout_ms };
    r->twin.many_size++;
    packet = packet_of(r, '2', w.space, (long)many->id, "q", content.args);
    for (int at = 0; (s = next_meant(r, &w, &at, &c)) != NULL;)
        if (is_up(c) && twin_asked(&r->twin, s) < ACKS_MAX) {
            twin_says(c, TWIN_MUST, packet);
            twin_asks(&r->twin, s, many->id, number, 0);
            count++;
        }
    assert_int_equal(sio_broadcast_ask(w.ns, w.to, "q", content.args, timeout_ms, on_answers, many), count);
}

static void answer(struct run *r)
{
    struct later *later = &r->later[world_random(&r->world, LATER_MAX)];
    const struct twin_socket *s;
    struct content content;
    struct twin_client *c;
    int want = 0;

    if (later >= r->later + r->later_size)
        return;
    s = twin_find(&r->twin, later->socket, &c);
    content_make(r, &content);
    if (s == NULL || s->born != later->born || s->state != TWIN_JOINED || (!later->answered && !is_up(c)))
        want = -ENOTCONN;
    else if (later->answered)
        want = -EALREADY;
    assert_int_equal(sio_answer(later->ack, content.args), want);
    later->answered = true;
    if (want == 0)
        twin_says(c, TWIN_MUST, packet_of(r, '3', later->space, (long)later->ack.id, NULL, content.args));
}

/* Rooms. */

static void join(struct run *r)
{
    int room = (int)world_random(&r->world, TWIN_ROOMS);
    bool in = !chance(r, 3), may;
    struct target t;

    if (!whole_choose(r, &t))
        return;
    may = twin_may_enter(t.twin, room, ROOMS_MAX);
    if (in)
        assert_int_equal(sio_join(t.socket, rooms[room]),
                         t.twin->state != TWIN_JOINED ? -ENOTCONN : may ? 0 : -ENOBUFS);
    else
        sio_leave(t.socket, rooms[room]);
    if (t.twin->state == TWIN_JOINED)
        t.twin->in[room] = in && may;
    for (int i = 0; i < TWIN_ROOMS; i++)        /* who comes back is in none until he is accepted   */
        assert_int_equal(sio_in(t.socket, rooms[i]), t.twin->in[i] && t.twin->accepted);
}

static void join_many(struct run *r)
{
    int room = (int)world_random(&r->world, TWIN_ROOMS);
    bool in = !chance(r, 3), meant[TWIN_CLIENTS * TWIN_SOCKETS] = { false };
    struct twin_client *c;
    struct whom w;

    if (!choose_whom(r, &w))
        return;
    for (int at = 0; next_meant(r, &w, &at, &c) != NULL;)
        meant[at - 1] = true;
    for (int i = 0; !in && i < TWIN_AWAY; i++)
        if (is_meant(&w, &r->twin.away[i]))
            r->twin.away[i].in[room] = false;
    for (int i = 0; !in && i < TWIN_CLIENTS * TWIN_SOCKETS; i++)
        meant[i] = meant[i] || (is_returning(r, i) && is_meant(&w, socket_at(r, i)));
    sio_join_all(w.ns, w.to, rooms[room], in);
    for (int at = 0; at < TWIN_CLIENTS * TWIN_SOCKETS; at++)
        if (meant[at])                          /* who is in too many stays out                     */
            socket_at(r, at)->in[room] =
                in && twin_may_enter(socket_at(r, at), room, ROOMS_MAX);
}

static void visit(struct sio_socket *s, void *data)
{
    struct twin_client *c;
    int *visited = data;

    assert_ptr_equal(sio_find(sio_namespace(s), sio_id(s)), s);
    assert_non_null(twin_find(((struct twin_client *)eio_data(sio_session(s)))->twin, sio_id(s), &c));
    (*visited)++;
}

/* Who is about to be told of his end is still counted in his rooms. */
static void look(struct run *r)
{
    int room = (int)world_random(&r->world, TWIN_ROOMS), visited = 0;
    size_t size = 0;
    struct whom w;

    if (!choose_whom(r, &w))
        return;
    assert_int_equal(sio_each(w.ns, w.to, visit, &visited), count_meant(r, &w));
    assert_int_equal(visited, count_meant(r, &w));
    for (int i = 0; i < TWIN_CLIENTS * TWIN_SOCKETS; i++) {
        const struct twin_socket *s = socket_at(r, i);

        size += s->state != TWIN_GONE && s->accepted && s->space == w.space && s->in[room];
    }
    assert_int_equal(sio_room_size(w.ns, rooms[room]), size);
}

/* Showing out. */

static void show_out(struct run *r)
{
    bool close = chance(r, 3);
    struct target t;

    if (!chance(r, 3) || !whole_choose(r, &t))
        return;
    whole_leaves(r, &t, close);
    sio_disconnect(t.socket, close);
}

/* Those who are away cannot come back then, and those who are coming back are refused. */
static void show_out_many(struct run *r)
{
    bool close = chance(r, 3);
    struct target t;
    struct whom w;

    if (!choose_whom(r, &w) || count_meant(r, &w) > 2)
        return;
    for (int i = 0; i < TWIN_AWAY; i++)
        if (is_meant(&w, &r->twin.away[i]))
            r->twin.away[i].state = TWIN_GONE;
    for (int i = 0; i < TWIN_CLIENTS * TWIN_SOCKETS; i++) {
        t = (struct target){ &r->twin.clients[i / TWIN_SOCKETS], socket_at(r, i), NULL };
        if (is_returning(r, i) && is_meant(&w, t.twin))
            whole_leaves(r, &t, false);
    }
    for (int at = 0; (t.twin = next_meant(r, &w, &at, &t.client)) != NULL;)
        whole_leaves(r, &t, close);
    sio_disconnect_all(w.ns, w.to, close);
}

static void decide(struct run *r)
{
    whole_decide(r, false);
}

void whole_step(struct run *r)
{
    static void (*const steps[])(struct run *) = {
        emit, emit, broadcast, broadcast, broadcast, ask_one, ask_many, answer, answer, join, join, join_many,
        look, show_out, show_out_many, decide,
    };
    enum { MESSAGES = 5 };                      /* of them, in front                                */

    size_t count = sizeof steps / sizeof steps[0];

    if (r->twin.recovers && chance(r, 2))       /* much to miss                                     */
        count = MESSAGES;
    steps[world_random(&r->world, count)](r);
}
