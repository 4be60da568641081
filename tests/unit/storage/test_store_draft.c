/* test_store_draft.c - a draft is sealed, counts its saves, and is written over only by who has read it. */
#include "store_fixture.h"

#include "storage/store_draft.h"

struct writer { struct store s; struct store_user doctor, other; int64_t consult; };

static void writer_open(struct writer *w)
{
    int64_t clinic;

    store_open(&w->s);
    clinic = store_clinic(&w->s, "North");
    w->doctor = store_doctor(&w->s, clinic, "dr.li");
    w->other = store_doctor(&w->s, clinic, "dr.wu");
    w->consult = store_start(&w->s, store_patient(&w->s, "wang").id, w->doctor.public_id, "client-0001");
}

static int put(struct writer *w, const struct store_user *who, int64_t version, const char *words)
{
    json_t *body = json_pack("{s:s}", "advice", words);
    int err = JOB(&w->s, store_draft_put(w->s.db, &(struct draft_new){ .consult = w->consult,
                                         .author = who->id, .version = version, .body = body }));

    json_decref(body);
    return err;
}

TEST(store_draft, nothing_is_there_and_then_what_was_saved)
{
    struct writer w;
    json_t *draft = NULL;

    writer_open(&w);
    CHECK_INT(store_draft_get(w.s.db, w.consult, &draft), 0);
    check_keys(draft, "consult version signedVersion");
    CHECK_INT(int_at(draft, "version"), 0);
    json_decref(draft);
    CHECK_INT(put(&w, &w.doctor, 0, "多喝水"), 0);
    CHECK_INT(put(&w, &w.doctor, 1, "多喝热水"), 0);
    CHECK_INT(store_draft_get(w.s.db, w.consult, &draft), 0);
    CHECK_INT(int_at(draft, "version"), 2);
    CHECK_STR(text_at(draft, "advice"), "多喝热水");
    CHECK_STR(text_at(draft, "savedAt"), "2025-11-24T16:00:00Z");
    json_decref(draft);
    CHECK_INT(store_number(&w.s, "SELECT count(*) FROM record_draft WHERE instr(body_enc, "
                           "CAST('多喝' AS BLOB))", NO_ARGS), 0);
    CHECK_INT(store_draft_get(w.s.db, w.consult + 100, &draft), -ENOENT);
    store_close(&w.s);
}

TEST(store_draft, another_version_is_not_written_over)
{
    static const struct { int64_t version; const char *words; int want; } cases[] = {
        { 0, "other", -ESTALE }, { 2, "other", -ESTALE },
        { 0, "first", 0 },                      /* whose answer was lost says the same again          */
        { 1, "second", 0 }, { 0, "first", -ESTALE }, { 1, "second", 0 }, { 2, "third", 0 },
    };
    struct writer w;

    writer_open(&w);
    CHECK_INT(put(&w, &w.doctor, 1, "first"), -ESTALE);
    CHECK_INT(put(&w, &w.doctor, 0, "first"), 0);
    CHECK_INT(put(&w, &w.other, 0, "first"), -ESTALE);  /* another's                                  */
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_INT(put(&w, &w.doctor, cases[i].version, cases[i].words), cases[i].want);
    CHECK_INT(store_number(&w.s, "SELECT version FROM record_draft", NO_ARGS), 3);
    CHECK_INT(db_run(w.s.db, "UPDATE record_draft SET version = 7", NO_ARGS), DB_APPEND_ONLY);
    CHECK_INT(db_run(w.s.db, "UPDATE record_draft SET saved_utc = 7", NO_ARGS), DB_APPEND_ONLY);
    store_close(&w.s);
}

TEST(store_draft, the_seal_is_of_this_version)
{
    struct writer w;
    json_t *draft = NULL;

    writer_open(&w);
    CHECK_INT(put(&w, &w.doctor, 0, "first"), 0);
    CHECK_INT(db_run(w.s.db, "UPDATE record_draft SET version = 2", NO_ARGS), 1);       /* its old words  */
    CHECK(store_draft_get(w.s.db, w.consult, &draft) < 0);
    CHECK(draft == NULL);
    store_close(&w.s);
}
