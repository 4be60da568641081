/* oidc_flow.h - what is said to an account center, and what it says of itself: addresses, forms, its
 * discovery document (OpenID Connect Discovery 1.0), PKCE (RFC 7636). Pure. */
#ifndef AUTH_OIDC_FLOW_H
#define AUTH_OIDC_FLOW_H

#include <stdbool.h>
#include <stddef.h>

enum { OIDC_URL_MAX = 1023, OIDC_CHALLENGE_SIZE = 44 };

struct oidc_endpoints {
    char authorize[OIDC_URL_MAX + 1], token[OIDC_URL_MAX + 1], keys[OIDC_URL_MAX + 1];
    bool says_issuer;                           /* RFC 9207: its answers carry `iss`                  */
};

/* https, or http to this machine only; a host, no user, no fragment, visible ASCII. */
bool oidc_url_is_safe(const char *url);
/* The document must be the issuer's own, by its exact name (4.3). -EBADMSG, -ENOMEM; -ENOTSUP: no S256. */
int  oidc_discovery_parse(const char *text, size_t size, const char *issuer,
                          struct oidc_endpoints *ret_endpoints);

/* A path inside our page: "/consults?x=1#y". Neither another site ("//evil", "/\evil") nor a door of the
 * server. */
bool oidc_next_is_ours(const char *next);

/* S256. 0, -EIO. */
int  oidc_challenge(const char *verifier, char ret_challenge[OIDC_CHALLENGE_SIZE]);

struct oidc_pair { const char *name, *value; };         /* NULL name: the end; NULL value: left out   */
/* "name=value&…", escaped (RFC 3986 2.3). malloc'd text, the caller's; NULL: no memory. */
char *oidc_form(const struct oidc_pair *pairs);
/* `url` with the pairs behind "?" or "&". The same. */
char *oidc_url(const char *url, const struct oidc_pair *pairs);
/* "Authorization: Basic …" of a client (RFC 6749 2.3.1). The same. */
char *oidc_basic(const char *client, const char *secret);

#endif
