/* own_loop.c - the library without libuv: a WebSocket echo on poll(2), with libsocketio and a SHA-1. Its one
 * connection is descriptor 0: systemd-socket-activate --inetd --accept -l 3005 build/examples/own_loop */
#include <openssl/sha.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "head.h"
#include "program.h"
#include "websocket.h"

enum { SOCKET = 0, PARTS_MAX = 16 };

struct peer { struct ws_conn *ws; bool ended; size_t size; char bytes[16384]; };

/* What the library asks of a loop. These run inside our calls of the library, so they only mark. */

static int64_t now_ms(void *loop)
{
    struct timespec now;

    (void)loop;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void fill_random(void *loop, void *at, size_t size)
{
    (void)loop;
    (void)!getrandom(at, size, 0);              /* up to 256 bytes come whole                       */
}

static void sha1(struct ws_bytes bytes, unsigned char digest[20])
{
    SHA1(bytes.at, bytes.size, digest);
}

static void wake(void *peer)
{
    (void)peer;                                 /* each turn asks for output anyway                 */
}

static void end(void *peer)
{
    ((struct peer *)peer)->ended = true;
}

static const struct ws_host host = { NULL, now_ms, fill_random, sha1, wake, end };

static void on_message(struct ws_conn *c, enum ws_type type, struct ws_bytes bytes)
{
    (void)ws_send(c, type, bytes);
}

/* A head, and then frames; what came right behind the head is frames already. */
static void read_from(struct ws_server *server, struct peer *p)
{
    ssize_t got = read(SOCKET, p->bytes + p->size, sizeof p->bytes - p->size);
    char *behind, *stop = p->bytes + p->size + (got > 0 ? got : 0);
    struct head head;

    if (got <= 0)
        p->ended = true;                        /* also: a head larger than our buffer              */
    else if (p->ws != NULL)
        (void)ws_receive(p->ws, p->bytes, (size_t)got);
    if (p->ended || p->ws != NULL)
        return;
    p->size = (size_t)(stop - p->bytes);
    behind = memmem(p->bytes, p->size, "\r\n\r\n", 4);
    if (behind == NULL)
        return;
    *behind = '\0';
    p->size = 0;
    p->ws = head_read(p->bytes, &head) == 0 ? ws_open(server, &head.request, p) : NULL;
    p->ended = p->ws == NULL;
    if (!p->ended && stop > behind + 4)
        (void)ws_receive(p->ws, behind + 4, (size_t)(stop - behind - 4));
}

/* Writes what there is; true: there is more than the socket takes now. */
static bool write_to(struct peer *p)
{
    struct ws_bytes parts[PARTS_MAX];
    struct iovec out[PARTS_MAX];

    for (int count; p->ws != NULL && (count = ws_output(p->ws, parts, PARTS_MAX)) > 0;) {
        for (int i = 0; i < count; i++)
            out[i] = (struct iovec){ (void *)parts[i].at, parts[i].size };
        ssize_t sent = sendmsg(SOCKET, &(struct msghdr){ .msg_iov = out, .msg_iovlen = (size_t)count },
                               MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0)
            return true;                        /* if it is broken, poll() says so                  */
        ws_sent(p->ws, (size_t)sent);
    }
    return false;
}

int main(void)
{
    static const struct ws_handlers handlers = { .on_message = on_message };
    static struct peer p;
    struct ws_server *server = must_have(ws_server_new(NULL, &handlers, &host, NULL));

    while (!p.ended) {
        int sleep_ms = (int)ws_server_tick(server);
        bool full = write_to(&p);
        struct pollfd wait = { SOCKET, full ? POLLIN | POLLOUT : POLLIN, 0 };

        if (!p.ended && poll(&wait, 1, sleep_ms) > 0 && (wait.revents & ~POLLOUT) != 0)
            read_from(server, &p);
    }
    if (p.ws != NULL)
        ws_lost(p.ws);
    ws_server_free(server);
    return 0;
}
