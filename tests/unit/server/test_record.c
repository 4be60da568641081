/* test_record.c - a record from its first word to its amendment: what is saved, what is signed, who hears. */
#include "record_fixture.h"
#include "visit_fixture.h"

#include "record.h"
#include "storage/store_icd.h"

static void codes_add(struct desk *d)
{
    int64_t version = 0;

    CHECK_INT(JOB(&d->s, store_icd_version_add(d->s.db, "test", &version)), 0);
    CHECK_INT(JOB(&d->s, store_icd_add(d->s.db, version, &(struct icd_new){ .code = "J00", .zh = "普通感冒",
                                       .en = "Common cold", .pinyin = "pu tong gan mao" })), 0);
}

/* Accepted, with codes. */
static void clinic_open(struct desk *d)
{
    desk_open(d);
    codes_add(d);
    CHECK_INT(ASK_ERR(d, &d->doctor, "consult:accept", "{\"consult\":\"%s\"}", d->consult), 0);
}

static void finish(struct desk *d)
{
    CHECK_INT(ASK_ERR(d, &d->doctor, "consult:finish", "{\"consult\":\"%s\"}", d->consult), 0);
}

static struct action *look(struct desk *d, const struct person *who, const char *door)
{
    return ask_with(d, who, door, "{\"consult\":\"%s\"}", d->consult);
}

static struct action *sign(struct desk *d, int version, const char *more)
{
    return ask_with(d, &d->doctor, SIGN_DOOR, "{\"consult\":\"%s\",\"version\":%d%s}", d->consult, version,
                    more);
}

TEST(record, is_empty_and_then_as_it_was_saved)
{
    struct desk d;
    struct action *a;

    clinic_open(&d);
    a = look(&d, &d.doctor, "GET " RECORD_DOOR);
    check_keys(a->answer, "consult version signedVersion note followUp diagnoses prescription");
    CHECK_INT(int_at(a->answer, "version"), 0);
    action_drop(a);
    CHECK_INT(record_write(&d, d.consult, 0, ",\"note\":{\"complaint\":\"cough\"},\"diagnoses\":[{\"system\":"
                           "\"ICD-10\",\"code\":\"J00\",\"certainty\":\"confirmed\",\"rank\":9,\"label\":"
                           "{\"zh\":\"x\",\"en\":\"x\"}}],\"followUp\":{\"days\":3}"), 0);
    a = look(&d, &d.doctor, "GET " RECORD_DOOR);
    CHECK_INT(int_at(a->answer, "version"), 1);
    CHECK_STR(text_at(a->answer, "note.complaint"), "cough");
    CHECK_STR(text_at(a->answer, "diagnoses.0.label.zh"), "普通感冒");     /* the classification's      */
    CHECK_INT(int_at(a->answer, "diagnoses.0.rank"), 1);
    CHECK_INT(int_at(a->answer, "followUp.days"), 3);
    action_drop(a);
    desk_close(&d);
}

TEST(record, of_another_shape_is_not_saved)
{
    static const struct { const char *members; int want; } cases[] = {
        { ",\"nonsense\":1", -EINVAL }, { ",\"note\":{\"nonsense\":\"x\"}", -EINVAL },
        { ",\"note\":\"x\"", -EINVAL }, { ",\"advice\":7", -EINVAL },
        { ",\"followUp\":{}", -EINVAL }, { ",\"followUp\":{\"days\":0}", -EINVAL },
        { ",\"followUp\":{\"days\":731}", -EINVAL }, { ",\"followUp\":null", 0 },
        { ",\"diagnoses\":[{\"system\":\"ICD-10\",\"code\":\"J01\",\"certainty\":\"confirmed\"}]", -EINVAL },
        { ",\"diagnoses\":[{\"system\":\"ICD-11\",\"code\":\"J00\",\"certainty\":\"confirmed\"}]", -EINVAL },
        { ",\"diagnoses\":[{\"system\":\"ICD-10\",\"code\":\"J00\",\"certainty\":\"maybe\"}]", -EINVAL },
        { ",\"diagnoses\":[{\"system\":\"ICD-10\",\"code\":\"J00\"}]", -EINVAL },
        { ",\"diagnoses\":{}", -EINVAL }, { ",\"prescription\":{\"items\":{}}", -EINVAL },
        { ",\"prescription\":[]", -EINVAL },
    };
    struct desk d;
    int64_t version = 0;

    clinic_open(&d);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int err = record_write(&d, d.consult, version, cases[i].members);

        if (err != cases[i].want)
            fail_msg("%s: %d", cases[i].members, err);
        version += err == 0;
    }
    desk_close(&d);
}

