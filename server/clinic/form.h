/* form.h - the form before a visit: its shape, which of its questions are asked, which answers alarm.
 *
 * Form     [{ id, text: {zh, en}, kind, options?: [{ id, text }], isRequired,
 *            showIf?: { question, in: [id] }, redFlag?: { in: [id] } | { above?, below? } }]
 * Answers  { id: value }: text and choice a string, yesno "yes" or "no", multi a list of ids, number a
 *          number. */
#ifndef CLINIC_FORM_H
#define CLINIC_FORM_H

#include <jansson.h>
#include <stdbool.h>

enum {
    FORM_QUESTIONS_MAX = 40,
    FORM_OPTIONS_MAX = 20,
    FORM_ID_MAX = 32,                           /* letters, digits, - and _                         */
    FORM_TEXT_MAX = 300,                        /* of a question and an option, in code points      */
    FORM_ANSWER_MAX = 2000,
};

/* 0; -EINVAL and what is wrong, for people. A question may only depend on one before it. */
int form_check(const json_t *form, const char **ret_why);

/* 0; -EINVAL: one to no question, or that does not fit its question. Some may be missing. */
int form_answers_check(const json_t *form, json_t *answers);
/* Those to questions that are asked with these answers: a new object; NULL: no memory. */
json_t *form_answers_asked(const json_t *form, const json_t *answers);
/* Of answers that are asked: every one that is required is there. */
bool form_is_complete(const json_t *form, const json_t *answers);
/* Of answers that are asked: ids of the questions whose answer alarms; NULL: no memory. */
json_t *form_red_flags(const json_t *form, const json_t *answers);

#endif
