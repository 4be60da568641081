/* sio_msgpack.h - packets as socket.io-msgpack-parser speaks them: a packet is one binary message, a map of
 * type, nsp, data and id, with the attachments inside.
 *
 * Between our floors arguments are JSON text with attachments in both parsers, so that all above is the same:
 * what comes is turned into that, once, and what goes is turned back. No tree is built and nothing is
 * allocated for what a head promises. */
#ifndef SIO_MSGPACK_H
#define SIO_MSGPACK_H

#include "sio_packet.h"

/* As sio_decoder_text(), of a whole message: 1, -EPROTO, -EMSGSIZE or -ENOMEM. Integers of 64 bits stay
 * exact; NaN and the infinities become null, `undefined` null or no member, a Date its ISO text, all as
 * JSON.stringify has it. Refused: other extensions, keys that are no strings, text that is not UTF-8, bytes
 * behind the packet. */
int sio_msgpack_decode(struct sio_decoder *, struct ws_bytes message, const struct sio_limits *,
                       struct sio_packet *ret_packet);

/* What follows type and namespace; text and event may be NULL. -EINVAL: the text is not JSON. */
struct sio_msgpack {
    enum sio_type   type;
    const char     *namespace;
    int64_t         id;
    const char     *event, *offset;             /* first and last value of the array                */
    struct sio_args args;                       /* of CONNECT and CONNECT_ERROR: one object         */
};
int sio_msgpack_encode(struct buf *, const struct sio_msgpack *);

/* sio_msgpack_value.c: what JSON and JavaScript make of numbers and dates. */
int    sio_msgpack_add_number(struct buf *json, double);
int    sio_msgpack_add_date(struct buf *json, int64_t ms);      /* since 1970; null: no Date has it */
double sio_msgpack_number(const char *at);                      /* of checked text                  */

#endif
