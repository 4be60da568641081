/* oidc_claims.c - what an account center's tokens say. */
#include "oidc_claims.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "token.h"

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* "" if it is not there; -EBADMSG: no text, or too long. */
static int text_read(const json_t *claims, const char *name, char ret_text[OIDC_CLAIM_MAX + 1])
{
    const json_t *claim = json_object_get(claims, name);

    if (claim != NULL && (!json_is_string(claim) || json_string_length(claim) > OIDC_CLAIM_MAX))
        return -EBADMSG;
    (void)snprintf(ret_text, OIDC_CLAIM_MAX + 1, "%s", claim != NULL ? json_string_value(claim) : "");
    return 0;
}

/* --- whom it is for ------------------------------------------------------------------------------------ */

static bool is_known(const struct oidc_policy *policy, const char *party)
{
    if (strcmp(party, policy->client) == 0)
        return true;
    for (const char *const *one = policy->audiences; one != NULL && *one != NULL; one++)
        if (strcmp(*one, party) == 0)
            return true;
    return false;
}

/* Core 3.1.3.7, 3 to 5: in a login of ours only we; a token for several says to whom it was given. */
static bool party_fits(const struct oidc_policy *policy, const json_t *claims, bool ours)
{
    const json_t *party = json_object_get(claims, "azp");
    bool several = json_array_size(json_object_get(claims, "aud")) > 1;

    if (party == NULL)
        return !several || (!ours && json_object_get(claims, "client_id") != NULL);
    if (!json_is_string(party))
        return false;
    return ours ? strcmp(json_string_value(party), policy->client) == 0
                : is_known(policy, json_string_value(party));
}

/* RFC 9068 5: an application by itself is nobody; and a logout token logs nobody in. */
static bool is_of_a_person(const json_t *claims)
{
    const char *client = text_of(claims, "client_id"), *subject = text_of(claims, "sub");

    if (json_object_get(claims, "events") != NULL)
        return false;
    return client == NULL || strcmp(client, subject) != 0;
}

/* --- what he is here ----------------------------------------------------------------------------------- */

/* A name that is there as it stands ("https://clinic.example/roles") comes before the path. */
static const json_t *claim_find(const json_t *claims, const char *path)
{
    const json_t *found = json_object_get(claims, path);
    char name[OIDC_CLAIM_MAX + 1];

    while (found == NULL && *path != '\0') {
        size_t size = strcspn(path, ".");

        if (size >= sizeof name)
            return NULL;
        memcpy(name, path, size);
        name[size] = '\0';
        claims = json_object_get(claims, name);
        path += size;
        if (*path == '\0')
            return claims;
        path++;
    }
    return found;
}

static bool claim_has(const json_t *claim, const char *value)
{
    const json_t *one;
    size_t i;

    if (json_is_string(claim))
        return strcmp(json_string_value(claim), value) == 0;
    json_array_foreach(claim, i, one)
        if (json_is_string(one) && strcmp(json_string_value(one), value) == 0)
            return true;
    return false;
}

static const char *role_of(const struct oidc_policy *policy, const json_t *claims)
{
    const json_t *claim = claim_find(claims, policy->role_claim);

    for (const struct oidc_role *row = policy->roles; row != NULL && row->value != NULL; row++)
        if (claim_has(claim, row->value))
            return row->role;
    return policy->default_role;
}

/* So many characters of it, whole ones, without control characters. */
static void name_read(const json_t *claims, char *ret_name)
{
    const char *from = text_of(claims, "name");
    size_t size = 0, characters = 0;

    if (from == NULL || *from == '\0')
        from = text_of(claims, "preferred_username");
    for (; from != NULL && *from != '\0'; from++) {
        bool begins = ((unsigned char)*from & 0xc0) != 0x80;

        if (begins && characters++ == OIDC_NAME_CHARACTERS)
            break;
        ret_name[size++] = (unsigned char)*from < 0x20 || *from == 0x7f ? ' ' : *from;
    }
    ret_name[size] = '\0';
}

