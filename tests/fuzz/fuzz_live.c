/* fuzz_live.c - the Socket.IO door: three people are logged in by polling, and send events of any kind.
 *
 * The input is packets, each ended by 0x1e: a byte for who sends, then the text, in which "$C", "$O", "$D"
 * and "$P" are ids as in fuzz_rest.c. Nobody hears of a consult he takes no part in; no answer is a server's
 * error. All is rolled back in the end. */
#include "product.h"

#include "eio_packet.h"
#include "sio_packet.h"

enum { PACKETS_MAX = 12, PEOPLE = 3 };

struct caller { char sid[64]; struct buf heard; bool waits; };

static struct sio_server *io;
static struct caller callers[PEOPLE];
static struct caller quiet;                     /* for replies that nobody reads                    */
static uint64_t serial;

static int64_t now_ms(void *loop)
{
    (void)loop;
    return 1000;
}

static void random_bytes(void *loop, void *at, size_t size)
{
    (void)loop;
    for (size_t i = 0; i < size; i++)
        ((unsigned char *)at)[i] = (unsigned char)(serial = serial * 6364136223846793005u + 1) >> 1;
}

static void sha1(struct ws_bytes bytes, unsigned char digest[20])
{
    (void)bytes;
    memset(digest, 1, 20);
}

static void nothing(void *peer)
{
    (void)peer;
}

static void on_reply(void *peer, const struct eio_reply *reply)
{
    struct caller *c = peer;

    c->waits = false;
    for (int i = 0; i < reply->parts_count && c != &quiet; i++)
        assert(buf_add(&c->heard, reply->parts[i].at, reply->parts[i].size) == 0);
    assert(c == &quiet || buf_add_byte(&c->heard, EIO_SEPARATOR) == 0);
}

static const struct eio_host host = { { NULL, now_ms, random_bytes, sha1, nothing, nothing }, on_reply };

static void request(struct caller *who, const char *method, const char *sid, struct ws_bytes body)
{
    static const struct ws_header headers[] = { { "host", "h" }, { 0 } };
    char query[160];
    struct ws_request head = { .method = method, .path = "/socket.io/", .query = query,
                               .address = "192.0.2.7", .headers = headers };
    struct eio_request *r;

    (void)snprintf(query, sizeof query, "EIO=4&transport=polling%s%s", *sid != '\0' ? "&sid=" : "", sid);
    who->waits = true;
    r = eio_begin(sio_engine(io), &head, who);
    if (r != NULL && body.size > 0)
        eio_body(r, body);
    if (r != NULL)
        eio_end(r);
}

static void turn(void)
{
    do {
        (void)eio_server_tick(sio_engine(io));
        work();
    } while (pending != NULL);
    (void)eio_server_tick(sio_engine(io));
}

/* Packet by packet. The refusal of a namespace repeats its name: his own words. */
static bool tells_of(const struct caller *c, const char *id)
{
    const char *at = (const char *)c->heard.at, *end = at + c->heard.size, *next;

    for (; at < end; at = next + 1) {
        next = memchr(at, '\x1e', (size_t)(end - at));
        next = next != NULL ? next : end;
        if ((next - at < 3 || memcmp(at, "44/", 3) != 0) &&
            memmem(at, (size_t)(next - at), id, strlen(id)) != NULL)
            return true;
    }
    return false;
}

/* What he has heard may be read by him. */
static void check_heard(const struct caller *c, size_t who)
{
    const char *const ids[] = { desk.consult, desk.other };
    static const bool may[PEOPLE][2] = { { true, false }, { true, true }, { false, true } };

    for (size_t i = 0; i < 2; i++)
        assert(may[who][i] || !tells_of(c, ids[i]));
    assert(c->heard.size == 0 || memmem(c->heard.at, c->heard.size, "\"internal\"", 10) == NULL);
}

static void hear_all(void)
{
    for (size_t i = 0; i < PEOPLE; i++) {
        struct caller *c = &callers[i];

        if (!c->waits)                          /* a second one would end the session               */
            request(c, "GET", c->sid, (struct ws_bytes){ NULL, 0 });
        (void)eio_server_tick(sio_engine(io));
        check_heard(c, i);
        buf_clear(&c->heard);
    }
}

static void log_in(size_t who)
{
    struct caller *c = &callers[who];
    const char *sid;
    char packet[4200];

    *c = (struct caller){ .waits = false };
    buf_init(&c->heard, BUF_NO_LIMIT);
    request(c, "GET", "", (struct ws_bytes){ NULL, 0 });
    sid = memmem(c->heard.at, c->heard.size, "\"sid\":\"", 7);
    assert(sid != NULL);
    memcpy(c->sid, sid + 7, 24);
    (void)snprintf(packet, sizeof packet, "40{\"token\":\"%s\"}", tokens[who]);
    request(&quiet, "POST", c->sid, (struct ws_bytes){ packet, strlen(packet) });
    turn();
    buf_clear(&c->heard);
}

static void start(void)
{
    struct sio_namespace *root;

    prepare();
    serial = 7;
    io = sio_server_new(NULL, api_session_handlers(), &host, desk.api);
    assert(io != NULL);
    root = sio_namespace_add(io, "/", api_live_handlers(desk.api));
    assert(root != NULL);
    api_live_set(desk.api, root);
    for (size_t i = 0; i < PEOPLE; i++)
        log_in(i);
}

/* Whoever leaves is told to presence, whose deadlines nobody waits for. */
static void finish(void)
{
    eio_server_close(sio_engine(io));
    turn();
    sio_server_free(io);
    api_live_set(desk.api, NULL);
    (void)uv_run(&desk.w.loop, UV_RUN_NOWAIT);
    for (size_t i = 0; i < PEOPLE; i++)
        buf_finish(&callers[i].heard);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[TEXT_MAX];
    struct input in = { data, size };

    prepare();
    assert(db_script(desk.s.db, "BEGIN IMMEDIATE") == 0);
    start();
    for (int i = 0; i < PACKETS_MAX && in.left > 1; i++) {
        struct caller *c = &callers[take_byte(&in) % PEOPLE];
        const uint8_t *end = memchr(in.at, 0x1e, in.left);
        size_t used = fill_in(take(&in, end != NULL ? (size_t)(end - in.at) : in.left), text);

        (void)take_byte(&in);
        request(&quiet, "POST", c->sid, (struct ws_bytes){ text, used });
        turn();
        hear_all();
    }
    finish();
    assert(db_script(desk.s.db, "ROLLBACK") == 0);
    return 0;
}
