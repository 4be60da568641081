/* sio_frames.c - packets on their way out. */
#include "sio_frames.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sio_json.h"
#include "sio_msgpack.h"

enum { PACKED_IDLE = 1 << 14 };                 /* more scratch is not kept                         */

/* `["event",` or `[`, behind what stands before the arguments. */
static int add_opening(struct buf *head, const char *event, bool has_args)
{
    int err = buf_add_byte(head, '[');

    if (err || event == NULL)
        return err;
    err = sio_json_quote(head, (struct ws_bytes){ event, strlen(event) });
    return err == 0 && has_args ? buf_add_byte(head, ',') : err;
}

static int make_binary(struct sio_frames *f, const struct sio_args *args)
{
    if (args->binary_count == 0)
        return 0;
    f->binary = calloc((size_t)args->binary_count, sizeof *f->binary);
    if (f->binary == NULL)
        return -ENOMEM;
    f->binary_count = args->binary_count;
    for (int i = 0; i < args->binary_count; i++) {
        f->binary[i] = eio_message_new(WS_BINARY, &args->binary[i], 1);
        if (f->binary[i] == NULL)
            return -ENOMEM;
    }
    return 0;
}

static int make_text(struct sio_frames *f, struct sio_server *io, enum sio_type type, const char *namespace,
                     int64_t id, const char *event, const struct sio_args *args, const char *offset)
{
    struct ws_bytes parts[3];
    struct buf *head = &io->head;
    size_t opening;
    int err;

    buf_clear(head);
    err = sio_packet_head(head, type, args->binary_count, namespace, id);
    if (err == 0)
        err = add_opening(head, event, args->text.size > 0);
    opening = head->size;
    if (err == 0 && offset != NULL)
        err = buf_printf(head, ",\"%s\"", offset);
    if (err == 0)
        err = buf_add_byte(head, ']');
    if (err)
        return err;

    parts[0] = (struct ws_bytes){ head->at, opening };
    parts[1] = args->text;
    parts[2] = (struct ws_bytes){ head->at + opening, head->size - opening };
    f->text = eio_message_new(WS_TEXT, parts, 3);
    return f->text == NULL ? -ENOMEM : 0;
}

/* The whole packet in one message. */
static int make_packed(struct ws_message **message, struct sio_server *io, const struct sio_msgpack *packet)
{
    struct buf *bytes = &io->head;
    int err;

    buf_clear(bytes);
    err = sio_msgpack_encode(bytes, packet);
    if (err == 0) {
        *message = eio_message_new(WS_BINARY, (struct ws_bytes[]){ buf_bytes(bytes) }, 1);
        err = *message == NULL ? -ENOMEM : 0;
    }
    if (bytes->capacity > PACKED_IDLE)
        buf_finish(bytes);
    return err;
}

static int make(struct sio_frames *f, struct sio_server *io, enum sio_type type, const char *namespace,
                int64_t id, const char *event, const struct sio_args *args, const char *offset)
{
    int err;

    if (io->msgpack)
        return make_packed(&f->text, io, &(struct sio_msgpack){ type, namespace, id, event, offset, *args });
    if (args->binary_count > 0)
        type = type == SIO_EVENT ? SIO_BINARY_EVENT : SIO_BINARY_ACK;
    err = make_text(f, io, type, namespace, id, event, args, offset);
    return err == 0 ? make_binary(f, args) : err;
}

int sio_frames_make(struct sio_frames *f, struct sio_server *io, enum sio_type type, const char *namespace,
                    int64_t id, const char *event, struct sio_args args, const char *offset)
{
    struct buf printed;
    int err;

    assert((type == SIO_EVENT) == (event != NULL));
    *f = (struct sio_frames){ .text = NULL };
    buf_init(&printed, BUF_NO_LIMIT);
    err = sio_args_print(&args, &printed);
    if (err == 0)
        err = make(f, io, type, namespace, id, event, &args, offset);
    buf_finish(&printed);
    if (err)
        sio_frames_drop(f);
    return err;
}

/* All or nothing: the reader of half a packet would take the next one for the rest of it. */
int sio_frames_send(const struct sio_frames *f, struct eio_session *session, unsigned flags)
{
    unsigned plain = flags & EIO_PLAIN;
    int err;

    if ((flags & EIO_VOLATILE) && !eio_ready(session))
        return 0;
    err = eio_share(session, f->text, plain);
    for (int i = 0; i < f->binary_count && err == 0; i++) {
        err = eio_share(session, f->binary[i], plain);
        if (err)
            eio_close(session);
    }
    return err;
}

void sio_frames_drop(struct sio_frames *f)
{
    ws_message_drop(f->text);
    for (int i = 0; i < f->binary_count; i++)
        ws_message_drop(f->binary[i]);
    free((void *)f->binary);
    *f = (struct sio_frames){ .text = NULL };
}

static int make_head(struct ws_message **message, struct sio_server *io, const struct sio_msgpack *packet)
{
    struct buf *head = &io->head;
    int err;

    buf_clear(head);
    err = sio_packet_head(head, packet->type, 0, packet->namespace, SIO_NO_ID);
    if (err)
        return err;
    *message = eio_message_new(WS_TEXT, (struct ws_bytes[]){ buf_bytes(head), packet->args.text }, 2);
    return *message == NULL ? -ENOMEM : 0;
}

int sio_send_packet(struct sio_server *io, struct eio_session *session, enum sio_type type,
                    const char *namespace, struct ws_bytes json)
{
    const struct sio_msgpack packet = { .type = type, .namespace = namespace, .id = SIO_NO_ID,
                                        .args.text = json };
    struct ws_message *message = NULL;
    int err = io->msgpack ? make_packed(&message, io, &packet) : make_head(&message, io, &packet);

    if (err)
        return err;
    err = eio_share(session, message, 0);
    ws_message_drop(message);
    return err;
}
