/* ws_frame.h - the head of a frame (RFC 6455, 5.2) and the mask of its payload (5.3). */
#ifndef WS_FRAME_H
#define WS_FRAME_H

#include "websocket.h"

enum ws_opcode {
    WS_CONTINUATION = 0, /* WS_TEXT = 1, WS_BINARY = 2, */ WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10,
};
enum { WS_RSV1 = 4, WS_RSV2 = 2, WS_RSV3 = 1 };
enum { WS_FRAME_HEAD_MAX = 2 + 8 + 4, WS_CONTROL_MAX = 125 };

struct ws_frame {
    unsigned char opcode, rsv;
    bool          fin, masked;
    unsigned char mask[4];
    uint64_t      size;                         /* of the payload                                   */
};

static inline bool ws_frame_is_control(const struct ws_frame *f)
{
    return (f->opcode & 8) != 0;
}

/* Reads a head. Returns the bytes it has, 0 while it is incomplete, or -EPROTO: an unknown opcode, a control
 * frame that is fragmented or longer than 125, a size not in its shortest form or past 2^63 - 1. What RSV
 * bits and masks mean is the caller's business. *ret is written only when the head is complete. */
int ws_frame_parse(struct ws_frame *ret, const unsigned char *at, size_t size);

/* Writes the head of a server's frame, which has no mask and is final; returns its size, 10 at the most. */
size_t ws_frame_write(unsigned char to[WS_FRAME_HEAD_MAX], unsigned opcode, unsigned rsv, uint64_t size);

/* Applies (or takes away) the mask of a payload's piece that begins `phase` bytes into the payload. */
void ws_frame_mask(unsigned char *at, size_t size, const unsigned char mask[4], uint64_t phase);

/* 7.4: codes that may stand in a close frame: 1000-1003, 1007-1014, 3000-4999. */
bool ws_close_code_valid(int code);

#endif
