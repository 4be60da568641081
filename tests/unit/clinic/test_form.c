/* test_form.c - the shape of a form, which of its questions are asked, and which answers alarm. */
#include <errno.h>

#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "test.h"

#define T "\"text\":{\"zh\":\"x\",\"en\":\"x\"},\"isRequired\":true"
#define OPTION(id) "{\"id\":\"" id "\",\"text\":{\"zh\":\"x\",\"en\":\"x\"}}"
#define OPTIONS "\"options\":[" OPTION("a") "," OPTION("b") "]"

/* Fever? How high? For how long (only then)? What else? */
static const char form_text[] =
    "[{\"id\":\"fever\",\"kind\":\"yesno\"," T "},"
    "{\"id\":\"high\",\"kind\":\"number\"," T ",\"showIf\":{\"question\":\"fever\",\"in\":[\"yes\"]},"
    "\"redFlag\":{\"above\":39.5,\"below\":35}},"
    "{\"id\":\"else\",\"kind\":\"multi\"," OPTIONS "," T ",\"redFlag\":{\"in\":[\"b\"]}},"
    "{\"id\":\"more\",\"kind\":\"text\"," T ",\"showIf\":{\"question\":\"else\",\"in\":[\"a\"]}}]";

static json_t *load(const char *text)
{
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

    if (json == NULL)
        fail_msg("no JSON: %s", text);
    return json;
}

TEST(form, has_this_shape_and_no_other)
{
    static const struct { const char *form; int want; } table[] = {
        { "[]", 0 },
        { form_text, 0 },
        { "{}", -EINVAL },
        { "[{\"id\":\"a\",\"kind\":\"text\"," T "}]", 0 },
        { "[{\"id\":\"a b\",\"kind\":\"text\"," T "}]", -EINVAL },
        { "[{\"id\":\"a\",\"kind\":\"date\"," T "}]", -EINVAL },
        { "[{\"id\":\"a\",\"kind\":\"text\",\"text\":{\"zh\":\"x\"},\"isRequired\":true}]", -EINVAL },
        { "[{\"id\":\"a\",\"kind\":\"text\",\"more\":1," T "}]", -EINVAL },
        { "[{\"id\":\"a\",\"kind\":\"text\"," OPTIONS "," T "}]", -EINVAL },
        { "[{\"id\":\"a\",\"kind\":\"choice\"," T "}]", -EINVAL },
        { "[{\"id\":\"a\",\"kind\":\"choice\"," OPTIONS "," T "}]", 0 },
        { "[{\"id\":\"a\",\"kind\":\"text\"," T "},{\"id\":\"a\",\"kind\":\"text\"," T "}]", -EINVAL },
        /* Only on one before it, and on answers it has. */
        { "[{\"id\":\"a\",\"kind\":\"yesno\"," T ",\"showIf\":{\"question\":\"a\",\"in\":[\"yes\"]}}]",
          -EINVAL },
        { "[{\"id\":\"a\",\"kind\":\"yesno\"," T "},{\"id\":\"b\",\"kind\":\"text\"," T
          ",\"showIf\":{\"question\":\"a\",\"in\":[\"maybe\"]}}]", -EINVAL },
        { "[{\"id\":\"a\",\"kind\":\"text\"," T ",\"redFlag\":{\"in\":[\"x\"]}}]", -EINVAL },
        { "[{\"id\":\"a\",\"kind\":\"number\"," T ",\"redFlag\":{\"in\":[\"x\"]}}]", -EINVAL },
        { "[{\"id\":\"a\",\"kind\":\"number\"," T ",\"redFlag\":{}}]", -EINVAL },
        { "[{\"id\":\"a\",\"kind\":\"number\"," T ",\"redFlag\":{\"below\":35}}]", 0 },
        { "[{\"id\":\"a\",\"kind\":\"yesno\"," T ",\"redFlag\":{\"in\":[\"yes\"]}}]", 0 },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        json_t *form = load(table[i].form);
        const char *why = NULL;

        if (form_check(form, &why) != table[i].want)
            fail_msg("%s: %s", table[i].form, why != NULL ? why : "taken");
        CHECK((why != NULL) == (table[i].want != 0));
        json_decref(form);
    }
}

