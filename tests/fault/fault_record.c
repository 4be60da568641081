/* fault_record.c - the record of a consult: what fails leaves all of it or nothing. */
#include "fault_clinic.h"
#include "storage/store_draft.h"
#include "storage/store_health.h"
#include "storage/store_icd.h"
#include "storage/store_note.h"
#include "storage/store_result.h"
#include "storage/store_visit.h"

static int do_icd(struct db *db, const void *data)
{
    json_t *found;
    int64_t version;
    int err = store_icd_version_add(db, "fault", &version);

    (void)data;
    if (err == 0)
        err = store_icd_add(db, version, &(struct icd_new){ "J00", "感冒", "cold", "gan mao" });
    if (err == 0)
        err = store_icd_search(db, "gm", 5, &found);
    if (err)
        return err;
    CHECK_STR(text_at(found, "0.code"), "J00");
    json_decref(found);
    return 0;
}

static int do_draft(struct db *db, const void *data)
{
    const struct clinic *c = data;
    json_t *body = json_pack("{s:s}", "advice", "多喝水"), *draft;
    int64_t consult;
    int err = store_visit_open(db, c->booked, c->anna.id, &consult);

    for (int version = 0; err == 0 && version < 2; version++)
        err = store_draft_put(db, &(struct draft_new){ consult, c->lee.id, version, body });
    if (err == 0)
        err = store_draft_put(db, &(struct draft_new){ consult, c->lee.id, 1, body });       /* again     */
    json_decref(body);
    if (err == 0)
        err = store_draft_get(db, consult, &draft);
    if (err)
        return err;
    CHECK_STR(text_at(draft, "advice"), "多喝水");
    CHECK_INT(int_at(draft, "version"), 2);
    json_decref(draft);
    return 0;
}

/* Signed, with a diagnosis, if nothing fails. */
static int note_add(struct db *db, const struct clinic *c, int64_t *ret_consult)
{
    static const unsigned char hash[NOTE_HASH_SIZE];
    json_t *diagnoses = json_pack("[{s:s, s:s, s:s}]", "system", "ICD-10", "code", "J00", "certainty",
                                  "confirmed");
    struct note_new note = { .author = c->lee.id, .version = 1, .draft = 1, .hash = hash,
                             .text = "{\"advice\":\"多喝水\"}", .diagnoses = diagnoses };
    int err = diagnoses != NULL ? do_icd(db, c) : -ENOMEM;

    if (err == 0)
        err = store_visit_open(db, c->booked, c->anna.id, ret_consult);
    note.consult = *ret_consult;
    if (err == 0)
        err = store_note_add(db, &note);
    json_decref(diagnoses);
    return err;
}

static int do_note(struct db *db, const void *data)
{
    json_t *note = NULL, *versions = NULL, *next = NULL;
    char *text = NULL;
    int64_t consult = 0;
    int err = note_add(db, data, &consult);

    if (err == 0)
        err = store_note_next(db, consult, ((const struct clinic *)data)->lee.id, &next);
    if (err == 0)
        err = store_note_get(db, consult, 0, &note, &text);
    if (err == 0)
        err = store_note_versions(db, consult, &versions);
    if (err == 0) {
        CHECK_STR(text_at(note, "advice"), "多喝水");
        CHECK_STR(text, "{\"advice\":\"多喝水\"}");
        CHECK_INT(json_array_size(versions), 1);
        CHECK_INT(int_at(next, "version"), 2);
    }
    free(text);
    json_decref(note);
    json_decref(versions);
    json_decref(next);
    return err;
}

static int do_result(struct db *db, const void *data)
{
    const struct clinic *c = data;
    struct result_due due[STORE_RESULTS_DUE_MAX];
    json_t *items = NULL;
    int64_t consult = 0, utc;
    int err = note_add(db, c, &consult);

    if (err == 0)
        err = store_timeline(db, consult, c->lee.id, &items);
    if (err == 0)
        CHECK_STR(text_at(items, "0.diagnoses.0.code"), "J00");
    json_decref(items);
    if (err == 0)
        err = store_result_due_set(db, consult, STORE_NOW);
    if (err == 0)
        err = store_result_due_next(db, &utc);
    if (err == 0)
        err = store_result_due(db, due);
    if (err >= 0)
        err = store_result_acknowledge(db, consult, 1, c->anna.id);
    if (err >= 0)
        err = store_result_acknowledged(db, consult, 1, &utc);
    if (err == 0)
        CHECK_INT(utc, STORE_NOW);
    return err;
}

static int do_health(struct db *db, const void *data)
{
    const struct clinic *c = data;
    json_t *body = json_pack("{s:[s], s:[], s:[]}", "conditions", "asthma", "allergies", "medications");
    json_t *health = NULL;
    int64_t consult, patient = 0;
    int err = store_visit_open(db, c->booked, c->anna.id, &consult);

    if (err == 0)
        err = store_health_of(db, consult, &health);
    if (err == 0)
        err = store_health_access(db, text_at(health, "patient.id"), c->anna.id, &patient);
    json_decref(health);
    health = NULL;
    if (err == 0)
        err = store_health_put(db, &(struct health_new){ patient, c->anna.id, 0, body });
    if (err == 0)
        err = store_health_get(db, patient, &health);
    if (err == 0)
        CHECK_STR(text_at(health, "conditions.0"), "asthma");
    json_decref(health);
    json_decref(body);
    return err;
}

static fault_act *const acts[] = { do_icd, do_draft, do_note, do_result, do_health };

TEST(fault_record, any_step_may_fail)
{
    struct store s;
    struct clinic c;

    clinic_open(&s, &c);
    fault_sql_steps(&(struct db_options){ .path = s.path, .host = &s.host }, &c, acts, COUNT_OF(acts));
    store_close(&s);
}

TEST(fault_record, any_allocation_may_fail)
{
    struct store s;
    struct clinic c;

    clinic_open(&s, &c);
    fault_sql_allocations(&(struct db_options){ .path = s.path, .host = &s.host }, &c, acts, COUNT_OF(acts));
    store_close(&s);
}
