/* sio_msgpack_encode.c - from JSON text and attachments to MessagePack. A first walk over the text counts
 * what is in each container, as MessagePack says that in front; a second one writes. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "sio_json.h"
#include "sio_msgpack.h"

/* A container of the text, in order of its opening. */
struct node {
    uint32_t    size;                           /* items, or members                                */
    int32_t     parent;                         /* -1: none                                         */
    int32_t     number;                         /* `num` of what may be a placeholder, or -1        */
    uint32_t    next;                           /* the first one behind it                          */
    bool        is_map, is_placeholder;
    const char *end;
};

static int add_be(struct buf *out, unsigned char head, uint64_t number, unsigned width)
{
    unsigned char bytes[9] = { head };

    for (unsigned i = width; i > 0; i--, number >>= 8)
        bytes[i] = (unsigned char)number;
    return buf_add(out, bytes, 1 + width);
}

/* A size in front of what it counts: in the head's low bits, or in 1, 2 or 4 bytes behind heads in a row. */
static int add_size(struct buf *out, size_t size, unsigned char fixed, size_t fixed_max, unsigned char head8,
                    unsigned char head16)
{
    if (size <= fixed_max)
        return buf_add_byte(out, (unsigned char)(fixed | size));
    if (size <= UINT8_MAX && head8 != 0)
        return add_be(out, head8, size, 1);
    if (size <= UINT16_MAX)
        return add_be(out, head16, size, 2);
    return size > UINT32_MAX ? -EMSGSIZE : add_be(out, (unsigned char)(head16 + 1), size, 4);
}

static int add_array(struct buf *out, size_t size)
{
    return add_size(out, size, 0x90, 15, 0, 0xdc);
}

static int add_map(struct buf *out, size_t size)
{
    return add_size(out, size, 0x80, 15, 0, 0xde);
}

static int add_text(struct buf *out, struct ws_bytes text)
{
    int err = add_size(out, text.size, 0xa0, 31, 0xd9, 0xda);

    return err == 0 ? buf_add(out, text.at, text.size) : err;
}

static int add_words(struct buf *out, const char *text)
{
    return add_text(out, (struct ws_bytes){ text, strlen(text) });
}

static int add_binary(struct buf *out, struct ws_bytes bytes)
{
    int err = bytes.size == 0 ? add_be(out, 0xc4, 0, 1) : add_size(out, bytes.size, 0, 0, 0xc4, 0xc5);

    return err == 0 ? buf_add(out, bytes.at, bytes.size) : err;
}

static int add_unsigned(struct buf *out, uint64_t number)
{
    if (number < 0x80)
        return buf_add_byte(out, (unsigned char)number);
    if (number <= UINT8_MAX)
        return add_be(out, 0xcc, number, 1);
    if (number <= UINT16_MAX)
        return add_be(out, 0xcd, number, 2);
    return number <= UINT32_MAX ? add_be(out, 0xce, number, 4) : add_be(out, 0xcf, number, 8);
}

/* -size, which is below 0. */
static int add_negative(struct buf *out, uint64_t size)
{
    uint64_t number = 0 - size;

    if (size <= 0x20)
        return buf_add_byte(out, (unsigned char)number);
    if (size <= 0x80)
        return add_be(out, 0xd0, number, 1);
    if (size <= 0x8000)
        return add_be(out, 0xd1, number, 2);
    return size <= 0x80000000 ? add_be(out, 0xd2, number, 4) : add_be(out, 0xd3, number, 8);
}

/* Integers as such while 64 bits hold them, all else as a double. */
static int add_number(struct buf *out, const char *at, const char *end)
{
    bool negative = *at == '-';
    uint64_t number = 0, bits;
    double real;

    for (const char *c = at + negative; c < end; c++) {
        unsigned digit = (unsigned)(*c - '0');

        if (digit > 9 || number > (UINT64_MAX - digit) / 10)
            goto real;
        number = number * 10 + digit;
    }
    if (number == 0 || !negative)
        return add_unsigned(out, number);
    if (number <= (uint64_t)INT64_MAX + 1)
        return add_negative(out, number);
real:
    real = sio_msgpack_number(at);
    memcpy(&bits, &real, sizeof bits);
    return add_be(out, 0xcb, bits, 8);
}

