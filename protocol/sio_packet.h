/* sio_packet.h - Socket.IO v5 packets: text and attachments to values, and back. */
#ifndef SIO_PACKET_H
#define SIO_PACKET_H

#include "buf.h"
#include "socketio.h"

enum sio_type {                                 /* the digit in front                               */
    SIO_CONNECT, SIO_DISCONNECT, SIO_EVENT, SIO_ACK, SIO_CONNECT_ERROR, SIO_BINARY_EVENT, SIO_BINARY_ACK,
};
#define SIO_ID_MAX ((INT64_C(1) << 53) - 1)     /* Number.MAX_SAFE_INTEGER                          */
enum { SIO_NO_ID = -1 };

struct sio_limits { int binary_max, depth_max, args_max; int64_t size_max; };

struct sio_packet {
    enum sio_type   type;                       /* a binary one: of its text form, SIO_EVENT or _ACK */
    struct ws_bytes namespace;                  /* "/" when none is named                           */
    int64_t         id;                         /* or SIO_NO_ID                                     */
    struct ws_bytes name;                       /* of an event: a JSON string or number             */
    struct sio_args args;                       /* of a CONNECT: the object, or nothing             */
};

/* Decodes a text; slices point into it. `ret_attachments` must follow. -EPROTO: broken or not allowed from a
 * client; -EMSGSIZE: past a limit. */
int sio_packet_decode(struct ws_bytes text, const struct sio_limits *, struct sio_packet *ret_packet,
                      int *ret_attachments);

/* Fills in what a packet of packet->type carries, and checks it. Slices point into json. Errors as above. */
int sio_packet_take_data(struct sio_packet *, struct ws_bytes json, const struct sio_limits *,
                         int attachments);

/* What stands before the arguments: type, attachments, namespace, id. */
int sio_packet_head(struct buf *, enum sio_type, int attachments, const char *namespace, int64_t id);

/* Waits for the attachments of a packet, whose texts and bytes it copies. */
struct sio_decoder {
    struct buf text, blob, ends, parts;         /* ends: size_t each; parts: struct ws_bytes each   */
    struct sio_packet packet;
    int    wanted, have;
};
void sio_decoder_init(struct sio_decoder *, const struct sio_limits *);
void sio_decoder_finish(struct sio_decoder *);

/* A message came: 1 and a packet, 0 while attachments are missing, or -errno as above. Slices of the packet
 * are valid until the next call. ret_packet is also filled for 0, without attachments. */
int sio_decoder_text(struct sio_decoder *, struct ws_bytes, const struct sio_limits *, struct sio_packet *);
int sio_decoder_binary(struct sio_decoder *, struct ws_bytes, struct sio_packet *);

#endif
