/* ws_message.h - what the upper floors see of a counted message: one frame, head and payload in one piece. */
#ifndef WS_MESSAGE_H
#define WS_MESSAGE_H

#include "websocket.h"

/* As ws_message_new(), for any frame the server sends, and for bytes that are no frame at all. */
struct ws_message *ws_message_frame(unsigned opcode, const struct ws_bytes *parts, int parts_count);
struct ws_message *ws_message_raw(const struct ws_bytes *parts, int parts_count);

struct ws_bytes ws_message_bytes(const struct ws_message *);    /* as they go over the wire         */
struct ws_bytes ws_message_payload(const struct ws_message *);  /* without the head of the frame    */
enum ws_type    ws_message_type(const struct ws_message *);

#endif
