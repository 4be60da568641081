/* test_token_bent.c - tokens that were signed well, and then cut, bent, mixed or wrapped. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "b64.h"
#include "forge.h"
#include "test.h"
#include "token.h"

enum { NOW = 1700000000 };

#define HEAD "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"es\"}"
#define PAYLOAD(sub) \
    "{\"iss\":\"https://consult.example\",\"aud\":\"consultd\",\"sub\":\"" sub "\",\"exp\":1700000900}"
#define GOOD PAYLOAD("usr_1")

static struct forge keys;

static int verify(const char *text, size_t size, json_t **ret_claims)
{
    struct token_rules rules = { .issuer = "https://consult.example", .audience = "consultd", .type = "JWT",
                                 .now_utc = NOW, .skew_s = TOKEN_SKEW_S };

    return token_verify(keys.set, &rules, text, size, ret_claims);
}

static char *good(void)
{
    if (keys.set == NULL)
        forge_make(&keys);                      /* RSA keys are dear: one lot for the whole file     */
    return forge_token(&keys, FORGE_ES, HEAD, GOOD);
}

/* Takes `text` and frees it. */
static int bent(char *text)
{
    json_t *claims = NULL;
    int err = verify(text, strlen(text), &claims);

    json_decref(claims);
    free(text);
    return err;
}

static char *joined(const char *before, char *text, const char *after)
{
    char *whole;

    CHECK(asprintf(&whole, "%s%s%s", before, text, after) > 0);
    free(text);
    return whole;
}

TEST(token_bent, is_not_helped_by_what_stands_around_it)
{
    static const struct { const char *before, *after; } around[] = {
        { "", "=" }, { "", "==" }, { "", " " }, { "", "\n" }, { "", "\r\n" }, { " ", "" }, { "\n", "" },
        { "", "." }, { "", ".e30" }, { ".", "" }, { "", "A" }, { "", "AA" }, { "", "AAAA" }, { "", "~1~" },
        { "Bearer ", "" }, { "{\"payload\":\"", "\"}" }, { "\xef\xbb\xbf", "" },
    };

    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++)
        CHECK_INT(bent(joined(around[i].before, good(), around[i].after)), -EBADMSG);
    CHECK_INT(bent(joined("", good(), "")), 0);
}

TEST(token_bent, is_refused_at_every_cut)
{
    char *text = good();
    json_t *claims = NULL;

    for (size_t size = 0; size < strlen(text); size++)
        CHECK_INT(verify(text, size, &claims), -EBADMSG);
    CHECK_INT(verify(text, strlen(text) + 1, &claims), -EBADMSG);      /* the NUL is no part of it         */
    free(text);
}

TEST(token_bent, is_refused_with_any_bit_flipped)
{
    char *text = good();
    size_t size = strlen(text);
    json_t *claims = NULL;

    for (size_t bit = 0; bit < size * 8; bit++) {
        text[bit / 8] ^= (char)(1 << bit % 8);
        CHECK(verify(text, size, &claims) < 0);
        text[bit / 8] ^= (char)(1 << bit % 8);
    }
    CHECK(claims == NULL);
    CHECK_INT(verify(text, size, &claims), 0);
    json_decref(claims);
    free(text);
}

/* 64 bytes are 86 characters: the last has four bits that nobody decodes. */
TEST(token_bent, has_one_text_only)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=";
    char *text = good(), last = text[strlen(text) - 1];
    json_t *claims = NULL;
    int taken = 0;

    for (size_t i = 0; i < sizeof letters - 1; i++) {
        text[strlen(text) - 1] = letters[i];
        if (verify(text, strlen(text), &claims) == 0) {
            taken++;
            CHECK_INT(letters[i], last);
            json_decref(claims);
        }
    }
    CHECK_INT(taken, 1);
    free(text);
}

TEST(token_bent, is_not_read_in_the_other_alphabet)
{
    char *text = good(), *odd;

    while (odd = strpbrk(strrchr(text, '.'), "-_"), odd == NULL) {
        free(text);
        text = good();
    }
    *odd = *odd == '-' ? '+' : '/';
    CHECK_INT(bent(text), -EBADMSG);
}

static char *with_signature(const unsigned char *at, size_t size)
{
    char *text = good();
    size_t head = (size_t)(strrchr(text, '.') + 1 - text);
    char *other = malloc(head + b64_encoded_size(size) + 1);

    CHECK(other != NULL);
    memcpy(other, text, head);
    b64_encode(B64_URL, at, size, other + head);
    free(text);
    return other;
}

