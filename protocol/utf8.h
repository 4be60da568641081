/* utf8.h - an incremental check of UTF-8 (RFC 3629): nothing overlong, no surrogates, the end is U+10FFFF. */
#ifndef UTF8_H
#define UTF8_H

#include "websocket.h"

struct utf8 { unsigned char left, low, high; };         /* zero is a good start: between characters */

int utf8_check(struct utf8 *, struct ws_bytes);         /* 0, or -EILSEQ at the first wrong byte    */

/* Did the text end between characters? */
static inline bool utf8_whole(const struct utf8 *u)
{
    return u->left == 0;
}

/* The longest beginning of `size` bytes or less that does not cut a character in two. */
size_t utf8_cut(const char *text, size_t size);

#endif
