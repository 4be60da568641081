/* oidc_flow.c - addresses and forms of a login by an account center. */
#include "oidc_flow.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "b64.h"
#include "digest.h"

enum { DOCUMENT_MAX = 65536 };

/* --- addresses ----------------------------------------------------------------------------------------- */

static bool is_visible(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text >= 0x7f || *text == '\\')
            return false;
    return true;
}

static bool is_loopback(const char *host, size_t size)
{
    static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == size && strncmp(names[i], host, size) == 0)
            return true;
    return false;
}

/* "host" of "host:port", "[::1]" of "[::1]:port". */
static size_t host_size(const char *authority, size_t size)
{
    size_t end = size > 0 && authority[0] == '[' ? strcspn(authority, "]") + 1 : strcspn(authority, ":");

    return end < size ? end : size;
}

bool oidc_url_is_safe(const char *url)
{
    bool plain = strncmp(url, "http://", 7) == 0;
    const char *host = url + (plain ? 7 : 8);
    size_t size;

    if ((!plain && strncmp(url, "https://", 8) != 0) || strlen(url) > OIDC_URL_MAX || !is_visible(url) ||
        strchr(url, '#') != NULL)
        return false;
    size = strcspn(host, "/?");
    if (memchr(host, '@', size) != NULL)
        return false;
    size = host_size(host, size);
    return size > 0 && (!plain || is_loopback(host, size));
}

bool oidc_next_is_ours(const char *next)
{
    if (next[0] != '/' || next[1] == '/' || strlen(next) > OIDC_URL_MAX || !is_visible(next))
        return false;
    return strncmp(next, "/api/", 5) != 0;
}

/* --- the discovery document ---------------------------------------------------------------------------- */

static int url_read(const json_t *document, const char *name, char ret_url[OIDC_URL_MAX + 1])
{
    const char *url = json_string_value(json_object_get(document, name));

    if (url == NULL || !oidc_url_is_safe(url))
        return -EBADMSG;
    (void)snprintf(ret_url, OIDC_URL_MAX + 1, "%s", url);
    return 0;
}

/* Not said: RFC 8414 has it that PKCE is not supported, yet many that do say nothing. */
static bool does_s256(const json_t *methods)
{
    const json_t *one;
    size_t i;

    if (methods == NULL)
        return true;
    json_array_foreach(methods, i, one)
        if (json_is_string(one) && strcmp(json_string_value(one), "S256") == 0)
            return true;
    return false;
}

static int document_read(const json_t *document, const char *issuer, struct oidc_endpoints *endpoints)
{
    const char *says = json_string_value(json_object_get(document, "issuer"));
    int err = says == NULL || strcmp(says, issuer) != 0 ? -EBADMSG : 0;

    if (err == 0)
        err = url_read(document, "authorization_endpoint", endpoints->authorize);
    if (err == 0)
        err = url_read(document, "token_endpoint", endpoints->token);
    if (err == 0)
        err = url_read(document, "jwks_uri", endpoints->keys);
    if (err == 0 && !does_s256(json_object_get(document, "code_challenge_methods_supported")))
        err = -ENOTSUP;
    endpoints->says_issuer =
        json_is_true(json_object_get(document, "authorization_response_iss_parameter_supported"));
    return err;
}

int oidc_discovery_parse(const char *text, size_t size, const char *issuer,
                         struct oidc_endpoints *ret_endpoints)
{
    struct oidc_endpoints endpoints = { 0 };
    json_error_t where = { 0 };
    json_t *document;
    int err;

    if (size > DOCUMENT_MAX)
        return -EBADMSG;
    document = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
    if (document == NULL)
        return json_error_code(&where) == json_error_out_of_memory ? -ENOMEM : -EBADMSG;
    err = document_read(document, issuer, &endpoints);
    json_decref(document);
    if (err == 0)
        *ret_endpoints = endpoints;
    return err;
}

/* --- what is sent -------------------------------------------------------------------------------------- */

int oidc_challenge(const char *verifier, char ret_challenge[OIDC_CHALLENGE_SIZE])
{
    unsigned char hash[DIGEST_SIZE];
    int err = digest_sha256(verifier, strlen(verifier), hash);

    if (err)
        return err;
    b64_encode(B64_URL, hash, sizeof hash, ret_challenge);
    return 0;
}

static char *escape(char *to, const char *from)
{
    static const char digits[] = "0123456789ABCDEF";

    for (; *from != '\0'; from++) {
        unsigned char c = (unsigned char)*from;

        if (c < 0x80 && (isalnum(c) || strchr("-._~", c) != NULL)) {
            *to++ = (char)c;
        } else {
            *to++ = '%';
            *to++ = digits[c >> 4];
            *to++ = digits[c & 15];
        }
    }
    *to = '\0';
    return to;
}

static char *pair_add(char *to, const char *before, const struct oidc_pair *pair)
{
    to += strlen(memcpy(to, before, strlen(before) + 1));
    to += strlen(memcpy(to, pair->name, strlen(pair->name) + 1));
    *to++ = '=';
    return escape(to, pair->value);
}

char *oidc_form(const struct oidc_pair *pairs)
{
    size_t size = 1;
    char *form, *at;

    for (const struct oidc_pair *p = pairs; p->name != NULL; p++)
        size += strlen(p->name) + 2 + (p->value != NULL ? 3 * strlen(p->value) : 0);
    form = at = malloc(size);
    if (form == NULL)
        return NULL;
    *at = '\0';
    for (const struct oidc_pair *p = pairs; p->name != NULL; p++)
        if (p->value != NULL)
            at = pair_add(at, at == form ? "" : "&", p);
    return form;
}

char *oidc_url(const char *url, const struct oidc_pair *pairs)
{
    char *form = oidc_form(pairs), *whole;
    size_t size = form != NULL ? strlen(url) + strlen(form) + 2 : 0;

    whole = form != NULL ? malloc(size) : NULL;
    if (whole != NULL)
        (void)snprintf(whole, size, "%s%c%s", url, strchr(url, '?') != NULL ? '&' : '?', form);
    free(form);
    return whole;
}

char *oidc_basic(const char *client, const char *secret)
{
    static const char head[] = "Authorization: Basic ";
    size_t size = 3 * (strlen(client) + strlen(secret)) + 2;
    char *plain = malloc(size), *at, *whole = NULL;

    if (plain == NULL)
        return NULL;
    at = escape(plain, client);
    *at++ = ':';
    at = escape(at, secret);
    whole = malloc(sizeof head + (size / 3 + 1) * 4 + 4);
    if (whole != NULL) {
        size_t used = (size_t)(at - plain), n = b64_encoded_size(used);

        memcpy(whole, head, sizeof head);
        b64_encode(B64_STANDARD, plain, used, whole + sizeof head - 1);
        for (char *end = whole + sizeof head - 1 + n; n % 4 != 0; n++) {        /* RFC 7617: with padding */
            *end++ = '=';
            *end = '\0';
        }
    }
    explicit_bzero(plain, size);
    free(plain);
    return whole;
}
