/* test_store_prescription.c - prescriptions, and what the database itself refuses, asked in raw SQL. */
#include "store_fixture.h"

#include "storage/store_prescription.h"

static const char token[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq";
static const unsigned char hash[PRESCRIPTION_TOKEN_HASH_SIZE] = { 1, 2, 3 };

struct pharmacy {
    struct store            s;
    struct store_user       doctor, patient, pharmacist;
    int64_t                 consult;
    struct prescription_row row;                /* signed, in review                                 */
};

static struct store_user pharmacist_of(struct store *s, int64_t clinic, const char *login)
{
    const struct user_new new = { .role = "pharmacist", .login = login, .name = login, .clinic = clinic };
    struct store_user user = { 0 };

    CHECK_INT(JOB(s, store_user_add(s->db, &new, &user)), 0);
    return user;
}

static const char items[] = "[{\"drug\":\"D1\",\"name\":{\"zh\":\"秘药\",\"en\":\"Secret\"},\"dose\":0.5,"
                            "\"days\":3,\"override\":\"he knows better\"}]";

static struct prescription_row sign(struct pharmacy *p, int64_t consult, int64_t replaces)
{
    const struct prescription_new new = { .consult = consult, .signer = p->doctor.id, .note_version = 1,
                                          .replaces = replaces, .items = items };
    struct prescription_row row = { 0 };

    CHECK_INT(JOB(&p->s, store_prescription_add(p->s.db, &new, &row)), 0);
    return row;
}

static void pharmacy_open(struct pharmacy *p)
{
    int64_t clinic;

    store_open(&p->s);
    clinic = store_clinic(&p->s, "Mingde");
    p->doctor = store_doctor(&p->s, clinic, "dr.li");
    p->pharmacist = pharmacist_of(&p->s, clinic, "ph.zhao");
    p->patient = store_patient(&p->s, "wang");
    p->consult = store_start(&p->s, p->patient.id, p->doctor.public_id, "client-1");
    p->row = sign(p, p->consult, 0);
}

static int review(struct pharmacy *p, int64_t reviewer, const char *reason)
{
    const struct prescription_verdict verdict = { .reviewer = reviewer, .reason = reason, .token = token,
                                                  .token_hash = hash, .expires_utc = STORE_NOW + 3600 };

    return JOB(&p->s, store_prescription_review(p->s.db, &p->row, &verdict));
}

static void row_refresh(struct pharmacy *p)
{
    CHECK_INT(store_prescription_find(p->s.db, p->row.public_id, &p->row), 0);
}

static json_t *shown(struct pharmacy *p, enum prescription_view view)
{
    json_t *json = NULL;

    CHECK_INT(store_prescription_get(p->s.db, p->row.id, view, &json), 0);
    return json;
}

TEST(store_prescription, is_sealed_reviewed_and_shown)
{
    struct pharmacy p;
    json_t *json;

    pharmacy_open(&p);
    CHECK_STR(p.row.state, "in_review");
    CHECK_INT(store_number(&p.s, "SELECT instr(items_enc, 'Secret') + instr(items_enc, 'D1') FROM "
                           "prescription", NO_ARGS), 0);
    CHECK_INT(review(&p, p.pharmacist.id, NULL), 0);
    row_refresh(&p);
    CHECK_STR(p.row.state, "approved");
    CHECK(p.row.approved);
    CHECK_INT(store_number(&p.s, "SELECT instr(token_enc, $1) FROM prescription", ARGS(TEXT(token))), 0);
    json = shown(&p, FOR_CLINIC);
    CHECK_STR(text_at(json, "token"), token);
    CHECK_STR(text_at(json, "reviewer.name"), "ph.zhao");
    CHECK_STR(text_at(json, "items.0.override"), "he knows better");
    CHECK(json_real_value(json_at(json, "items.0.dose")) == 0.5);
    json_decref(json);
    json = shown(&p, FOR_PATIENT);
    CHECK(json_at(json, "items.0.override") == NULL);
    CHECK_STR(text_at(json, "patient.name"), "wang");
    json_decref(json);
    CHECK_INT(JOB(&p.s, store_prescription_end(p.s.db, &p.row, "cancelled", p.doctor.id, "worse")), 0);
    json = shown(&p, FOR_PATIENT);
    CHECK_STR(text_at(json, "endReason"), "worse");
    json_decref(json);
    CHECK_INT(store_number(&p.s, "SELECT instr(ended_reason_enc, 'worse') FROM prescription", NO_ARGS), 0);
    store_close(&p.s);
}

TEST(store_prescription, rejected_it_says_why_and_has_no_code)
{
    struct pharmacy p;
    json_t *json;

    pharmacy_open(&p);
    CHECK_INT(review(&p, p.pharmacist.id, ""), -EINVAL);
    CHECK_INT(review(&p, p.pharmacist.id, "too much"), 0);
    json = shown(&p, FOR_CLINIC);
    CHECK_STR(text_at(json, "state"), "rejected");
    CHECK_STR(text_at(json, "rejectReason"), "too much");
    CHECK(json_at(json, "token") == NULL);
    json_decref(json);
    CHECK_INT(store_number(&p.s, "SELECT instr(reason_enc, 'too') FROM review", NO_ARGS), 0);
    store_close(&p.s);
}

TEST(store_prescription, nobody_reviews_his_own_and_only_a_pharmacist_of_the_clinic_reviews)
{
    struct pharmacy p;
    struct store_user far, other;

    pharmacy_open(&p);
    far = pharmacist_of(&p.s, store_clinic(&p.s, "South"), "ph.far");
    other = store_doctor(&p.s, p.doctor.clinic, "dr.wu");
    CHECK_INT(review(&p, p.doctor.id, NULL), DB_BAD_TRANSITION);
    CHECK_INT(review(&p, far.id, NULL), DB_BAD_TRANSITION);
    CHECK_INT(review(&p, other.id, NULL), DB_BAD_TRANSITION);
    CHECK_INT(review(&p, p.patient.id, "no"), DB_BAD_TRANSITION);
    /* also were the doctor a pharmacist: the CHECK stands behind the trigger */
    CHECK_INT(JOB(&p.s, db_run(p.s.db, "UPDATE users SET role = 'pharmacist' WHERE id = $1",
                               ARGS(INT(p.doctor.id)))), 1);
    CHECK_INT(review(&p, p.doctor.id, NULL), -EINVAL);
    CHECK_INT(review(&p, p.pharmacist.id, NULL), 0);
    CHECK_INT(review(&p, p.pharmacist.id, "second thoughts"), DB_BAD_TRANSITION);
    store_close(&p.s);
}

static int try(struct pharmacy *p, const char *sql)
{
    CHECK_INT(db_script(p->s.db, "BEGIN IMMEDIATE"), 0);
    return store_job_end(&p->s, db_script(p->s.db, sql));
}

/* As if it was approved, without a word of a pharmacist. */
#define SKIP "token_hash = randomblob(32), token_enc = x'00', expires_utc = 1 "
#define AS_REVIEWED                                                                                          \
    "INSERT INTO review SELECT p.id, p.signer_id, u.id, 'approved', NULL, 0 FROM prescription p, users u "   \
    "WHERE u.role = 'pharmacist'"
#define AGAIN(how)                                                                                           \
    how " INTO prescription SELECT id, public_id, consultation_id, clinic_id, signer_id, note_version, "     \
    "replaces_id, x'00', 'in_review', 0, NULL, NULL, NULL, NULL, NULL, NULL FROM prescription"

TEST(store_prescription, raw_sql_can_neither_skip_the_review_nor_change_what_is_signed)
{
    static const struct { const char *sql; int want; } cases[] = {
        { "UPDATE prescription SET state = 'approved', " SKIP, DB_BAD_TRANSITION },
        { "UPDATE prescription SET state = 'rejected'", DB_BAD_TRANSITION },
        { "UPDATE prescription SET state = 'dispensed', ended_utc = 1", DB_BAD_TRANSITION },
        { "UPDATE OR REPLACE prescription SET state = 'approved', " SKIP, DB_BAD_TRANSITION },
        { "INSERT INTO prescription(public_id, consultation_id, clinic_id, signer_id, note_version, "
          "items_enc, state, signed_utc, token_hash, token_enc, expires_utc) SELECT 'rx_x', consultation_id, "
          "clinic_id, signer_id, 1, items_enc, 'approved', 0, randomblob(32), x'00', 1 FROM prescription",
          DB_BAD_TRANSITION },
        { "INSERT INTO review SELECT id, signer_id, signer_id, 'approved', NULL, 0 FROM prescription",
          DB_BAD_TRANSITION },
        { "INSERT INTO review SELECT p.id, u.id, u.id, 'approved', NULL, 0 FROM prescription p, users u "
          "WHERE u.role = 'pharmacist'", DB_BAD_TRANSITION },
        { "UPDATE prescription SET items_enc = x'00'", DB_APPEND_ONLY },
        { "UPDATE prescription SET signer_id = signer_id + 1", DB_APPEND_ONLY },
        { "UPDATE prescription SET signed_utc = 0", DB_APPEND_ONLY },
        { "UPDATE prescription SET note_version = 2", DB_APPEND_ONLY },
        { "UPDATE prescription SET consultation_id = 2", DB_APPEND_ONLY },
        { "UPDATE prescription SET replaces_id = 1", DB_APPEND_ONLY },
        { "UPDATE prescription SET " SKIP, DB_APPEND_ONLY },
        { "UPDATE prescription SET ended_utc = 1", DB_APPEND_ONLY },
        { "DELETE FROM prescription", DB_APPEND_ONLY },
        { AGAIN("REPLACE"), DB_APPEND_ONLY },
        { AGAIN("INSERT OR REPLACE"), DB_APPEND_ONLY },
        { AGAIN("INSERT") " WHERE true ON CONFLICT(id) DO UPDATE SET items_enc = x'00'", DB_APPEND_ONLY },
    };
    struct pharmacy p;

    pharmacy_open(&p);
    CHECK_INT(try(&p, AS_REVIEWED "; REPLACE INTO review SELECT prescription_id, signer_id, reviewer_id, "
                  "'rejected', x'00', 0 FROM review"), DB_BAD_TRANSITION);
    for (int recursive = 0; recursive < 2; recursive++) {
        CHECK_INT(db_script(p.s.db, recursive ? "PRAGMA recursive_triggers = ON"
                                              : "PRAGMA recursive_triggers = OFF"), 0);
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
            int err = try(&p, cases[i].sql);

            if (err != cases[i].want)
                fail_msg("%s: %d, not %d (%s)", cases[i].sql, err, cases[i].want, db_error(p.s.db));
        }
    }
    CHECK_INT(review(&p, p.pharmacist.id, NULL), 0);
    CHECK_INT(try(&p, "UPDATE review SET verdict = 'rejected', reason_enc = x'00'"), DB_APPEND_ONLY);
    CHECK_INT(try(&p, "DELETE FROM review"), DB_APPEND_ONLY);
    CHECK_INT(try(&p, "REPLACE INTO review SELECT * FROM review"), DB_BAD_TRANSITION);
    CHECK_INT(try(&p, "UPDATE prescription SET expires_utc = expires_utc + 1"), DB_APPEND_ONLY);
    CHECK_INT(try(&p, "UPDATE prescription SET state = 'in_review'"), DB_BAD_TRANSITION);
    CHECK_INT(try(&p, "UPDATE prescription SET state = 'rejected'"), DB_BAD_TRANSITION);
    CHECK_INT(try(&p, "UPDATE prescription SET state = 'expired', ended_utc = 1"), 0);
    CHECK_INT(try(&p, "UPDATE prescription SET state = 'dispensed'"), DB_BAD_TRANSITION);
    CHECK_INT(store_number(&p.s, "SELECT count(*) FROM prescription", NO_ARGS), 1);
    store_close(&p.s);
}

