/* floor.c - the least a WebSocket server on libuv can do: accept, receive, unmask, copy, send. No limits, no
 * checks, no time-outs; every answer of the same size as the real one. What the others cost above it is
 * theirs. The first letter of the path says what it does with a message:
 *
 *   /echo  back to the sender           /relay  to the other one of the pair    /all  to everybody else
 *   /join  a fixed answer               /poll   Engine.IO's two requests: POST puts a message into the GET */
#include <assert.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { READ_MAX = 65536, SESSIONS_MAX = 4096, FRAME_HEAD_MAX = 4 };

struct peer {
    uv_tcp_t     tcp;
    char         mode;                          /* of its path; 0: no head came yet                 */
    struct peer *next, *other;                  /* all of /all; the pair                            */
};

static struct {
    char         read[READ_MAX];
    char         write[READ_MAX + FRAME_HEAD_MAX];
    struct peer *all, *alone;                   /* alone waits for the other one of its pair        */
    struct peer *polls[SESSIONS_MAX];           /* GETs that wait, by session                       */
} floor_;

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

static void leave(struct peer *p)
{
    struct peer **at = &floor_.all;

    while (p->mode == 'a' && *at != p)
        at = &(*at)->next;
    if (p->mode == 'a')
        *at = p->next;
    if (floor_.alone == p)
        floor_.alone = NULL;
    if (p->other != NULL)
        p->other->other = NULL;
    uv_close((uv_handle_t *)&p->tcp, on_closed);
}

static void put(struct peer *to, const char *at, size_t size)
{
    uv_buf_t buf = uv_buf_init((char *)(uintptr_t)at, (unsigned)size);
    int sent = uv_try_write((uv_stream_t *)&to->tcp, &buf, 1);

    assert(sent == (int)size || sent == UV_EPIPE || sent == UV_ECONNRESET);  /* its peers read all  */
    (void)sent;
}

/* Frames. */

/* A text frame of `size` bytes, whose payload is at the returned place. */
static char *frame(unsigned char opcode, size_t size, size_t *ret_whole)
{
    char *to = floor_.write;

    *to++ = (char)(0x80 | opcode);
    if (size < 126) {
        *to++ = (char)size;
    } else {
        *to++ = 126;
        *to++ = (char)(size >> 8);
        *to++ = (char)size;
    }
    *ret_whole = (size_t)(to - floor_.write) + size;
    return to;
}

static void unmask(char *to, const char *at, size_t size, const char *mask)
{
    char eight[8];
    uint64_t wide, word;
    size_t i = 0;

    memcpy(eight, mask, 4);
    memcpy(eight + 4, mask, 4);
    memcpy(&wide, eight, sizeof wide);
    for (; i + sizeof word <= size; i += sizeof word) {
        memcpy(&word, at + i, sizeof word);
        word ^= wide;
        memcpy(to + i, &word, sizeof word);
    }
    for (; i < size; i++)
        to[i] = at[i] ^ mask[i & 3];
}

static void receive(struct peer *p, unsigned char opcode, const char *at, size_t size, const char *mask)
{
    static const char joined[] = "40{\"sid\":\"aaaaaaaaaaaaaaaaaaaa\"}..42[\"auth\",{}]";
    size_t whole;

    if (p->mode == 'j' && opcode == 1)
        memcpy(frame(1, sizeof joined - 1, &whole), joined, sizeof joined - 1);
    else
        unmask(frame(opcode, size, &whole), at, size, mask);
    if (p->mode == 'a')
        for (struct peer *to = floor_.all; to != NULL; to = to->next) {
            if (to != p)
                put(to, floor_.write, whole);
        }
    else if (p->mode == 'r')
        put(p->other, floor_.write, whole);
    else
        put(p, floor_.write, whole);
    if (opcode == 8)
        leave(p);
}

static void take_frames(struct peer *p, const char *at, size_t size)
{
    while (size > 0) {
        size_t head = 2, length = (unsigned char)at[1] & 127;
        unsigned char opcode = at[0] & 15;

        if (length == 126) {
            length = (size_t)((unsigned char)at[2] << 8 | (unsigned char)at[3]);
            head = 4;
        }
        assert(size >= head + 4 + length);      /* one message is on its way at a time: it is whole */
        receive(p, opcode, at + head + 4, length, at + head);
        at += head + 4 + length;
        size -= head + 4 + length;
    }
}

