/* test_rx_check.c - what speaks against a prescription, case by case. */
#include "test.h"

#include "rx_check.h"

#include <stdio.h>

/* By code: two penicillins, a class of their own each, doses, ages, a banned one. */
static const char drugs[] =
    "{\"amo\":{\"ingredient\":\"amoxicillin\","
    "\"name\":{\"zh\":\"阿莫西林\",\"en\":\"Amox\"},"
    "\"classes\":[{\"zh\":\"青霉素类\",\"en\":\"penicillins\"}],\"unit\":\"mg\",\"maxPerDay\":3000},"
    "\"pen\":{\"ingredient\":\"phenoxymethylpenicillin\",\"name\":{\"zh\":\"青霉素V钾片\",\"en\":\"Pen V\"},"
    "\"classes\":[{\"zh\":\"青霉素类\",\"en\":\"penicillins\"}],\"unit\":\"mg\"},"
    "\"ibu\":{\"ingredient\":\"ibuprofen\",\"name\":{\"zh\":\"布洛芬缓释胶囊\",\"en\":\"Ibuprofen capsules\"},"
    "\"classes\":[{\"zh\":\"非甾体抗炎药\",\"en\":\"NSAIDs\"}],\"unit\":\"mg\",\"maxPerDay\":1200,"
    "\"minAgeYears\":12},"
    "\"sus\":{\"ingredient\":\"ibuprofen\",\"name\":{\"zh\":\"布洛芬混悬液\",\"en\":\"Ibuprofen suspension\"},"
    "\"classes\":[],\"unit\":\"ml\"},"
    "\"mor\":{\"ingredient\":\"morphine\",\"name\":{\"zh\":\"吗啡片\",\"en\":\"Morphine\"},\"classes\":[],"
    "\"unit\":\"mg\",\"isBanned\":true}}";

#define ITEM(drug, dose, unit, frequency, more)                                                              \
    "{\"drug\":\"" drug "\",\"dose\":" dose ",\"unit\":\"" unit "\",\"route\":\"oral\",\"frequency\":\""     \
    frequency "\",\"days\":3,\"quantity\":1" more "}"
#define AMO    ITEM("amo", "500", "mg", "tid", "")
#define BECAUSE ",\"override\":\"tolerated before\""

static json_t *read_json(const char *text)
{
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

    CHECK(json != NULL);
    return json;
}

/* "code:level:item …", item - without one. */
static const char *checks_print(const json_t *checks, char *at, size_t size)
{
    const json_t *check;
    size_t i, used = 0;

    at[0] = '\0';
    json_array_foreach(checks, i, check) {
        const json_t *item = json_object_get(check, "item");

        used += (size_t)snprintf(at + used, size - used, "%s%s:%c:%s%.0lld", used > 0 ? " " : "",
                                 json_string_value(json_object_get(check, "code")),
                                 json_string_value(json_object_get(check, "level"))[0],
                                 item == NULL ? "-" : json_integer_value(item) == 0 ? "0" : "",
                                 (long long)json_integer_value(item));
    }
    return at;
}

