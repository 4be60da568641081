/* eio_query.c - application/x-www-form-urlencoded, as far as Engine.IO needs it. */
#include "eio_query.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One character, decoded; moves behind it. */
static char take_character(const char **at, const char *end)
{
    const char *c = *at;

    if (*c == '%' && end - c > 2 && hex_value(c[1]) >= 0 && hex_value(c[2]) >= 0) {
        *at += 3;
        return (char)(hex_value(c[1]) << 4 | hex_value(c[2]));
    }
    *at += 1;
    return *c == '+' ? ' ' : *c;
}

/* "?" for what does not fit or holds a NUL: it is equal to nothing anybody looks for. */
static void decode(const char *at, const char *end, char *to, size_t size)
{
    size_t used = 0, left = (size_t)(end - at);

    if (left < size && memchr(at, '%', left) == NULL && memchr(at, '+', left) == NULL) {
        memcpy(to, at, left);                   /* the usual one stands for itself                  */
        to[left] = '\0';
        return;
    }
    while (at < end) {
        char c = take_character(&at, end);

        if (c == '\0' || used + 1 >= size) {
            memcpy(to, "?", 2);
            return;
        }
        to[used++] = c;
    }
    to[used] = '\0';
}

static void note(struct eio_query *q, const char *at, const char *end)
{
    static const struct { const char *name; size_t offset, size; } fields[] = {
        { "transport", offsetof(struct eio_query, transport), sizeof q->transport },
        { "sid",       offsetof(struct eio_query, sid),       sizeof q->sid },
        { "EIO",       offsetof(struct eio_query, revision),  sizeof q->revision },
    };
    const char *equal = memchr(at, '=', (size_t)(end - at));
    char name[16];

    decode(at, equal != NULL ? equal : end, name, sizeof name);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (*name == *fields[i].name && strcmp(name, fields[i].name) == 0)
            decode(equal != NULL ? equal + 1 : end, end, (char *)q + fields[i].offset, fields[i].size);
}

void eio_query_read(const char *query, struct eio_query *ret_query)
{
    const char *end;

    *ret_query = (struct eio_query){ "", "", "" };
    for (const char *at = query; at != NULL && *at != '\0'; at = *end == '\0' ? end : end + 1) {
        end = strchrnul(at, '&');
        note(ret_query, at, end);
    }
}
