/* mac.c - HMAC-SHA256 under derived keys. */
#include "mac.h"

#include <assert.h>
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

#include "seal.h"

enum { HMAC_SIZE = 32, ID_SIZE = MAC_TAG_SIZE - HMAC_SIZE, SCOPE_MAX = 64 };
enum use { OF_TAGS, OF_TOKENS, USES };
static const char *const names[USES] = { [OF_TAGS] = "audit", [OF_TOKENS] = "search" };

struct mac_key { uint32_t id; EVP_MAC_CTX *keyed[USES]; };     /* keyed: never used, only copied        */
struct mac_keys {
    size_t         count;
    struct mac_key keys[SEAL_KEYS_MAX];         /* the newest is the first                            */
};

static int keyed_new(const struct seal_keys *seal, uint32_t id, const char *use, EVP_MAC_CTX **ret_keyed)
{
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *keyed = hmac != NULL ? EVP_MAC_CTX_new(hmac) : NULL;
    char digest[] = "SHA256";
    OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                            OSSL_PARAM_construct_end() };
    unsigned char key[32];
    int err = keyed == NULL ? -ENOMEM : seal_derive_from(seal, id, use, key);

    if (err == 0 && EVP_MAC_init(keyed, key, sizeof key, params) != 1)
        err = -EIO;
    OPENSSL_cleanse(key, sizeof key);
    EVP_MAC_free(hmac);
    if (err) {
        EVP_MAC_CTX_free(keyed);
        return err;
    }
    *ret_keyed = keyed;
    return 0;
}

int mac_keys_new(const struct seal_keys *seal, struct mac_keys **ret_keys)
{
    struct mac_keys *keys = calloc(1, sizeof *keys);
    uint32_t ids[SEAL_KEYS_MAX];
    int err = keys != NULL ? 0 : -ENOMEM;

    for (size_t i = 0, count = seal_keys_ids(seal, ids); i < count && err == 0; i++) {
        struct mac_key *key = &keys->keys[keys->count++];

        key->id = ids[i];
        for (int use = 0; use < USES && err == 0; use++)
            err = keyed_new(seal, ids[i], names[use], &key->keyed[use]);
    }
    if (err) {
        mac_keys_free(keys);
        return err;
    }
    *ret_keys = keys;
    return 0;
}

void mac_keys_free(struct mac_keys *keys)
{
    if (keys == NULL)
        return;
    for (size_t i = 0; i < keys->count; i++)
        for (int use = 0; use < USES; use++)
            EVP_MAC_CTX_free(keys->keys[i].keyed[use]);
    free(keys);
}

/* Of the text with its NUL, then the bytes. */
static int pass_run(EVP_MAC_CTX *pass, const char *text, const void *bytes, size_t size,
                    unsigned char ret_hmac[HMAC_SIZE])
{
    size_t done = 0;

    if (EVP_MAC_update(pass, (const unsigned char *)text, strlen(text) + 1) != 1
        || EVP_MAC_update(pass, bytes, size) != 1
        || EVP_MAC_final(pass, ret_hmac, &done, HMAC_SIZE) != 1 || done != HMAC_SIZE)
        return -EIO;
    return 0;
}

static int tag_make(const struct mac_key *key, const char *use, const void *bytes, size_t size,
                    unsigned char tag[MAC_TAG_SIZE])
{
    EVP_MAC_CTX *pass = EVP_MAC_CTX_dup(key->keyed[OF_TAGS]);
    int err = pass != NULL ? pass_run(pass, use, bytes, size, tag + ID_SIZE) : -ENOMEM;

    for (int i = 0; i < ID_SIZE; i++)
        tag[i] = (unsigned char)(key->id >> (24 - 8 * i));
    EVP_MAC_CTX_free(pass);
    return err;
}

int mac_sign(void *data, const char *use, const void *bytes, size_t size, unsigned char ret_tag[MAC_TAG_SIZE])
{
    const struct mac_keys *keys = data;
    unsigned char tag[MAC_TAG_SIZE];
    int err = tag_make(&keys->keys[0], use, bytes, size, tag);

    if (err == 0)
        memcpy(ret_tag, tag, sizeof tag);
    return err;
}

int mac_check(void *data, const char *use, const void *bytes, size_t size,
              const unsigned char tag[MAC_TAG_SIZE])
{
    uint32_t id = (uint32_t)tag[0] << 24 | (uint32_t)tag[1] << 16 | (uint32_t)tag[2] << 8 | (uint32_t)tag[3];
    const struct mac_keys *keys = data;
    unsigned char right[MAC_TAG_SIZE];
    int err = -EBADMSG;

    for (size_t i = 0; i < keys->count; i++)
        if (keys->keys[i].id == id)
            err = tag_make(&keys->keys[i], use, bytes, size, right);
    if (err)
        return err;
    return CRYPTO_memcmp(right, tag, sizeof right) == 0 ? 0 : -EBADMSG;
}

int mac_tokens(void *data, const char *scope, const uint64_t *pairs, size_t count, int64_t *ret_tokens)
{
    const struct mac_keys *keys = data;
    EVP_MAC_CTX *pass = EVP_MAC_CTX_dup(keys->keys[keys->count - 1].keyed[OF_TOKENS]);
    int err = pass != NULL ? 0 : -ENOMEM;

    assert(strlen(scope) <= SCOPE_MAX);
    for (size_t i = 0; i < count && err == 0; i++) {
        unsigned char hmac[HMAC_SIZE], pair[8];

        for (int b = 0; b < 8; b++)
            pair[b] = (unsigned char)(pairs[i] >> (56 - 8 * b));
        if (i > 0 && EVP_MAC_init(pass, NULL, 0, NULL) != 1)
            err = -EIO;
        if (err == 0)
            err = pass_run(pass, scope, pair, sizeof pair, hmac);
        if (err == 0)
            memcpy(&ret_tokens[i], hmac, sizeof ret_tokens[i]);
    }
    EVP_MAC_CTX_free(pass);
    return err;
}
