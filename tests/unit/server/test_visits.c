/* test_visits.c - an appointment becomes a consult, and the two end together. */
#include "record_fixture.h"
#include "visit_fixture.h"

TEST(visits, the_consult_is_of_the_appointment_and_its_kind)
{
    struct visit v;
    struct action *a;

    visit_open(&v);
    a = ask_with(&v.p.d, &v.p.d.patient, "GET " CON, "{\"consult\":\"%s\"}", v.consult);
    CHECK_INT(a->job.err, 0);
    CHECK_STR(text_at(a->answer, "consult.appointment"), v.appointment);
    CHECK_STR(text_at(a->answer, "consult.kind"), "video");
    CHECK_INT(json_array_size(json_at(a->answer, "participants")), 2);
    action_drop(a);
    desk_close(&v.p.d);
}

TEST(visits, the_doctor_begins_and_finishes_both)
{
    struct visit v;

    visit_open(&v);
    CHECK_INT(treat(&v, "POST " CON "/accept"), 0);
    check(&v, "in_consult", "active");
    CHECK_INT(treat(&v, "POST " CON "/accept"), 0);             /* again: nothing moves              */
    CHECK_INT(treat(&v, "POST " CON "/finish"), 0);
    check(&v, "fulfilled", "awaiting_signature");
    CHECK_INT(treat(&v, "POST " CON "/finish"), 0);
    CHECK_INT(record_signed(&v.p.d, v.consult), 0);
    check(&v, "fulfilled", "closed");
    desk_close(&v.p.d);
}

TEST(visits, what_ends_the_appointment_ends_the_consult)
{
    static const struct { bool begun; int later_s; const char *door, *status, *state; } cases[] = {
        { false, 0, "POST " ONE "/cancel", "cancelled_by_clinic", "abandoned" },
        { true, 0, "POST " ONE "/cancel", "cancelled_by_clinic", "awaiting_signature" },
        { false, 1200, "POST " ONE "/no-show", "noshow_patient", "abandoned" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct visit v;

        visit_open(&v);
        if (cases[i].begun)
            CHECK_INT(treat(&v, "POST " CON "/accept"), 0);
        v.p.d.s.now += cases[i].later_s;
        CHECK_INT(say(&v, &v.p.d.doctor, cases[i].door), 0);
        check(&v, cases[i].status, cases[i].state);
        CHECK_INT(treat(&v, "POST " CON "/accept"), DB_BAD_TRANSITION);
        desk_close(&v.p.d);
    }
}

TEST(visits, who_waits_is_not_cancelled_by_himself)
{
    struct visit v;

    visit_open(&v);
    CHECK_INT(say(&v, &v.p.d.patient, "POST " ONE "/cancel"), DB_BAD_TRANSITION);
    check(&v, "checked_in", "open");
    desk_close(&v.p.d);
}

TEST(visits, a_consult_that_is_not_fit_for_online_is_referred_with_its_advice_and_ends)
{
    static const char *const doors[] = { "accept", "pause", "resume", "finish", "sign" };
    struct visit v;
    struct desk *d = &v.p.d;
    char door[128];

    visit_open(&v);
#define REFER(advice) \
    ASK_ERR(d, &d->doctor, "POST " CON "/refer", "{\"consult\":\"%s\",\"reason\":\"chest pain\"" advice "}", \
            v.consult)
    CHECK_INT(REFER(",\"advice\":\"go to the emergency room\""), DB_BAD_TRANSITION);   /* open */
    CHECK_INT(treat(&v, "POST " CON "/accept"), 0);
    CHECK_INT(REFER(""), -EINVAL);
    CHECK_INT(REFER(",\"advice\":\"go to the emergency room\""), 0);
    check(&v, "cancelled_by_clinic", "referred_offline");
    CHECK_INT(REFER(",\"advice\":\"again\""), 0);                /* answered, and nothing new          */
    CHECK_INT(store_number(&d->s, "SELECT count(*) FROM message WHERE kind = 'card'", NO_ARGS), 1);
    CHECK_INT(told(d, "consult-referred"), 1);
    CHECK_INT(ASK_ERR(d, &d->patient, "message:send", "{\"consult\":\"%s\",\"clientId\":\"client-9\","
                      "\"kind\":\"text\",\"text\":\"but\"}", v.consult), -ESHUTDOWN);
    for (size_t i = 0; i < COUNT_OF(doors); i++) {
        snprintf(door, sizeof door, "POST " CON "/%s", doors[i]);
        CHECK_INT(ASK_ERR(d, &d->doctor, door, "{\"consult\":\"%s\"%s}", v.consult,
                          strcmp(doors[i], "sign") == 0 ? ",\"version\":1" : ""), DB_BAD_TRANSITION);
    }
    desk_close(d);
}
