/* jwk_key.c - one key between JSON and OpenSSL. */
#include "jwk_key.h"

#include <assert.h>
#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "b64.h"

enum {
    RSA_BITS_MIN = 2048, RSA_BITS_MAX = 8192,   /* below: weak; above: a signature costs too much    */
    RSA_BYTES_MAX = RSA_BITS_MAX / 8, RSA_EXPONENT_MAX = 8,
    POINT_SIZE = 32,                            /* a coordinate of P-256, a key of Ed25519           */
};

/* --- from JSON ------------------------------------------------------------------------------------------ */

/* The bytes of a base64url member: their count, or -EINVAL. */
static int member_bytes(const json_t *jwk, const char *name, unsigned char *to, size_t max)
{
    const json_t *text = json_object_get(jwk, name);
    size_t size;

    if (!json_is_string(text)
        || b64_decode(B64_URL, json_string_value(text), json_string_length(text), to, max, &size) != 0)
        return -EINVAL;
    return (int)size;
}

static bool member_is(const json_t *jwk, const char *name, const char *want)
{
    const char *text = json_string_value(json_object_get(jwk, name));

    return text != NULL && strcmp(text, want) == 0;
}

static int key_from(const char *type, OSSL_PARAM_BLD *members, EVP_PKEY **ret_key)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(members);
    EVP_PKEY_CTX *make = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;
    int err = params == NULL || make == NULL ? -ENOMEM : 0;

    if (err == 0 && (EVP_PKEY_fromdata_init(make) != 1
                     || EVP_PKEY_fromdata(make, &key, EVP_PKEY_PUBLIC_KEY, params) != 1))
        err = -EINVAL;
    if (err == 0)
        *ret_key = key;
    EVP_PKEY_CTX_free(make);
    OSSL_PARAM_free(params);
    return err;
}

/* e = 1 would make every message its own signature. */
static bool rsa_is_sane(const BIGNUM *n, const BIGNUM *e)
{
    return BN_num_bits(n) >= RSA_BITS_MIN && BN_is_odd(n) && BN_is_odd(e) && !BN_is_one(e);
}

