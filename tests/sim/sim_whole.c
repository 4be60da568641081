/* sim_whole.c - clients of a whole server on bad networks, beside a twin. They come by polling or WebSocket,
 * upgrade, join and leave namespaces, speak, ask and answer, break the protocol, fall silent, are cut off and
 * come back; whatever the order, handlers and clients hear exactly what the twin says. */
#include "sim_whole.h"

enum { CALM_MS = 15000 };                       /* longer than any deadline                         */

static struct run *run_of(const struct sim_client *c)
{
    return c->data;
}

static struct twin_client *twin_of(const struct sim_client *c)
{
    return &run_of(c)->twin.clients[c->number];
}

static void ticking(struct world *w)
{
    twin_tick(&((struct run *)w)->twin);
}

static void settled(struct world *w)
{
    assert_false(((struct run *)w)->due);
    twin_settle(&((struct run *)w)->twin);
}

/* What the network brings. */

static void on_reach(struct sim_client *c, const char *packet)
{
    if (strcmp(packet, "2probe") == 0 || strcmp(packet, "5") == 0) {
        twin_clock(twin_of(c), false);
        return;
    }
    if (c->state == SIM_WEBSOCKET && !twin_of(c)->websocket)
        return;                                 /* the upgrade has failed, which it does not know   */
    twin_reaches(twin_of(c), packet);
}

/* Answers a question: never, once, or twice. */
static void reply(struct sim_client *c, const struct twin_packet *p)
{
    struct run *r = run_of(c);
    struct content content;
    char text[CONTENT_MAX];
    const char *packet;

    content_make(r, &content);
    content.args.text.size = (size_t)snprintf(text, sizeof text, "%d,%s", c->number, content.text);
    content.args.text.at = text;
    for (int times = (int)world_random(&r->world, 4); times > 1; times--) {
        packet = packet_of(r, '3', p->space, p->id, NULL, content.args);
        whole_send(c, packet);
    }
}

static void on_packet(struct sim_client *c, const char *packet)
{
    struct run *r = run_of(c);
    struct twin_packet p = twin_parse(packet);
    char offset[32];
    const char *said;

    if (*packet == '0')
        return;
    if (*packet == '4' && p.type == '0')
        packet = whole_connect(r, c->number, packet);
    said = twin_hears(twin_of(c), packet, offset);
    whole_notes(r, c->number, packet, said, offset);
    if (*packet == '4' && (p.type == '2' || p.type == '5') && p.id != TWIN_NO_ID)
        reply(c, &p);
}

/* The server has said that it is over: then nothing is missing, if it ended the session in order. */
static void on_close(struct sim_client *c)
{
    const struct twin_client *twin = twin_of(c);

    if (!c->told || run_of(c)->hurt[c->number])
        return;
    if (twin->reason == NULL) {                 /* only a WebSocket that never came to be its transport */
        assert_true(twin->open && !twin->websocket);
        return;
    }
    if (twin->websocket || strcmp(twin->reason, "forced close") == 0
        || strcmp(twin->reason, "server shutting down") == 0)
        assert_true(twin_is_quiet(twin));
}

/* What clients do. */

void whole_send(struct sim_client *c, const char *packet)
{
    char copy[SIM_PACKET_MAX], *line = copy;

    (void)snprintf(copy, sizeof copy, "%s", packet);
    for (char *end; line != NULL; line = end) {
        end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        sim_client_send(c, line);
    }
}

/* With what it takes to come back, if it has that. */
static void ask_to_join(struct run *r, struct sim_client *c, int space)
{
    struct view *view = &r->views[c->number][space];
    int err = 0;

    view->joined = true;
    twin_print(&r->text, '0', space, 0, TWIN_NO_ID);
    if (*view->pid != '\0' && *view->offset != '\0' && !chance(r, 10))
        err = buf_printf(&r->text, "{\"pid\":\"%s\",\"offset\":\"%s\"}", view->pid,
                         chance(r, 20) ? "wrong1" : view->offset);
    else if (chance(r, 2))
        err = buf_add_text(&r->text, "{\"n\":1}");
    assert_int_equal(err, 0);
    assert_int_equal(buf_add_byte(&r->text, '\0'), 0);
    sim_client_send(c, (const char *)r->text.at);
}

