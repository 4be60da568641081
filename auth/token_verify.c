/* token_verify.c - is this text a token that somebody we know has signed for us, and does it still hold?
 *
 * The order matters: what a stranger wrote is parsed no further than the next decision needs. First alg,
 * then the key by kid, then the signature; the payload is not even JSON before that. RFC 8725. */
#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "b64.h"
#include "jws.h"
#include "token.h"

enum { PART_BYTES_MAX = TOKEN_TEXT_MAX / 4 * 3, SUBJECT_MAX = 255 };

#define UTC_MAX INT64_C(253402300799)           /* the end of the year 9999                          */

struct part { const char *at; size_t size; };
struct parts { struct part header, payload, signature; };

/* header "." payload "." signature */
static int parts_split(const char *text, size_t size, struct parts *ret_parts)
{
    const char *end = text + size, *first, *second;

    if (size == 0 || size > TOKEN_TEXT_MAX)
        return -EBADMSG;
    first = memchr(text, '.', size);
    second = first != NULL ? memchr(first + 1, '.', (size_t)(end - first - 1)) : NULL;
    if (second == NULL || memchr(second + 1, '.', (size_t)(end - second - 1)) != NULL)
        return -EBADMSG;
    *ret_parts = (struct parts){ .header = { text, (size_t)(first - text) },
                                 .payload = { first + 1, (size_t)(second - first - 1) },
                                 .signature = { second + 1, (size_t)(end - second - 1) } };
    return 0;
}

/* A part that is a JSON object. */
static int part_object(const struct part *part, json_t **ret_object)
{
    char bytes[PART_BYTES_MAX];
    json_error_t where = { 0 };                 /* out of memory, jansson may leave it as it is      */
    json_t *object;
    size_t size;

    if (b64_decode(B64_URL, part->at, part->size, bytes, sizeof bytes, &size) != 0)
        return -EBADMSG;
    object = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &where);
    if (object == NULL)
        return json_error_code(&where) == json_error_out_of_memory ? -ENOMEM : -EBADMSG;
    if (!json_is_object(object)) {
        json_decref(object);
        return -EBADMSG;
    }
    *ret_object = object;
    return 0;
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* --- the header ----------------------------------------------------------------------------------------- */

/* RFC 7515 4.1.9: a media type, in any case, "application/" may be left out. */
static bool type_is(const char *type, const char *want)
{
    static const char prefix[] = "application/";

    if (type == NULL || want == NULL)
        return false;
    if (strncasecmp(type, prefix, sizeof prefix - 1) == 0)
        type += sizeof prefix - 1;
    return strcasecmp(type, want) == 0;
}

static bool type_fits(const json_t *header, const struct token_rules *rules)
{
    const char *type = text_of(header, "typ");

    if (json_object_get(header, "typ") == NULL)
        return rules->may_lack_type;
    return type_is(type, rules->type) || type_is(type, rules->type_too);
}

/* Members that ask for more than we do (RFC 7515 4.1.11, RFC 7797), or bring a key of their own. */
static bool asks_too_much(const json_t *header)
{
    static const char *const refused[] = { "crit", "b64", "jku", "jwk", "x5u", "x5c", "zip", "enc" };

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (json_object_get(header, refused[i]) != NULL)
            return true;
    return false;
}

static int header_check(const json_t *header, const struct jwks *keys, const struct token_rules *rules,
                        enum jwk_alg *ret_alg, const struct jwk **ret_key)
{
    const char *name = text_of(header, "alg"), *kid = text_of(header, "kid");
    int alg = name != NULL ? jwk_alg_parse(name) : -EINVAL;
    const struct jwk *key;
    int err;

    if (alg < 0 || (rules->algs != 0 && (rules->algs & 1u << alg) == 0) || !type_fits(header, rules) ||
        asks_too_much(header) || kid == NULL)
        return -EBADMSG;
    err = jwks_find(keys, kid, &key);
    if (err)
        return err;
    if ((key->algs & 1u << alg) == 0)
        return -EBADMSG;
    *ret_alg = (enum jwk_alg)alg;
    *ret_key = key;
    return 0;
}

