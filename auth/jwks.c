/* jwks.c - public keys by kid. */
#include "jwks.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "jwk_key.h"

struct jwks {
    size_t     count;
    struct jwk keys[JWKS_KEYS_MAX];
};

static const char *const alg_names[JWK_ALGS] = {
    [JWK_RS256] = "RS256", [JWK_PS256] = "PS256", [JWK_ES256] = "ES256", [JWK_EDDSA] = "EdDSA",
};

int jwk_alg_parse(const char *name)
{
    for (int alg = 0; alg < JWK_ALGS; alg++)
        if (strcmp(alg_names[alg], name) == 0)
            return alg;
    return -EINVAL;
}

int jwks_new(struct jwks **ret_set)
{
    struct jwks *set = calloc(1, sizeof *set);

    if (set == NULL)
        return -ENOMEM;
    *ret_set = set;
    return 0;
}

void jwks_free(struct jwks *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->count; i++)
        EVP_PKEY_free(set->keys[i].key);
    free(set);
}

int jwks_find(const struct jwks *set, const char *kid, const struct jwk **ret_key)
{
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->keys[i].kid, kid) == 0) {
            *ret_key = &set->keys[i];
            return 0;
        }
    }
    return -ENOKEY;
}

/* `algs`: bits, a part of what the key is fit for. */
static int set_add(struct jwks *set, EVP_PKEY *key, const char *kid, unsigned algs)
{
    const struct jwk *same;
    size_t size = strlen(kid);

    assert(algs != 0);
    if (size == 0 || size > JWK_KID_MAX)
        return -EINVAL;
    if (jwks_find(set, kid, &same) == 0)
        return -EEXIST;
    if (set->count == JWKS_KEYS_MAX)
        return -ENOSPC;
    if (EVP_PKEY_up_ref(key) != 1)
        return -ENOMEM;
    set->keys[set->count] = (struct jwk){ .algs = algs, .key = key };
    memcpy(set->keys[set->count++].kid, kid, size + 1);
    return 0;
}

int jwks_add(struct jwks *set, EVP_PKEY *key, const char *kid)
{
    unsigned algs = jwk_key_algs(key);
    char thumbprint[JWK_THUMBPRINT_SIZE];
    int err = algs == 0 ? -EINVAL : 0;

    if (err == 0 && kid == NULL) {
        err = jwk_key_thumbprint(key, thumbprint);
        kid = thumbprint;
    }
    return err ? err : set_add(set, key, kid, algs);
}

/* --- parse ---------------------------------------------------------------------------------------------- */

static bool ops_verify(const json_t *ops)
{
    const json_t *op;
    size_t i;

    json_array_foreach(ops, i, op)
        if (json_is_string(op) && strcmp(json_string_value(op), "verify") == 0)
            return true;
    return false;
}

/* RFC 7517 4.2, 4.3: what is said of its use must not speak against signatures. */
static bool is_for_signatures(const json_t *jwk)
{
    const json_t *use = json_object_get(jwk, "use"), *ops = json_object_get(jwk, "key_ops");

    if (use != NULL && (!json_is_string(use) || strcmp(json_string_value(use), "sig") != 0))
        return false;
    return ops == NULL || ops_verify(ops);
}

/* RFC 7517 4.4: a key that names its algorithm verifies that one only. */
static unsigned algs_of(const json_t *jwk, const EVP_PKEY *key)
{
    const json_t *name = json_object_get(jwk, "alg");
    int alg;

    if (name == NULL)
        return jwk_key_algs(key);
    alg = json_is_string(name) ? jwk_alg_parse(json_string_value(name)) : -EINVAL;
    return alg < 0 ? 0 : jwk_key_algs(key) & 1u << alg;
}

/* 0 too when the key is passed over. */
static int entry_add(struct jwks *set, const json_t *jwk)
{
    const char *kid = json_string_value(json_object_get(jwk, "kid"));
    EVP_PKEY *key = NULL;
    unsigned algs;
    int err;

    if (kid == NULL || kid[0] == '\0' || strlen(kid) > JWK_KID_MAX || !is_for_signatures(jwk))
        return 0;
    err = jwk_key_read(jwk, &key);
    if (err)
        return err == -EINVAL ? 0 : err;
    algs = algs_of(jwk, key);
    if (algs != 0)
        err = set_add(set, key, kid, algs);
    EVP_PKEY_free(key);
    return err == -EEXIST ? -EBADMSG : err;
}

static int entries_add(struct jwks *set, const json_t *entries)
{
    const json_t *jwk;
    size_t i;

    if (!json_is_array(entries))
        return -EBADMSG;
    if (json_array_size(entries) > JWKS_KEYS_MAX)
        return -EMSGSIZE;
    json_array_foreach(entries, i, jwk) {
        int err = entry_add(set, jwk);

        if (err)
            return err;
    }
    return set->count > 0 ? 0 : -ENOKEY;
}

int jwks_parse(const char *text, size_t size, struct jwks **ret_set)
{
    json_error_t where = { 0 };                 /* out of memory, jansson may leave it as it is      */
    struct jwks *set;
    json_t *json;
    int err;

    if (size > JWKS_TEXT_MAX)
        return -EMSGSIZE;
    json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
    if (json == NULL)
        return json_error_code(&where) == json_error_out_of_memory ? -ENOMEM : -EBADMSG;
    err = jwks_new(&set);
    if (err == 0) {
        err = entries_add(set, json_object_get(json, "keys"));
        if (err)
            jwks_free(set);
    }
    json_decref(json);
    if (err == 0)
        *ret_set = set;
    return err;
}

/* --- print ---------------------------------------------------------------------------------------------- */

static json_t *entry_print(const struct jwk *key)
{
    json_t *jwk = jwk_key_members(key->key);
    int err = jwk == NULL || json_object_set_new(jwk, "kid", json_string(key->kid)) != 0
              || json_object_set_new(jwk, "use", json_string("sig")) != 0;

    for (int alg = 0; alg < JWK_ALGS && err == 0; alg++)
        if (key->algs == 1u << alg)             /* one only: it can be named                         */
            err = json_object_set_new(jwk, "alg", json_string(alg_names[alg])) != 0;
    if (err) {
        json_decref(jwk);
        return NULL;
    }
    return jwk;
}

int jwks_print(const struct jwks *set, char **ret_text)
{
    json_t *entries = json_array(), *json;
    char *text;

    for (size_t i = 0; i < set->count; i++) {
        if (json_array_append_new(entries, entry_print(&set->keys[i])) != 0) {
            json_decref(entries);
            return -ENOMEM;
        }
    }
    json = json_pack("{s:o}", "keys", entries);
    text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (text == NULL)
        return -ENOMEM;
    *ret_text = text;
    return 0;
}