static int write_long(struct desk *d, int characters)
{
    static char words[20000];
    size_t at = (size_t)snprintf(words, sizeof words, ",\"advice\":\"");

    for (int i = 0; i < characters; i++)
        at += (size_t)snprintf(words + at, sizeof words - at, "a");
    snprintf(words + at, sizeof words - at, "\"");
    return record_write(d, d->consult, 0, words);
}

TEST(record, a_text_has_at_most_four_thousand_characters)
{
    struct desk d;

    clinic_open(&d);
    CHECK_INT(write_long(&d, 4001), -EMSGSIZE);
    CHECK_INT(write_long(&d, 4000), 0);
    desk_close(&d);
}

TEST(record, who_has_not_read_what_stands_there_is_shown_it)
{
    struct desk d;
    struct action *a;

    clinic_open(&d);
    CHECK_INT(record_write(&d, d.consult, 0, ",\"advice\":\"one\""), 0);
    a = ask_with(&d, &d.doctor, "PUT " RECORD_DOOR, "{\"consult\":\"%s\",\"version\":0,\"advice\":\"two\"}",
                 d.consult);
    CHECK_INT(a->job.err, -ESTALE);
    CHECK_STR(text_at(a->explained, "record.advice"), "one");
    CHECK_INT(int_at(a->explained, "record.version"), 1);
    action_drop(a);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "PUT " RECORD_DOOR, "{\"consult\":\"%s\",\"advice\":\"two\"}",
                      d.consult), -EINVAL);     /* without If-Match                                   */
    desk_close(&d);
}

TEST(record, saving_says_nothing_to_anybody_and_leaves_one_row_in_ten_minutes)
{
    struct desk d;

    clinic_open(&d);
    for (int i = 0; i < 5; i++) {
        struct action *a = ask_with(&d, &d.doctor, "PUT " RECORD_DOOR,
                                    "{\"consult\":\"%s\",\"version\":%d,\"advice\":\"%d\"}", d.consult, i, i);

        CHECK_INT(a->job.err, 0);
        CHECK_STR(effects(&d, a), "");
        action_drop(a);
    }
    CHECK_INT(audit_count(&d, "record.edit"), 1);
    d.s.now += AUDIT_VIEW_S;
    CHECK_INT(record_write(&d, d.consult, 5, ",\"advice\":\"x\""), 0);
    CHECK_INT(audit_count(&d, "record.edit"), 2);
    desk_close(&d);
}

TEST(record, is_written_from_the_first_meeting_on)
{
    static const struct { const char *path[4]; int want; } cases[] = {
        { { NULL }, DB_BAD_TRANSITION }, { { "active" }, 0 }, { { "active", "paused" }, 0 },
        { { "active", "awaiting_signature" }, 0 }, { { "active", "awaiting_signature", "closed" }, 0 },
        { { "active", "referred_offline" }, DB_BAD_TRANSITION }, { { "expired" }, DB_BAD_TRANSITION },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct consult_access access;
        struct desk d;

        desk_open(&d);
        CHECK_INT(store_consult_access(d.s.db, d.consult, d.doctor.session.user.id, &access), 0);
        for (const char *const *to = cases[i].path; *to != NULL; to++)
            CHECK_INT(store_move(&d.s, access.consult, *to), 1);
        CHECK_INT(record_write(&d, d.consult, 0, RECORD_WHOLE), cases[i].want);
        desk_close(&d);
    }
}

