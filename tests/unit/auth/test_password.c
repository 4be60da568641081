#include "password.h"

#include <errno.h>

#include "test.h"

/* The example of another implementation's documentation (passlib 1.7, "password"). */
#define FOREIGN "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E"
#define SALT "AAAAAAAAAAAAAAAAAAAAAA"
#define HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const struct password_cost cheap = { 4, 8, 1 };

TEST(password, costs_what_the_promise_says)
{
    char text[PASSWORD_HASH_SIZE];

    CHECK_INT(password_hash(&password_cost_default, "correct horse", text), 0);
    CHECK_MEM(text, "$scrypt$ln=15,r=8,p=1$", 22);
    CHECK_INT(strlen(text), 22 + 22 + 1 + 43);
    CHECK_INT(password_verify(&password_cost_default, text, "correct horse"), 0);
    CHECK_INT(password_verify(&password_cost_default, text, "correct horsf"), -EACCES);
    CHECK_INT(password_hash(&password_cost_test, "correct horse", text), 0);
    CHECK_MEM(text, "$scrypt$ln=10,r=8,p=1$", 22);
}

TEST(password, opens_what_another_implementation_made)
{
    CHECK_INT(password_verify(&cheap, FOREIGN, "password"), 0);
    CHECK_INT(password_verify(&cheap, FOREIGN, "passwore"), -EACCES);
}

TEST(password, takes_any_text_and_tells_it_from_its_neighbours)
{
    static const char *const texts[] = {
        "", "a", "A", "a ", " a", "密码一二三四", "密码一二三五", "\xff\xfe",
        "0123456789012345678901234567890123456789012345678901234567890123",     /* 64: a border of HMAC */
        "01234567890123456789012345678901234567890123456789012345678901234",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[PASSWORD_HASH_SIZE];

        CHECK_INT(password_hash(&cheap, texts[i], text), 0);
        for (size_t j = 0; j < sizeof texts / sizeof texts[0]; j++)
            CHECK_INT(password_verify(&cheap, text, texts[j]), i == j ? 0 : -EACCES);
    }
}

TEST(password, is_salted)
{
    char one[PASSWORD_HASH_SIZE], two[PASSWORD_HASH_SIZE];

    CHECK_INT(password_hash(&cheap, "the same", one), 0);
    CHECK_INT(password_hash(&cheap, "the same", two), 0);
    CHECK(strcmp(one, two) != 0);
}

TEST(password, notices_each_changed_letter_of_what_is_stored)
{
    char text[PASSWORD_HASH_SIZE];
    size_t size;

    CHECK_INT(password_hash(&cheap, "stored", text), 0);
    size = strlen(text);
    for (size_t i = 0; i < size; i++) {
        char kept = text[i];

        text[i] = kept == 'A' ? 'B' : 'A';
        CHECK(password_verify(&cheap, text, "stored") != 0);
        text[i] = '\0';
        CHECK_INT(password_verify(&cheap, text, "stored"), i == 0 ? -EACCES : -EINVAL);
        text[i] = kept;
    }
    CHECK_INT(password_verify(&cheap, text, "stored"), 0);
}

TEST(password, refuses_a_cost_outside_its_bounds)
{
    static const struct { struct password_cost cost; int want; } costs[] = {
        { { 1, 1, 1 }, 0 }, { { 4, 16, 4 }, 0 }, { { 0, 8, 1 }, -EINVAL }, { { 18, 8, 1 }, -EINVAL },
        { { 10, 0, 1 }, -EINVAL }, { { 10, 17, 1 }, -EINVAL }, { { 10, 8, 0 }, -EINVAL },
        { { 10, 8, 5 }, -EINVAL }, { { 64, 8, 1 }, -EINVAL }, { { 4294967295u, 8, 1 }, -EINVAL },
    };
    char text[PASSWORD_HASH_SIZE];

    for (size_t i = 0; i < sizeof costs / sizeof costs[0]; i++)
        CHECK_INT(password_hash(&costs[i].cost, "p", text), costs[i].want);
}

