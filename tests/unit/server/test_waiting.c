/* test_waiting.c - what the clock does to those who wait, and to consults; what it leaves alone. */
#include "visit_fixture.h"

#include "waiting.h"

static void nobody_hears(void *data, const char *consult, const char *user, bool online)
{
    (void)data, (void)consult, (void)user, (void)online;
}

/* A desk has no sockets to tell who is there. */
static void desk_quiet(struct desk *d)
{
    presence_free(d->api->presence);
    d->api->presence = presence_new(d->timers, d->config.presence_grace_ms, nobody_hears, NULL);
}

static void come(struct desk *d, const char *consult, const struct person *who)
{
    presence_enter(d->api->presence, consult, who->session.user.public_id);
}

static int64_t place(struct visit *v)
{
    return store_number(&v->p.d.s, "SELECT line_utc FROM consultation WHERE public_id = $1",
                        ARGS(TEXT(v->consult)));
}


TEST(waiting, who_left_is_checked_out_and_keeps_his_place_for_the_grace)
{
    struct visit v;
    struct desk *d = &v.p.d;

    visit_open(&v);
    (void)tick(d, waiting_check_out);
    check(&v, "checked_in", "open");            /* five minutes                                      */
    d->config.waiting_away_s = -1;
    (void)tick(d, waiting_check_out);
    check(&v, "booked", "open");
    CHECK_INT(store_number(&d->s, "SELECT count(*) FROM appointment_history WHERE reason = 'left' "
                           "AND by_id IS NULL", NO_ARGS), 1);
    CHECK_INT(store_number(&d->s, "SELECT count(*) FROM notification WHERE kind = 'appointment-booked'",
                           NO_ARGS), 1);        /* of the booking                                    */
    CHECK_INT(treat(&v, "POST " CON "/accept"), DB_BAD_TRANSITION);     /* nobody is there           */

    d->s.now += 300;
    CHECK_INT(ASK_ERR(d, &d->patient, "POST " ONE "/check-in", "{\"appointment\":\"%s\"}", v.appointment), 0);
    check(&v, "checked_in", "open");
    CHECK_INT(place(&v), MONDAY_UTC);
    (void)tick(d, waiting_check_out);
    d->s.now = MONDAY_UTC + 1100;               /* past the grace, before the end                    */
    CHECK_INT(ASK_ERR(d, &d->patient, "POST " ONE "/check-in", "{\"appointment\":\"%s\"}", v.appointment), 0);
    CHECK_INT(place(&v), d->s.now);
    desk_close(d);
}

TEST(waiting, who_is_on_any_page_waits_on)
{
    struct visit v;

    visit_open(&v);
    v.p.d.config.waiting_away_s = -1;
    come(&v.p.d, PRESENCE_ANYWHERE, &v.p.d.patient);
    (void)tick(&v.p.d, waiting_check_out);
    check(&v, "checked_in", "open");
    desk_close(&v.p.d);
}

TEST(waiting, only_when_both_are_gone_it_is_paused_and_goes_on_with_the_first_who_is_back)
{
    struct visit v;
    struct desk *d = &v.p.d;

    visit_open(&v);
    desk_quiet(d);
    CHECK_INT(treat(&v, "POST " CON "/accept"), 0);
    (void)tick(d, waiting_pause);
    check(&v, "in_consult", "active");          /* not for long enough                               */
    d->config.pause_after_s = -1;
    come(d, v.consult, &d->patient);
    (void)tick(d, waiting_pause);
    check(&v, "in_consult", "active");          /* the doctor's connection is no reason              */
    presence_leave(d->api->presence, v.consult, d->patient.session.user.public_id);
    (void)tick(d, waiting_pause);
    check(&v, "in_consult", "active");          /* within the grace he is still there                */
    desk_close(d);

    visit_open(&v);
    desk_quiet(d);
    CHECK_INT(treat(&v, "POST " CON "/accept"), 0);
    d->config.pause_after_s = -1;
    (void)tick(d, waiting_pause);
    check(&v, "in_consult", "paused");
    (void)tick(d, waiting_pause);
    check(&v, "in_consult", "paused");
    come(d, v.consult, &d->patient);
    (void)tick(d, waiting_pause);
    check(&v, "in_consult", "active");
    CHECK_INT(treat(&v, "POST " CON "/pause"), 0);
    (void)tick(d, waiting_pause);
    check(&v, "in_consult", "paused");          /* his word stands                                   */
    CHECK_INT(treat(&v, "POST " CON "/resume"), 0);
    desk_close(d);
}

