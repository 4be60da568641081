/* record_sign.c - a doctor signs what he has written, or amends what he has signed. */
#include "record.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "auth/digest.h"
#include "cards.h"
#include "consults.h"
#include "door.h"
#include "notifications.h"
#include "prescription_checks.h"
#include "storage/search_result.h"
#include "storage/store_audit.h"
#include "storage/store_note.h"
#include "storage/store_result.h"
#include "xalloc.h"

enum { DAY_S = 86400, REASON_MAX = 500, KEY_SIZE = 128 };

/* What was written, and whose, to which version: the same members in the same order give the same bytes. */
static int text_make(struct db *db, const struct consult_access *who, const json_t *draft, const char *reason,
                     int64_t *ret_version, char **ret_text)
{
    static const char *const written[] = { "note", "summary", "advice", "followUp", "diagnoses",
                                           "noDiagnosisReason", "prescription" };
    json_t *all = NULL;
    int err = store_note_next(db, who->consult, who->user, &all);

    for (size_t i = 0; err == 0 && i < sizeof written / sizeof *written; i++)
        if (json_object_get(draft, written[i]) != NULL &&
            json_object_set(all, written[i], json_object_get(draft, written[i])) != 0)
            err = -ENOMEM;
    if (err == 0 && reason != NULL && json_object_set_new(all, "reason", json_string(reason)) != 0)
        err = -ENOMEM;
    if (err == 0) {
        *ret_version = json_integer_value(json_object_get(all, "version"));
        *ret_text = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
        err = *ret_text != NULL ? 0 : -ENOMEM;
    }
    json_decref(all);
    return err;
}

int record_sign(struct db *db, const struct consult_access *who, const json_t *draft, const char *reason,
                int64_t *ret_version)
{
    struct note_new note = { .consult = who->consult, .author = who->user,
                             .draft = json_integer_value(json_object_get(draft, "version")),
                             .diagnoses = json_object_get(draft, "diagnoses") };
    unsigned char hash[DIGEST_SIZE];
    char *text = NULL;
    int err = text_make(db, who, draft, reason, &note.version, &text);

    static_assert((int)NOTE_HASH_SIZE == (int)DIGEST_SIZE, "SHA-256");
    if (err)
        return err;
    err = digest_sha256(text, strlen(text), hash);
    note.hash = hash;
    note.text = text;
    if (err == 0)
        err = store_note_add(db, &note);
    explicit_bzero(text, strlen(text));
    free(text);
    if (err == 0)
        *ret_version = note.version;
    return err ? err : store_result_due_set(db, who->consult, db_now(db) + DAY_S);
}

/* --- who hears of it ----------------------------------------------------------------------------------- */

static int tell_one(struct action *a, struct db *db, const char *user, const json_t *body, int64_t version)
{
    char *key = xprintf("%s:%s:%lld", "result", action_consult_id(a), (long long)version);
    int err = action_publish(a, TO_USER_ALL, user, "result:signed", body);

    if (err == 0 && strcmp(user, action_user_id(a)) != 0)
        err = notify_user(a, db, &(struct notification_new){
                                     .user = user, .kind = version > 1 ? "result-amended" : "result-ready",
                                     .object = action_consult_id(a), .dedupe_key = key });
    free(key);
    return err;
}

static int tell(struct action *a, struct db *db, int64_t version)
{
    json_t *body = json_pack("{s:s, s:I}", "consult", action_consult_id(a), "version", (json_int_t)version);
    json_t *users = NULL, *user;
    size_t i;
    int err = body != NULL ? store_consult_participants(db, action_consult(a), &users) : -ENOMEM;

    json_array_foreach(users, i, user)
        if (err == 0)
            err = tell_one(a, db, json_string_value(json_object_get(user, "id")), body, version);
    json_decref(users);
    json_decref(body);
    return err;
}

static int audit(struct action *a, struct db *db, int64_t version)
{
    char *detail = xprintf("version %lld", (long long)version);
    int err = store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = "record.sign",
                                                       .object = action_consult_id(a),
                                                       .ip = action_address(a), .detail = detail });

    free(detail);
    return err;
}

/* --- the action ---------------------------------------------------------------------------------------- */

