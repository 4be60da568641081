/* sio_msgpack_decode.c - from MessagePack to JSON text and attachments, one value after the other. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "sio_json.h"
#include "sio_msgpack.h"
#include "utf8.h"

enum { GROWTH_MAX = 20 };                       /* an empty attachment has 2 bytes, and text for 36 */

enum kind { NIL, NEVER, FALSE, TRUE, BIN, EXT, FLOAT, UINT, INT, STR, ARRAY, MAP };
struct head { enum kind kind; uint64_t number; unsigned width; };      /* the value, or how many follow */

struct level { uint32_t left; bool is_map, is_empty; };        /* of a container that is open       */

struct reader {
    const unsigned char *at, *end;
    const struct sio_limits *limits;
    struct sio_decoder *d;                      /* json: d->text; attachments: d->parts             */
    struct buf levels;
    int        binary_count;
};

/* Heads. */

static size_t left(const struct reader *r)
{
    return (size_t)(r->end - r->at);
}

static int take_number(struct reader *r, unsigned width, uint64_t *ret_number)
{
    uint64_t number = 0;

    if (left(r) < width)
        return -EPROTO;
    for (unsigned i = 0; i < width; i++)
        number = number << 8 | *r->at++;
    *ret_number = number;
    return 0;
}

/* 0xc0 to 0xdf: what it is, and how many bytes of number follow. Of a fixext the number is in the head. */
static int take_long(struct reader *r, unsigned byte, struct head *head)
{
    static const struct { enum kind kind; unsigned width, fixed; } heads[32] = {
        { NIL, 0, 0 }, { NEVER, 0, 0 }, { FALSE, 0, 0 }, { TRUE, 0, 0 }, { BIN, 1, 0 }, { BIN, 2, 0 },
        { BIN, 4, 0 }, { EXT, 1, 0 }, { EXT, 2, 0 }, { EXT, 4, 0 }, { FLOAT, 4, 0 }, { FLOAT, 8, 0 },
        { UINT, 1, 0 }, { UINT, 2, 0 }, { UINT, 4, 0 }, { UINT, 8, 0 }, { INT, 1, 0 }, { INT, 2, 0 },
        { INT, 4, 0 }, { INT, 8, 0 }, { EXT, 0, 1 }, { EXT, 0, 2 }, { EXT, 0, 4 }, { EXT, 0, 8 },
        { EXT, 0, 16 }, { STR, 1, 0 }, { STR, 2, 0 }, { STR, 4, 0 }, { ARRAY, 2, 0 }, { ARRAY, 4, 0 },
        { MAP, 2, 0 }, { MAP, 4, 0 },
    };
    unsigned width = heads[byte - 0xc0].width;

    *head = (struct head){ heads[byte - 0xc0].kind, heads[byte - 0xc0].fixed, width };
    return width > 0 ? take_number(r, width, &head->number) : 0;
}

static int take_head(struct reader *r, struct head *head)
{
    unsigned byte;

    if (left(r) == 0)
        return -EPROTO;
    byte = *r->at++;
    if (byte < 0x80)
        *head = (struct head){ UINT, byte, 0 };
    else if (byte < 0x90)
        *head = (struct head){ MAP, byte & 0x0f, 0 };
    else if (byte < 0xa0)
        *head = (struct head){ ARRAY, byte & 0x0f, 0 };
    else if (byte < 0xc0)
        *head = (struct head){ STR, byte & 0x1f, 0 };
    else if (byte >= 0xe0)
        *head = (struct head){ INT, byte, 1 };
    else
        return take_long(r, byte, head);
    return 0;
}

static int take_bytes(struct reader *r, uint64_t size, struct ws_bytes *ret_bytes)
{
    if (size > left(r))
        return -EPROTO;
    *ret_bytes = (struct ws_bytes){ r->at, (size_t)size };
    r->at += size;
    return 0;
}

static int take_string(struct reader *r, struct ws_bytes *ret_text)
{
    struct head head = { NIL, 0, 0 };
    int err = take_head(r, &head);

    if (err)
        return err;
    return head.kind == STR ? take_bytes(r, head.number, ret_text) : -EPROTO;
}

/* `undefined` is an extension of type 0 and one byte, whichever. */
static bool skip_undefined(struct reader *r)
{
    if (left(r) < 3 || memcmp(r->at, "\xd4\0", 2) != 0)
        return false;
    r->at += 3;
    return true;
}

