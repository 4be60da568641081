#include "jwk_key.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "b64.h"
#include "test.h"
#include "vectors.h"

static int read_text(const char *text, EVP_PKEY **ret_key)
{
    json_t *jwk = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    int err;

    CHECK(jwk != NULL);
    err = jwk_key_read(jwk, ret_key);
    json_decref(jwk);
    return err;
}

TEST(jwk_key, reads_the_rfcs_keys_and_prints_the_same_members)
{
    static const struct { const char *jwk; unsigned algs; } keys[] = {
        { RSA_JWK(""), 1u << JWK_RS256 | 1u << JWK_PS256 },
        { EC_JWK(""), 1u << JWK_ES256 },
        { ED_JWK(""), 1u << JWK_EDDSA },
    };

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        EVP_PKEY *key;
        json_t *want = json_loads(keys[i].jwk, 0, NULL), *got;

        CHECK_INT(read_text(keys[i].jwk, &key), 0);
        CHECK_INT(jwk_key_algs(key), keys[i].algs);
        got = jwk_key_members(key);
        CHECK(json_equal(got, want));
        json_decref(got);
        json_decref(want);
        EVP_PKEY_free(key);
    }
}

TEST(jwk_key, has_the_thumbprints_of_the_rfcs)
{
    char text[JWK_THUMBPRINT_SIZE];
    EVP_PKEY *key;

    CHECK_INT(read_text(RSA_JWK(",\"alg\":\"RS256\",\"kid\":\"2011-04-29\""), &key), 0);
    CHECK_INT(jwk_key_thumbprint(key, text), 0);
    CHECK_STR(text, RSA_THUMBPRINT);
    EVP_PKEY_free(key);
    CHECK_INT(read_text(ED_JWK(""), &key), 0);
    CHECK_INT(jwk_key_thumbprint(key, text), 0);
    CHECK_STR(text, ED_THUMBPRINT);
    EVP_PKEY_free(key);
}

#define EC(crv, x, y) "{\"kty\":\"EC\",\"crv\":" crv ",\"x\":" x ",\"y\":" y "}"
#define RSA(n, e) "{\"kty\":\"RSA\",\"n\":" n ",\"e\":" e "}"
#define OKP(crv, x) "{\"kty\":\"OKP\",\"crv\":" crv ",\"x\":" x "}"
#define Q(text) "\"" text "\""
#define ZEROS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

TEST(jwk_key, refuses_what_is_no_key_to_verify_by)
{
    static const char *const bad[] = {
        "{}", "[]", "{\"kty\":\"oct\",\"k\":\"AAAA\"}", "{\"kty\":1}", "{\"kty\":null}", "{\"kty\":\"RSA\"}",
        "{\"kty\":\"EC\"}", "{\"kty\":\"OKP\"}", "{\"kty\":\"rsa\",\"n\":\"" RSA_N "\",\"e\":\"AQAB\"}",
        RSA_JWK(",\"d\":\"AQAB\""), EC_JWK(",\"d\":\"AQAB\""), ED_JWK(",\"d\":\"AQAB\""),
        ED_JWK(",\"d\":null"), "{\"kty\":\"RSA\",\"n\":\"" RSA_N "\"}", "{\"kty\":\"RSA\",\"e\":\"AQAB\"}",
        RSA(Q(RSA_N), "65537"), RSA(Q(RSA_N), Q("")), RSA(Q(RSA_N), "null"), RSA(Q(""), Q("AQAB")),
        RSA(Q(RSA_N "=="), Q("AQAB")), RSA("1", Q("AQAB")),
        RSA(Q(RSA_N), Q("AQ")),                 /* e = 1: every signature fits                       */
        RSA(Q(RSA_N), Q("AA")), RSA(Q(RSA_N), Q("Ag")),         /* 0, 2                              */
        RSA(Q(RSA_N), Q("AQAAAAAAAAAB")),       /* nine bytes                                        */
        EC(Q("P-256"), Q(EC_X), Q(EC_X)), EC(Q("P-256"), Q(ZEROS), Q(ZEROS)), /* off the curve         */
        EC(Q("P-256"), Q(EC_Y), Q(EC_X)), EC(Q("P-256"), Q(EC_X), Q("AAAA")), EC(Q("P-256"), Q(""), Q("")),
        EC(Q("P-256"), Q(EC_X "A"), Q(EC_Y)), EC(Q("P-256"), Q(EC_X "="), Q(EC_Y)),
        EC(Q("P-256"), Q(EC_X), "1"), EC(Q("P-384"), Q(EC_X), Q(EC_Y)), EC(Q("p-256"), Q(EC_X), Q(EC_Y)),
        EC(Q("secp256k1"), Q(EC_X), Q(EC_Y)), EC("1", Q(EC_X), Q(EC_Y)), EC(Q("Ed25519"), Q(ED_X), Q(ED_X)),
        OKP(Q("X25519"), Q(ED_X)), OKP(Q("Ed448"), Q(ED_X)), OKP("null", Q(ED_X)), OKP(Q("Ed25519"), "[]"),
        OKP(Q("Ed25519"), Q("AAAA")), OKP(Q("Ed25519"), Q(ED_X "A")), OKP(Q("Ed25519"), Q("")),
    };
    EVP_PKEY *key = NULL;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int got = read_text(bad[i], &key);

        if (got != -EINVAL)
            print_error("# %zu: %s gives %d\n", i, bad[i], got);
        CHECK_INT(got, -EINVAL);
    }
    CHECK(key == NULL);
}

