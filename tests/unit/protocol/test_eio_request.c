/* test_eio_request.c - the door: which requests come in, in the order of the reference's checks. */
#include "eio_fixture.h"

#define E0 "{\"code\":0,\"message\":\"Transport unknown\"}"
#define E1 "{\"code\":1,\"message\":\"Session ID unknown\"}"
#define E2 "{\"code\":2,\"message\":\"Bad handshake method\"}"
#define E3 "{\"code\":3,\"message\":\"Bad request\"}"
#define E4 "{\"code\":4,\"message\":\"Forbidden\"}"
#define E5 "{\"code\":5,\"message\":\"Unsupported protocol version\"}"

static int deny(void *app, const struct ws_request *request)
{
    (void)app;
    return strstr(request->query, "deny=1") != NULL ? -EACCES
           : strstr(request->query, "busy=1") != NULL ? -EBUSY : 0;
}

static void add_header(void *app, const struct ws_request *request, struct eio_headers *headers)
{
    (void)app;
    eio_header_add(headers, "X-Path", request->path);
    eio_header_add(headers, "X-Split", "a\r\nSet-Cookie: b");       /* left out                     */
}

static const struct eio_handlers wary = { .allow = deny, .on_headers = add_header };

TEST(eio_request, is_refused_in_the_order_of_the_reference)
{
    static const struct { const char *method, *query; int status; const char *body; } cases[] = {
        { "GET", "", 400, E0 },
        { "GET", "EIO=4", 400, E0 },
        { "GET", "EIO=4&transport=abc", 400, E0 },
        { "GET", "EIO=4&transport=__proto__", 400, E0 },
        { "GET", "EIO=4&transport=constructor", 400, E0 },
        { "GET", "EIO=4&transport=webtransport", 400, E0 },
        { "GET", "EIO=4&transport=abc&sid=x", 400, E0 },
        { "GET", "EIO=4&transport=polling&sid=abc", 400, E1 },
        { "GET", "EIO=4&transport=polling&sid=__proto__", 400, E1 },
        { "POST", "EIO=3&transport=polling&sid=abc", 400, E1 },
        { "POST", "EIO=4&transport=polling", 400, E2 },
        { "POST", "EIO=3&transport=polling", 400, E2 },
        { "PUT", "EIO=4&transport=polling", 400, E2 },
        { "POST", "EIO=4&transport=websocket", 400, E2 },
        { "GET", "EIO=4&transport=websocket", 400, E3 },
        { "GET", "EIO=4&transport=websocket&deny=1", 400, E3 },
        { "GET", "EIO=4&transport=polling&deny=1", 403, E4 },
        { "GET", "EIO=3&transport=polling&deny=1", 403, E4 },
        { "GET", "EIO=4&transport=polling&busy=1", 503, "{\"message\":\"Service unavailable\"}" },
        { "GET", "EIO=3&transport=polling", 400, E5 },
        { "GET", "transport=polling", 400, E5 },
        { "GET", "EIO=&transport=polling", 400, E5 },
        { "GET", "EIO=44&transport=polling", 400, E5 },
        { "GET", "EIO=04&transport=polling", 400, E5 },
        { "GET", "EIO=abc&transport=polling", 400, E5 },
    };
    struct world w;

    world_init(&w, 1);
    world_engine(&w, NULL, &wary);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct peer *p = world_request(&w, cases[i].method, cases[i].query, NULL);

        CHECK(strstr(peer_headers(p), "Content-Type: application/json\n") != NULL);
        CHECK(strstr(peer_headers(p), "X-Path: /socket.io/\n") != NULL);
        CHECK(strstr(peer_headers(p), "Split") == NULL);
        check_reply(p, cases[i].status, cases[i].body);
    }
    world_finish(&w);
}

TEST(eio_request, of_a_session_must_speak_as_the_session_does)
{
    static const struct { const char *method, *query; } cases[] = {
        { "GET", "EIO=4&transport=websocket&sid=" }, { "GET", "EIO=3&transport=polling&sid=" },
        { "GET", "transport=polling&sid=" },         { "PUT", "EIO=4&transport=polling&sid=" },
        { "DELETE", "EIO=4&transport=polling&sid=" }, { "HEAD", "EIO=4&transport=polling&sid=" },
    };
    struct world w;
    char query[128], wrong[128];

    engine_init(&w, NULL);
    poller(&w, query);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(wrong, sizeof wrong, "%s%s", cases[i].query, strstr(query, "sid=") + 4);
        check_reply(world_request(&w, cases[i].method, wrong, NULL), 400, E3);
    }
    CHECK(session_of(&w, query) != NULL);
    world_finish(&w);
}

