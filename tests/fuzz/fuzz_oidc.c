/* fuzz_oidc.c - what an account center says: its discovery document, and the claims of tokens that it signs.
 *
 * The first byte says which. Claims are signed by a key of the test's, so that all that is behind a signature
 * is reached; whoever is let in has a subject, a role of the map and a name of one line. */
#include <errno.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "b64.h"
#include "fuzz.h"
#include "jws.h"
#include "oidc_claims.h"
#include "oidc_flow.h"

enum { NOW = 1700000000, TEXT_MAX = 4096 };

static const char *const audiences[] = { "b", NULL };
static const struct oidc_role roles[] = { { "d", "doctor" }, { 0 } };
static const struct oidc_policy policy = { .issuer = "i", .client = "a", .audiences = audiences, .skew_s = 60,
                                           .algs = 1u << JWK_ES256, .role_claim = "r.s", .roles = roles,
                                           .default_role = "patient" };
static EVP_PKEY *key;
static struct jwks *keys;

static void key_make(void)
{
    if (key != NULL)
        return;
    key = EVP_EC_gen("P-256");
    assert(key != NULL && jwks_new(&keys) == 0 && jwks_add(keys, key, "k") == 0);
}

static void document(const char *text, size_t size)
{
    struct oidc_endpoints endpoints;
    int err = oidc_discovery_parse(text, size, "https://i", &endpoints);

    assert(err == 0 || err == -EBADMSG || err == -ENOTSUP);
    if (err == 0)
        assert(oidc_url_is_safe(endpoints.authorize) && oidc_url_is_safe(endpoints.token) &&
               oidc_url_is_safe(endpoints.keys));
}

/* R and S as JOSE has them, out of OpenSSL's DER: each 2, its size, its bytes. */
static const unsigned char *number(const unsigned char *der, unsigned char to[32])
{
    size_t size = der[1];
    const unsigned char *at = der + 2;

    for (; size > 32; size--)
        at++;
    memset(to, 0, 32);
    memcpy(to + 32 - size, at, size);
    return at + size;
}

static char *sign(const char *claims, size_t size)
{
    static const char head[] = "{\"alg\":\"ES256\",\"kid\":\"k\"}";
    char *text = malloc(b64_encoded_size(sizeof head) + b64_encoded_size(size) + 90);
    unsigned char der[80], raw[64];
    EVP_MD_CTX *pass = EVP_MD_CTX_new();
    size_t der_size = sizeof der;

    b64_encode(B64_URL, head, sizeof head - 1, text);
    strcat(text, ".");
    b64_encode(B64_URL, claims, size, text + strlen(text));
    assert(EVP_DigestSignInit(pass, NULL, EVP_sha256(), NULL, key) == 1 &&
           EVP_DigestSign(pass, der, &der_size, (const unsigned char *)text, strlen(text)) == 1);
    EVP_MD_CTX_free(pass);
    (void)number(number(der + 2, raw), raw + 32);
    strcat(text, ".");
    b64_encode(B64_URL, raw, sizeof raw, text + strlen(text));
    return text;
}

static void claims(const char *text, size_t size)
{
    char *token = sign(text, size);
    struct oidc_person person;
    struct oidc_logout logout;
    int held = oidc_person_read(&policy, keys, NOW, NULL, token, strlen(token), &person);
    int out = oidc_logout_read(&policy, keys, NOW, token, strlen(token), &logout);

    assert(held == 0 || held == -EBADMSG || held == -EKEYEXPIRED);
    assert(out == 0 || out == -EBADMSG || out == -EKEYEXPIRED);
    assert(held != 0 || out != 0);              /* nothing is both                                   */
    if (held == 0) {
        assert(person.subject[0] != '\0' && person.expires_utc > NOW);
        assert(strcmp(person.role, "patient") == 0 || strcmp(person.role, "doctor") == 0);
        assert(strchr(person.name, '\n') == NULL);
    }
    if (out == 0)
        assert(logout.id[0] != '\0' && (logout.subject[0] != '\0' || logout.session[0] != '\0'));
    free(token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > TEXT_MAX)
        return 0;
    key_make();

    char *text = copy_of(data + 1, size - 1);

    if (data[0] == 'd')
        document(text, size - 1);
    else
        claims(text, size - 1);
    free(text);
    return 0;
}
