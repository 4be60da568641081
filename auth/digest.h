/* digest.h - SHA-256 of bytes, for what must be recognized and not read. */
#ifndef AUTH_DIGEST_H
#define AUTH_DIGEST_H

#include <stddef.h>

enum { DIGEST_SIZE = 32 };

int digest_sha256(const void *bytes, size_t size, unsigned char ret_digest[DIGEST_SIZE]);      /* -EIO */

#endif