TEST(eio_request, opens_with_exactly_the_five_keys)
{
    struct world w;
    struct peer *p;
    char sid[64], want[256];

    engine_init(&w, NULL);
    p = world_get(&w, POLLING);
    CHECK_INT(p->status, 200);
    world_sid(peer_body(p), sid);
    CHECK_INT(strlen(sid), 24);
    CHECK_INT(strspn(sid, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 24);
    (void)snprintf(want, sizeof want, "0{\"sid\":\"%s\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,"
                                      "\"pingTimeout\":20000,\"maxPayload\":1000000}", sid);
    CHECK_STR(peer_body(p), want);
    CHECK(strstr(peer_headers(p), "Content-Type: text/plain; charset=UTF-8\n") != NULL);
    CHECK(strstr(peer_headers(p), "Cache-Control: no-store\n") != NULL);
    CHECK(strstr(peer_headers(p), "Set-Cookie") == NULL);
    CHECK_STR(world_log(&w), "open EIO=4&transport=polling\n");
    world_finish(&w);
}

TEST(eio_request, opens_a_websocket_that_upgrades_to_nothing)
{
    struct world w;
    struct peer *p;
    const char *packet;

    engine_init(&w, NULL);
    p = world_websocket(&w, WEBSOCKET, NULL);
    CHECK_INT(p->status, 101);
    packet = world_next(p);
    CHECK(strstr(packet, "\"upgrades\":[],") != NULL);
    CHECK_SILENT(p);
    world_finish(&w);
}

TEST(eio_request, refuses_upgrades_as_the_reference_does)
{
    static const struct { const char *query; int status; const char *body; } cases[] = {
        { "EIO=4&transport=abc", 400, "Transport unknown" },
        { "EIO=4&transport=__proto__", 400, "Transport unknown" },
        { "EIO=4&transport=websocket&sid=abc", 400, "Session ID unknown" },
        { "EIO=4&transport=polling", 400, "Bad request" },
        { "EIO=4&transport=websocket&deny=1", 400, "Forbidden" },
        { "EIO=4&transport=websocket&busy=1", 503, "Service unavailable" },
        { "EIO=3&transport=websocket", 400, "Unsupported protocol version" },
        { "transport=websocket", 400, "Unsupported protocol version" },
    };
    struct world w;

    world_init(&w, 1);
    world_engine(&w, NULL, &wary);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct peer *p = world_websocket(&w, cases[i].query, NULL);

        CHECK_INT(p->status, cases[i].status);
        CHECK_STR(peer_body(p), cases[i].body);
        world_drop(p);
    }
    world_finish(&w);
}

TEST(eio_request, gives_a_second_websocket_of_a_session_400)
{
    struct world w;
    struct peer *p;
    char query[128], sid[64];

    engine_init(&w, NULL);
    p = world_websocket(&w, WEBSOCKET, NULL);
    world_sid(world_next(p), sid);
    (void)snprintf(query, sizeof query, WEBSOCKET "&sid=%s", sid);
    CHECK_INT(world_websocket(&w, query, NULL)->status, 400);
    CHECK_SILENT(p);
    world_finish(&w);
}

TEST(eio_request, of_a_foreign_page_is_forbidden_without_a_word_of_cors)
{
    static const char *const origins[] = { "https://evil.example", "null", "http://example.com.evil.example",
                                           "https://example.com:8443", "http://example.com@evil.example" };
    struct world w;
    char query[128];

    engine_init(&w, NULL);
    poller(&w, query);
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        struct peer *p;

        w.origin = origins[i];
        p = world_get(&w, POLLING);
        CHECK(strstr(peer_headers(p), "Access-Control") == NULL);
        check_reply(p, 403, E4);
        check_reply(world_request(&w, "GET", query, NULL), 403, E4);
        CHECK_INT(world_request(&w, "OPTIONS", POLLING, NULL)->status, 400);
        CHECK_INT(world_websocket(&w, WEBSOCKET, NULL)->status, 403);
    }
    w.origin = "http://example.com";
    CHECK_INT(world_get(&w, POLLING)->status, 200);
    world_finish(&w);
}

TEST(eio_request, gets_cors_headers_on_errors_too)
{
    static const char *const any[] = { "*", NULL }, *const some[] = { "https://a.example", NULL };
    struct eio_options options = { .ws.origins = any };
    const struct ws_header wanted[] = { { "access-control-request-headers", "x-a, x-b" }, { 0 } };
    struct world w;
    struct peer *p;

    engine_init(&w, &options);
    w.origin = "https://b.example";
    CHECK(strstr(peer_headers(world_get(&w, POLLING)), "Access-Control-Allow-Origin: *\n") != NULL);
    CHECK(strstr(peer_headers(world_get(&w, "EIO=4")), "Access-Control-Allow-Origin: *\n") != NULL);
    p = world_request(&w, "OPTIONS", POLLING, wanted);
    CHECK_INT(p->status, 204);
    CHECK(strstr(peer_headers(p), "Access-Control-Allow-Methods: GET,POST\n") != NULL);
    CHECK(strstr(peer_headers(p), "Access-Control-Allow-Headers: x-a, x-b\n") != NULL);
    world_finish(&w);

    options = (struct eio_options){ .ws.origins = some, .credentials = true };
    engine_init(&w, &options);
    w.origin = "https://a.example";
    p = world_get(&w, "EIO=4");
    CHECK(strstr(peer_headers(p), "Access-Control-Allow-Origin: https://a.example\n") != NULL);
    CHECK(strstr(peer_headers(p), "Access-Control-Allow-Credentials: true\n") != NULL);
    CHECK(strstr(peer_headers(p), "Vary: Origin\n") != NULL);
    w.origin = "https://b.example";
    p = world_get(&w, POLLING);
    CHECK(strstr(peer_headers(p), "Allow-Origin") == NULL);
    check_reply(p, 403, E4);
    world_finish(&w);
}

