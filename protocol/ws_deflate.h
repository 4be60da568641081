/* ws_deflate.h - permessage-deflate (RFC 7692): the choice of an offer, inflating and deflating. */
#ifndef WS_DEFLATE_H
#define WS_DEFLATE_H

#include "buf.h"

/* What was agreed for one connection; "forget" is no context takeover. */
struct ws_deflate_terms {
    bool server_forget, client_forget;
    int  server_bits, client_bits;
};

enum { WS_DEFLATE_ANSWER_MAX = 160 };

/* Takes the first offer that can be taken. False: there is none, the handshake goes on without it (5.1: a bad
 * offer is declined, it breaks nothing). True: the terms, and the value of Sec-WebSocket-Extensions. */
bool ws_deflate_choose(const struct ws_options *, const struct ws_request *, struct ws_deflate_terms *ret,
                       char ret_answer[WS_DEFLATE_ANSWER_MAX]);

/* A compressor without a past, for messages that are shared, or of connections that forget. One a server. */
struct ws_deflater;
struct ws_deflater *ws_deflater_new(int window_bits);           /* NULL: -ENOMEM                    */
void                ws_deflater_free(struct ws_deflater *);     /* NULL is fine                     */

/* One connection's side. Its memory grows with its use: contexts are made with the first message. */
struct ws_deflate;
struct ws_deflate *ws_deflate_new(const struct ws_deflate_terms *);     /* NULL: -ENOMEM            */
void               ws_deflate_free(struct ws_deflate *);                /* NULL is fine             */

/* Inflates a piece of a message behind what `out` has; `last` ends the message. 0, -EMSGSIZE past the limit
 * of `out`, -EILSEQ for what is no deflate stream, -ENOMEM. */
int ws_deflate_in(struct ws_deflate *, struct ws_bytes piece, bool last, struct buf *out);

/* What to send for a message: itself where deflating does not pay, or its twin, kept for the caller. NULL:
 * -ENOMEM. _own is for one receiver and has the connection's past, _shared is made once for all. */
struct ws_message *ws_deflate_own(struct ws_deflate *, struct ws_deflater *, struct ws_message *);
struct ws_message *ws_deflate_shared(struct ws_deflate *, struct ws_deflater *, struct ws_message *);

/* The message was not sent after all: what follows must not refer to it. */
void ws_deflate_unsent(struct ws_deflate *);

#endif
