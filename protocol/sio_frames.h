/* sio_frames.h - a packet ready to go, to one or to many: its text and its attachments, each framed once. */
#ifndef SIO_FRAMES_H
#define SIO_FRAMES_H

#include "sio_server.h"

struct sio_frames { struct ws_message *text, **binary; int binary_count; };

/* SIO_EVENT (with a name) or SIO_ACK (without), to a namespace. args.take is consumed in any case. An offset
 * becomes the last argument; usually NULL. */
int  sio_frames_make(struct sio_frames *, struct sio_server *, enum sio_type, const char *namespace,
                     int64_t id, const char *event, struct sio_args, const char *offset);
int  sio_frames_send(const struct sio_frames *, struct eio_session *, unsigned flags);
void sio_frames_drop(struct sio_frames *);

/* A packet that stands alone: CONNECT, DISCONNECT, CONNECT_ERROR. */
int  sio_send_packet(struct sio_server *, struct eio_session *, enum sio_type, const char *namespace,
                     struct ws_bytes json);

/* sio_args_json.c: prints args->take into a buffer and makes it the text. Consumes it in any case. */
int  sio_args_print(struct sio_args *, struct buf *);
void sio_args_drop(struct sio_args *);          /* consumes what will not be sent                   */

#endif
