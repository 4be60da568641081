/* test_refund.c - what comes back when an appointment is cancelled. */
#include <errno.h>

#include "test.h"

#include "refund.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static json_t *tiers_of(const char *text)
{
    json_t *tiers = json_loads(text, JSON_DECODE_ANY, NULL);

    assert_non_null(tiers);
    return tiers;
}

TEST(refund, follows_the_tiers_to_the_second)
{
    static const struct { int64_t before_s; int percent; int64_t refund; } cases[] = {
        { 48 * 3600, 100, 9999 }, { 24 * 3600, 100, 9999 }, { 24 * 3600 - 1, 50, 5000 }, { 2 * 3600, 50,
            5000 },
        { 2 * 3600 - 1, 0, 0 }, { 0, 0, 0 }, { -3600, 0, 0 },
    };
    json_t *tiers = tiers_of("[{\"hours\":24,\"percent\":100},{\"hours\":2,\"percent\":50}]");

    CHECK_INT(refund_tiers_check(tiers), 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct refund r = refund_by_patient(tiers, 9999, cases[i].before_s);

        CHECK_INT(r.percent, cases[i].percent);
        CHECK_INT(r.refund_minor, cases[i].refund);
        CHECK_INT(r.refund_minor + r.kept_minor, 9999);
    }
    json_decref(tiers);
}

TEST(refund, without_tiers_nothing_comes_back)
{
    json_t *tiers = tiers_of("[]");

    CHECK_INT(refund_tiers_check(tiers), 0);
    CHECK_INT(refund_by_patient(tiers, 100, 1000000).refund_minor, 0);
    json_decref(tiers);
}

TEST(refund, shares_are_rounded_for_the_patient_and_never_overflow)
{
    CHECK_INT(refund_of_percent(1, 1).refund_minor, 1);
    CHECK_INT(refund_of_percent(101, 50).refund_minor, 51);
    CHECK_INT(refund_of_percent(0, 100).refund_minor, 0);
    CHECK_INT(refund_of_percent(INT64_MAX, 100).refund_minor, INT64_MAX);
    CHECK_INT(refund_of_percent(INT64_MAX, 0).kept_minor, INT64_MAX);
    for (int percent = 0; percent <= 100; percent++)
        CHECK_INT(refund_of_percent(100, percent).refund_minor, percent);
}

TEST(refund, who_does_not_come_pays_his_share_and_no_more)
{
    static const struct { int64_t fee; int percent; int64_t kept; } cases[] = {
        { 5000, 100, 5000 }, { 5000, 0, 0 }, { 5000, 30, 1500 }, { 99, 50, 49 }, { 1, 99, 0 }, { 0, 100, 0 },
        { INT64_MAX, 100, INT64_MAX },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct refund r = refund_of_no_show(cases[i].fee, cases[i].percent);

        CHECK_INT(r.kept_minor, cases[i].kept);
        CHECK_INT(r.refund_minor + r.kept_minor, cases[i].fee);
    }
}

TEST(refund, tiers_that_contradict_themselves_are_refused)
{
    static const char *const bad[] = {
        "{}", "1", "[1]", "[{}]", "[{\"hours\":24}]", "[{\"hours\":24,\"percent\":101}]",
            "[{\"hours\":-1,\"percent\":5}]",
        "[{\"hours\":24,\"percent\":\"5\"}]", "[{\"hours\":24,\"percent\":5,\"more\":1}]",
            "[{\"hours\":1.5,\"percent\":5}]",
        "[{\"hours\":2,\"percent\":5},{\"hours\":2,\"percent\":5}]",
            "[{\"hours\":2,\"percent\":5},{\"hours\":3,\"percent\":5}]",
        "[{\"hours\":3,\"percent\":5},{\"hours\":2,\"percent\":6}]", "[{\"hours\":10000,\"percent\":5}]",
        "[{\"hours\":9,\"percent\":9},{\"hours\":8,\"percent\":8},{\"hours\":7,\"percent\":7},"
        "{\"hours\":6,\"percent\":6},"
        "{\"hours\":5,\"percent\":5},{\"hours\":4,\"percent\":4},{\"hours\":3,\"percent\":3},"
        "{\"hours\":2,\"percent\":2},"
        "{\"hours\":1,\"percent\":1}]",
    };

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        json_t *tiers = tiers_of(bad[i]);

        if (refund_tiers_check(tiers) != -EINVAL)
            fail_msg("%s is let through", bad[i]);
        json_decref(tiers);
    }
}
