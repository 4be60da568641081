/* eio_packet.c - Engine.IO v4 packets and payloads. */
#include "eio_packet.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base64.h"
#include "buf.h"

int eio_packet_decode(char *at, size_t size, struct eio_packet *ret_packet)
{
    struct eio_packet packet = { .kind = WS_TEXT };
    size_t decoded;

    if (size == 0)
        return -EPROTO;
    if (at[0] == EIO_BASE64) {
        if (base64_decode(at + 1, size - 1, at, &decoded) != 0)
            return -EPROTO;
        *ret_packet = (struct eio_packet){ EIO_MESSAGE, WS_BINARY, { at, decoded } };
        return 0;
    }
    if (at[0] < EIO_OPENING || at[0] > EIO_NOOP)
        return -EPROTO;

    packet.type = (enum eio_type)at[0];
    packet.data = (struct ws_bytes){ at + 1, size - 1 };
    *ret_packet = packet;
    return 0;
}

size_t eio_payload_count(struct ws_bytes payload)
{
    const char *at = payload.size > 0 ? payload.at : "", *end = at + payload.size;
    size_t count = 1;

    for (; at != end && (at = memchr(at, EIO_SEPARATOR, (size_t)(end - at))) != NULL; at++)
        count++;
    return count;
}

bool eio_payload_next(struct ws_bytes payload, size_t *offset, struct ws_bytes *ret_packet)
{
    const char *at = payload.at, *end;
    size_t left;

    if (*offset > payload.size)
        return false;
    left = payload.size - *offset;
    end = left == 0 ? NULL : memchr(at + *offset, EIO_SEPARATOR, left);
    if (end != NULL)
        left = (size_t)(end - at) - *offset;

    *ret_packet = (struct ws_bytes){ left == 0 ? "" : at + *offset, left };
    *offset += left + 1;                        /* past the separator, or past the end              */
    return true;
}

size_t eio_payload_size(enum ws_type kind, size_t size)
{
    return kind == WS_TEXT ? size : 1 + base64_encoded_size(size);
}

int eio_payload_add(struct buf *payload, enum ws_type kind, struct ws_bytes message)
{
    size_t size = eio_payload_size(kind, message.size), separator = payload->size > 0;
    unsigned char *to;
    int err;

    err = buf_reserve(payload, separator + size, &to);
    if (err)
        return err;

    if (separator)
        *to++ = EIO_SEPARATOR;
    if (kind == WS_TEXT) {
        memcpy(to, message.at, size);
    } else {
        *to = EIO_BASE64;
        base64_encode(message.at, message.size, (char *)to + 1);
    }
    buf_grow(payload, separator + size);
    return 0;
}
