/* form.c - the form before a visit: its shape, its branches, its red flags. */
#include "form.h"

#include <errno.h>
#include <string.h>

enum kind { TEXT, YESNO, CHOICE, MULTI, NUMBER, KINDS };

static const char *const kinds[KINDS] = { "text", "yesno", "choice", "multi", "number" };
static const char *const yesno[] = { "yes", "no" };

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : "";
}

static enum kind kind_of(const json_t *question)
{
    enum kind kind = 0;

    while (kind < KINDS && strcmp(kinds[kind], text_of(question, "kind")) != 0)
        kind++;
    return kind;
}

static const json_t *question_find(const json_t *form, const char *id, size_t before)
{
    for (size_t i = 0; i < json_array_size(form) && i < before; i++)
        if (strcmp(text_of(json_array_get(form, i), "id"), id) == 0)
            return json_array_get(form, i);
    return NULL;
}

/* Can this question be answered with it? */
static bool has_option(const json_t *question, const char *id)
{
    const json_t *option;
    size_t i;

    if (kind_of(question) == YESNO)
        return strcmp(id, yesno[0]) == 0 || strcmp(id, yesno[1]) == 0;
    json_array_foreach(json_object_get(question, "options"), i, option)
        if (strcmp(text_of(option, "id"), id) == 0)
            return true;
    return false;
}

static bool is_among(const json_t *list, const char *id)
{
    const json_t *one;
    size_t i;

    json_array_foreach(list, i, one)
        if (strcmp(json_string_value(one) != NULL ? json_string_value(one) : "", id) == 0)
            return true;
    return false;
}

/* Is an answer (one id, or some) among them? */
static bool answer_is_in(const json_t *answer, const json_t *list)
{
    const json_t *one;
    size_t i;

    if (json_is_string(answer))
        return is_among(list, json_string_value(answer));
    json_array_foreach(answer, i, one)
        if (json_is_string(one) && is_among(list, json_string_value(one)))
            return true;
    return false;
}

/* --- the shape ----------------------------------------------------------------------------------------- */

static bool is_id(const char *id)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t size = strlen(id);

    return size > 0 && size <= FORM_ID_MAX && strspn(id, letters) == size;
}

static bool fits(const char *text, size_t most)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count > 0 && count <= most;
}

static bool is_text(const json_t *text)
{
    return json_object_size(text) == 2 && fits(text_of(text, "zh"), FORM_TEXT_MAX) &&
           fits(text_of(text, "en"), FORM_TEXT_MAX);
}

static const char *options_wrong(const json_t *question, enum kind kind)
{
    const json_t *options = json_object_get(question, "options"), *option;
    size_t i;

    if (kind != CHOICE && kind != MULTI)
        return options != NULL ? "options are of choice and multi" : NULL;
    if (json_array_size(options) < 2 || json_array_size(options) > FORM_OPTIONS_MAX)
        return "options: 2 to 20";
    json_array_foreach(options, i, option) {
        if (json_object_size(option) != 2 || !is_id(text_of(option, "id")) ||
            !is_text(json_object_get(option, "text")))
            return "an option has an id and a text in zh and en";
        for (size_t k = 0; k < i; k++)
            if (strcmp(text_of(json_array_get(options, k), "id"), text_of(option, "id")) == 0)
                return "an option is there twice";
    }
    return NULL;
}

/* Some answers of `question`, by their ids. */
static bool is_choice_of(const json_t *question, const json_t *list)
{
    const json_t *one;
    size_t i;

    json_array_foreach(list, i, one)
        if (!json_is_string(one) || !has_option(question, json_string_value(one)))
            return false;
    return json_array_size(list) > 0;
}

static const char *show_if_wrong(const json_t *form, size_t at, const json_t *show_if)
{
    const json_t *other = question_find(form, text_of(show_if, "question"), at);

    if (show_if == NULL)
        return NULL;
    if (json_object_size(show_if) != 2 || other == NULL)
        return "showIf: a question before this one, and in";
    return is_choice_of(other, json_object_get(show_if, "in")) ? NULL
                                                                 : "showIf: in are answers of that question";
}

static const char *red_flag_wrong(const json_t *question, enum kind kind, const json_t *flag)
{
    const json_t *above = json_object_get(flag, "above"), *below = json_object_get(flag, "below");
    size_t bounds = (size_t)(above != NULL) + (size_t)(below != NULL);

    if (flag == NULL)
        return NULL;
    if (kind == NUMBER)
        return bounds > 0 && json_object_size(flag) == bounds && (above == NULL || json_is_number(above)) &&
                       (below == NULL || json_is_number(below))
                   ? NULL : "redFlag of a number: above, below, or both";
    return json_object_size(flag) == 1 && is_choice_of(question, json_object_get(flag, "in"))
               ? NULL : "redFlag: in are answers of this question";
}

