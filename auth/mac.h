/* mac.h - what must not be altered unseen, and words that must be found and not read: HMAC-SHA256 under keys
 * that are derived (HKDF) from the key file of seal.h, so no database holds them. */
#ifndef AUTH_MAC_H
#define AUTH_MAC_H

#include <stddef.h>
#include <stdint.h>

enum { MAC_TAG_SIZE = 4 + 32 };                 /* id of the key, big-endian, and the HMAC            */

struct mac_keys;
struct seal_keys;
int  mac_keys_new(const struct seal_keys *, struct mac_keys **ret_keys);        /* -ENOMEM, -EIO      */
void mac_keys_free(struct mac_keys *);          /* wipes them; NULL is fine                           */

/* The functions of storage's `struct mac`; `keys` is a struct mac_keys. Safe from several threads. */

/* By the newest key; `use` ("audit", "audit-head") keeps one's tags from being another's. -ENOMEM, -EIO. */
int mac_sign(void *keys, const char *use, const void *bytes, size_t size,
             unsigned char ret_tag[MAC_TAG_SIZE]);
/* By the key it was made with. -EBADMSG: not of these bytes, not for this use, or an unknown key. */
int mac_check(void *keys, const char *use, const void *bytes, size_t size,
              const unsigned char tag[MAC_TAG_SIZE]);

/* A number for each pair, the same for the same pair in the same scope only. By the oldest key: what was
 * once numbered is found also after another key seals. */
int mac_tokens(void *keys, const char *scope, const uint64_t *pairs, size_t count, int64_t *ret_tokens);

#endif
