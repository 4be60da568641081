/* ws_reader.c - bytes to frames, frames to messages (RFC 6455, 5.4 to 5.6). */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "ws_deflate.h"
#include "ws_server.h"

/* Messages. */

/* 5.4 and 5.6. The message's state is cleared before the handler runs. */
static int message_end(struct ws_conn *c, struct ws_bytes whole)
{
    struct ws_reader *r = &c->reader;
    enum ws_type type = r->type;
    const struct ws_handlers *handlers = &c->server->handlers;

    if (type == WS_TEXT && !utf8_whole(&r->utf8))
        return -EILSEQ;
    r->type = 0;
    r->fragments = 0;
    if (c->state == WS_OPEN && handlers->on_message != NULL)
        handlers->on_message(c, type, whole);
    return 0;
}

static int text_check(struct ws_reader *r, struct ws_bytes piece)
{
    return r->type == WS_TEXT ? utf8_check(&r->utf8, piece) : 0;
}

/* Puts a piece behind what came before it, inflated when the message is. */
static int message_add(struct ws_conn *c, struct ws_bytes piece, bool last)
{
    struct ws_reader *r = &c->reader;
    size_t before = r->message.size;
    int err = r->deflated ? ws_deflate_in(c->deflate, piece, last, &r->message)
                          : buf_add(&r->message, piece.at, piece.size);

    size_t added = r->message.size - before;    /* also what was inflated in front of an error      */
    int wrong = added == 0 ? 0 : text_check(r, (struct ws_bytes){ r->message.at + before, added });

    return wrong ? wrong : err;
}

/* A message that is all in this segment is handed on from where it lies. */
static int data_piece(struct ws_conn *c, struct ws_bytes piece)
{
    struct ws_reader *r = &c->reader;
    bool last = r->frame.fin && r->left == 0;
    int err;

    if (last && r->message.size == 0 && !r->deflated) {
        err = text_check(r, piece);
        return err ? err : message_end(c, piece);
    }
    err = message_add(c, piece, last);
    if (err || !last)
        return err;

    struct buf whole = r->message;              /* out of the way of whatever the handler does      */
    buf_init(&r->message, (int64_t)whole.size_max);
    err = message_end(c, buf_bytes(&whole));
    buf_finish(&whole);
    return err;
}

/* Control frames. */

static int close_came(struct ws_conn *c, struct ws_bytes payload)
{
    const unsigned char *at = payload.at;
    struct utf8 utf8 = { 0 };
    struct ws_bytes reason = { "", 0 };
    int code = 1005;

    if (payload.size == 1)
        return -EPROTO;
    if (payload.size >= 2) {
        code = at[0] << 8 | at[1];
        reason = (struct ws_bytes){ at + 2, payload.size - 2 };
        if (!ws_close_code_valid(code))
            return -EPROTO;
    }
    if (utf8_check(&utf8, reason) != 0 || !utf8_whole(&utf8))
        return -EILSEQ;

    ws_conn_answer_close(c, code);
    ws_conn_tell(c, code, reason.at, reason.size);
    return 0;
}

static int control_end(struct ws_conn *c, struct ws_bytes payload)
{
    switch (c->reader.frame.opcode) {
    case WS_CLOSE:
        return close_came(c, payload);
    case WS_PING:
        return c->state == WS_OPEN ? ws_conn_send(c, WS_PONG, payload) : 0;
    default:
        return 0;                               /* 5.5.3: a pong, wanted or not                     */
    }
}

static int control_piece(struct ws_conn *c, struct ws_bytes piece)
{
    struct buf *earlier = &c->reader.control;
    int err;

    if (c->reader.left == 0 && earlier->size == 0)
        return control_end(c, piece);
    err = buf_add(earlier, piece.at, piece.size);
    if (err || c->reader.left > 0)
        return err;

    err = control_end(c, buf_bytes(earlier));
    buf_finish(earlier);
    return err;
}