TEST(store_prescription, is_seen_by_its_doctor_and_pharmacists_and_once_approved_by_its_patient)
{
    struct pharmacy p;
    struct prescription_access access;
    struct store_user far, colleague, stranger;
    const char *id;

    pharmacy_open(&p);
    id = p.row.public_id;
    far = pharmacist_of(&p.s, store_clinic(&p.s, "South"), "ph.far");
    colleague = store_doctor(&p.s, p.doctor.clinic, "dr.wu");
    stranger = store_patient(&p.s, "zhao");
    CHECK_INT(store_prescription_access(p.s.db, id, &p.doctor, &access), 0);
    CHECK(access.keeps);
    CHECK_INT(store_prescription_access(p.s.db, id, &p.pharmacist, &access), 0);
    CHECK(!access.keeps);
    CHECK_INT(store_prescription_access(p.s.db, id, &p.patient, &access), -ENOENT);
    CHECK_INT(review(&p, p.pharmacist.id, NULL), 0);
    CHECK_INT(store_prescription_access(p.s.db, id, &p.patient, &access), 0);
    CHECK(!access.keeps);
    CHECK_INT(store_prescription_access(p.s.db, id, &far, &access), -ENOENT);
    CHECK_INT(store_prescription_access(p.s.db, id, &colleague, &access), -ENOENT);
    CHECK_INT(store_prescription_access(p.s.db, id, &stranger, &access), -ENOENT);
    CHECK_INT(store_prescription_access(p.s.db, "rx_none", &p.doctor, &access), -ENOENT);
    store_close(&p.s);
}

