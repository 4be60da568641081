/* test_zones.c - the zones of the system, read once. */
#include <pthread.h>

#include "test.h"

#include "zones.h"

static const char folder[] = "/usr/share/zoneinfo";

TEST(zones, are_found_by_name_and_kept)
{
    struct zones *z = zones_new(folder);
    const struct zone *shanghai = zones_find(z, "Asia/Shanghai");

    assert_non_null(shanghai);
    CHECK_INT(zone_offset(shanghai, 1764000000), 8 * 3600);
    CHECK(zones_find(z, "Asia/Shanghai") == shanghai);
    CHECK(zones_find(z, "America/New_York") != shanghai);
    CHECK(strlen(zones_version(z)) >= 5);
    zones_free(z);
}

TEST(zones, other_files_are_none)
{
    static const char *const bad[] = { "", "Asia/Nowhere", "Asia", "../zoneinfo/UTC", "/etc/passwd", "UTC/",
                                       "/UTC",
        "Asia//Shanghai", "tzdata.zi", "zone.tab", "Asia/Shanghai\n", "./UTC",
        "Asia/Shanghai_that_is_much_too_long_to_be_the_name_of_any_zone_at_all" };
    struct zones *z = zones_new(folder);

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (zones_find(z, bad[i]) != NULL)
            fail_msg("\"%s\" is a zone", bad[i]);
    zones_free(z);
}

TEST(zones, a_folder_that_is_not_there_has_none)
{
    struct zones *z = zones_new("/nonexistent");

    CHECK(zones_find(z, "UTC") == NULL);
    CHECK_STR(zones_version(z), "");
    zones_free(z);
    zones_free(NULL);
}

static void *find_all(void *zones)
{
    static const char *const names[] = { "Asia/Shanghai", "Europe/Berlin", "America/New_York", "UTC" };

    for (int i = 0; i < 400; i++)
        if (zones_find(zones, names[i % 4]) == NULL)
            return (void *)names[i % 4];
    return NULL;
}

TEST(zones, may_be_asked_by_several_threads)
{
    struct zones *z = zones_new(folder);
    pthread_t threads[4];
    void *lacks;

    for (int i = 0; i < 4; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, find_all, z), 0);
    for (int i = 0; i < 4; i++) {
        CHECK_INT(pthread_join(threads[i], &lacks), 0);
        CHECK(lacks == NULL);
    }
    zones_free(z);
}
