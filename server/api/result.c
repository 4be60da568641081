/* result.c - what a patient gets of a consult: signed words only. That he has seen it; and if he has not. */
#include "record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/digest.h"
#include "door.h"
#include "notifications.h"
#include "storage/store_audit.h"
#include "storage/store_note.h"
#include "storage/store_prescription.h"
#include "storage/store_result.h"
#include "xalloc.h"

enum { DAY_S = 86400, KEY_SIZE = 128 };

/* --- what is in it ------------------------------------------------------------------------------------- */

/* Member by member: what is not named here nobody gets, whatever a draft may come to hold. */
static const char *const shown[] = { "consult", "clinic", "doctor", "patient", "version", "signedAt", "hash",
                                     "reason", "diagnoses", "noDiagnosisReason", "summary", "advice",
                                     "followUp" };

static int show(const json_t *from, json_t *result)
{
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        json_t *value = json_object_get(from, shown[i]);

        if (value != NULL && json_object_set(result, shown[i], value) != 0)
            return -ENOMEM;
    }
    return 0;
}

/* What is always there. */
static int complete(json_t *result)
{
    int failed = 0;

    if (json_object_get(result, "diagnoses") == NULL)
        failed |= json_object_set_new(result, "diagnoses", json_array());
    if (json_object_get(result, "followUp") == NULL)
        failed |= json_object_set_new(result, "followUp", json_null());
    return failed ? -ENOMEM : 0;
}

/* The row's hash is of the words that were opened. */
static int hash_check(const json_t *note, const char *text)
{
    const char *says = json_string_value(json_object_get(note, "hash"));
    unsigned char hash[DIGEST_SIZE];
    char hex[2 * DIGEST_SIZE + 1];
    int err = digest_sha256(text, strlen(text), hash);

    for (size_t i = 0; i < sizeof hash; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", (unsigned)hash[i]);
    return err ? err : strcmp(hex, says) != 0 ? -EBADMSG : 0;
}

static int acknowledged_add(struct db *db, int64_t consult, json_t *result)
{
    int64_t at_utc;
    char at[DB_TIME_SIZE];
    int err = store_result_acknowledged(db, consult,
                                        json_integer_value(json_object_get(result, "version")), &at_utc);

    if (err)
        return err == -ENOENT ? 0 : err;
    db_time_print(at_utc, at);
    return json_object_set_new(result, "acknowledgedAt", json_string(at)) != 0 ? -ENOMEM : 0;
}

static int prescriptions_add(struct db *db, int64_t consult, enum result_view view, json_t *result)
{
    json_t *all = NULL;
    int err = store_prescription_of(db, consult, view == RESULT_FOR_DOCTOR ? FOR_CLINIC : FOR_PATIENT, &all);

    return err ? err : json_object_set_new(result, "prescriptions", all) != 0 ? -ENOMEM : 0;
}

static int versions_add(struct db *db, int64_t consult, json_t *result)
{
    json_t *versions = NULL;
    int err = store_note_versions(db, consult, &versions);

    return err ? err : json_object_set_new(result, "versions", versions) != 0 ? -ENOMEM : 0;
}

int result_get(struct db *db, int64_t consult, int64_t version, enum result_view view, json_t **ret_result)
{
    json_t *note = NULL, *result = json_object();
    char *text = NULL;
    int err = store_note_get(db, consult, version, &note, &text);

    if (err == 0 && text != NULL)               /* NULL: from before there were drafts               */
        err = hash_check(note, text);
    if (err == 0)
        err = show(note, result);
    if (err == 0 && view == RESULT_FOR_DOCTOR && json_object_get(note, "note") != NULL)
        err = json_object_set(result, "note", json_object_get(note, "note")) != 0 ? -ENOMEM : 0;
    if (err == 0)
        err = complete(result);
    if (err == 0)
        err = prescriptions_add(db, consult, view, result);
    if (err == 0)
        err = acknowledged_add(db, consult, result);
    if (err == 0)
        err = versions_add(db, consult, result);
    free(text);
    json_decref(note);
    if (err == 0)
        *ret_result = result;
    else
        json_decref(result);
    return err;
}

int result_preview(struct db *db, int64_t consult, int64_t doctor, const json_t *draft,
                   json_t **ret_result)
{
    json_t *next = NULL, *result = json_object();
    int err = store_note_next(db, consult, doctor, &next);

    if (err == 0)
        err = show(draft, result);
    if (err == 0)
        err = show(next, result);               /* after: its version is not the draft's             */
    json_decref(next);
    if (err == 0)
        err = complete(result);
    if (err == 0)
        err = prescriptions_add(db, consult, RESULT_FOR_PATIENT, result);
    if (err == 0)
        err = versions_add(db, consult, result);
    if (err == 0)
        *ret_result = result;
    else
        json_decref(result);
    return err;
}

/* --- reading it ---------------------------------------------------------------------------------------- */

static enum result_view view_of(const struct action *a)
{
    return a->access.treats ? RESULT_FOR_DOCTOR : RESULT_FOR_PATIENT;
}

static int answer(struct action *a, struct db *db, int64_t version)
{
    json_t *result = NULL;
    int err = result_get(db, action_consult(a), version, view_of(a), &result);

    return err ? err : action_answer(a, result);
}

static int result_read(struct action *a, struct db *db)
{
    int64_t version;
    int err = action_take_int(a, "version", 1, INT64_MAX, 0, &version);

    if (err == 0)
        err = action_end_input(a);
    return err ? err : answer(a, db, version);
}

static int tell_acknowledged(struct action *a, struct db *db, int64_t version)
{
    json_t *body = NULL, *users = NULL, *user;
    char at[DB_TIME_SIZE];
    size_t i;
    int err = store_consult_participants(db, action_consult(a), &users);

    db_time_print(db_now(db), at);
    body = json_pack("{s:s, s:I, s:s}", "consult", action_consult_id(a), "version", (json_int_t)version, "at",
                     at);
    json_array_foreach(users, i, user)
        if (err == 0)
            err = action_publish(a, TO_USER_ALL, json_string_value(json_object_get(user, "id")),
                                 "result:acknowledged", body);
    json_decref(users);
    json_decref(body);
    return err;
}

/* He has understood it, or who acts for him has. */
static int result_acknowledge(struct action *a, struct db *db)
{
    int64_t version;
    int done = 0, err = a->access.treats ? -EPERM : action_take_int(a, "version", 1, INT64_MAX, 0, &version);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && version == 0)
        err = action_mind(a, "version is missing: which one was read");
    if (err == 0)
        err = done = store_result_acknowledge(db, action_consult(a), version, action_user(a));
    if (done > 0)
        err = store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = "result.acknowledge",
                                                       .object = action_consult_id(a),
                                                       .ip = action_address(a) });
    if (done > 0 && err == 0)
        err = tell_acknowledged(a, db, version);
    return err < 0 ? err : answer(a, db, version);
}

