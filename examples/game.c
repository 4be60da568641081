/* game.c - a field that all players share: they steer, and 30 times a second everybody is told where all are.
 * A state is volatile: who cannot take it now waits for the next one. */
#include <jansson.h>

#include "program.h"
#include "sio_uv.h"

enum { WIDTH = 640, HEIGHT = 360, TURN_MS = 33, SPEED = 5 };    /* pixels, 30 Hz, pixels a turn      */

static const char page[] =
    "<!doctype html><html lang=en><meta charset=utf-8><title>Game</title>\n"
    "<p>Steer with the arrow keys.</p><canvas id=field width=640 height=360></canvas>\n"
    "<script type=module>\n"
    "import { io } from 'https://cdn.jsdelivr.net/npm/socket.io-client@4/dist/socket.io.esm.min.js'\n"
    "const socket = io(), paint = field.getContext('2d'), held = new Set()\n"
    "const axis = (less, more) => held.has(more) - held.has(less)\n"
    "onkeydown = onkeyup = ({ type, key }) => {\n"
    "  type === 'keydown' ? held.add(key) : held.delete(key)\n"
    "  socket.emit('steer', axis('ArrowLeft', 'ArrowRight'), axis('ArrowUp', 'ArrowDown'))\n"
    "}\n"
    "socket.on('state', (turn, players) => {\n"
    "  paint.clearRect(0, 0, field.width, field.height)\n"
    "  for (const { id, x, y } of players) {\n"
    "    paint.fillStyle = id === socket.id ? 'crimson' : 'gray'\n"
    "    paint.fillRect(x - 8, y - 8, 16, 16)\n"
    "    if (id === socket.id) Object.assign(field.dataset, { turn, x, y })\n"
    "  }\n"
    "})\n"
    "</script></html>\n";

static const struct sio_to everybody = { .rooms = SIO_ROOMS("arena"), .flags = SIO_VOLATILE };

struct player { int x, y, x_step, y_step; };
struct game { struct sio_namespace *players; uv_timer_t timer; int turn; };

static int within(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

static void move(struct sio_socket *s, void *all)
{
    struct player *p = sio_data(s);

    p->x = within(p->x + SPEED * p->x_step, 0, WIDTH);
    p->y = within(p->y + SPEED * p->y_step, 0, HEIGHT);
    json_array_append_new(all, json_pack("{s:s, s:i, s:i}", "id", sio_id(s), "x", p->x, "y", p->y));
}

static void on_turn(uv_timer_t *timer)
{
    struct game *g = timer->data;
    json_t *all = json_array();

    if (sio_each(g->players, everybody, move, all) == 0)
        uv_timer_stop(timer);                   /* nobody plays: the next one starts it again       */
    sio_broadcast(g->players, everybody, "state", SIO_JSON(json_pack("[i, o]", ++g->turn, all)));
}

static void on_connect(struct sio_socket *s, struct sio_args auth)
{
    struct game *g = eio_app(sio_session(s));
    struct player *p = malloc(sizeof *p);

    (void)auth;
    if (p == NULL || sio_accept(s, p) != 0) {
        free(p);
        return;
    }
    *p = (struct player){ .x = WIDTH / 2, .y = HEIGHT / 2 };
    if (sio_join(s, "arena") != 0)
        sio_disconnect(s, true);
    if (!uv_is_active((uv_handle_t *)&g->timer))
        uv_timer_start(&g->timer, on_turn, 0, TURN_MS);
}

static void on_disconnect(struct sio_socket *s, const char *reason)
{
    (void)reason;
    free(sio_data(s));
}

static void on_steer(const struct sio_call *c)
{
    struct player *p = sio_data(c->socket);
    json_t *values = sio_args_json(c->args);
    int x, y;

    if (json_unpack(values, "[i, i]", &x, &y) == 0) {
        p->x_step = within(x, -1, 1);
        p->y_step = within(y, -1, 1);
    }
    json_decref(values);
}

static const struct sio_event events[] = { { "steer", on_steer, NULL }, { 0 } };
static const struct sio_handlers rules = { on_connect, on_disconnect, .events = events };

int main(int argc, char **argv)
{
    struct program_address at = program_address(argc, argv, 3004);
    struct sio_uv *net = must_have(sio_uv_new(uv_default_loop()));
    struct game g = { 0 };
    struct sio_server *io = must_have(sio_server_new(NULL, NULL, sio_uv_host(net), &g));
    const struct sio_uv_route routes[] = {
        { .path = "/", .page = { page, sizeof page - 1 } },
        { .path = "/socket.io/", .engine = sio_engine(io) },
        { 0 },
    };

    g.players = must_have(sio_namespace_add(io, "/", &rules));
    uv_timer_init(sio_uv_loop(net), &g.timer);
    g.timer.data = &g;
    must_do("listen", sio_uv_listen(net, at.host, at.port, routes));
    must_do("run", sio_uv_run(net));
    sio_server_free(io);
    sio_uv_free(net);
    return 0;
}
