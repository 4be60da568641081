/* echo.c - the lower floors for foreign suites: Engine.IO at /engine.io/, a plain WebSocket anywhere else. */
#include "program.h"
#include "sio_uv.h"

static void on_engine_message(struct eio_session *s, enum ws_type type, struct ws_bytes bytes)
{
    (void)eio_send(s, type, bytes, 0);          /* a client that does not read is cut               */
}

static void on_message(struct ws_conn *c, enum ws_type type, struct ws_bytes bytes)
{
    (void)ws_send(c, type, bytes);
}

int main(int argc, char **argv)
{
    static const char *const anybody[] = { "*", NULL };
    static const struct eio_handlers engine_handlers = { .on_message = on_engine_message };
    static const struct ws_handlers plain_handlers = { .on_message = on_message };
    bool deflate = !flag_given(argv, "--no-deflate");
    const struct eio_options engine_options = {
        .ws = { .deflate = deflate, .origins = anybody },
        .ping_interval_ms = flag_number(argv, "--ping-interval", 300),
        .ping_timeout_ms = flag_number(argv, "--ping-timeout", 200),
    };
    const struct ws_options plain_options = {
        .message_max = 64 << 20, .unsent_max = 256 << 20, .fragments_max = -1,
        .deflate = deflate, .origins = anybody,
    };
    struct program_address at = program_address(argc, argv, 3001);
    struct sio_uv *net = must_have(sio_uv_new(uv_default_loop()));
    const struct eio_host *host = sio_uv_host(net);
    struct eio_server *engine = must_have(eio_server_new(&engine_options, &engine_handlers, host, NULL));
    struct ws_server *plain = must_have(ws_server_new(&plain_options, &plain_handlers, &host->ws, NULL));
    const struct sio_uv_route routes[] = {
        { .path = "/engine.io/", .engine = engine }, { .path = "*", .websocket = plain }, { 0 },
    };

    must_do("listen", sio_uv_listen(net, at.host, at.port, routes));
    must_do("run", sio_uv_run(net));
    ws_server_free(plain);
    eio_server_free(engine);
    sio_uv_free(net);
    return 0;
}