TEST(form, holds_forty_questions_and_not_one_more)
{
    json_t *form = json_array();
    const char *why;

    for (int i = 0; i <= FORM_QUESTIONS_MAX; i++) {
        CHECK_INT(form_check(form, &why), 0);
        CHECK_INT(json_array_append_new(form, json_pack("{s:o, s:s, s:{s:s, s:s}, s:b}", "id",
                                                        json_sprintf("q%d", i), "kind", "text", "text", "zh",
                                                        "x", "en", "x", "isRequired", 0)), 0);
    }
    CHECK_INT(form_check(form, &why), -EINVAL);
    json_decref(form);
}

TEST(form, asks_by_branches_and_alarms_by_what_was_asked)
{
    static const struct {
        const char *answers;
        int check;
        const char *asked, *flags;
        bool complete;
    } table[] = {
        { "{}", 0, "{}", "[]", false },
        { "{\"fever\":\"no\",\"else\":[\"b\"]}", 0, "{\"else\":[\"b\"],\"fever\":\"no\"}", "[\"else\"]",
          true },
        { "{\"fever\":\"yes\",\"else\":[\"b\"]}", 0, "{\"else\":[\"b\"],\"fever\":\"yes\"}",
          "[\"else\"]", false },
        { "{\"fever\":\"yes\",\"high\":39.5}", 0, "{\"fever\":\"yes\",\"high\":39.5}", "[]", false },
        { "{\"fever\":\"yes\",\"high\":39.6}", 0, "{\"fever\":\"yes\",\"high\":39.6}", "[\"high\"]", false },
        { "{\"fever\":\"yes\",\"high\":34}", 0, "{\"fever\":\"yes\",\"high\":34}", "[\"high\"]", false },
        /* He has changed his mind: what was below is asked no more, and alarms nobody. */
        { "{\"fever\":\"no\",\"high\":41}", 0, "{\"fever\":\"no\"}", "[]", false },
        { "{\"fever\":\"no\",\"else\":[\"a\"],\"more\":\"cough\"}", 0,
          "{\"else\":[\"a\"],\"fever\":\"no\",\"more\":\"cough\"}", "[]", true },
        { "{\"fever\":\"maybe\"}", -EINVAL, NULL, NULL, false },
        { "{\"fever\":true}", -EINVAL, NULL, NULL, false },
        { "{\"high\":\"39\"}", -EINVAL, NULL, NULL, false },
        { "{\"else\":[\"c\"]}", -EINVAL, NULL, NULL, false },
        { "{\"else\":[]}", -EINVAL, NULL, NULL, false },
        { "{\"more\":\"\"}", -EINVAL, NULL, NULL, false },
        { "{\"none\":\"x\"}", -EINVAL, NULL, NULL, false },
        { "[]", -EINVAL, NULL, NULL, false },
    };
    json_t *form = load(form_text);

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        json_t *answers = load(table[i].answers), *asked, *flags;
        char *asked_text, *flags_text;

        CHECK_INT(form_answers_check(form, answers), table[i].check);
        if (table[i].check == 0) {
            asked = form_answers_asked(form, answers);
            flags = form_red_flags(form, asked);
            asked_text = json_dumps(asked, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(4));
            flags_text = json_dumps(flags, JSON_COMPACT);
            CHECK_STR(asked_text, table[i].asked);
            CHECK_STR(flags_text, table[i].flags);
            CHECK_INT(form_is_complete(form, asked), table[i].complete);
            free(asked_text);
            free(flags_text);
            json_decref(asked);
            json_decref(flags);
        }
        json_decref(answers);
    }
    json_decref(form);
}