TEST(waiting, every_room_is_looked_at_however_many_there_are)
{
    enum { ROOMS = 101 };
    struct desk d;

    desk_open(&d);                              /* has two                                           */
    for (int i = 2; i < ROOMS; i++) {
        char client_id[32];

        snprintf(client_id, sizeof client_id, "client-room-%d", i);
        (void)store_start(&d.s, d.patient.session.user.id, d.doctor.session.user.public_id, client_id);
    }
    CHECK_INT(JOB(&d.s, db_run(d.s.db, "UPDATE consultation SET state = 'active', kind = 'video'", NO_ARGS)),
              ROOMS);
    d.config.pause_after_s = -1;
    (void)tick(&d, waiting_pause);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM consultation WHERE state = 'paused'", NO_ARGS), ROOMS);
    desk_close(&d);
}

TEST(waiting, a_text_consult_is_not_paused)
{
    struct desk d;
    struct consult_access access;

    desk_open(&d);
    d.config.pause_after_s = -1;
    CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:accept", "{\"consult\":\"%s\"}", d.consult), 0);
    (void)tick(&d, waiting_pause);
    CHECK_INT(store_consult_access(d.s.db, d.consult, d.doctor.session.user.id, &access), 0);
    CHECK_STR(access.state, "active");
    desk_close(&d);
}

/* Presence is the evidence; what it does not tell is left to the desk. */
TEST(waiting, a_no_show_is_told_apart_by_who_was_there)
{
    static const struct {
        bool checked_in, doctor, patient, in_room, busy;
        int late_s;
        const char *want;
    } cases[] = {
        { false, true,  false, false, false, 900, "noshow_patient" },
        { false, true,  false, false, false, 899, "booked" },           /* within the grace          */
        { false, false, false, false, false, 900, "booked" },           /* neither came              */
        { false, true,  false, false, true,  900, "booked" },           /* the doctor runs late      */
        { true,  false, true,  false, false, 900, "noshow_doctor" },
        { true,  true,  true,  false, false, 900, "noshow_doctor" },    /* on the board, not with her */
        { true,  false, true,  true,  false, 900, "checked_in" },       /* he is with her            */
        { true,  false, true,  false, true,  900, "checked_in" },
        { true,  false, false, false, false, 900, "checked_in" },       /* she is away as well       */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct visit v;
        struct desk *d = &v.p.d;
        struct appointment_access now;

        if (cases[i].checked_in)
            visit_open(&v);
        else
            visit_book(&v);
        d->config.evidence_s = 0;
        desk_quiet(d);
        if (cases[i].checked_in)                /* she has waited for all of the grace               */
            CHECK_INT(db_script(d->s.db, "PRAGMA ignore_check_constraints = 1; DROP TRIGGER policy_no_upd; "
                                "UPDATE policy SET grace_min = 0"), 0);
        if (cases[i].doctor)
            come(d, PRESENCE_ANYWHERE, &d->doctor);
        if (cases[i].patient)
            come(d, PRESENCE_ANYWHERE, &d->patient);
        if (cases[i].in_room)
            come(d, v.consult, &d->doctor);
        if (cases[i].busy)
            CHECK_INT(db_script(d->s.db, "UPDATE consultation SET state = 'active', kind = 'video' "
                                "WHERE id = 1"), 0);
        d->s.now = MONDAY_UTC + cases[i].late_s;
        (void)tick(d, waiting_no_show);
        CHECK_INT(store_appointment_find(d->s.db, v.appointment, &now), 0);
        if (strcmp(now.status, cases[i].want) != 0)
            fail_msg("case %zu: %s, not %s", i, now.status, cases[i].want);
        desk_close(d);
    }
}

TEST(waiting, a_request_nobody_answered_is_rejected)
{
    struct visit v;
    struct desk *d = &v.p.d;
    struct appointment_access now;

    practice_open(&v.p);
    CHECK_INT(db_run(d->s.db, "UPDATE service SET needs_approval = 1", NO_ARGS), 1);
    CHECK_INT(ASK_ERR(d, &d->doctor, "POST " DOCTOR "/rules", MONDAYS, v.p.doctor), 0);
    {
        struct action *held = ask_with(d, &d->patient, "POST " AT, "{\"doctor\":\"%s\",\"service\":\"%s\","
                                       "\"startAt\":\"2025-12-01T01:00:00Z\"}", v.p.doctor, v.p.service);

        snprintf(v.appointment, sizeof v.appointment, "%s", text_at(held->answer, "appointment.id"));
        action_drop(held);
    }
    CHECK_INT(ASK_ERR(d, &d->patient, "POST " ONE "/confirm", "{\"appointment\":\"%s\"}", v.appointment), 0);
    d->s.now += 24 * 3600 - 1;
    CHECK_INT(tick(d, waiting_reject), d->s.now + 1);
    CHECK_INT(store_appointment_find(d->s.db, v.appointment, &now), 0);
    CHECK_STR(now.status, "requested");
    d->s.now++;
    (void)tick(d, waiting_reject);
    CHECK_INT(store_appointment_find(d->s.db, v.appointment, &now), 0);
    CHECK_STR(now.status, "rejected");
    desk_close(d);
}

