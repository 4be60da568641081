/* action.c - an action from its door to its answer: steps, admission, input. */
#include "action.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "door.h"
#include "log.h"
#include "net/pool.h"
#include "parse.h"
#include "status.h"
#include "storage/store_call.h"
#include "storage/store_guest.h"
#include "storage/store_health.h"
#include "storage/store_transfer.h"
#include "xalloc.h"

struct action *action_new(struct api *api, const char *name, enum may may, unsigned flags)
{
    struct action *a = xalloc(sizeof *a);

    *a = (struct action){ .api = api, .name = name, .may = may, .flags = flags, .effects_end = &a->effects,
                          .version = -1 };
    return a;
}

void action_param(struct action *a, const char *name, const char *value)
{
    if (a->params_count == PARAMS_MAX)
        return;                                 /* more than any door has: found missing, refused there */
    a->params[a->params_count++] = (struct param){ xstrdup(name), xstrdup(value) };
}

static void wipe(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}

void action_drop(struct action *a)
{
    action_effects_drop(a);
    for (int i = 0; i < a->params_count; i++) {
        free(a->params[i].name);
        free(a->params[i].value);
    }
    if (a->input_text != NULL)
        explicit_bzero(a->input_text, a->input_size);
    free(a->input_text);
    if (a->own != NULL)
        explicit_bzero(a->own, a->own_size);
    free(a->own);
    if (a->reauth != NULL)
        explicit_bzero(a->reauth, sizeof *a->reauth);
    free(a->reauth);
    json_decref(a->input);
    json_decref(a->taken);
    json_decref(a->answer);
    json_decref(a->explained);
    if (a->answer_text != NULL && a->answer_size > 0)
        explicit_bzero(a->answer_text, a->answer_size);
    if (a->answer_size > 0)
        free(a->answer_text);
    else
        wipe(a->answer_text);
    for (int i = 0; i < a->heads_count; i++)
        free(a->heads[i].value);
    if (a->body != NULL)
        explicit_bzero(a->body, a->body_size);
    free(a->body);
    free(a->range);
    free(a->if_range);
    free(a->key);
    free(a->none_match);
    wipe(a->cookie_in);
    wipe(a->cookie_out);
    free(a->detail);
    free(a);
}

/* --- on the step's own thread -------------------------------------------------------------------------- */

/* The object the permission is about is no member like the others: admission looks it up. */
static int object_take(struct action *a)
{
    static const char *const names[] = { [POLICY_CONSULT] = "consult", [POLICY_APPOINTMENT] = "appointment",
                                         [POLICY_DOCTOR] = "doctor", [POLICY_FILE] = "file",
                                         [POLICY_PRESCRIPTION] = "prescription",
                                         [POLICY_PATIENT] = "patient" };
    enum policy_object object = policy_object(a->may);
    char *id = object == POLICY_CONSULT ? a->consult_id : a->object_id;
    json_t *value;

    if (object == POLICY_NONE)
        return 0;
    value = json_object_get(a->input, names[object]);
    if (!json_is_string(value) || json_string_length(value) == 0 ||
        json_string_length(value) >= sizeof a->object_id)
        return -EINVAL;
    memcpy(id, json_string_value(value), json_string_length(value) + 1);
    return json_object_del(a->input, names[object]);
}

static int input_read(struct action *a)
{
    json_error_t error;

    a->input = a->input_size == 0 ? json_object()
             : json_loadb(a->input_text, a->input_size, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(a->input))
        return -EINVAL;
    for (int i = 0; i < a->params_count; i++) {
        const struct param *p = &a->params[i];

        if (json_object_get(a->input, p->name) != NULL)
            return -EINVAL;                     /* said twice: which one counts is not ours to guess */
        if (json_object_set_new(a->input, p->name, json_string(p->value)) != 0)
            return -EINVAL;                     /* not UTF-8                                         */
    }
    return object_take(a);
}

