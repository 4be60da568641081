/* sio_decoder.c - waits for the attachments of a packet. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "sio_packet.h"

void sio_decoder_init(struct sio_decoder *d, const struct sio_limits *limits)
{
    *d = (struct sio_decoder){ .wanted = 0 };
    buf_init(&d->text, limits->size_max);
    buf_init(&d->blob, limits->size_max);       /* of all attachments together                      */
    buf_init(&d->ends, BUF_NO_LIMIT);           /* bounded by binary_max                            */
    buf_init(&d->parts, BUF_NO_LIMIT);
}

void sio_decoder_finish(struct sio_decoder *d)
{
    struct buf *const all[] = { &d->text, &d->blob, &d->ends, &d->parts };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i]->at != NULL)                 /* a usual packet left nothing                      */
            buf_finish(all[i]);
    d->wanted = d->have = 0;
}

int sio_decoder_text(struct sio_decoder *d, struct ws_bytes text, const struct sio_limits *limits,
                     struct sio_packet *ret_packet)
{
    int err;

    if (d->have < d->wanted)
        return -EPROTO;                         /* text while attachments are missing               */
    sio_decoder_finish(d);                      /* what the last one left                           */
    err = sio_packet_decode(text, limits, ret_packet, &d->wanted);
    if (err)
        return err;
    if (d->wanted == 0)
        return 1;

    err = buf_add(&d->text, text.at, text.size);
    if (err == 0)                               /* now with slices into our own copy                */
        err = sio_packet_decode(buf_bytes(&d->text), limits, &d->packet, &d->wanted);
    *ret_packet = d->packet;
    return err;
}

/* All have come: the offsets become parts, now that the blob moves no more. */
static int complete(struct sio_decoder *d, struct sio_packet *ret_packet)
{
    size_t start = 0;
    int err = 0;

    for (int i = 0; i < d->wanted && err == 0; i++) {
        struct ws_bytes part;
        size_t end;

        memcpy(&end, d->ends.at + (size_t)i * sizeof end, sizeof end);
        part = (struct ws_bytes){ end > start ? (const void *)(d->blob.at + start) : "", end - start };
        start = end;
        err = buf_add(&d->parts, &part, sizeof part);
    }
    if (err)
        return err;
    d->packet.args.binary = (const struct ws_bytes *)(void *)d->parts.at;
    d->packet.args.binary_count = d->wanted;
    *ret_packet = d->packet;
    return 1;
}

int sio_decoder_binary(struct sio_decoder *d, struct ws_bytes bytes, struct sio_packet *ret_packet)
{
    int err;

    if (d->have == d->wanted)
        return -EPROTO;                         /* nobody asked for it                              */
    err = buf_add(&d->blob, bytes.at, bytes.size);
    if (err == 0)
        err = buf_add(&d->ends, &d->blob.size, sizeof d->blob.size);
    if (err)
        return err;

    d->have++;
    *ret_packet = d->packet;
    return d->have == d->wanted ? complete(d, ret_packet) : 0;
}
