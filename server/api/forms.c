/* forms.c - what a clinic asks before a visit, and what the patient answers. */
#include "forms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "cards.h"
#include "clinic/form.h"
#include "config.h"
#include "door.h"
#include "notifications.h"
#include "queue.h"
#include "storage/store_audit.h"
#include "storage/store_form.h"
#include "storage/store_schedule.h"
#include "storage/store_visit.h"

enum { KEY_SIZE = 128 };

/* --- of a service -------------------------------------------------------------------------------------- */

static int form_read(struct action *a, struct db *db)
{
    struct store_service service;
    json_t *form = NULL;
    const char *id;
    int err = action_take_text(a, "service", 64, &id);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_service_find(db, id, &service);
    if (err == 0)
        err = store_form_get(db, service.id, &form);
    return err ? err : action_answer(a, form);
}

static int questions_save(struct action *a, struct db *db, const struct store_service *service,
                          int64_t version, const json_t *questions)
{
    const char *why = NULL;
    char *text;
    int err = form_check(questions, &why);

    if (err)
        return action_mind(a, why);
    text = json_dumps(questions, JSON_COMPACT);
    err = text != NULL ? store_form_put(db, service->id, version, text, action_user(a)) : -ENOMEM;
    free(text);
    return err;
}

static int form_write(struct action *a, struct db *db)
{
    struct store_service service;
    json_t *questions, *form = NULL;
    const char *id;
    int64_t version;
    int err = action_take_text(a, "service", 64, &id);

    if (err == 0)
        err = action_take_int(a, "version", 0, INT64_MAX, -1, &version);
    if (err == 0 && version < 0)
        err = action_mind(a, "If-Match must say which version it was written on");
    if (err == 0)
        err = action_unpack(a, "{s:o !}", "questions", &questions);
    if (err == 0)
        err = store_service_find(db, id, &service);
    if (err == 0 && service.clinic != action_clinic(a))
        err = -ENOENT;
    if (err == 0)
        err = questions_save(a, db, &service, version, questions);
    if (err == 0)
        err = store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = "form.set",
                                                       .object = id, .ip = action_address(a) });
    if (err == 0)
        err = store_form_get(db, service.id, &form);
    return err ? err : action_answer(a, form);
}

/* --- of a visit ---------------------------------------------------------------------------------------- */

/* The words are for who acts for the patient and for the doctor; the desk hears that there is an alarm. */
static int answer(struct action *a, struct db *db)
{
    const struct appointment_access *at = action_appointment(a);
    bool reads = at->attends || strcmp(action_role(a), "doctor") == 0;
    json_t *form = NULL, *answers = NULL, *flags = NULL, *body;
    struct form_saved saved;
    int err = store_form_of(db, at->id, &form, &answers, &saved);

    if (err)
        return err;
    flags = reads && answers != NULL ? form_red_flags(json_object_get(form, "questions"), answers)
                                     : json_array();
    body = json_pack("{s:o, s:O*, s:I, s:b, s:o, s:s}", "form", form, "answers", reads ? answers : NULL,
                     "version", (json_int_t)saved.version, "isComplete", saved.complete, "redFlags", flags,
                     "emergencyNumber", action_api(a)->parts.config->emergency_number);
    json_decref(answers);
    return action_answer(a, body);
}

static int answers_read(struct action *a, struct db *db)
{
    int err = action_end_input(a);

    return err ? err : answer(a, db);
}

static bool is_ahead(const char *status)
{
    static const char *const all[] = { "held", "pending_payment", "requested", "booked", "checked_in",
                                       "in_consult" };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i], status) == 0)
            return true;
    return false;
}

/* An answer alarms that did not before: his doctor and the desk look, whatever they do. */
static int alarm_tell(struct action *a, struct db *db, int64_t version)
{
    const struct appointment_access *at = action_appointment(a);
    struct notification_new new = { .kind = "red-flag", .object = at->public_id, .user = at->doctor_id,
                                    .about_utc = at->start_utc };
    char key[KEY_SIZE];
    int err;

    (void)snprintf(key, sizeof key, "red-flag:%s:%lld", at->public_id, (long long)version);
    new.dedupe_key = key;
    err = notify_user(a, db, &new);
    return err ? err : notify_desk(a, db, at->clinic, new);
}

