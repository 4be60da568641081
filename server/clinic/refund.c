/* refund.c - tiers of a policy, and shares of a fee. */
#include "refund.h"

#include <assert.h>
#include <errno.h>

static int64_t number_of(const json_t *tier, const char *name)
{
    const json_t *value = json_object_get(tier, name);

    return json_is_integer(value) ? json_integer_value(value) : -1;
}

int refund_tiers_check(const json_t *tiers)
{
    int64_t hours_before = 10000, percent_before = 100;
    size_t i;
    json_t *tier;

    if (!json_is_array(tiers) || json_array_size(tiers) > REFUND_TIERS_MAX)
        return -EINVAL;
    json_array_foreach(tiers, i, tier) {
        int64_t hours = number_of(tier, "hours"), percent = number_of(tier, "percent");

        if (json_object_size(tier) != 2 || hours < 0 || hours >= hours_before || percent < 0 ||
            percent > percent_before)
            return -EINVAL;
        hours_before = hours;
        percent_before = percent;
    }
    return 0;
}

struct refund refund_of_percent(int64_t fee_minor, int percent)
{
    int64_t whole = fee_minor / 100 * percent, rest = fee_minor % 100 * percent;

    assert(fee_minor >= 0 && percent >= 0 && percent <= 100);
    whole += (rest + 99) / 100;
    return (struct refund){ .percent = percent, .refund_minor = whole, .kept_minor = fee_minor - whole };
}

struct refund refund_of_no_show(int64_t fee_minor, int fee_percent)
{
    return refund_of_percent(fee_minor, 100 - fee_percent);
}

struct refund refund_by_patient(const json_t *tiers, int64_t fee_minor, int64_t before_s)
{
    size_t i;
    json_t *tier;

    json_array_foreach(tiers, i, tier)
        if (before_s >= number_of(tier, "hours") * 3600)
            return refund_of_percent(fee_minor, (int)number_of(tier, "percent"));
    return refund_of_percent(fee_minor, 0);
}