TEST(record, a_preview_is_what_the_patient_would_see_and_what_speaks_against_it)
{
    struct desk d;
    struct action *a;

    clinic_open(&d);
    CHECK_INT(record_write(&d, d.consult, 0, ",\"note\":{\"plan\":\"secret\"},\"summary\":\"plain\""), 0);
    a = look(&d, &d.doctor, "GET " RECORD_DOOR "/preview");
    CHECK_INT(a->job.err, 0);
    CHECK_STR(text_at(a->answer, "result.summary"), "plain");
    check_has_not(a->answer_text, "secret");
    CHECK_INT(int_at(a->answer, "result.version"), 1);
    CHECK_STR(text_at(a->answer, "checks.0.code"), "no-diagnosis");
    CHECK_STR(text_at(a->answer, "checks.1.code"), "no-advice");
    CHECK_STR(text_at(a->answer, "checks.2.code"), "no-follow-up");
    CHECK_STR(text_at(a->answer, "checks.2.level"), "warning");
    action_drop(a);
    desk_close(&d);
}

TEST(record, is_signed_as_it_was_seen_and_without_gaps)
{
    struct desk d;
    struct action *a;

    clinic_open(&d);
    CHECK_INT(record_write(&d, d.consult, 0, ",\"advice\":\" \\n\""), 0);
    a = sign(&d, 1, "");
    CHECK_INT(a->job.err, DB_BAD_TRANSITION);   /* not finished                                       */
    action_drop(a);
    finish(&d);
    a = sign(&d, 1, "");
    CHECK_INT(a->job.err, -EEXIST);
    CHECK_STR(text_at(a->explained, "why"), "checks");
    CHECK_STR(text_at(a->explained, "checks.1.code"), "no-advice");
    action_drop(a);
    CHECK_INT(record_write(&d, d.consult, 1, RECORD_WHOLE), 0);
    a = sign(&d, 1, "");
    CHECK_INT(a->job.err, -EEXIST);
    CHECK_STR(text_at(a->explained, "why"), "version");
    CHECK_INT(int_at(a->explained, "record.version"), 2);
    action_drop(a);
    CHECK_INT(ask_err(sign(&d, 2, ",\"reason\":\"none\"")), -EINVAL);
    CHECK_INT(ask_err(sign(&d, 0, "")), -EINVAL);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM consultation_note", NO_ARGS), 0);
    desk_close(&d);
}

TEST(record, a_signature_closes_the_consult_and_all_hear_of_it_once)
{
    struct desk d;
    struct action *a;

    clinic_open(&d);
    CHECK_INT(record_write(&d, d.consult, 0, ",\"note\":{\"plan\":\"secret\"},\"advice\":\"rest well\","
                           "\"diagnoses\":[{\"system\":\"ICD-10\",\"code\":\"J00\",\"certainty\":"
                           "\"provisional\"}]"), 0);
    finish(&d);
    CHECK_INT(ask_err(look(&d, &d.patient, "GET " RESULT_DOOR)), -ENOENT);
    a = sign(&d, 1, "");
    CHECK_INT(a->job.err, 0);
    CHECK_STR(text_at(a->answer, "consult.state"), "closed");
    check_has(effects(&d, a), "result:signed>doctor; result:signed>patient; notification:new>patient; "
                              "consult:changed>");
    check_has(effects(&d, a), "message:new>room");
    action_drop(a);
    a = sign(&d, 1, "");                        /* whose answer was lost                              */
    CHECK_INT(a->job.err, 0);
    CHECK_STR(effects(&d, a), "");
    action_drop(a);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM consultation_note", NO_ARGS), 1);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM diagnosis", NO_ARGS), 1);
    CHECK_INT(told(&d, "result-ready"), 1);
    CHECK_INT(audit_count(&d, "record.sign"), 1);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM consultation_note WHERE instr(body_enc, 'rest well')",
                           NO_ARGS), 0);
    a = look(&d, &d.patient, "GET " RESULT_DOOR);
    check_keys(a->answer, "consult clinic doctor patient version signedAt hash diagnoses advice followUp "
                          "prescriptions versions");
    CHECK_STR(text_at(a->answer, "diagnoses.0.label.en"), "Common cold");
    CHECK_INT(strlen(text_at(a->answer, "hash")), 64);
    check_has_not(a->answer_text, "secret");
    action_drop(a);
    a = look(&d, &d.doctor, "GET " RESULT_DOOR);
    CHECK_STR(text_at(a->answer, "note.plan"), "secret");
    action_drop(a);
    desk_close(&d);
}

