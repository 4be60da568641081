/* seal.c - AES-256-GCM under a key file. */
#include "seal.h"

#include <assert.h>
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key_file.h"

enum { VERSION = 1, HEAD_SIZE = 5, NONCE_SIZE = 12, TAG_SIZE = 16, KEY_SIZE = 32, WHERE_MAX = 1024 };

static_assert(SEAL_OVERHEAD == HEAD_SIZE + NONCE_SIZE + TAG_SIZE, "the layout in seal.h");
static_assert(SEAL_KEYS_MAX * (10 + 1 + 2 * KEY_SIZE + 1) < KEY_FILE_MAX, "a full key file can be read");

struct seal_key { uint32_t id; unsigned char secret[KEY_SIZE]; };

struct seal_keys {
    EVP_CIPHER     *cipher;                     /* fetched once: a fetch costs more than a message   */
    size_t          count;
    struct seal_key keys[SEAL_KEYS_MAX];        /* the newest is the first                           */
};

/* --- the key file --------------------------------------------------------------------------------------- */

static const struct seal_key *key_find(const struct seal_keys *keys, uint32_t id)
{
    for (size_t i = 0; i < keys->count; i++)
        if (keys->keys[i].id == id)
            return &keys->keys[i];
    return NULL;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "7 <64 hex digits>\n": the characters of the line, or -EBADMSG. */
static int line_parse(const char *line, struct seal_key *ret_key)
{
    uint64_t id = 0;
    int at = 0;

    for (; line[at] >= '0' && line[at] <= '9' && at < 10; at++)
        id = id * 10 + (uint64_t)(line[at] - '0');
    if (id == 0 || id > UINT32_MAX || line[0] == '0' || line[at++] != ' ')
        return -EBADMSG;
    for (int i = 0; i < KEY_SIZE; i++, at += 2) {
        int high = hex_value(line[at]), low = high < 0 ? -1 : hex_value(line[at + 1]);

        if (low < 0)
            return -EBADMSG;
        ret_key->secret[i] = (unsigned char)(high << 4 | low);
    }
    ret_key->id = (uint32_t)id;
    return line[at] == '\n' ? at + 1 : -EBADMSG;
}

static int keys_parse(struct seal_keys *keys, const char *text, size_t size)
{
    const char *end = text + size;

    while (text < end) {
        struct seal_key *key = &keys->keys[keys->count];
        int line = keys->count < SEAL_KEYS_MAX ? line_parse(text, key) : -EBADMSG;

        if (line < 0)
            return line;
        if (key_find(keys, key->id) != NULL)
            return -EBADMSG;                    /* which of the two would open?                      */
        keys->count++;
        if (key->id > keys->keys[0].id) {
            struct seal_key newest = *key;

            *key = keys->keys[0];
            keys->keys[0] = newest;
            OPENSSL_cleanse(&newest, sizeof newest);
        }
        text += line;
    }
    return keys->count > 0 ? 0 : -EBADMSG;
}

static int keys_make(const char *path)
{
    unsigned char secret[KEY_SIZE];
    char text[2 + 2 * KEY_SIZE + 2] = "1 ";
    int err;

    seal_random(NULL, secret, sizeof secret);
    for (size_t i = 0; i < KEY_SIZE; i++)
        (void)snprintf(text + 2 + 2 * i, 3, "%02x", secret[i]);
    text[2 + 2 * KEY_SIZE] = '\n';
    err = key_file_make(path, text, sizeof text - 1);
    OPENSSL_cleanse(secret, sizeof secret);
    OPENSSL_cleanse(text, sizeof text);
    return err == -EEXIST ? 0 : err;            /* made meanwhile: that one is to be read            */
}

int seal_keys_load_or_make(const char *path, struct seal_keys **ret_keys)
{
    char text[KEY_FILE_MAX];
    struct seal_keys *keys;
    size_t size;
    int err = key_file_read(path, text, &size);

    if (err == -ENOENT) {
        err = keys_make(path);
        if (err == 0)
            err = key_file_read(path, text, &size);
    }
    if (err)
        return err;
    keys = calloc(1, sizeof *keys);
    if (keys != NULL)
        keys->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    err = keys == NULL || keys->cipher == NULL ? -ENOMEM : keys_parse(keys, text, size);
    OPENSSL_cleanse(text, sizeof text);
    if (err) {
        seal_keys_free(keys);
        return err;
    }
    *ret_keys = keys;
    return 0;
}

void seal_keys_free(struct seal_keys *keys)
{
    if (keys == NULL)
        return;
    EVP_CIPHER_free(keys->cipher);
    OPENSSL_cleanse(keys, sizeof *keys);
    free(keys);
}

/* --- seal and open -------------------------------------------------------------------------------------- */

/* One pass of the cipher over `size` bytes; `head` and `nonce` are those of the value. 0, -ENOMEM, -EIO. */
static int cipher_run(EVP_CIPHER_CTX *pass, const struct seal_keys *keys, const struct seal_key *key,
                      const unsigned char *head, const char *where, const void *from, size_t size, void *to,
                      bool sealing)
{
    size_t where_size = strlen(where);
    int done = 0;

    assert(where_size <= WHERE_MAX && size <= SEAL_PLAIN_MAX);
    if (EVP_CipherInit_ex2(pass, keys->cipher, key->secret, head + HEAD_SIZE, sealing, NULL) != 1
        || EVP_CipherUpdate(pass, NULL, &done, head, HEAD_SIZE) != 1)
        return -EIO;
    if (where_size > 0
        && EVP_CipherUpdate(pass, NULL, &done, (const unsigned char *)where, (int)where_size) != 1)
        return -EIO;
    if (size > 0 && (EVP_CipherUpdate(pass, to, &done, from, (int)size) != 1 || (size_t)done != size))
        return -EIO;
    return 0;
}

static int value_seal(const struct seal_keys *keys, const char *where, const void *plain, size_t size,
                      unsigned char *to)
{
    const struct seal_key *key = &keys->keys[0];
    EVP_CIPHER_CTX *pass = EVP_CIPHER_CTX_new();
    unsigned char *text = to + HEAD_SIZE + NONCE_SIZE;
    int err, done;

    if (pass == NULL)
        return -ENOMEM;
    to[0] = VERSION;
    for (int i = 0; i < 4; i++)
        to[1 + i] = (unsigned char)(key->id >> (24 - 8 * i));
    seal_random(NULL, to + HEAD_SIZE, NONCE_SIZE);
    err = cipher_run(pass, keys, key, to, where, plain, size, text, true);
    if (err == 0 && (EVP_CipherFinal_ex(pass, text + size, &done) != 1
                     || EVP_CIPHER_CTX_ctrl(pass, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, text + size) != 1))
        err = -EIO;
    EVP_CIPHER_CTX_free(pass);
    return err;
}

int seal_seal(void *data, const char *where, const void *plain, size_t size, unsigned char **ret_sealed,
              size_t *ret_size)
{
    unsigned char *sealed;
    int err;

    assert(plain != NULL || size == 0);
    if (size > SEAL_PLAIN_MAX)
        return -EMSGSIZE;
    sealed = malloc(SEAL_OVERHEAD + size);
    if (sealed == NULL)
        return -ENOMEM;
    err = value_seal(data, where, plain, size, sealed);
    if (err) {
        free(sealed);
        return err;
    }
    *ret_sealed = sealed;
    *ret_size = SEAL_OVERHEAD + size;
    return 0;
}

static int value_open(const struct seal_keys *keys, const char *where, const unsigned char *sealed,
                      size_t size, unsigned char *to)
{
    uint32_t id = (uint32_t)sealed[1] << 24 | (uint32_t)sealed[2] << 16 | (uint32_t)sealed[3] << 8
                  | (uint32_t)sealed[4];
    const struct seal_key *key = sealed[0] == VERSION ? key_find(keys, id) : NULL;
    const unsigned char *text = sealed + HEAD_SIZE + NONCE_SIZE;
    unsigned char tag[TAG_SIZE];                /* OpenSSL wants it writable                         */
    EVP_CIPHER_CTX *pass;
    int err, done;

    if (key == NULL)
        return -EBADMSG;
    pass = EVP_CIPHER_CTX_new();
    if (pass == NULL)
        return -ENOMEM;
    memcpy(tag, text + size, TAG_SIZE);
    err = cipher_run(pass, keys, key, sealed, where, text, size, to, false);
    if (err == 0 && EVP_CIPHER_CTX_ctrl(pass, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) != 1)
        err = -EIO;
    if (err == 0 && EVP_CipherFinal_ex(pass, to + size, &done) != 1)
        err = -EBADMSG;
    EVP_CIPHER_CTX_free(pass);
    return err;
}

int seal_open(void *data, const char *where, const void *sealed, size_t size, unsigned char **ret_plain,
              size_t *ret_size)
{
    size_t plain_size = size - SEAL_OVERHEAD;
    unsigned char *plain;
    int err;

    if (size < SEAL_OVERHEAD)
        return -EBADMSG;
    if (plain_size > SEAL_PLAIN_MAX)
        return -EMSGSIZE;
    plain = malloc(plain_size + 1);
    if (plain == NULL)
        return -ENOMEM;
    err = value_open(data, where, sealed, plain_size, plain);
    if (err) {
        OPENSSL_cleanse(plain, plain_size);     /* what a forged tag has decrypted is for nobody     */
        free(plain);
        return err;
    }
    plain[plain_size] = '\0';
    *ret_plain = plain;
    *ret_size = plain_size;
    return 0;
}

/* --- other secrets -------------------------------------------------------------------------------------- */

/* RFC 5869, without salt. */
static int derive(const struct seal_key *from, const char *use, unsigned char ret_key[32])
{
    EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *pass = hkdf != NULL ? EVP_KDF_CTX_new(hkdf) : NULL;
    char digest[] = "SHA256";
    void *secret = (void *)(uintptr_t)from->secret, *info = (void *)(uintptr_t)use;     /* only read      */
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret, KEY_SIZE),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, strlen(use)),
        OSSL_PARAM_construct_end(),
    };
    unsigned char key[32];
    int err = 0;

    if (pass == NULL)
        err = -ENOMEM;
    else if (EVP_KDF_derive(pass, key, sizeof key, params) != 1)
        err = -EIO;
    else
        memcpy(ret_key, key, sizeof key);
    OPENSSL_cleanse(key, sizeof key);
    EVP_KDF_CTX_free(pass);
    EVP_KDF_free(hkdf);
    return err;
}

int seal_derive(const struct seal_keys *keys, const char *use, unsigned char ret_key[32])
{
    return derive(&keys->keys[0], use, ret_key);
}

int seal_derive_from(const struct seal_keys *keys, uint32_t id, const char *use, unsigned char ret_key[32])
{
    const struct seal_key *key = key_find(keys, id);

    return key != NULL ? derive(key, use, ret_key) : -ENOENT;
}

/* keys_parse() keeps the newest first, the others as they stand in the file. */
size_t seal_keys_ids(const struct seal_keys *keys, uint32_t ret_ids[SEAL_KEYS_MAX])
{
    for (size_t i = 0; i < keys->count; i++) {
        size_t at = i;

        for (; at > 0 && ret_ids[at - 1] < keys->keys[i].id; at--)
            ret_ids[at] = ret_ids[at - 1];
        ret_ids[at] = keys->keys[i].id;
    }
    return keys->count;
}

void seal_random(void *unused, void *at, size_t size)
{
    (void)unused;
    assert(size <= INT32_MAX);
    if (RAND_bytes(at, (int)size) != 1)
        abort();
}
