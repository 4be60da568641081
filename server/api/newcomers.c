/* newcomers.c - a short list, searched from end to end: at its default limit that costs less than the
 * handshake it is asked for. */
#include "newcomers.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "xalloc.h"

struct place { unsigned char bytes[8]; };       /* IPv4 and zeros; of IPv6 the net of 64 bits        */
struct newcomer { const struct eio_session *session; struct place place; };
struct newcomers { int max, per_address_max, size; struct newcomer all[]; };

/* One household is given a net of 64 bits at least (RFC 6177 1): its addresses are for the asking. */
static struct place place_of(const char *address)
{
    unsigned char six[16] = { 0 };
    struct place place = { { 0 } };

    if (inet_pton(AF_INET, address, place.bytes) == 1)
        return place;
    if (inet_pton(AF_INET6, address, six) == 1)
        memcpy(place.bytes, six, sizeof place.bytes);
    return place;
}

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
    struct place place = place_of(address);
    int same = 0;

    for (int i = 0; i < n->size; i++)
        same += memcmp(&n->all[i].place, &place, sizeof place) == 0;
    return n->size < n->max && same < n->per_address_max ? 0 : -EBUSY;
}

void newcomers_enter(struct newcomers *n, const struct eio_session *session, const char *address)
{
    assert(n->size < n->max);                   /* nothing happens between asking and entering       */
    n->all[n->size++] = (struct newcomer){ session, place_of(address) };
}

void newcomers_leave(struct newcomers *n, const struct eio_session *session)
{
    for (int i = 0; i < n->size; i++)
        if (n->all[i].session == session) {
            n->all[i] = n->all[--n->size];
            return;
        }
}
