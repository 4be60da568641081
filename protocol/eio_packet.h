/* eio_packet.h - Engine.IO v4 packets and payloads: what the bytes between two peers mean. */
#ifndef EIO_PACKET_H
#define EIO_PACKET_H

#include "websocket.h"

enum { EIO_SEPARATOR = 0x1e, EIO_BASE64 = 'b' };

enum eio_type {                                 /* the character in front                           */
    EIO_OPENING = '0', EIO_CLOSE = '1', EIO_PING = '2', EIO_PONG = '3', EIO_MESSAGE = '4',
    EIO_UPGRADE = '5', EIO_NOOP = '6',
};
struct eio_packet {
    enum eio_type   type;
    enum ws_type    kind;                       /* of a message: text or binary                     */
    struct ws_bytes data;
};

/* Decodes one text packet in place: the base64 of a binary one is decoded where it stands, `data` points into
 * `at`. 0, or -EPROTO: empty, an unknown type, or broken base64. */
int eio_packet_decode(char *at, size_t size, struct eio_packet *ret_packet);

/* The packets of a payload: how many, and one after the other from *offset = 0 on; false behind the last.
 * An empty payload is one empty packet. */
size_t eio_payload_count(struct ws_bytes payload);
bool   eio_payload_next(struct ws_bytes payload, size_t *offset, struct ws_bytes *ret_packet);

/* A message as it stands in a payload: text with its "4" in front, or raw binary that becomes base64. */
struct buf;
size_t eio_payload_size(enum ws_type, size_t size);                     /* without a separator      */
int    eio_payload_add(struct buf *, enum ws_type, struct ws_bytes);    /* 0, -EMSGSIZE, -ENOMEM    */

#endif
