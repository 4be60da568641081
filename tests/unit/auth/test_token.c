#include "token.h"

#include <errno.h>
#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "folder.h"
#include "forge.h"

enum { NOW = 1700000000 };

static const struct token_new mine = { .issuer = "https://consult.example", .audience = "consultd",
                                       .subject = "usr_a1", .session = "ses_b2", .role = "doctor",
                                       .now_utc = NOW };
static const struct token_rules rules = { .issuer = "https://consult.example", .audience = "consultd",
                                          .type = TOKEN_TYPE, .now_utc = NOW + 1 };

static struct token_key *key_of(struct folder *f)
{
    struct token_key *key = NULL;

    CHECK_INT(token_key_load_or_make(f->file, &key), 0);
    return key;
}

TEST(token, is_issued_and_verified_and_read)
{
    struct token_access who;
    struct folder f;
    struct token_key *key;
    json_t *claims;
    char *text;

    folder_make(&f);
    key = key_of(&f);
    CHECK_INT(token_issue(key, &mine, &text), 0);
    CHECK_INT(token_verify(token_key_set(key), &rules, text, strlen(text), &claims), 0);
    CHECK_INT(json_integer_value(json_object_get(claims, "iat")), NOW);
    CHECK_INT(json_integer_value(json_object_get(claims, "nbf")), NOW);
    CHECK_INT(token_access_read(claims, &who), 0);
    CHECK_STR(who.user, "usr_a1");
    CHECK_STR(who.session, "ses_b2");
    CHECK_STR(who.role, "doctor");
    CHECK_INT(who.expires_utc, NOW + TOKEN_LIFE_S);
    json_decref(claims);
    free(text);
    token_key_free(key);
    folder_remove(&f);
}

/* Of 512 signatures some have an R or an S that begins with zeros. */
TEST(token, is_signed_well_each_time)
{
    struct folder f;
    struct token_key *key;

    folder_make(&f);
    key = key_of(&f);
    for (int i = 0; i < 512; i++) {
        json_t *claims = NULL;
        char *text;

        CHECK_INT(token_issue(key, &mine, &text), 0);
        CHECK_INT(token_verify(token_key_set(key), &rules, text, strlen(text), &claims), 0);
        json_decref(claims);
        free(text);
    }
    token_key_free(key);
    folder_remove(&f);
}

TEST(token, ends_when_its_life_does)
{
    static const struct { int life_s; int64_t now_utc; int want; } cases[] = {
        { 0, NOW, 0 }, { 0, NOW + 899, 0 }, { 0, NOW + 900, -EKEYEXPIRED }, { 0, NOW + 86400, -EKEYEXPIRED },
        { 2, NOW + 1, 0 }, { 2, NOW + 2, -EKEYEXPIRED }, { 0, NOW - 1, -EBADMSG },
    };
    struct folder f;
    struct token_key *key;

    folder_make(&f);
    key = key_of(&f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct token_new new = mine;
        struct token_rules at = rules;
        json_t *claims = NULL;
        char *text;

        new.life_s = cases[i].life_s;
        at.now_utc = cases[i].now_utc;
        CHECK_INT(token_issue(key, &new, &text), 0);
        CHECK_INT(token_verify(token_key_set(key), &at, text, strlen(text), &claims), cases[i].want);
        json_decref(claims);
        free(text);
    }
    token_key_free(key);
    folder_remove(&f);
}

TEST(token, is_worth_nothing_under_another_key_or_for_others)
{
    struct token_rules elsewhere = rules, forged = rules, typed = rules;
    struct folder f, g;
    struct token_key *key, *other;
    json_t *claims = NULL;
    char *text;

    folder_make(&f);
    folder_make(&g);
    key = key_of(&f);
    other = key_of(&g);
    elsewhere.audience = "other";
    forged.issuer = "https://evil.example";
    typed.type = "at+jwt";
    CHECK_INT(token_issue(key, &mine, &text), 0);
    CHECK_INT(token_verify(token_key_set(other), &rules, text, strlen(text), &claims), -ENOKEY);
    CHECK_INT(token_verify(token_key_set(key), &elsewhere, text, strlen(text), &claims), -EBADMSG);
    CHECK_INT(token_verify(token_key_set(key), &forged, text, strlen(text), &claims), -EBADMSG);
    CHECK_INT(token_verify(token_key_set(key), &typed, text, strlen(text), &claims), -EBADMSG);
    free(text);
    token_key_free(key);
    token_key_free(other);
    folder_remove(&f);
    folder_remove(&g);
}

