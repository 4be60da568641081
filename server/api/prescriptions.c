/* prescriptions.c - the pharmacist's word on a prescription, its end, and its code at a counter. */
#include "prescriptions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cards.h"
#include "clock.h"
#include "config.h"
#include "door.h"
#include "net/limiter.h"
#include "notifications.h"
#include "prescription_checks.h"
#include "storage/store_audit.h"
#include "storage/store_drug.h"
#include "storage/store_health.h"
#include "xalloc.h"

enum { REASON_MAX_BYTES = 4 * PRESCRIPTION_REASON_MAX, HOUR_S = 3600 };

/* --- telling ------------------------------------------------------------------------------------------- */

/* What a state is to whom; whoever is not named hears of it by the event only. */
struct news { const char *state, *pharmacist, *doctor, *patient; };
static const struct news news[] = {
    { "in_review", "prescription-to-review", NULL, NULL },
    { "approved", NULL, "prescription-approved", "prescription-ready" },
    { "rejected", NULL, "prescription-rejected", NULL },
    { "cancelled", NULL, NULL, "prescription-cancelled" },
    { "expired", NULL, "prescription-expired", "prescription-expired" },
};

static struct news news_of(const char *state)
{
    for (size_t i = 0; i < sizeof news / sizeof *news; i++)
        if (strcmp(news[i].state, state) == 0)
            return news[i];
    return (struct news){ .state = state };
}

/* One user, by his public id. kind NULL: no notice. */
static int tell_one(struct action *a, struct db *db, const struct prescription_row *row, const char *user,
                    const char *kind, const char *object, const json_t *body)
{
    char key[96];
    int err = action_publish(a, TO_USER, user, "prescription:changed", body);

    if (err || kind == NULL)
        return err;
    (void)snprintf(key, sizeof key, "%s:%s", kind, row->public_id);
    return notify_user(a, db, &(struct notification_new){ .user = user, .kind = kind, .object = object,
                                                          .dedupe_key = key });
}

/* Those of `users` (taken) in this role; NULL: all. */
static int tell_each(struct action *a, struct db *db, const struct prescription_row *row, json_t *users,
                     const char *role, const char *kind, const json_t *body)
{
    const char *object = role == NULL ? row->public_id : row->consult_id;
    json_t *user;
    size_t i;
    int err = 0;

    json_array_foreach(users, i, user) {
        const char *is = json_string_value(json_object_get(user, "role"));

        if (err == 0 && (role == NULL || strcmp(is, role) == 0))
            err = tell_one(a, db, row, json_string_value(json_object_get(user, "id")), kind, object, body);
    }
    json_decref(users);
    return err;
}

static int body_make(struct db *db, const struct prescription_row *row, enum prescription_view view,
                     json_t **ret_body)
{
    json_t *shown = NULL;
    int err = store_prescription_get(db, row->id, view, &shown);

    if (err)
        return err;
    *ret_body = json_pack("{s:o}", "prescription", shown);
    return *ret_body != NULL ? 0 : -ENOMEM;
}

static int patients_tell(struct action *a, struct db *db, const struct prescription_row *row,
                         const char *kind)
{
    json_t *users = NULL, *body = NULL;
    int err = body_make(db, row, FOR_PATIENT, &body);

    if (err == 0)
        err = store_consult_participants(db, row->consult, &users);
    if (err == 0)
        err = tell_each(a, db, row, users, "patient", kind, body);
    json_decref(body);
    return err;
}

int prescription_tell(struct action *a, struct db *db, const char *id)
{
    struct prescription_row row;
    json_t *users = NULL, *body = NULL;
    int err = store_prescription_find(db, id, &row);
    struct news is;

    if (err)
        return err;
    is = news_of(row.state);
    err = body_make(db, &row, FOR_CLINIC, &body);
    if (err == 0)
        err = tell_one(a, db, &row, row.signer_id, is.doctor, row.consult_id, body);
    if (err == 0)
        err = store_prescription_pharmacists(db, row.clinic, &users);
    if (err == 0)
        err = tell_each(a, db, &row, users, NULL, is.pharmacist, body);
    if (err == 0 && row.approved)
        err = patients_tell(a, db, &row, is.patient);
    json_decref(body);
    return err;
}

static int note(struct action *a, struct db *db, const struct prescription_row *row, const char *what)
{
    int err = store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = what,
                                                       .object = row->public_id, .ip = action_address(a) });

    return err ? err : prescription_tell(a, db, row->public_id);
}

/* --- its end ------------------------------------------------------------------------------------------- */

int prescription_end(struct action *a, struct db *db, const struct prescription_row *row, const char *state,
                     const char *reason)
{
    static const struct { const char *state, *what; } acts[] = {
        { "dispensed", "prescription.dispense" }, { "cancelled", "prescription.cancel" },
        { "expired", "prescription.expire" },
    };
    int err = store_prescription_end(db, row, state, action_user(a), reason);

    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (err == 0 && strcmp(acts[i].state, state) == 0)
            err = note(a, db, row, acts[i].what);
    return err;
}

