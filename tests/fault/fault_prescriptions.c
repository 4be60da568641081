/* fault_prescriptions.c - drugs and prescriptions, while allocations and steps fail. */
#include "fault_clinic.h"

#include "rx_check.h"
#include "storage/store_drug.h"
#include "storage/store_prescription.h"

static const unsigned char hash[PRESCRIPTION_TOKEN_HASH_SIZE] = { 7 };

struct pharmacy { struct clinic c; struct store_user pharmacist; int64_t consult, other; };

static const char items[] =
    "[{\"drug\":\"D1\",\"name\":{\"zh\":\"药\",\"en\":\"Drug\"},\"dose\":500,\"unit\":\"mg\","
    "\"route\":\"oral\",\"frequency\":\"tid\",\"days\":3,\"quantity\":1,\"override\":\"why\"}]";

/* Of a drug that is not in the list, for a child without guardian. */
static int check(struct db *db)
{
    json_t *of = NULL, *drugs = json_object(), *checks = NULL;
    int err = drugs != NULL ? db_json_read(db, items, strlen(items), &of) : -ENOMEM;

    if (err == 0)
        err = rx_check(&(struct rx_case){ .items = of, .drugs = drugs, .age_years = 3 }, &checks);
    if (err == 0) {
        CHECK_STR(text_at(checks, "0.code"), "child-guardian");
        CHECK_STR(text_at(checks, "1.why"), "D1");
    }
    json_decref(checks);
    json_decref(drugs);
    json_decref(of);
    return err;
}

static int do_drug(struct db *db, const void *data)
{
    const struct drug_new new = { .code = "D1", .zh = "阿莫西林", .en = "Amoxicillin", .pinyin = "a mo xi lin",
                                  .ingredient = "amoxicillin", .classes = "[{\"zh\":\"类\",\"en\":\"x\"}]",
                                  .form = "tablet", .unit = "mg", .max_per_day = 3000 };
    json_t *drug = NULL, *found = NULL;
    int err = store_drug_put(db, &new);

    (void)data;
    if (err == 0)
        err = store_drug_find(db, "D1", &drug);
    if (err == 0)
        err = store_drug_search(db, "mo", 0, &found);
    if (err == 0)
        CHECK_INT(json_array_size(found), 0);
    json_decref(found);
    found = NULL;
    if (err == 0)
        err = store_drug_search(db, "AMXL", 0, &found);
    if (err == 0) {
        CHECK_STR(text_at(drug, "classes.0.en"), "x");
        CHECK_STR(text_at(found, "0.code"), "D1");
    }
    json_decref(drug);
    json_decref(found);
    return err ? err : check(db);
}

static int sign(struct db *db, const struct pharmacy *p, struct prescription_row *row)
{
    const struct prescription_new new = { .consult = p->consult, .signer = p->c.lee.id, .note_version = 1,
                                          .items = items };

    return store_prescription_add(db, &new, row);
}

static int review(struct db *db, const struct pharmacy *p, const struct prescription_row *row,
                  const char *reason)
{
    const struct prescription_verdict verdict = { .reviewer = p->pharmacist.id, .reason = reason,
                                                  .token = "token", .token_hash = hash,
                                                  .expires_utc = STORE_NOW + 60 };

    return store_prescription_review(db, row, &verdict);
}

static int do_reject(struct db *db, const void *data)
{
    const struct pharmacy *p = data;
    struct prescription_row row;
    struct prescription_access access;
    json_t *shown = NULL, *all = NULL;
    int err = sign(db, p, &row);

    if (err == 0)
        err = review(db, p, &row, "too much");
    if (err == 0)
        err = store_prescription_last(db, p->consult, &row);
    if (err == 0)
        err = store_prescription_access(db, row.public_id, &p->pharmacist, &access);
    if (err == 0)
        err = store_prescription_get(db, row.id, FOR_CLINIC, &shown);
    if (err == 0)
        err = store_prescription_list(db, &(struct prescription_list){ .signer = p->c.lee.id }, &all);
    if (err == 0) {
        CHECK_STR(text_at(shown, "rejectReason"), "too much");
        CHECK_STR(text_at(shown, "items.0.override"), "why");
        CHECK_STR(text_at(all, "items.0.state"), "rejected");
    }
    json_decref(shown);
    json_decref(all);
    return err;
}

static int do_approve(struct db *db, const void *data)
{
    const struct pharmacy *p = data;
    struct prescription_row row, due[PRESCRIPTIONS_DUE_MAX];
    json_t *shown = NULL, *taken = NULL, *of = NULL;
    int64_t next_utc = 0;
    int err = sign(db, p, &row);

    if (err == 0)
        err = review(db, p, &row, NULL);
    if (err == 0)
        err = store_prescription_due(db, due);
    if (err == 0)
        err = store_prescription_due_next(db, &next_utc);
    if (err == 0)
        err = store_prescription_by_token(db, hash, &shown);
    if (err == 0)
        err = store_prescription_taken(db, p->other, &taken);
    if (err == 0)
        err = store_prescription_end(db, &row, "cancelled", p->c.lee.id, "worse");
    if (err == 0)
        err = store_prescription_of(db, p->consult, FOR_PATIENT, &of);
    if (err == 0) {
        CHECK_INT(next_utc, STORE_NOW + 60);
        CHECK_STR(text_at(shown, "patient"), "anna");
        CHECK_STR(text_at(taken, "0.drug"), "D1");
        CHECK_STR(text_at(of, "0.endReason"), "worse");
        CHECK(json_at(of, "0.items.0.override") == NULL);
    }
    json_decref(shown);
    json_decref(taken);
    json_decref(of);
    return err;
}

static fault_act *const acts[] = { do_drug, do_reject, do_approve };

static void pharmacy_open(struct store *s, struct pharmacy *p)
{
    const struct user_new new = { .role = "pharmacist", .login = "zhao", .name = "zhao", .clinic = 1 };

    clinic_open(s, &p->c);
    CHECK_INT(JOB(s, store_user_add(s->db, &new, &p->pharmacist)), 0);
    p->consult = store_start(s, p->c.anna.id, p->c.lee.public_id, "client-1");
    p->other = store_start(s, p->c.anna.id, p->c.lee.public_id, "client-2");
}

TEST(fault_prescriptions, any_step_may_fail)
{
    struct store s;
    struct pharmacy p;

    pharmacy_open(&s, &p);
    fault_sql_steps(&(struct db_options){ .path = s.path, .host = &s.host }, &p, acts, COUNT_OF(acts));
    store_close(&s);
}

TEST(fault_prescriptions, any_allocation_may_fail)
{
    struct store s;
    struct pharmacy p;

    pharmacy_open(&s, &p);
    fault_sql_allocations(&(struct db_options){ .path = s.path, .host = &s.host }, &p, acts, COUNT_OF(acts));
    store_close(&s);
}
