/* ws_message.c - counted frames: made once, queued by all their receivers, gone with the last of them. */
#include "ws_message.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ws_frame.h"

struct ws_message {
    unsigned      kept;
    unsigned char opcode, head_size;
    bool          no_twin;                      /* deflating does not make it shorter               */
    struct ws_message *twin;                    /* or NULL                                          */
    size_t        size;                         /* of head and payload                              */
    unsigned char at[];
};

/* The sum of all parts, or -1 when no memory could hold them. */
static int64_t parts_size(const struct ws_bytes *parts, int count)
{
    size_t size = 0;

    for (int i = 0; i < count; i++) {
        if (parts[i].size > (size_t)INT64_MAX / 4 - size)
            return -1;
        size += parts[i].size;
    }
    return (int64_t)size;
}

static struct ws_message *message_make(unsigned opcode, const unsigned char *head, size_t head_size,
                                       const struct ws_bytes *parts, int count)
{
    int64_t size = parts_size(parts, count);
    struct ws_message *m = size < 0 ? NULL : malloc(sizeof *m + head_size + (size_t)size);
    unsigned char *to;

    if (m == NULL)
        return NULL;
    *m = (struct ws_message){ .kept = 1, .opcode = (unsigned char)opcode,
                              .head_size = (unsigned char)head_size, .size = head_size + (size_t)size };
    to = m->at;
    if (head_size > 0)
        memcpy(to, head, head_size);
    to += head_size;
    for (int i = 0; i < count; to += parts[i++].size)
        if (parts[i].size > 0)
            memcpy(to, parts[i].at, parts[i].size);
    return m;
}

struct ws_message *ws_message_frame(unsigned opcode, unsigned rsv, const struct ws_bytes *parts,
                                    int parts_count)
{
    unsigned char head[WS_FRAME_HEAD_MAX];
    int64_t size = parts_size(parts, parts_count);

    if (size < 0)
        return NULL;
    assert(opcode < WS_CLOSE || size <= WS_CONTROL_MAX);
    return message_make(opcode, head, ws_frame_write(head, opcode, rsv, (uint64_t)size), parts, parts_count);
}

struct ws_message *ws_message_raw(const struct ws_bytes *parts, int parts_count)
{
    return message_make(0, NULL, 0, parts, parts_count);
}

struct ws_message *ws_message_new(enum ws_type type, const struct ws_bytes *parts, int parts_count)
{
    assert(type == WS_TEXT || type == WS_BINARY);
    return ws_message_frame(type, 0, parts, parts_count);
}

struct ws_message *ws_message_keep(struct ws_message *m)
{
    assert(m->kept > 0);
    m->kept++;
    return m;
}

void ws_message_drop(struct ws_message *m)
{
    if (m == NULL)
        return;
    assert(m->kept > 0);
    if (--m->kept > 0)
        return;
    ws_message_drop(m->twin);
    free(m);
}

struct ws_message *ws_message_twin(struct ws_message *m)
{
    return m->no_twin ? m : m->twin;
}

void ws_message_set_twin(struct ws_message *m, struct ws_message *take)
{
    assert(m->twin == NULL && !m->no_twin);
    if (take != m) {
        m->twin = take;
        return;
    }
    m->no_twin = true;                          /* a message that kept itself would live for ever   */
    ws_message_drop(take);
}

struct ws_bytes ws_message_bytes(const struct ws_message *m)
{
    return (struct ws_bytes){ m->at, m->size };
}

struct ws_bytes ws_message_payload(const struct ws_message *m)
{
    return (struct ws_bytes){ m->at + m->head_size, m->size - m->head_size };
}

enum ws_type ws_message_type(const struct ws_message *m)
{
    assert(m->opcode == WS_TEXT || m->opcode == WS_BINARY);
    return m->opcode;
}
