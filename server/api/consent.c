/* consent.c - what patients agree to, by version. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "auth/digest.h"
#include "consent.h"
#include "door.h"
#include "storage/store_appointment.h"
#include "storage/store_audit.h"
#include "storage/store_consent.h"

enum { LANG_MAX = 16, TITLE_MAX = 200, BODY_MAX = 60000 };

static int list_answer(struct action *a, json_t *items)
{
    return action_answer(a, json_pack("{s:o, s:n}", "items", items, "nextCursor"));
}

static int clinic_take(struct action *a, struct db *db, int64_t *ret_clinic)
{
    const char *clinic;
    int err = action_take_text(a, "clinic", 64, &clinic);

    return err ? err : store_consent_clinic(db, clinic, ret_clinic);
}

/* Himself, or one he acts for. */
static int patient_take(struct action *a, struct db *db, int64_t *ret_patient)
{
    const char *patient;
    int err = action_take_text(a, "patient", 64, &patient);

    return err ? err : store_patient_find(db, action_user(a), patient, ret_patient);
}

static int document_list(struct action *a, struct db *db)
{
    const char *lang;
    json_t *documents = NULL;
    int64_t clinic = 0;
    int err = action_take_text(a, "lang", LANG_MAX, &lang);

    if (err == 0)
        err = clinic_take(a, db, &clinic);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_consent_current(db, clinic, lang != NULL ? lang : "zh-CN", &documents);
    return err ? err : list_answer(a, documents);
}

static int consent_list(struct action *a, struct db *db)
{
    json_t *consents = NULL;
    int64_t patient;
    int err = patient_take(a, db, &patient);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_consent_list(db, patient, &consents);
    return err ? err : list_answer(a, consents);
}

int consent_check(struct action *a, struct db *db, const struct appointment_access *appointment)
{
    json_t *missing = NULL;
    int err = store_consent_missing(db, appointment->patient, appointment->clinic, &missing);

    if (err)
        return err;
    if (json_array_size(missing) == 0) {
        json_decref(missing);
        return 0;
    }
    return action_explain(a, "missing", missing) != 0 ? -ENOMEM : -EKEYREJECTED;
}

/* Of what stood there, in all its languages. */
static int evidence_make(struct db *db, struct consent_given *given)
{
    json_t *texts = NULL;
    char *text = NULL;
    int err = store_consent_texts(db, given->doc_type, given->doc_version, &texts);

    if (err)
        return err;
    text = json_dumps(texts, JSON_COMPACT | JSON_SORT_KEYS);
    err = text != NULL ? digest_sha256(text, strlen(text), given->evidence) : -ENOMEM;
    json_decref(texts);
    free(text);
    return err;
}

static int audit(struct action *a, struct db *db, const char *what, const char *type, const char *detail)
{
    return store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = what, .object = type,
                                                    .ip = action_address(a), .detail = detail });
}

/* Only to what is in force; saying it twice changes nothing. */
static int consent_give(struct action *a, struct db *db)
{
    struct consent_given given = { .ip = action_address(a) };
    int added, err = action_take_text(a, "docType", STORE_CONSENT_TYPE_MAX, &given.doc_type);

    if (err == 0)
        err = action_take_text(a, "docVersion", 16, &given.doc_version);
    if (err == 0)
        err = patient_take(a, db, &given.patient);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && (given.doc_type == NULL || given.doc_version == NULL))
        err = action_mind(a, "docType and docVersion are needed");
    if (err == 0)
        err = evidence_make(db, &given);
    if (err)
        return err;
    added = store_consent_give(db, &given);
    if (added > 0)
        err = audit(a, db, "consent.give", given.doc_type, given.doc_version);
    if (added < 0 || err)
        return added < 0 ? added : err;
    return action_answer(a,
                         json_pack("{s:s, s:s}", "docType", given.doc_type, "docVersion", given.doc_version));
}

/* What is booked stays booked: without it nobody checks in. */
static int consent_withdraw(struct action *a, struct db *db)
{
    const char *type;
    int64_t patient, clinic;
    int err = action_take_text(a, "docType", STORE_CONSENT_TYPE_MAX, &type);

    if (err == 0)
        err = patient_take(a, db, &patient);
    if (err == 0)
        err = clinic_take(a, db, &clinic);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_consent_withdraw(db, patient, clinic, type);
    return err ? err : audit(a, db, "consent.withdraw", type, NULL);
}

/* --- publishing ---------------------------------------------------------------------------------------- */

static bool is_text(const char *text, size_t max)
{
    return *text != '\0' && strlen(text) <= max;
}

static int texts_read(struct action *a, const json_t *list, struct consent_text *texts, size_t *ret_count)
{
    json_t *one;
    size_t i;

    if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > STORE_CONSENT_LANGS_MAX)
        return action_mind(a, "texts must be a list of one to eight { lang, title, text }");
    json_array_foreach(list, i, one)
    {
        struct consent_text *t = &texts[i];

        if (json_unpack_ex(one, NULL, JSON_STRICT, "{s:s, s:s, s:s}", "lang", &t->lang, "title", &t->title,
                           "text", &t->body) != 0 ||
            !is_text(t->lang, LANG_MAX) || !is_text(t->title, TITLE_MAX) || !is_text(t->body, BODY_MAX))
            return action_mind(a, "a text is { lang, title, text }, none of them empty");
    }
    *ret_count = json_array_size(list);
    return 0;
}

/* In force at once in his clinic, instead of the server's. */
static int document_publish(struct action *a, struct db *db)
{
    struct consent_text texts[STORE_CONSENT_LANGS_MAX];
    const char *type;
    char version[24];
    json_t *list = NULL;
    int64_t number;
    size_t count = 0;
    int err = action_unpack(a, "{s:s, s:o !}", "docType", &type, "texts", &list);

    if (err == 0 && !is_text(type, STORE_CONSENT_TYPE_MAX))
        err = action_mind(a, "docType must have 1 to 32 characters");
    if (err == 0)
        err = texts_read(a, list, texts, &count);
    if (err == 0)
        err = store_consent_publish(db, action_clinic(a), type, texts, count, &number);
    if (err)
        return err;
    (void)snprintf(version, sizeof version, "%lld", (long long)number);
    err = audit(a, db, "consent.publish", type, version);
    return err ? err : action_answer(a, json_pack("{s:s, s:s}", "docType", type, "docVersion", version));
}

/* The doors. */
const struct route consent_routes[] = {
    { "GET", "/api/v1/consents", document_list, MAY_USER, READ, NULL, NULL },
    { "GET", "/api/v1/me/consents", consent_list, MAY_PATIENT, READ, NULL, NULL },
    { "POST", "/api/v1/me/consents", consent_give, MAY_PATIENT, CREATED | KEYED, NULL, NULL },
    { "DELETE", "/api/v1/me/consents/{docType}", consent_withdraw, MAY_PATIENT, 0, NULL, NULL },
    { "POST", "/api/v1/admin/consents", document_publish, MAY_ADMIN, CREATED | KEYED, NULL, NULL },
    { 0 },
};
