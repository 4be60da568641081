/* test_oidc_claims.c - tokens of an account center, a row each: who is let in, as what, and who is not. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "forge.h"
#include "oidc_claims.h"
#include "test.h"
#include "token.h"

enum { NOW = 1700000000 };

#define KID  "\"kid\":\"rs\""
#define HEAD "{\"alg\":\"RS256\"," KID "}"
#define TYP(typ) "{\"alg\":\"RS256\",\"typ\":\"" typ "\"," KID "}"
#define ISS  "\"iss\":\"https://id.example\""
#define TIMES ",\"exp\":1700000900,\"iat\":1700000000"
#define CLAIMS(aud, more) "{" ISS ",\"sub\":\"s-1\",\"aud\":" aud TIMES more "}"
#define NONCE ",\"nonce\":\"n\""
#define OURS "\"consultd\""
#define GOOD CLAIMS(OURS, "")

static const char *const audiences[] = { "app", "urn:api", NULL };
static const struct oidc_role roles[] = { { "boss", "admin" }, { "doc", "doctor" }, { 0 } };
static const struct oidc_policy center = {
    .issuer = "https://id.example", .client = "consultd", .audiences = audiences, .skew_s = 60,
    .algs = 1u << JWK_RS256 | 1u << JWK_PS256 | 1u << JWK_ES256, .role_claim = "realm.roles", .roles = roles,
    .default_role = "patient",
};

static const struct row {
    const char    *header, *claims;
    enum forge_how how;
    int            held, login;                 /* of a token somebody holds; of our own login, nonce n */
} rows[] = {
    /* what an ID token and an access token may look like */
    { HEAD, GOOD, FORGE_RS, 0, -EBADMSG },
    { HEAD, CLAIMS(OURS, NONCE), FORGE_RS, 0, 0 },
    { TYP("JWT"), CLAIMS(OURS, NONCE), FORGE_RS, 0, 0 },
    { TYP("at+jwt"), CLAIMS(OURS, NONCE), FORGE_RS, 0, -EBADMSG },
    { TYP("application/at+jwt"), CLAIMS("\"urn:api\"", ",\"client_id\":\"app\""), FORGE_RS, 0, -EBADMSG },
    { "{\"alg\":\"PS256\",\"kid\":\"rs\"}", GOOD, FORGE_PS, 0, -EBADMSG },
    { "{\"alg\":\"ES256\",\"kid\":\"es\"}", GOOD, FORGE_ES, 0, -EBADMSG },
    { "{\"alg\":\"EdDSA\",\"kid\":\"ed\"}", GOOD, FORGE_ED, -EBADMSG, -EBADMSG },
    { "{\"alg\":\"none\",\"kid\":\"rs\"}", GOOD, FORGE_NONE, -EBADMSG, -EBADMSG },
    { "{\"alg\":\"HS256\",\"kid\":\"rs\"}", GOOD, FORGE_HS_RSA_PEM, -EBADMSG, -EBADMSG },
    { "{\"alg\":\"RS256\",\"kid\":\"new\"}", GOOD, FORGE_RS, -ENOKEY, -ENOKEY },
    { TYP("logout+jwt"), CLAIMS(OURS, NONCE), FORGE_RS, -EBADMSG, -EBADMSG },
    { TYP(""), CLAIMS(OURS, NONCE), FORGE_RS, -EBADMSG, -EBADMSG },

    /* the nonce */
    { HEAD, CLAIMS(OURS, ",\"nonce\":\"m\""), FORGE_RS, 0, -EBADMSG },
    { HEAD, CLAIMS(OURS, ",\"nonce\":1"), FORGE_RS, 0, -EBADMSG },
    { HEAD, CLAIMS(OURS, NONCE NONCE), FORGE_RS, -EBADMSG, -EBADMSG },

    /* aud and azp */
    { HEAD, CLAIMS("\"app\"", NONCE), FORGE_RS, 0, -EBADMSG },
    { HEAD, CLAIMS("\"other\"", NONCE), FORGE_RS, -EBADMSG, -EBADMSG },
    { HEAD, CLAIMS("[" OURS "]", NONCE), FORGE_RS, 0, 0 },
    { HEAD, CLAIMS("[" OURS ",\"other\"]", NONCE), FORGE_RS, -EBADMSG, -EBADMSG },
    { HEAD, CLAIMS("[" OURS ",\"other\"]", NONCE ",\"azp\":\"consultd\""), FORGE_RS, 0, 0 },
    { HEAD, CLAIMS("[" OURS ",\"other\"]", NONCE ",\"azp\":\"other\""), FORGE_RS, -EBADMSG, -EBADMSG },
    { HEAD, CLAIMS(OURS, NONCE ",\"azp\":\"app\""), FORGE_RS, 0, -EBADMSG },
    { HEAD, CLAIMS(OURS, NONCE ",\"azp\":[\"consultd\"]"), FORGE_RS, -EBADMSG, -EBADMSG },
    { TYP("at+jwt"), CLAIMS("[\"urn:api\",\"x\"]", ",\"client_id\":\"app\""), FORGE_RS, 0, -EBADMSG },
    { HEAD, CLAIMS("[]", NONCE), FORGE_RS, -EBADMSG, -EBADMSG },

    /* nobody: an application by itself, a logout */
    { TYP("at+jwt"), CLAIMS("\"urn:api\"", ",\"client_id\":\"s-1\""), FORGE_RS, -EBADMSG, -EBADMSG },
    { HEAD, CLAIMS(OURS, NONCE ",\"events\":{}"), FORGE_RS, -EBADMSG, -EBADMSG },
    { HEAD, "{" ISS ",\"aud\":" OURS TIMES NONCE "}", FORGE_RS, -EBADMSG, -EBADMSG },

    /* times, and what is no text */
    { HEAD, "{" ISS ",\"sub\":\"s-1\",\"aud\":" OURS ",\"exp\":1700000900" NONCE "}", FORGE_RS, -EBADMSG,
      -EBADMSG },
    { HEAD, "{" ISS ",\"sub\":\"s-1\",\"aud\":" OURS ",\"exp\":1700000000,\"iat\":1" NONCE "}", FORGE_RS,
      -EKEYEXPIRED, -EKEYEXPIRED },
    { HEAD, "{" ISS ",\"sub\":\"s-1\",\"aud\":" OURS ",\"exp\":1700000900,\"iat\":1700000061" NONCE "}",
      FORGE_RS, -EBADMSG, -EBADMSG },
    { HEAD, CLAIMS(OURS, NONCE ",\"nbf\":1700000061"), FORGE_RS, -EBADMSG, -EBADMSG },
    { HEAD, CLAIMS(OURS, NONCE ",\"sid\":1"), FORGE_RS, -EBADMSG, -EBADMSG },
    { HEAD, CLAIMS(OURS, NONCE ",\"auth_time\":\"1\""), FORGE_RS, -EBADMSG, -EBADMSG },
    { HEAD, "{\"iss\":\"https://id.example/\",\"sub\":\"s\",\"aud\":" OURS ",\"exp\":1700000900,\"iat\":1}",
      FORGE_RS, -EBADMSG, -EBADMSG },
};