/* RFC 9068: the other type, in whichever way it is written. */
TEST(token, may_be_of_the_type_that_is_asked_for)
{
    static const struct { const char *typ; int want; } types[] = {
        { "at+jwt", 0 }, { "application/at+jwt", 0 }, { "AT+JWT", 0 }, { "Application/At+Jwt", 0 },
        { "JWT", -EBADMSG }, { "at+jwt ", -EBADMSG }, { "at", -EBADMSG }, { "at+jwtx", -EBADMSG },
    };
    struct token_rules at = rules;
    struct forge forge;

    forge_make(&forge);
    at.type = "at+jwt";
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        json_t *claims = NULL;
        char header[128], *text;

        (void)snprintf(header, sizeof header, "{\"alg\":\"ES256\",\"kid\":\"es\",\"typ\":\"%s\"}",
                       types[i].typ);
        text = forge_token(&forge, FORGE_ES, header,
                           "{\"iss\":\"https://consult.example\",\"aud\":\"consultd\",\"sub\":\"u\","
                           "\"exp\":1700000900}");
        CHECK_INT(token_verify(forge.set, &at, text, strlen(text), &claims), types[i].want);
        json_decref(claims);
        free(text);
    }
    forge_end(&forge);
}

/* --- libjwt as a second opinion ------------------------------------------------------------------------- */

TEST(token, is_understood_by_libjwt)
{
    char pem[4096] = "", *public, *text;
    struct folder f;
    struct token_key *key;
    const struct jwk *jwk;
    jwt_t *jwt;
    json_t *printed;

    folder_make(&f);
    key = key_of(&f);
    CHECK_INT(jwks_print(token_key_set(key), &text), 0);
    printed = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    free(text);
    CHECK_INT(jwks_find(token_key_set(key), json_string_value(json_object_get(json_array_get(
              json_object_get(printed, "keys"), 0), "kid")), &jwk), 0);
    public = forge_pem(jwk->key, false);
    (void)snprintf(pem, sizeof pem, "%s", public);
    CHECK_INT(token_issue(key, &mine, &text), 0);
    CHECK_INT(jwt_decode(&jwt, text, (const unsigned char *)pem, (int)strlen(pem)), 0);
    CHECK_INT(jwt_get_alg(jwt), JWT_ALG_ES256);
    CHECK_STR(jwt_get_header(jwt, "kid"), jwk->kid);
    CHECK_STR(jwt_get_grant(jwt, "sub"), "usr_a1");
    CHECK_STR(jwt_get_grant(jwt, "sid"), "ses_b2");
    CHECK_INT(jwt_get_grant_int(jwt, "exp"), NOW + 900);
    jwt_free(jwt);
    json_decref(printed);
    free(public);
    free(text);
    token_key_free(key);
    folder_remove(&f);
}

TEST(token, is_understood_from_libjwt)
{
    static const struct { jwt_alg_t alg; const char *kid; int want; } cases[] = {
        { JWT_ALG_RS256, "rs", 0 }, { JWT_ALG_RS256, "rs-pinned", 0 }, { JWT_ALG_ES256, "es", 0 },
        { JWT_ALG_RS384, "rs", -EBADMSG }, { JWT_ALG_RS512, "rs", -EBADMSG },
        { JWT_ALG_HS256, "es", -EBADMSG }, { JWT_ALG_NONE, "es", -EBADMSG },
    };
    struct forge forge;

    forge_make(&forge);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool by_ec = cases[i].kid[0] == 'e';
        char *pem = forge_pem(by_ec ? forge.es : forge.rs, cases[i].alg != JWT_ALG_HS256), *text;
        json_t *claims = NULL;
        jwt_t *jwt;
        int err = jwt_new(&jwt) || jwt_add_header(jwt, "kid", cases[i].kid)
                  || jwt_add_grants_json(jwt, "{\"iss\":\"https://consult.example\",\"aud\":\"consultd\","
                                              "\"sub\":\"usr_1\",\"exp\":1700000900}")
                  || (cases[i].alg != JWT_ALG_NONE
                      && jwt_set_alg(jwt, cases[i].alg, (const unsigned char *)pem, (int)strlen(pem)));

        CHECK_INT(err, 0);
        text = jwt_encode_str(jwt);
        CHECK(text != NULL);
        CHECK_INT(token_verify(forge.set, &rules, text, strlen(text), &claims), cases[i].want);
        json_decref(claims);
        jwt_free(jwt);
        free(text);
        free(pem);
    }
    forge_end(&forge);
}

/* --- what it says --------------------------------------------------------------------------------------- */