TEST(store_prescription, a_code_is_good_for_whoever_holds_it)
{
    static const unsigned char other[PRESCRIPTION_TOKEN_HASH_SIZE] = { 9 };
    struct pharmacy p;
    json_t *json = NULL;

    pharmacy_open(&p);
    CHECK_INT(store_prescription_by_token(p.s.db, hash, &json), -ENOENT);
    CHECK_INT(review(&p, p.pharmacist.id, NULL), 0);
    CHECK_INT(store_prescription_by_token(p.s.db, other, &json), -ENOENT);
    CHECK_INT(store_prescription_by_token(p.s.db, hash, &json), 0);
    check_keys(json, "state clinic doctor patient approvedAt expiresAt items");
    CHECK(json_at(json, "items.0.override") == NULL);
    json_decref(json);
    store_close(&p.s);
}

static int64_t listed(struct pharmacy *p, const struct prescription_list *list, const char **ret_next)
{
    static char next[DB_ID_SIZE];
    json_t *page = NULL;
    int64_t count;

    CHECK_INT(store_prescription_list(p->s.db, list, &page), 0);
    snprintf(next, sizeof next, "%s", text_at(page, "nextCursor"));
    count = (int64_t)json_array_size(json_at(page, "items"));
    if (ret_next != NULL)
        *ret_next = next;
    json_decref(page);
    return count;
}

