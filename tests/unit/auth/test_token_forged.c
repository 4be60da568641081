/* test_token_forged.c - tokens that are not to be believed, a row each (and some that are). RFC 8725. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "forge.h"
#include "test.h"
#include "token.h"

enum { NOW = 1700000000 };

#define KID     "\"kid\":\"es\""
#define HEAD    "{\"alg\":\"ES256\",\"typ\":\"JWT\"," KID "}"
#define ISS     "\"iss\":\"https://consult.example\""
#define AUD     "\"aud\":\"consultd\""
#define SUB     "\"sub\":\"usr_1\""
#define EXP     "\"exp\":1700000900"
#define FOUR(iss, aud, sub, exp) "{" iss "," aud "," sub "," exp "}"
#define GOOD    FOUR(ISS, AUD, SUB, EXP)
#define PLUS(members) "{" ISS "," AUD "," SUB "," EXP "," members "}"
#define ALG(alg, kid) "{\"alg\":" alg ",\"typ\":\"JWT\",\"kid\":\"" kid "\"}"
#define HEAD_PLUS(members) "{\"alg\":\"ES256\",\"typ\":\"JWT\"," KID "," members "}"
#define TYP(typ) "{\"alg\":\"ES256\",\"typ\":" typ "," KID "}"
#define KID_IS(kid) "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":" kid "}"

static const struct row {
    const char    *header, *payload;            /* NULL: the good one                                */
    enum forge_how how;
    int            want;
} rows[] = {
    /* believed */
    { HEAD, GOOD, FORGE_ES, 0 },
    { ALG("\"RS256\"", "rs"), GOOD, FORGE_RS, 0 },
    { ALG("\"PS256\"", "rs"), GOOD, FORGE_PS, 0 },
    { ALG("\"EdDSA\"", "ed"), GOOD, FORGE_ED, 0 },
    { ALG("\"RS256\"", "rs-pinned"), GOOD, FORGE_RS, 0 },
    { TYP("\"application/jwt\""), GOOD, FORGE_ES, 0 },
    { HEAD_PLUS("\"x5t\":\"AAAA\",\"unknown\":[1]"), GOOD, FORGE_ES, 0 },
    { HEAD, FOUR(ISS, "\"aud\":[\"other\",\"consultd\"]", SUB, EXP), FORGE_ES, 0 },
    { HEAD, PLUS("\"nbf\":1700000060,\"iat\":1700000060"), FORGE_ES, 0 },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":1700000001"), FORGE_ES, 0 },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":253402300799"), FORGE_ES, 0 },

    /* no signature, or none that counts */
    { ALG("\"none\"", "es"), GOOD, FORGE_NONE, -EBADMSG },
    { ALG("\"None\"", "es"), GOOD, FORGE_NONE, -EBADMSG },
    { ALG("\"NONE\"", "es"), GOOD, FORGE_NONE, -EBADMSG },
    { ALG("\"nOnE\"", "es"), GOOD, FORGE_NONE, -EBADMSG },
    { ALG("\"none\"", "es"), GOOD, FORGE_ES, -EBADMSG },
    { ALG("\"\"", "es"), GOOD, FORGE_NONE, -EBADMSG },
    { ALG("null", "es"), GOOD, FORGE_ES, -EBADMSG },
    { ALG("256", "es"), GOOD, FORGE_ES, -EBADMSG },
    { ALG("true", "es"), GOOD, FORGE_ES, -EBADMSG },
    { ALG("[\"ES256\"]", "es"), GOOD, FORGE_ES, -EBADMSG },
    { ALG("{\"ES256\":1}", "es"), GOOD, FORGE_ES, -EBADMSG },
    { ALG("\"es256\"", "es"), GOOD, FORGE_ES, -EBADMSG },
    { ALG("\"ES256 \"", "es"), GOOD, FORGE_ES, -EBADMSG },
    { ALG("\"ES256\\u0000\"", "es"), GOOD, FORGE_ES, -EBADMSG },
    { "{\"typ\":\"JWT\"," KID "}", GOOD, FORGE_ES, -EBADMSG },
    { "{\"typ\":\"JWT\"," KID "}", GOOD, FORGE_NONE, -EBADMSG },
    { HEAD, GOOD, FORGE_NONE, -EBADMSG },
    { HEAD, GOOD, FORGE_STRANGER, -EBADMSG },

    /* the public key as a shared secret */
    { ALG("\"HS256\"", "es"), GOOD, FORGE_HS_PEM, -EBADMSG },
    { ALG("\"HS256\"", "es"), GOOD, FORGE_HS_PEM_TRIMMED, -EBADMSG },
    { ALG("\"HS256\"", "es"), GOOD, FORGE_HS_DER, -EBADMSG },
    { ALG("\"HS256\"", "es"), GOOD, FORGE_HS_POINT, -EBADMSG },
    { ALG("\"HS256\"", "es"), GOOD, FORGE_HS_JWK, -EBADMSG },
    { ALG("\"HS256\"", "es"), GOOD, FORGE_HS_JWKS, -EBADMSG },
    { ALG("\"HS256\"", "rs"), GOOD, FORGE_HS_RSA_PEM, -EBADMSG },
    { ALG("\"HS256\"", "es"), GOOD, FORGE_HS_EMPTY, -EBADMSG },
    { ALG("\"HS384\"", "es"), GOOD, FORGE_HS_PEM, -EBADMSG },
    { ALG("\"HS512\"", "es"), GOOD, FORGE_HS_PEM, -EBADMSG },
    { HEAD, GOOD, FORGE_HS_PEM, -EBADMSG },
    { ALG("\"RS256\"", "rs"), GOOD, FORGE_HS_RSA_PEM, -EBADMSG },

    /* the key is not for that */
    { ALG("\"ES256\"", "rs"), GOOD, FORGE_ES, -EBADMSG },
    { ALG("\"ES256\"", "ed"), GOOD, FORGE_ED, -EBADMSG },
    { ALG("\"RS256\"", "es"), GOOD, FORGE_RS, -EBADMSG },
    { ALG("\"EdDSA\"", "es"), GOOD, FORGE_ED, -EBADMSG },
    { ALG("\"PS256\"", "rs"), GOOD, FORGE_RS, -EBADMSG },
    { ALG("\"RS256\"", "rs"), GOOD, FORGE_PS, -EBADMSG },
    { ALG("\"PS256\"", "rs-pinned"), GOOD, FORGE_PS, -EBADMSG },
    { ALG("\"RS512\"", "rs-pinned"), GOOD, FORGE_RS512, -EBADMSG },
    { ALG("\"RS512\"", "rs"), GOOD, FORGE_RS512, -EBADMSG },
    { ALG("\"RS256\"", "rs"), GOOD, FORGE_RS512, -EBADMSG },
    { ALG("\"ES384\"", "es"), GOOD, FORGE_ES, -EBADMSG },
    { ALG("\"ES256K\"", "es"), GOOD, FORGE_ES, -EBADMSG },
    { ALG("\"Ed25519\"", "ed"), GOOD, FORGE_ED, -EBADMSG },

    /* kid */
    { "{\"alg\":\"ES256\",\"typ\":\"JWT\"}", GOOD, FORGE_ES, -EBADMSG },
    { KID_IS("\"unknown\""), GOOD, FORGE_ES, -ENOKEY },
    { KID_IS("\"unknown\""), GOOD, FORGE_STRANGER, -ENOKEY },
    { KID_IS("\"\""), GOOD, FORGE_ES, -ENOKEY },
    { KID_IS("\"ES\""), GOOD, FORGE_ES, -ENOKEY },
    { KID_IS("\"../../dev/null\""), GOOD, FORGE_ES, -ENOKEY },
    { KID_IS("\"es' OR '1'='1\""), GOOD, FORGE_ES, -ENOKEY },
    { KID_IS("\"es\\u0000\""), GOOD, FORGE_ES, -EBADMSG },
    { KID_IS("null"), GOOD, FORGE_ES, -EBADMSG },
    { KID_IS("0"), GOOD, FORGE_ES, -EBADMSG },
    { KID_IS("[\"es\"]"), GOOD, FORGE_ES, -EBADMSG },

    /* a header that wants something of us, or brings its own key */
    { HEAD_PLUS("\"crit\":[\"exp\"],\"exp\":1"), GOOD, FORGE_ES, -EBADMSG },
    { HEAD_PLUS("\"crit\":[]"), GOOD, FORGE_ES, -EBADMSG },
    { HEAD_PLUS("\"crit\":null"), GOOD, FORGE_ES, -EBADMSG },
    { HEAD_PLUS("\"b64\":false,\"crit\":[\"b64\"]"), GOOD, FORGE_ES, -EBADMSG },
    { HEAD_PLUS("\"b64\":false"), GOOD, FORGE_ES, -EBADMSG },
    { HEAD_PLUS("\"b64\":true"), GOOD, FORGE_ES, -EBADMSG },
    { HEAD_PLUS("\"jku\":\"https://evil.example/keys\""), GOOD, FORGE_STRANGER, -EBADMSG },
    { HEAD_PLUS("\"jku\":\"https://evil.example/keys\""), GOOD, FORGE_ES, -EBADMSG },
    { HEAD_PLUS("\"jwk\":{\"kty\":\"oct\",\"k\":\"\"}"), GOOD, FORGE_ES, -EBADMSG },
    { HEAD_PLUS("\"x5u\":\"https://evil.example/pem\""), GOOD, FORGE_ES, -EBADMSG },
    { HEAD_PLUS("\"x5c\":[\"AAAA\"]"), GOOD, FORGE_ES, -EBADMSG },
    { HEAD_PLUS("\"zip\":\"DEF\""), GOOD, FORGE_ES, -EBADMSG },
    { HEAD_PLUS("\"enc\":\"A256GCM\""), GOOD, FORGE_ES, -EBADMSG },
    { HEAD_PLUS("\"alg\":\"none\""), GOOD, FORGE_ES, -EBADMSG },
    { HEAD_PLUS("\"kid\":\"rs\""), GOOD, FORGE_ES, -EBADMSG },
    { HEAD_PLUS("\"a\":{\"b\":1,\"b\":2}"), GOOD, FORGE_ES, -EBADMSG },
    { HEAD "{}", GOOD, FORGE_ES, -EBADMSG },
    { "[" HEAD "]", GOOD, FORGE_ES, -EBADMSG },
    { "\"ES256\"", GOOD, FORGE_ES, -EBADMSG },
    { "{}", GOOD, FORGE_ES, -EBADMSG },
    { "", GOOD, FORGE_ES, -EBADMSG },

    /* typ: another kind of token by the same issuer */
    { "{\"alg\":\"ES256\"," KID "}", GOOD, FORGE_ES, -EBADMSG },
    { TYP("\"at+jwt\""), GOOD, FORGE_ES, -EBADMSG },
    { TYP("\"logout+jwt\""), GOOD, FORGE_ES, -EBADMSG },
    { TYP("\"JOSE\""), GOOD, FORGE_ES, -EBADMSG },
    { TYP("\"\""), GOOD, FORGE_ES, -EBADMSG },
    { TYP("\"application/\""), GOOD, FORGE_ES, -EBADMSG },
    { TYP("\"application/application/jwt\""), GOOD, FORGE_ES, -EBADMSG },
    { TYP("null"), GOOD, FORGE_ES, -EBADMSG },
    { TYP("[\"JWT\"]"), GOOD, FORGE_ES, -EBADMSG },

    /* iss, aud, sub */
    { HEAD, FOUR("\"iss\":\"https://evil.example\"", AUD, SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR("\"iss\":\"https://consult.example/\"", AUD, SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR("\"iss\":\"https://Consult.example\"", AUD, SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR("\"iss\":[\"https://consult.example\"]", AUD, SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR("\"iss\":null", AUD, SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR("\"x\":0", AUD, SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, "\"aud\":\"other\"", SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, "\"aud\":\"consultd2\"", SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, "\"aud\":\"\"", SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, "\"aud\":[]", SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, "\"aud\":[\"other\"]", SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, "\"aud\":[[\"consultd\"]]", SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, "\"aud\":[\"consultd\",1]", SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, "\"aud\":{\"consultd\":1}", SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, "\"aud\":null", SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, "\"x\":0", SUB, EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, "\"sub\":\"\"", EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, "\"sub\":1", EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, "\"sub\":null", EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, "\"sub\":[\"usr_1\"]", EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, "\"sub\":\"usr_1\\u0000\"", EXP), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, "\"x\":0", EXP), FORGE_ES, -EBADMSG },
    { HEAD, PLUS("\"sub\":\"usr_2\""), FORGE_ES, -EBADMSG },
    { HEAD, PLUS("\"exp\":253402300799"), FORGE_ES, -EBADMSG },
    { HEAD, PLUS("\"x\":{\"y\":1,\"y\":1}"), FORGE_ES, -EBADMSG },

    /* times */
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":1700000000"), FORGE_ES, -EKEYEXPIRED },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":1699999999"), FORGE_ES, -EKEYEXPIRED },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":1"), FORGE_ES, -EKEYEXPIRED },
    { HEAD, FOUR(ISS, "\"aud\":\"other\"", SUB, "\"exp\":1"), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":1"), FORGE_STRANGER, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":0"), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":-1"), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":\"1700000900\""), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":null"), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":true"), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":[1700000900]"), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":1700000900.5"), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":1e400"), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":253402300800"), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":9007199254740992"), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":9223372036854775807"), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, SUB, "\"exp\":9223372036854775808"), FORGE_ES, -EBADMSG },
    { HEAD, FOUR(ISS, AUD, SUB, "\"x\":0"), FORGE_ES, -EBADMSG },
    { HEAD, PLUS("\"nbf\":1700000061"), FORGE_ES, -EBADMSG },
    { HEAD, PLUS("\"nbf\":\"1\""), FORGE_ES, -EBADMSG },
    { HEAD, PLUS("\"nbf\":null"), FORGE_ES, -EBADMSG },
    { HEAD, PLUS("\"nbf\":-1"), FORGE_ES, -EBADMSG },
    { HEAD, PLUS("\"nbf\":9223372036854775807"), FORGE_ES, -EBADMSG },
    { HEAD, PLUS("\"iat\":1700000061"), FORGE_ES, -EBADMSG },
    { HEAD, PLUS("\"iat\":1.5"), FORGE_ES, -EBADMSG },
    { HEAD, PLUS("\"iat\":{}"), FORGE_ES, -EBADMSG },

    /* no object of claims */
    { HEAD, "[" GOOD "]", FORGE_ES, -EBADMSG },
    { HEAD, "\"usr_1\"", FORGE_ES, -EBADMSG },
    { HEAD, "null", FORGE_ES, -EBADMSG },
    { HEAD, "{}", FORGE_ES, -EBADMSG },
    { HEAD, "", FORGE_ES, -EBADMSG },
    { HEAD, GOOD " x", FORGE_ES, -EBADMSG },
    { HEAD, "eyJhbGciOiJFUzI1NiJ9.e30.AAAA", FORGE_ES, -EBADMSG },         /* nested */
    { HEAD, "{" ISS "," AUD "," SUB "," EXP ",\"x\":\"\xff\"}", FORGE_ES, -EBADMSG },
};

static int verify(const struct forge *keys, const char *text, json_t **ret_claims)
{
    struct token_rules rules = { .issuer = "https://consult.example", .audience = "consultd", .type = "JWT",
                                 .now_utc = NOW, .skew_s = TOKEN_SKEW_S };

    return token_verify(keys->set, &rules, text, strlen(text), ret_claims);
}

TEST(token_forged, is_seen_through_row_by_row)
{
    struct forge keys;
    size_t refused = 0;

    forge_make(&keys);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        char *text = forge_token(&keys, row->how, row->header, row->payload);
        json_t *claims = NULL;
        int got = verify(&keys, text, &claims);

        if (got != row->want)
            print_error("# row %zu: %s %s gives %d\n", i, row->header, row->payload, got);
        CHECK_INT(got, row->want);
        CHECK((claims != NULL) == (got == 0));
        refused += got != 0;
        json_decref(claims);
        free(text);
    }
    CHECK(refused >= 80);
    forge_end(&keys);
}
