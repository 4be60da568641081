/* webhook.h - bytes that another server signed: HMAC-SHA256 over "time.bytes", so that neither can be changed
 * and an old one cannot be sent again. The header: "t=1764000000,v1=<64 hex digits>". */
#ifndef AUTH_WEBHOOK_H
#define AUTH_WEBHOOK_H

#include <stddef.h>
#include <stdint.h>

enum { WEBHOOK_SKEW_S = 300, WEBHOOK_SIGNATURE_SIZE = 2 + 20 + 4 + 64 + 1 };

int webhook_sign(const char *secret, int64_t now_utc, const void *bytes, size_t size,
                 char ret_signature[WEBHOOK_SIGNATURE_SIZE]); /* -EIO              */
/* -EACCES: not like above, not of these bytes and this secret, or more than WEBHOOK_SKEW_S from now. An empty
 * secret is nobody's. Takes the same time wherever the first difference is. */
int webhook_check(const char *secret, int64_t now_utc, const void *bytes, size_t size, const char *signature);
/* The same for one that was made at `at_utc`, whatever the time is now. */
int webhook_check_at(const char *secret, int64_t at_utc, const void *bytes, size_t size,
                     const char *signature);

#endif
