/* seal.h - values that cannot be read on disk: AES-256-GCM under a key file.
 *
 * A sealed value is: version (1 byte, 1), key id (4 bytes, big-endian), nonce (12, random), ciphertext,
 * tag (16). The caller's `where` ("message:msg_…") and the first five bytes are authenticated with it.
 * 2^32 values a key at most (SP 800-38D 8.3). */
#ifndef AUTH_SEAL_H
#define AUTH_SEAL_H

#include <stddef.h>
#include <stdint.h>

enum { SEAL_OVERHEAD = 1 + 4 + 12 + 16, SEAL_PLAIN_MAX = 16 * 1024 * 1024, SEAL_KEYS_MAX = 64 };

struct seal_keys;
/* Reads the key file (a line a key: id, 64 hex digits; the highest id seals, all open), or makes one
 * with a random key, mode 0600, synced before it is used. -EPERM: group or others may read it;
 * -EBADMSG: not of this shape. */
int  seal_keys_load_or_make(const char *path, struct seal_keys **ret_keys);
void seal_keys_free(struct seal_keys *keys);            /* wipes them                                 */

/* The two functions of storage's `struct seal`; `keys` is a struct seal_keys. Safe from several
 * threads. Outputs are malloc'd and the caller's; an opened value is followed by a NUL. -EBADMSG:
 * altered, another row's, unknown key. -EMSGSIZE. */
int seal_seal(void *keys, const char *where, const void *plain, size_t size, unsigned char **ret_sealed,
              size_t *ret_size);
int seal_open(void *keys, const char *where, const void *sealed, size_t size, unsigned char **ret_plain,
              size_t *ret_size);

/* A secret of its own for another use ("refresh", "audit"), derived from the newest key by HKDF-SHA256. */
int seal_derive(const struct seal_keys *keys, const char *use, unsigned char ret_key[32]);
/* The same from the key of this id; -ENOENT: there is none. */
int seal_derive_from(const struct seal_keys *keys, uint32_t id, const char *use, unsigned char ret_key[32]);
/* Of all keys, the newest first. Returns how many. */
size_t seal_keys_ids(const struct seal_keys *keys, uint32_t ret_ids[SEAL_KEYS_MAX]);

/* Random bytes for ids: storage's `random`. Ends the process when the system has none (it cannot go
 * on). */
void seal_random(void *unused, void *at, size_t size);

#endif