static void join_space(struct run *r, struct sim_client *c)
{
    int space = (int)world_random(&r->world, r->twin.recovers ? 2 : TWIN_SPACES);

    if (chance(r, 20))
        sim_client_send(c, "40/none,");
    if (!r->views[c->number][space].joined || chance(r, 100))
        ask_to_join(r, c, space);
}

static void open_client(struct run *r, struct sim_client *c)
{
    static const int delays[] = { 0, 2, 15, 60 };

    if (c->world != NULL)
        sim_client_finish(c);
    c->websocket_only = chance(r, 4);
    c->slow = chance(r, 4);
    r->hurt[c->number] = false;
    for (int i = 0; i < TWIN_SPACES; i++) {
        r->views[c->number][i].joined = false;
        r->views[c->number][i].missing = 0;
    }
    sim_client_open(c, &r->world, delays[world_random(&r->world, 4)]);
    for (int i = 0; r->twin.recovers && i < TWIN_SPACES; i++)
        if (*r->views[c->number][i].pid != '\0' && !chance(r, 4))
            ask_to_join(r, c, i);
}

static bool choose_space(struct run *r, const struct sim_client *c, int *ret_space)
{
    *ret_space = (int)world_random(&r->world, TWIN_SPACES);
    for (int i = 0; i < TWIN_SPACES && !r->views[c->number][*ret_space].joined; i++)
        *ret_space = i;
    return r->views[c->number][*ret_space].joined || chance(r, 100);
}

static void leave_space(struct run *r, struct sim_client *c)
{
    int space;

    if (!choose_space(r, c, &space) || !chance(r, 4))
        return;
    r->views[c->number][space].joined = false;
    twin_print(&r->text, '1', space, 0, TWIN_NO_ID);
    assert_int_equal(buf_add_byte(&r->text, '\0'), 0);
    sim_client_send(c, (const char *)r->text.at);
}

static void speak(struct run *r, struct sim_client *c)
{
    static const char *const names[] = { "e", "other", "drop" };
    struct content content;
    int space;

    if (!choose_space(r, c, &space))
        return;
    content_make(r, &content);
    whole_send(c, packet_of(r, '2', space, chance(r, 2) ? r->number : TWIN_NO_ID,
                            names[world_random(&r->world, 3)], content.args));
}

static void probe(struct run *r, struct sim_client *c)
{
    (void)r;
    sim_client_probe(c);
}

static void lose_probe(struct run *r, struct sim_client *c)
{
    (void)r;
    sim_client_lose_probe(c);
}

/* Harm. */

/* The server sees a connection that is cut; between two polls there is none. */
static void lose(struct run *r, struct sim_client *c)
{
    struct twin_client *twin = twin_of(c);
    bool waits = (c->get != NULL && c->get->request != NULL) || (c->post != NULL && c->post->request != NULL);

    r->hurt[c->number] = true;
    if (twin->websocket && c->ws != NULL && c->ws->conn != NULL)
        twin_end(twin, "transport close");
    else if (!twin->websocket && waits)
        twin_end(twin, "transport error");
    sim_client_lose(c);
}

static void fall_silent(struct run *r, struct sim_client *c)
{
    r->hurt[c->number] = true;
    sim_client_fall_silent(c);
}

static void fall_mute(struct run *r, struct sim_client *c)
{
    (void)r;
    c->mute = true;
}

static void say_goodbye(struct run *r, struct sim_client *c)
{
    r->hurt[c->number] = true;
    sim_client_send(c, "1");
}

static void break_rules(struct run *r, struct sim_client *c)
{
    sim_client_send(c, twin_broken(world_random(&r->world, 1000)));
}

/* A second poll while one waits ends the session. */
static void poll_twice(struct run *r, struct sim_client *c)
{
    struct twin_client *twin = twin_of(c);
    struct peer *second;

    if (c->get == NULL || c->get->request == NULL || twin->websocket)
        return;
    r->hurt[c->number] = true;
    twin_clock(twin, false);
    twin_end(twin, "transport error");
    second = world_get(&r->world, c->query);
    assert_int_equal(second->status, 400);
    world_drop(second);
}

static void harm(struct run *r, struct sim_client *c)
{
    static void (*const harms[])(struct run *, struct sim_client *) = {
        lose, lose, fall_silent, fall_mute, say_goodbye, break_rules, poll_twice,
    };

    if (chance(r, r->twin.recovers ? 2 : 6))
        harms[world_random(&r->world, sizeof harms / sizeof harms[0])](r, c);
}

