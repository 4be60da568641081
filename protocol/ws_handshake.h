/* ws_handshake.h - the opening handshake (RFC 6455, 4.2): checks, and the text of its answers. */
#ifndef WS_HANDSHAKE_H
#define WS_HANDSHAKE_H

#include "buf.h"

/* Looks at the fields and the origin: 101, 400 (broken), 403 (a page of elsewhere), 426 (no WebSocket, or
 * another version of it). */
int ws_handshake_check(const struct ws_options *, const struct ws_request *);

/* The first of `spoken` that the client offers, or NULL. */
const char *ws_handshake_protocol(const char *const *spoken, const struct ws_request *);

struct ws_answer {
    const char *protocol, *extensions, *lines;  /* any may be NULL                                  */
    void (*sha1)(struct ws_bytes, unsigned char digest[20]);
};

/* Both add to a buffer: 0 or its errors. The request was checked. */
int ws_handshake_accept(struct buf *, const struct ws_request *, const struct ws_answer *);
int ws_handshake_refuse(struct buf *, int status, const char *lines, struct ws_bytes body);

const char *ws_status_text(int status);                                 /* "Forbidden"; "" unknown  */

/* Walks a list of tokens that stands in one or many rows of one name: `*row` and `*at` are NULL at first.
 * True and the token, without blanks around it; false at the end. */
bool ws_header_token(const struct ws_request *, const char *name, const struct ws_header **row,
                     const char **at, struct ws_bytes *ret_token);

#endif
