/* test_sio_uv.c - routes, proxies, connections and the end, on a real loop. */
#include "net_fixture.h"

static const char *const anybody[] = { "*", NULL };
static char fact[64], access_line[128];
static int turns;

static void on_fact(void *app, const char *event, const char *address, int error)
{
    (void)app;
    (void)snprintf(fact, sizeof fact, "%s %s %d", event, address, error);
}

static void on_replied(void *app, const struct sio_http_request *r, int status, size_t size)
{
    (void)app;
    (void)snprintf(access_line, sizeof access_line, "%s %s %d %zu", r->method, r->path, status, size);
}

static void on_tick(void *app)
{
    (void)app;
    turns++;
}

static void on_who(void *app, const struct sio_http_request *r)
{
    char text[128];
    int size = snprintf(text, sizeof text, "%s is %s%s", (const char *)app, r->address,
                        r->secure ? " safe" : "");

    CHECK_INT(sio_http_reply(r->ticket, 200, NULL, (struct ws_bytes){ text, (size_t)size }), 0);
}

static void on_message(struct ws_conn *c, enum ws_type type, struct ws_bytes bytes)
{
    CHECK_INT(ws_send(c, type, bytes), 0);
}

static void on_engine_message(struct eio_session *s, enum ws_type type, struct ws_bytes bytes)
{
    CHECK_INT(eio_send(s, type, bytes, 0), 0);
}

struct full { struct world w; struct ws_server *ws; struct eio_server *eio; struct sio_uv_route routes[8]; };

static void full_open(struct full *f, const struct sio_uv_options *options)
{
    static const struct ws_handlers plain = { .on_message = on_message };
    static const struct eio_handlers engine = { .on_message = on_engine_message };
    static char name[] = "who";

    fact[0] = access_line[0] = '\0';
    turns = 0;
    world_open(&f->w, options);
    f->ws = ws_server_new(&(struct ws_options){ .origins = anybody }, &plain, &sio_uv_host(f->w.uv)->ws,
                          NULL);
    f->eio = eio_server_new(&(struct eio_options){ .ws.origins = anybody }, &engine,
                            sio_uv_host(f->w.uv), NULL);
    assert_non_null(f->ws);
    assert_non_null(f->eio);
    f->routes[0] = (struct sio_uv_route){ .path = "/ws", .websocket = f->ws };
    f->routes[1] = (struct sio_uv_route){ .path = "/eio/", .engine = f->eio };
    f->routes[2] = (struct sio_uv_route){ .path = "/eio/too", .engine = f->eio };
    f->routes[3] = (struct sio_uv_route){ .path = "/who", .handle = on_who, .app = name };
    f->routes[4] = (struct sio_uv_route){ .path = NULL };
    world_listen(&f->w, f->routes);
}

static void full_close(struct full *f)
{
    sio_uv_close_within(f->w.uv, 100);
    CHECK_INT(uv_run(&f->w.loop, UV_RUN_DEFAULT), 0);
    ws_server_free(f->ws);
    eio_server_free(f->eio);
    world_close(&f->w);
}

#define LINE(target) "GET " target " HTTP/1.1\r\nHost: h\r\n"
#define UPGRADE "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" \
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define HI "\x81\x82\0\0\0\0hi"                 /* a masked text frame; the mask is zero            */

