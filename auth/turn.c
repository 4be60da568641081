/* turn.c - time-limited TURN credentials. */
#include "auth/turn.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { SHA1_SIZE = 20 };

int turn_credential(const char *secret, int64_t expires_utc, const char *id,
                    char ret_username[TURN_USERNAME_SIZE], char ret_credential[TURN_CREDENTIAL_SIZE])
{
    char username[TURN_USERNAME_SIZE];
    unsigned char mac[EVP_MAX_MD_SIZE];
    size_t size = 0;
    int length = snprintf(username, sizeof username, "%" PRId64 ":%s", expires_utc, id);

    if (length < 0 || (size_t)length >= sizeof username)
        return -EINVAL;
    if (EVP_Q_mac(NULL, "HMAC", NULL, "SHA1", NULL, secret, strlen(secret), (const unsigned char *)username,
                  (size_t)length, mac, sizeof mac, &size) == NULL)
        return -EIO;
    assert(size == SHA1_SIZE);
    static_assert(TURN_CREDENTIAL_SIZE > (SHA1_SIZE + 2) / 3 * 4, "base64 with its padding, and a NUL");
    (void)EVP_EncodeBlock((unsigned char *)ret_credential, mac, (int)size);
    memcpy(ret_username, username, (size_t)length + 1);
    return 0;
}
