/* notify.c - a page's bell: what is POSTed at the inner port rings on every page its user has open.
 *
 * curl -H 'Content-Type: application/json' -d '"Dr. Li waits"' 'http://localhost:3003/notify?user=anna' */
#include <jansson.h>

#include "program.h"
#include "sio_uv.h"

/* The page of a user: http://localhost:3002/?user=anna */
static const char page[] =
    "<!doctype html><html lang=en><meta charset=utf-8><title>Bell</title>\n"
    "<p>&#128276; <output id=count>0</output></p><ol id=list></ol>\n"
    "<script type=module>\n"
    "import { io } from 'https://cdn.jsdelivr.net/npm/socket.io-client@4/dist/socket.io.esm.min.js'\n"
    "const socket = io({ auth: { user: new URLSearchParams(location.search).get('user') } })\n"
    "socket.on('connect', () => { document.body.dataset.connected = true })\n"
    "socket.on('notification', (note) => {\n"
    "  list.append(Object.assign(document.createElement('li'), { textContent: note }))\n"
    "  count.value = list.childElementCount\n"
    "})\n"
    "</script></html>\n";

enum { ROOM_SIZE = 64 };                        /* "user:" and a name                               */

static int room_of(const char *user, char room[ROOM_SIZE])
{
    int size = snprintf(room, ROOM_SIZE, "user:%s", user);

    return *user == '\0' || size >= ROOM_SIZE ? -EINVAL : 0;
}

/* Here the user is believed; a real server checks a token. */
static void on_connect(struct sio_socket *s, struct sio_args auth)
{
    json_t *values = sio_args_json(auth);
    const char *user = "";
    char room[ROOM_SIZE];

    (void)json_unpack(values, "[{s:s}]", "user", &user);
    if (room_of(user, room) != 0)
        sio_reject(s, "Who are you?", SIO_NONE);
    else if (sio_accept(s, NULL) == 0 && sio_join(s, room) != 0)
        sio_disconnect(s, true);
    json_decref(values);
}

static void refuse(const struct sio_http_request *r, int status, const char *why)
{
    static const struct ws_header headers[] = { { "Allow", "POST" }, { NULL, NULL } };

    (void)sio_http_problem(r->ticket, status, NULL, why, r->id, headers);
}

/* From another site a browser sends no JSON without asking first, which nobody here answers. */
static bool is_json(const struct sio_http_request *r)
{
    const char *type = sio_http_header(r, "content-type");

    return type != NULL && strncmp(type, "application/json", 16) == 0;
}

static void on_notify(void *app, const struct sio_http_request *r)
{
    static const struct ws_header headers[] = { { "Content-Type", "application/json" }, { NULL, NULL } };
    char user[ROOM_SIZE], room[ROOM_SIZE], text[32];
    struct sio_to to = { .rooms = SIO_ROOMS(room) };
    json_t *note;
    int reached;

    if (strcmp(r->method, "POST") != 0 || !is_json(r)) {
        refuse(r, strcmp(r->method, "POST") != 0 ? 405 : 415, "POST application/json here.");
        return;
    }
    if (sio_http_query_find(r->query, "user", user, sizeof user) < 0 || room_of(user, room) != 0) {
        refuse(r, 400, "Which user?");
        return;
    }
    note = json_loadb(r->body.at, r->body.size, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    if (note == NULL) {
        refuse(r, 400, "The body is not JSON.");
        return;
    }
    reached = sio_broadcast(app, to, "notification", SIO_JSON(json_pack("[o]", note)));
    (void)snprintf(text, sizeof text, "{\"reached\":%d}", reached);
    (void)sio_http_reply(r->ticket, 200, headers, (struct ws_bytes){ text, strlen(text) });
}

static const struct sio_handlers bell = { .on_connect = on_connect };

int main(int argc, char **argv)
{
    int inner_port = flag_number(argv, "--inner-port", 3003);
    struct program_address at = program_address(argc, argv, 3002);
    struct sio_uv *net = must_have(sio_uv_new(uv_default_loop()));
    struct sio_server *io = must_have(sio_server_new(NULL, NULL, sio_uv_host(net), NULL));
    struct sio_namespace *users = must_have(sio_namespace_add(io, "/", &bell));
    const struct sio_uv_route outer[] = {
        { .path = "/", .page = { page, sizeof page - 1 } },
        { .path = "/socket.io/", .engine = sio_engine(io) },
        { 0 },
    };
    const struct sio_uv_route inner[] = { { .path = "/notify", .handle = on_notify, .app = users }, { 0 } };

    must_do("listen", sio_uv_listen(net, at.host, at.port, outer));
    must_do("listen", sio_uv_listen(net, "localhost", inner_port, inner));
    must_do("run", sio_uv_run(net));
    sio_server_free(io);
    sio_uv_free(net);
    return 0;
}