/* A checked string with its quotes. */
static int add_string(struct buf *out, const char *at, const char *end)
{
    struct ws_bytes text = { at + 1, (size_t)(end - at) - 2 };
    struct buf plain;
    int err;

    if (memchr(text.at, '\\', text.size) == NULL)
        return add_text(out, text);
    buf_init(&plain, BUF_NO_LIMIT);             /* no longer than the string                        */
    err = sio_json_plain((struct ws_bytes){ at, (size_t)(end - at) }, &plain);
    if (err == 0)
        err = add_text(out, buf_bytes(&plain));
    buf_finish(&plain);
    return err;
}

static const char *scalar_end(const char *at, const char *end)
{
    while (at < end && !sio_json_is_space(*at) && *at != ',' && *at != ']' && *at != '}')
        at++;
    return at;
}

/* The first walk. */

enum name { OTHER, PLACEHOLDER, NUM };
struct count { struct buf *nodes; int32_t open; enum name name; bool at_name; };

static struct node *node_at(const struct buf *nodes, int32_t index)
{
    return index < 0 ? NULL : (struct node *)(void *)nodes->at + index;
}

static uint32_t nodes_count(const struct buf *nodes)
{
    return (uint32_t)(nodes->size / sizeof(struct node));
}

/* What is said of an object by this value of its member. */
static void note_value(struct count *c, struct ws_bytes value)
{
    struct node *node = node_at(c->nodes, c->open);

    if (node == NULL || c->name == OTHER)
        return;
    if (c->name == PLACEHOLDER) {
        node->is_placeholder = value.size == 4 && memcmp(value.at, "true", 4) == 0;
        return;
    }
    node->number = -1;
    for (size_t i = 0; i < value.size && i < 9; i++) {
        char digit = ((const char *)value.at)[i];

        if (digit < '0' || digit > '9')
            return;
        node->number = (node->number < 0 ? 0 : node->number * 10) + (digit - '0');
    }
}

static void count_item(struct count *c)
{
    struct node *node = node_at(c->nodes, c->open);

    if (node != NULL && (c->at_name || !node->is_map))
        node->size++;
}

static int count_open(struct count *c, bool is_map)
{
    struct node node = { .parent = c->open, .number = -1, .is_map = is_map };

    count_item(c);
    note_value(c, (struct ws_bytes){ "", 0 });
    if (nodes_count(c->nodes) == INT32_MAX)
        return -EMSGSIZE;
    c->open = (int32_t)nodes_count(c->nodes);
    c->name = OTHER;
    c->at_name = is_map;
    return buf_add(c->nodes, &node, sizeof node);
}

static void count_close(struct count *c, const char *end)
{
    struct node *node = node_at(c->nodes, c->open);

    node->end = end;
    node->next = nodes_count(c->nodes);
    c->open = node->parent;
    c->name = OTHER;
}

static void count_scalar(struct count *c, struct ws_bytes value)
{
    count_item(c);
    if (!c->at_name)
        note_value(c, value);
    else
        c->name = sio_json_is(value, "_placeholder") ? PLACEHOLDER : sio_json_is(value, "num") ? NUM : OTHER;
}

/* What stands between the values: behind a comma of an object comes a name. */
static void count_between(struct count *c, char mark)
{
    const struct node *node = node_at(c->nodes, c->open);

    if (mark == ',')
        c->at_name = node != NULL && node->is_map;
    else if (mark == ':')
        c->at_name = false;
}

static int count_all(struct buf *nodes, const char *at, const char *end)
{
    struct count c = { .nodes = nodes, .open = -1 };
    int err = 0;

    while (at < end && err == 0) {
        const char *start = at;

        if (*at == '[' || *at == '{') {
            err = count_open(&c, *at++ == '{');
        } else if (*at == ']' || *at == '}') {
            count_close(&c, ++at);
        } else if (*at == ',' || *at == ':' || sio_json_is_space(*at)) {
            count_between(&c, *at++);
        } else {
            at = *at == '"' ? sio_json_string_end(at) : scalar_end(at, end);
            count_scalar(&c, (struct ws_bytes){ start, (size_t)(at - start) });
        }
    }
    return err;
}

/* The second walk. */

struct writer {
    struct buf            *out;
    const struct buf      *nodes;
    const struct sio_args *args;
    int32_t                node;                /* the next one that opens                          */
    const char            *at, *end;
};

