/* wire.c - blocking where it waits, not where it collects. */
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { PATIENCE_S = 20, CLOSE = 8 };

void fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)fputs("load: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputs("\n", stderr);
    va_end(args);
    exit(1);
}

struct text text_make(const char *format, ...)
{
    char *at = malloc(WIRE_MAX);
    va_list args;
    int size;

    if (at == NULL)
        fail("no memory");
    va_start(args, format);
    size = vsnprintf(at, WIRE_MAX, format, args);
    va_end(args);
    if (size < 0 || size >= WIRE_MAX)
        fail("a message of more than %d bytes", WIRE_MAX);
    return (struct text){ at, (size_t)size };
}

struct text frame_make(int opcode, struct text payload)
{
    static const char mask[4] = { 0x37, (char)0xfa, 0x21, 0x3d };
    struct text frame = { malloc(payload.size + 9), 0 };
    char *to = frame.at;

    if (to == NULL)
        fail("no memory");
    *to++ = (char)(0x80 | opcode);
    if (payload.size < 126) {
        *to++ = (char)(0x80 | payload.size);
    } else {
        *to++ = (char)(0x80 | 126);
        *to++ = (char)(payload.size >> 8);
        *to++ = (char)payload.size;
    }
    memcpy(to, mask, sizeof mask);
    to += sizeof mask;
    for (size_t i = 0; i < payload.size; i++)
        *to++ = payload.at[i] ^ mask[i & 3];
    frame.size = (size_t)(to - frame.at);
    *to = '\0';
    free(payload.at);
    return frame;
}

/* Life. */

void wire_open(struct wire *w, int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval patience = { .tv_sec = PATIENCE_S };
    int yes = 1;

    w->size = 0;
    w->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (w->fd < 0 || connect(w->fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail("no connection to port %d: %s", port, strerror(errno));
    (void)setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    (void)setsockopt(w->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

void wire_close(struct wire *w)
{
    (void)close(w->fd);
}

void wire_send(const struct wire *w, const char *at, size_t size)
{
    ssize_t sent = send(w->fd, at, size, MSG_NOSIGNAL);

    if (sent != (ssize_t)size)
        fail("sent %zd of %zu bytes: %s", sent, size, strerror(errno));
}

void wire_text(const struct wire *w, const char *text)
{
    struct text frame = frame_make(1, text_make("%s", text));

    wire_send(w, frame.at, frame.size);
    free(frame.at);
}

/* Reading. */

static void receive(struct wire *w, int flags)
{
    ssize_t got = recv(w->fd, w->in + w->size, sizeof w->in - w->size, flags);

    if (got <= 0)
        fail("the server %s", got == 0 ? "closed the connection" : strerror(errno));
    w->size += (size_t)got;
}

void wire_drop(struct wire *w, size_t whole)
{
    w->size -= whole;
    memmove(w->in, w->in + whole, w->size);
}

static bool next_answer(struct wire *w, struct text *ret_message, size_t *ret_whole)
{
    static const char name[] = "content-length:";
    char *end = memmem(w->in, w->size, "\r\n\r\n", 4), *length = NULL;
    size_t head, size;

    if (end == NULL)
        return false;
    if (memcmp(w->in, "HTTP/1.1 200", 12) != 0)
        fail("answered with %.*s", (int)w->size, w->in);
    for (char *line = w->in; line < end && length == NULL; line = (char *)memchr(line, '\n', w->size) + 1)
        if (strncasecmp(line, name, sizeof name - 1) == 0)
            length = line + sizeof name - 1;
    if (length == NULL)
        fail("an answer without Content-Length");
    head = (size_t)(end - w->in) + 4;
    size = strtoul(length, NULL, 10);
    if (w->size < head + size)
        return false;
    *ret_message = (struct text){ w->in + head, size };
    *ret_whole = head + size;
    return true;
}

bool wire_next(struct wire *w, struct text *ret_message, size_t *ret_whole)
{
    const unsigned char *at = (unsigned char *)w->in;
    size_t head = 2, size;

    if (w->http)
        return next_answer(w, ret_message, ret_whole);
    if (w->size < 4)
        return false;
    size = at[1] & 127;
    if (size == 126) {
        size = (size_t)(at[2] << 8 | at[3]);
        head = 4;
    }
    if (w->size < head + size)
        return false;
    if (at[0] != 0x81 && at[0] != (0x80 | CLOSE))
        fail("a frame that begins with %02x", at[0]);
    *ret_message = (struct text){ w->in + head, size };
    *ret_whole = head + size;
    return true;
}

static bool is_ping(const struct text *message)
{
    return message->size == 1 && *message->at == '2';
}

int wire_collect(struct wire *w)
{
    struct text message;
    size_t whole;
    int count = 0;

    receive(w, MSG_DONTWAIT);
    for (; wire_next(w, &message, &whole); wire_drop(w, whole)) {
        if (is_ping(&message) && !w->http) {
            wire_text(w, "3");
            continue;
        }
        if (message.size != w->want.size || memcmp(message.at, w->want.at, message.size) != 0)
            fail("got `%.*s` instead of `%s`", (int)message.size, message.at, w->want.at);
        count++;
    }
    return count;
}

struct text wire_await(struct wire *w, const char *beginning)
{
    struct text message, copy;
    size_t whole;

    while (!wire_next(w, &message, &whole))
        receive(w, 0);
    copy = text_make("%.*s", (int)message.size, message.at);
    if (strncmp(copy.at, beginning, strlen(beginning)) != 0)
        fail("got `%s` instead of `%s`", copy.at, beginning);
    wire_drop(w, whole);
    return copy;
}

void wire_await_end(struct wire *w)
{
    char more;
    ssize_t got = recv(w->fd, &more, 1, 0);

    if (got != 0 || w->size != 0)
        fail("the server does not close: %s", got < 0 ? strerror(errno) : "it goes on sending");
}

void wire_head(struct wire *w)
{
    char *end;

    while ((end = memmem(w->in, w->size, "\r\n\r\n", 4)) == NULL)
        receive(w, 0);
    if (memcmp(w->in, "HTTP/1.1 101", 12) != 0)
        fail("answered with %.*s", (int)w->size, w->in);
    wire_drop(w, (size_t)(end - w->in) + 4);
}
