/* test_store_note.c - what was signed is sealed, the newest counts, and nothing of it changes. */
#include "store_fixture.h"

#include "storage/store_note.h"

static int64_t desk_open(struct store *s, struct store_user *doctor)
{
    struct store_user patient;

    store_open(s);
    *doctor = store_doctor(s, store_clinic(s, "North"), "dr.li");
    patient = store_patient(s, "wang");
    return store_start(s, patient.id, doctor->public_id, "client-0001");
}

static int sign(struct store *s, int64_t consult, int64_t author, const char *advice)
{
    static const unsigned char hash[NOTE_HASH_SIZE] = { 1 };

    return JOB(s, store_note_add(s->db, &(struct note_new){ .consult = consult, .author = author,
                                                            .advice = advice, .hash = hash }));
}

TEST(store_note, the_newest_is_shown_and_what_was_signed_stays)
{
    struct store s;
    struct store_user doctor;
    int64_t consult = desk_open(&s, &doctor);
    json_t *note = NULL;

    CHECK_INT(store_note_get(s.db, consult, &note), -ENOENT);
    CHECK_INT(sign(&s, consult, doctor.id, "多喝水"), 0);
    s.now += 60;
    CHECK_INT(sign(&s, consult, doctor.id, "多喝热水"), 0);
    CHECK_INT(store_note_get(s.db, consult, &note), 0);
    CHECK_STR(text_at(note, "advice"), "多喝热水");
    CHECK_STR(text_at(note, "by.id"), doctor.public_id);
    CHECK_STR(text_at(note, "signedAt"), "2025-11-24T16:01:00Z");
    CHECK_INT(int_at(note, "version"), 2);
    json_decref(note);
    CHECK_INT(store_number(&s, "SELECT count(*) FROM consultation_note WHERE instr(advice_enc, "
                           "CAST('多喝' AS BLOB))", NO_ARGS), 0);
    CHECK(JOB(&s, db_run(s.db, "UPDATE consultation_note SET signed_utc = 0", NO_ARGS)) < 0);
    CHECK(JOB(&s, db_run(s.db, "DELETE FROM consultation_note", NO_ARGS)) < 0);
    store_close(&s);
}

TEST(store_note, the_seal_is_of_this_version_of_this_consult)
{
    struct store s;
    struct store_user doctor;
    int64_t consult = desk_open(&s, &doctor);
    json_t *note = NULL;

    CHECK_INT(sign(&s, consult, doctor.id, "one"), 0);
    CHECK_INT(JOB(&s, db_run(s.db, "INSERT INTO consultation_note SELECT consultation_id, 2, author_id, "
                             "advice_enc, hash, signed_utc FROM consultation_note", NO_ARGS)), 1);
    CHECK(store_note_get(s.db, consult, &note) < 0);
    CHECK(note == NULL);
    store_close(&s);
}

TEST(store_note, an_advice_has_one_to_four_thousand_characters)
{
    static const struct { size_t characters; int want; } cases[] = {
        { 0, -EINVAL }, { 1, 0 }, { NOTE_ADVICE_MAX, 0 }, { NOTE_ADVICE_MAX + 1, -EMSGSIZE },
    };
    static char advice[3 * (NOTE_ADVICE_MAX + 1) + 1];
    struct store s;
    struct store_user doctor;
    int64_t consult = desk_open(&s, &doctor);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (size_t c = 0; c < cases[i].characters; c++)
            memcpy(advice + 3 * c, "水", 3);
        advice[3 * cases[i].characters] = '\0';
        CHECK_INT(sign(&s, consult, doctor.id, advice), cases[i].want);
    }
    CHECK_INT(sign(&s, consult + 100, doctor.id, "one"), -ENOENT);
    store_close(&s);
}