TEST(store_prescription, a_queue_is_of_a_clinic_and_pages)
{
    struct pharmacy p;
    const char *next;
    int64_t clinic;
    json_t *page = NULL;

    pharmacy_open(&p);
    clinic = p.doctor.clinic;
    CHECK_INT(review(&p, p.pharmacist.id, "no"), 0);
    for (int i = 0; i < 3; i++)
        p.row = sign(&p, p.consult, p.row.id);
    CHECK_INT(listed(&p, &(struct prescription_list){ .clinic = clinic, .limit = 2 }, &next), 2);
    CHECK_INT(listed(&p, &(struct prescription_list){ .clinic = clinic, .limit = 2, .cursor = next }, &next),
              1);
    CHECK_STR(next, "(none)");
    CHECK_INT(listed(&p, &(struct prescription_list){ .clinic = clinic, .state = "rejected" }, NULL), 1);
    CHECK_INT(listed(&p, &(struct prescription_list){ .clinic = clinic + 1 }, NULL), 0);
    CHECK_INT(listed(&p, &(struct prescription_list){ .signer = p.doctor.id, .limit = 3 }, &next), 3);
    CHECK_INT(listed(&p, &(struct prescription_list){ .signer = p.doctor.id, .limit = 3, .cursor = next },
                     NULL), 1);
    CHECK_INT(listed(&p, &(struct prescription_list){ .signer = p.doctor.id, .state = "rejected" }, NULL), 1);
    CHECK_INT(store_prescription_list(p.s.db, &(struct prescription_list){ .clinic = clinic,
                                                                           .cursor = "rx_none" }, &page),
              -EINVAL);
    CHECK_INT(store_prescription_of(p.s.db, p.consult, FOR_PATIENT, &page), 0);
    CHECK_INT(json_array_size(page), 0);
    json_decref(page);
    CHECK_INT(store_prescription_of(p.s.db, p.consult, FOR_CLINIC, &page), 0);
    CHECK_INT(json_array_size(page), 4);
    CHECK_STR(text_at(page, "1.replaces"), text_at(page, "0.id"));
    json_decref(page);
    store_close(&p.s);
}

