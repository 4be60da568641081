/* jws.c - one signature checked by OpenSSL. */
#include "jws.h"

#include <assert.h>
#include <errno.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdbool.h>

enum { POINT_SIZE = 32 };

static bool padding_set(EVP_PKEY_CTX *pass)
{
    return EVP_PKEY_CTX_set_rsa_padding(pass, RSA_PKCS1_PSS_PADDING) == 1
           && EVP_PKEY_CTX_set_rsa_pss_saltlen(pass, RSA_PSS_SALTLEN_DIGEST) == 1;      /* RFC 7518 3.5 */
}

static int digest_verify(enum jwk_alg alg, EVP_PKEY *key, const void *text, size_t size,
                         const unsigned char *signature, size_t signature_size)
{
    const EVP_MD *digest = alg == JWK_EDDSA ? NULL : EVP_sha256();
    EVP_MD_CTX *pass = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options;                      /* belongs to `pass`                                 */
    int err = -EBADMSG;

    if (pass == NULL)
        return -ENOMEM;
    if (EVP_DigestVerifyInit(pass, &options, digest, NULL, key) == 1
        && (alg != JWK_PS256 || padding_set(options))
        && EVP_DigestVerify(pass, signature, signature_size, text, size) == 1)
        err = 0;
    EVP_MD_CTX_free(pass);
    ERR_clear_error();                          /* a forgery must not look like TLS's own failure    */
    return err;
}

/* RFC 7518 3.4: R and S side by side; OpenSSL wants DER. It refuses 0 and what exceeds the order. */
static int ecdsa_verify(EVP_PKEY *key, const void *text, size_t size, const unsigned char *signature)
{
    BIGNUM *r = BN_bin2bn(signature, POINT_SIZE, NULL);
    BIGNUM *s = BN_bin2bn(signature + POINT_SIZE, POINT_SIZE, NULL);
    ECDSA_SIG *pair = ECDSA_SIG_new();
    unsigned char *der = NULL;
    int der_size, err = -ENOMEM;

    if (r == NULL || s == NULL || pair == NULL || ECDSA_SIG_set0(pair, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(pair);
        return -ENOMEM;
    }
    der_size = i2d_ECDSA_SIG(pair, &der);
    if (der_size > 0)
        err = digest_verify(JWK_ES256, key, text, size, der, (size_t)der_size);
    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    return err;
}

int jws_verify(enum jwk_alg alg, EVP_PKEY *key, const void *text, size_t size, const unsigned char *signature,
               size_t signature_size)
{
    static const int kinds[JWK_ALGS] = { EVP_PKEY_RSA, EVP_PKEY_RSA, EVP_PKEY_EC, EVP_PKEY_ED25519 };
    size_t want = alg == JWK_ES256 ? 2 * POINT_SIZE : (size_t)EVP_PKEY_get_size(key);

    assert(alg < JWK_ALGS);
    if (EVP_PKEY_get_id(key) != kinds[alg] || signature_size != want)
        return -EBADMSG;
    return alg == JWK_ES256 ? ecdsa_verify(key, text, size, signature)
                            : digest_verify(alg, key, text, size, signature, signature_size);
}
