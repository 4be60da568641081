/* turn.h - credentials for a TURN server that shares a secret with us (coturn's use-auth-secret): whoever has
 * them may relay until they end, and no longer. */
#ifndef AUTH_TURN_H
#define AUTH_TURN_H

#include <stddef.h>
#include <stdint.h>

enum { TURN_USERNAME_SIZE = 96, TURN_CREDENTIAL_SIZE = 32 };

/* username "expiry:id", credential base64(HMAC-SHA1(secret, username)). -EINVAL: an id too long; -EIO. */
int turn_credential(const char *secret, int64_t expires_utc, const char *id,
                    char ret_username[TURN_USERNAME_SIZE], char ret_credential[TURN_CREDENTIAL_SIZE]);

#endif
