/* test_prescriptions.c - from the doctor's signature to the counter: who hears what, what stands where. */
#include "visit_fixture.h"

#include "prescription_checks.h"
#include "prescriptions.h"
#include "storage/store_drug.h"

#define RX "/api/v1/prescriptions/{prescription}"
#define ITEM(drug, dose)                                                                                     \
    "[{\"drug\":\"" drug "\",\"dose\":" dose ",\"unit\":\"mg\",\"route\":\"oral\",\"frequency\":\"tid\","    \
    "\"days\":3,\"quantity\":1,\"override\":\"he knows better\"}]"

struct ward { struct desk d; struct person pharmacist; };

static void drug_add(struct desk *d, const char *code, const char *ingredient)
{
    const struct drug_new drug = { .code = code, .zh = "药", .en = code, .pinyin = "", .classes = "[]",
                                   .ingredient = ingredient, .form = "tablet", .unit = "mg",
                                   .max_per_day = 3000 };

    CHECK_INT(JOB(&d->s, store_drug_put(d->s.db, &drug)), 0);
}

static void ward_open(struct ward *w)
{
    struct desk *d = &w->d;
    const struct user_new new = { .role = "pharmacist", .login = "ph.zhao", .name = "ph.zhao",
                                  .clinic = 1 };
    struct store_user user = { 0 };

    desk_open(d);
    CHECK_INT(JOB(&d->s, store_user_add(d->s.db, &new, &user)), 0);
    person_login(d, &w->pharmacist, "pharmacist", user);
    drug_add(d, "D1", "one");
    drug_add(d, "D2", "two");
}

/* By the doctor; what was said is in d->said. */
static int sign(struct ward *w, const char *items)
{
    struct desk *d = &w->d;
    char input[128];
    struct action *a;
    json_t *json = json_loads(items, JSON_REJECT_DUPLICATES, NULL);
    int err;

    CHECK(json != NULL);
    snprintf(input, sizeof input, "{\"consult\":\"%s\"}", d->consult);
    a = action_made(d, &d->doctor, "POST " CON "/finish", input);
    store_job_begin(&d->s);
    CHECK_INT(store_consult_access(d->s.db, a->consult_id, a->session.user.id, &a->access), 0);
    err = store_job_end(&d->s, prescription_sign(a, d->s.db, 1, json));
    (void)effects(d, a);
    action_drop(a);
    json_decref(json);
    return err;
}

static struct prescription_row last(struct ward *w)
{
    struct prescription_row row;
    struct consult_access access;

    CHECK_INT(store_consult_access(w->d.s.db, w->d.consult, w->d.doctor.session.user.id, &access), 0);
    CHECK_INT(store_prescription_last(w->d.s.db, access.consult, &row), 0);
    return row;
}

static struct action *act(struct ward *w, const struct person *who, const char *door, const char *more)
{
    return ask_with(&w->d, who, door, "{\"prescription\":\"%s\"%s}", last(w).public_id, more);
}

static int act_err(struct ward *w, const struct person *who, const char *door, const char *more)
{
    return ask_err(act(w, who, door, more));
}

static int64_t count(struct ward *w, const char *state)
{
    return store_number(&w->d.s, "SELECT count(*) FROM prescription WHERE state = $1", ARGS(TEXT(state)));
}

TEST(prescriptions, signed_it_waits_for_a_pharmacist_and_the_patient_hears_nothing)
{
    struct ward w;
    struct action *a;

    ward_open(&w);
    CHECK_INT(sign(&w, ITEM("D1", "500")), 0);
    CHECK(strstr(w.d.said, "prescription:changed>doctor") != NULL);
    CHECK(strstr(w.d.said, w.pharmacist.session.user.public_id) != NULL);
    CHECK(strstr(w.d.said, "patient") == NULL);
    CHECK_STR(last(&w).state, "in_review");
    CHECK_INT(told(&w.d, "prescription-to-review"), 1);
    CHECK_INT(audit_count(&w.d, "prescription.sign"), 1);
    a = ask(&w.d, &w.pharmacist, "GET /api/v1/prescriptions", "{}");
    CHECK_STR(text_at(a->answer, "items.0.items.0.name.en"), "D1");
    CHECK_STR(text_at(a->answer, "items.0.items.0.override"), "he knows better");
    action_drop(a);
    desk_close(&w.d);
}

TEST(prescriptions, items_that_have_not_changed_are_not_signed_again)
{
    struct ward w;
    struct prescription_row first, second;

    ward_open(&w);
    CHECK_INT(sign(&w, "[]"), 0);
    CHECK_INT(sign(&w, ITEM("D1", "500")), 0);
    first = last(&w);
    CHECK_INT(sign(&w, ITEM("D1", "500")), 0);
    CHECK_INT(last(&w).id, first.id);
    CHECK_INT(sign(&w, ITEM("D1", "400")), 0);
    second = last(&w);
    CHECK_INT(store_number(&w.d.s, "SELECT replaces_id FROM prescription WHERE id = $1",
                           ARGS(INT(second.id))), first.id);
    CHECK_INT(count(&w, "cancelled"), 1);
    CHECK_INT(act_err(&w, &w.pharmacist, "POST " RX "/reject", ",\"reason\":\"too much\""), 0);
    CHECK_INT(told(&w.d, "prescription-rejected"), 1);
    CHECK_INT(sign(&w, ITEM("D1", "400")), 0);
    CHECK_INT(last(&w).id, second.id);
    CHECK_INT(sign(&w, ITEM("D2", "400")), 0);
    CHECK_STR(last(&w).state, "in_review");
    CHECK_INT(sign(&w, "[]"), 0);
    CHECK_STR(last(&w).state, "cancelled");
    CHECK_INT(told(&w.d, "prescription-cancelled"), 0);
    CHECK_INT(sign(&w, ITEM("D3", "1")), -ENOENT);
    desk_close(&w.d);
}

