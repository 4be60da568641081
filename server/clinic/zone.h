/* zone.h - time zones from the bytes of a TZif file (RFC 8536): instants to wall clocks and back.
 *
 * Pure and safe on every thread: a zone never changes once it is open. Instants are seconds since
 * 1970-01-01T00:00:00Z; a wall clock is the same count as if its zone were UTC, so that days and minutes of
 * it are divisions (date.h). Both within ±ZONE_SECONDS_MAX. */
#ifndef ZONE_H
#define ZONE_H

#include "zone_rule.h"

enum { ZONE_BYTES_MAX = 128 * 1024, ZONE_VERSION_SIZE = 16 };
#define ZONE_SECONDS_MAX (INT64_C(1) << 40)     /* 34,800 years */

struct zone {                                   /* what is inside is zone.c's */
    const unsigned char *times, *which, *types;
    size_t               times_count, time_size;
    bool                 has_rule;
    struct zone_rule     rule;
};

/* The bytes are lent for the life of the zone; there is nothing to close. -EINVAL: no TZif, a broken one, or
 * one that counts leap seconds. -EMSGSIZE: more than ZONE_BYTES_MAX. */
int zone_open(struct zone *zone, const void *bytes, size_t size);

int32_t zone_offset(const struct zone *zone, int64_t utc); /* seconds east of UTC */
int64_t zone_wall(const struct zone *zone, int64_t utc);

/* How often a wall clock shows `wall`. 1: at ret_utc[0]. 2: the hour comes twice, the earlier is ret_utc[0].
 * 0: it is skipped, ret_utc[0] is the first instant after the gap. The other is the same as the first. */
int zone_instants(const struct zone *zone, int64_t wall, int64_t ret_utc[2]);

/* Of which release of the zone database is tzdata.zi ("2025b")? -EINVAL. */
int zone_version(const void *bytes, size_t size, char ret_version[ZONE_VERSION_SIZE]);

#endif