int prescriptions_expire(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    struct prescription_row *due = xalloc(PRESCRIPTIONS_DUE_MAX * sizeof *due);
    int count = store_prescription_due(db, due), err = count < 0 ? count : 0;

    for (int i = 0; i < count && err == 0; i++)
        err = prescription_end(a, db, &due[i], "expired", NULL);
    free(due);
    return err ? err : store_prescription_due_next(db, ret_next_utc);
}

/* --- doing --------------------------------------------------------------------------------------------- */

static int answer(struct action *a, struct db *db)
{
    const struct prescription_access *access = action_prescription(a);
    bool patient = strcmp(action_role(a), "pharmacist") != 0 && !access->keeps;
    json_t *body = NULL;
    int err = body_make(db, &access->row, patient ? FOR_PATIENT : FOR_CLINIC, &body);

    return err ? err : action_answer(a, body);
}

/* 1: it is in that state already, which is answered as the first time. */
static int is_in(const struct action *a, const char *state)
{
    return strcmp(action_prescription(a)->row.state, state) == 0;
}

/* For who decides: what speaks against it now, and what the patient is allergic to. */
static int checks_show(struct db *db, const struct prescription_row *row, json_t *shown)
{
    json_t *health = NULL, *allergies, *checks = NULL;
    int err = store_health_of(db, row->consult, &health);

    allergies = json_object_get(health, "allergies");
    if (err == 0)
        err = prescription_check(db, row->consult, json_object_get(shown, "items"), allergies, &checks);
    if (err == 0)
        err = json_object_set_new(shown, "checks", checks) != 0 ? -ENOMEM : 0;
    if (err == 0 && allergies != NULL)
        err = json_object_set(shown, "allergies", allergies) != 0 ? -ENOMEM : 0;
    json_decref(health);
    return err;
}

static int prescription_get(struct action *a, struct db *db)
{
    const struct prescription_access *access = action_prescription(a);
    json_t *body = NULL;
    int err = action_end_input(a);

    if (err || strcmp(action_role(a), "pharmacist") != 0)
        return err ? err : answer(a, db);
    err = body_make(db, &access->row, FOR_CLINIC, &body);
    if (err == 0)
        err = checks_show(db, &access->row, json_object_get(body, "prescription"));
    if (err == 0)
        return action_answer(a, body);
    json_decref(body);
    return err;
}

/* In the conversation, by its doctor. */
static int card_show(struct action *a, struct db *db, const struct prescription_row *row)
{
    return consult_card_in(a, db, &(struct card_place){ row->consult, row->signer, row->consult_id },
                           json_pack("{s:s, s:s, s:s}", "type", "prescription", "prescription",
                                     row->public_id, "state", "approved"));
}

static int prescription_approve(struct action *a, struct db *db)
{
    const struct prescription_row *row = &action_prescription(a)->row;
    char token[TOKEN_REFRESH_SIZE];
    unsigned char hash[TOKEN_HASH_SIZE];
    struct prescription_verdict yes = { .reviewer = action_user(a), .token = token, .token_hash = hash };
    int err = action_end_input(a);

    if (err || is_in(a, "approved"))
        return err ? err : answer(a, db);
    yes.expires_utc = db_now(db) + action_api(a)->parts.config->prescription_hours * HOUR_S;
    err = token_refresh_new(token);
    if (err == 0)
        err = token_refresh_hash(token, hash);
    if (err == 0)
        err = store_prescription_review(db, row, &yes);
    explicit_bzero(token, sizeof token);
    if (err == 0)
        err = card_show(a, db, row);
    if (err == 0)
        err = note(a, db, row, "prescription.approve");
    if (err)
        return err;
    action_due(a, yes.expires_utc);
    return answer(a, db);
}

/* A reason is needed. */
static int reason_take(struct action *a, const char **ret_reason)
{
    int err = action_take_text(a, "reason", REASON_MAX_BYTES, ret_reason);

    if (err == 0)
        err = action_end_input(a);
    return err == 0 && *ret_reason == NULL ? action_mind(a, "reason is missing") : err;
}

static int prescription_reject(struct action *a, struct db *db)
{
    const struct prescription_row *row = &action_prescription(a)->row;
    struct prescription_verdict no = { .reviewer = action_user(a) };
    int err = reason_take(a, &no.reason);

    if (err == 0 && !is_in(a, "rejected")) {
        err = store_prescription_review(db, row, &no);
        if (err == 0)
            err = note(a, db, row, "prescription.reject");
    }
    return err ? err : answer(a, db);
}

static int prescription_dispense(struct action *a, struct db *db)
{
    const struct prescription_row *row = &action_prescription(a)->row;
    int err = action_end_input(a);

    if (err == 0 && !is_in(a, "dispensed"))
        err = row->expires_utc <= db_now(db) ? DB_BAD_TRANSITION       /* the clock is late               */
              : prescription_end(a, db, row, "dispensed", NULL);
    return err ? err : answer(a, db);
}