TEST(record, an_amendment_is_another_version_with_its_reason)
{
    struct desk d;
    struct action *a;

    clinic_open(&d);
    CHECK_INT(record_write(&d, d.consult, 0, RECORD_WHOLE), 0);
    finish(&d);
    CHECK_INT(ask_err(sign(&d, 1, "")), 0);
    CHECK_INT(record_write(&d, d.consult, 1, ",\"advice\":\"rest more\",\"noDiagnosisReason\":\"mild\""), 0);
    CHECK_INT(ask_err(sign(&d, 2, "")), -EINVAL);
    CHECK_INT(ask_err(sign(&d, 2, ",\"reason\":\"\"")), -EINVAL);
    a = sign(&d, 2, ",\"reason\":\"typing mistake\"");
    CHECK_INT(a->job.err, 0);
    CHECK_STR(text_at(a->answer, "consult.state"), "closed");
    action_drop(a);
    CHECK_INT(told(&d, "result-amended"), 1);
    a = look(&d, &d.patient, "GET " RESULT_DOOR);
    CHECK_STR(text_at(a->answer, "advice"), "rest more");
    CHECK_STR(text_at(a->answer, "reason"), "typing mistake");
    CHECK_INT(json_array_size(json_at(a->answer, "versions")), 2);
    action_drop(a);
    a = ask_with(&d, &d.patient, "GET " RESULT_DOOR, "{\"consult\":\"%s\",\"version\":\"1\"}", d.consult);
    CHECK_STR(text_at(a->answer, "advice"), "rest well");
    action_drop(a);
    desk_close(&d);
}

/* Who holds the keys and the file, but not the hash: it is found out. */
TEST(record, a_result_whose_hash_is_of_other_words_is_not_shown)
{
    struct desk d;

    clinic_open(&d);
    CHECK_INT(record_write(&d, d.consult, 0, RECORD_WHOLE), 0);
    finish(&d);
    CHECK_INT(ask_err(sign(&d, 1, "")), 0);
    CHECK_INT(db_script(d.s.db, "DROP TRIGGER consultation_note_no_upd; UPDATE consultation_note "
                        "SET hash = zeroblob(32)"), 0);
    CHECK_INT(ask_err(look(&d, &d.patient, "GET " RESULT_DOOR)), -EBADMSG);
    desk_close(&d);
}

#define ACK "POST " RESULT_DOOR "/acknowledge"

TEST(record, the_patient_acknowledges_a_version_once_and_its_doctor_hears)
{
    struct desk d;
    struct action *a;

    clinic_open(&d);
    CHECK_INT(record_write(&d, d.consult, 0, RECORD_WHOLE), 0);
    finish(&d);
    CHECK_INT(ASK_ERR(&d, &d.patient, ACK, "{\"consult\":\"%s\",\"version\":1}", d.consult), -ENOENT);
    CHECK_INT(ask_err(sign(&d, 1, "")), 0);
    CHECK_INT(ASK_ERR(&d, &d.doctor, ACK, "{\"consult\":\"%s\",\"version\":1}", d.consult), -EPERM);
    CHECK_INT(ASK_ERR(&d, &d.patient, ACK, "{\"consult\":\"%s\"}", d.consult), -EINVAL);
    CHECK_INT(ASK_ERR(&d, &d.patient, ACK, "{\"consult\":\"%s\",\"version\":2}", d.consult), -ENOENT);
    for (int i = 0; i < 2; i++) {
        a = ask_with(&d, &d.patient, ACK, "{\"consult\":\"%s\",\"version\":1}", d.consult);
        CHECK_INT(a->job.err, 0);
        CHECK_STR(text_at(a->answer, "acknowledgedAt"), "2025-11-24T16:00:00Z");
        CHECK_STR(effects(&d, a), i == 0 ? "result:acknowledged>doctor; result:acknowledged>patient; " : "");
        action_drop(a);
        d.s.now += 60;
    }
    CHECK_INT(audit_count(&d, "result.acknowledge"), 1);
    desk_close(&d);
}

