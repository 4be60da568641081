/* digest.c - SHA-256. */
#include "digest.h"

#include <errno.h>
#include <openssl/evp.h>

int digest_sha256(const void *bytes, size_t size, unsigned char ret_digest[DIGEST_SIZE])
{
    return EVP_Digest(bytes, size, ret_digest, NULL, EVP_sha256(), NULL) == 1 ? 0 : -EIO;
}
