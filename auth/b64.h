/* b64.h - RFC 4648 without padding: section 5 (base64url, for JOSE), section 4 (for password texts). */
#ifndef AUTH_B64_H
#define AUTH_B64_H

#include <stddef.h>

enum b64 { B64_URL, B64_STANDARD };

static inline size_t b64_encoded_size(size_t size)
{
    return size / 3 * 4 + (size % 3 ? size % 3 + 1 : 0);
}

/* Exactly so many characters, then a NUL. */
void b64_encode(enum b64 alphabet, const void *at, size_t size, char *to);

/* Strict: no padding, no other character, no bits that nobody would decode, so that one value has one
 * text. -EINVAL; -EMSGSIZE: more than `max` bytes. On failure part of `to` may be written. */
int b64_decode(enum b64 alphabet, const char *text, size_t size, void *to, size_t max, size_t *ret_size);

#endif
