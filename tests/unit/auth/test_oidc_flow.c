/* test_oidc_flow.c - where a login may go, what an account center may say of itself, what it is sent. */
#include <errno.h>
#include <stdlib.h>

#include "oidc_flow.h"
#include "test.h"

TEST(oidc_flow, an_address_is_https_or_this_machine)
{
    static const struct { const char *url; bool safe; } cases[] = {
        { "https://id.example", true },            { "https://id.example:8443/realms/a?x=1", true },
        { "https://[2001:db8::1]/x", true },       { "http://127.0.0.1:3901/auth", true },
        { "http://localhost", true },              { "http://[::1]:80/", true },
        { "http://id.example", false },            { "http://127.0.0.1.evil.example", false },
        { "http://localhost.evil.example/", false }, { "http://evil.example?127.0.0.1", false },
        { "http://127.0.0.1@evil.example/", false }, { "https://user:pw@id.example/", false },
        { "https://", false },                     { "https:///x", false },
        { "https://:443/", false },                { "ftp://id.example", false },
        { "file:///etc/passwd", false },           { "https://id.example/#x", false },
        { "https://id.example/a b", false },       { "https://id.example/\r\nX: y", false },
        { "https://id\\.example/", false },        { "https://\xe4.example", false },
        { "HTTPS://id.example", false },           { "", false },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (oidc_url_is_safe(cases[i].url) != cases[i].safe)
            print_error("# %s\n", cases[i].url);
        CHECK(oidc_url_is_safe(cases[i].url) == cases[i].safe);
    }
}

TEST(oidc_flow, goes_on_inside_our_page_only)
{
    static const struct { const char *next; bool ours; } cases[] = {
        { "/", true },              { "/consults/con_1?x=1#y", true }, { "/login", true },
        { "", false },              { "consults", false },             { "//evil.example", false },
        { "/\\evil.example", false }, { "/\t/evil.example", false },   { "https://evil.example", false },
        { "javascript:alert(1)", false }, { "/api/v1/auth/logout", false }, { "/a\r\nSet-Cookie: x", false },
        { "/\xc3\xa9", false },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK(oidc_next_is_ours(cases[i].next) == cases[i].ours);
}

#define ME "https://id.example"
#define DOCUMENT(issuer, keys, more)                                                                       \
    "{\"issuer\":\"" issuer "\",\"authorization_endpoint\":\"https://id.example/auth\","                    \
    "\"token_endpoint\":\"https://id.example/token\",\"jwks_uri\":" keys more "}"
#define KEYS "\"https://id.example/keys\""

TEST(oidc_flow, believes_the_document_of_the_issuer_itself)
{
    static const struct { const char *text; int want; } cases[] = {
        { DOCUMENT(ME, KEYS, ""), 0 },
        { DOCUMENT(ME, KEYS, ",\"code_challenge_methods_supported\":[\"plain\",\"S256\"]"), 0 },
        { DOCUMENT(ME, KEYS, ",\"code_challenge_methods_supported\":[\"plain\"]"), -ENOTSUP },
        { DOCUMENT(ME, KEYS, ",\"code_challenge_methods_supported\":\"S256\""), -ENOTSUP },
        { DOCUMENT("https://id.example/", KEYS, ""), -EBADMSG },
        { DOCUMENT("https://evil.example", KEYS, ""), -EBADMSG },
        { DOCUMENT(ME, "\"http://id.example/keys\"", ""), -EBADMSG },
        { DOCUMENT(ME, "\"file:///etc/passwd\"", ""), -EBADMSG },
        { DOCUMENT(ME, "1", ""), -EBADMSG },
        { DOCUMENT(ME, KEYS, ",\"jwks_uri\":\"https://evil.example/keys\""), -EBADMSG },
        { "{\"issuer\":\"https://id.example\"}", -EBADMSG },
        { "[]", -EBADMSG },
        { "", -EBADMSG },
        { "<html>", -EBADMSG },
    };
    static const char says[] =
        DOCUMENT(ME, KEYS, ",\"authorization_response_iss_parameter_supported\":true");
    struct oidc_endpoints endpoints;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_INT(oidc_discovery_parse(cases[i].text, strlen(cases[i].text), ME, &endpoints),
                  cases[i].want);
    CHECK_STR(endpoints.keys, "https://id.example/keys");
    CHECK(!endpoints.says_issuer);
    CHECK_INT(oidc_discovery_parse(says, strlen(says), ME, &endpoints), 0);
    CHECK(endpoints.says_issuer);
}

/* RFC 7636, appendix B. */
TEST(oidc_flow, challenges_as_the_standard_shows)
{
    char challenge[OIDC_CHALLENGE_SIZE];

    CHECK_INT(oidc_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", challenge), 0);
    CHECK_STR(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

static void check_text(char *got, const char *want)
{
    assert_non_null(got);
    CHECK_STR(got, want);
    free(got);
}

TEST(oidc_flow, escapes_what_it_sends)
{
    const struct oidc_pair pairs[] = { { "a", "1 &=+%" }, { "b", NULL }, { "c", "王-._~" }, { 0 } };

    check_text(oidc_form(pairs), "a=1%20%26%3D%2B%25&c=%E7%8E%8B-._~");
    check_text(oidc_form(&pairs[3]), "");
    check_text(oidc_url("https://id.example/auth", pairs),
               "https://id.example/auth?a=1%20%26%3D%2B%25&c=%E7%8E%8B-._~");
    check_text(oidc_url("https://id.example/auth?x=1", &pairs[2]),
               "https://id.example/auth?x=1&c=%E7%8E%8B-._~");
    check_text(oidc_basic("a", "b"), "Authorization: Basic YTpi");
    check_text(oidc_basic("a", "bc"), "Authorization: Basic YTpiYw==");
    check_text(oidc_basic("a:b", ""), "Authorization: Basic YSUzQWI6");
}
