/* zone_fixture.h - the files of the zone database. */
#ifndef ZONE_FIXTURE_H
#define ZONE_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "test.h"

#include "zone.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

struct file {
    unsigned char *bytes;
    size_t size;
};

static inline struct file file_read(const char *name)
{
    struct file f = { .bytes = malloc(ZONE_BYTES_MAX) };
    char path[256];
    FILE *file;

    assert_non_null(f.bytes);
    snprintf(path, sizeof path, "%s/%s", ZONEINFO, name);
    file = fopen(path, "rb");
    assert_non_null(file);
    f.size = fread(f.bytes, 1, ZONE_BYTES_MAX, file);
    fclose(file);
    return f;
}

/* A zone of the database; free() of the bytes is the caller's. */
static inline unsigned char *zone_read(const char *name, struct zone *ret_zone)
{
    struct file f = file_read(name);

    CHECK_INT(zone_open(ret_zone, f.bytes, f.size), 0);
    return f.bytes;
}

#endif