TEST(token, says_who_it_is_in_full_or_not_at_all)
{
    static const struct { const char *claims; int want; } cases[] = {
        { "{\"sub\":\"u\",\"sid\":\"s\",\"role\":\"r\",\"exp\":5}", 0 },
        { "{\"sid\":\"s\",\"role\":\"r\",\"exp\":5}", -EBADMSG },
        { "{\"sub\":\"u\",\"role\":\"r\",\"exp\":5}", -EBADMSG },
        { "{\"sub\":\"u\",\"sid\":\"s\",\"exp\":5}", -EBADMSG },
        { "{\"sub\":\"u\",\"sid\":\"s\",\"role\":\"r\"}", -EBADMSG },
        { "{\"sub\":\"u\",\"sid\":\"s\",\"role\":\"r\",\"exp\":\"5\"}", -EBADMSG },
        { "{\"sub\":1,\"sid\":\"s\",\"role\":\"r\",\"exp\":5}", -EBADMSG },
        { "{\"sub\":\"u\",\"sid\":\"\",\"role\":\"r\",\"exp\":5}", -EBADMSG },
        { "{\"sub\":\"u\",\"sid\":\"s\",\"role\":\"0123456789abcde\",\"exp\":5}", 0 },
        { "{\"sub\":\"u\",\"sid\":\"s\",\"role\":\"0123456789abcdef\",\"exp\":5}", -EBADMSG },
        { "{\"sub\":\"0123456789012345678901234567890123456789012345678901234567890123\",\"sid\":\"s\","
          "\"role\":\"r\",\"exp\":5}", -EBADMSG },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *claims = json_loads(cases[i].claims, JSON_REJECT_DUPLICATES, NULL);
        struct token_access who = { .user = "before" };

        CHECK(claims != NULL);
        CHECK_INT(token_access_read(claims, &who), cases[i].want);
        CHECK_STR(who.user, cases[i].want == 0 ? "u" : "before");
        json_decref(claims);
    }
}

/* --- the key file --------------------------------------------------------------------------------------- */

TEST(token, has_a_key_file_for_its_owner_only)
{
    struct token_key *made, *read;
    struct folder f;
    char *first, *second;

    folder_make(&f);
    made = key_of(&f);
    CHECK_INT(folder_mode(&f), 0600);
    CHECK_INT(folder_count(&f), 1);
    read = key_of(&f);
    CHECK_INT(jwks_print(token_key_set(made), &first), 0);
    CHECK_INT(jwks_print(token_key_set(read), &second), 0);
    CHECK_STR(first, second);
    CHECK(strstr(first, "\"d\"") == NULL);
    free(first);
    free(second);
    token_key_free(read);
    CHECK_INT(chmod(f.file, 0644), 0);
    CHECK_INT(token_key_load_or_make(f.file, &read), -EPERM);
    token_key_free(made);
    token_key_free(NULL);
    folder_remove(&f);
}

/* Its set holds the public half only: what it lends cannot sign. */
TEST(token, lends_no_private_key)
{
    struct folder f;
    struct token_key *key;
    char *text;
    json_t *json;
    const struct jwk *jwk;
    BIGNUM *secret = NULL;

    folder_make(&f);
    key = key_of(&f);
    CHECK_INT(jwks_print(token_key_set(key), &text), 0);
    json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    CHECK_INT(jwks_find(token_key_set(key), json_string_value(json_object_get(json_array_get(
              json_object_get(json, "keys"), 0), "kid")), &jwk), 0);
    CHECK_INT(EVP_PKEY_get_bn_param(jwk->key, "priv", &secret), 0);
    json_decref(json);
    free(text);
    token_key_free(key);
    folder_remove(&f);
}

static char *encrypted_pem(EVP_PKEY *key)
{
    BIO *text = BIO_new(BIO_s_mem());
    char *at, *pem;
    long size;

    CHECK_INT(PEM_write_bio_PrivateKey(text, key, EVP_aes_128_cbc(), (const unsigned char *)"pw", 2, NULL,
                                       NULL), 1);
    size = BIO_get_mem_data(text, &at);
    pem = strndup(at, (size_t)size);
    BIO_free(text);
    return pem;
}

TEST(token, refuses_every_other_key)
{
    EVP_PKEY *rsa = EVP_RSA_gen(2048), *p384 = EVP_EC_gen("P-384"), *p256 = EVP_EC_gen("P-256");
    EVP_PKEY *ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    char *bad[] = { forge_pem(rsa, true), forge_pem(p384, true), forge_pem(ed, true), forge_pem(p256, false),
                    encrypted_pem(p256), strdup("garbage\n"), forge_pem(p256, true) };
    struct token_key *key = NULL;
    struct folder f;

    strchr(bad[6], '\n')[30] ^= 1;              /* whole in shape, another number                    */
    folder_make(&f);
    folder_write(&f, "", 0, 0600);
    CHECK_INT(token_key_load_or_make(f.file, &key), -EBADMSG);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        folder_write(&f, bad[i], strlen(bad[i]), 0600);
        CHECK_INT(token_key_load_or_make(f.file, &key), -EBADMSG);
        free(bad[i]);
    }
    CHECK(key == NULL);
    folder_remove(&f);
    CHECK_INT(token_key_load_or_make("/tmp/auth-test-no-such-folder/key", &key), -ENOENT);
    EVP_PKEY_free(rsa);
    EVP_PKEY_free(p384);
    EVP_PKEY_free(p256);
    EVP_PKEY_free(ed);
}
