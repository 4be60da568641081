/* test_store_note.c - what was signed is sealed, the newest counts, and the database itself lets nothing of
 * it change. */
#include "store_fixture.h"

#include "storage/store_icd.h"
#include "storage/store_note.h"
#include "storage/store_result.h"

struct signer { struct store s; struct store_user doctor, patient; int64_t consult; };

static void signer_open(struct signer *g)
{
    int64_t version = 0;

    store_open(&g->s);
    g->doctor = store_doctor(&g->s, store_clinic(&g->s, "North"), "dr.li");
    g->patient = store_patient(&g->s, "wang");
    g->consult = store_start(&g->s, g->patient.id, g->doctor.public_id, "client-0001");
    CHECK_INT(JOB(&g->s, store_icd_version_add(g->s.db, "test", &version)), 0);
    CHECK_INT(JOB(&g->s, store_icd_add(g->s.db, version, &(struct icd_new){ .code = "J00", .zh = "感冒",
                                       .en = "Cold", .pinyin = "gan mao" })), 0);
}

/* As the version `version`, with so many diagnoses. */
static int sign(struct signer *g, int64_t version, const char *text, int diagnoses)
{
    static const unsigned char hash[NOTE_HASH_SIZE] = { 1 };
    json_t *all = json_array();
    int err;

    for (int i = 0; i < diagnoses; i++)
        (void)json_array_append_new(all, json_pack("{s:s, s:s, s:s}", "system", "ICD-10", "code", "J00",
                                                   "certainty", "confirmed"));
    err = JOB(&g->s, store_note_add(g->s.db, &(struct note_new){ .consult = g->consult,
                                    .author = g->doctor.id, .version = version, .draft = version,
                                    .text = text, .hash = hash, .diagnoses = all }));
    json_decref(all);
    return err;
}

TEST(store_note, the_newest_is_shown_and_the_ones_before_stay)
{
    struct signer g;
    struct note_state now;
    json_t *note = NULL, *versions = NULL;
    char *text = NULL;

    signer_open(&g);
    CHECK_INT(store_note_get(g.s.db, g.consult, 0, &note, NULL), -ENOENT);
    CHECK_INT(store_note_state(g.s.db, g.consult, &now), -ENOENT);
    CHECK_INT(sign(&g, 1, "{\"advice\":\"多喝水\"}", 1), 0);
    g.s.now += 60;
    CHECK_INT(sign(&g, 2, "{\"advice\":\"多喝热水\",\"reason\":\"更正\"}", 0), 0);
    CHECK_INT(store_note_get(g.s.db, g.consult, 0, &note, &text), 0);
    CHECK_STR(text_at(note, "advice"), "多喝热水");
    CHECK_STR(text_at(note, "doctor.id"), g.doctor.public_id);
    CHECK_STR(text_at(note, "clinic.name"), "North");
    CHECK_STR(text_at(note, "signedAt"), "2025-11-24T16:01:00Z");
    CHECK_STR(text, "{\"advice\":\"多喝热水\",\"reason\":\"更正\"}");
    CHECK_INT(int_at(note, "version"), 2);
    free(text);
    json_decref(note);
    CHECK_INT(store_note_get(g.s.db, g.consult, 1, &note, NULL), 0);
    CHECK_STR(text_at(note, "advice"), "多喝水");
    json_decref(note);
    CHECK_INT(store_note_get(g.s.db, g.consult, 3, &note, NULL), -ENOENT);
    CHECK_INT(store_note_versions(g.s.db, g.consult, &versions), 0);
    CHECK_INT(json_array_size(versions), 2);
    check_keys(json_array_get(versions, 0), "version signedAt");
    CHECK_STR(text_at(versions, "1.reason"), "更正");
    json_decref(versions);
    CHECK_INT(store_note_state(g.s.db, g.consult, &now), 0);
    CHECK_INT(now.version, 2);
    CHECK_INT(store_number(&g.s, "SELECT count(*) FROM consultation_note WHERE instr(body_enc, "
                           "CAST('多喝' AS BLOB))", NO_ARGS), 0);
    store_close(&g.s);
}

TEST(store_note, what_was_signed_before_there_were_drafts_is_its_advice)
{
    struct signer g;
    json_t *note = NULL;

    signer_open(&g);
    CHECK_INT(sign(&g, 1, "多喝水", 0), 0);
    CHECK(store_note_get(g.s.db, g.consult, 0, &note, NULL) < 0);       /* is no JSON                  */
    CHECK_INT(db_script(g.s.db, "DROP TRIGGER consultation_note_no_upd; UPDATE consultation_note "
                        "SET draft_version = NULL"), 0);
    CHECK_INT(store_note_get(g.s.db, g.consult, 0, &note, NULL), 0);
    CHECK_STR(text_at(note, "advice"), "多喝水");
    json_decref(note);
    store_close(&g.s);
}