/* Frames. */

/* What a frame may have. The limit is one of inflated bytes; deflated ones are never many more. */
static uint64_t room_left(const struct ws_reader *r)
{
    uint64_t message_max = r->message.size_max;

    return r->deflated ? message_max + message_max / 1000 + 1024 - r->packed : message_max - r->message.size;
}

/* RFC 7692, 6: RSV1 is for the first frame of a deflated message, nothing else. */
static bool rsv_allowed(const struct ws_conn *c, const struct ws_frame *f)
{
    bool first = f->opcode == WS_TEXT || f->opcode == WS_BINARY;

    return f->rsv == 0 || (f->rsv == WS_RSV1 && first && c->deflate != NULL);
}

/* 5.1 and 5.4: what this frame may be after those before it. */
static int data_begin(struct ws_conn *c, const struct ws_frame *f)
{
    const struct ws_options *options = &c->server->options;
    struct ws_reader *r = &c->reader;

    if ((f->opcode == WS_CONTINUATION) != (r->type != 0))
        return -EPROTO;
    if (f->opcode != WS_CONTINUATION) {
        r->type = f->opcode;
        r->utf8 = (struct utf8){ 0 };
        r->deflated = f->rsv != 0;
        r->packed = 0;
    }
    if (f->size > room_left(r))
        return -EMSGSIZE;
    if (r->deflated)
        r->packed += f->size;
    return ++r->fragments > options->fragments_max ? -E2BIG : 0;
}

static int frame_begin(struct ws_conn *c, const struct ws_frame *f)
{
    if (!f->masked || !rsv_allowed(c, f))
        return -EPROTO;
    return ws_frame_is_control(f) ? 0 : data_begin(c, f);
}

static int frame_piece(struct ws_conn *c, unsigned char *at, size_t size)
{
    struct ws_reader *r = &c->reader;

    ws_frame_mask(at, size, r->frame.mask, r->frame.size - r->left);
    r->left -= size;
    r->in_payload = r->left > 0;
    return ws_frame_is_control(&r->frame) ? control_piece(c, (struct ws_bytes){ at, size })
                                          : data_piece(c, (struct ws_bytes){ at, size });
}

/* Returns how many bytes belonged to the head, or -errno. A frame without payload is dealt with at once. */
static int take_head(struct ws_conn *c, unsigned char *at, size_t size)
{
    struct ws_reader *r = &c->reader;
    size_t room = sizeof r->head - r->head_size, before = r->head_size;
    int used, err;

    if (size > room)
        size = room;
    memcpy(r->head + before, at, size);
    r->head_size = (unsigned char)(before + size);
    used = ws_frame_parse(&r->frame, r->head, r->head_size);
    if (used <= 0)
        return used < 0 ? used : (int)size;

    assert((size_t)used > before);
    r->head_size = 0;
    r->left = r->frame.size;
    r->in_payload = r->left > 0;
    err = frame_begin(c, &r->frame);
    if (err == 0 && r->left == 0)
        err = frame_piece(c, at, 0);
    return err ? err : used - (int)before;
}

static int take_payload(struct ws_conn *c, unsigned char *at, size_t size)
{
    if (size > c->reader.left)
        size = (size_t)c->reader.left;
    if (size > INT32_MAX)
        size = INT32_MAX;

    int err = frame_piece(c, at, size);
    return err ? err : (int)size;
}

int ws_receive(struct ws_conn *c, void *bytes, size_t size)
{
    unsigned char *at = bytes;

    if (c->state >= WS_ENDING)
        return -ENOTCONN;
    c->heard = true;
    while (size > 0 && c->state < WS_ENDING) {
        int used = c->reader.in_payload ? take_payload(c, at, size) : take_head(c, at, size);

        if (used < 0) {
            ws_conn_fail(c, used);
            return used;
        }
        at += used;
        size -= (size_t)used;
    }
    return 0;
}
