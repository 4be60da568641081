/* test_oidc_settings.c - the file of an account center: what it may say, what is refused with its line. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "oidc_settings.h"
#include "test.h"

#define LEAST "issuer = https://id.example\nclient-id = consultd\n"

static int settings(const char *text, struct oidc_settings *s, char why[600])
{
    char path[] = "/tmp/consultd-center-XXXXXX";
    int file = mkstemp(path), err;

    CHECK(file >= 0);
    CHECK_INT(write(file, text, strlen(text)), strlen(text));
    close(file);
    err = oidc_settings_read(path, s, why, 600);
    unlink(path);
    return err;
}

TEST(oidc_settings, the_least_says_issuer_and_client)
{
    struct oidc_settings s;
    char why[600];

    CHECK_INT(settings("# a remark\n\n" LEAST, &s, why), 0);
    CHECK_STR(s.id, "center");
    CHECK_STR(s.name, "center");
    CHECK_STR(s.scope, "openid profile");
    CHECK_STR(s.policy.default_role, "patient");
    CHECK_INT(s.policy.skew_s, 60);
    CHECK_INT(s.policy.algs, 1u << JWK_RS256 | 1u << JWK_PS256 | 1u << JWK_ES256);
    CHECK(s.secret == NULL && s.policy.roles[0].value == NULL && s.policy.audiences[0] == NULL);
    oidc_settings_free(&s);
}

TEST(oidc_settings, a_value_may_have_blanks_and_a_role_is_its_last_word)
{
    struct oidc_settings s;
    char why[600];

    CHECK_INT(settings(LEAST "  name=  账号 中心 \nrole = clinic doctors doctor\n"
                       "role = a=b patient\naudience = app\n"
                       "default-role = none\nclinic = Renhe Clinic\nalg = ES256\nskew-s = 0\n", &s, why), 0);
    CHECK_STR(s.name, "账号 中心");
    CHECK_STR(s.policy.roles[0].value, "clinic doctors");
    CHECK_STR(s.policy.roles[0].role, "doctor");
    CHECK_STR(s.policy.roles[1].value, "a=b");
    CHECK(s.policy.roles[2].value == NULL);
    CHECK_STR(s.policy.audiences[0], "app");
    CHECK_STR(s.policy.default_role, "");
    CHECK_INT(s.policy.algs, 1u << JWK_ES256);
    oidc_settings_free(&s);
}

TEST(oidc_settings, what_is_wrong_is_named)
{
    static const struct { const char *text, *says; } cases[] = {
        { "client-id = consultd\n", "issuer must be" },
        { "issuer = http://id.example\nclient-id = consultd\n", "issuer must be" },
        { "issuer = https://id.example\n", "client-id is missing" },
        { LEAST "nonsense\n", ":3: not \"name = value\"" },
        { LEAST "colour = red\n", ":3: no such setting: colour" },
        { LEAST "role = doctor\n", ":3: role cannot be that" },
        { LEAST "role = x god\n", ":3: role cannot be that" },
        { LEAST "role = x guest\n", ":3: role cannot be that" },
        { LEAST "role = x doctor\n", "needs a clinic" },
        { LEAST "default-role = admin\n", "default-role must be" },
        { LEAST "alg = HS256\n", ":3: alg cannot be that" },
        { LEAST "alg = none\n", ":3: alg cannot be that" },
        { LEAST "skew-s = 601\n", ":3: skew-s cannot be that" },
        { LEAST "audience =\n", ":3: audience cannot be that" },
        { LEAST "id = A\n", "id must be" },
        { LEAST "client-secret-file = /nowhere/secret\n", "/nowhere/secret" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct oidc_settings s;
        char why[600] = "";

        CHECK_INT(settings(cases[i].text, &s, why), -EINVAL);
        if (strstr(why, cases[i].says) == NULL)
            print_error("# %s: %s\n", cases[i].text, why);
        CHECK(strstr(why, cases[i].says) != NULL);
        oidc_settings_free(&s);
    }
}
