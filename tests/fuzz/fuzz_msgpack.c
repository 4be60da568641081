/* fuzz_msgpack.c - packets as MessagePack, against msgpack-c.
 *
 * What we take, msgpack-c takes whole, and says the same; what was taken and is written again is taken as
 * the same packet; JSON text goes through MessagePack unchanged in what it means. The first byte says which
 * of the two is tried, the second is the depth that is allowed. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <msgpack.h>

#include "fuzz.h"
#include "sio_json.h"
#include "sio_msgpack.h"

enum { DEPTH_MAX = 20 };                        /* msgpack-c's own stack has 32 levels              */

/* --- what msgpack-c sees, as JSON ---------------------------------------------------------------------- */

struct twin { int binary_count; bool has_date; const msgpack_object_bin *binary[16]; };

static json_t *json_of(const msgpack_object *o, struct twin *t);

static json_t *placeholder(const msgpack_object *o, struct twin *t)
{
    assert(t->binary_count < 16);
    t->binary[t->binary_count] = &o->via.bin;
    return json_pack("{s:b,s:f}", "_placeholder", 1, "num", (double)t->binary_count++);
}

static bool is_undefined(const msgpack_object *o)
{
    return o->type == MSGPACK_OBJECT_EXT && o->via.ext.type == 0 && o->via.ext.size == 1;
}

static json_t *json_of_map(const msgpack_object *o, struct twin *t)
{
    json_t *map = json_object();

    for (uint32_t i = 0; i < o->via.map.size; i++) {
        const msgpack_object_kv *member = &o->via.map.ptr[i];
        char *key = copy_of("", member->key.via.str.size + 1u);

        memcpy(key, member->key.via.str.ptr, member->key.via.str.size);
        key[member->key.via.str.size] = '\0';
        if (!is_undefined(&member->val))
            (void)json_object_set_new(map, key, json_of(&member->val, t));
        free(key);
    }
    return map;
}

static json_t *json_of(const msgpack_object *o, struct twin *t)
{
    json_t *array;

    switch (o->type) {
    case MSGPACK_OBJECT_BOOLEAN:          return json_boolean(o->via.boolean);
    case MSGPACK_OBJECT_POSITIVE_INTEGER: return json_real((double)o->via.u64);
    case MSGPACK_OBJECT_NEGATIVE_INTEGER: return json_real((double)o->via.i64);
    case MSGPACK_OBJECT_FLOAT32:
    case MSGPACK_OBJECT_FLOAT64:          return isfinite(o->via.f64) ? json_real(o->via.f64) : json_null();
    case MSGPACK_OBJECT_STR:              return json_stringn(o->via.str.ptr, o->via.str.size);
    case MSGPACK_OBJECT_BIN:              return placeholder(o, t);
    case MSGPACK_OBJECT_MAP:              return json_of_map(o, t);
    case MSGPACK_OBJECT_EXT:
        assert(o->via.ext.type == 0 && (o->via.ext.size == 1 || o->via.ext.size == 8));
        t->has_date = t->has_date || o->via.ext.size == 8;
        return json_null();
    case MSGPACK_OBJECT_ARRAY:
        array = json_array();
        for (uint32_t i = 0; i < o->via.array.size; i++)
            (void)json_array_append_new(array, json_of(&o->via.array.ptr[i], t));
        return array;
    default:
        return json_null();
    }
}

static const msgpack_object *member_of(const msgpack_object *map, const char *name)
{
    const msgpack_object *found = NULL;

    for (uint32_t i = 0; i < map->via.map.size; i++) {
        const msgpack_object_kv *member = &map->via.map.ptr[i];

        if (same_bytes(member->key.via.str.ptr, member->key.via.str.size, name, strlen(name)))
            found = &member->val;
    }
    return found;
}

static json_t *read_json(const void *at, size_t size)
{
    return json_loadb(at, size, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL | JSON_DECODE_ANY, NULL);
}

/* The values of a packet as one JSON text, with the name in front. */
static void print(const struct sio_packet *p, struct buf *text)
{
    bool values = p->type == SIO_EVENT || p->type == SIO_ACK;

    assert(!values || buf_add_byte(text, '[') == 0);
    assert(buf_add(text, p->name.at, p->name.size) == 0);
    assert(p->name.size == 0 || p->args.text.size == 0 || buf_add_byte(text, ',') == 0);
    assert(buf_add(text, p->args.text.at, p->args.text.size) == 0);
    assert(!values || buf_add_byte(text, ']') == 0);
}

static void check_against_twin(const struct sio_packet *p, const msgpack_object *theirs)
{
    const msgpack_object *data, *namespace = member_of(theirs, "nsp"), *type = member_of(theirs, "type");
    struct twin twin = { .binary_count = 0 };
    json_t *want, *got;
    struct buf text;

    assert(type != NULL && type->via.u64 == (uint64_t)p->type && namespace != NULL);
    assert(same_bytes(namespace->via.str.ptr, namespace->via.str.size, p->namespace.at, p->namespace.size));
    data = member_of(theirs, "data");
    if (data == NULL || is_undefined(data))
        return;
    buf_init(&text, BUF_NO_LIMIT);
    print(p, &text);
    want = json_of(data, &twin);
    got = read_json(text.at, text.size);
    if (got != NULL && !twin.has_date)          /* jansson has no NUL in names                      */
        assert(json_equal(got, want));
    assert(twin.binary_count == p->args.binary_count);
    for (int i = 0; i < twin.binary_count; i++)
        assert(same_bytes(twin.binary[i]->ptr, twin.binary[i]->size, p->args.binary[i].at,
                          p->args.binary[i].size));
    json_decref(want);
    json_decref(got);
    buf_finish(&text);
}