static int signature_check(const struct parts *parts, const struct jwks *keys,
                           const struct token_rules *rules)
{
    unsigned char signature[JWS_SIGNATURE_MAX];
    const char *text = parts->header.at;
    size_t signature_size, size = parts->header.size + 1 + parts->payload.size;
    const struct jwk *key;
    enum jwk_alg alg;
    json_t *header;
    int err = part_object(&parts->header, &header);

    if (err)
        return err;
    err = header_check(header, keys, rules, &alg, &key);
    json_decref(header);
    if (err)
        return err;
    if (b64_decode(B64_URL, parts->signature.at, parts->signature.size, signature, sizeof signature,
                   &signature_size) != 0)
        return -EBADMSG;
    return jws_verify(alg, key->key, text, size, signature, signature_size);
}

/* --- the claims ----------------------------------------------------------------------------------------- */

static bool is_for_us(const char *audience, const struct token_rules *rules)
{
    if (strcmp(audience, rules->audience) == 0)
        return true;
    for (const char *const *more = rules->audiences; more != NULL && *more != NULL; more++)
        if (strcmp(audience, *more) == 0)
            return true;
    return false;
}

/* RFC 7519 4.1.3: one name, or a list that holds it. */
static bool audience_fits(const json_t *audience, const struct token_rules *rules)
{
    const json_t *one;
    bool found = false;
    size_t i;

    if (json_is_string(audience))
        return is_for_us(json_string_value(audience), rules);
    json_array_foreach(audience, i, one) {
        if (!json_is_string(one))
            return false;
        found |= is_for_us(json_string_value(one), rules);
    }
    return found;
}

static bool subject_fits(const json_t *claims, const struct token_rules *rules)
{
    const char *subject = text_of(claims, "sub");

    if (json_object_get(claims, "sub") == NULL)
        return rules->may_lack_subject;
    return subject != NULL && subject[0] != '\0' && strlen(subject) <= SUBJECT_MAX;
}

/* Seconds, whole ones: nobody who signs for us writes others. */
static bool is_date(const json_t *date)
{
    return json_is_integer(date) && json_integer_value(date) > 0 && json_integer_value(date) <= UTC_MAX;
}

/* RFC 7519 4.1.5, 4.1.6: both may be missing. */
static bool has_begun(const json_t *date, const struct token_rules *rules)
{
    return date == NULL || (is_date(date) && json_integer_value(date) <= rules->now_utc + rules->skew_s);
}

/* Last of all the end, so that -EKEYEXPIRED says: good once. */
static int claims_check(const json_t *claims, const struct token_rules *rules)
{
    const char *issuer = text_of(claims, "iss");
    const json_t *expires = json_object_get(claims, "exp");

    if (issuer == NULL || strcmp(issuer, rules->issuer) != 0)
        return -EBADMSG;
    if (!audience_fits(json_object_get(claims, "aud"), rules) || !subject_fits(claims, rules))
        return -EBADMSG;
    if (!is_date(expires) || !has_begun(json_object_get(claims, "nbf"), rules)
        || !has_begun(json_object_get(claims, "iat"), rules))
        return -EBADMSG;
    return json_integer_value(expires) > rules->now_utc ? 0 : -EKEYEXPIRED;
}

int token_verify(const struct jwks *keys, const struct token_rules *rules, const char *text, size_t size,
                 json_t **ret_claims)
{
    struct parts parts;
    json_t *claims;
    int err = parts_split(text, size, &parts);

    assert(rules->issuer != NULL && rules->audience != NULL && rules->type != NULL && rules->now_utc > 0);
    if (err == 0)
        err = signature_check(&parts, keys, rules);
    if (err == 0)
        err = part_object(&parts.payload, &claims);
    if (err)
        return err;
    err = claims_check(claims, rules);
    if (err) {
        json_decref(claims);
        return err;
    }
    *ret_claims = claims;
    return 0;
}

int token_issuer(const char *text, size_t size, char ret_issuer[TOKEN_ISSUER_MAX + 1])
{
    struct parts parts;
    json_t *claims = NULL;
    const char *issuer;
    int err = parts_split(text, size, &parts);

    if (err == 0)
        err = part_object(&parts.payload, &claims);
    if (err)
        return err;
    issuer = text_of(claims, "iss");
    if (issuer == NULL || issuer[0] == '\0' || strlen(issuer) > TOKEN_ISSUER_MAX)
        err = -EBADMSG;
    else
        memcpy(ret_issuer, issuer, strlen(issuer) + 1);
    json_decref(claims);
    return err;
}