/* --- when he has not ----------------------------------------------------------------------------------- */

static int remind_user(struct action *a, struct db *db, const struct result_due *due, const char *user,
                       const char *key)
{
    return notify_user(a, db, &(struct notification_new){ .user = user, .kind = "result-unread",
                                                          .object = due->consult_id, .dedupe_key = key });
}

/* After a day him and his doctor, after two the desk; each is told once of a version. */
static int remind(struct action *a, struct db *db, const struct result_due *due)
{
    int64_t now = db_now(db), next = due->signed_utc + 2 * DAY_S;
    char key[KEY_SIZE];
    int err;

    (void)snprintf(key, sizeof key, "result-unread:%s:%lld", due->consult_id, (long long)due->version);
    err = remind_user(a, db, due, due->account_id, key);
    if (err == 0)
        err = remind_user(a, db, due, due->doctor_id, key);
    if (err == 0 && next <= now)
        err = notify_desk(a, db, due->clinic,
                          (struct notification_new){ .kind = "result-unread", .object = due->consult_id,
                                                     .dedupe_key = key });
    return err ? err : store_result_due_set(db, due->consult, next <= now ? 0 : next);
}

int results_remind(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    struct result_due *all = xalloc(STORE_RESULTS_DUE_MAX * sizeof *all);
    int count = store_result_due(db, all), err = count < 0 ? count : 0;

    for (int i = 0; i < count && err == 0; i++)
        err = remind(a, db, &all[i]);
    free(all);
    return err ? err : store_result_due_next(db, ret_next_utc);
}

/* The doors. */
const struct route result_routes[] = {
    { "GET", "/api/v1/consultations/{consult}/result", result_read, MAY_PARTICIPANT, READ | VIEW, NULL,
      NULL },
    { "POST", "/api/v1/consultations/{consult}/result/acknowledge", result_acknowledge, MAY_PARTICIPANT, 0,
      NULL, NULL },
    { 0 },
};