TEST(password, refuses_stored_texts_that_are_none_of_ours)
{
    static const char *const bad[] = {
        "x", "$", "secret", "$2b$12$abcdefghijklmnopqrstuv", "$scrypt$", "$scrypt$ln=4,r=8,p=1",
        "$scrypt$ln=4,r=8,p=1$" SALT, "$scrypt$ln=4,r=8,p=1$" SALT "$",
        "$scrypt$ln=4,r=8,p=1$" SALT "$" HASH "A", "$scrypt$ln=4,r=8,p=1$" SALT "A$" HASH,
        "$scrypt$ln=4,r=8,p=1$$" HASH, "$scrypt$ln=4,r=8$" SALT "$" HASH,
        "$scrypt$r=8,ln=4,p=1$" SALT "$" HASH, "$scrypt$ln=04,r=8,p=1$" SALT "$" HASH,
        "$scrypt$ln=4,r=08,p=1$" SALT "$" HASH, "$scrypt$ln=+4,r=8,p=1$" SALT "$" HASH,
        "$scrypt$ln=-4,r=8,p=1$" SALT "$" HASH, "$scrypt$ln= 4,r=8,p=1$" SALT "$" HASH,
        "$scrypt$ln=,r=8,p=1$" SALT "$" HASH, "$scrypt$ln=4,r=8,p=1$" SALT "$" HASH "\n",
        "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAB$" HASH,                         /* not canonical    */
        "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAA-A$" HASH,                         /* base64url        */
        "$scrypt$ln=18,r=8,p=1$" SALT "$" HASH, "$scrypt$ln=17,r=17,p=1$" SALT "$" HASH,
        "$scrypt$ln=17,r=16,p=5$" SALT "$" HASH, "$scrypt$ln=0,r=8,p=1$" SALT "$" HASH,
        "$scrypt$ln=4,r=0,p=1$" SALT "$" HASH, "$scrypt$ln=4,r=8,p=0$" SALT "$" HASH,
        "$scrypt$ln=400,r=8,p=1$" SALT "$" HASH, "$SCRYPT$ln=4,r=8,p=1$" SALT "$" HASH,
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK_INT(password_verify(&cheap, bad[i], "secret"), -EINVAL);
        CHECK(password_needs_rehash(&cheap, bad[i]));
    }
    CHECK_INT(password_verify(&cheap, "$scrypt$ln=4,r=8,p=1$" SALT "$" HASH, "secret"), -EACCES);
}

TEST(password, asks_for_a_new_hash_when_the_cost_is_another)
{
    static const struct password_cost others[] = { { 5, 8, 1 }, { 3, 8, 1 }, { 4, 9, 1 }, { 4, 8, 2 } };
    char text[PASSWORD_HASH_SIZE];

    CHECK_INT(password_hash(&cheap, "p", text), 0);
    CHECK(!password_needs_rehash(&cheap, text));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        CHECK(password_needs_rehash(&others[i], text));
    CHECK(password_needs_rehash(&cheap, NULL));
}

/* --- nobody --------------------------------------------------------------------------------------------- */

TEST(password, is_wrong_for_nobody_whatever_it_is)
{
    CHECK_INT(password_verify(&cheap, NULL, ""), -EACCES);
    CHECK_INT(password_verify(&cheap, "", ""), -EACCES);
    CHECK_INT(password_verify(&cheap, NULL, "password"), -EACCES);
}

/* What is paid for an answer: calls of scrypt, and their cost. */
struct work { uint64_t calls, n, r, p; };
static struct work paid;

int __real_EVP_PBE_scrypt(const char *password, size_t size, const unsigned char *salt,
                          size_t salt_size, uint64_t n, uint64_t r, uint64_t p, uint64_t memory,
                          unsigned char *key, size_t key_size);
int __wrap_EVP_PBE_scrypt(const char *password, size_t size, const unsigned char *salt,
                          size_t salt_size, uint64_t n, uint64_t r, uint64_t p, uint64_t memory,
                          unsigned char *key, size_t key_size);
int __wrap_EVP_PBE_scrypt(const char *password, size_t size, const unsigned char *salt,
                          size_t salt_size, uint64_t n, uint64_t r, uint64_t p, uint64_t memory,
                          unsigned char *key, size_t key_size)
{
    paid = (struct work){ paid.calls + 1, n, r, p };
    return __real_EVP_PBE_scrypt(password, size, salt, salt_size, n, r, p, memory, key, key_size);
}

static struct work work_of(const char *stored, const char *password)
{
    paid = (struct work){ 0 };
    (void)password_verify(&password_cost_test, stored, password);
    return paid;
}

TEST(password, does_the_same_work_for_nobody_as_for_somebody)
{
    static const struct work once = { 1, 1024, 8, 1 };
    char text[PASSWORD_HASH_SIZE];
    struct work somebody, right, nobody;

    CHECK_INT(password_hash(&password_cost_test, "password", text), 0);
    somebody = work_of(text, "wrong one");
    right = work_of(text, "password");
    nobody = work_of(NULL, "wrong one");
    CHECK_MEM(&somebody, &once, sizeof once);
    CHECK_MEM(&right, &once, sizeof once);
    CHECK_MEM(&nobody, &once, sizeof once);
}