TEST(waiting, a_text_consult_nobody_accepted_expires)
{
    struct desk d;
    struct consult_access access;
    char id[DB_ID_SIZE];
    struct action *a;

    desk_open(&d);
    a = ask_with(&d, &d.patient, "POST /api/v1/consultations", "{\"doctor\":\"%s\",\"text\":\"hello\","
                 "\"clientId\":\"client-0001\"}", d.doctor.session.user.public_id);
    snprintf(id, sizeof id, "%s", text_at(a->answer, "consult.id"));
    action_drop(a);
    d.s.now += 24 * 3600 - 1;
    CHECK_INT(tick(&d, waiting_expire), d.s.now + 1);
    CHECK_INT(store_consult_access(d.s.db, id, d.doctor.session.user.id, &access), 0);
    CHECK_STR(access.state, "open");
    d.s.now++;
    (void)tick(&d, waiting_expire);
    CHECK_INT(store_consult_access(d.s.db, id, d.doctor.session.user.id, &access), 0);
    CHECK_STR(access.state, "expired");
    CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:accept", "{\"consult\":\"%s\"}", id), DB_BAD_TRANSITION);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM consultation WHERE state = 'open'", NO_ARGS), 2);
    desk_close(&d);
}

/* --- evidence over several connections ----------------------------------------------------------------- */

/* The clock goes on, with a round a minute. */
static void pass(struct desk *d, int64_t until_utc)
{
    while (d->s.now < until_utc) {
        d->s.now += 60;
        (void)tick(d, waiting_no_show);
    }
}

TEST(waiting, what_she_waited_is_summed_over_her_connections_and_the_desk_hears_that_nobody_came)
{
    struct visit v;
    struct desk *d = &v.p.d;

    visit_open(&v);
    staff_add(d);
    desk_quiet(d);
    d->s.now = MONDAY_UTC;
    come(d, PRESENCE_ANYWHERE, &d->patient);
    (void)tick(d, waiting_no_show);
    pass(d, MONDAY_UTC + 600);
    desk_quiet(d);                              /* gone                                              */
    pass(d, MONDAY_UTC + 840);                  /* four minutes that count for nobody                */
    come(d, PRESENCE_ANYWHERE, &d->patient);
    (void)tick(d, waiting_no_show);
    pass(d, MONDAY_UTC + 840 + 240);
    check(&v, "checked_in", "open");
    CHECK_INT(told(d, "doctor-absent"), 0);
    pass(d, MONDAY_UTC + 840 + 300);
    check(&v, "noshow_doctor", "abandoned");
    CHECK_INT(told(d, "doctor-absent"), 1);
    desk_close(d);
}

TEST(waiting, so_is_the_time_a_doctor_was_there_but_not_what_he_spent_with_another)
{
    struct visit v;
    struct desk *d = &v.p.d;
    struct appointment_access now;

    visit_book(&v);
    desk_quiet(d);
    d->s.now = MONDAY_UTC;
    come(d, PRESENCE_ANYWHERE, &d->doctor);
    CHECK_INT(db_script(d->s.db, "UPDATE consultation SET state = 'active', kind = 'video' WHERE id = 1"), 0);
    (void)tick(d, waiting_no_show);
    pass(d, MONDAY_UTC + 720);
    CHECK_INT(db_script(d->s.db, "UPDATE consultation SET state = 'awaiting_signature' WHERE id = 1"), 0);
    pass(d, MONDAY_UTC + 900);                  /* free since two minutes, as far as rounds have seen */
    desk_quiet(d);                              /* gone                                              */
    pass(d, MONDAY_UTC + 1200);
    come(d, PRESENCE_ANYWHERE, &d->doctor);
    (void)tick(d, waiting_no_show);
    pass(d, MONDAY_UTC + 1320);
    CHECK_INT(store_appointment_find(d->s.db, v.appointment, &now), 0);
    CHECK_STR(now.status, "booked");
    pass(d, MONDAY_UTC + 1380);
    CHECK_INT(store_appointment_find(d->s.db, v.appointment, &now), 0);
    CHECK_STR(now.status, "noshow_patient");
    desk_close(d);
}