static int read_as(const struct forge *keys, const struct oidc_policy *policy, const char *nonce,
                   const char *text, struct oidc_person *person)
{
    return oidc_person_read(policy, keys->set, NOW, nonce, text, strlen(text), person);
}

TEST(oidc_claims, let_in_row_by_row)
{
    struct forge keys;

    forge_make(&keys);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        char *text = forge_token(&keys, row->how, row->header, row->claims);
        struct oidc_person person;
        int held = read_as(&keys, &center, NULL, text, &person);
        int login = read_as(&keys, &center, "n", text, &person);

        if (held != row->held || login != row->login)
            print_error("# row %zu: %s %s gives %d, %d\n", i, row->header, row->claims, held, login);
        CHECK_INT(held, row->held);
        CHECK_INT(login, row->login);
        free(text);
    }
    forge_end(&keys);
}

TEST(oidc_claims, make_him_what_the_first_line_says_that_fits)
{
    static const struct { const char *more, *role; } cases[] = {
        { "", "patient" },
        { ",\"realm\":{\"roles\":[\"x\",\"doc\"]}", "doctor" },
        { ",\"realm\":{\"roles\":[\"doc\",\"boss\"]}", "admin" },
        { ",\"realm\":{\"roles\":\"doc\"}", "doctor" },
        { ",\"realm.roles\":[\"doc\"]", "doctor" },
        { ",\"realm\":{\"roles\":[\"Doc\",\"admin\",\"doctor\",7,[\"doc\"]]}", "patient" },
        { ",\"realm\":\"doc\"", "patient" },
        { ",\"roles\":[\"boss\"]", "patient" },
    };
    struct oidc_policy strict = center;
    struct forge keys;

    forge_make(&keys);
    strict.default_role = "";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char claims[400], *text;
        struct oidc_person person = { 0 };
        bool mapped = strcmp(cases[i].role, "patient") != 0;

        snprintf(claims, sizeof claims, "{" ISS ",\"sub\":\"s\",\"aud\":" OURS TIMES "%s}", cases[i].more);
        text = forge_token(&keys, FORGE_RS, HEAD, claims);
        CHECK_INT(read_as(&keys, &center, NULL, text, &person), 0);
        CHECK_STR(person.role, cases[i].role);
        CHECK_INT(read_as(&keys, &strict, NULL, text, &person), mapped ? 0 : -EPERM);
        free(text);
    }
    forge_end(&keys);
}