static bool is(const char *state, const char *one)
{
    return strcmp(state, one) == 0;
}

static bool has_error(const json_t *checks)
{
    const json_t *one;
    size_t i;

    json_array_foreach(checks, i, one)
        if (strcmp(json_string_value(json_object_get(one, "level")), "error") == 0)
            return true;
    return false;
}

static int explain(struct action *a, const char *why, const char *name, json_t *take)
{
    int err = action_explain(a, name, take);

    (void)action_mind(a, strcmp(why, "checks") == 0 ? "something speaks against signing it"
                                                    : "it has changed since it was read");
    if (err == 0)
        err = action_explain(a, "why", json_string(why));
    return err ? err : -EEXIST;
}

/* The draft as he has seen it, with nothing against it. */
static int draft_take(struct action *a, struct db *db, int64_t version, json_t **ret_draft)
{
    json_t *draft = NULL, *checks = NULL;
    int err = record_draft_get(db, action_consult(a), &draft);

    if (err == 0 && json_integer_value(json_object_get(draft, "version")) != version)
        err = explain(a, "version", "record", json_incref(draft));
    if (err == 0)
        err = record_checks(db, action_consult(a), draft, &checks);
    if (err == 0 && has_error(checks))
        err = explain(a, "checks", "checks", json_incref(checks));
    json_decref(checks);
    if (err == 0)
        *ret_draft = draft;
    else
        json_decref(draft);
    return err;
}

/* The first signature ends the consult; later ones leave it closed. */
static int sign(struct action *a, struct db *db, const json_t *draft, const char *reason)
{
    bool amends = is(action_consult_state(a), "closed");
    json_t *consult = NULL;
    int64_t version;
    int err = record_sign(db, &a->access, draft, reason, &version);

    if (err == 0)
        err = prescription_sign(a, db, version, record_items(draft));
    if (err == 0)
        err = consult_card(a, db, json_pack("{s:s, s:I}", "type", "result", "version", (json_int_t)version));
    if (err == 0)
        err = search_result_add(db, action_consult(a), version);
    if (err == 0 && !amends)
        err = store_consult_move(db, action_consult(a), "closed", &consult);
    json_decref(consult);
    if (err >= 0)
        err = audit(a, db, version);
    if (err == 0)
        err = tell(a, db, version);
    if (err == 0)
        action_due(a, db_now(db) + DAY_S);
    return err ? err : consult_publish_changed(a, db, action_consult(a));
}

/* A second time of the same draft changes nothing and is answered the same. */
static int consult_sign(struct action *a, struct db *db)
{
    const char *state = action_consult_state(a), *reason;
    struct note_state done = { 0 };
    json_t *draft = NULL, *consult = NULL;
    int64_t version;
    int err = action_take_int(a, "version", 1, INT64_MAX, 0, &version);

    if (err == 0)
        err = action_take_text(a, "reason", 4 * REASON_MAX, &reason);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && version == 0)
        err = action_mind(a, "version is missing: which draft is signed");
    if (err == 0 && !is(state, "awaiting_signature") && !is(state, "closed"))
        err = DB_BAD_TRANSITION;
    if (err == 0)
        err = store_note_state(db, action_consult(a), &done);
    err = err == -ENOENT ? 0 : err;
    if (err == 0 && done.draft != version) {
        if (is(state, "closed") != (reason != NULL && *reason != '\0'))
            err = action_mind(a, is(state, "closed") ? "an amendment needs its reason"
                                                     : "reason is of an amendment");
        if (err == 0)
            err = draft_take(a, db, version, &draft);
        if (err == 0)
            err = sign(a, db, draft, reason);
        json_decref(draft);
    }
    if (err == 0)
        err = store_consult_get(db, action_consult(a), &consult);
    return err ? err : action_answer(a, json_pack("{s:o}", "consult", consult));
}

static const struct step sign_steps[] = { REAUTH_STEPS, { ON_WRITER, consult_sign }, { 0 } };

/* The doors. */
const struct route record_sign_routes[] = {
    { "POST", "/api/v1/consultations/{consult}/sign", NULL, MAY_TREAT, 0, sign_steps, NULL },
    { 0 },
};