static const char *question_wrong(const json_t *form, size_t at)
{
    const json_t *question = json_array_get(form, at);
    enum kind kind = kind_of(question);
    size_t members = 4;                         /* id, text, kind, isRequired                       */
    const char *why;

    if (kind == KINDS || !is_id(text_of(question, "id")) || !is_text(json_object_get(question, "text")) ||
        !json_is_boolean(json_object_get(question, "isRequired")))
        return "a question has an id, a text in zh and en, a kind and isRequired";
    if (question_find(form, text_of(question, "id"), at) != NULL)
        return "a question is there twice";
    members += json_object_get(question, "options") != NULL;
    members += json_object_get(question, "showIf") != NULL;
    members += json_object_get(question, "redFlag") != NULL;
    if (json_object_size(question) != members)
        return "a question has members that are not known";
    why = options_wrong(question, kind);
    if (why == NULL)
        why = show_if_wrong(form, at, json_object_get(question, "showIf"));
    return why != NULL ? why : red_flag_wrong(question, kind, json_object_get(question, "redFlag"));
}

int form_check(const json_t *form, const char **ret_why)
{
    const char *why = !json_is_array(form) || json_array_size(form) > FORM_QUESTIONS_MAX
                          ? "questions: at most 40" : NULL;

    for (size_t i = 0; why == NULL && i < json_array_size(form); i++)
        why = question_wrong(form, i);
    if (why != NULL)
        *ret_why = why;
    return why != NULL ? -EINVAL : 0;
}

/* --- answers ------------------------------------------------------------------------------------------- */

static bool is_answer(const json_t *question, const json_t *answer)
{
    const char *text = json_string_value(answer);

    switch (kind_of(question)) {
    case TEXT:
        return text != NULL && fits(text, FORM_ANSWER_MAX);
    case YESNO:
    case CHOICE:
        return text != NULL && has_option(question, text);
    case MULTI:
        return json_array_size(answer) <= FORM_OPTIONS_MAX && is_choice_of(question, answer);
    case NUMBER:
        return json_is_number(answer) && json_number_value(answer) > -1e9 && json_number_value(answer) < 1e9;
    default:
        return false;
    }
}

int form_answers_check(const json_t *form, json_t *answers)
{
    const char *id;
    json_t *answer;

    if (!json_is_object(answers))
        return -EINVAL;
    json_object_foreach(answers, id, answer) {
        const json_t *question = question_find(form, id, FORM_QUESTIONS_MAX);

        if (question == NULL || !is_answer(question, answer))
            return -EINVAL;
    }
    return 0;
}

/* A question is asked when the one it depends on was asked, and answered so. */
json_t *form_answers_asked(const json_t *form, const json_t *answers)
{
    json_t *asked = json_object();
    const json_t *question;
    size_t i;

    json_array_foreach(form, i, question) {
        const json_t *show_if = json_object_get(question, "showIf");
        json_t *answer = json_object_get(answers, text_of(question, "id"));

        if (asked == NULL || answer == NULL ||
            (show_if != NULL && !answer_is_in(json_object_get(asked, text_of(show_if, "question")),
                                              json_object_get(show_if, "in"))))
            continue;
        if (json_object_set(asked, text_of(question, "id"), answer) != 0) {
            json_decref(asked);
            asked = NULL;
        }
    }
    return asked;
}

bool form_is_complete(const json_t *form, const json_t *answers)
{
    const json_t *question;
    size_t i;

    json_array_foreach(form, i, question) {
        const json_t *show_if = json_object_get(question, "showIf");

        if (json_is_true(json_object_get(question, "isRequired")) &&
            json_object_get(answers, text_of(question, "id")) == NULL &&
            (show_if == NULL || answer_is_in(json_object_get(answers, text_of(show_if, "question")),
                                             json_object_get(show_if, "in"))))
            return false;
    }
    return true;
}

static bool alarms(const json_t *flag, const json_t *answer)
{
    const json_t *above = json_object_get(flag, "above"), *below = json_object_get(flag, "below");

    if (!json_is_number(answer))
        return answer_is_in(answer, json_object_get(flag, "in"));
    return (above != NULL && json_number_value(answer) > json_number_value(above)) ||
           (below != NULL && json_number_value(answer) < json_number_value(below));
}

json_t *form_red_flags(const json_t *form, const json_t *answers)
{
    json_t *ids = json_array();
    const json_t *question;
    size_t i;

    json_array_foreach(form, i, question) {
        const json_t *answer = json_object_get(answers, text_of(question, "id"));

        if (ids == NULL || answer == NULL || !alarms(json_object_get(question, "redFlag"), answer))
            continue;
        if (json_array_append(ids, json_object_get(question, "id")) != 0) {
            json_decref(ids);
            ids = NULL;
        }
    }
    return ids;
}
