/* test_parse.c - numbers from text: the whole text or nothing. */
#include <errno.h>

#include "parse.h"
#include "test.h"

TEST(parse, takes_whole_numbers_only)
{
    static const struct { const char *text; int err; int64_t value; } cases[] = {
        { "0", 0, 0 }, { "-1", 0, -1 }, { "007", 0, 7 },
        { "9223372036854775807", 0, INT64_MAX }, { "-9223372036854775808", 0, INT64_MIN },
        { "9223372036854775808", -ERANGE, 0 }, { "-9223372036854775809", -ERANGE, 0 },
        { "", -EINVAL, 0 }, { "-", -EINVAL, 0 }, { "+1", -EINVAL, 0 }, { " 1", -EINVAL, 0 },
        { "1 ", -EINVAL, 0 }, { "0x1", -EINVAL, 0 }, { "1e3", -EINVAL, 0 }, { "--1", -EINVAL, 0 },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t value = 0;

        CHECK_INT(parse_int(cases[i].text, INT64_MIN, INT64_MAX, &value), cases[i].err);
        CHECK_INT(value, cases[i].value);
    }
}

TEST(parse, holds_the_bounds_and_writes_nothing_past_them)
{
    int64_t value = 42;

    CHECK_INT(parse_int("10", 1, 10, &value), 0);
    CHECK_INT(parse_int("11", 1, 10, &value), -ERANGE);
    CHECK_INT(parse_int("0", 1, 10, &value), -ERANGE);
    CHECK_INT(value, 10);
}

TEST(parse, knows_the_words_for_true_and_false)
{
    bool value = false;

    CHECK_INT(parse_bool("Yes", &value), 0);
    CHECK(value);
    CHECK_INT(parse_bool("off", &value), 0);
    CHECK(!value);
    CHECK_INT(parse_bool("2", &value), -EINVAL);
    CHECK_INT(parse_bool("", &value), -EINVAL);
}