TEST(token_bent, is_not_signed_by_numbers_that_fit_everything)
{
    static const unsigned char order[32] = {    /* of P-256: n, which is 0 in the arithmetic of r and s */
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    };
    unsigned char zero[128] = { 0 }, ones[64], ns[64], one[64] = { 0 };

    memset(ones, 0xff, sizeof ones);
    memcpy(ns, order, 32);
    memcpy(ns + 32, order, 32);
    one[31] = one[63] = 1;
    CHECK_INT(bent(with_signature(zero, 64)), -EBADMSG);                /* CVE-2022-21449                   */
    CHECK_INT(bent(with_signature(ns, 64)), -EBADMSG);
    CHECK_INT(bent(with_signature(one, 64)), -EBADMSG);
    CHECK_INT(bent(with_signature(ones, 64)), -EBADMSG);
    CHECK_INT(bent(with_signature(zero, 0)), -EBADMSG);
    CHECK_INT(bent(with_signature(zero, 63)), -EBADMSG);
    CHECK_INT(bent(with_signature(zero, 65)), -EBADMSG);
    CHECK_INT(bent(with_signature(zero, 128)), -EBADMSG);
    CHECK_INT(bent(with_signature((const unsigned char *)"\x30\x06\x02\x01\x00\x02\x01\x00", 8)), -EBADMSG);
}

TEST(token_bent, is_not_put_together_from_good_parts)
{
    char *mine = good(), *other = forge_token(&keys, FORGE_ES, HEAD, PAYLOAD("usr_2"));
    char *mixed = strdup(other), *signature = strrchr(mine, '.');

    memcpy(strrchr(mixed, '.'), signature, strlen(signature));
    CHECK_INT(bent(mixed), -EBADMSG);
    CHECK_INT(bent(other), 0);
    free(mine);
}

TEST(token_bent, is_nothing_that_has_not_three_parts)
{
    static const char *const bad[] = {
        "", ".", "..", "...", "a", "a.b", "a.b.c", "a.b.c.d", "a.b.c.d.e", "e30.e30.", "e30..AAAA",
        ".e30.AAAA", "e30.e30.AAAA", "null", "{}", "undefined", "\xff\xfe.\xff.\xff",
        "e30.e30.AAAA.AAAA.AAAA",
        "{\"protected\":\"e30\",\"payload\":\"e30\",\"signature\":\"AAAA\"}",
    };
    static char much[TOKEN_TEXT_MAX * 2];
    json_t *claims = NULL;

    free(good());
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_INT(verify(bad[i], strlen(bad[i]), &claims), -EBADMSG);
    memset(much, 'A', sizeof much);
    CHECK_INT(verify(much, sizeof much, &claims), -EBADMSG);
    memset(much, '.', sizeof much);
    CHECK_INT(verify(much, TOKEN_TEXT_MAX, &claims), -EBADMSG);
    CHECK_INT(verify("\0.\0.\0", 5, &claims), -EBADMSG);
}

/* A well-signed token of exactly `size` characters; `pad` spaces reach the lengths that base64 skips. */
static char *token_of(size_t size)
{
    char payload[TOKEN_TEXT_MAX], header[256];

    for (int pad = 0; pad < 4; pad++) {
        size_t left;

        (void)snprintf(header, sizeof header, HEAD "%*s", pad, "");
        left = size - b64_encoded_size(strlen(header)) - 1 - 1 - 86;
        if (left % 4 == 1)
            continue;
        (void)snprintf(payload, sizeof payload, GOOD "%*s", (int)(left / 4 * 3 + (left % 4 ? left % 4 - 1 : 0)
                       - strlen(GOOD)), "");
        return forge_token(&keys, FORGE_ES, header, payload);
    }
    return NULL;
}

TEST(token_bent, is_taken_up_to_the_limit_and_refused_above)
{
    char *fits = token_of(TOKEN_TEXT_MAX), *more = token_of(TOKEN_TEXT_MAX + 1);

    CHECK(fits != NULL && more != NULL);
    CHECK_INT(strlen(fits), TOKEN_TEXT_MAX);
    CHECK_INT(strlen(more), TOKEN_TEXT_MAX + 1);
    CHECK_INT(bent(fits), 0);
    CHECK_INT(bent(more), -EBADMSG);
}
