/* parse.c - numbers from text, strictly. */
#include "parse.h"

#include <errno.h>
#include <stddef.h>
#include <strings.h>

int parse_int(const char *text, int64_t min, int64_t max, int64_t *ret_value)
{
    bool negative = *text == '-';
    int64_t value = 0;

    if (negative)
        text++;
    if (*text == '\0')
        return -EINVAL;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return -EINVAL;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, *text - '0', &value))
            return -ERANGE;                     /* counted downwards: INT64_MIN has no positive twin */
    }
    if (!negative && __builtin_sub_overflow(0, value, &value))
        return -ERANGE;
    if (value < min || value > max)
        return -ERANGE;
    *ret_value = value;
    return 0;
}

int parse_bool(const char *text, bool *ret_value)
{
    static const struct { const char *word; bool value; } words[] = {
        { "true", true }, { "yes", true }, { "on", true }, { "1", true },
        { "false", false }, { "no", false }, { "off", false }, { "0", false },
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(text, words[i].word) != 0)
            continue;
        *ret_value = words[i].value;
        return 0;
    }
    return -EINVAL;
}