TEST(prescriptions, approved_the_patient_has_card_notice_and_code_without_what_is_between_professionals)
{
    struct ward w;
    struct action *a;
    json_t *message = NULL;

    ward_open(&w);
    CHECK_INT(sign(&w, ITEM("D1", "500")), 0);
    a = act(&w, &w.pharmacist, "POST " RX "/approve", "");
    CHECK_INT(a->job.err, 0);
    CHECK(strstr(effects(&w.d, a), "prescription:changed>patient") != NULL);
    CHECK(strstr(w.d.said, "message:new>") != NULL);
    CHECK_INT(a->due_utc, STORE_NOW + 72 * 3600);
    action_drop(a);
    CHECK_INT(told(&w.d, "prescription-ready"), 1);
    CHECK_INT(told(&w.d, "prescription-approved"), 1);
    CHECK_INT(audit_count(&w.d, "prescription.approve"), 1);
    CHECK_INT(store_message_last(w.d.s.db, last(&w).consult, &message), 0);
    CHECK_STR(text_at(message, "card.prescription"), last(&w).public_id);
    CHECK_STR(text_at(message, "sender.id"), w.d.doctor.session.user.public_id);
    json_decref(message);
    a = act(&w, &w.d.patient, "GET " RX, "");
    CHECK_INT(strlen(text_at(a->answer, "prescription.token")), 43);
    CHECK(json_at(a->answer, "prescription.items.0.override") == NULL);
    action_drop(a);
    CHECK_INT(act_err(&w, &w.pharmacist, "POST " RX "/approve", ""), 0);
    CHECK_INT(audit_count(&w.d, "prescription.approve"), 1);
    CHECK_INT(act_err(&w, &w.pharmacist, "POST " RX "/reject", ",\"reason\":\"x\""), DB_BAD_TRANSITION);
    CHECK_INT(act_err(&w, &w.d.doctor, "POST " RX "/cancel", ""), -EINVAL);
    a = act(&w, &w.d.doctor, "POST " RX "/cancel", ",\"reason\":\"worse\"");
    CHECK(strstr(effects(&w.d, a), "prescription:changed>patient") != NULL);
    action_drop(a);
    CHECK_INT(told(&w.d, "prescription-cancelled"), 1);
    CHECK_INT(act_err(&w, &w.pharmacist, "POST " RX "/dispense", ""), DB_BAD_TRANSITION);
    desk_close(&w.d);
}

/* A round after which none is ahead. */
static void last_expires(struct ward *w)
{
    struct action *a = action_new(w->d.api, "jobs", MAY_NOBODY, 0);
    int64_t next_utc;

    a->clockwork = true;
    store_job_begin(&w->d.s);
    CHECK_INT(prescriptions_expire(a, w->d.s.db, &next_utc), -ENOENT);
    CHECK_INT(store_job_end(&w->d.s, 0), 0);
    CHECK(strstr(effects(&w->d, a), "prescription:changed>patient") != NULL);
    action_drop(a);
}

TEST(prescriptions, not_dispensed_in_time_it_expires_also_before_the_clock_has_looked)
{
    struct ward w;

    ward_open(&w);
    CHECK_INT(sign(&w, ITEM("D1", "500")), 0);
    CHECK_INT(act_err(&w, &w.pharmacist, "POST " RX "/approve", ""), 0);
    w.d.s.now += 72 * 3600 - 1;
    CHECK_INT(tick(&w.d, prescriptions_expire), STORE_NOW + 72 * 3600);
    CHECK_STR(last(&w).state, "approved");
    w.d.s.now++;
    CHECK_INT(act_err(&w, &w.pharmacist, "POST " RX "/dispense", ""), DB_BAD_TRANSITION);
    last_expires(&w);
    CHECK_STR(last(&w).state, "expired");
    CHECK_INT(told(&w.d, "prescription-expired"), 2);
    desk_close(&w.d);
}

TEST(prescriptions, checks_ask_the_database_for_drugs_age_licence_and_what_is_taken)
{
    struct ward w;
    json_t *items = json_loads(ITEM("D1", "1001"), 0, NULL), *checks = NULL;
    struct consult_access other;

    ward_open(&w);
    CHECK_INT(sign(&w, ITEM("D1", "500")), 0);
    CHECK_INT(act_err(&w, &w.pharmacist, "POST " RX "/approve", ""), 0);
    other.consult = store_start(&w.d.s, w.d.patient.session.user.id, w.d.doctor.session.user.public_id,
                                "client-again");
    CHECK_INT(db_run(w.d.s.db, "UPDATE doctor SET licence_until_utc = 1", NO_ARGS) > 0, 1);
    CHECK_INT(db_run(w.d.s.db, "UPDATE patient SET birth_date = '2021-11-25'", NO_ARGS) > 0, 1);
    CHECK_INT(prescription_check(w.d.s.db, other.consult, items, NULL, &checks), 0);
    CHECK_INT(json_array_size(checks), 4);
    CHECK_STR(text_at(checks, "0.code"), "licence");
    CHECK_STR(text_at(checks, "1.code"), "child-guardian");
    CHECK_STR(text_at(checks, "2.code"), "duplicate");
    CHECK_STR(text_at(checks, "2.level"), "warning");
    CHECK_STR(text_at(checks, "3.why"), "3003 mg > 3000 mg");
    json_decref(checks);
    json_decref(items);
    desk_close(&w.d);
}