TEST(oidc_claims, say_his_name_in_so_many_characters)
{
    struct forge keys;
    struct oidc_person person;
    char claims[1200] = CLAIMS(OURS, ",\"name\":\""), *text;
    size_t size = strlen(claims) - 1;

    forge_make(&keys);
    for (int i = 0; i < 70; i++)
        size += (size_t)snprintf(claims + size, sizeof claims - size, "王");
    snprintf(claims + size, sizeof claims - size, "\",\"locale\":\"zh-TW\",\"sid\":\"at-1\"}");
    text = forge_token(&keys, FORGE_RS, HEAD, claims);
    CHECK_INT(read_as(&keys, &center, NULL, text, &person), 0);
    CHECK_INT(strlen(person.name), 3 * OIDC_NAME_CHARACTERS);
    CHECK_STR(person.locale, "zh-CN");
    CHECK_STR(person.session, "at-1");
    CHECK_STR(person.subject, "s-1");
    free(text);
    text = forge_token(&keys, FORGE_RS, HEAD,
                       CLAIMS(OURS, ",\"name\":\"\",\"preferred_username\":\"li\\n1\","
                              "\"auth_time\":1699999990"));
    CHECK_INT(read_as(&keys, &center, NULL, text, &person), 0);
    CHECK_STR(person.name, "li 1");
    CHECK_INT(person.authenticated_utc, 1699999990);
    CHECK(person.locale == NULL);
    free(text);
    forge_end(&keys);
}

#define SUB ",\"sub\":\"s\""
#define JTI ",\"jti\":\"j\""
#define EVENTS ",\"events\":{\"http://schemas.openid.net/event/backchannel-logout\":{}}"
#define OUT(more) "{" ISS ",\"aud\":" OURS ",\"iat\":1700000000,\"exp\":1700000120" more "}"

TEST(oidc_claims, end_a_session_only_as_a_logout_token)
{
    static const struct { const char *header, *claims; int want; } cases[] = {
        { TYP("logout+jwt"), OUT(",\"jti\":\"j\"" SUB EVENTS), 0 },
        { HEAD, OUT(",\"jti\":\"j\",\"sid\":\"at\"" EVENTS), 0 },
        { TYP("JWT"), OUT(",\"jti\":\"j\",\"sub\":\"s\",\"sid\":\"at\"" EVENTS), 0 },
        { TYP("at+jwt"), OUT(",\"jti\":\"j\"" SUB EVENTS), -EBADMSG },
        { HEAD, OUT(",\"jti\":\"j\"" EVENTS), -EBADMSG },
        { HEAD, OUT(",\"jti\":\"j\",\"sub\":\"\"" EVENTS), -EBADMSG },
        { HEAD, OUT(",\"sub\":\"s\"" EVENTS), -EBADMSG },
        { HEAD, OUT(",\"jti\":\"\",\"sub\":\"s\"" EVENTS), -EBADMSG },
        { HEAD, OUT(",\"jti\":1,\"sub\":\"s\"" EVENTS), -EBADMSG },
        { HEAD, OUT(JTI SUB NONCE EVENTS), -EBADMSG },
        { HEAD, OUT(",\"jti\":\"j\",\"sub\":\"s\",\"nonce\":null" EVENTS), -EBADMSG },
        { HEAD, OUT(",\"jti\":\"j\",\"sub\":\"s\""), -EBADMSG },
        { HEAD, OUT(",\"jti\":\"j\",\"sub\":\"s\",\"events\":{}"), -EBADMSG },
        { HEAD, OUT(",\"jti\":\"j\",\"sub\":\"s\",\"events\":"
                    "{\"http://schemas.openid.net/event/backchannel-logout\":true}"), -EBADMSG },
        { HEAD, "{" ISS ",\"aud\":\"app\",\"iat\":1700000000,\"exp\":1700000120,\"jti\":\"j\"" SUB EVENTS
                "}", -EBADMSG },
        { HEAD, "{" ISS ",\"aud\":" OURS ",\"iat\":1,\"jti\":\"j\"" SUB EVENTS "}", -EBADMSG },
        { HEAD, "{" ISS ",\"aud\":" OURS ",\"exp\":1700000120,\"jti\":\"j\"" SUB EVENTS "}", -EBADMSG },
        { HEAD, "{" ISS ",\"aud\":" OURS ",\"iat\":1,\"exp\":1,\"jti\":\"j\"" SUB EVENTS "}",
          -EKEYEXPIRED },
    };
    struct forge keys;

    forge_make(&keys);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = forge_token(&keys, FORGE_RS, cases[i].header, cases[i].claims);
        struct oidc_logout logout;
        int got = oidc_logout_read(&center, keys.set, NOW, text, strlen(text), &logout);

        if (got != cases[i].want)
            print_error("# case %zu: %s %s gives %d\n", i, cases[i].header, cases[i].claims, got);
        CHECK_INT(got, cases[i].want);
        if (got == 0)
            CHECK_STR(logout.id, "j");
        free(text);
    }
    forge_end(&keys);
}

TEST(oidc_claims, say_whose_keys_to_look_for)
{
    struct forge keys;
    char issuer[TOKEN_ISSUER_MAX + 1], *text;

    forge_make(&keys);
    text = forge_token(&keys, FORGE_NONE, HEAD, GOOD);
    CHECK_INT(token_issuer(text, strlen(text), issuer), 0);
    CHECK_STR(issuer, "https://id.example");
    free(text);
    text = forge_token(&keys, FORGE_RS, HEAD, "{\"iss\":1}");
    CHECK_INT(token_issuer(text, strlen(text), issuer), -EBADMSG);
    free(text);
    CHECK_INT(token_issuer("a.b.c", 5, issuer), -EBADMSG);
    forge_end(&keys);
}