static int64_t taken(struct pharmacy *p, int64_t consult)
{
    json_t *drugs = NULL;
    int64_t count;

    CHECK_INT(store_prescription_taken(p->s.db, consult, &drugs), 0);
    count = (int64_t)json_array_size(drugs);
    json_decref(drugs);
    return count;
}

TEST(store_prescription, counts_as_taken_from_approval_to_its_last_day)
{
    struct pharmacy p;
    struct prescription_row due[PRESCRIPTIONS_DUE_MAX];
    int64_t other, utc;

    pharmacy_open(&p);
    other = store_start(&p.s, p.patient.id, p.doctor.public_id, "client-2");
    CHECK_INT(taken(&p, other), 0);
    CHECK_INT(store_prescription_due_next(p.s.db, &utc), -ENOENT);
    CHECK_INT(review(&p, p.pharmacist.id, NULL), 0);
    CHECK_INT(taken(&p, other), 1);
    CHECK_INT(taken(&p, p.consult), 0);         /* its own is not another one                        */
    CHECK_INT(store_prescription_due_next(p.s.db, &utc), 0);
    CHECK_INT(utc, STORE_NOW + 3600);
    CHECK_INT(store_prescription_due(p.s.db, due), 0);
    p.s.now = STORE_NOW + 3600;
    CHECK_INT(taken(&p, other), 0);
    CHECK_INT(store_prescription_due(p.s.db, due), 1);
    CHECK_STR(due[0].public_id, p.row.public_id);
    CHECK_INT(JOB(&p.s, store_prescription_end(p.s.db, &p.row, "dispensed", p.pharmacist.id, NULL)), 0);
    p.s.now = STORE_NOW + 3600 + 3 * 86400 - 1;
    CHECK_INT(taken(&p, other), 1);
    p.s.now++;
    CHECK_INT(taken(&p, other), 0);
    store_close(&p.s);
}

TEST(store_prescription, knows_what_the_checks_ask)
{
    struct pharmacy p;
    struct prescription_about about;

    pharmacy_open(&p);
    CHECK_INT(store_prescription_about(p.s.db, p.consult, &about), 0);
    CHECK_STR(about.birth_date, "");
    CHECK(!about.has_guardian);
    CHECK(about.licence_until_utc == INT64_MAX);
    CHECK_INT(JOB(&p.s, db_run(p.s.db, "UPDATE patient SET birth_date = '2021-05-06', relation = 'child'",
                               NO_ARGS)), 1);
    CHECK_INT(JOB(&p.s, db_run(p.s.db, "UPDATE doctor SET licence_until_utc = 7", NO_ARGS)), 1);
    CHECK_INT(store_prescription_about(p.s.db, p.consult, &about), 0);
    CHECK_STR(about.birth_date, "2021-05-06");
    CHECK(about.has_guardian);
    CHECK_INT(about.licence_until_utc, 7);
    store_close(&p.s);
}