/* Values. */

static int add_string(struct buf *json, struct ws_bytes text)
{
    struct utf8 check = { 0 };

    if (utf8_check(&check, text) != 0 || !utf8_whole(&check))
        return -EPROTO;
    return sio_json_quote(json, text);
}

static int add_integer(struct buf *json, const struct head *head)
{
    unsigned unused = 64 - 8 * head->width;

    if (head->kind == UINT)
        return buf_printf(json, "%" PRIu64, head->number);
    return buf_printf(json, "%" PRId64, (int64_t)(head->number << unused) >> unused);
}

static int add_float(struct buf *json, const struct head *head)
{
    uint32_t bits = (uint32_t)head->number;
    double number;
    float narrow;

    static_assert(sizeof number == sizeof head->number && sizeof narrow == sizeof bits, "IEEE 754");
    memcpy(&number, &head->number, sizeof number);
    memcpy(&narrow, &bits, sizeof narrow);
    return sio_msgpack_add_number(json, head->width == 4 ? (double)narrow : number);
}

static int add_attachment(struct reader *r, struct ws_bytes bytes)
{
    if (r->binary_count == r->limits->binary_max)
        return -EMSGSIZE;
    if (buf_add(&r->d->parts, &bytes, sizeof bytes) != 0)
        return -ENOMEM;
    return buf_printf(&r->d->text, "{\"_placeholder\":true,\"num\":%d}", r->binary_count++);
}

/* The reference's two: Date, and `undefined` where JSON has null. */
static int add_extension(struct reader *r, uint64_t size)
{
    uint64_t type, ms;
    int err = take_number(r, 1, &type);

    if (err)
        return err;
    if (type != 0 || (size != 8 && size != 1))
        return -EPROTO;
    err = take_number(r, (unsigned)size, &ms);
    if (err)
        return err;
    return size == 8 ? sio_msgpack_add_date(&r->d->text, (int64_t)ms) : buf_add_text(&r->d->text, "null");
}

static int open_container(struct reader *r, const struct head *head)
{
    struct level level = { (uint32_t)head->number, head->kind == MAP, true };
    uint64_t least = head->kind == MAP ? 2 * head->number : head->number;

    if (least > left(r))                        /* each takes a byte                                */
        return -EPROTO;
    if (r->levels.size / sizeof level > (size_t)r->limits->depth_max)   /* the packet's array is none */
        return -EMSGSIZE;
    if (buf_add(&r->levels, &level, sizeof level) != 0)
        return -ENOMEM;
    return buf_add_byte(&r->d->text, head->kind == MAP ? '{' : '[');
}

static int add_value(struct reader *r)
{
    struct buf *json = &r->d->text;
    struct ws_bytes bytes = { NULL, 0 };
    struct head head = { NIL, 0, 0 };
    int err = take_head(r, &head);

    if (err == 0 && (head.kind == STR || head.kind == BIN))
        err = take_bytes(r, head.number, &bytes);
    if (err)
        return err;
    switch (head.kind) {
    case NIL:   return buf_add_text(json, "null");
    case FALSE: return buf_add_text(json, "false");
    case TRUE:  return buf_add_text(json, "true");
    case FLOAT: return add_float(json, &head);
    case UINT:
    case INT:   return add_integer(json, &head);
    case STR:   return add_string(json, bytes);
    case BIN:   return add_attachment(r, bytes);
    case EXT:   return add_extension(r, head.number);
    case ARRAY:
    case MAP:   return open_container(r, &head);
    case NEVER: break;
    }
    return -EPROTO;
}

/* The innermost container that is open, or NULL. */
static struct level *innermost(const struct reader *r)
{
    if (r->levels.size == 0)
        return NULL;
    return (struct level *)(void *)(r->levels.at + r->levels.size - sizeof(struct level));
}

/* A member or an item of an open container, with what stands before its value. */
static int add_item(struct reader *r, struct level *level)
{
    struct buf *json = &r->d->text;
    size_t before = json->size;
    struct ws_bytes key;
    int err = level->is_empty ? 0 : buf_add_byte(json, ',');

    level->left--;
    if (err == 0 && level->is_map) {
        err = take_string(r, &key);
        if (err == 0)
            err = add_string(json, key);
        if (err == 0)
            err = buf_add_byte(json, ':');
        if (err == 0 && skip_undefined(r)) {
            buf_cut(json, before);
            return 0;
        }
    }
    level->is_empty = false;
    return err == 0 ? add_value(r) : err;
}

