/* health.c - the shape of what is known of a patient's health. */
#include "health.h"

#include <errno.h>

static int words_check(const json_t *value)
{
    const char *text = json_string_value(value);
    size_t count = 0;

    if (text == NULL || *text == '\0')
        return -EINVAL;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count > HEALTH_WORDS_MAX ? -EMSGSIZE : 0;
}

static int allergy_check(const json_t *allergy)
{
    const json_t *text = json_object_get(allergy, "text");
    int err = json_object_size(allergy) == (text != NULL ? 2u : 1u)
                  ? words_check(json_object_get(allergy, "substance")) : -EINVAL;

    return err || text == NULL ? err : words_check(text);
}

static int list_check(const json_t *list, int (*check)(const json_t *))
{
    const json_t *one;
    size_t i;
    int err = json_is_array(list) ? 0 : -EINVAL;

    if (json_array_size(list) > HEALTH_LIST_MAX)
        return -EMSGSIZE;
    json_array_foreach(list, i, one)
        err = err ? err : check(one);
    return err;
}

int health_check(const json_t *health)
{
    int err = json_object_size(health) == 3 ? list_check(json_object_get(health, "allergies"), allergy_check)
                                            : -EINVAL;

    if (err == 0)
        err = list_check(json_object_get(health, "conditions"), words_check);
    return err ? err : list_check(json_object_get(health, "medications"), words_check);
}
