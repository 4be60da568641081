/* test_store_leg.c - who is in a call, with which device, and how well it went. */
#include "call_fixture.h"

TEST(store_leg, a_user_is_in_one_call_once_and_a_reload_is_another_leg)
{
    struct leg_row first, second, found, all[4];
    struct phone p;
    int64_t joins;

    phone_open(&p);
    CHECK_INT(phone_join(&p, &p.doctor, "tablet", &first), 0);
    CHECK_INT(phone_join(&p, &p.doctor, "desktop", &second), -EEXIST);
    CHECK_INT(JOB(&p.s, store_leg_leave(p.s.db, first.id)), 0);
    CHECK_INT(store_leg_of(p.s.db, p.doctor.id, &found), -ENOENT);
    CHECK_INT(phone_join(&p, &p.doctor, "desktop", &second), 0);
    CHECK_INT(phone_join(&p, &p.patient, "phone", &found), 0);
    CHECK_INT(store_leg_of(p.s.db, p.doctor.id, &found), 0);
    CHECK_STR(found.device, "desktop");
    CHECK_INT(store_leg_each(p.s.db, p.call, 4, all), 2);
    CHECK_STR(all[1].user_id, p.patient.public_id);
    CHECK_INT(store_leg_each(p.s.db, p.call, 1, all), 1);
    CHECK_INT(store_leg_joins(p.s.db, p.doctor.id, STORE_NOW - 1, &joins), 0);
    CHECK_INT(joins, 2);
    CHECK_INT(JOB(&p.s, store_call_end(p.s.db, p.call, "hangup")), 0);
    CHECK_INT(store_leg_each(p.s.db, p.call, 4, all), 0);
    store_close(&p.s);
}

TEST(store_leg, is_lost_with_its_socket_and_held_again)
{
    struct leg_row leg;
    struct phone p;

    phone_open(&p);
    CHECK_INT(phone_join(&p, &p.doctor, "tablet", &leg), 0);
    CHECK_INT(JOB(&p.s, store_leg_lose(p.s.db, leg.public_id)), 1);
    CHECK_INT(JOB(&p.s, store_leg_lose(p.s.db, leg.public_id)), 0);     /* since the first time       */
    CHECK_INT(store_leg_of(p.s.db, p.doctor.id, &leg), 0);
    CHECK(leg.lost);
    CHECK_INT(JOB(&p.s, store_leg_hold(p.s.db, leg.id)), 0);
    CHECK_INT(JOB(&p.s, store_leg_lose_all(p.s.db)), 0);
    CHECK_INT(store_leg_of(p.s.db, p.doctor.id, &leg), 0);
    CHECK(leg.lost);
    CHECK_INT(JOB(&p.s, store_leg_leave(p.s.db, leg.id)), 0);
    CHECK_INT(JOB(&p.s, store_leg_lose(p.s.db, leg.public_id)), 0);     /* nobody's                   */
    store_close(&p.s);
}

/* What a leg says of itself, in order, and what the log then has of it. */
TEST(store_leg, its_log_keeps_the_first_setup_and_the_worst_of_the_rest)
{
    static const struct leg_report reports[] = {
        { .state = "connected", .candidate_type = "host", .setup_ms = 900, .loss_permille = -1,
          .rtt_ms = 40 },
        { .state = "reconnecting", .setup_ms = -1, .loss_permille = 120, .rtt_ms = 300 },
        { .state = "connected", .candidate_type = "relay", .setup_ms = 2000, .loss_permille = 5,
          .rtt_ms = 80 },
    };
    struct leg_row leg;
    json_t *call = NULL;
    struct phone p;
    bool failed;

    phone_open(&p);
    CHECK_INT(phone_join(&p, &p.doctor, "tablet", &leg), 0);
    for (size_t i = 0; i < COUNT_OF(reports); i++)
        CHECK_INT(JOB(&p.s, store_leg_report(p.s.db, leg.id, &reports[i])), 0);
    CHECK_INT(store_call_get(p.s.db, p.call, &call), 0);
    CHECK_INT(int_at(call, "legs.0.setupMs"), 900);
    CHECK_STR(text_at(call, "legs.0.candidateType"), "relay");
    CHECK_INT(int_at(call, "legs.0.rttMs"), 300);
    CHECK(json_real_value(json_at(call, "legs.0.loss")) == 0.12);
    CHECK_INT(int_at(call, "legs.0.reconnects"), 1);
    json_decref(call);
    CHECK_INT(store_call_has_failed(p.s.db, p.call, &failed), 0);
    CHECK(!failed);
    CHECK_INT(JOB(&p.s, store_leg_report(p.s.db, leg.id, &(struct leg_report){ .state = "failed",
                  .setup_ms = -1, .loss_permille = -1, .rtt_ms = -1 })), 0);
    CHECK_INT(store_call_has_failed(p.s.db, p.call, &failed), 0);
    CHECK(failed);
    store_close(&p.s);
}
