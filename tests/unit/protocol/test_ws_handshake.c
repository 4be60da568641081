#include "ws_handshake.h"

#include "ws_conn.h"
#include "ws_fixture.h"

#define KEY { "sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==" }
#define VERSION { "sec-websocket-version", "13" }
#define UPGRADE { "upgrade", "websocket" }, { "connection", "Upgrade" }
#define EXTENSIONS(value) { "sec-websocket-extensions", value }
#define HOST { "host", "example.com" }

static const struct { int want; const char *method; struct ws_header headers[8]; } handshakes[] = {
    { 101, "GET", { HOST, UPGRADE, KEY, VERSION } },
    { 101, "GET", { HOST, { "upgrade", "h2c, WebSocket" }, { "connection", "a" },
                    { "connection", "b ,uPGRADE" }, KEY, VERSION } },
    { 400, "POST", { HOST, UPGRADE, KEY, VERSION } },
    { 400, "get", { HOST, UPGRADE, KEY, VERSION } },
    { 400, "GET", { UPGRADE, KEY, VERSION } },
    { 400, "GET", { HOST, HOST, UPGRADE, KEY, VERSION } },
    { 426, "GET", { HOST } },
    { 426, "GET", { HOST, { "upgrade", "websockets" }, { "connection", "upgrade" }, KEY, VERSION } },
    { 400, "GET", { HOST, { "upgrade", "websocket" }, KEY, VERSION } },
    { 400, "GET", { HOST, { "upgrade", "websocket" }, { "connection", "upgraded" }, KEY, VERSION } },
    { 400, "GET", { HOST, UPGRADE, VERSION } },
    { 400, "GET", { HOST, UPGRADE, KEY, KEY, VERSION } },
    { 400, "GET", { HOST, UPGRADE, { "sec-websocket-key", "" }, VERSION } },
    { 400, "GET", { HOST, UPGRADE, { "sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ" }, VERSION } },
    { 400, "GET", { HOST, UPGRADE, { "sec-websocket-key", "dGhlIHNhbXBsZSBub25jZXM=" }, VERSION } },
    { 400, "GET", { HOST, UPGRADE, { "sec-websocket-key", "dGhlIHNhbXBsZSBub25jZ!==" }, VERSION } },
    { 400, "GET", { HOST, UPGRADE, { "sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==AAAA" }, VERSION } },
    { 426, "GET", { HOST, UPGRADE, KEY } },
    { 426, "GET", { HOST, UPGRADE, KEY, { "sec-websocket-version", "8" } } },
    { 426, "GET", { HOST, UPGRADE, KEY, { "sec-websocket-version", "013" } } },
    { 426, "GET", { HOST, UPGRADE, KEY, { "sec-websocket-version", "13, 8" } } },
    { 426, "GET", { HOST, UPGRADE, KEY, VERSION, VERSION } },
    { 101, "GET", { HOST, UPGRADE, KEY, VERSION, EXTENSIONS("a, b;c;d=e ; f = \"g\",, ") } },
    { 101, "GET", { HOST, UPGRADE, KEY, VERSION, EXTENSIONS("") } },
    { 400, "GET", { HOST, UPGRADE, KEY, VERSION, EXTENSIONS("a"), EXTENSIONS("a;") } },
    { 400, "GET", { HOST, UPGRADE, KEY, VERSION, EXTENSIONS("a b") } },
    { 400, "GET", { HOST, UPGRADE, KEY, VERSION, EXTENSIONS("a=b") } },
    { 400, "GET", { HOST, UPGRADE, KEY, VERSION, EXTENSIONS("a;b=") } },
    { 400, "GET", { HOST, UPGRADE, KEY, VERSION, EXTENSIONS("a;=b") } },
    { 400, "GET", { HOST, UPGRADE, KEY, VERSION, EXTENSIONS("a;b=\"c") } },
    { 400, "GET", { HOST, UPGRADE, KEY, VERSION, EXTENSIONS("a;b=\"c,d\"") } },
    { 403, "GET", { HOST, UPGRADE, KEY, VERSION, { "origin", "https://evil.example" } } },
};

TEST(ws_handshake, checks_every_field_of_section_4_2_1)
{
    struct ws_options options = { 0 };

    for (size_t i = 0; i < sizeof handshakes / sizeof handshakes[0]; i++) {
        struct ws_request r = request_of(handshakes[i].headers);

        r.method = handshakes[i].method;
        CHECK_INT(ws_handshake_check(&options, &r), handshakes[i].want);
    }
}

static const char *const listed[] = { "https://clinic.example", "http://localhost:5173", NULL };
static const char *const anybody[] = { "*", NULL };
static const char *const nobody[] = { NULL };