TEST(record, what_nobody_reads_is_reminded_of_after_a_day_and_two)
{
    static const struct { int64_t hours; int own, desk; } rounds[] = {
        { 23, 0, 0 }, { 24, 2, 0 }, { 25, 2, 0 }, { 48, 2, 1 }, { 90, 2, 1 },
    };
    struct desk d;
    int64_t signed_utc;

    clinic_open(&d);
    staff_add(&d);
    CHECK_INT(record_write(&d, d.consult, 0, RECORD_WHOLE), 0);
    finish(&d);
    CHECK_INT(ask_err(sign(&d, 1, "")), 0);
    signed_utc = d.s.now;
    for (size_t i = 0; i < COUNT_OF(rounds); i++) {
        struct action *a = action_new(d.api, "jobs", MAY_NOBODY, 0);
        int64_t next_utc = 0;
        int err;

        d.s.now = signed_utc + rounds[i].hours * 3600;
        a->clockwork = true;
        store_job_begin(&d.s);
        err = results_remind(a, d.s.db, &next_utc);
        CHECK_INT(err, rounds[i].desk ? -ENOENT : 0);
        CHECK_INT(store_job_end(&d.s, 0), 0);
        action_drop(a);
        CHECK_INT(told(&d, "result-unread"), rounds[i].own + rounds[i].desk);
    }
    desk_close(&d);
}

TEST(record, what_was_read_is_not_reminded_of)
{
    struct desk d;

    clinic_open(&d);
    CHECK_INT(record_write(&d, d.consult, 0, RECORD_WHOLE), 0);
    finish(&d);
    CHECK_INT(ask_err(sign(&d, 1, "")), 0);
    CHECK_INT(ASK_ERR(&d, &d.patient, ACK, "{\"consult\":\"%s\",\"version\":1}", d.consult), 0);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM consultation WHERE result_due_utc IS NOT NULL",
                           NO_ARGS), 0);
    desk_close(&d);
}

TEST(record, a_timeline_is_of_this_patients_consults_with_this_doctor)
{
    struct desk d;
    struct action *a;

    clinic_open(&d);
    CHECK_INT(record_write(&d, d.consult, 0, ",\"advice\":\"rest\",\"diagnoses\":[{\"system\":\"ICD-10\","
                           "\"code\":\"J00\",\"certainty\":\"confirmed\"}]"), 0);
    finish(&d);
    a = look(&d, &d.doctor, "GET /api/v1/consultations/{consult}/timeline");
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 1);
    CHECK_INT(json_array_size(json_at(a->answer, "items.0.diagnoses")), 0);     /* a draft is none        */
    action_drop(a);
    CHECK_INT(ask_err(sign(&d, 1, "")), 0);
    a = look(&d, &d.doctor, "GET /api/v1/consultations/{consult}/timeline");
    CHECK_STR(text_at(a->answer, "items.0.consult"), d.consult);
    CHECK_STR(text_at(a->answer, "items.0.at"), "2025-11-24T16:00:00Z");
    CHECK_STR(text_at(a->answer, "items.0.diagnoses.0.code"), "J00");
    check_keys(json_at(a->answer, "items.0"), "consult kind state doctor diagnoses at");
    action_drop(a);
    desk_close(&d);
}
