#include "jwks.h"

#include <errno.h>
#include <jansson.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>

#include "test.h"
#include "vectors.h"

#define SET(keys) "{\"keys\":[" keys "]}"
#define RS (1u << JWK_RS256 | 1u << JWK_PS256)

static int parse(const char *text, struct jwks **ret_set)
{
    return jwks_parse(text, strlen(text), ret_set);
}

TEST(jwks, knows_four_algorithms_and_no_other)
{
    static const char *const none[] = {
        "none", "None", "", "HS256", "HS384", "HS512", "RS384", "RS512", "ES384", "ES512", "ES256K",
        "PS384", "rs256", "EDDSA", "Ed25519", "RS256 ", "RSA-OAEP", "dir",
    };

    CHECK_INT(jwk_alg_parse("RS256"), JWK_RS256);
    CHECK_INT(jwk_alg_parse("PS256"), JWK_PS256);
    CHECK_INT(jwk_alg_parse("ES256"), JWK_ES256);
    CHECK_INT(jwk_alg_parse("EdDSA"), JWK_EDDSA);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        CHECK_INT(jwk_alg_parse(none[i]), -EINVAL);
}

TEST(jwks, parses_a_set_and_finds_its_keys)
{
    const struct jwk *key;
    struct jwks *set;

    CHECK_INT(parse(SET(RSA_JWK(",\"kid\":\"r\"") "," EC_JWK(",\"kid\":\"e\",\"use\":\"sig\"") ","
                        ED_JWK(",\"kid\":\"d\",\"key_ops\":[\"verify\"]")), &set), 0);
    CHECK_INT(jwks_find(set, "r", &key), 0);
    CHECK_STR(key->kid, "r");
    CHECK_INT(key->algs, RS);
    CHECK_INT(jwks_find(set, "e", &key), 0);
    CHECK_INT(key->algs, 1u << JWK_ES256);
    CHECK_INT(jwks_find(set, "d", &key), 0);
    CHECK_INT(key->algs, 1u << JWK_EDDSA);
    CHECK_INT(jwks_find(set, "x", &key), -ENOKEY);
    CHECK_INT(jwks_find(set, "", &key), -ENOKEY);
    CHECK_STR(key->kid, "d");
    jwks_free(set);
}

#define K128 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
             "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* What one key may verify in a set; 0: it is passed over. */
static const struct { const char *jwk; unsigned algs; } entries[] = {
    { RSA_JWK(",\"kid\":\"k\""), RS },
    { RSA_JWK(",\"kid\":\"k\",\"alg\":\"RS256\""), 1u << JWK_RS256 },
    { RSA_JWK(",\"kid\":\"k\",\"alg\":\"PS256\",\"use\":\"sig\""), 1u << JWK_PS256 },
    { RSA_JWK(",\"kid\":\"k\",\"alg\":\"RS512\""), 0 },
    { RSA_JWK(",\"kid\":\"k\",\"alg\":\"RSA-OAEP\""), 0 },
    { RSA_JWK(",\"kid\":\"k\",\"alg\":\"ES256\""), 0 },
    { RSA_JWK(",\"kid\":\"k\",\"alg\":\"HS256\""), 0 },
    { RSA_JWK(",\"kid\":\"k\",\"alg\":\"none\""), 0 },
    { RSA_JWK(",\"kid\":\"k\",\"alg\":256"), 0 },
    { RSA_JWK(",\"kid\":\"k\",\"alg\":null"), 0 },
    { RSA_JWK(",\"kid\":\"k\",\"use\":\"enc\""), 0 },
    { RSA_JWK(",\"kid\":\"k\",\"use\":null"), 0 },
    { RSA_JWK(",\"kid\":\"k\",\"use\":[\"sig\"]"), 0 },
    { RSA_JWK(",\"kid\":\"k\",\"key_ops\":[]"), 0 },
    { RSA_JWK(",\"kid\":\"k\",\"key_ops\":[\"sign\",1]"), 0 },
    { RSA_JWK(",\"kid\":\"k\",\"key_ops\":\"verify\""), 0 },
    { RSA_JWK(",\"kid\":\"k\",\"key_ops\":[\"sign\",\"verify\"]"), RS },
    { RSA_JWK(",\"kid\":\"k\",\"d\":\"AQAB\""), 0 },
    { RSA_JWK(",\"kid\":\"k\",\"x5c\":[\"AAAA\"],\"x5t\":\"AAAA\",\"ext\":true"), RS },
    { EC_JWK(",\"kid\":\"k\",\"alg\":\"ES256\""), 1u << JWK_ES256 },
    { EC_JWK(",\"kid\":\"k\",\"alg\":\"ES384\""), 0 },
    { EC_JWK(",\"kid\":\"k\",\"alg\":\"ECDH-ES\""), 0 },
    { ED_JWK(",\"kid\":\"k\",\"alg\":\"EdDSA\""), 1u << JWK_EDDSA },
    { ED_JWK(",\"kid\":\"k\",\"alg\":\"RS256\""), 0 },
    { RSA_JWK(""), 0 },
    { RSA_JWK(",\"kid\":\"\""), 0 },
    { RSA_JWK(",\"kid\":1"), 0 },
    { RSA_JWK(",\"kid\":null"), 0 },
    { RSA_JWK(",\"kid\":\"" K128 "c\""), 0 },
    { "{\"kty\":\"oct\",\"kid\":\"k\",\"k\":\"AAAA\"}", 0 },
    { "{\"kty\":\"EC\",\"kid\":\"k\",\"crv\":\"P-256\",\"x\":\"" EC_X "\",\"y\":\"" EC_X "\"}", 0 },
    { "1", 0 }, { "null", 0 }, { "[]", 0 }, { "{}", 0 }, { "\"k\"", 0 },
};

