/* test_turn.c - credentials as coturn makes them from the same secret. */
#include <errno.h>
#include <string.h>

#include "test.h"

#include "turn.h"

/* printf '%s' USERNAME | openssl dgst -sha1 -hmac SECRET -binary | base64 */
TEST(turn, the_credential_is_the_hmac_of_the_username)
{
    static const struct {
        const char *secret;
        int64_t utc;
        const char *id, *username, *credential;
    } cases[] = {
        { "north", 1764007200,
          "leg_4Nf7kQ", "1764007200:leg_4Nf7kQ", "CnGBQgfLkqCLQ6JwfTS8eDIpUqA=" },
        { "a secret that is longer than the block of SHA-1, which is of sixty-four bytes", 4102444800,
          "leg_0", "4102444800:leg_0", "PfGpDw5CgcBVGVFWC68WUDcSSDg=" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char username[TURN_USERNAME_SIZE], credential[TURN_CREDENTIAL_SIZE];

        CHECK_INT(turn_credential(cases[i].secret, cases[i].utc, cases[i].id, username, credential), 0);
        CHECK_STR(username, cases[i].username);
        CHECK_STR(credential, cases[i].credential);
    }
}

TEST(turn, an_id_that_does_not_fit_is_refused)
{
    char username[TURN_USERNAME_SIZE], credential[TURN_CREDENTIAL_SIZE], id[TURN_USERNAME_SIZE] = "";
    size_t most = TURN_USERNAME_SIZE - sizeof "1:";

    memset(id, 'x', most);
    CHECK_INT(turn_credential("secret", 1, id, username, credential), 0);
    CHECK_INT(strlen(username), TURN_USERNAME_SIZE - 1);
    id[most] = 'x';
    CHECK_INT(turn_credential("secret", 1, id, username, credential), -EINVAL);
}