/* --- and again ----------------------------------------------------------------------------------------- */

/* False: a name that no application has, or what only clients send. */
static bool encode(const struct sio_packet *p, struct buf *to)
{
    char namespace[10000], name[10000] = "";
    struct sio_msgpack packet = { .type = p->type, .namespace = namespace, .id = p->id, .args = p->args };
    size_t size;

    assert(p->namespace.size < sizeof namespace);
    memcpy(namespace, p->namespace.at, p->namespace.size);
    namespace[p->namespace.size] = '\0';
    if (strlen(namespace) != p->namespace.size || (p->type == SIO_CONNECT && p->args.text.size == 0))
        return false;
    if (p->name.size > 0) {
        if (*(const char *)p->name.at != '"' || sio_json_unquote(p->name, name, sizeof name, &size) != 0)
            return false;
        packet.event = name;
    }
    assert(sio_msgpack_encode(to, &packet) == 0);
    return true;
}

static void check_again(const struct sio_packet *p, const struct sio_limits *limits)
{
    struct buf bytes, first, second;
    struct sio_decoder d;
    struct sio_packet again;

    sio_decoder_init(&d, limits);
    buf_init(&bytes, BUF_NO_LIMIT);
    buf_init(&first, BUF_NO_LIMIT);
    buf_init(&second, BUF_NO_LIMIT);
    if (encode(p, &bytes)) {
        assert(sio_msgpack_decode(&d, buf_bytes(&bytes), limits, &again) == 1);
        print(p, &first);
        print(&again, &second);
        assert(again.type == p->type && again.id == p->id && again.args.binary_count == p->args.binary_count);
        assert(same_bytes(again.namespace.at, again.namespace.size, p->namespace.at, p->namespace.size));
        assert(same_bytes(first.at, first.size, second.at, second.size));
    }
    buf_finish(&bytes);
    buf_finish(&first);
    buf_finish(&second);
    sio_decoder_finish(&d);
}

static void check_bytes(struct ws_bytes bytes, const struct sio_limits *limits)
{
    struct sio_decoder d;
    struct sio_packet packet;
    msgpack_unpacked theirs;
    size_t used = 0;
    int err;

    sio_decoder_init(&d, limits);
    err = sio_msgpack_decode(&d, bytes, limits, &packet);
    assert(err == 1 || err == -EPROTO || err == -EMSGSIZE);
    if (err == 1) {
        msgpack_unpacked_init(&theirs);
        assert(msgpack_unpack_next(&theirs, bytes.at, bytes.size, &used) == MSGPACK_UNPACK_SUCCESS);
        assert(used == bytes.size && theirs.data.type == MSGPACK_OBJECT_MAP);
        check_against_twin(&packet, &theirs.data);
        msgpack_unpacked_destroy(&theirs);
        check_again(&packet, limits);
    }
    sio_decoder_finish(&d);
}

/* A half of a pair is no UTF-8: it goes as its three bytes, and from a client is refused. */
static bool may_hold_half(struct ws_bytes text)
{
    return memmem(text.at, text.size, "\\ud", 3) != NULL || memmem(text.at, text.size, "\\uD", 3) != NULL;
}

/* Any JSON as arguments: it arrives as what it was. */
static void check_text(struct ws_bytes text, const struct sio_limits *limits)
{
    const struct sio_json_limits json_limits = { limits->depth_max, limits->args_max, -1 };
    struct sio_packet packet = { .type = SIO_ACK, .namespace = WS_LITERAL("/"), .id = 7 }, got;
    struct sio_json_array array;
    struct sio_decoder d;
    struct buf bytes;
    json_t *before, *after = NULL;

    if (sio_json_array(text, &json_limits, &array) != 0)
        return;
    packet.args.text = array.all;
    sio_decoder_init(&d, limits);
    buf_init(&bytes, BUF_NO_LIMIT);
    assert(encode(&packet, &bytes));
    before = read_json(text.at, text.size);     /* NULL: more than jansson can hold                 */
    if (sio_msgpack_decode(&d, buf_bytes(&bytes), limits, &got) == 1) {
        buf_clear(&bytes);
        print(&got, &bytes);
        after = read_json(bytes.at, bytes.size);
        assert(before == NULL || (after != NULL && json_equal(before, after)));
    } else {
        assert(may_hold_half(text));
    }
    json_decref(before);
    json_decref(after);
    buf_finish(&bytes);
    sio_decoder_finish(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    unsigned how = take_byte(&in);
    const struct sio_limits limits = { .binary_max = 8, .depth_max = 1 + (int)take_byte(&in) % DEPTH_MAX,
                                       .args_max = 30, .size_max = 10000 };
    char *copy = copy_of(in.at, in.left);

    if (how & 1)
        check_text((struct ws_bytes){ copy, in.left }, &limits);
    else
        check_bytes((struct ws_bytes){ copy, in.left }, &limits);
    free(copy);
    return 0;
}