TEST(jwks, passes_over_each_key_it_cannot_use)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        const struct jwk *key = NULL;
        struct jwks *set = NULL;
        char text[2048];
        int err;

        (void)snprintf(text, sizeof text, SET("%s"), entries[i].jwk);
        err = parse(text, &set);
        if (err != (entries[i].algs ? 0 : -ENOKEY))
            print_error("# %zu: %s gives %d\n", i, entries[i].jwk, err);
        CHECK_INT(err, entries[i].algs ? 0 : -ENOKEY);
        if (err == 0) {
            CHECK_INT(jwks_find(set, "k", &key), 0);
            CHECK_INT(key->algs, entries[i].algs);
        }
        jwks_free(set);

        (void)snprintf(text, sizeof text, SET("%s," EC_JWK(",\"kid\":\"other\"")), entries[i].jwk);
        CHECK_INT(parse(text, &set), 0);        /* its neighbour is good in any case                 */
        CHECK_INT(jwks_find(set, "other", &key), 0);
        jwks_free(set);
    }
}

TEST(jwks, refuses_what_is_no_set)
{
    static const struct { const char *text; int want; } bad[] = {
        { "", -EBADMSG }, { "{", -EBADMSG }, { "null", -EBADMSG }, { "[]", -EBADMSG }, { "{}", -EBADMSG },
        { "<html>", -EBADMSG }, { "{\"keys\":{}}", -EBADMSG }, { "{\"keys\":null}", -EBADMSG },
        { "{\"keys\":\"\"}", -EBADMSG }, { "{\"Keys\":[]}", -EBADMSG }, { SET(""), -ENOKEY },
        { "{\"keys\":[],\"keys\":[" EC_JWK(",\"kid\":\"e\"") "]}", -EBADMSG },
        { SET(EC_JWK(",\"kid\":\"e\",\"kid\":\"f\"")), -EBADMSG },
        { SET(EC_JWK(",\"kid\":\"e\"") "," RSA_JWK(",\"kid\":\"e\"")), -EBADMSG },
        { SET(EC_JWK(",\"kid\":\"e\"")) "x", -EBADMSG }, { SET(EC_JWK(",\"kid\":\"e\"")) SET(""), -EBADMSG },
        { SET(EC_JWK(",\"kid\":\"e\\u0000\"")), -EBADMSG }, { SET(EC_JWK(",\"kid\":\"\xff\"")), -EBADMSG },
    };
    struct jwks *set = NULL;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_INT(parse(bad[i].text, &set), bad[i].want);
    CHECK(set == NULL);
}

/* `count` keys, then spaces up to `size`. */
static int parse_many(int count, size_t size)
{
    char *text = malloc(size + 1);
    struct jwks *set = NULL;
    size_t at = (size_t)snprintf(text, size + 1, "{\"keys\":[");
    int err;

    for (int i = 0; i < count; i++)
        at += (size_t)snprintf(text + at, size + 1 - at, "%s" EC_JWK(",\"kid\":\"%d\""), i ? "," : "", i);
    at += (size_t)snprintf(text + at, size + 1 - at, "]}");
    CHECK(at <= size);
    memset(text + at, ' ', size - at);
    err = jwks_parse(text, size, &set);
    jwks_free(set);
    free(text);
    return err;
}

