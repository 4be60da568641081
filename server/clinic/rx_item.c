/* rx_item.c - the shape of what is prescribed. */
#include "rx_item.h"

#include <stddef.h>
#include <string.h>

enum { NAME_MAX_BYTES = 512, UNIT_MAX_BYTES = 32, CODE_MAX_BYTES = 64, TEXT_MAX_BYTES = 4 * 500 };

static const struct { const char *code; int times; } frequencies[] = {
    { "qd", 1 }, { "bid", 2 }, { "tid", 3 }, { "qid", 4 }, { "q4h", 6 }, { "q6h", 4 }, { "q8h", 3 },
    { "q12h", 2 }, { "qn", 1 }, { "qod", 1 }, { "qw", 1 }, { "st", 1 }, { "prn", 4 },
};
static const char *const routes[] = { "oral", "sublingual", "topical", "inhaled", "nasal", "ophthalmic",
                                      "otic", "rectal", "vaginal", "injection" };

int rx_times_a_day(const char *frequency)
{
    for (size_t i = 0; i < sizeof frequencies / sizeof *frequencies; i++)
        if (strcmp(frequencies[i].code, frequency) == 0)
            return frequencies[i].times;
    return 0;
}

static bool is_text(const json_t *value, size_t size_max)
{
    return json_is_string(value) && json_string_length(value) <= size_max;
}

static bool is_name(const json_t *value)
{
    const json_t *zh = json_object_get(value, "zh"), *en = json_object_get(value, "en");

    return json_is_object(value) && json_object_size(value) == (size_t)(zh != NULL) + (size_t)(en != NULL) &&
           (zh == NULL || is_text(zh, NAME_MAX_BYTES)) && (en == NULL || is_text(en, NAME_MAX_BYTES));
}

static bool is_code(const json_t *value)
{
    return is_text(value, CODE_MAX_BYTES) && json_string_length(value) > 0;
}

static bool is_unit(const json_t *value)
{
    return is_text(value, UNIT_MAX_BYTES);
}

static bool is_words(const json_t *value)
{
    return is_text(value, TEXT_MAX_BYTES);
}

static bool is_amount(const json_t *value)
{
    return json_is_number(value) && json_number_value(value) > 0 && json_number_value(value) <= 1e6;
}

static bool is_days(const json_t *value)
{
    json_int_t days = json_integer_value(value);        /* 0: it is no whole number                      */

    return days > 0 && days <= RX_DAYS_MAX;
}

static bool is_frequency(const json_t *value)
{
    return json_is_string(value) && rx_times_a_day(json_string_value(value)) > 0;
}

static bool is_route(const json_t *value)
{
    for (size_t i = 0; json_is_string(value) && i < sizeof routes / sizeof *routes; i++)
        if (strcmp(routes[i], json_string_value(value)) == 0)
            return true;
    return false;
}

static const struct { const char *name; bool (*is_sound)(const json_t *); bool needed; const char *fault; }
members[] = {
    { "drug", is_code, true, "each item has the code of a drug" },
    { "name", is_name, false, "name is { zh, en }" },
    { "dose", is_amount, true, "dose is a number above 0" },
    { "unit", is_unit, true, "unit is a short text" },
    { "route", is_route, true, "route is none of ours" },
    { "frequency", is_frequency, true, "frequency is none of ours" },
    { "days", is_days, true, "days is 1 to 365" },
    { "quantity", is_amount, true, "quantity is a number above 0" },
    { "text", is_words, false, "text has at most 500 characters" },
    { "override", is_words, false, "override has at most 500 characters" },
};

static const char *item_fault(const json_t *item)
{
    size_t known = 0;

    if (!json_is_object(item))
        return "each item is an object";
    if (json_object_get(item, "drug") == NULL)
        return members[0].fault;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const json_t *value = json_object_get(item, members[i].name);

        if (value != NULL && !members[i].is_sound(value))
            return members[i].fault;
        known += value != NULL;
    }
    return known == json_object_size(item) ? NULL : "an item has a member that is not known";
}

const char *rx_items_fault(const json_t *items)
{
    const char *fault = NULL;
    json_t *item;
    size_t i;

    if (!json_is_array(items))
        return "items is a list";
    if (json_array_size(items) > RX_ITEMS_MAX)
        return "at most 20 items";
    json_array_foreach(items, i, item)
        if (fault == NULL)
            fault = item_fault(item);
    return fault;
}

bool rx_item_is_complete(const json_t *item)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (members[i].needed && json_object_get(item, members[i].name) == NULL)
            return false;
    return true;
}