/* A modulus of so many bits; `odd` or not. It is no product of primes: nobody can tell. */
static int read_modulus(int bits, bool odd)
{
    unsigned char bytes[2048] = { 0 };
    size_t size = (size_t)(bits + 7) / 8;
    char text[2800], jwk[3000];
    EVP_PKEY *key = NULL;
    int err;

    bytes[0] = (unsigned char)(1 << (bits + 7) % 8);
    bytes[size - 1] |= odd;
    b64_encode(B64_URL, bytes, size, text);
    (void)snprintf(jwk, sizeof jwk, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\"}", text);
    err = read_text(jwk, &key);
    EVP_PKEY_free(key);
    return err;
}

TEST(jwk_key, takes_moduli_between_its_bounds)
{
    CHECK_INT(read_modulus(1024, true), -EINVAL);
    CHECK_INT(read_modulus(2047, true), -EINVAL);
    CHECK_INT(read_modulus(2048, true), 0);
    CHECK_INT(read_modulus(2048, false), -EINVAL);
    CHECK_INT(read_modulus(3072, true), 0);
    CHECK_INT(read_modulus(4096, true), 0);
    CHECK_INT(read_modulus(8192, true), 0);
    CHECK_INT(read_modulus(8193, true), -EINVAL);
    CHECK_INT(read_modulus(16384, true), -EINVAL);
}

TEST(jwk_key, finds_no_use_for_other_keys)
{
    EVP_PKEY *keys[] = {
        EVP_RSA_gen(1024), EVP_EC_gen("P-384"), EVP_EC_gen("P-521"), EVP_EC_gen("secp256k1"),
        EVP_PKEY_Q_keygen(NULL, NULL, "X25519"), EVP_PKEY_Q_keygen(NULL, NULL, "ED448"),
    };

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        CHECK(keys[i] != NULL);
        CHECK_INT(jwk_key_algs(keys[i]), 0);
        EVP_PKEY_free(keys[i]);
    }
}

/* Private keys have public members that begin with zeros now and then: their width must stay. */
TEST(jwk_key, prints_points_in_full_width)
{
    for (int i = 0; i < 600; i++) {
        EVP_PKEY *key = EVP_EC_gen("P-256"), *back;
        json_t *members = jwk_key_members(key);

        CHECK_INT(json_string_length(json_object_get(members, "x")), 43);
        CHECK_INT(json_string_length(json_object_get(members, "y")), 43);
        CHECK(json_object_get(members, "d") == NULL);
        CHECK_INT(jwk_key_read(members, &back), 0);
        CHECK_INT(EVP_PKEY_eq(key, back), 1);
        json_decref(members);
        EVP_PKEY_free(key);
        EVP_PKEY_free(back);
    }
}
