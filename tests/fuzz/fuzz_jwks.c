/* fuzz_jwks.c - key sets: what was read is printed and read again as the same; no key is too weak. */
#include <errno.h>
#include <openssl/evp.h>

#include "fuzz.h"
#include "jwks.h"
#include "jwk_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const kids[] = { "a", "b", "r", "e", "d" };
    char *text = copy_of(data, size), *printed, *again;
    struct jwks *set, *second;
    const struct jwk *key;
    int err = jwks_parse(text, size, &set);

    free(text);
    assert(err == 0 || err == -EBADMSG || err == -EMSGSIZE || err == -ENOKEY);
    if (err)
        return 0;
    for (size_t i = 0; i < sizeof kids / sizeof *kids; i++) {
        if (jwks_find(set, kids[i], &key) != 0)
            continue;
        assert(strcmp(key->kid, kids[i]) == 0);
        assert(key->algs != 0 && (key->algs & ~jwk_key_algs(key->key)) == 0);
        assert(EVP_PKEY_get_base_id(key->key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key->key) >= 2048);
    }
    assert(jwks_print(set, &printed) == 0);
    assert(jwks_parse(printed, strlen(printed), &second) == 0);
    assert(jwks_print(second, &again) == 0 && strcmp(printed, again) == 0);
    free(printed);
    free(again);
    jwks_free(second);
    jwks_free(set);
    return 0;
}
