/* test_wait.c - how long somebody will wait: what was seen before, or nothing. */
#include "test.h"

#include "wait.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

TEST(wait, is_the_middle_half_of_what_was_seen_and_nothing_when_too_little_was)
{
    static const struct { int count; int64_t seen[9]; bool known; int64_t low, high; } cases[] = {
        { 0, { 0 }, false, 0, 0 },
        { 2, { 60, 120 }, false, 0, 0 },
        { 3, { 300, 100, 200 }, true, 100, 300 },
        { 5, { 500, 100, 300, 200, 400 }, true, 200, 400 },
        { 9, { 900, 1, 800, 200, 700, 300, 600, 400, 500 }, true, 300, 700 },
        { 3, { -5, -5, -5 }, true, 0, 0 },      /* a clock that was set back                         */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t seen[9];
        struct wait w;

        memcpy(seen, cases[i].seen, sizeof seen);
        w = wait_of_sample(seen, cases[i].count);
        CHECK_INT(w.known, cases[i].known);
        CHECK_INT(w.low_s, cases[i].low);
        CHECK_INT(w.high_s, cases[i].high);
    }
}

TEST(wait, what_is_left_is_never_less_than_nothing)
{
    const struct wait whole = { true, 300, 600 };

    CHECK_INT(wait_left(whole, 100).low_s, 200);
    CHECK_INT(wait_left(whole, 400).low_s, 0);
    CHECK_INT(wait_left(whole, 400).high_s, 200);
    CHECK_INT(wait_left(whole, 4000).high_s, 0);
    CHECK(!wait_left((struct wait){ 0 }, 1).known);
}

TEST(wait, sums_and_stays_unknown)
{
    const struct wait one = { true, 300, 600 }, nobody_knows = { 0 };

    CHECK_INT(wait_sum(one, one).low_s, 600);
    CHECK_INT(wait_sum(one, one).high_s, 1200);
    CHECK(!wait_sum(one, nobody_knows).known);
    CHECK(!wait_sum(nobody_knows, one).known);
}

TEST(wait, is_not_over_before_the_time_of_the_appointment)
{
    const struct wait one = { true, 300, 600 };

    CHECK_INT(wait_floor(one, 400).low_s, 400);
    CHECK_INT(wait_floor(one, 400).high_s, 600);
    CHECK_INT(wait_floor(one, 900).high_s, 900);
    CHECK_INT(wait_floor(one, -900).low_s, 300);
}
