/* ws_message.h - what the upper floors see of a counted message: one frame, head and payload in one piece. */
#ifndef WS_MESSAGE_H
#define WS_MESSAGE_H

#include "websocket.h"

/* As ws_message_new(), for any frame the server sends, and for bytes that are no frame at all. */
struct ws_message *ws_message_frame(unsigned opcode, unsigned rsv, const struct ws_bytes *parts,
                                    int parts_count);
struct ws_message *ws_message_raw(const struct ws_bytes *parts, int parts_count);

struct ws_bytes ws_message_bytes(const struct ws_message *);    /* as they go over the wire         */
struct ws_bytes ws_message_payload(const struct ws_message *);  /* without the head of the frame    */
enum ws_type    ws_message_type(const struct ws_message *);

/* Its deflated form, kept with it once it is known: itself when that is no shorter, NULL when not tried. */
struct ws_message *ws_message_twin(struct ws_message *);
void               ws_message_set_twin(struct ws_message *, struct ws_message *take);

#endif