/* What he is to the object. */
static int relations_find(struct action *a, struct db *db, struct policy_who *who)
{
    bool keeps = false;
    int err = -ENOENT;

    switch (policy_object(a->may)) {
    case POLICY_NONE:
        return 0;
    case POLICY_CONSULT:
        err = store_consult_access(db, a->consult_id, a->session.user.id, &a->access);
        if (err == -ENOENT && a->may == MAY_CALL) {
            err = store_guest_access(db, a->consult_id, a->session.user.id, &a->access);
            if (err == -ENOENT)
                err = store_leg_access(db, a->consult_id, a->session.user.id, &a->access);
            who->invited = err == 0;
            return err == -ENOENT ? 0 : err;
        }
        if (err == -ENOENT && a->may == MAY_TAKE_OVER) {
            err = store_transfer_access(db, a->consult_id, a->session.user.id, &a->access);
            who->offered = err == 0;
            return err == -ENOENT ? 0 : err;
        }
        keeps = a->access.treats;
        break;
    case POLICY_DOCTOR:
        err = store_doctor_access(db, a->object_id, &a->session.user, &a->doctor);
        keeps = a->doctor.keeps;
        break;
    case POLICY_APPOINTMENT:
        err = store_appointment_access(db, a->object_id, &a->session.user, &a->appointment);
        keeps = a->appointment.keeps;
        break;
    case POLICY_FILE:
        err = store_file_access(db, a->object_id, a->session.user.id, &a->file);
        keeps = a->file.owns;
        break;
    case POLICY_PRESCRIPTION:
        err = store_prescription_access(db, a->object_id, &a->session.user, &a->prescription);
        keeps = a->prescription.keeps;
        break;
    case POLICY_PATIENT:
        err = store_health_access(db, a->object_id, a->session.user.id, &a->patient);
        break;
    }
    who->participates = err == 0;
    who->treats = err == 0 && keeps;
    return err == -ENOENT ? 0 : err;
}

/* Who asks, and may he: asked from the database in every action, never remembered from the last one. */
static int admit(struct action *a, struct db *db)
{
    struct policy_who who = { 0 };
    int err;

    if (a->clockwork)
        return 0;
    if (a->logged_in) {
        err = store_session_find(db, a->who.session, &a->session);
        if (err)
            return err;
        if (strcmp(a->session.user.public_id, a->who.user) != 0)
            return -EACCES;
        who.role = a->session.user.role;
    }
    if (a->logged_in) {
        err = relations_find(a, db, &who);
        if (err)
            return err;
    }
    err = policy_check(a->may, &who);
    if (err == -ENOENT || err == -EPERM)
        look_denied(a, a->consult_id[0] != '\0' ? a->consult_id : a->object_id);
    return err;
}

static int answer_print(struct action *a)
{
    const char *key;
    json_t *value;

    if (a->answer == NULL || a->answer_text != NULL)
        return 0;
    if ((a->flags & VERSIONED) != 0 && json_is_integer(json_object_get(a->answer, "version")))
        a->version = json_integer_value(json_object_get(a->answer, "version"));
    else if ((a->flags & VERSIONED) != 0)
        json_object_foreach(a->answer, key, value)
            if (json_is_integer(json_object_get(value, "version")))
                a->version = json_integer_value(json_object_get(value, "version"));
    a->answer_text = json_dumps(a->answer, JSON_COMPACT);
    return a->answer_text != NULL ? 0 : -ENOMEM;
}

/* Once: also when the same request comes again. */
static int run_keyed(struct action *a, struct db *db)
{
    int err = idempotency_begin(a, db);

    if (err)
        return err;                             /* 1: answered                                       */
    err = a->step->run(a, db);
    if (err == 0)
        err = answer_print(a);
    return err ? err : idempotency_end(a, db);
}

