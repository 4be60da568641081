/* test_store_health.c - what is known of a patient's health: sealed, and for whom. */
#include "store_fixture.h"

#include "storage/store_health.h"

struct ward {
    struct store      s;
    struct store_user doctor, patient, stranger;
    int64_t           consult;
    char              id[DB_ID_SIZE];
};

static void ward_open(struct ward *w)
{
    struct db_query q;

    store_open(&w->s);
    w->doctor = store_doctor(&w->s, store_clinic(&w->s, "North"), "dr.li");
    w->patient = store_patient(&w->s, "wang");
    w->stranger = store_patient(&w->s, "zhao");
    w->consult = store_start(&w->s, w->patient.id, w->doctor.public_id, "client-0001");
    CHECK_INT(db_query(w->s.db, &q, "SELECT public_id FROM patient WHERE account_id = $1",
                       ARGS(INT(w->patient.id))), 1);
    snprintf(w->id, sizeof w->id, "%s", db_column_text(&q, 0));
    db_done(&q);
}

static int put(struct ward *w, int64_t version, const char *condition)
{
    json_t *body = json_pack("{s:[s]}", "conditions", condition);
    int64_t patient = 0;
    int err = store_health_access(w->s.db, w->id, w->patient.id, &patient);

    if (err == 0)
        err = JOB(&w->s, store_health_put(w->s.db, &(struct health_new){ patient, w->patient.id, version,
                                                                         body }));
    json_decref(body);
    return err;
}

TEST(store_health, is_sealed_and_counts_its_saves)
{
    struct ward w;
    json_t *health = NULL;

    ward_open(&w);
    CHECK_INT(store_health_of(w.s.db, w.consult, &health), 0);
    check_keys(health, "version patient");
    CHECK_INT(int_at(health, "version"), 0);
    json_decref(health);
    CHECK_INT(put(&w, 1, "asthma"), -ESTALE);
    CHECK_INT(put(&w, 0, "asthma"), 0);
    CHECK_INT(put(&w, 0, "gout"), -ESTALE);
    CHECK_INT(put(&w, 1, "gout"), 0);
    CHECK_INT(store_health_of(w.s.db, w.consult, &health), 0);
    CHECK_STR(text_at(health, "conditions.0"), "gout");
    CHECK_INT(int_at(health, "version"), 2);
    CHECK_STR(text_at(health, "patient.name"), "wang");
    json_decref(health);
    CHECK_INT(store_number(&w.s, "SELECT count(*) FROM patient_health WHERE instr(body_enc, 'gout')",
                           NO_ARGS), 0);
    CHECK_INT(db_run(w.s.db, "UPDATE patient_health SET version = 9", NO_ARGS), DB_APPEND_ONLY);
    store_close(&w.s);
}

TEST(store_health, is_known_to_who_acts_for_him_and_who_treats_him_now)
{
    static const struct { const char *state; int doctor; } cases[] = {
        { "active", 0 }, { "awaiting_signature", 0 }, { "closed", -ENOENT },
    };
    struct ward w;
    int64_t patient = 0;

    ward_open(&w);
    CHECK_INT(store_health_access(w.s.db, w.id, w.patient.id, &patient), 0);
    CHECK_INT(store_health_access(w.s.db, w.id, w.stranger.id, &patient), -ENOENT);
    CHECK_INT(store_health_access(w.s.db, "pat_none", w.patient.id, &patient), -ENOENT);
    CHECK_INT(store_health_access(w.s.db, w.id, w.doctor.id, &patient), 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(store_move(&w.s, w.consult, cases[i].state), 1);
        CHECK_INT(store_health_access(w.s.db, w.id, w.doctor.id, &patient), cases[i].doctor);
    }
    store_close(&w.s);
}