static int rsa_read(const json_t *jwk, EVP_PKEY **ret_key)
{
    unsigned char modulus[RSA_BYTES_MAX], exponent[RSA_EXPONENT_MAX];
    int modulus_size = member_bytes(jwk, "n", modulus, sizeof modulus);
    int exponent_size = member_bytes(jwk, "e", exponent, sizeof exponent);
    OSSL_PARAM_BLD *members;
    BIGNUM *n, *e;
    int err = -ENOMEM;

    if (modulus_size <= 0 || exponent_size <= 0)
        return -EINVAL;
    members = OSSL_PARAM_BLD_new();
    n = BN_bin2bn(modulus, modulus_size, NULL);
    e = BN_bin2bn(exponent, exponent_size, NULL);
    if (n != NULL && e != NULL && !rsa_is_sane(n, e))
        err = -EINVAL;
    else if (members != NULL && n != NULL && e != NULL
             && OSSL_PARAM_BLD_push_BN(members, OSSL_PKEY_PARAM_RSA_N, n) == 1
             && OSSL_PARAM_BLD_push_BN(members, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        err = key_from("RSA", members, ret_key);
    BN_free(n);
    BN_free(e);
    OSSL_PARAM_BLD_free(members);
    return err;
}

static int ec_read(const json_t *jwk, EVP_PKEY **ret_key)
{
    unsigned char point[1 + 2 * POINT_SIZE] = { POINT_CONVERSION_UNCOMPRESSED };
    OSSL_PARAM_BLD *members;
    int err = -ENOMEM;

    if (!member_is(jwk, "crv", "P-256") || member_bytes(jwk, "x", point + 1, POINT_SIZE) != POINT_SIZE
        || member_bytes(jwk, "y", point + 1 + POINT_SIZE, POINT_SIZE) != POINT_SIZE)
        return -EINVAL;
    members = OSSL_PARAM_BLD_new();
    if (members != NULL
        && OSSL_PARAM_BLD_push_utf8_string(members, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1
        && OSSL_PARAM_BLD_push_octet_string(members, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point) == 1)
        err = key_from("EC", members, ret_key); /* refuses a point off the curve                     */
    OSSL_PARAM_BLD_free(members);
    return err;
}

static int okp_read(const json_t *jwk, EVP_PKEY **ret_key)
{
    unsigned char point[POINT_SIZE];
    EVP_PKEY *key;

    if (!member_is(jwk, "crv", "Ed25519") || member_bytes(jwk, "x", point, sizeof point) != POINT_SIZE)
        return -EINVAL;
    key = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, point, sizeof point);
    if (key == NULL)
        return -ENOMEM;
    *ret_key = key;
    return 0;
}

int jwk_key_read(const json_t *jwk, EVP_PKEY **ret_key)
{
    static const struct { const char *kty; int (*read)(const json_t *, EVP_PKEY **); } kinds[] = {
        { "RSA", rsa_read }, { "EC", ec_read }, { "OKP", okp_read },
    };

    if (json_object_get(jwk, "d") != NULL)
        return -EINVAL;                         /* its secret is in print: anybody can sign by it    */
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (member_is(jwk, "kty", kinds[i].kty))
            return kinds[i].read(jwk, ret_key);
    return -EINVAL;
}

/* --- what a key is -------------------------------------------------------------------------------------- */

static bool is_p256(const EVP_PKEY *key)
{
    char group[32];

    return EVP_PKEY_get_id(key) == EVP_PKEY_EC && EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1
           && strcmp(group, "prime256v1") == 0;
}

unsigned jwk_key_algs(const EVP_PKEY *key)
{
    int bits = EVP_PKEY_get_bits(key);

    if (EVP_PKEY_get_id(key) == EVP_PKEY_RSA)
        return bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX ? 1u << JWK_RS256 | 1u << JWK_PS256 : 0;
    if (is_p256(key))
        return 1u << JWK_ES256;
    return EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 ? 1u << JWK_EDDSA : 0;
}

/* --- to JSON -------------------------------------------------------------------------------------------- */

static int member_set(json_t *members, const char *name, const unsigned char *at, size_t size)
{
    char text[RSA_BYTES_MAX / 3 * 4 + 4];

    assert(b64_encoded_size(size) < sizeof text);
    b64_encode(B64_URL, at, size, text);
    return json_object_set_new(members, name, json_string(text));
}

/* `width` 0: as many bytes as the number needs (RFC 7518 2, Base64urlUInt). */
static int number_set(json_t *members, const char *name, const EVP_PKEY *key, const char *param, int width)
{
    unsigned char bytes[RSA_BYTES_MAX];
    BIGNUM *number = NULL;
    int size, err = -1;

    if (EVP_PKEY_get_bn_param(key, param, &number) != 1)
        return -1;
    size = width > 0 ? width : BN_num_bytes(number);
    if (size <= RSA_BYTES_MAX && BN_bn2binpad(number, bytes, size) == size)
        err = member_set(members, name, bytes, (size_t)size);
    BN_free(number);
    return err;
}

static int okp_set(json_t *members, const EVP_PKEY *key)
{
    unsigned char point[POINT_SIZE];
    size_t size = sizeof point;

    return EVP_PKEY_get_raw_public_key(key, point, &size) == 1 ? member_set(members, "x", point, size) : -1;
}

json_t *jwk_key_members(const EVP_PKEY *key)
{
    json_t *members;
    int err, kind = EVP_PKEY_get_id(key);       /* EVP_PKEY_is_a() needs memory, and says no without */

    if (kind == EVP_PKEY_RSA) {
        members = json_pack("{s:s}", "kty", "RSA");
        err = number_set(members, "n", key, OSSL_PKEY_PARAM_RSA_N, 0)
              || number_set(members, "e", key, OSSL_PKEY_PARAM_RSA_E, 0);
    } else if (kind == EVP_PKEY_EC) {
        members = json_pack("{s:s, s:s}", "kty", "EC", "crv", "P-256");
        err = number_set(members, "x", key, OSSL_PKEY_PARAM_EC_PUB_X, POINT_SIZE)
              || number_set(members, "y", key, OSSL_PKEY_PARAM_EC_PUB_Y, POINT_SIZE);
    } else {
        assert(kind == EVP_PKEY_ED25519);
        members = json_pack("{s:s, s:s}", "kty", "OKP", "crv", "Ed25519");
        err = okp_set(members, key);
    }
    if (err) {
        json_decref(members);
        return NULL;
    }
    return members;
}

int jwk_key_thumbprint(const EVP_PKEY *key, char ret_text[JWK_THUMBPRINT_SIZE])
{
    json_t *members = jwk_key_members(key);
    char *text = members != NULL ? json_dumps(members, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    unsigned char hash[32];
    int err = 0;

    json_decref(members);
    if (text == NULL)
        return -ENOMEM;
    if (EVP_Digest(text, strlen(text), hash, NULL, EVP_sha256(), NULL) != 1)
        err = -EIO;
    else
        b64_encode(B64_URL, hash, sizeof hash, ret_text);
    free(text);
    return err;
}
