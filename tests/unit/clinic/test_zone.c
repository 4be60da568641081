/* test_zone.c - time zones against Python's zoneinfo, and files that are none. */
#include <errno.h>

#include "zone_fixture.h"

struct instant {
    int64_t utc, offset;
};
struct wall {
    int64_t wall, shown, first, last;
};
struct twin {
    const char *name;
    const struct instant *instants;
    size_t instants_count;
    const struct wall *walls;
    size_t walls_count;
};
#include "zone_vectors.h"

TEST(zone, an_instant_has_the_offset_that_zoneinfo_says)
{
    size_t count = 0;

    for (size_t t = 0; t < COUNT_OF(twins); t++) {
        struct zone z;
        unsigned char *bytes = zone_read(twins[t].name, &z);

        for (size_t i = 0; i < twins[t].instants_count; i++, count++) {
            const struct instant *want = &twins[t].instants[i];

            if (zone_offset(&z, want->utc) != want->offset)
                fail_msg("%s at %lld: %d, zoneinfo says %lld", twins[t].name, (long long)want->utc,
                         (int)zone_offset(&z, want->utc), (long long)want->offset);
            CHECK_INT(zone_wall(&z, want->utc), want->utc + want->offset);
        }
        free(bytes);
    }
    CHECK(count > 7000);
}

TEST(zone, a_wall_clock_is_shown_when_zoneinfo_says)
{
    size_t skipped = 0, twice = 0;

    for (size_t t = 0; t < COUNT_OF(twins); t++) {
        struct zone z;
        unsigned char *bytes = zone_read(twins[t].name, &z);

        for (size_t i = 0; i < twins[t].walls_count; i++) {
            const struct wall *want = &twins[t].walls[i];
            int64_t utc[2];
            int shown = zone_instants(&z, want->wall, utc);

            if (shown != want->shown || utc[0] != want->first || utc[1] != want->last)
                fail_msg("%s shows %lld: %d at %lld, %lld; zoneinfo says %lld at %lld, %lld", twins[t].name,
                         (long long)want->wall, shown, (long long)utc[0], (long long)utc[1],
                         (long long)want->shown, (long long)want->first, (long long)want->last);
            skipped += shown == 0;
            twice += shown == 2;
        }
        free(bytes);
    }
    CHECK(skipped > 1000 && twice > 1000);
}

TEST(zone, all_of_the_database_can_be_read)
{
    static const char *const names[] = {
        "UTC",       "Etc/GMT+12", "Asia/Kathmandu", "Antarctica/Troll", "America/Scoresbysund",
        "Asia/Gaza", "EST5EDT",    "Africa/Monrovia"
    };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct zone z;
        unsigned char *bytes = zone_read(names[i], &z);

        CHECK(zone_offset(&z, ZONE_SECONDS_MAX) == zone_offset(&z, ZONE_SECONDS_MAX));
        CHECK(zone_offset(&z, -ZONE_SECONDS_MAX) >= -86400);
        free(bytes);
    }
}

TEST(zone, every_prefix_of_a_file_is_refused)
{
    struct file f = file_read("America/New_York");

    for (size_t size = 0; size < f.size; size++) {
        unsigned char *cut = malloc(size + 1);
        struct zone z;

        assert_non_null(cut);
        memcpy(cut + 1, f.bytes, size);         /* its end is the end of the memory */
        CHECK_INT(zone_open(&z, cut + 1, size), -EINVAL);
        free(cut);
    }
    free(f.bytes);
}

/* Version 1: a head, and one transition at 1000 from +1 h to +2 h. */
static const unsigned char small[] =
    "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\1" "\0\0\0\2" "\0\0\0\4"
    "\0\0\3\350" "\1" "\0\0\16\20\0\0" "\0\0\34\40\1\0" "ABC";
enum { LEAPS = 31, TYPES = 39, CHARS = 43, WHICH = 48, OFFSET = 49, NAME = 54 };       /* bytes of it */

TEST(zone, reads_a_file_of_version_1)
{
    struct zone z;
    int64_t utc[2];

    CHECK_INT(zone_open(&z, small, sizeof small), 0);
    CHECK_INT(zone_offset(&z, 999), 3600);
    CHECK_INT(zone_offset(&z, 1000), 7200);
    CHECK_INT(zone_instants(&z, 1000 + 3600, utc), 0);
    CHECK_INT(utc[0], 1000);
}

TEST(zone, refuses_what_a_table_must_not_say)
{
    static const struct {
        size_t at;
        unsigned char value;
    } bad[] = {
        { 0, 'X' },         { 4, '1' },         { LEAPS, 1 },  { TYPES, 0 },
        { CHARS, 0 }, { WHICH, 2 }, { OFFSET, 1 }, { OFFSET, 0xff },
        { NAME, 4 },  { 35, 2 },          { 32, 0xff },
    };

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        unsigned char bytes[sizeof small];
        struct zone z;

        memcpy(bytes, small, sizeof small);
        bytes[bad[i].at] = bad[i].value;
        if (zone_open(&z, bytes, sizeof bytes) != -EINVAL)
            fail_msg("byte %zu may be %d", bad[i].at, bad[i].value);
    }
}

TEST(zone, refuses_a_file_that_is_too_large)
{
    static unsigned char large[ZONE_BYTES_MAX + 1];
    struct file f = file_read("Europe/Berlin");
    struct zone z;

    memcpy(large, f.bytes, f.size);
    CHECK_INT(zone_open(&z, large, ZONE_BYTES_MAX), 0);
    CHECK_INT(zone_open(&z, large, ZONE_BYTES_MAX + 1), -EMSGSIZE);
    free(f.bytes);
}

TEST(zone, the_database_says_its_release)
{
    static const char *const bad[] = { "# version 2025b", "# versio 2025b\n", "# version \n",
                                       "# version 12345678901234567890\n", "\n" };
    struct file f = file_read("tzdata.zi");
    char version[ZONE_VERSION_SIZE] = "";

    CHECK_INT(zone_version(f.bytes, f.size, version), 0);
    CHECK(version[0] == '2' && strlen(version) >= 5);
    CHECK_INT(zone_version("# version 2025b\nrest", 20, version), 0);
    CHECK_STR(version, "2025b");
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK_INT(zone_version(bad[i], strlen(bad[i]), version), -EINVAL);
    free(f.bytes);
}
