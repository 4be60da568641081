/* test_webhook.c - what one server signs the other believes, and nothing else. */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "auth/webhook.h"

#define SECRET "shared secret"
#define BODY   "{\"a\":1}"
#define MAC    "3e3375fd0b08ce8c61c6e36b5fed14112f85cf67792e18b8de2b9eaa56cf838e"

enum { AT = 1764000000 };

static int check(const char *secret, int64_t now_utc, const char *body, const char *signature)
{
    return webhook_check(secret, now_utc, body, strlen(body), signature);
}

/* The MAC by another hand: openssl dgst -sha256 -hmac. */
TEST(webhook, is_the_hmac_of_time_and_body)
{
    char signature[WEBHOOK_SIGNATURE_SIZE];

    CHECK_INT(webhook_sign(SECRET, AT, BODY, strlen(BODY), signature), 0);
    CHECK_STR(signature, "t=1764000000,v1=" MAC);
    CHECK_INT(check(SECRET, AT, BODY, signature), 0);
    CHECK_INT(webhook_sign(SECRET, AT, NULL, 0, signature), 0);
    CHECK_INT(check(SECRET, AT, "", signature), 0);
}

TEST(webhook, holds_for_five_minutes_on_both_sides)
{
    static const char signature[] = "t=1764000000,v1=" MAC;

    CHECK_INT(check(SECRET, AT + WEBHOOK_SKEW_S, BODY, signature), 0);
    CHECK_INT(check(SECRET, AT - WEBHOOK_SKEW_S, BODY, signature), 0);
    CHECK_INT(check(SECRET, AT + WEBHOOK_SKEW_S + 1, BODY, signature), -EACCES);
    CHECK_INT(check(SECRET, AT - WEBHOOK_SKEW_S - 1, BODY, signature), -EACCES);
    CHECK_INT(webhook_check_at(SECRET, AT, BODY, strlen(BODY), signature), 0);
    CHECK_INT(webhook_check_at(SECRET, AT + 1, BODY, strlen(BODY), signature), -EACCES);
}

TEST(webhook, refuses_what_is_not_it)
{
    static const struct {
        const char *secret, *body, *signature;
    } bad[] = {
        { "other secret", BODY, "t=1764000000,v1=" MAC },
        { "", BODY, "t=1764000000,v1=" MAC },
        { SECRET, "{\"a\":2}", "t=1764000000,v1=" MAC },
        { SECRET, BODY " ", "t=1764000000,v1=" MAC },
        { SECRET, BODY, "t=1764000001,v1=" MAC },
        { SECRET, BODY, "t=1764000000,v1=" MAC "0" },
        { SECRET, BODY, "t=1764000000,v1=" },
        { SECRET, BODY, "t=1764000000,v2=" MAC },
        { SECRET, BODY, "t=01764000000,v1=" MAC },
        { SECRET, BODY, "t=1764000000" },
        { SECRET, BODY, "t=,v1=" MAC },
        { SECRET, BODY, "t=99999999999999999999,v1=" MAC },
        { SECRET, BODY, "t=-1,v1=" MAC },
        { SECRET, BODY, "v1=" MAC },
        { SECRET, BODY, "" },
        { SECRET, BODY, NULL },
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (check(bad[i].secret, AT, bad[i].body, bad[i].signature) != -EACCES)
            fail_msg("case %zu is believed", i);
}

/* Every bit of the signature counts. */
TEST(webhook, no_letter_of_it_may_differ)
{
    char signature[] = "t=1764000000,v1=" MAC;

    for (size_t i = 0; signature[i] != '\0'; i++) {
        signature[i] ^= 1;
        CHECK_INT(check(SECRET, AT, BODY, signature), -EACCES);
        signature[i] ^= 1;
    }
    CHECK_INT(check(SECRET, AT, BODY, signature), 0);
}
