/* forge.c - tokens an attacker can make. */
#include "forge.h"

#include <assert.h>
#include <jansson.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "b64.h"

/* --- keys ----------------------------------------------------------------------------------------------- */

/* As an issuer prints it; `rs` once more, for RS256 only. */
static struct jwks *set_make(const struct forge *f)
{
    struct jwks *set;
    json_t *json, *pinned;
    char *text;
    int err = jwks_new(&set) || jwks_add(set, f->es, "es") || jwks_add(set, f->rs, "rs")
              || jwks_add(set, f->ed, "ed") || jwks_print(set, &text);

    assert(err == 0);
    jwks_free(set);
    json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    free(text);
    pinned = json_deep_copy(json_array_get(json_object_get(json, "keys"), 1));
    err = json_object_set_new(pinned, "kid", json_string("rs-pinned"))
          || json_object_set_new(pinned, "alg", json_string("RS256"))
          || json_array_append_new(json_object_get(json, "keys"), pinned);
    text = json_dumps(json, 0);
    assert(err == 0 && text != NULL);
    err = jwks_parse(text, strlen(text), &set);
    assert(err == 0);
    free(text);
    json_decref(json);
    return set;
}

/* Made once: a key of RSA takes long, under valgrind half a minute. */
static EVP_PKEY *rsa_key(void)
{
    static EVP_PKEY *key;

    if (key == NULL)
        key = EVP_RSA_gen(2048);
    assert(key != NULL && EVP_PKEY_up_ref(key) == 1);
    return key;
}

void forge_make(struct forge *f)
{
    f->es = EVP_EC_gen("P-256");
    f->rs = rsa_key();
    f->ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    f->stranger = EVP_EC_gen("P-256");
    assert(f->es && f->rs && f->ed && f->stranger);
    f->set = set_make(f);
}

void forge_end(struct forge *f)
{
    EVP_PKEY_free(f->es);
    EVP_PKEY_free(f->rs);
    EVP_PKEY_free(f->ed);
    EVP_PKEY_free(f->stranger);
    jwks_free(f->set);
}

char *forge_pem(EVP_PKEY *key, bool private)
{
    BIO *text = BIO_new(BIO_s_mem());
    char *at, *pem;
    size_t size;
    int done = private ? PEM_write_bio_PrivateKey(text, key, NULL, NULL, 0, NULL, NULL)
                       : PEM_write_bio_PUBKEY(text, key);

    assert(done == 1);
    size = (size_t)BIO_get_mem_data(text, &at);
    pem = strndup(at, size);
    BIO_free(text);
    return pem;
}

/* --- signatures ----------------------------------------------------------------------------------------- */

static size_t by_key(EVP_PKEY *key, enum forge_how how, const char *text, unsigned char to[256])
{
    const EVP_MD *digest = how == FORGE_ED ? NULL : how == FORGE_RS512 ? EVP_sha512() : EVP_sha256();
    EVP_MD_CTX *pass = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options;
    size_t size = 256;
    int done = EVP_DigestSignInit(pass, &options, digest, NULL, key);

    if (done == 1 && how == FORGE_PS)
        done = EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1
               && EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
    if (done == 1)
        done = EVP_DigestSign(pass, to, &size, (const unsigned char *)text, strlen(text));
    assert(done == 1);
    EVP_MD_CTX_free(pass);
    return size;
}

static size_t by_ecdsa(EVP_PKEY *key, const char *text, unsigned char to[256])
{
    unsigned char der[256];
    const unsigned char *at = der;
    size_t size = by_key(key, FORGE_ES, text, der);
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)size);
    int done;

    assert(pair != NULL);
    done = BN_bn2binpad(ECDSA_SIG_get0_r(pair), to, 32) == 32
           && BN_bn2binpad(ECDSA_SIG_get0_s(pair), to + 32, 32) == 32;
    assert(done);
    ECDSA_SIG_free(pair);
    return 64;
}

/* All that a public key looks like: bytes that a confused verifier takes for a shared secret. */
static char *secret_of(const struct forge *f, enum forge_how how, size_t *ret_size)
{
    unsigned char *der = NULL;
    struct jwks *one = NULL;
    char *text = NULL;
    int size = 0;

    if (how == FORGE_HS_PEM || how == FORGE_HS_PEM_TRIMMED || how == FORGE_HS_RSA_PEM) {
        text = forge_pem(how == FORGE_HS_RSA_PEM ? f->rs : f->es, false);
        size = (int)strlen(text) - (how == FORGE_HS_PEM_TRIMMED);
    } else if (how == FORGE_HS_DER || how == FORGE_HS_POINT) {
        size = how == FORGE_HS_DER ? i2d_PUBKEY(f->es, &der) : i2d_PublicKey(f->es, &der);
        text = malloc((size_t)size);
        memcpy(text, der, (size_t)size);
        OPENSSL_free(der);
    } else if (how == FORGE_HS_JWK || how == FORGE_HS_JWKS) {
        int err = jwks_new(&one) || jwks_add(one, f->es, "es") || jwks_print(one, &text);

        assert(err == 0);
        jwks_free(one);
        size = (int)strlen(text);
        if (how == FORGE_HS_JWK) {              /* without {"keys":[ and ]}                          */
            size -= 9 + 2;
            memmove(text, text + 9, (size_t)size);
        }
    }
    *ret_size = (size_t)size;
    return text;
}

static size_t by_hmac(const struct forge *f, enum forge_how how, const char *text, unsigned char to[256])
{
    size_t secret_size;
    char *secret = secret_of(f, how, &secret_size);
    unsigned size = 0;

    (void)HMAC(EVP_sha256(), secret != NULL ? secret : "", (int)secret_size, (const unsigned char *)text,
               strlen(text), to, &size);
    assert(size == 32);
    free(secret);
    return size;
}

static size_t sign(const struct forge *f, enum forge_how how, const char *text, unsigned char to[256])
{
    switch (how) {
    case FORGE_ES: return by_ecdsa(f->es, text, to);
    case FORGE_STRANGER: return by_ecdsa(f->stranger, text, to);
    case FORGE_RS:
    case FORGE_PS:
    case FORGE_RS512: return by_key(f->rs, how, text, to);
    case FORGE_ED: return by_key(f->ed, how, text, to);
    case FORGE_NONE: return 0;
    default: return by_hmac(f, how, text, to);
    }
}

char *forge_token(const struct forge *f, enum forge_how how, const char *header, const char *payload)
{
    size_t header_size = b64_encoded_size(strlen(header)), payload_size = b64_encoded_size(strlen(payload));
    char *token = malloc(header_size + 1 + payload_size + 1 + b64_encoded_size(256) + 1);
    unsigned char signature[256];
    size_t size;

    assert(token != NULL);
    b64_encode(B64_URL, header, strlen(header), token);
    token[header_size] = '.';
    b64_encode(B64_URL, payload, strlen(payload), token + header_size + 1);
    size = sign(f, how, token, signature);
    token[header_size + 1 + payload_size] = '.';
    b64_encode(B64_URL, signature, size, token + header_size + 1 + payload_size + 1);
    return token;
}
