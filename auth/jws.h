/* jws.h - one signature (RFC 7515, 7518, 8037) checked by OpenSSL. Internal to auth. */
#ifndef AUTH_JWS_H
#define AUTH_JWS_H

#include <stddef.h>

#include "jwks.h"

enum { JWS_SIGNATURE_MAX = 1024 };              /* RSA of 8192 bits                                  */

/* 0 good; -EBADMSG not, or a key of another kind; -ENOMEM. */
int jws_verify(enum jwk_alg alg, struct evp_pkey_st *key, const void *text, size_t size,
               const unsigned char *signature, size_t signature_size);

#endif