/* Each by itself, by whoever holds the file: the database refuses. */
TEST(store_note, nothing_signed_is_changed_removed_replaced_or_added_to)
{
    static const char *const illegal[] = {
        "UPDATE consultation_note SET signed_utc = 0",
        "UPDATE consultation_note SET body_enc = x'00', hash = zeroblob(32)",
        "UPDATE OR REPLACE consultation_note SET version = 2 WHERE version = 1",
        "DELETE FROM consultation_note",
        "DELETE FROM consultation_note WHERE version = 2",
        "INSERT OR REPLACE INTO consultation_note(consultation_id, version, author_id, body_enc, hash, "
        "signed_utc) SELECT consultation_id, version, author_id, x'00', hash, 0 FROM consultation_note "
        "WHERE version = 1",
        "REPLACE INTO consultation_note(consultation_id, version, author_id, body_enc, hash, signed_utc) "
        "SELECT consultation_id, version, author_id, x'00', hash, 0 FROM consultation_note WHERE version = 2",
        "INSERT INTO consultation_note(consultation_id, version, author_id, body_enc, hash, signed_utc) "
        "SELECT consultation_id, 4, author_id, x'00', hash, 0 FROM consultation_note WHERE version = 2",
        "INSERT INTO consultation_note(consultation_id, version, author_id, body_enc, hash, signed_utc) "
        "SELECT consultation_id, 1, author_id, x'00', hash, 0 FROM consultation_note WHERE version = 2",
        "UPDATE diagnosis SET certainty = 'provisional'",
        "UPDATE diagnosis SET rank = 3",
        "DELETE FROM diagnosis",
        "REPLACE INTO diagnosis SELECT consultation_id, note_version, 1, icd_id, 'provisional' "
        "FROM diagnosis",
        "INSERT INTO diagnosis SELECT consultation_id, note_version, rank + 1, icd_id, certainty "
        "FROM diagnosis",
        "INSERT INTO diagnosis SELECT consultation_id, 2, 1, icd_id, certainty FROM diagnosis WHERE rank = 1",
        "INSERT INTO diagnosis SELECT consultation_id, 3, 1, icd_id, certainty FROM diagnosis WHERE rank = 1",
        "UPDATE icd_code SET label_en = 'Plague'",
        "DELETE FROM icd_code",
        "UPDATE result_acknowledged SET at_utc = 0",
        "DELETE FROM result_acknowledged",
        "REPLACE INTO result_acknowledged SELECT consultation_id, note_version, by_id, 0 FROM "
        "result_acknowledged",
    };
    static const char *const all[] = { "consultation_note", "diagnosis", "icd_code", "result_acknowledged" };
    struct signer g;
    char sql[128];

    signer_open(&g);
    CHECK_INT(sign(&g, 1, "{}", 2), 0);
    CHECK_INT(sign(&g, 2, "{}", 0), 0);
    CHECK_INT(JOB(&g.s, store_result_acknowledge(g.s.db, g.consult, 1, g.patient.id)), 1);
    for (size_t i = 0; i < COUNT_OF(all); i++) {        /* a refusal refuses something                 */
        snprintf(sql, sizeof sql, "CREATE TEMP TABLE was_%s AS SELECT * FROM %s", all[i], all[i]);
        CHECK_INT(db_script(g.s.db, sql), 0);
    }
    for (size_t i = 0; i < COUNT_OF(illegal); i++)
        if (db_run(g.s.db, illegal[i], NO_ARGS) != DB_APPEND_ONLY)
            fail_msg("not refused: %s", illegal[i]);
    CHECK_INT(store_number(&g.s, "SELECT count(*) FROM (SELECT * FROM consultation_note EXCEPT SELECT * FROM "
                           "was_consultation_note)", NO_ARGS), 0);
    CHECK_INT(store_number(&g.s, "SELECT count(*) FROM consultation_note", NO_ARGS), 2);
    CHECK_INT(store_number(&g.s, "SELECT count(*) FROM (SELECT * FROM diagnosis EXCEPT SELECT * FROM "
                           "was_diagnosis)", NO_ARGS), 0);
    CHECK_INT(store_number(&g.s, "SELECT count(*) FROM diagnosis", NO_ARGS), 2);
    CHECK_INT(store_number(&g.s, "SELECT count(*) FROM result_acknowledged WHERE at_utc > 0", NO_ARGS), 1);
    store_close(&g.s);
}

TEST(store_note, versions_have_no_gap_and_codes_are_known)
{
    struct signer g;
    json_t *all = json_pack("[{s:s, s:s, s:s}]", "system", "ICD-10", "code", "J01", "certainty", "confirmed");
    static const unsigned char hash[NOTE_HASH_SIZE] = { 1 };

    signer_open(&g);
    CHECK_INT(sign(&g, 2, "{}", 0), DB_APPEND_ONLY);
    CHECK_INT(sign(&g, 1, "{}", 0), 0);
    CHECK_INT(sign(&g, 1, "{}", 0), DB_APPEND_ONLY);
    CHECK_INT(sign(&g, 3, "{}", 0), DB_APPEND_ONLY);
    CHECK_INT(JOB(&g.s, store_note_add(g.s.db, &(struct note_new){ .consult = g.consult,
                                       .author = g.doctor.id, .version = 2, .draft = 2, .text = "{}",
                                       .hash = hash, .diagnoses = all })), -ENOENT);
    CHECK_INT(store_number(&g.s, "SELECT count(*) FROM consultation_note", NO_ARGS), 1);
    json_decref(all);
    store_close(&g.s);
}

TEST(store_note, the_seal_is_of_this_version_of_this_consult)
{
    struct signer g;
    json_t *note = NULL;

    signer_open(&g);
    CHECK_INT(sign(&g, 1, "{}", 0), 0);
    CHECK_INT(JOB(&g.s, db_run(g.s.db, "INSERT INTO consultation_note SELECT consultation_id, 2, author_id, "
                               "body_enc, hash, signed_utc, draft_version, 0 FROM consultation_note",
                               NO_ARGS)), 1);
    CHECK(store_note_get(g.s.db, g.consult, 2, &note, NULL) < 0);
    CHECK(note == NULL);
    store_close(&g.s);
}
