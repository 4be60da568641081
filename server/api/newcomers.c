/* newcomers.c - a short list, searched from end to end: at its default limit that costs less than the
 * handshake it is asked for. */
#include "newcomers.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xalloc.h"

enum { ADDRESS_SIZE = 46 };                     /* INET6_ADDRSTRLEN                                  */

struct newcomer { const struct eio_session *session; char address[ADDRESS_SIZE]; };
struct newcomers { int max, per_address_max, size; struct newcomer all[]; };

struct newcomers *newcomers_new(int max, int per_address_max)
{
    struct newcomers *n = xalloc(sizeof *n + (size_t)max * sizeof *n->all);

    n->max = max;
    n->per_address_max = per_address_max;
    return n;
}

void newcomers_free(struct newcomers *n)
{
    free(n);
}

int newcomers_allow(const struct newcomers *n, const char *address)
{
    int same = 0;

    for (int i = 0; i < n->size; i++)
        same += strcmp(n->all[i].address, address) == 0;
    return n->size < n->max && same < n->per_address_max ? 0 : -EBUSY;
}

void newcomers_enter(struct newcomers *n, const struct eio_session *session, const char *address)
{
    struct newcomer *one = &n->all[n->size];

    assert(n->size < n->max);                   /* nothing happens between asking and entering       */
    one->session = session;
    (void)snprintf(one->address, sizeof one->address, "%s", address);
    n->size++;
}

void newcomers_leave(struct newcomers *n, const struct eio_session *session)
{
    for (int i = 0; i < n->size; i++)
        if (n->all[i].session == session) {
            n->all[i] = n->all[--n->size];
            return;
        }
}
