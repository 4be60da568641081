/* fault_auth.c - the n-th allocation fails, for every n: ours, jansson's and OpenSSL's. No crash, no
 * leak, no yes that should be a no. (Issuing is left out: libjwt has no hook.) */
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "fault.h"
#include "password.h"
#include "seal.h"
#include "test.h"
#include "token.h"
#include "unit/auth/folder.h"
#include "unit/auth/forge.h"
#include "unit/auth/vectors.h"

enum { NOW = 1700000000 };

static void *crypto_malloc(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return size == 0 ? NULL : fault_malloc(size);
}

static void *crypto_realloc(void *at, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return fault_realloc(at, size);
}

static void crypto_free(void *at, const char *file, int line)
{
    (void)file, (void)line;
    fault_free(at);
}

/* Before main, and so before OpenSSL's first allocation. */
__attribute__((constructor)) static void hooks_set(void)
{
    if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) != 1)
        abort();
    json_set_alloc_funcs(fault_malloc, fault_free);
}

/* --- what is tried: 0, or the errno that came out ---------------------------------------------------- */

static struct forge forge;
static struct seal_keys *seals;
static struct folder folder;
static char *tokens[4], *forged;
static char stored[PASSWORD_HASH_SIZE];
static const struct password_cost cheap = { 4, 8, 1 };

static int try_seal(void)
{
    unsigned char *sealed, *plain;
    size_t size;
    int err = seal_seal(seals, "w", "plain", 5, &sealed, &size);

    if (err)
        return err;
    err = seal_open(seals, "w", sealed, size, &plain, &size);
    if (err == 0) {
        CHECK_STR((char *)plain, "plain");
        free(plain);
    }
    free(sealed);
    return err;
}

static int try_keys(void)
{
    struct seal_keys *keys;
    unsigned char derived[32];
    int err = seal_keys_load_or_make(folder.file, &keys);

    if (err)
        return err;
    err = seal_derive(keys, "audit", derived);
    seal_keys_free(keys);
    return err;
}

static int try_set(void)
{
    static const char text[] = "{\"keys\":[" RSA_JWK(",\"kid\":\"r\"") "," EC_JWK(",\"kid\":\"e\"") ","
                               ED_JWK(",\"kid\":\"d\"") "]}";
    struct jwks *set;
    const struct jwk *key;
    char *printed;
    int err = jwks_parse(text, sizeof text - 1, &set);

    if (err)
        return err;
    err = jwks_print(set, &printed);
    if (err == 0)
        free(printed);
    if (err == 0)
        err = jwks_find(set, "e", &key);
    if (err == 0)
        err = jwks_add(set, key->key, NULL);
    jwks_free(set);
    return err;
}

static int verify(const char *text)
{
    struct token_rules rules = { .issuer = "i", .audience = "a", .type = "JWT", .now_utc = NOW };
    struct token_access who;
    json_t *claims;
    int err = token_verify(forge.set, &rules, text, strlen(text), &claims);

    if (err == 0) {
        err = token_access_read(claims, &who);
        json_decref(claims);
    }
    return err;
}

static int try_es(void) { return verify(tokens[0]); }
static int try_rs(void) { return verify(tokens[1]); }
static int try_ps(void) { return verify(tokens[2]); }
static int try_ed(void) { return verify(tokens[3]); }

/* Here every outcome but a refusal is wrong. */
static int try_forged(void)
{
    CHECK(verify(forged) < 0);
    CHECK(password_verify(&cheap, stored, "wrong") < 0);
    CHECK(password_verify(&cheap, NULL, "wrong") < 0);
    return 0;
}

static int try_password(void)
{
    char hash[PASSWORD_HASH_SIZE];
    int err = password_hash(&cheap, "password", hash);

    return err ? err : password_verify(&cheap, stored, "password");
}

static int try_refresh(void)
{
    static const unsigned char key[32] = { 1 };
    char text[TOKEN_REFRESH_SIZE];
    unsigned char hash[TOKEN_HASH_SIZE];
    int err = token_refresh_new(text);

    if (err == 0)
        err = token_refresh_next(key, text, text);
    return err ? err : token_refresh_hash(text, hash);
}

#define HEAD(alg, kid) "{\"alg\":\"" alg "\",\"typ\":\"JWT\",\"kid\":\"" kid "\"}"

static void prepare(void)
{
    static const char payload[] = "{\"iss\":\"i\",\"aud\":[\"a\"],\"sub\":\"u\",\"sid\":\"s\",\"role\":\"r\","
                                  "\"exp\":1700000900}";

    forge_make(&forge);
    folder_make(&folder);
    CHECK_INT(seal_keys_load_or_make(folder.file, &seals), 0);
    CHECK_INT(password_hash(&cheap, "password", stored), 0);
    tokens[0] = forge_token(&forge, FORGE_ES, HEAD("ES256", "es"), payload);
    tokens[1] = forge_token(&forge, FORGE_RS, HEAD("RS256", "rs"), payload);
    tokens[2] = forge_token(&forge, FORGE_PS, HEAD("PS256", "rs"), payload);
    tokens[3] = forge_token(&forge, FORGE_ED, HEAD("EdDSA", "ed"), payload);
    forged = forge_token(&forge, FORGE_STRANGER, HEAD("ES256", "es"), payload);
}

static void clear(void)
{
    for (size_t i = 0; i < 4; i++)
        free(tokens[i]);
    free(forged);
    seal_keys_free(seals);
    folder_remove(&folder);
    forge_end(&forge);
}

TEST(fault_auth, may_end_at_any_allocation)
{
    static const struct { const char *name; int (*run)(void); } tries[] = {
        { "seal", try_seal }, { "keys", try_keys }, { "set", try_set }, { "es", try_es }, { "rs", try_rs },
        { "ps", try_ps }, { "ed", try_ed }, { "forged", try_forged }, { "password", try_password },
        { "refresh", try_refresh },
    };

    prepare();
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        long n = 0;
        int refused = 0;

        CHECK_INT(tries[i].run(), 0);           /* fetches and caches what OpenSSL keeps             */
        do {
            int err;

            fault_arm(n++, false);
            err = tries[i].run();
            (void)fault_disarm();
            CHECK(err <= 0);
            refused += err < 0;
            CHECK(fault_came() || err == 0);
        } while (fault_came());
        print_message("# %s: %ld allocations, %d answers\n", tries[i].name, n - 1, refused);
        CHECK_INT(tries[i].run(), 0);           /* and all is well again                             */
    }
    clear();
}
