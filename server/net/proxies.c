/* proxies.c - addresses as sixteen bytes: an IPv4 one is its IPv6 form, so both spellings are the same. */
#include "proxies.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct address { unsigned char bytes[16]; };
struct range { struct address start; int bits; };
struct proxies { size_t count; struct range all[]; };

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };   /* ::ffff:0:0/96, RFC 4291, 2.5.5.2 */

static bool is_four(const struct address *a)
{
    return memcmp(a->bytes, mapped, sizeof mapped) == 0;
}

static int read_address(const char *text, struct address *ret_address)
{
    struct address a;

    memcpy(a.bytes, mapped, sizeof mapped);
    if (inet_pton(AF_INET, text, a.bytes + sizeof mapped) != 1 && inet_pton(AF_INET6, text, a.bytes) != 1)
        return -EINVAL;
    *ret_address = a;
    return 0;
}

static void write_address(const struct address *a, char at[ADDRESS_MAX])
{
    const char *done = is_four(a) ? inet_ntop(AF_INET, a->bytes + sizeof mapped, at, ADDRESS_MAX)
                                  : inet_ntop(AF_INET6, a->bytes, at, ADDRESS_MAX);

    assert(done != NULL);                       /* the longest one fits                             */
    (void)done;
}

/* "", or "/" and a number up to `bits_max`. */
static int read_bits(const char *slash, int bits_max, int *ret_bits)
{
    int bits = 0;

    if (*slash == '\0') {
        *ret_bits = bits_max;
        return 0;
    }
    if (slash[1] == '\0' || strlen(slash) > 4)
        return -EINVAL;
    for (const char *at = slash + 1; *at != '\0'; at++) {
        if (*at < '0' || *at > '9')
            return -EINVAL;
        bits = bits * 10 + (*at - '0');
    }
    if (bits > bits_max)
        return -EINVAL;
    *ret_bits = bits;
    return 0;
}

static int read_range(const char *text, struct range *ret_range)
{
    size_t size = strcspn(text, "/");
    char address[ADDRESS_MAX];
    struct range range;
    bool dotted;
    int err;

    if (size >= sizeof address)
        return -EINVAL;
    memcpy(address, text, size);
    address[size] = '\0';
    dotted = strchr(address, ':') == NULL;
    err = read_address(address, &range.start);
    if (err)
        return err;
    err = read_bits(text + size, dotted ? 32 : 128, &range.bits);
    if (err)
        return err;
    range.bits += dotted ? 96 : 0;
    *ret_range = range;
    return 0;
}

int proxies_new(const char *const *nets, struct proxies **ret_proxies, const char **ret_bad)
{
    size_t count = 0;
    struct proxies *p;

    while (nets != NULL && nets[count] != NULL)
        count++;
    p = malloc(sizeof *p + count * sizeof *p->all);
    if (p == NULL)
        return -ENOMEM;
    p->count = count;
    for (size_t i = 0; i < count; i++)
        if (read_range(nets[i], &p->all[i]) != 0) {
            if (ret_bad != NULL)
                *ret_bad = nets[i];
            free(p);
            return -EINVAL;
        }
    *ret_proxies = p;
    return 0;
}

void proxies_free(struct proxies *p)
{
    free(p);
}

static bool is_in(const struct range *range, const struct address *a)
{
    size_t whole = (size_t)range->bits / 8;
    int rest = range->bits % 8;

    if (memcmp(range->start.bytes, a->bytes, whole) != 0)
        return false;
    return rest == 0 || (range->start.bytes[whole] ^ a->bytes[whole]) >> (8 - rest) == 0;
}

static bool trusts(const struct proxies *p, const struct address *a)
{
    for (size_t i = 0; i < p->count; i++)
        if (is_in(&p->all[i], a))
            return true;
    return false;
}

bool proxies_trust(const struct proxies *p, const char *address)
{
    struct address a;

    return read_address(address, &a) == 0 && trusts(p, &a);
}

/* The last address of a list of `size` bytes, and where it ends without it. */
static int take_last(const char *list, size_t *size, struct address *ret_address)
{
    size_t start = *size, end = *size;
    char text[ADDRESS_MAX];

    while (start > 0 && list[start - 1] != ',')
        start--;
    *size = start > 0 ? start - 1 : 0;
    while (start < end && strchr(" \t", list[start]) != NULL)
        start++;
    while (start < end && strchr(" \t", list[end - 1]) != NULL)
        end--;
    if (end - start >= sizeof text)
        return -EINVAL;
    memcpy(text, list + start, end - start);
    text[end - start] = '\0';
    return read_address(text, ret_address);
}

/* What stands left of the first address that is not trusted was written by a stranger, and is not read. When
 * all are ours, the leftmost is where it began. */
void proxies_client(const struct proxies *p, const char *peer, const char *forwarded, char at[ADDRESS_MAX])
{
    size_t size = forwarded != NULL ? strlen(forwarded) : 0;
    struct address client, next;

    if (size == 0 && strchr(peer, ':') == NULL) {       /* IPv4 is written in one way               */
        memccpy(at, peer, 0, ADDRESS_MAX);
        return;
    }
    if (read_address(peer, &client) != 0) {
        at[0] = '\0';                           /* it left before it could be asked                 */
        return;
    }
    while (size > 0 && trusts(p, &client)) {
        if (take_last(forwarded, &size, &next) != 0) {
            (void)read_address(peer, &client);
            break;
        }
        client = next;
    }
    write_address(&client, at);
}
