#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "b64.h"
#include "test.h"
#include "token.h"

static const unsigned char key[32] = "a key of thirty-two bytes, truly";

TEST(token_refresh, is_random_text_of_one_shape)
{
    char one[TOKEN_REFRESH_SIZE], two[TOKEN_REFRESH_SIZE];
    unsigned char bytes[32];
    size_t size;

    CHECK_INT(token_refresh_new(one), 0);
    CHECK_INT(token_refresh_new(two), 0);
    CHECK_INT(strlen(one), 43);
    CHECK(strcmp(one, two) != 0);
    CHECK_INT(b64_decode(B64_URL, one, 43, bytes, sizeof bytes, &size), 0);
    CHECK_INT(size, 32);
}

TEST(token_refresh, leads_to_one_next_token)
{
    static const unsigned char other_key[32] = "another key of thirty-two bytes!";
    char text[TOKEN_REFRESH_SIZE], next[TOKEN_REFRESH_SIZE], again[TOKEN_REFRESH_SIZE];
    char want[TOKEN_REFRESH_SIZE];
    unsigned char mac[32];

    CHECK_INT(token_refresh_new(text), 0);
    CHECK_INT(token_refresh_next(key, text, next), 0);
    CHECK_INT(token_refresh_next(key, text, again), 0);
    CHECK_STR(next, again);
    CHECK(HMAC(EVP_sha256(), key, 32, (const unsigned char *)text, 43, mac, NULL) != NULL);
    b64_encode(B64_URL, mac, sizeof mac, want);
    CHECK_STR(next, want);
    CHECK_INT(token_refresh_next(other_key, text, again), 0);
    CHECK(strcmp(next, again) != 0);
    CHECK_INT(token_refresh_next(key, next, again), 0);         /* it is a token itself                */
    CHECK(strcmp(next, again) != 0 && strcmp(text, again) != 0);
    CHECK_INT(token_refresh_next(key, text, text), 0);          /* in place                            */
    CHECK_STR(text, next);
}

TEST(token_refresh, is_stored_as_its_hash)
{
    static const char zeros[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    unsigned char hash[TOKEN_HASH_SIZE], want[32];

    CHECK_INT(token_refresh_hash(zeros, hash), 0);
    CHECK_INT(EVP_Digest(zeros, 43, want, NULL, EVP_sha256(), NULL), 1);
    CHECK_MEM(hash, want, 32);
}

TEST(token_refresh, is_nothing_of_another_shape)
{
    static const char *const bad[] = {
        "", "A", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+A", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA A",
        " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
        "eyJhbGciOiJFUzI1NiJ9.e30.AAAA", "' OR 1=1 --",
    };
    unsigned char hash[TOKEN_HASH_SIZE] = { 7 };
    char next[TOKEN_REFRESH_SIZE] = "before";

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK_INT(token_refresh_hash(bad[i], hash), -EBADMSG);
        CHECK_INT(token_refresh_next(key, bad[i], next), -EBADMSG);
    }
    CHECK_INT(hash[0], 7);
    CHECK_STR(next, "before");
}