/* One whole value with all that is in it. */
static int convert(struct reader *r)
{
    struct level *level;
    int err = add_value(r);

    while (err == 0 && (level = innermost(r)) != NULL) {
        if (level->left > 0) {
            err = add_item(r, level);
            continue;
        }
        err = buf_add_byte(&r->d->text, level->is_map ? '}' : ']');
        buf_cut(&r->levels, r->levels.size - sizeof *level);
    }
    return err;
}

/* The packet. */

static bool is_key(struct ws_bytes key, const char *name)
{
    return key.size == strlen(name) && memcmp(key.at, name, key.size) == 0;
}

static int take_integer(struct reader *r, int64_t max, int64_t *ret_number)
{
    struct head head = { NIL, 0, 0 };
    int err = take_head(r, &head);

    if (err)
        return err;
    if (head.kind != UINT)
        return -EPROTO;
    if (head.number > (uint64_t)max)
        return -EMSGSIZE;
    *ret_number = (int64_t)head.number;
    return 0;
}

/* `data` again: the last one counts, as for JavaScript. What nobody knows is looked at and left out. */
static int take_data(struct reader *r, bool known)
{
    struct sio_decoder *d = r->d;
    size_t size = known ? 0 : d->text.size, parts = known ? 0 : d->parts.size;
    int count = known ? 0 : r->binary_count, err;

    buf_cut(&d->text, size);
    buf_cut(&d->parts, parts);
    r->binary_count = count;
    if (skip_undefined(r))
        return 0;
    err = convert(r);
    if (err == 0 && !known) {
        buf_cut(&d->text, size);
        buf_cut(&d->parts, parts);
        r->binary_count = count;
    }
    return err;
}

static int take_member(struct reader *r, struct sio_packet *packet, int64_t *type)
{
    struct ws_bytes key;
    int err = take_string(r, &key);

    if (err)
        return err;
    if (is_key(key, "type"))
        return take_integer(r, INT64_MAX, type);
    if (is_key(key, "nsp"))
        return take_string(r, &packet->namespace);
    if (is_key(key, "id"))
        return skip_undefined(r) ? 0 : take_integer(r, SIO_ID_MAX, &packet->id);
    return take_data(r, is_key(key, "data"));
}

static int take_packet(struct reader *r, struct sio_packet *packet)
{
    struct head head = { NIL, 0, 0 };
    int64_t type = -1;
    int err = take_head(r, &head);

    if (err == 0 && head.kind != MAP)
        err = -EPROTO;
    for (uint64_t i = 0; i < head.number && err == 0; i++)
        err = take_member(r, packet, &type);
    if (err == 0 && (left(r) > 0 || type < 0 || type > SIO_CONNECT_ERROR || packet->namespace.at == NULL))
        err = -EPROTO;
    packet->type = (enum sio_type)type;
    return err;
}

static bool is_text(struct ws_bytes bytes)
{
    struct utf8 check = { 0 };

    return utf8_check(&check, bytes) == 0 && utf8_whole(&check);
}

int sio_msgpack_decode(struct sio_decoder *d, struct ws_bytes message, const struct sio_limits *limits,
                       struct sio_packet *ret_packet)
{
    struct reader r = { .at = message.at, .limits = limits, .d = d };
    struct sio_packet packet = { .id = SIO_NO_ID };
    int err;

    r.end = message.size > 0 ? r.at + message.size : r.at;
    sio_decoder_finish(d);                      /* what the last one left                           */
    buf_init(&d->text, message.size > INT32_MAX ? BUF_NO_LIMIT : (int64_t)message.size * GROWTH_MAX);
    buf_init(&r.levels, BUF_NO_LIMIT);          /* bounded by depth_max                             */
    err = take_packet(&r, &packet);
    buf_finish(&r.levels);
    if (err == 0 && (!is_text(packet.namespace) || (packet.type == SIO_CONNECT && r.binary_count > 0)))
        err = -EPROTO;
    if (err == 0)
        err = sio_packet_take_data(&packet, buf_bytes(&d->text), limits, r.binary_count);
    if (err)
        return err;
    packet.args.binary = (const struct ws_bytes *)(void *)d->parts.at;
    packet.args.binary_count = r.binary_count;
    *ret_packet = packet;
    return 1;
}
