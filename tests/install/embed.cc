// embed.cc - a C++ program on the library: the headers' macros and functions, a server that opens and ends.
#include <jansson.h>

#include "sio_uv.h"

static void on_connect(struct sio_socket *s, struct sio_args auth)
{
    if (sio_accept(s, nullptr) == 0)
        sio_emit(s, "auth", auth.text.size > 0 ? auth : SIO_TEXT("{}"), 0);
}

static void on_say(const struct sio_call *c)
{
    const char *const room[] = { "ward", nullptr };
    struct sio_to to = {};

    to.rooms = room;
    sio_broadcast(sio_namespace(c->socket), to, "said", c->args);
    sio_answer(c->ack, SIO_JSON(json_pack("[b]", 1)));
}

int main()
{
    static const struct sio_event events[] = { { "say", on_say, nullptr }, { nullptr, nullptr, nullptr } };
    struct sio_handlers handlers = {};
    struct sio_options options = {};
    uv_loop_t *loop = uv_default_loop();
    struct sio_uv *net = sio_uv_new(loop);

    handlers.on_connect = on_connect;
    handlers.events = events;
    struct sio_server *io = sio_server_new(&options, nullptr, sio_uv_host(net), nullptr);
    if (io == nullptr || sio_namespace_add(io, "/", &handlers) == nullptr)
        return 1;

    struct sio_uv_route routes[3] = {};
    routes[0].path = "/socket.io/";
    routes[0].engine = sio_engine(io);
    routes[1].path = "/";
    routes[1].page = WS_LITERAL("<!doctype html><title>a page</title>");
    if (sio_uv_listen(net, "localhost", 0, routes) != 0 || sio_uv_port(net) <= 0)
        return 1;
    sio_uv_close(net);
    uv_run(loop, UV_RUN_DEFAULT);
    sio_server_free(io);
    sio_uv_free(net);
    return uv_run(loop, UV_RUN_DEFAULT);
}