static const struct origin_row {
    const char *const *allowed;
    const char *host, *origin;
    bool secure, want;
} origins[] = {
    { NULL, "example.com", "http://example.com", false, true },
    { NULL, "example.com", "https://example.com", true, true },
    { NULL, "example.com", "https://example.com", false, true },      /* TLS ended at a proxy */
    { NULL, "example.com", "http://example.com", true, false },       /* forged by somebody on the way */
    { NULL, "EXAMPLE.com", "http://example.com", false, true },
    { NULL, "example.com:80", "http://example.com", false, true },
    { NULL, "example.com:443", "https://example.com", true, true },
    { NULL, "example.com:8080", "http://example.com:8080", false, true },
    { NULL, "example.com:8080", "http://example.com", false, false },
    { NULL, "example.com", "http://example.com:8080", false, false },
    { NULL, "[::1]:8080", "http://[::1]:8080", false, true },
    { NULL, "[::1]:8080", "http://[::1]:8081", false, false },
    { NULL, "example.com", "http://evil.example", false, false },
    { NULL, "example.com", "http://example.com.evil", false, false },
    { NULL, "example.com", "http://evilexample.com", false, false },
    { NULL, "example.com", "http://evil@example.com", false, false },
    { NULL, "example.com", "null", false, false },
    { NULL, "example.com", "", false, false },
    { NULL, "example.com", "example.com", false, false },
    { NULL, "example.com", "ftp://example.com", false, false },
    { NULL, "", "http://", false, false },
    { listed, "api.example", "https://clinic.example", false, true },
    { listed, "api.example", "http://localhost:5173", false, true },
    { listed, "api.example", "https://api.example", false, false },   /* a list is the whole list */
    { listed, "api.example", "https://clinic.example.evil", false, false },
    { listed, "api.example", "null", false, false },
    { anybody, "example.com", "https://evil.example", false, true },
    { anybody, "example.com", "null", false, true },
    { nobody, "example.com", "http://example.com", false, false },
    { nobody, "example.com", NULL, false, true },
    { NULL, "example.com", NULL, false, true },
};

TEST(ws_handshake, lets_in_pages_of_allowed_origins_only)
{
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        struct ws_options options = { .origins = origins[i].allowed };
        struct ws_header headers[] = { { "host", origins[i].host }, { "origin", origins[i].origin }, { 0 } };
        struct ws_request r = request_of(headers);

        r.secure = origins[i].secure;
        if (origins[i].origin == NULL)
            headers[1] = (struct ws_header){ 0 };
        if (ws_origin_allowed(&options, &r) != origins[i].want)
            fail_msg("row %zu: host %s, origin %s", i, origins[i].host, origins[i].origin);
    }
}

TEST(ws_handshake, refuses_two_origins)
{
    static const struct ws_header headers[] = { HOST, { "origin", "http://example.com" },
                                                { "origin", "http://example.com" }, { 0 } };
    struct ws_options options = { 0 };
    struct ws_request r = request_of(headers);

    CHECK(!ws_origin_allowed(&options, &r));
}

static const char *const spoken[] = { "chat.v2", "chat", NULL };
static const struct { const char *offer, *want; } offers[] = {
    { "chat", "chat" }, { "chat, chat.v2", "chat.v2" }, { " \tx ,chat\t", "chat" }, { ",,chat,", "chat" },
    { "Chat", NULL }, { "chatty", NULL }, { "", NULL }, { " , ", NULL }, { "constructor", NULL },
};

TEST(ws_handshake, chooses_the_best_protocol_both_speak)
{
    for (size_t i = 0; i < sizeof offers / sizeof offers[0]; i++) {
        const struct ws_header headers[] = { { "sec-websocket-protocol", offers[i].offer }, { 0 } };
        struct ws_request r = request_of(headers);
        const char *got = ws_handshake_protocol(spoken, &r);

        CHECK((got == NULL) == (offers[i].want == NULL));
        if (got != NULL)
            CHECK_STR(got, offers[i].want);
        CHECK(ws_handshake_protocol(NULL, &r) == NULL);
    }
}

TEST(ws_handshake, reads_offers_of_many_rows)
{
    static const struct ws_header headers[] = { { "sec-websocket-protocol", "" }, { "x", "chat.v2" },
                                                { "sec-websocket-protocol", "a" },
                                                { "sec-websocket-protocol", "b, chat" }, { 0 } };
    struct ws_request r = request_of(headers);

    CHECK_STR(ws_handshake_protocol(spoken, &r), "chat");
}

/* CVE-2021-32640: with a quadratic walk this takes minutes. */
TEST(ws_handshake, walks_a_megabyte_of_blanks_at_once)
{
    enum { SIZE = 1 << 20 };
    char *value = malloc(SIZE + 3);
    struct ws_header headers[] = { { "sec-websocket-protocol", value }, { 0 } };
    struct ws_request r = request_of(headers);

    CHECK(value != NULL);
    memset(value, ' ', SIZE);
    value[0] = 'b';
    memcpy(value + SIZE, "x", 2);
    CHECK(ws_handshake_protocol(spoken, &r) == NULL);
    free(value);
}

TEST(ws_handshake, answers_the_key_of_the_rfc)
{
    struct ws_request r = request_of(good_headers);
    struct ws_answer answer = { .protocol = "chat", .lines = "X-A: b\r\n", .sha1 = world_sha1 };
    static const char want[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                               "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                               "Sec-WebSocket-Protocol: chat\r\nX-A: b\r\n\r\n";
    struct buf b;

    buf_init(&b, 4096);
    CHECK_INT(ws_handshake_accept(&b, &r, &answer), 0);
    CHECK_INT(b.size, sizeof want - 1);
    CHECK_MEM(b.at, want, sizeof want - 1);
    buf_finish(&b);
}

TEST(ws_handshake, refuses_in_http)
{
    static const char plain[] = "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nX: y\r\n"
                                "Content-Length: 2\r\n\r\nno";
    static const char version[] = "HTTP/1.1 426 Upgrade Required\r\nConnection: close, Upgrade\r\n"
                                  "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                  "Content-Length: 0\r\n\r\n";
    struct buf b;

    buf_init(&b, 4096);
    CHECK_INT(ws_handshake_refuse(&b, 403, "X: y\r\n", WS_LITERAL("no")), 0);
    CHECK_INT(b.size, sizeof plain - 1);
    CHECK_MEM(b.at, plain, b.size);
    buf_clear(&b);
    CHECK_INT(ws_handshake_refuse(&b, 426, NULL, WS_LITERAL("")), 0);
    CHECK_INT(b.size, sizeof version - 1);
    CHECK_MEM(b.at, version, b.size);
    buf_finish(&b);
}
