/* test_store_consent.c - documents by version, of the server and of clinics, and who has agreed to which. */
#include "store_fixture.h"

#include "storage/store_consent.h"

static const struct consent_text text[] = { { "zh-CN", "条款", "…" }, { "en", "Terms", "All of it." } };

struct ward { struct store s; int64_t north, south, patient, child; };

static int64_t patient_add(struct store *s, int64_t account)
{
    return store_number(s, "INSERT INTO patient(public_id, account_id, display_name, relation) "
                        "VALUES('pat_child', $1, 'child', 'child') RETURNING id", ARGS(INT(account)));
}

static void ward_open(struct ward *w)
{
    int64_t account;

    store_open(&w->s);
    w->north = store_clinic(&w->s, "North");
    w->south = store_clinic(&w->s, "South");
    account = store_patient(&w->s, "wang").id;
    w->patient = store_number(&w->s, "SELECT id FROM patient WHERE account_id = $1", ARGS(INT(account)));
    w->child = patient_add(&w->s, account);
}

static int64_t publish(struct ward *w, int64_t clinic, const char *type)
{
    int64_t version = 0;

    CHECK_INT(JOB(&w->s, store_consent_publish(w->s.db, clinic, type, text, 2, &version)), 0);
    return version;
}

static int give(struct ward *w, int64_t patient, const char *type, const char *version)
{
    const struct consent_given given = { .patient = patient, .doc_type = type, .doc_version = version,
                                         .ip = "192.0.2.7" };

    return JOB(&w->s, store_consent_give(w->s.db, &given));
}

/* "privacy 1 terms 3 " */
static const char *names(json_t *rows, char at[200])
{
    json_t *row;
    size_t i, size = 0;

    at[0] = '\0';
    json_array_foreach(rows, i, row)
        size += (size_t)snprintf(at + size, 200 - size, "%s %s ", text_at(row, "docType"),
                                 text_at(row, "docVersion"));
    json_decref(rows);
    return at;
}

static void check_missing(struct ward *w, int64_t patient, int64_t clinic, const char *want)
{
    json_t *rows = NULL;
    char at[200];

    CHECK_INT(store_consent_missing(w->s.db, patient, clinic, &rows), 0);
    CHECK_STR(names(rows, at), want);
}

static void check_current(struct ward *w, int64_t clinic, const char *want)
{
    json_t *rows = NULL;
    char at[200];

    CHECK_INT(store_consent_current(w->s.db, clinic, "en", &rows), 0);
    CHECK_STR(names(rows, at), want);
}

TEST(store_consent, a_clinics_own_is_in_force_there_and_the_servers_elsewhere)
{
    struct ward w;
    json_t *rows = NULL;

    ward_open(&w);
    CHECK_INT(publish(&w, 0, "terms"), 1);
    CHECK_INT(publish(&w, 0, "privacy"), 1);
    CHECK_INT(publish(&w, w.north, "terms"), 2);
    CHECK_INT(publish(&w, 0, "terms"), 3);
    CHECK_INT(publish(&w, w.south, "photo"), 1);
    check_current(&w, 0, "privacy 1 terms 3 ");
    check_current(&w, w.north, "privacy 1 terms 2 ");
    check_current(&w, w.south, "photo 1 privacy 1 terms 3 ");
    CHECK_INT(store_consent_current(w.s.db, w.north, "fr", &rows), 0);
    CHECK_STR(text_at(rows, "1.clinic.name"), "North");
    CHECK(json_at(rows, "0.clinic") == NULL);
    CHECK_STR(text_at(rows, "1.title"), "Terms");
    json_decref(rows);
    store_close(&w.s);
}

TEST(store_consent, a_version_is_agreed_to_as_long_as_it_is_in_force_where_it_is_of)
{
    static const struct { const char *type, *version; int err; } cases[] = {
        { "terms", "1", -ENOENT }, { "terms", "2", 0 }, { "terms", "3", 0 }, { "terms", "4", -ENOENT },
        { "terms", "x", -ENOENT }, { "other", "1", -ENOENT },
    };
    struct ward w;

    ward_open(&w);
    (void)publish(&w, 0, "terms");
    (void)publish(&w, w.north, "terms");
    (void)publish(&w, 0, "terms");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        json_t *texts = NULL;

        CHECK_INT(store_consent_texts(w.s.db, cases[i].type, cases[i].version, &texts), cases[i].err);
        CHECK_INT(json_array_size(texts), cases[i].err ? 0 : 2);
        json_decref(texts);
    }
    store_close(&w.s);
}

TEST(store_consent, each_patient_agrees_for_himself)
{
    struct ward w;

    ward_open(&w);
    (void)publish(&w, 0, "terms");
    (void)publish(&w, w.north, "terms");
    check_missing(&w, w.patient, w.north, "terms 2 ");
    check_missing(&w, w.patient, w.south, "terms 1 ");
    CHECK_INT(give(&w, w.patient, "terms", "1"), 1);
    CHECK_INT(give(&w, w.patient, "terms", "1"), 0);
    check_missing(&w, w.patient, w.south, "");
    check_missing(&w, w.patient, w.north, "terms 2 ");
    check_missing(&w, w.child, w.south, "terms 1 ");
    CHECK_INT(give(&w, w.child, "terms", "2"), 1);
    check_missing(&w, w.child, w.north, "");
    store_close(&w.s);
}