/* Handshakes and polls. */

static void accept_key(const char *key, char *to)
{
    char text[24 + 36 + 1];
    unsigned char digest[SHA_DIGEST_LENGTH];

    (void)snprintf(text, sizeof text, "%.24s%s", key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    (void)SHA1((unsigned char *)text, strlen(text), digest);
    (void)EVP_EncodeBlock((unsigned char *)to, digest, sizeof digest);
}

static void begin(struct peer *p, const char *key)
{
    static const char open[] = "0{\"sid\":\"aaaaaaaaaaaaaaaaaaaaaaaa\",\"upgrades\":[],"
                               "\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}";
    char accepted[32], answer[512];
    int size;

    accept_key(key, accepted);
    size = snprintf(answer, sizeof answer, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n%c%c%s", accepted, 0x81,
                    (int)sizeof open - 1, open);
    put(p, answer, (size_t)size);
    if (p->mode == 'a') {
        p->next = floor_.all;
        floor_.all = p;
    } else if (p->mode == 'r' && floor_.alone == NULL) {
        floor_.alone = p;
    } else if (p->mode == 'r') {
        p->other = floor_.alone;
        p->other->other = p;
        floor_.alone = NULL;
    }
}

static void answer(struct peer *p, const char *body, size_t size)
{
    int head = snprintf(floor_.write, sizeof floor_.write, "HTTP/1.1 200 OK\r\n"
                        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nCache-Control: no-store\r\n"
                        "Content-Type: text/plain; charset=UTF-8\r\nAccess-Control-Allow-Origin: *\r\n"
                        "Content-Length: %zu\r\n\r\n", size);

    memcpy(floor_.write + head, body, size);
    put(p, floor_.write, (size_t)head + size);
}

static void poll(struct peer *p, bool is_get, unsigned session, const char *body, size_t size)
{
    assert(session < SESSIONS_MAX);
    if (is_get) {
        floor_.polls[session] = p;
        return;
    }
    answer(p, "ok", 2);
    assert(floor_.polls[session] != NULL);      /* the generator sends the GET first                */
    answer(floor_.polls[session], body, size);
}

static void take_head(struct peer *p, char *at, size_t size)
{
    bool is_get = at[0] == 'G';
    const char *path = strchr(at, '/'), *key, *body, *session;

    at[size] = '\0';
    body = strstr(at, "\r\n\r\n");
    assert(path != NULL && body != NULL);
    if (path[1] == 'p') {
        session = strstr(path, "sid=");
        assert(session != NULL);
        poll(p, is_get, (unsigned)strtoul(session + 4, NULL, 10), body + 4, (size_t)(at + size - body) - 4);
        return;
    }
    p->mode = path[1];
    key = strstr(at, "Sec-WebSocket-Key: ");
    assert(key != NULL);
    begin(p, key + strlen("Sec-WebSocket-Key: "));
}

/* The loop. */

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
    (void)handle;
    (void)wanted;
    *buf = uv_buf_init(floor_.read, sizeof floor_.read - 1);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buf)
{
    struct peer *p = (struct peer *)stream;

    if (size < 0) {
        if (!uv_is_closing((uv_handle_t *)stream))
            leave(p);
    } else if (size > 0 && p->mode == 0)
        take_head(p, buf->base, (size_t)size);
    else if (size > 0)
        take_frames(p, buf->base, (size_t)size);
}

static void on_connection(uv_stream_t *server, int status)
{
    struct peer *p = calloc(1, sizeof *p);

    if (p == NULL || status < 0)
        abort();
    (void)uv_tcp_init(server->loop, &p->tcp);
    if (uv_accept(server, (uv_stream_t *)&p->tcp) < 0)
        abort();
    (void)uv_tcp_nodelay(&p->tcp, 1);
    (void)uv_read_start((uv_stream_t *)&p->tcp, on_alloc, on_read);
}

int main(int argc, char **argv)
{
    struct sockaddr_in address;
    uv_tcp_t server;

    if (argc != 2 || uv_ip4_addr("127.0.0.1", (int)strtol(argv[1], NULL, 10), &address) != 0)
        return 2;
    (void)uv_tcp_init(uv_default_loop(), &server);
    if (uv_tcp_bind(&server, (struct sockaddr *)&address, 0) < 0
        || uv_listen((uv_stream_t *)&server, 511, on_connection) < 0)
        return 1;
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