TEST(sio_uv, upgrades_a_connection_with_all_that_came_ahead)
{
    struct full f;
    struct client *c;

    full_open(&f, NULL);
    c = client_open(&f.w);
    client_send_bytes(c, LINE("/ws") UPGRADE "\r\n" HI HI, sizeof(LINE("/ws") UPGRADE "\r\n" HI HI) - 1);
    check_has(client_wait(c, "\x81\x02hi\x81\x02hi"), "HTTP/1.1 101 Switching Protocols\r\n");
    check_has(c->said, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");       /* RFC 6455, 1.3 */
    client_close(c);
    full_close(&f);
}

TEST(sio_uv, upgrades_behind_a_request_that_was_answered)
{
    static const char bytes[] = LINE("/who") "\r\n" LINE("/ws") UPGRADE "\r\n";
    struct full f;
    struct client *c;

    full_open(&f, NULL);
    c = client_open(&f.w);
    client_send(c, LINE("/who") "\r\n");
    (void)client_wait(c, "who is 127.0.0.1");
    client_send(c, LINE("/ws") UPGRADE "\r\n");
    (void)client_wait(c, "101 Switching Protocols");
    client_close(c);

    c = client_open(&f.w);                      /* pipelined: whichever, but no reply is lost       */
    client_send_bytes(c, bytes, sizeof bytes - 1);
    (void)client_wait(c, "who is 127.0.0.1");
    (void)client_wait(c, "HTTP/1.1 ");
    client_close(c);
    full_close(&f);
}

TEST(sio_uv, refuses_what_is_no_upgrade)
{
    struct full f;
    struct client *c;

    full_open(&f, NULL);
    c = client_open(&f.w);
    client_send(c, LINE("/ws") "\r\n");
    (void)client_wait(c, "\r\n\r\n{");
    check_has(c->said, "426 Upgrade Required");
    check_has(c->said, "Upgrade: websocket\r\n");
    check_has(c->said, "Connection: upgrade\r\n");
    check_has(c->said, "Sec-WebSocket-Version: 13\r\n");
    client_close(c);

    c = client_open(&f.w);
    client_send(c, LINE("/ws") "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    check_has(client_wait_end(c), "HTTP/1.1 4");
    client_close(c);
    full_close(&f);
}

TEST(sio_uv, speaks_engine_io_by_polling)
{
    struct full f;
    struct client *c;
    char sid[64] = "", line[512];

    full_open(&f, NULL);
    c = client_open(&f.w);
    client_send(c, LINE("/eio/?EIO=4&transport=polling") "\r\n");
    (void)client_wait(c, "\"maxPayload\":1000000}");
    CHECK_INT(sscanf(strstr(c->said, "\"sid\":\""), "\"sid\":\"%63[^\"]", sid), 1);
    client_forget(c);
    (void)snprintf(line, sizeof line, "POST /eio/too?EIO=4&transport=polling&sid=%s HTTP/1.1\r\nHost: h\r\n"
                   "Content-Length: 3\r\n\r\n4hi", sid);
    client_send(c, line);
    check_has(client_wait(c, "\r\n\r\nok"), "200 OK");
    client_forget(c);
    (void)snprintf(line, sizeof line, LINE("/eio/?EIO=4&transport=polling&sid=%s") "\r\n", sid);
    client_send(c, line);
    (void)client_wait(c, "\r\n\r\n4hi");
    client_forget(c);
    client_send(c, line);                       /* waits                                            */
    CHECK(client_hears_nothing(c, 20));
    client_close(c);                            /* a cut poll ends the session                      */
    world_pass(&f.w, 10);
    CHECK(eio_find(f.eio, sid) == NULL);
    full_close(&f);
}

TEST(sio_uv, listens_at_all_addresses_of_localhost)
{
    struct full f;
    struct client *c;

    full_open(&f, NULL);
    CHECK_INT(sio_uv_listen(f.w.uv, "localhost", 0, f.routes), 0);
    CHECK(sio_uv_port(f.w.uv) != f.w.port);
    CHECK_INT(sio_uv_listen(f.w.uv, "127.0.0.1", f.w.port, f.routes), -EADDRINUSE);
    CHECK_INT(sio_uv_listen(f.w.uv, "192.0.2.1", 0, f.routes), -EADDRNOTAVAIL);
    CHECK_INT(sio_uv_listen(f.w.uv, "127.0.0.1", -1, f.routes), -EINVAL);
    CHECK_INT(sio_uv_listen(f.w.uv, "127.0.0.1", 65536 + f.w.port, f.routes), -EINVAL);
    f.w.port = sio_uv_port(f.w.uv);
    c = client_open(&f.w);
    client_send(c, LINE("/who") "\r\n");
    (void)client_wait(c, "who is 127.0.0.1");
    client_close(c);
    full_close(&f);
}

static const char *const proxies[] = { "127.0.0.0/8", NULL }, *const nonsense[] = { "proxy", NULL };

static void check_who(struct full *f, const char *lines, const char *want)
{
    struct client *c = client_open(&f->w);

    client_send(c, LINE("/who"));
    client_send(c, lines);
    client_send(c, "\r\n");
    (void)client_wait(c, want);
    client_close(c);
}

TEST(sio_uv, believes_trusted_proxies_only)
{
    struct full f;

    full_open(&f, &(struct sio_uv_options){ .trusted_proxies = proxies });
    check_who(&f, "X-Forwarded-For: 192.0.2.9\r\nX-Forwarded-Proto: https\r\n", "who is 192.0.2.9 safe");
    check_who(&f, "X-Forwarded-For: 192.0.2.8\r\nX-Forwarded-For: 192.0.2.9\r\n", "who is 192.0.2.9");
    check_who(&f, "", "who is 127.0.0.1");
    full_close(&f);
    full_open(&f, NULL);
    check_who(&f, "X-Forwarded-For: 192.0.2.9\r\nX-Forwarded-Proto: https\r\n", "\r\n\r\nwho is 127.0.0.1");
    full_close(&f);
    CHECK(sio_uv_new_with(NULL, &(struct sio_uv_options){ .trusted_proxies = nonsense }) == NULL);
}

TEST(sio_uv, tells_who_embeds_it_what_happens)
{
    struct sio_uv_options options = {
        .headers = sio_http_security_headers, .fact = on_fact, .replied = on_replied, .tick = on_tick,
        .limits = { .conns_max = 2, .linger_ms = 100 },
    };
    struct client *all[3];
    struct full f;

    full_open(&f, &options);
    for (int i = 0; i < 3; i++)
        all[i] = client_open(&f.w);
    (void)client_wait_end(all[2]);              /* one too many: accepted, and closed               */
    CHECK_STR(fact, "conn.limit  -24");
    CHECK_INT(sio_uv_conns(f.w.uv), 2);
    client_send(all[0], LINE("/who") "\r\n");
    check_has(client_wait(all[0], "who is"), "X-Content-Type-Options: nosniff\r\n");
    check_has(client_wait(all[0], "who is"), "connect-src 'self';");   /* no other host, ws: or not        */
    CHECK_STR(access_line, "GET /who 200 16");
    client_send(all[1], "junk\r\n\r\n");
    check_has(client_wait_end(all[1]), "X-Content-Type-Options: nosniff\r\n");
    CHECK_STR(fact, "http.refused 127.0.0.1 400");
    CHECK(turns > 0);
    for (int i = 0; i < 3; i++)
        client_close(all[i]);
    full_close(&f);
}

TEST(sio_uv, stops_in_steps)
{
    struct client *idle, *live;
    struct full f;

    full_open(&f, NULL);
    idle = client_open(&f.w);
    client_send(idle, LINE("/who") "\r\n");
    (void)client_wait(idle, "who is");
    live = client_open(&f.w);
    client_send(live, LINE("/ws") UPGRADE "\r\n");
    (void)client_wait(live, "101 Switching");
    sio_uv_stop(f.w.uv);
    sio_uv_stop(f.w.uv);
    (void)client_wait_end(idle);
    client_send_bytes(live, HI, sizeof HI - 1);
    (void)client_wait(live, "\x81\x02hi");      /* what is open goes on                             */
    sio_uv_close_within(f.w.uv, 200);
    (void)client_wait(live, "\x88\x02\x03\xe9");    /* 1001: going away                             */
    (void)client_wait_end(live);                /* who does not answer is cut                       */
    client_close(idle);
    client_close(live);
    full_close(&f);
}

TEST(sio_uv, can_be_freed_under_open_connections)
{
    struct client *waiting, *live;
    struct full f;

    full_open(&f, NULL);
    waiting = client_open(&f.w);
    client_send(waiting, LINE("/eio/?EIO=4&transport=polling") "\r\n");
    (void)client_wait(waiting, "maxPayload");
    live = client_open(&f.w);
    client_send(live, LINE("/ws") UPGRADE "\r\n");
    (void)client_wait(live, "101 Switching");
    ws_server_free(f.ws);
    eio_server_free(f.eio);
    sio_uv_free(f.w.uv);
    (void)client_wait_end(waiting);
    (void)client_wait_end(live);
    client_close(waiting);
    client_close(live);
    CHECK_INT(uv_run(&f.w.loop, UV_RUN_DEFAULT), 0);
    CHECK_INT(uv_loop_close(&f.w.loop), 0);
    sio_uv_free(NULL);
    sio_uv_close(NULL);
}