/* The schedule. */

static void client_step(struct run *r, bool may_harm)
{
    static void (*const steps[])(struct run *, struct sim_client *) = {
        join_space, join_space, leave_space, speak, speak, speak, speak, probe, lose_probe, harm,
    };
    struct sim_client *c = &r->clients[world_random(&r->world, r->twin.recovers ? 3 : TWIN_CLIENTS)];
    size_t count = sizeof steps / sizeof steps[0] - !may_harm;

    if (c->state != SIM_CLOSED && c->world != NULL)
        steps[world_random(&r->world, count)](r, c);
    else if (twin_of(c)->told && (!r->twin.recovers || chance(r, 3)))
        open_client(r, c);
}

static int64_t some_pause_ms(struct run *r)
{
    return (int64_t)world_random(&r->world, chance(r, 30) ? 1500 : chance(r, 2) ? 1 : 30);
}

static void pass(struct run *r, int64_t ms)
{
    sim_run(&r->world, r->clients, TWIN_CLIENTS, r->world.now_ms + ms, settled);
}

/* Lets everything arrive; who is well then knows all that was said. */
static void calm_down(struct run *r)
{
    int64_t end_ms = r->world.now_ms + CALM_MS;
    bool quiet = false;

    whole_decide(r, true);
    while (!quiet) {
        pass(r, 50);
        quiet = true;
        for (int i = 0; i < TWIN_CLIENTS; i++) {
            const struct sim_client *c = &r->clients[i];

            if (c->world != NULL && c->state != SIM_CLOSED && !r->hurt[i])
                quiet = quiet && twin_is_quiet(&r->twin.clients[i]) && c->out.size == 0;
        }
        assert_true(quiet || r->world.now_ms < end_ms);
    }
}

static void finish(struct run *r)
{
    r->over = true;
    for (int i = 0; i < TWIN_CLIENTS; i++)
        twin_end(&r->twin.clients[i], "server shutting down");
    world_finish(&r->world);                    /* and its peers                                    */
    for (int i = 0; i < TWIN_CLIENTS; i++) {
        struct sim_client *c = &r->clients[i];

        assert_true(r->twin.clients[i].told);
        c->get = c->post = c->ws = NULL;
        if (c->world != NULL)
            sim_client_finish(c);
    }
    twin_finish(&r->twin);
    buf_finish(&r->text);
}

static void shut(struct run *r)
{
    r->over = true;
    for (int i = 0; i < TWIN_CLIENTS; i++)
        twin_close(&r->twin.clients[i], "server shutting down", "server shutting down");
    sio_server_close(r->world.io);
    pass(r, CALM_MS);
    for (int i = 0; i < TWIN_CLIENTS; i++)
        assert_true(r->twin.clients[i].told);
}

static void run_seed(uint64_t seed)
{
    struct run r = { .number = 0 };
    int steps = 0, end = 0;

    world_init(&r.world, seed);
    r.world.ticking = ticking;
    r.world.split = seed % 2 == 0;
    twin_init(&r.twin, &r.world);
    r.twin.recovers = seed % 5 < 2;
    buf_init(&r.text, BUF_NO_LIMIT);
    whole_serve(&r);
    for (int i = 0; i < TWIN_CLIENTS; i++)
        r.clients[i] = (struct sim_client){ .state = SIM_CLOSED, .number = i, .data = &r,
                                            .on_reach = on_reach, .on_packet = on_packet,
                                            .on_close = on_close };
    end = 20 + (int)world_random(&r.world, r.twin.recovers ? 400 : 200);
    for (; steps < end; steps++) {
        sim_step();
        if (chance(&r, 50)) {                   /* the loop is held up: what comes now is read late */
            r.world.now_ms += (int64_t)world_random(&r.world, 3000);
            twin_doubts(&r.twin);
        }
        if (chance(&r, r.twin.recovers ? 2 : 3))
            whole_step(&r);
        else
            client_step(&r, seed % 3 != 0);
        world_turn(&r.world);
        settled(&r.world);
        pass(&r, some_pause_ms(&r));
    }
    calm_down(&r);
    if (chance(&r, 2))
        shut(&r);
    finish(&r);
}

SIM_MAIN("sim_whole: handlers and clients hear what the twin says", run_seed, 1000)
