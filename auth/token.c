/* token.c - our signing key and the tokens it signs. */
#include "token.h"

#include <assert.h>
#include <errno.h>
#include <jwt.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "jwk_key.h"
#include "key_file.h"

static_assert(sizeof(long) >= sizeof(int64_t), "libjwt counts seconds in a long");

struct token_key {
    struct jwks *set;                           /* one key, the public half                          */
    char         kid[JWK_THUMBPRINT_SIZE];
    size_t       pem_size;
    char         pem[KEY_FILE_MAX];             /* libjwt wants the text, each time                  */
};

/* --- the key -------------------------------------------------------------------------------------------- */

static int key_make(const char *path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    BIO *text = BIO_new(BIO_s_secmem());
    char *pem;
    long size;
    int err = -EIO;

    if (key != NULL && text != NULL && PEM_write_bio_PrivateKey(text, key, NULL, NULL, 0, NULL, NULL) == 1) {
        size = BIO_get_mem_data(text, &pem);
        err = key_file_make(path, pem, (size_t)size);
    }
    BIO_free(text);                             /* wipes it                                          */
    EVP_PKEY_free(key);
    return err == -EEXIST ? 0 : err;            /* made meanwhile: that one is to be read            */
}

/* Without it OpenSSL would ask on the terminal. */
static int no_password(char *to, int size, int writing, void *data)
{
    (void)to, (void)size, (void)writing, (void)data;
    return -1;
}

/* The private key in the text, when it is whole; the caller's, or NULL. */
static EVP_PKEY *key_read(const struct token_key *key)
{
    BIO *text = BIO_new_mem_buf(key->pem, (int)key->pem_size);
    EVP_PKEY *private = text != NULL ? PEM_read_bio_PrivateKey(text, NULL, no_password, NULL) : NULL;
    EVP_PKEY_CTX *check = private != NULL ? EVP_PKEY_CTX_new_from_pkey(NULL, private, NULL) : NULL;

    if (check == NULL || EVP_PKEY_check(check) != 1) {
        EVP_PKEY_free(private);
        private = NULL;
    }
    EVP_PKEY_CTX_free(check);
    BIO_free(text);
    return private;
}

/* Its public half alone; the caller's, or NULL. */
static EVP_PKEY *key_public(const EVP_PKEY *private)
{
    unsigned char *der = NULL;
    int size = i2d_PUBKEY(private, &der);
    const unsigned char *at = der;
    EVP_PKEY *public = size > 0 ? d2i_PUBKEY(NULL, &at, size) : NULL;

    OPENSSL_free(der);
    return public;
}

static int key_publish(struct token_key *key)
{
    EVP_PKEY *private = key_read(key), *public = private != NULL ? key_public(private) : NULL;
    int err = public != NULL && jwk_key_algs(public) == 1u << JWK_ES256 ? jwks_new(&key->set) : -EBADMSG;

    if (err == 0)
        err = jwk_key_thumbprint(public, key->kid);
    if (err == 0)
        err = jwks_add(key->set, public, key->kid);
    EVP_PKEY_free(public);
    EVP_PKEY_free(private);
    ERR_clear_error();
    return err;
}

int token_key_load_or_make(const char *path, struct token_key **ret_key)
{
    struct token_key *key = calloc(1, sizeof *key);
    int err = key != NULL ? key_file_read(path, key->pem, &key->pem_size) : -ENOMEM;

    if (err == -ENOENT) {
        err = key_make(path);
        if (err == 0)
            err = key_file_read(path, key->pem, &key->pem_size);
    }
    if (err == 0)
        err = key_publish(key);
    if (err) {
        token_key_free(key);
        return err;
    }
    *ret_key = key;
    return 0;
}

void token_key_free(struct token_key *key)
{
    if (key == NULL)
        return;
    jwks_free(key->set);
    OPENSSL_cleanse(key, sizeof *key);
    free(key);
}

const struct jwks *token_key_set(const struct token_key *key)
{
    return key->set;
}

/* --- issue ---------------------------------------------------------------------------------------------- */

static int texts_set(jwt_t *jwt, const struct token_key *key, const struct token_new *token)
{
    const struct { const char *name, *text; } claims[] = {
        { "iss", token->issuer }, { "aud", token->audience }, { "sub", token->subject },
        { "sid", token->session }, { "role", token->role },
    };
    int err = jwt_add_header(jwt, "kid", key->kid);

    for (size_t i = 0; i < sizeof claims / sizeof *claims && err == 0; i++)
        err = jwt_add_grant(jwt, claims[i].name, claims[i].text);
    return -err;                                /* libjwt's are positive                             */
}

static int times_set(jwt_t *jwt, const struct token_new *token)
{
    int life_s = token->life_s != 0 ? token->life_s : TOKEN_LIFE_S;
    int err = jwt_add_grant_int(jwt, "iat", token->now_utc);

    if (err == 0)
        err = jwt_add_grant_int(jwt, "nbf", token->now_utc);
    if (err == 0)
        err = jwt_add_grant_int(jwt, "exp", token->now_utc + life_s);
    return -err;
}

int token_issue(const struct token_key *key, const struct token_new *token, char **ret_text)
{
    jwt_t *jwt;
    char *text = NULL;
    int err = -jwt_new(&jwt);

    if (err)
        return err;
    assert(token->issuer && token->audience && token->subject && token->session && token->role);
    err = texts_set(jwt, key, token);
    if (err == 0)
        err = times_set(jwt, token);
    if (err == 0)
        err = -jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)key->pem, (int)key->pem_size);
    if (err == 0)
        text = jwt_encode_str(jwt);
    jwt_free(jwt);
    if (err == 0 && text == NULL)
        err = -EIO;
    if (err == 0)
        *ret_text = text;
    return err;
}

/* --- read ----------------------------------------------------------------------------------------------- */

static int text_read(const json_t *claims, const char *name, char *to, size_t size)
{
    const json_t *text = json_object_get(claims, name);
    size_t length = json_string_length(text);

    if (!json_is_string(text) || length == 0 || length >= size)
        return -EBADMSG;
    memcpy(to, json_string_value(text), length + 1);
    return 0;
}

int token_access_read(const json_t *claims, struct token_access *ret_access)
{
    const json_t *expires = json_object_get(claims, "exp");
    struct token_access access = { .expires_utc = json_integer_value(expires) };
    int err = json_is_integer(expires) ? 0 : -EBADMSG;

    if (err == 0)
        err = text_read(claims, "sub", access.user, sizeof access.user);
    if (err == 0)
        err = text_read(claims, "sid", access.session, sizeof access.session);
    if (err == 0)
        err = text_read(claims, "role", access.role, sizeof access.role);
    if (err == 0)
        *ret_access = access;
    return err;
}