static int prescription_cancel(struct action *a, struct db *db)
{
    const char *reason;
    int err = reason_take(a, &reason);

    if (err == 0 && !is_in(a, "cancelled"))
        err = prescription_end(a, db, &action_prescription(a)->row, "cancelled", reason);
    return err ? err : answer(a, db);
}

static int prescription_list(struct action *a, struct db *db)
{
    bool reviews = strcmp(action_role(a), "pharmacist") == 0;
    struct prescription_list list = { .clinic = reviews ? action_clinic(a) : 0,
                                      .signer = reviews ? 0 : action_user(a) };
    int64_t limit;
    json_t *page = NULL;
    int err = action_take_text(a, "state", 16, &list.state);

    if (err == 0)
        err = action_take_text(a, "cursor", DB_ID_SIZE, &list.cursor);
    if (err == 0)
        err = action_take_int(a, "limit", 1, 100, 20, &limit);
    if (err == 0)
        err = action_end_input(a);
    if (err)
        return err;
    list.limit = (int)limit;
    err = store_prescription_list(db, &list, &page);
    return err ? err : action_answer(a, page);
}

static int drug_search(struct action *a, struct db *db)
{
    const char *text;
    int64_t limit;
    json_t *items = NULL;
    int err = action_take_text(a, "q", STORE_DRUG_WORD_MAX, &text);

    if (err == 0)
        err = action_take_int(a, "limit", 1, STORE_DRUGS_MAX, 20, &limit);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && text == NULL)
        err = action_mind(a, "q is missing");
    if (err == 0)
        err = store_drug_search(db, text, (int)limit, &items);
    return err ? err : action_answer(a, json_pack("{s:o, s:n}", "items", items, "nextCursor"));
}

/* --- its code, at a counter ---------------------------------------------------------------------------- */

static int code_gate(struct action *a, struct db *db)
{
    const char *address = action_address(a);

    (void)db;
    return limiter_take(a->api->codes, address, strlen(address), 1, clock_ms(), NULL) != 0 ? -EDQUOT : 0;
}

/* Enough to compare with who stands there: the first character. */
static int name_mask(json_t *shown)
{
    const char *name = json_string_value(json_object_get(shown, "patient"));
    char masked[8];
    int size = 1;

    while (size < 4 && ((unsigned char)name[size] & 0xc0) == 0x80)
        size++;
    (void)snprintf(masked, sizeof masked, "%.*s**", size, name);
    return json_object_set_new(shown, "patient", json_string(masked)) != 0 ? -ENOMEM : 0;
}

/* Whoever holds the code; what it says is as it is now. */
static int code_check(struct action *a, struct db *db)
{
    unsigned char hash[TOKEN_HASH_SIZE];
    const char *token;
    json_t *shown = NULL;
    int err = action_take_text(a, "token", 2 * TOKEN_REFRESH_SIZE, &token);

    if (err == 0)
        err = action_end_input(a);
    if (err)
        return err;
    err = token_refresh_hash(token, hash);
    if (err == 0)
        err = store_prescription_by_token(db, hash, &shown);
    if (err)
        return err == -EBADMSG ? -ENOENT : err;
    err = name_mask(shown);
    if (err == 0)
        return action_answer(a, shown);
    json_decref(shown);
    return err;
}

static const struct step approve_steps[] = { REAUTH_STEPS, { ON_WRITER, prescription_approve }, { 0 } };
static const struct step code_steps[] = { { ON_LOOP, code_gate }, { ON_READER, code_check }, { 0 } };

/* The doors. */
const struct route prescription_routes[] = {
    { "GET", "/api/v1/drugs", drug_search, MAY_CARE, READ, NULL, NULL },
    { "GET", "/api/v1/prescriptions", prescription_list, MAY_CARE, READ | VIEW, NULL, NULL },
    { "GET", "/api/v1/prescriptions/{prescription}", prescription_get, MAY_SEE_PRESCRIPTION, READ | VIEW,
      NULL, NULL },
    { "POST", "/api/v1/prescriptions/{prescription}/approve", NULL, MAY_REVIEW, 0, approve_steps, NULL },
    { "POST", "/api/v1/prescriptions/{prescription}/cancel", prescription_cancel, MAY_KEEP_PRESCRIPTION, 0,
      NULL, NULL },
    { "POST", "/api/v1/prescriptions/{prescription}/dispense", prescription_dispense, MAY_REVIEW, 0, NULL,
      NULL },
    { "POST", "/api/v1/prescriptions/{prescription}/reject", prescription_reject, MAY_REVIEW, 0, NULL,
      NULL },
    { "GET", "/api/v1/prescription-checks/{token}", NULL, MAY_ANYBODY, READ, code_steps, NULL },
    { 0 },
};