TEST(jwks, has_bounds)
{
    CHECK_INT(parse_many(JWKS_KEYS_MAX, 16384), 0);
    CHECK_INT(parse_many(JWKS_KEYS_MAX + 1, 16384), -EMSGSIZE);
    CHECK_INT(parse_many(1, JWKS_TEXT_MAX), 0);
    CHECK_INT(parse_many(1, JWKS_TEXT_MAX + 1), -EMSGSIZE);
}

TEST(jwks, takes_a_kid_as_long_as_its_limit)
{
    const struct jwk *key;
    struct jwks *set;

    CHECK_INT(parse(SET(EC_JWK(",\"kid\":\"" K128 "\"")), &set), 0);
    CHECK_INT(jwks_find(set, K128, &key), 0);
    CHECK_STR(key->kid, K128);
    CHECK_INT(jwks_find(set, K128 "c", &key), -ENOKEY);
    jwks_free(set);
}

TEST(jwks, adds_keys_and_counts_a_reference)
{
    EVP_PKEY *ec = EVP_EC_gen("P-256"), *p384 = EVP_EC_gen("P-384");
    const struct jwk *key;
    struct jwks *set;
    char kid[16];

    CHECK_INT(jwks_new(&set), 0);
    CHECK_INT(jwks_find(set, "k", &key), -ENOKEY);
    CHECK_INT(jwks_add(set, ec, "k"), 0);
    CHECK_INT(jwks_add(set, ec, "k"), -EEXIST);
    CHECK_INT(jwks_add(set, ec, ""), -EINVAL);
    CHECK_INT(jwks_add(set, ec, K128 "c"), -EINVAL);
    CHECK_INT(jwks_add(set, p384, "p"), -EINVAL);
    CHECK_INT(jwks_add(set, ec, K128), 0);
    CHECK_INT(jwks_add(set, ec, NULL), 0);
    CHECK_INT(jwks_add(set, ec, NULL), -EEXIST);
    for (int i = 3; i < JWKS_KEYS_MAX; i++) {
        (void)snprintf(kid, sizeof kid, "%d", i);
        CHECK_INT(jwks_add(set, ec, kid), 0);
    }
    CHECK_INT(jwks_add(set, ec, "one more"), -ENOSPC);
    EVP_PKEY_free(ec);                          /* the set holds it still                            */
    CHECK_INT(jwks_find(set, "k", &key), 0);
    CHECK_INT(EVP_PKEY_get_bits(key->key), 256);
    jwks_free(set);
    jwks_free(NULL);
    EVP_PKEY_free(p384);
}

/* Private keys go in; what comes out has exactly these members, and is read back as the same keys. */
TEST(jwks, prints_public_members_only)
{
    static const struct { const char *kid; size_t members; const char *alg; } want[] = {
        { "ec", 7, "ES256" }, { "rsa", 5, NULL }, { "ed", 6, "EdDSA" },
    };
    EVP_PKEY *keys[] = { EVP_EC_gen("P-256"), EVP_RSA_gen(2048), EVP_PKEY_Q_keygen(NULL, NULL, "ED25519") };
    struct jwks *set, *back;
    char *text;
    json_t *json;

    CHECK_INT(jwks_new(&set), 0);
    for (size_t i = 0; i < 3; i++)
        CHECK_INT(jwks_add(set, keys[i], want[i].kid), 0);
    CHECK_INT(jwks_print(set, &text), 0);
    json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    CHECK_INT(parse(text, &back), 0);
    for (size_t i = 0; i < 3; i++) {
        json_t *jwk = json_array_get(json_object_get(json, "keys"), i);
        const char *alg = json_string_value(json_object_get(jwk, "alg"));
        const struct jwk *key;

        CHECK_INT(json_object_size(jwk), want[i].members);
        CHECK_STR(json_string_value(json_object_get(jwk, "use")), "sig");
        CHECK_STR(alg ? alg : "", want[i].alg ? want[i].alg : "");
        CHECK_INT(jwks_find(back, want[i].kid, &key), 0);
        CHECK_INT(EVP_PKEY_eq(key->key, keys[i]), 1);
        EVP_PKEY_free(keys[i]);
    }
    json_decref(json);
    free(text);
    jwks_free(set);
    jwks_free(back);
}