TEST(store_consent, what_is_withdrawn_stands_no_more_and_stays_on_the_list)
{
    struct ward w;
    json_t *rows = NULL;

    ward_open(&w);
    (void)publish(&w, 0, "terms");
    (void)publish(&w, w.north, "terms");
    CHECK_INT(JOB(&w.s, store_consent_withdraw(w.s.db, w.patient, 0, "terms")), -ENOENT);
    CHECK_INT(give(&w, w.patient, "terms", "1"), 1);
    CHECK_INT(give(&w, w.patient, "terms", "2"), 1);
    CHECK_INT(give(&w, w.child, "terms", "1"), 1);
    w.s.now += 60;
    CHECK_INT(JOB(&w.s, store_consent_withdraw(w.s.db, w.patient, w.north, "terms")), 0);
    CHECK_INT(JOB(&w.s, store_consent_withdraw(w.s.db, w.patient, w.north, "terms")), -ENOENT);
    check_missing(&w, w.patient, w.north, "terms 2 ");
    check_missing(&w, w.patient, w.south, "");
    CHECK_INT(give(&w, w.patient, "terms", "2"), 1);
    check_missing(&w, w.patient, w.north, "");
    CHECK_INT(JOB(&w.s, store_consent_withdraw(w.s.db, w.patient, 0, "terms")), 0);
    check_missing(&w, w.child, w.south, "");
    CHECK_INT(store_consent_list(w.s.db, w.patient, &rows), 0);
    CHECK_INT(json_array_size(rows), 3);
    CHECK(json_at(rows, "0.withdrawnAt") == NULL);
    CHECK_STR(text_at(rows, "0.clinic.name"), "North");
    CHECK_STR(text_at(rows, "1.withdrawnAt"), "2025-11-24T16:01:00Z");
    CHECK_STR(text_at(rows, "1.givenAt"), "2025-11-24T16:00:00Z");
    CHECK(json_at(rows, "2.clinic") == NULL);
    json_decref(rows);
    store_close(&w.s);
}

TEST(store_consent, what_was_given_is_only_ever_withdrawn_once)
{
    static const char *const changes[] = {
        "UPDATE consent SET given_utc = 1", "UPDATE consent SET ip = NULL",
        "UPDATE consent SET patient_id = 99", "UPDATE consent SET evidence_hash = randomblob(32)",
        "DELETE FROM consent",
        "UPDATE consent SET doc_version = 7", "UPDATE consent SET doc_type = 'other'",
    };
    struct ward w;

    ward_open(&w);
    (void)publish(&w, 0, "terms");
    CHECK_INT(give(&w, w.patient, "terms", "1"), 1);
    for (size_t i = 0; i < COUNT_OF(changes); i++)
        if (JOB(&w.s, db_run(w.s.db, changes[i], NO_ARGS)) != DB_APPEND_ONLY)
            fail_msg("not refused: %s", changes[i]);
    CHECK_INT(JOB(&w.s, store_consent_withdraw(w.s.db, w.patient, 0, "terms")), 0);
    CHECK_INT(JOB(&w.s, db_run(w.s.db, "UPDATE consent SET withdrawn_utc = NULL", NO_ARGS)), DB_APPEND_ONLY);
    store_close(&w.s);
}

TEST(store_consent, a_clinic_is_found_by_its_public_id)
{
    struct ward w;
    int64_t clinic = 7;

    ward_open(&w);
    CHECK_INT(store_consent_clinic(w.s.db, NULL, &clinic), 0);
    CHECK_INT(clinic, 0);
    CHECK_INT(store_consent_clinic(w.s.db, "cln_none", &clinic), -ENOENT);
    store_close(&w.s);
}

/* The list up to the file of this name, and without it. */
static size_t list_before(struct migration *list, size_t size, const char *name)
{
    size_t count = 0;

    while (strstr(migrations_sqlite[count].name, name) == NULL) {
        CHECK(count + 1 < size);
        list[count] = migrations_sqlite[count];
        count++;
    }
    list[count] = (struct migration){ 0 };
    return count;
}

TEST(store_consent, what_an_account_agreed_to_before_counts_for_its_family)
{
    struct migration list[64];
    struct ward w = { 0 };

    w.s = (struct store){ .path = ":memory:" };
    store_host(&w.s);
    w.s.db = store_connect(&w.s, false);
    CHECK(list_before(list, COUNT_OF(list), "consent_of") > 0);
    CHECK(migrate_run(w.s.db, &(struct migrate_options){ .list = list }) > 0);
    CHECK_INT(db_script(w.s.db,
                        "INSERT INTO users(id, public_id, role, display_name, created_utc) "
                        "VALUES(1, 'usr_one', 'patient', 'Wang', 1);"
                        "INSERT INTO patient(id, public_id, account_id, relation) "
                        "VALUES(1, 'pat_self', 1, 'self'), (2, 'pat_child', 1, 'child');"
                        "INSERT INTO consent_document VALUES('terms', 1, 'en', 'Terms', '…', 1);"
                        "INSERT INTO consent(patient_id, doc_type, doc_version, given_utc, evidence_hash) "
                        "VALUES(1, 'terms', 1, 5, randomblob(32));"), 0);
    store_migrate(&w.s);
    check_missing(&w, 1, 0, "");
    check_missing(&w, 2, 0, "");
    CHECK_INT(store_number(&w.s, "SELECT count(DISTINCT evidence_hash) FROM consent WHERE given_utc = 5",
                           NO_ARGS), 1);
    store_close(&w.s);
}
