/* record.c - the draft of a record: read, saved, looked at as the patient will, and what was before. */
#include "record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "door.h"
#include "clinic/record.h"
#include "prescription_checks.h"
#include "storage/store_audit.h"
#include "storage/store_draft.h"
#include "storage/store_health.h"
#include "storage/store_icd.h"
#include "storage/store_reason.h"
#include "storage/store_result.h"

json_t *record_items(const json_t *draft)
{
    return json_object_get(json_object_get(draft, "prescription"), "items");
}

static int default_set(json_t *draft, const char *name, json_t *take)
{
    if (json_object_get(draft, name) == NULL)
        return json_object_set_new(draft, name, take);
    json_decref(take);
    return 0;
}

/* What was never written is there all the same, empty. */
static int defaults_set(json_t *draft)
{
    int failed = default_set(draft, "note", json_object()) | default_set(draft, "followUp", json_null()) |
                 default_set(draft, "diagnoses", json_array()) |
                 default_set(draft, "prescription", json_pack("{s:[]}", "items"));

    return failed ? -ENOMEM : 0;
}

int record_draft_get(struct db *db, int64_t consult, json_t **ret_draft)
{
    json_t *draft = NULL;
    int err = store_draft_get(db, consult, &draft);

    if (err == 0)
        err = defaults_set(draft);
    if (err == 0)
        *ret_draft = draft;
    else
        json_decref(draft);
    return err;
}

/* Why he came, as he booked. */
static int reason_add(struct db *db, int64_t consult, json_t *draft)
{
    char *words = NULL;
    int err = store_reason_of(db, consult, &words);

    if (err == 0)
        err = json_object_set_new(draft, "reason", json_string(words)) != 0 ? -ENOMEM : 0;
    free(words);
    return err == -ENOENT ? 0 : err;
}

static int record_read(struct action *a, struct db *db)
{
    json_t *draft = NULL;
    int err = action_end_input(a);

    if (err == 0)
        err = record_draft_get(db, action_consult(a), &draft);
    if (err == 0)
        err = reason_add(db, action_consult(a), draft);
    if (err == 0)
        return action_answer(a, draft);
    json_decref(draft);
    return err;
}

/* --- saving -------------------------------------------------------------------------------------------- */

/* The label is the classification's and not the page's, and ranks are the order of the list. */
static int diagnosis_settle(struct action *a, struct db *db, json_t *one, size_t rank)
{
    json_t *known = NULL;
    int err = store_icd_find(db, json_string_value(json_object_get(one, "system")),
                             json_string_value(json_object_get(one, "code")), &known);

    if (err)
        return err == -ENOENT ? action_mind(a, "diagnoses: there is no such code") : err;
    (void)json_object_del(one, "version");
    if (json_object_set(one, "label", json_object_get(known, "label")) != 0 ||
        json_object_set_new(one, "rank", json_integer((json_int_t)rank)) != 0)
        err = -ENOMEM;
    json_decref(known);
    return err;
}

static int body_settle(struct action *a, struct db *db, json_t *body)
{
    const char *why = NULL;
    int err = record_check(body, &why);
    json_t *one;
    size_t i;

    if (err == -EINVAL)
        return action_mind(a, why);
    json_array_foreach(json_object_get(body, "diagnoses"), i, one)
        err = err ? err : diagnosis_settle(a, db, one, i + 1);
    if (err == 0 && record_items(body) != NULL)
        err = prescription_items_read(a, record_items(body));
    return err;
}

static bool takes_drafts(const char *state)
{
    static const char *const states[] = { "active", "paused", "awaiting_signature", "closed" };

    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i], state) == 0)
            return true;
    return false;
}

/* The page shows both beside each other. */
static int stale_explain(struct action *a, const json_t *draft)
{
    int err = action_explain(a, "record", json_deep_copy(draft));

    return err ? err : -ESTALE;
}

/* Saved every other second, by the one who may see it: the first in ten minutes leaves a row, and nobody else
 * hears of it. */
static int record_save(struct action *a, struct db *db)
{
    struct draft_new new = { .consult = action_consult(a), .author = action_user(a), .body = a->input };
    json_t *draft = NULL;
    int err = action_take_int(a, "version", 0, INT64_MAX, -1, &new.version);

    if (err == 0 && new.version < 0)
        err = action_mind(a, "If-Match must say which version it was written on");
    if (err == 0)
        err = body_settle(a, db, a->input);
    if (err == 0 && !takes_drafts(action_consult_state(a)))
        err = DB_BAD_TRANSITION;
    if (err)
        return err;
    err = store_draft_put(db, &new);
    if (err == 0)
        err = store_audit_view(db, new.author, "record.edit", action_consult_id(a), action_address(a));
    if (err >= 0 || err == -ESTALE) {
        int got = record_draft_get(db, new.consult, &draft);

        err = got ? got : err == -ESTALE ? stale_explain(a, draft) : action_answer(a, json_incref(draft));
    }
    json_decref(draft);
    return err;
}

/* --- before it is signed ------------------------------------------------------------------------------- */

int record_checks(struct db *db, int64_t consult, const json_t *draft, json_t **ret_checks)
{
    json_t *checks = json_array(), *health = NULL, *more = NULL;
    int err = checks != NULL ? record_gaps(draft, checks) : -ENOMEM;

    if (err == 0)
        err = store_health_of(db, consult, &health);
    if (err == 0)
        err = prescription_check(db, consult, record_items(draft), json_object_get(health, "allergies"),
                                 &more);
    if (err == 0)
        err = json_array_extend(checks, more) != 0 ? -ENOMEM : 0;
    json_decref(health);
    json_decref(more);
    if (err == 0)
        *ret_checks = checks;
    else
        json_decref(checks);
    return err;
}

static int record_preview(struct action *a, struct db *db)
{
    json_t *draft = NULL, *result = NULL, *checks = NULL;
    int err = action_end_input(a);

    if (err == 0)
        err = record_draft_get(db, action_consult(a), &draft);
    if (err == 0)
        err = result_preview(db, action_consult(a), action_user(a), draft, &result);
    if (err == 0)
        err = record_checks(db, action_consult(a), draft, &checks);
    if (err == 0)
        err = action_answer(a, json_pack("{s:O, s:O}", "result", result, "checks", checks));
    json_decref(draft);
    json_decref(result);
    json_decref(checks);
    return err;
}

static int timeline(struct action *a, struct db *db)
{
    json_t *items = NULL;
    int err = action_end_input(a);

    if (err == 0)
        err = store_timeline(db, action_consult(a), action_user(a), &items);
    return err ? err : action_answer(a, json_pack("{s:o}", "items", items));
}

/* The doors. */
const struct route record_routes[] = {
    { "GET", "/api/v1/consultations/{consult}/record", record_read, MAY_TREAT, READ | VIEW | VERSIONED, NULL,
      NULL },
    { "PUT", "/api/v1/consultations/{consult}/record", record_save, MAY_TREAT, VERSIONED, NULL, NULL },
    { "GET", "/api/v1/consultations/{consult}/record/preview", record_preview, MAY_TREAT, READ | VIEW, NULL,
      NULL },
    { "GET", "/api/v1/consultations/{consult}/timeline", timeline, MAY_TREAT, READ | VIEW, NULL, NULL },
    { 0 },
};
