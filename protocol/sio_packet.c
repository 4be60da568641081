/* sio_packet.c - Socket.IO v5 packets as text: <type>[<attachments>-][<namespace>,][<id>][<json>]. */
#include "sio_packet.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "sio_json.h"

struct text { const char *at, *end; };

static bool is_digit(const struct text *t)
{
    return t->at < t->end && *t->at >= '0' && *t->at <= '9';
}

/* Digits up to a maximum; -EPROTO without any, -EMSGSIZE past it. Nothing is allocated for a count. */
static int take_number(struct text *t, int64_t max, int64_t *ret_number)
{
    int64_t number = 0;

    if (!is_digit(t))
        return -EPROTO;
    for (; is_digit(t); t->at++) {
        number = number * 10 + (*t->at - '0');
        if (number > max)
            return -EMSGSIZE;
    }
    *ret_number = number;
    return 0;
}

static bool is_binary(enum sio_type type)
{
    return type == SIO_BINARY_EVENT || type == SIO_BINARY_ACK;
}

/* Of one that is none, "0-" is as wrong as none at all: the end would never come (CVE-2026-69185). */
static int take_attachments(struct text *t, int max, int *ret_count)
{
    int64_t count;
    int err;

    err = take_number(t, max, &count);
    if (err)
        return err;
    if (count == 0 || t->at == t->end || *t->at != '-')
        return -EPROTO;
    t->at++;
    *ret_count = (int)count;
    return 0;
}

static void take_namespace(struct text *t, struct ws_bytes *namespace)
{
    const char *comma;

    *namespace = WS_LITERAL("/");
    if (t->at == t->end || *t->at != '/')
        return;
    comma = memchr(t->at, ',', (size_t)(t->end - t->at));
    *namespace = (struct ws_bytes){ t->at, (size_t)((comma != NULL ? comma : t->end) - t->at) };
    t->at = comma != NULL ? comma + 1 : t->end;
}

/* An event's name: a number, or a string that does not play one of the library's own events. */
static int check_name(struct ws_bytes name)
{
    static const char *const reserved[] = {
        "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
    };
    const char *at = name.at;

    if (name.size == 0)
        return -EPROTO;
    if (*at == '-' || (*at >= '0' && *at <= '9'))
        return 0;
    if (*at != '"')
        return -EPROTO;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (sio_json_is(name, reserved[i]))
            return -EPROTO;
    return 0;
}

static int take_array(struct ws_bytes json, const struct sio_limits *limits, int attachments,
                      struct sio_packet *packet)
{
    bool event = packet->type == SIO_EVENT;
    struct sio_json_limits check = { limits->depth_max, limits->args_max, attachments };
    struct sio_json_array array;
    int err;

    if (event && check.values_max < INT32_MAX)
        check.values_max++;                     /* the name is no argument                          */
    err = sio_json_array(json, &check, &array);
    if (err)
        return err;

    packet->args.text = event ? array.rest : array.all;
    packet->name = event ? array.first : (struct ws_bytes){ NULL, 0 };
    return event ? check_name(packet->name) : 0;
}

static int take_object(struct ws_bytes json, const struct sio_limits *limits, struct sio_packet *packet)
{
    struct sio_json_limits check = { limits->depth_max, 1, -1 };
    const char *at = json.at;

    if (json.size == 0)
        return 0;
    if (*at != '{')
        return -EPROTO;
    packet->args.text = json;
    return sio_json_value(json, &check);
}

int sio_packet_take_data(struct sio_packet *packet, struct ws_bytes json, const struct sio_limits *limits,
                         int attachments)
{
    attachments = attachments > 0 ? attachments : -1;           /* then a placeholder is plain data */
    switch (packet->type) {
    case SIO_CONNECT:    return take_object(json, limits, packet);
    case SIO_DISCONNECT: return json.size == 0 ? 0 : -EPROTO;
    case SIO_EVENT:
    case SIO_ACK:        return take_array(json, limits, attachments, packet);
    default:             return -EPROTO;        /* CONNECT_ERROR is not a client's to send          */
    }
}

int sio_packet_decode(struct ws_bytes text, const struct sio_limits *limits, struct sio_packet *ret_packet,
                      int *ret_attachments)
{
    struct text t = { text.at, (const char *)text.at + text.size };
    struct sio_packet packet = { .id = SIO_NO_ID };
    int attachments = 0, err = 0;

    if (!is_digit(&t) || *t.at > '0' + SIO_BINARY_ACK)
        return -EPROTO;
    packet.type = (enum sio_type)(*t.at++ - '0');
    if (is_binary(packet.type)) {
        packet.type = packet.type == SIO_BINARY_EVENT ? SIO_EVENT : SIO_ACK;
        err = take_attachments(&t, limits->binary_max, &attachments);
        if (err)
            return err;
    }
    take_namespace(&t, &packet.namespace);
    if (is_digit(&t))
        err = take_number(&t, SIO_ID_MAX, &packet.id);
    if (err == 0)
        err = sio_packet_take_data(&packet, (struct ws_bytes){ t.at, (size_t)(t.end - t.at) }, limits,
                                   attachments);
    if (err)
        return err;

    *ret_packet = packet;
    *ret_attachments = attachments;
    return 0;
}

int sio_packet_head(struct buf *b, enum sio_type type, int attachments, const char *namespace, int64_t id)
{
    int err = buf_add_byte(b, (unsigned char)('0' + type));

    assert(is_binary(type) == (attachments > 0));
    if (err == 0 && attachments > 0)
        err = buf_printf(b, "%d-", attachments);
    if (err == 0 && strcmp(namespace, "/") != 0)
        err = buf_printf(b, "%s,", namespace);
    if (err == 0 && id != SIO_NO_ID)
        err = buf_printf(b, "%" PRId64, id);
    return err;
}