int form_say(struct action *a, struct db *db, int64_t appointment, int64_t consult)
{
    json_t *form = NULL, *answers = NULL;
    struct form_place place;
    struct form_saved saved;
    int err = store_form_of(db, appointment, &form, &answers, &saved);

    json_decref(form);
    json_decref(answers);
    if (err || saved.version == 0 || saved.said)
        return err;
    err = store_form_place(db, consult, &place);
    if (err == 0)
        err = consult_card_in(a, db, &(struct card_place){ consult, place.account, place.consult },
                              json_pack("{s:s, s:s}", "type", "form", "appointment", place.appointment));
    return err < 0 ? err : store_form_said(db, appointment);
}

static int saved_follow(struct action *a, struct db *db, const struct form_saved *before,
                        const struct form_saved *now)
{
    const struct appointment_access *at = action_appointment(a);
    int64_t consult;
    bool begun;
    int err = now->red_flags > before->red_flags ? alarm_tell(a, db, now->version) : 0;

    if (err == 0 && (now->red_flags > 0) != (before->red_flags > 0))
        err = queue_tell(a, db, at->doctor_id);
    if (err || !now->complete || now->said)
        return err;
    err = store_visit_find(db, at->id, &consult, &begun);
    return err == -ENOENT ? 0 : err ? err : form_say(a, db, at->id, consult);
}

/* What is asked no more is not kept. */
static int answers_keep(struct action *a, struct db *db, const json_t *questions, const json_t *given,
                        struct form_saved *saved)
{
    json_t *asked = form_answers_asked(questions, given), *flags = NULL;
    char *text = NULL;
    int err = -ENOMEM;

    if (asked != NULL)
        flags = form_red_flags(questions, asked);
    if (flags != NULL)
        text = json_dumps(asked, JSON_COMPACT);
    if (text != NULL) {
        saved->red_flags = (int64_t)json_array_size(flags);
        saved->complete = form_is_complete(questions, asked);
        err = store_form_answer(db, action_appointment(a)->id, saved, text, action_user(a));
        explicit_bzero(text, strlen(text));
    }
    free(text);
    json_decref(flags);
    json_decref(asked);
    return err;
}

static int answers_write(struct action *a, struct db *db)
{
    json_t *form = NULL, *old = NULL, *given;
    struct form_saved before, now;
    json_int_t to;
    int err = action_unpack(a, "{s:I, s:o !}", "formVersion", &to, "answers", &given);

    if (err == 0 && !is_ahead(action_appointment(a)->status))
        err = DB_BAD_TRANSITION;
    if (err == 0)
        err = store_form_of(db, action_appointment(a)->id, &form, &old, &before);
    if (err)
        return err;
    now = before;
    now.form_version = json_integer_value(json_object_get(form, "version"));
    if (now.form_version == 0)
        err = -ENOENT;
    else if (to != now.form_version)
        err = -EEXIST;
    else if (form_answers_check(json_object_get(form, "questions"), given) != 0)
        err = action_mind(a, "answers: of the questions of this form, in their kinds");
    else
        err = answers_keep(a, db, json_object_get(form, "questions"), given, &now);
    json_decref(form);
    json_decref(old);
    if (err == 0)
        err = saved_follow(a, db, &before, &now);
    return err ? err : answer(a, db);
}

/* The doors. */
const struct route form_routes[] = {
    { "GET", "/api/v1/services/{service}/form", form_read, MAY_USER, READ | VERSIONED, NULL, NULL },
    { "PUT", "/api/v1/services/{service}/form", form_write, MAY_DESK, VERSIONED, NULL, NULL },
    { "GET", "/api/v1/appointments/{appointment}/form", answers_read, MAY_SEE_APPOINTMENT, READ | VIEW, NULL,
      NULL },
    { "PUT", "/api/v1/appointments/{appointment}/form", answers_write, MAY_ATTEND, 0, NULL, NULL },
    { 0 },
};