static int step_work(struct action *a, struct db *db)
{
    int err = a->input == NULL ? input_read(a) : 0;

    if (err == 0 && db != NULL && !a->admitted) {
        err = admit(a, db);
        if (err == 0 && (a->flags & VIEW) != 0) {
            err = look_leave_row(a, db);
            if (err == 0 && a->again)
                return 0;
        }
        a->admitted = err == 0;
    }
    if (err == 0)
        err = (a->flags & KEYED) != 0 && !a->live ? run_keyed(a, db) : a->step->run(a, db);
    if (err >= 0)
        err = answer_print(a);
    if (err < 0 && status_of(err)->http >= 500 && db != NULL)
        log_error("action.failed", "name=\"%s\" request=%s errno=%d database=\"%s\"", a->name, a->request_id,
                  -err, db_error(db));
    return err < 0 ? err : 0;
}

/* --- on the loop --------------------------------------------------------------------------------------- */

static void step_next(struct action *a);

static void finish(struct action *a, int err)
{
    if (err == 0 && a->refused == 0 && action_joins(a))
        err = live_join(a);
    if (err) {                                  /* a result like the others                          */
        wipe(a->cookie_out);
        a->cookie_out = NULL;
    }
    if (a->finished != NULL)
        a->finished(a, err);
    else if (a->live)
        live_answer(a, err ? err : a->refused);
    else
        rest_answer(a, err ? err : a->refused);
    if (err == 0)
        action_effects_apply(a);
    if (err == 0 && a->due_utc != 0)
        jobs_due(a->api->jobs, a->due_utc);
    look_note_denied(a);
    a->api->under_way--;
    action_drop(a);
}

static void step_done(struct action *a, int err)
{
    if (err) {
        finish(a, err);
        return;
    }
    if (a->again) {
        a->again = false;
        a->moved = true;
        err = worker_submit(a->api->parts.worker, a->consult_id, &a->job);
        if (err)
            finish(a, -EBUSY);
        return;
    }
    if (a->enough) {
        finish(a, 0);
        return;
    }
    a->step++;
    if (a->step->where != STEP_END)
        action_effects_apply(a);                /* of the step just committed                        */
    step_next(a);
}

void action_resume(struct action *a, int err)
{
    if (err == 0)
        err = answer_print(a);
    step_done(a, err);
}

static int job_run(struct job *job, struct db *db)
{
    return step_work((struct action *)job, db);
}

static void job_done(struct job *job, int err)
{
    step_done((struct action *)job, err);
}

static void pool_run(void *data)
{
    struct action *a = data;

    a->job.err = step_work(a, NULL);
}

static void pool_done(void *data, int err)
{
    struct action *a = data;

    step_done(a, err ? -EBUSY : a->job.err);
}

static void step_next(struct action *a)
{
    const char *key = a->consult_id[0] != '\0' ? a->consult_id : NULL;
    int err = 0;

    a->job = (struct job){ .run = job_run, .done = job_done };
    switch (a->step->where) {
    case STEP_END:
        finish(a, 0);
        return;
    case ON_WRITER:
        err = worker_submit(a->api->parts.worker, key, &a->job);
        break;
    case ON_READER:
        err = worker_submit_read(a->api->parts.worker, &a->job);
        break;
    case IN_POOL:
        err = pool_submit(a->api->parts.passwords, pool_run, pool_done, a);
        break;
    case IN_FILE_POOL:
        err = pool_submit(a->api->parts.looks, pool_run, pool_done, a);
        break;
    case ON_LOOP:
        step_done(a, step_work(a, NULL));
        return;
    case AWAITED:
        err = step_work(a, NULL);
        if (err != -EINPROGRESS)
            step_done(a, err);
        return;
    }
    if (err)
        finish(a, -EBUSY);
}

void action_start(struct action *a, action_fn *run, const struct step *steps)
{
    a->single[0] = (struct step){ (a->flags & READ) != 0 ? ON_READER : ON_WRITER, run };
    a->step = steps != NULL ? steps : a->single;
    a->api->under_way++;
    if (a->api->draining)
        finish(a, -EBUSY);
    else
        step_next(a);
}
