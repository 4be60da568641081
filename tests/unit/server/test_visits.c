/* test_visits.c - an appointment becomes a consult, and the two end together. */
#include "practice_fixture.h"

#define AT "/api/v1/appointments"
#define ONE AT "/{appointment}"
#define CON "/api/v1/consultations/{consult}"

enum { MONDAY_UTC = 1764550800 };               /* 2025-12-01, 09:00 in Shanghai                     */

struct visit { struct practice p; char appointment[DB_ID_SIZE], consult[DB_ID_SIZE]; };

static int say(struct visit *v, const struct person *who, const char *door)
{
    return ASK_ERR(&v->p.d, who, door, "{\"appointment\":\"%s\",\"reason\":\"because\"}", v->appointment);
}

static int treat(struct visit *v, const char *door)
{
    return ASK_ERR(&v->p.d, &v->p.d.doctor, door, "{\"consult\":\"%s\"}", v->consult);
}

static void check(struct visit *v, const char *status, const char *state)
{
    json_t *appointment = NULL;
    struct appointment_access now;
    struct consult_access access;

    CHECK_INT(store_appointment_find(v->p.d.s.db, v->appointment, &now), 0);
    CHECK_STR(now.status, status);
    CHECK_INT(store_appointment_get(v->p.d.s.db, now.id, &appointment), 0);
    CHECK_STR(text_at(appointment, "consult"), v->consult);
    CHECK_INT(store_consult_access(v->p.d.s.db, v->consult, v->p.d.doctor.session.user.id, &access), 0);
    CHECK_STR(access.state, state);
    json_decref(appointment);
}

/* Booked, and the patient has just checked in. */
static void visit_open(struct visit *v)
{
    struct desk *d = &v->p.d;
    struct action *held, *in;

    practice_open(&v->p);
    CHECK_INT(ASK_ERR(d, &d->doctor, "POST " DOCTOR "/rules", MONDAYS, v->p.doctor), 0);
    held = ask_with(d, &d->patient, "POST " AT, "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":"
                    "\"2025-12-01T01:00:00Z\"}", v->p.doctor, v->p.service);
    snprintf(v->appointment, sizeof v->appointment, "%s", text_at(held->answer, "appointment.id"));
    action_drop(held);
    CHECK_INT(ASK_ERR(d, &d->patient, "POST " ONE "/confirm", "{\"appointment\":\"%s\"}", v->appointment), 0);
    d->s.now = MONDAY_UTC - 300;
    in = ask_with(d, &d->patient, "POST " ONE "/check-in", "{\"appointment\":\"%s\"}", v->appointment);
    CHECK_INT(in->job.err, 0);
    CHECK_STR(effects(d, in), "consult:changed>doctor -self; consult:changed>patient -self; "
                              "appointment:changed>doctor -self; appointment:changed>patient -self; "
                              "notification:new>doctor; ");
    snprintf(v->consult, sizeof v->consult, "%s", text_at(in->answer, "appointment.consult"));
    action_drop(in);
    check(v, "checked_in", "open");
}

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
    CHECK_INT(ASK_ERR(&v.p.d, &v.p.d.doctor, "POST " CON "/sign", "{\"consult\":\"%s\",\"advice\":\"rest\"}",
                      v.consult), 0);
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
