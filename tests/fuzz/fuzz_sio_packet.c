/* fuzz_sio_packet.c - Socket.IO packets: what was decoded and is encoded anew decodes to the same; limits
 * hold; attachments are waited for and arrive as they came.
 *
 * The first three bytes are the limits; then messages, each with its kind and size in front. */
#include <errno.h>

#include "fuzz.h"
#include "sio_json.h"
#include "sio_packet.h"

static bool same_text(struct ws_bytes a, struct ws_bytes b)
{
    return same_bytes(a.at, a.size, b.at, b.size);
}

static void check_sane(const struct sio_packet *p, int attachments, const struct sio_limits *limits)
{
    const char *namespace = p->namespace.at;

    assert(p->type == SIO_CONNECT || p->type == SIO_DISCONNECT || p->type == SIO_EVENT || p->type == SIO_ACK);
    assert(attachments >= 0 && attachments <= limits->binary_max);
    assert(attachments == 0 || p->type == SIO_EVENT || p->type == SIO_ACK);
    assert(p->id >= SIO_NO_ID && p->id <= SIO_ID_MAX);
    assert(p->namespace.size > 0 && namespace[0] == '/');
    assert(memchr(namespace, ',', p->namespace.size) == NULL);
    assert((p->type == SIO_EVENT) == (p->name.size > 0));
    assert(p->type != SIO_DISCONNECT || p->args.text.size == 0);
}

/* Writes it as the library would. */
static void encode(struct buf *to, const struct sio_packet *p, int attachments)
{
    enum sio_type type = p->type;
    char namespace[10000];
    bool values = p->type == SIO_EVENT || p->type == SIO_ACK;

    assert(p->namespace.size < sizeof namespace);
    memcpy(namespace, p->namespace.at, p->namespace.size);
    namespace[p->namespace.size] = '\0';
    if (attachments > 0)
        type = type == SIO_EVENT ? SIO_BINARY_EVENT : SIO_BINARY_ACK;
    assert(sio_packet_head(to, type, attachments, namespace, p->id) == 0);
    if (values)
        assert(buf_add_byte(to, '[') == 0);
    assert(buf_add(to, p->name.at, p->name.size) == 0);
    if (p->name.size > 0 && p->args.text.size > 0)
        assert(buf_add_byte(to, ',') == 0);
    assert(buf_add(to, p->args.text.at, p->args.text.size) == 0);
    if (values)
        assert(buf_add_byte(to, ']') == 0);
}

static void check_text(struct ws_bytes text, const struct sio_limits *limits)
{
    struct sio_packet first, second;
    int attachments, again;
    struct buf encoded;
    int err = sio_packet_decode(text, limits, &first, &attachments);

    assert(err == 0 || err == -EPROTO || err == -EMSGSIZE);
    if (err)
        return;
    check_sane(&first, attachments, limits);
    if (memchr(first.namespace.at, '\0', first.namespace.size) != NULL)
        return;                                 /* no server has such a one                         */
    buf_init(&encoded, BUF_NO_LIMIT);
    encode(&encoded, &first, attachments);
    assert(sio_packet_decode(buf_bytes(&encoded), limits, &second, &again) == 0);
    assert(again == attachments && first.type == second.type && first.id == second.id);
    assert(same_text(first.namespace, second.namespace) && same_text(first.name, second.name));
    assert(same_text(first.args.text, second.args.text));
    buf_finish(&encoded);
}

/* What the decoder is owed. */
struct twin { int wanted, have; size_t bytes; struct input parts[8]; };

static void check_whole(const struct sio_packet *p, const struct twin *t)
{
    assert(p->args.binary_count == t->wanted);
    for (int i = 0; i < t->wanted; i++)
        assert(same_bytes(p->args.binary[i].at, p->args.binary[i].size, t->parts[i].at, t->parts[i].left));
}

/* One message; false when the connection would now end. */
static bool step(struct sio_decoder *d, struct twin *t, bool binary, struct input message,
                 const struct sio_limits *limits)
{
    char *copy = copy_of(message.at, message.left);
    const struct ws_bytes bytes = { copy, message.left };
    struct sio_packet packet;
    int wanted = 0, want, got;

    if (binary) {
        got = sio_decoder_binary(d, bytes, &packet);
        want = t->have == t->wanted ? -EPROTO
             : (int64_t)(t->bytes + bytes.size) > limits->size_max ? -EMSGSIZE : t->have + 1 == t->wanted;
        if (want >= 0) {
            t->parts[t->have++] = message;
            t->bytes += bytes.size;
        }
    } else {
        got = sio_decoder_text(d, bytes, limits, &packet);
        want = t->have < t->wanted ? -EPROTO : sio_packet_decode(bytes, limits, &packet, &wanted);
        if (want == 0 && wanted > 0 && (int64_t)bytes.size > limits->size_max)
            want = -EMSGSIZE;
        if (want == 0) {
            *t = (struct twin){ .wanted = wanted };
            want = wanted == 0;
        }
    }
    free(copy);
    assert(got == want);
    if (got == 1 && t->wanted > 0)
        check_whole(&packet, t);
    return got >= 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    const struct sio_limits limits = {
        .binary_max = 1 + (int)take_byte(&in) % 8, .depth_max = (int)take_byte(&in),
        .args_max = (int)take_byte(&in), .size_max = 5000,
    };
    struct sio_decoder decoder;
    struct twin twin = { .wanted = 0 };
    bool going = true;

    sio_decoder_init(&decoder, &limits);
    while (going && in.left > 0) {
        unsigned kind = take_byte(&in);
        struct input message = take(&in, kind >> 1 | (kind & 1 ? 0 : take_byte(&in) << 7));
        char *copy = copy_of(message.at, message.left);

        check_text((struct ws_bytes){ copy, message.left }, &limits);
        free(copy);
        going = step(&decoder, &twin, kind & 1, message, &limits);
    }
    sio_decoder_finish(&decoder);
    return 0;
}
