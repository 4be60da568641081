#include "jws.h"

#include <errno.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdbool.h>
#include <stdlib.h>

#include "b64.h"
#include "jwk_key.h"
#include "test.h"
#include "vectors.h"

/* RFC 7515 A.3 and RFC 8037 A.4. */
static const struct { enum jwk_alg alg; const char *jwk, *text, *signature; } vectors[] = {
    { JWK_ES256, EC_JWK(""),
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc1"
      "9yb290Ijp0cnVlfQ",
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q" },
    { JWK_EDDSA, ED_JWK(""), "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg" },
};

TEST(jws, believes_the_rfcs_examples_and_no_bit_beside_them)
{
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        json_t *jwk = json_loads(vectors[i].jwk, JSON_REJECT_DUPLICATES, NULL);
        const char *text = vectors[i].text;
        unsigned char signature[64];
        size_t size, length = strlen(text);
        EVP_PKEY *key;

        CHECK_INT(jwk_key_read(jwk, &key), 0);
        CHECK_INT(b64_decode(B64_URL, vectors[i].signature, 86, signature, sizeof signature, &size), 0);
        CHECK_INT(jws_verify(vectors[i].alg, key, text, length, signature, 64), 0);
        CHECK_INT(jws_verify(vectors[i].alg, key, text, length - 1, signature, 64), -EBADMSG);
        for (size_t bit = 0; bit < 64 * 8; bit++) {
            signature[bit / 8] ^= (unsigned char)(1 << bit % 8);
            CHECK_INT(jws_verify(vectors[i].alg, key, text, length, signature, 64), -EBADMSG);
            signature[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
        json_decref(jwk);
        EVP_PKEY_free(key);
    }
}

static size_t rsa_sign(EVP_PKEY *key, int padding, int salt, const EVP_MD *digest, unsigned char to[256])
{
    EVP_MD_CTX *pass = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options;
    size_t size = 256;

    CHECK_INT(EVP_DigestSignInit(pass, &options, digest, NULL, key), 1);
    CHECK_INT(EVP_PKEY_CTX_set_rsa_padding(options, padding), 1);
    if (padding == RSA_PKCS1_PSS_PADDING)
        CHECK_INT(EVP_PKEY_CTX_set_rsa_pss_saltlen(options, salt), 1);
    CHECK_INT(EVP_DigestSign(pass, to, &size, (const unsigned char *)"text", 4), 1);
    EVP_MD_CTX_free(pass);
    return size;
}

TEST(jws, holds_rsa_to_its_padding_salt_and_digest)
{
    static const struct { enum jwk_alg alg; int padding, salt; bool sha512; int want; } cases[] = {
        { JWK_RS256, RSA_PKCS1_PADDING, 0, false, 0 },
        { JWK_PS256, RSA_PKCS1_PSS_PADDING, 32, false, 0 },
        { JWK_PS256, RSA_PKCS1_PSS_PADDING, 0, false, -EBADMSG },       /* RFC 7518 3.5: as the digest */
        { JWK_PS256, RSA_PKCS1_PSS_PADDING, 20, false, -EBADMSG },
        { JWK_PS256, RSA_PKCS1_PSS_PADDING, 64, false, -EBADMSG },
        { JWK_PS256, RSA_PKCS1_PADDING, 0, false, -EBADMSG },
        { JWK_RS256, RSA_PKCS1_PSS_PADDING, 32, false, -EBADMSG },
        { JWK_RS256, RSA_PKCS1_PADDING, 0, true, -EBADMSG },
        { JWK_PS256, RSA_PKCS1_PSS_PADDING, 32, true, -EBADMSG },
    };
    EVP_PKEY *key = EVP_RSA_gen(2048);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned char signature[257] = { 0 };
        const EVP_MD *digest = cases[i].sha512 ? EVP_sha512() : EVP_sha256();
        size_t size = rsa_sign(key, cases[i].padding, cases[i].salt, digest, signature);

        CHECK_INT(jws_verify(cases[i].alg, key, "text", 4, signature, size), cases[i].want);
        CHECK_INT(jws_verify(cases[i].alg, key, "next", 4, signature, size), -EBADMSG);
        CHECK_INT(jws_verify(cases[i].alg, key, "text", 4, signature, size - 1), -EBADMSG);
        CHECK_INT(jws_verify(cases[i].alg, key, "text", 4, signature, size + 1), -EBADMSG);
    }
    EVP_PKEY_free(key);
}

TEST(jws, does_not_lend_a_key_to_another_algorithm)
{
    EVP_PKEY *keys[JWK_ALGS] = { EVP_RSA_gen(2048), EVP_EC_gen("P-384"), EVP_EC_gen("P-256"),
                                 EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") };
    static const unsigned char signature[JWS_SIGNATURE_MAX];

    for (int alg = 0; alg < JWK_ALGS; alg++)
        for (size_t i = 0; i < JWK_ALGS; i++)
            for (size_t size = 0; size <= 256; size += 32)
                CHECK_INT(jws_verify((enum jwk_alg)alg, keys[i], "text", 4, signature, size), -EBADMSG);
    for (size_t i = 0; i < JWK_ALGS; i++)
        EVP_PKEY_free(keys[i]);
}
