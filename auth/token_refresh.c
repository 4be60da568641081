/* token_refresh.c - refresh tokens: 32 bytes in base64url, and nothing in them. */
#include <assert.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

#include "b64.h"
#include "token.h"

enum { SECRET_SIZE = 32 };

static_assert(TOKEN_REFRESH_SIZE == (SECRET_SIZE * 4 + 2) / 3 + 1, "32 bytes in base64url, and a NUL");

/* One token has one text: else the hash in the database would not find it. */
static int shape_check(const char *text)
{
    unsigned char secret[SECRET_SIZE];
    size_t size = strnlen(text, TOKEN_REFRESH_SIZE), secret_size;
    int err = size == TOKEN_REFRESH_SIZE - 1 ? 0 : -EINVAL;

    if (err == 0)
        err = b64_decode(B64_URL, text, size, secret, sizeof secret, &secret_size);
    OPENSSL_cleanse(secret, sizeof secret);
    return err ? -EBADMSG : 0;
}

int token_refresh_new(char ret_text[TOKEN_REFRESH_SIZE])
{
    unsigned char secret[SECRET_SIZE];

    if (RAND_priv_bytes(secret, sizeof secret) != 1)
        return -EIO;
    b64_encode(B64_URL, secret, sizeof secret, ret_text);
    OPENSSL_cleanse(secret, sizeof secret);
    return 0;
}

int token_refresh_next(const unsigned char mac_key[32], const char *text, char ret_next[TOKEN_REFRESH_SIZE])
{
    unsigned char secret[SECRET_SIZE];
    int err = shape_check(text);

    if (err)
        return err;
    if (HMAC(EVP_sha256(), mac_key, 32, (const unsigned char *)text, TOKEN_REFRESH_SIZE - 1, secret, NULL)
        == NULL)
        return -EIO;
    b64_encode(B64_URL, secret, sizeof secret, ret_next);
    OPENSSL_cleanse(secret, sizeof secret);
    return 0;
}

int token_refresh_hash(const char *text, unsigned char ret_hash[TOKEN_HASH_SIZE])
{
    int err = shape_check(text);

    if (err)
        return err;
    return EVP_Digest(text, TOKEN_REFRESH_SIZE - 1, ret_hash, NULL, EVP_sha256(), NULL) == 1 ? 0 : -EIO;
}