static int write_container(struct writer *w)
{
    const struct node *node = node_at(w->nodes, w->node++);

    w->at++;
    if (!node->is_map)
        return add_array(w->out, node->size);
    if (!node->is_placeholder || w->args->binary_count == 0)
        return add_map(w->out, node->size);
    assert(node->number >= 0 && node->number < w->args->binary_count);
    w->at = node->end;
    w->node = (int32_t)node->next;
    return add_binary(w->out, w->args->binary[node->number]);
}

static int write_scalar(struct writer *w)
{
    const char *start = w->at;

    w->at = *start == '"' ? sio_json_string_end(start) : scalar_end(start, w->end);
    switch (*start) {
    case '"': return add_string(w->out, start, w->at);
    case 'n': return buf_add_byte(w->out, 0xc0);
    case 'f': return buf_add_byte(w->out, 0xc2);
    case 't': return buf_add_byte(w->out, 0xc3);
    default:  return add_number(w->out, start, w->at);
    }
}

static int write_all(struct writer *w)
{
    int err = 0;

    while (w->at < w->end && err == 0) {
        if (*w->at == '[' || *w->at == '{')
            err = write_container(w);
        else if (sio_json_is_space(*w->at) || strchr("]},:", *w->at) != NULL)
            w->at++;
        else
            err = write_scalar(w);
    }
    return err;
}

static int add_values(struct buf *out, struct ws_bytes text, const struct sio_args *args)
{
    struct writer w = { .out = out, .args = args, .at = text.at };
    struct buf nodes;
    int err;

    if (text.size == 0)
        return 0;
    w.end = w.at + text.size;
    buf_init(&nodes, BUF_NO_LIMIT);             /* a node takes two characters of the text          */
    err = count_all(&nodes, w.at, w.end);
    w.nodes = &nodes;
    if (err == 0)
        err = write_all(&w);
    buf_finish(&nodes);
    return err;
}

/* The packet. */

static int add_array_data(struct buf *out, const struct sio_msgpack *p, const struct sio_json_array *array)
{
    int err = add_array(out, array->count + (p->event != NULL) + (p->offset != NULL));

    if (err == 0 && p->event != NULL)
        err = add_words(out, p->event);
    if (err == 0)
        err = add_values(out, array->all, &p->args);
    if (err == 0 && p->offset != NULL)
        err = add_words(out, p->offset);
    return err;
}

/* What the application sends is checked here: a text can pass on what it is given, this cannot. */
static int add_data(struct buf *out, const struct sio_msgpack *p)
{
    struct sio_json_limits limits = { SIO_DEPTH_MAX, INT32_MAX, -1 };
    struct sio_json_array array;
    struct buf text;
    int err;

    if (p->type == SIO_CONNECT || p->type == SIO_CONNECT_ERROR)
        return sio_json_value(p->args.text, &limits) == 0 ? add_values(out, p->args.text, &p->args) : -EINVAL;
    if (p->args.binary_count > 0)
        limits.attachments = p->args.binary_count;
    buf_init(&text, BUF_NO_LIMIT);
    err = buf_add_byte(&text, '[');
    if (err == 0)
        err = buf_add(&text, p->args.text.at, p->args.text.size);
    if (err == 0)
        err = buf_add_byte(&text, ']');
    if (err == 0 && sio_json_array(buf_bytes(&text), &limits, &array) != 0)
        err = -EINVAL;
    if (err == 0)
        err = add_array_data(out, p, &array);
    buf_finish(&text);
    return err;
}

int sio_msgpack_encode(struct buf *out, const struct sio_msgpack *p)
{
    bool has_data = p->type != SIO_DISCONNECT, has_id = p->id != SIO_NO_ID;
    int err = add_map(out, (size_t)2 + has_data + has_id);

    if (err == 0)
        err = add_words(out, "type");
    if (err == 0)
        err = add_unsigned(out, p->type);
    if (err == 0)
        err = add_words(out, "nsp");
    if (err == 0)
        err = add_words(out, p->namespace);
    if (err == 0 && has_id)
        err = add_words(out, "id");
    if (err == 0 && has_id)
        err = add_unsigned(out, (uint64_t)p->id);
    if (err == 0 && has_data)
        err = add_words(out, "data");
    return err == 0 && has_data ? add_data(out, p) : err;
}