static const char *locale_of(const json_t *claims)
{
    const char *locale = text_of(claims, "locale");

    if (locale == NULL)
        return NULL;
    return strncasecmp(locale, "zh", 2) == 0 ? "zh-CN" : strncasecmp(locale, "en", 2) == 0 ? "en" : NULL;
}

static int person_fill(const struct oidc_policy *policy, const json_t *claims, struct oidc_person *person)
{
    const json_t *at = json_object_get(claims, "auth_time");
    int err = text_read(claims, "sub", person->subject);

    if (err == 0)
        err = text_read(claims, "sid", person->session);
    if (err || (at != NULL && !json_is_integer(at)))
        return -EBADMSG;
    person->issued_utc = json_integer_value(json_object_get(claims, "iat"));
    person->expires_utc = json_integer_value(json_object_get(claims, "exp"));
    person->authenticated_utc = json_integer_value(at);
    person->locale = locale_of(claims);
    name_read(claims, person->name);
    (void)snprintf(person->role, sizeof person->role, "%s", role_of(policy, claims));
    return person->role[0] != '\0' ? 0 : -EPERM;
}

static bool nonce_fits(const json_t *claims, const char *nonce)
{
    const char *said = text_of(claims, "nonce");

    return nonce == NULL || (said != NULL && strcmp(said, nonce) == 0);
}

int oidc_person_read(const struct oidc_policy *policy, const struct jwks *keys, int64_t now_utc,
                     const char *nonce, const char *text, size_t size, struct oidc_person *ret_person)
{
    const struct token_rules rules = {
        .issuer = policy->issuer, .audience = policy->client,
        .audiences = nonce == NULL ? policy->audiences : NULL, .type = "JWT",
        .type_too = nonce == NULL ? "at+jwt" : NULL, .may_lack_type = true, .algs = policy->algs,
        .now_utc = now_utc, .skew_s = policy->skew_s,
    };
    struct oidc_person person = { 0 };
    json_t *claims = NULL;
    int err = token_verify(keys, &rules, text, size, &claims);

    if (err)
        return err;
    if (!json_is_integer(json_object_get(claims, "iat")) || !is_of_a_person(claims) ||
        !party_fits(policy, claims, nonce != NULL) || !nonce_fits(claims, nonce))
        err = -EBADMSG;
    if (err == 0)
        err = person_fill(policy, claims, &person);
    json_decref(claims);
    if (err == 0)
        *ret_person = person;
    return err;
}

/* --- logout -------------------------------------------------------------------------------------------- */

static bool is_logout(const json_t *claims)
{
    static const char event[] = "http://schemas.openid.net/event/backchannel-logout";

    return json_is_object(json_object_get(json_object_get(claims, "events"), event)) &&
           json_object_get(claims, "nonce") == NULL && json_is_integer(json_object_get(claims, "iat"));
}

int oidc_logout_read(const struct oidc_policy *policy, const struct jwks *keys, int64_t now_utc,
                     const char *text, size_t size, struct oidc_logout *ret_logout)
{
    const struct token_rules rules = {
        .issuer = policy->issuer, .audience = policy->client, .type = "logout+jwt", .type_too = "JWT",
        .may_lack_type = true, .may_lack_subject = true, .algs = policy->algs, .now_utc = now_utc,
        .skew_s = policy->skew_s,
    };
    struct oidc_logout logout = { 0 };
    json_t *claims = NULL;
    int err = token_verify(keys, &rules, text, size, &claims);

    if (err)
        return err;
    if (!is_logout(claims) || text_read(claims, "sub", logout.subject) != 0 ||
        text_read(claims, "sid", logout.session) != 0 || text_read(claims, "jti", logout.id) != 0 ||
        logout.id[0] == '\0' || (logout.subject[0] == '\0' && logout.session[0] == '\0'))
        err = -EBADMSG;
    logout.issued_utc = json_integer_value(json_object_get(claims, "iat"));
    logout.expires_utc = json_integer_value(json_object_get(claims, "exp"));
    json_decref(claims);
    if (err == 0)
        *ret_logout = logout;
    return err;
}
