/* proxies.h - whom we believe: nets of trusted proxies, and the client's address they vouch for. Pure. */
#ifndef PROXIES_H
#define PROXIES_H

#include <stdbool.h>
#include <stddef.h>

struct proxies;

enum { ADDRESS_MAX = 46 };                      /* INET6_ADDRSTRLEN                                 */

/* `nets`: "10.0.0.0/8", "::1", ends with NULL; NULL: nobody. -EINVAL: not an address or net, *ret_bad (may
 * be NULL) points to it; -ENOMEM. */
int  proxies_new(const char *const *nets, struct proxies **ret_proxies, const char **ret_bad);
void proxies_free(struct proxies *);            /* NULL is fine                                     */
bool proxies_trust(const struct proxies *, const char *address);

/* The client of a connection from `peer`: from the right of `forwarded` (X-Forwarded-For, lines joined by
 * commas, or NULL) the first address that is not trusted; `peer` itself when it is not trusted or the list
 * is broken. */
void proxies_client(const struct proxies *, const char *peer, const char *forwarded, char at[ADDRESS_MAX]);

#endif