TEST(eio_request, past_sessions_max_is_503_until_one_has_left)
{
    static const struct eio_options options = { .sessions_max = 1 };
    struct world w;
    char query[128];

    engine_init(&w, &options);
    poller(&w, query);
    CHECK_INT(world_get(&w, POLLING)->status, 503);
    CHECK_INT(world_websocket(&w, WEBSOCKET, NULL)->status, 503);
    check_reply(world_post(&w, query, "1"), 200, "ok");
    CHECK_INT(world_get(&w, POLLING)->status, 200);
    world_finish(&w);
}

TEST(eio_request, of_a_new_client_is_503_while_the_server_closes)
{
    struct world w;

    engine_init(&w, NULL);
    eio_server_close(w.engine);
    CHECK_INT(world_get(&w, POLLING)->status, 503);
    CHECK_INT(world_websocket(&w, WEBSOCKET, NULL)->status, 503);
    world_finish(&w);
}

TEST(eio_request, may_lead_to_a_cookie_and_a_prefixed_sid)
{
    static const struct eio_options options = { .cookie = "io", .sid_prefix = "node1-",
                                                .keep_request = true };
    struct world w;
    struct peer *p;
    char sid[64], want[160];

    engine_init(&w, &options);
    p = world_get(&w, POLLING);
    world_sid(peer_body(p), sid);
    CHECK(strncmp(sid, "node1-", 6) == 0);
    CHECK_INT(strlen(sid), 30);
    (void)snprintf(want, sizeof want, "Set-Cookie: io=%s; Path=/; HttpOnly; SameSite=Lax\n", sid);
    CHECK(strstr(peer_headers(p), want) != NULL);
    CHECK_STR(eio_handshake(eio_find(w.engine, sid))->query, POLLING);
    CHECK_STR(ws_request_header(eio_handshake(eio_find(w.engine, sid)), "host"), "example.com");

    p = world_websocket(&w, WEBSOCKET, NULL);
    world_sid(world_next(p), sid);
    (void)snprintf(want, sizeof want, "Set-Cookie: io=%s; Path=/; HttpOnly; SameSite=Lax\r\n", sid);
    CHECK(strstr(peer_headers(p), want) != NULL);
    world_finish(&w);
}

TEST(eio_request, is_only_for_transports_that_are_spoken)
{
    static const struct eio_options no_polling = { .no_polling = true },
                                    no_websocket = { .no_websocket = true },
                                    no_upgrade = { .no_upgrade = true };
    struct world w;
    char query[128], other[128];

    engine_init(&w, &no_polling);
    check_reply(world_get(&w, POLLING), 400, E0);
    CHECK_INT(world_websocket(&w, WEBSOCKET, NULL)->status, 101);
    world_finish(&w);

    engine_init(&w, &no_websocket);
    CHECK_INT(world_websocket(&w, WEBSOCKET, NULL)->status, 400);
    CHECK(strstr(peer_body(world_get(&w, POLLING)), "\"upgrades\":[],") != NULL);
    world_finish(&w);

    engine_init(&w, &no_upgrade);
    CHECK(strstr(peer_body(world_get(&w, POLLING)), "\"upgrades\":[],") != NULL);
    CHECK_INT(world_websocket(&w, as_websocket(poller(&w, query), other), NULL)->status, 400);
    world_finish(&w);
}

TEST(eio_request, for_a_websocket_has_the_headers_of_the_application)
{
    struct world w;
    struct peer *p;

    world_init(&w, 1);
    world_engine(&w, NULL, &wary);
    p = world_websocket(&w, WEBSOCKET, NULL);
    CHECK_INT(p->status, 101);
    CHECK(strstr(peer_headers(p), "\r\nX-Path: /socket.io/\r\n") != NULL);
    CHECK(strstr(peer_headers(p), "X-Split") == NULL);
    world_finish(&w);
}

TEST(eio_request, of_a_session_keeps_what_the_handshake_lacked)
{
    static const struct eio_options options = { .keep_request = true };
    const struct ws_request *kept;
    char query[128];
    struct world w;

    engine_init(&w, &options);
    w.address = NULL;                           /* as behind a socket of the file system            */
    kept = eio_handshake(session_of(&w, poller(&w, query)));
    CHECK(kept->address == NULL);
    CHECK_STR(kept->query, POLLING);
    CHECK_STR(eio_sid(session_of(&w, query)), strstr(query, "sid=") + 4);
    world_finish(&w);
}
