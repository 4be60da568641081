/* record.c - the shape of a record. */
#include "record.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef int value_fn(const json_t *value, const char **ret_why);
struct member { const char *name; value_fn *check; bool needed; };

static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static int text_check(const json_t *value, const char **ret_why)
{
    if (!json_is_string(value)) {
        *ret_why = "a text of the record is none";
        return -EINVAL;
    }
    return characters(json_string_value(value)) > RECORD_TEXT_MAX ? -EMSGSIZE : 0;
}

static const struct member *member_find(const struct member *members, const char *name)
{
    while (members->name != NULL && strcmp(members->name, name) != 0)
        members++;
    return members->name != NULL ? members : NULL;
}

/* An object of these members and no others. */
static int members_check(const json_t *object, const struct member *members, const char **ret_why)
{
    const char *name;
    json_t *value;
    int err;

    *ret_why = "the record has a member of another kind, or one that is not known";
    if (!json_is_object(object))
        return -EINVAL;
    for (const struct member *m = members; m->name != NULL; m++)
        if (m->needed && json_object_get(object, m->name) == NULL)
            return -EINVAL;
    json_object_foreach((json_t *)(uintptr_t)object, name, value) {
        const struct member *m = member_find(members, name);

        err = m != NULL ? m->check(value, ret_why) : -EINVAL;
        if (err)
            return err;
    }
    return 0;
}

static int list_check(const json_t *list, value_fn *check, const char **ret_why)
{
    const json_t *one;
    size_t i;
    int err = 0;

    *ret_why = "diagnoses and items are lists of at most 20";
    if (!json_is_array(list) || json_array_size(list) > RECORD_LIST_MAX)
        return -EINVAL;
    json_array_foreach(list, i, one)
        err = err ? err : check(one, ret_why);
    return err;
}

static int note_check(const json_t *note, const char **ret_why)
{
    static const struct member members[] = { { "complaint", text_check, false },
                                             { "history", text_check, false },
                                             { "findings", text_check, false },
                                             { "plan", text_check, false }, { 0 } };

    return members_check(note, members, ret_why);
}

static int days_check(const json_t *days, const char **ret_why)
{
    *ret_why = "followUp.days is from 1 to 730";
    return json_is_integer(days) && json_integer_value(days) >= 1 &&
           json_integer_value(days) <= RECORD_DAYS_MAX ? 0 : -EINVAL;
}

static int follow_up_check(const json_t *value, const char **ret_why)
{
    static const struct member members[] = { { "days", days_check, true }, { "text", text_check, false },
                                             { 0 } };

    return json_is_null(value) ? 0 : members_check(value, members, ret_why);
}

static int certainty_check(const json_t *value, const char **ret_why)
{
    const char *text = json_string_value(value);

    *ret_why = "certainty is provisional or confirmed";
    return text != NULL && (strcmp(text, "provisional") == 0 || strcmp(text, "confirmed") == 0) ? 0 : -EINVAL;
}

/* Labels and ranks are the server's to say. */
static int any_check(const json_t *value, const char **ret_why)
{
    (void)value;
    (void)ret_why;
    return 0;
}

static int diagnosis_check(const json_t *one, const char **ret_why)
{
    static const struct member members[] = { { "system", text_check, true }, { "code", text_check, true },
                                             { "version", text_check, false },
                                             { "certainty", certainty_check, true },
                                             { "label", any_check, false }, { "rank", any_check, false },
                                             { 0 } };

    return members_check(one, members, ret_why);
}

static int diagnoses_check(const json_t *list, const char **ret_why)
{
    return list_check(list, diagnosis_check, ret_why);
}

static int items_check(const json_t *list, const char **ret_why)
{
    return list_check(list, any_check, ret_why);
}

static int prescription_check(const json_t *value, const char **ret_why)
{
    static const struct member members[] = { { "items", items_check, true }, { 0 } };

    return members_check(value, members, ret_why);
}

int record_check(const json_t *record, const char **ret_why)
{
    static const struct member members[] = {
        { "note", note_check, false }, { "summary", text_check, false }, { "advice", text_check, false },
        { "followUp", follow_up_check, false }, { "diagnoses", diagnoses_check, false },
        { "noDiagnosisReason", text_check, false }, { "prescription", prescription_check, false }, { 0 },
    };

    return members_check(record, members, ret_why);
}

/* --- what it lacks ------------------------------------------------------------------------------------- */

static bool is_written(const json_t *record, const char *name)
{
    const char *text = json_string_value(json_object_get(record, name));

    return text != NULL && text[strspn(text, " \t\r\n")] != '\0';
}

static int gap_add(json_t *checks, const char *code, const char *level)
{
    return json_array_append_new(checks, json_pack("{s:s, s:s}", "code", code, "level", level)) != 0 ? -ENOMEM
                                                                                                     : 0;
}

int record_gaps(const json_t *record, json_t *checks)
{
    int err = 0;

    if (json_array_size(json_object_get(record, "diagnoses")) == 0 &&
        !is_written(record, "noDiagnosisReason"))
        err = gap_add(checks, "no-diagnosis", "error");
    if (err == 0 && !is_written(record, "advice"))
        err = gap_add(checks, "no-advice", "error");
    if (err == 0 && !json_is_object(json_object_get(record, "followUp")))
        err = gap_add(checks, "no-follow-up", "warning");
    return err;
}
