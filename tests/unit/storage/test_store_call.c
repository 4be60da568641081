/* test_store_call.c - a call's states, its log, and what of it is due. */
#include "call_fixture.h"

TEST(store_call, moves_along_the_edges_and_no_others)
{
    static const struct { const char *by[4], *to; int want; } cases[] = {
        { { NULL }, "connecting", 1 },           { { NULL }, "connected", DB_BAD_TRANSITION },
        { { NULL }, "ringing", 0 },              { { "connecting" }, "connected", 1 },
        { { "connecting" }, "reconnecting", DB_BAD_TRANSITION },
        { { "connecting", "connected" }, "reconnecting", 1 },
        { { "connecting", "connected" }, "ringing", DB_BAD_TRANSITION },
        { { "connecting", "connected", "reconnecting" }, "connected", 1 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct phone p;

        phone_open(&p);
        for (size_t s = 0; s < 4 && cases[i].by[s] != NULL; s++)
            CHECK_INT(JOB(&p.s, store_call_move(p.s.db, p.call, cases[i].by[s])), 1);
        CHECK_INT(JOB(&p.s, store_call_move(p.s.db, p.call, cases[i].to)), cases[i].want);
        store_close(&p.s);
    }
}

TEST(store_call, one_is_live_in_a_consult_and_the_next_comes_after_its_end)
{
    struct call_row live;
    struct phone p;
    int64_t next;

    phone_open(&p);
    CHECK_INT(JOB(&p.s, store_call_add(p.s.db, p.consult, p.patient.id, "audio", 45, &next)), -EEXIST);
    CHECK_INT(store_call_live(p.s.db, p.consult, &live), 0);
    CHECK_INT(live.id, p.call);
    CHECK_STR(live.by_id, p.doctor.public_id);
    CHECK_INT(JOB(&p.s, store_call_end(p.s.db, p.call, "declined")), 0);
    CHECK_INT(JOB(&p.s, store_call_end(p.s.db, p.call, "hangup")), 0);  /* the first reason stands    */
    CHECK_INT(store_call_live(p.s.db, p.consult, &live), -ENOENT);
    CHECK_INT(store_number(&p.s, "SELECT count(*) FROM call_session WHERE end_reason = 'declined'", NO_ARGS),
              1);
    CHECK_INT(JOB(&p.s, store_call_add(p.s.db, p.consult, p.patient.id, "audio", 45, &next)), 0);
    store_close(&p.s);
}

TEST(store_call, the_log_has_the_newest_first_each_with_its_legs)
{
    struct phone p;
    struct leg_row leg;
    json_t *page = NULL;
    char cursor[DB_ID_SIZE];
    int64_t next;

    phone_open(&p);
    CHECK_INT(phone_join(&p, &p.doctor, "tablet", &leg), 0);
    CHECK_INT(JOB(&p.s, store_call_end(p.s.db, p.call, "timeout")), 0);
    CHECK_INT(JOB(&p.s, store_call_add(p.s.db, p.consult, p.patient.id, "audio", 45, &next)), 0);
    CHECK_INT(store_call_list(p.s.db, p.consult, 1, NULL, &page), 0);
    CHECK_INT(json_array_size(json_at(page, "items")), 1);
    CHECK_STR(text_at(page, "items.0.media"), "audio");
    snprintf(cursor, sizeof cursor, "%s", text_at(page, "nextCursor"));
    json_decref(page);
    CHECK_INT(store_call_list(p.s.db, p.consult, 1, cursor, &page), 0);
    CHECK_STR(text_at(page, "items.0.endReason"), "timeout");
    CHECK_STR(text_at(page, "items.0.legs.0.user.id"), p.doctor.public_id);
    CHECK(json_is_null(json_at(page, "nextCursor")));
    json_decref(page);
    CHECK_INT(store_call_list(p.s.db, p.consult, 1, "cal_nothing", &page), -EINVAL);
    store_close(&p.s);
}

TEST(store_call, what_rings_too_long_and_who_is_lost_too_long_is_due)
{
    struct leg_row leg, lost[CALL_DUE_MAX];
    int64_t rung[CALL_DUE_MAX], next;
    struct phone p;

    phone_open(&p);
    CHECK_INT(phone_join(&p, &p.doctor, "tablet", &leg), 0);
    CHECK_INT(store_call_next(p.s.db, 30, &next), 0);
    CHECK_INT(next, STORE_NOW + 45);
    p.s.now = next - 1;
    CHECK_INT(store_call_rung_out(p.s.db, rung), 0);
    p.s.now = next;
    CHECK_INT(store_call_rung_out(p.s.db, rung), 1);
    CHECK_INT(rung[0], p.call);
    CHECK_INT(JOB(&p.s, store_call_move(p.s.db, p.call, "connecting")), 1);
    CHECK_INT(store_call_next(p.s.db, 30, &next), -ENOENT);
    CHECK_INT(store_call_is_on(p.s.db, p.consult), 1);
    CHECK_INT(JOB(&p.s, store_leg_lose(p.s.db, leg.public_id)), 1);
    CHECK_INT(store_call_is_on(p.s.db, p.consult), 0);
    CHECK_INT(store_call_next(p.s.db, 30, &next), 0);
    CHECK_INT(next, p.s.now + 30);
    CHECK_INT(store_leg_lost(p.s.db, p.s.now - 1, lost), 0);
    CHECK_INT(store_leg_lost(p.s.db, p.s.now, lost), 1);
    CHECK_STR(lost[0].public_id, leg.public_id);
    store_close(&p.s);
}

TEST(store_call, who_else_takes_part_and_is_busy_elsewhere_and_who_hears_of_it)
{
    struct phone p;
    struct store_user zhao;
    struct leg_row leg;
    int64_t others, busy, other, call;
    json_t *hearers = NULL;

    phone_open(&p);
    CHECK_INT(store_call_others(p.s.db, p.consult, p.patient.id, &others, &busy), 0);
    CHECK_INT(others, 1);
    CHECK_INT(busy, 0);
    zhao = store_patient(&p.s, "zhao");
    other = store_start(&p.s, zhao.id, p.doctor.public_id, "client-0002");
    CHECK_INT(JOB(&p.s, store_call_add(p.s.db, other, zhao.id, "audio", 45, &call)), 0);
    CHECK_INT(JOB(&p.s, store_leg_add(p.s.db, call, p.doctor.id, "tablet", &leg)), 0);
    CHECK_INT(store_call_others(p.s.db, p.consult, p.patient.id, &others, &busy), 0);
    CHECK_INT(busy, 1);
    CHECK_INT(store_call_others(p.s.db, other, zhao.id, &others, &busy), 0);
    CHECK_INT(busy, 0);                         /* he is in this one                                  */
    CHECK_INT(store_call_hearers(p.s.db, p.consult, &hearers), 0);
    CHECK_INT(json_array_size(hearers), 2);
    json_decref(hearers);
    store_close(&p.s);
}