static const struct {
    const char *items, *allergies, *taken, *want;
    int age;
    bool guardian, licence_ended;
} cases[] = {
    { "[]", "[]", "[]", "", .age = 40 },
    { "[" AMO "]", "[]", "[]", "", .age = 40 },
    { "[]", "[]", "[]", "", .age = 3, .licence_ended = true },
    { "[" AMO "]", "[]", "[]", "licence:e:-", .age = 40, .licence_ended = true },
    { "[{\"drug\":\"amo\"}]", "[]", "[]", "item-incomplete:e:0", .age = 40 },
    { "[" ITEM("nix", "1", "mg", "qd", "") "]", "[]", "[]", "drug-unknown:e:0", .age = 40 },
    { "[" AMO "," ITEM("mor", "1", "mg", "qd", BECAUSE) "]", "[]", "[]", "drug-banned:e:1", .age = 40 },
    /* allergies: ingredient, class, name, in both languages, as patients write them */
    { "[" AMO "]", "[{\"substance\":\"Amoxicillin\"}]", "[]", "allergy:e:0", .age = 40 },
    { "[" AMO "]", "[{\"substance\":\"penicillin\"}]", "[]", "allergy:e:0", .age = 40 },
    { "[" AMO "]", "[{\"substance\":\"peanuts\"},{\"substance\":\"sulfa drugs\"}]", "[]", "", .age = 40 },
    { "[" AMO "]", "[{\"substance\":\"peanuts\"},{\"substance\":\"对青霉素过敏\"}]", "[]", "allergy:e:0",
      .age = 40 },
    { "[" AMO "]", "[{\"substance\":\"Allergic to Penicillin\"}]", "[]", "allergy:e:0", .age = 40 },
    { "[" AMO "]", "[{\"substance\":\"青霉素\"}]", "[]", "allergy:e:0", .age = 40 },
    { "[" AMO "]", "[{\"substance\":\"阿莫西林\"}]", "[]", "allergy:e:0", .age = 40 },
    { "[" AMO "]", "[{\"substance\":\"鱼\"},{\"substance\":\"in\"}]", "[]", "", .age = 40 },
    { "[" ITEM("amo", "500", "mg", "tid", BECAUSE) "]", "[{\"substance\":\"青霉素\"}]", "[]", "allergy:w:0",
      .age = 40 },
    /* twice: the same class, the same ingredient, one he takes already */
    { "[" AMO "," ITEM("pen", "250", "mg", "qid", "") "]", "[]", "[]", "duplicate:e:1", .age = 40 },
    { "[" ITEM("ibu", "300", "mg", "bid", "") "," ITEM("sus", "5", "ml", "tid", "") "]", "[]", "[]",
      "duplicate:e:1", .age = 40 },
    { "[" ITEM("ibu", "300", "mg", "bid", "") "]", "[]", "[\"sus\"]", "duplicate:e:0", .age = 40 },
    { "[" AMO "]", "[]", "[\"ibu\"]", "", .age = 40 },
    /* dose a day: at the most, above it, another unit, as needed */
    { "[" ITEM("amo", "1000", "mg", "tid", "") "]", "[]", "[]", "", .age = 40 },
    { "[" ITEM("amo", "1001", "mg", "tid", "") "]", "[]", "[]", "dose:e:0", .age = 40 },
    { "[" ITEM("amo", "0.5", "g", "tid", "") "]", "[]", "[]", "dose:e:0", .age = 40 },
    { "[" ITEM("amo", "800", "mg", "prn", "") "]", "[]", "[]", "dose:e:0", .age = 40 },
    { "[" ITEM("amo", "3000", "mg", "qw", "") "]", "[]", "[]", "", .age = 40 },
    { "[" ITEM("amo", "2000", "mg", "tid", BECAUSE) "]", "[]", "[]", "dose:w:0", .age = 40 },
    /* age: as old as it says, younger, not known; children */
    { "[" ITEM("ibu", "300", "mg", "bid", "") "]", "[]", "[]", "", .age = 12 },
    { "[" ITEM("ibu", "300", "mg", "bid", "") "]", "[]", "[]", "age:e:0", .age = 11 },
    { "[" ITEM("ibu", "300", "mg", "bid", BECAUSE) "]", "[]", "[]", "age:w:0", .age = 11 },
    { "[" ITEM("ibu", "300", "mg", "bid", "") "]", "[]", "[]", "age:w:0", .age = -1 },
    { "[" ITEM("amo", "100", "mg", "tid", BECAUSE) "]", "[]", "[]", "child-guardian:e:-", .age = 5 },
    { "[" ITEM("amo", "100", "mg", "tid", "") "]", "[]", "[]", "", .age = 5, .guardian = true },
    { "[" ITEM("amo", "100", "mg", "tid", "") "]", "[]", "[]", "", .age = 6 },
    /* all at once */
    { "[" ITEM("ibu", "900", "mg", "bid", "") "]", "[{\"substance\":\"布洛芬\"}]", "[\"sus\"]",
      "allergy:e:0 duplicate:e:0 dose:e:0 age:e:0", .age = 8 },
};

TEST(rx_check, finds_what_speaks_against_it_and_nothing_else)
{
    json_t *list = read_json(drugs);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *items = read_json(cases[i].items), *allergies = read_json(cases[i].allergies);
        json_t *codes = read_json(cases[i].taken), *taken = json_array(), *code, *checks = NULL;
        char have[256];
        size_t k;

        json_array_foreach(codes, k, code)
            CHECK_INT(json_array_append(taken, json_object_get(list, json_string_value(code))), 0);
        CHECK_INT(rx_check(&(struct rx_case){ .items = items, .drugs = list, .taken = taken,
                                              .allergies = allergies, .age_years = cases[i].age,
                                              .has_guardian = cases[i].guardian,
                                              .licence_ended = cases[i].licence_ended }, &checks), 0);
        if (strcmp(checks_print(checks, have, sizeof have), cases[i].want) != 0)
            fail_msg("case %zu: \"%s\", not \"%s\"", i, have, cases[i].want);
        json_decref(checks);
        json_decref(taken);
        json_decref(codes);
        json_decref(allergies);
        json_decref(items);
    }
    json_decref(list);
}

TEST(rx_check, says_why)
{
    json_t *list = read_json(drugs), *checks = NULL;
    json_t *items = read_json("[" ITEM("amo", "1000", "mg", "qid", "") "]");
    json_t *allergies = read_json("[{\"substance\":\"青霉素\"}]");

    CHECK_INT(rx_check(&(struct rx_case){ .items = items, .drugs = list, .allergies = allergies,
                                          .age_years = 40 }, &checks), 0);
    CHECK_STR(json_string_value(json_object_get(json_array_get(checks, 0), "why")), "青霉素");
    CHECK_STR(json_string_value(json_object_get(json_array_get(checks, 1), "why")), "4000 mg > 3000 mg");
    json_decref(checks);
    json_decref(allergies);
    json_decref(items);
    json_decref(list);
}
