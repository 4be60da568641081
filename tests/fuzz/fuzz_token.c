/* fuzz_token.c - access tokens: nothing is believed that was not signed for us, and what is believed holds.
 *
 * The first byte: 0 takes the input for a token; 1 signs it (a line of header, a line of payload) with the
 * good key, so that the claims are reached; 2 signs it with another's. */
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <strings.h>

#include "b64.h"
#include "fuzz.h"
#include "token.h"

enum { NOW = 1700000000, SIGNATURE_SIZE = 64 };

static const struct token_rules rules = { .issuer = "i", .audience = "a", .type = "JWT", .now_utc = NOW,
                                          .skew_s = 60 };
static EVP_PKEY *good, *foreign;
static struct jwks *keys;

static EVP_PKEY *key_of(unsigned char seed)
{
    unsigned char secret[32] = { seed };
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, sizeof secret);

    assert(key != NULL);
    return key;
}

static void prepare(void)
{
    if (keys != NULL)
        return;
    good = key_of(1);
    foreign = key_of(2);
    assert(jwks_new(&keys) == 0 && jwks_add(keys, good, "d") == 0);
}

static size_t sign(EVP_PKEY *key, const char *text, size_t size, unsigned char signature[SIGNATURE_SIZE])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t signature_size = SIGNATURE_SIZE;

    assert(EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1);
    assert(EVP_DigestSign(context, signature, &signature_size, (const unsigned char *)text, size) == 1);
    EVP_MD_CTX_free(context);
    return signature_size;
}

static char *token_of(EVP_PKEY *key, const char *header, size_t header_size, const char *payload,
                      size_t payload_size)
{
    size_t room = b64_encoded_size(header_size) + b64_encoded_size(payload_size) + 100, used;
    unsigned char signature[SIGNATURE_SIZE];
    char *token = malloc(room);

    assert(token != NULL);
    b64_encode(B64_URL, header, header_size, token);
    used = strlen(token);
    token[used++] = '.';
    b64_encode(B64_URL, payload, payload_size, token + used);
    used += strlen(token + used);
    assert(sign(key, token, used, signature) == SIGNATURE_SIZE);
    token[used++] = '.';
    b64_encode(B64_URL, signature, SIGNATURE_SIZE, token + used);
    return token;
}

/* RFC 7515 and 8725 told anew, of a header that was believed. */
static void check_header(const char *at, size_t size)
{
    static const char *const never[] = { "crit", "b64", "jku", "jwk", "x5u", "x5c" };
    json_t *header = json_loadb(at, size, JSON_REJECT_DUPLICATES, NULL);
    const char *type = json_string_value(json_object_get(header, "typ"));

    assert(json_is_object(header) && type != NULL);
    assert(strcmp(json_string_value(json_object_get(header, "alg")), "EdDSA") == 0);
    assert(strcmp(json_string_value(json_object_get(header, "kid")), "d") == 0);
    assert(strcasecmp(type, "JWT") == 0 || strcasecmp(type, "application/JWT") == 0);
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        assert(json_object_get(header, never[i]) == NULL);
    json_decref(header);
}

static bool is_for_us(const json_t *audience)
{
    const json_t *one;
    size_t i;

    if (json_is_string(audience))
        return strcmp(json_string_value(audience), "a") == 0;
    json_array_foreach(audience, i, one)
        if (strcmp(json_string_value(one), "a") == 0)
            return true;
    return false;
}

static void check_claims(const char *at, size_t size, const json_t *claims)
{
    json_t *payload = json_loadb(at, size, JSON_REJECT_DUPLICATES, NULL);
    const json_t *begins = json_object_get(payload, "nbf");
    struct token_access who;

    assert(json_is_object(payload) && json_equal(payload, claims));
    assert(strcmp(json_string_value(json_object_get(payload, "iss")), "i") == 0);
    assert(is_for_us(json_object_get(payload, "aud")));
    assert(json_string_length(json_object_get(payload, "sub")) > 0);
    assert(json_integer_value(json_object_get(payload, "exp")) > NOW);
    assert(begins == NULL || json_integer_value(begins) <= NOW + 60);
    if (token_access_read(claims, &who) == 0)
        assert(who.user[0] != '\0' && who.session[0] != '\0' && who.role[0] != '\0' && who.expires_utc > NOW);
    json_decref(payload);
}

static void check_signed(struct input in, bool by_us)
{
    const char *at = (const char *)in.at, *end = in.left > 0 ? memchr(at, '\n', in.left) : NULL;
    size_t header_size = end != NULL ? (size_t)(end - at) : in.left;
    const char *payload = end != NULL ? end + 1 : "";
    size_t payload_size = end != NULL ? in.left - header_size - 1 : 0;
    char *token = token_of(by_us ? good : foreign, at, header_size, payload, payload_size);
    json_t *claims;
    int err = token_verify(keys, &rules, token, strlen(token), &claims);

    assert(err == 0 || err == -EBADMSG || err == -ENOKEY || err == -EKEYEXPIRED);
    assert(err != 0 || by_us);
    if (err == 0) {
        check_header(at, header_size);
        check_claims(payload, payload_size, claims);
        json_decref(claims);
    }
    free(token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    unsigned how = take_byte(&in) % 3;
    char *text;
    json_t *claims;

    prepare();
    if (how > 0) {
        check_signed(in, how == 1);
        return 0;
    }
    text = copy_of(in.at, in.left);
    assert(token_verify(keys, &rules, text, in.left, &claims) < 0);
    free(text);
    return 0;
}
