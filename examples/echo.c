/* echo.c - the lower floors for foreign suites: Engine.IO at /engine.io/, a plain WebSocket anywhere else. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "sio_uv.h"

static void on_engine_message(struct eio_session *s, enum ws_type type, struct ws_bytes bytes)
{
    (void)eio_send(s, type, bytes, 0);          /* a client that does not read is cut               */
}

static void on_message(struct ws_conn *c, enum ws_type type, struct ws_bytes bytes)
{
    (void)ws_send(c, type, bytes);
}

static const char *const anybody[] = { "*", NULL };

struct settings { const char *host; int port; struct eio_options engine; };

static int read_flags(struct settings *set, int argc, char **argv)
{
    static const struct option flags[] = {
        { "host", 1, NULL, 'h' }, { "port", 1, NULL, 'p' }, { "ping-interval", 1, NULL, 'i' },
        { "ping-timeout", 1, NULL, 't' }, { "no-deflate", 0, NULL, 'n' }, { 0 },
    };

    for (int flag; (flag = getopt_long(argc, argv, "", flags, NULL)) != -1;)
        switch (flag) {
        case 'h': set->host = optarg; break;
        case 'p': set->port = (int)strtol(optarg, NULL, 10); break;
        case 'i': set->engine.ping_interval_ms = (int)strtol(optarg, NULL, 10); break;
        case 't': set->engine.ping_timeout_ms = (int)strtol(optarg, NULL, 10); break;
        case 'n': set->engine.ws.deflate = false; break;
        default:  return -EINVAL;
        }
    return 0;
}

int main(int argc, char **argv)
{
    struct settings set = { .host = "127.0.0.1", .port = 3001, .engine = {
        .ws = { .deflate = true, .origins = anybody }, .ping_interval_ms = 300, .ping_timeout_ms = 200 } };
    static const struct eio_handlers engine = { .on_message = on_engine_message };
    static const struct ws_handlers plain = { .on_message = on_message };
    uv_loop_t *loop = uv_default_loop();
    struct sio_uv *net = sio_uv_new(loop);

    if (net == NULL || read_flags(&set, argc, argv) != 0)
        return 2;

    struct ws_options options = {
        .message_max = 64 << 20, .unsent_max = 256 << 20, .fragments_max = -1,
        .deflate = set.engine.ws.deflate, .origins = anybody,
    };
    struct eio_server *eio = eio_server_new(&set.engine, &engine, sio_uv_host(net), NULL);
    struct ws_server *ws = ws_server_new(&options, &plain, &sio_uv_host(net)->ws, NULL);
    if (eio == NULL || ws == NULL)
        return 1;

    const struct sio_uv_route routes[] = {
        { .path = "/engine.io/", .engine = eio }, { .path = "*", .websocket = ws }, { 0 },
    };
    if (sio_uv_listen(net, set.host, set.port, routes) != 0)
        return 1;
    uv_run(loop, UV_RUN_DEFAULT);
    ws_server_free(ws);
    eio_server_free(eio);
    sio_uv_free(net);
    return uv_run(loop, UV_RUN_DEFAULT);
}
