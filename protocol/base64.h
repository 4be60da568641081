/* base64.h - RFC 4648, section 4: the standard alphabet with padding. */
#ifndef BASE64_H
#define BASE64_H

#include <stddef.h>

/* Exactly so many characters are written; no NUL. */
static inline size_t base64_encoded_size(size_t size)
{
    return (size + 2) / 3 * 4;
}
void base64_encode(const void *at, size_t size, char *to);

/* At most so many bytes are written. */
static inline size_t base64_decoded_max(size_t size)
{
    return size / 4 * 3;
}

/* Strict: whole groups, canonical padding and trailing bits, no other character. `to` may be `text`.
 * Returns 0 and the size, or -EINVAL (then part of `to` may be written). */
int base64_decode(const char *text, size_t size, void *to, size_t *ret_size);

#endif
