/* jwk_key.h - one key between JSON (RFC 7517, 7518, 8037) and OpenSSL. Internal to auth. */
#ifndef AUTH_JWK_KEY_H
#define AUTH_JWK_KEY_H

#include <jansson.h>
#include <openssl/evp.h>

#include "jwks.h"

enum { JWK_THUMBPRINT_SIZE = 44 };

/* The public key of a JWK, the caller's. -EINVAL: none that may verify (of another kind, too weak, private,
 * off the curve); -ENOMEM. */
int jwk_key_read(const json_t *jwk, EVP_PKEY **ret_key);

/* Bits 1u << JWK_…: the algorithms this key is fit for; 0: none. */
unsigned jwk_key_algs(const EVP_PKEY *key);

/* Of a key that is fit for one of them, only the members that make the public key (RFC 7638 3.2): kty, and
 * n e, or crv x y, or crv x. NULL: out of memory. */
json_t *jwk_key_members(const EVP_PKEY *key);

/* RFC 7638, SHA-256: 43 characters. 0, -ENOMEM, -EIO. */
int jwk_key_thumbprint(const EVP_PKEY *key, char ret_text[JWK_THUMBPRINT_SIZE]);

#endif
