/* sio_held.c - copies packets and keeps them in order. */
#include "sio_held.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { HELD_BYTES_MAX = 1 << 16, HELD_COUNT_MAX = 100 };        /* of one who is not known yet      */

/* Copies a slice to *to and moves behind it. */
static struct ws_bytes put(unsigned char **to, struct ws_bytes slice)
{
    unsigned char *at = *to;

    if (slice.size > 0)
        memcpy(at, slice.at, slice.size);
    *to += slice.size;
    return (struct ws_bytes){ at, slice.size };
}

int sio_held_add(struct sio_socket *s, const struct sio_packet *packet)
{
    const struct sio_args *args = &packet->args;
    size_t count = (size_t)args->binary_count, size = packet->name.size + args->text.size;
    struct sio_held *held;
    unsigned char *to;

    for (size_t i = 0; i < count; i++)
        size += args->binary[i].size;
    if (s->held_count == HELD_COUNT_MAX || size > HELD_BYTES_MAX - s->held_size)
        return -EMSGSIZE;
    held = malloc(sizeof *held + count * sizeof *held->binary + size);
    if (held == NULL)
        return -ENOMEM;

    *held = (struct sio_held){ .size = size, .packet = *packet };
    to = (unsigned char *)(held->binary + count);
    held->packet.namespace = (struct ws_bytes){ "", 0 };        /* the socket knows                 */
    held->packet.name = put(&to, packet->name);
    held->packet.args.text = put(&to, args->text);
    for (size_t i = 0; i < count; i++)
        held->binary[i] = put(&to, args->binary[i]);
    held->packet.args.binary = held->binary;
    list_push(&s->held, &held->in_socket);
    s->held_size += size;
    s->held_count++;
    return 0;
}

struct sio_held *sio_held_shift(struct sio_socket *s)
{
    struct list_link *at = list_shift(&s->held);
    struct sio_held *held = at == NULL ? NULL : CONTAINER_OF(at, struct sio_held, in_socket);

    if (held != NULL) {
        s->held_size -= held->size;
        s->held_count--;
    }
    return held;
}

void sio_held_drop(struct sio_socket *s)
{
    struct sio_held *held;

    while ((held = sio_held_shift(s)) != NULL)
        free(held);
}
