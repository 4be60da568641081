/* fuzz_zone.c - a TZif file, or the rule of a footer, under arbitrary bytes.
 *
 * What was opened answers for any instant; the wall clock of an instant is shown at that instant and at no
 * other that is told; the end of a gap is the first instant whose clock is later. */
#include <errno.h>

#include "fuzz.h"
#include "zone.h"

static int64_t number(struct input *in)
{
    int64_t n = 0;

    for (int i = 0; i < 5; i++)
        n = n * 256 + take_byte(in);
    return n - (INT64_C(1) << 39);
}

static void check_instant(const struct zone *z, int64_t utc)
{
    int64_t wall = zone_wall(z, utc), shown[2];
    int count = zone_instants(z, wall, shown);

    assert(wall - utc >= -26 * 3600 && wall - utc <= 26 * 3600);
    assert(count == 1 || count == 2);
    assert(shown[0] <= utc && utc <= shown[1]);
    for (int i = 0; i < 2; i++)
        assert(zone_wall(z, shown[i]) == wall);
}

static void check_wall(const struct zone *z, int64_t wall)
{
    int64_t shown[2];
    int count = zone_instants(z, wall, shown);

    assert(shown[0] <= shown[1]);
    if (count == 0)
        assert(shown[0] == shown[1] && zone_wall(z, shown[0]) > wall && zone_wall(z, shown[0] - 1) < wall);
    for (int i = 0; i < count; i++)
        assert(zone_wall(z, shown[i]) == wall);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    bool whole = take_byte(&in) % 2 == 0;
    int64_t utc[4], walls[4];
    struct zone z = { .has_rule = true };
    void *bytes;

    for (int i = 0; i < 4; i++) {
        utc[i] = number(&in);
        walls[i] = number(&in);
    }
    bytes = copy_of(in.at, in.left);
    if ((whole ? zone_open(&z, bytes, in.left) : zone_rule_parse(bytes, in.left, &z.rule)) == 0)
        for (int i = 0; i < 4; i++) {
            check_instant(&z, utc[i]);
            check_wall(&z, walls[i]);
        }
    free(bytes);
    return 0;
}
