/* fuzz_eio_payload.c - Engine.IO packets and payloads, as text and in a POST.
 *
 * The packets of a payload are its pieces between the separators; what was decoded and is encoded anew has
 * the same bytes; a body cut anywhere does what the whole one does. The first byte: the size of the cuts. */
#include "eio_packet.h"
#include "fixture/world.h"
#include "fuzz.h"

#include <stdio.h>

enum { MESSAGE_MAX = 3000, PACKETS_MAX = 50 };

/* Decodes a copy and makes a packet of it again: base64 has only one form (RFC 4648, 3.5). */
static void check_packet(struct ws_bytes packet)
{
    char *copy = copy_of(packet.at, packet.size);
    struct eio_packet decoded;
    struct buf again;

    buf_init(&again, BUF_NO_LIMIT);
    if (eio_packet_decode(copy, packet.size, &decoded) == 0) {
        assert(decoded.kind == WS_TEXT || decoded.type == EIO_MESSAGE);
        if (decoded.kind == WS_BINARY)
            assert(eio_payload_add(&again, WS_BINARY, decoded.data) == 0);
        else
            assert(buf_add_byte(&again, (unsigned char)decoded.type) == 0
                   && buf_add(&again, decoded.data.at, decoded.data.size) == 0);
        assert(same_bytes(again.at, again.size, packet.at, packet.size));
        assert(decoded.kind == WS_TEXT || eio_payload_size(WS_BINARY, decoded.data.size) == packet.size);
    }
    buf_finish(&again);
    free(copy);
}

static void check_payload(struct ws_bytes payload)
{
    size_t offset = 0, count = 0;
    struct ws_bytes packet;
    struct buf joined;

    buf_init(&joined, BUF_NO_LIMIT);
    while (eio_payload_next(payload, &offset, &packet)) {
        assert(packet.size == 0 || memchr(packet.at, EIO_SEPARATOR, packet.size) == NULL);
        if (count++ > 0)
            assert(buf_add_byte(&joined, EIO_SEPARATOR) == 0);
        assert(buf_add(&joined, packet.at, packet.size) == 0);
        check_packet(packet);
    }
    assert(count == eio_payload_count(payload));
    assert(same_bytes(joined.at, joined.size, payload.at, payload.size));
    buf_finish(&joined);
}

/* A session that echoes, and notes all it is told. */

static void on_message(struct eio_session *s, enum ws_type type, struct ws_bytes bytes)
{
    struct world *w = eio_app(s);

    assert(bytes.size <= MESSAGE_MAX);
    assert(buf_printf(&w->log, "%d %zu ", (int)type, bytes.size) == 0);
    assert(buf_add(&w->log, bytes.at, bytes.size) == 0);
    (void)eio_send(s, type, bytes, 0);
}

static void on_close(struct eio_session *s, enum eio_reason reason)
{
    world_note(eio_app(s), "closed: %s", eio_reason_text(reason));
}

/* One POST in pieces, and then a poll; what was told and answered is in the world's log. */
static void post(struct world *w, struct ws_bytes body, size_t step)
{
    static const struct eio_options options = { .ws.message_max = MESSAGE_MAX, .packets_max = PACKETS_MAX };
    static const struct eio_handlers handlers = { .on_message = on_message, .on_close = on_close };
    struct peer *opened, *posted, *polled;
    char sid[64], query[128];

    world_init(w, 1);
    world_engine(w, &options, &handlers);
    opened = world_get(w, "EIO=4&transport=polling");
    world_sid(peer_body(opened), sid);
    (void)snprintf(query, sizeof query, "EIO=4&transport=polling&sid=%s", sid);
    posted = world_request(w, "POST", query, NULL);
    for (size_t done = 0, piece; done < body.size; done += piece) {
        piece = body.size - done < step ? body.size - done : step;
        world_body(posted, (const char *)body.at + done, piece);
    }
    world_end(posted);
    assert(posted->done && (posted->status == 200 || posted->status == 400 || posted->status == 413));
    assert((posted->status == 413) == (body.size > MESSAGE_MAX));
    polled = world_get(w, query);
    assert(buf_printf(&w->log, "%d %d ", posted->status, polled->status) == 0);
    assert(buf_add(&w->log, polled->body.at, polled->body.size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    size_t step = 1 + take_byte(&in) % 64;
    char *copy = copy_of(in.at, in.left);
    const struct ws_bytes payload = { copy, in.left };
    struct world whole, cut;

    check_payload(payload);
    post(&whole, payload, SIZE_MAX);
    post(&cut, payload, step);
    assert(same_bytes(whole.log.at, whole.log.size, cut.log.at, cut.log.size));
    world_finish(&whole);
    world_finish(&cut);
    free(copy);
    return 0;
}
