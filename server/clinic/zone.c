/* zone.c - reading TZif (RFC 8536) where it lies, without a copy. */
#include "zone.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum { HEAD_SIZE = 44, TYPE_SIZE = 6, OFFSET_MIN = -25 * 3600 - 3599, OFFSET_MAX = 26 * 3600 };

/* RFC 8536 3.1: counts in the order they stand in. */
struct head {
    char version;
    size_t isut, isstd, leap, times, types, chars;
};

static uint32_t be32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t time_at(const struct zone *z, size_t i)
{
    const unsigned char *at = z->times + i * z->time_size;

    assert(i < z->times_count);
    return z->time_size == 4 ? (int32_t)be32(at) : (int64_t)((uint64_t)be32(at) << 32 | be32(at + 4));
}

static int32_t type_offset(const struct zone *z, size_t type)
{
    return (int32_t)be32(z->types + type * TYPE_SIZE);
}

static int head_read(const unsigned char *at, size_t size, struct head *ret_head)
{
    if (size < HEAD_SIZE || memcmp(at, "TZif", 4) != 0 || (at[4] != 0 && at[4] < '2'))
        return -EINVAL;
    *ret_head = (struct head){ .version = (char)at[4],
                               .isut = be32(at + 20),
                               .isstd = be32(at + 24),
                               .leap = be32(at + 28),
                               .times = be32(at + 32),
                               .types = be32(at + 36),
                               .chars = be32(at + 40) };
    return 0;
}

/* Of the data after the head; counts are 32 bits wide, so that nothing overflows. */
static size_t block_size(const struct head *h, size_t time_size)
{
    return h->times * (time_size + 1) + h->types * TYPE_SIZE + h->chars + h->leap * (time_size + 4) +
           h->isstd + h->isut;
}

static int types_check(const struct zone *z, const struct head *h)
{
    for (size_t i = 0; i < h->types; i++) {
        int32_t offset = type_offset(z, i);

        if (offset < OFFSET_MIN || offset > OFFSET_MAX || z->types[i * TYPE_SIZE + 5] >= h->chars)
            return -EINVAL;
    }
    return 0;
}

static int times_check(const struct zone *z, const struct head *h)
{
    for (size_t i = 0; i < z->times_count; i++)
        if (z->which[i] >= h->types || (i > 0 && time_at(z, i) <= time_at(z, i - 1)))
            return -EINVAL;
    return 0;
}

static int block_open(struct zone *z, const struct head *h, const unsigned char *at)
{
    int err;

    if (h->types == 0 || h->chars == 0 || h->leap != 0 || (h->isut != 0 && h->isut != h->types) ||
        (h->isstd != 0 && h->isstd != h->types))
        return -EINVAL;
    z->times = at;
    z->times_count = h->times;
    z->which = z->times + h->times * z->time_size;
    z->types = z->which + h->times;
    err = types_check(z, h);
    return err ? err : times_check(z, h);
}

/* RFC 8536 3.3: a line feed, the rule or nothing, a line feed. */
static int footer_read(struct zone *z, const char *at, size_t size)
{
    const char *end = size > 1 ? memchr(at + 1, '\n', size - 1) : NULL;

    if (end == NULL || *at != '\n')
        return -EINVAL;
    z->has_rule = end > at + 1;
    return z->has_rule ? zone_rule_parse(at + 1, (size_t)(end - at) - 1, &z->rule) : 0;
}

int zone_open(struct zone *zone, const void *bytes, size_t size)
{
    const unsigned char *at = bytes, *end = at + size;
    struct zone z = { .time_size = 4 };
    struct head h;
    int err;

    if (size > ZONE_BYTES_MAX)
        return -EMSGSIZE;
    err = head_read(at, size, &h);
    if (err == 0 && h.version != 0) {           /* the first block is for readers of 32 bits */
        if (block_size(&h, 4) > size - HEAD_SIZE)
            return -EINVAL;
        at += HEAD_SIZE + block_size(&h, 4);
        z.time_size = 8;
        err = head_read(at, (size_t)(end - at), &h);
    }
    if (err)
        return err;
    at += HEAD_SIZE;
    if (block_size(&h, z.time_size) > (size_t)(end - at))
        return -EINVAL;
    err = block_open(&z, &h, at);
    at += block_size(&h, z.time_size);
    if (err == 0 && h.version != 0)
        err = footer_read(&z, (const char *)at, (size_t)(end - at));
    if (err == 0)
        *zone = z;
    return err;
}

/* --- asking -------------------------------------------------------------------------------------------- */

/* How many transitions are not after `utc`. */
static size_t times_until(const struct zone *z, int64_t utc)
{
    size_t low = 0, high = z->times_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (time_at(z, middle) <= utc)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int32_t offset_until(const struct zone *z, int64_t utc, int64_t *ret_until)
{
    size_t passed = times_until(z, utc);

    assert(utc >= -2 * ZONE_SECONDS_MAX && utc <= 2 * ZONE_SECONDS_MAX);
    if (passed == z->times_count && z->has_rule)
        return zone_rule_offset(&z->rule, utc, ret_until);
    *ret_until = passed < z->times_count ? time_at(z, passed) : INT64_MAX;
    return type_offset(z, passed == 0 ? 0 : z->which[passed - 1]);
}

int32_t zone_offset(const struct zone *z, int64_t utc)
{
    int64_t until;

    return offset_until(z, utc, &until);
}

int64_t zone_wall(const struct zone *z, int64_t utc)
{
    return utc + zone_offset(z, utc);
}

int zone_instants(const struct zone *z, int64_t wall, int64_t ret_utc[2])
{
    enum { NEAR_S = OFFSET_MAX + 3600 };        /* no offset carries farther */
    int64_t gap_end = 0, until;
    int found = 0;

    for (int64_t from = wall - NEAR_S; from <= wall + NEAR_S; from = until) {
        int64_t utc = wall - offset_until(z, from, &until);

        if (utc >= until)
            gap_end = until;                    /* unless a later offset shows it */
        else if (utc >= from)
            ret_utc[found++ > 0] = utc;
    }
    if (found == 0)
        ret_utc[0] = gap_end;
    if (found < 2)
        ret_utc[1] = ret_utc[0];
    return found < 2 ? found : 2;
}

int zone_version(const void *bytes, size_t size, char ret_version[ZONE_VERSION_SIZE])
{
    static const char begin[] = "# version ";
    const char *at = bytes, *end = memchr(at, '\n', size);
    size_t length;

    if (end == NULL || (size_t)(end - at) < sizeof begin || memcmp(at, begin, sizeof begin - 1) != 0)
        return -EINVAL;
    at += sizeof begin - 1;
    length = (size_t)(end - at);
    if (length >= ZONE_VERSION_SIZE)
        return -EINVAL;
    memcpy(ret_version, at, length);
    ret_version[length] = '\0';
    return 0;
}
