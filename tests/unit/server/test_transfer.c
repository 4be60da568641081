/* test_transfer.c - a consult goes to a colleague: offered, taken over, declined, withdrawn. */
#include "visit_fixture.h"

#include "storage/store_call.h"
#include "waiting.h"

#define TRANSFER CON "/transfer"

struct handover { struct visit v; struct person colleague; };

static void handover_open(struct handover *h)
{
    struct desk *d = &h->v.p.d;

    visit_open(&h->v);
    person_login(d, &h->colleague, "colleague", store_doctor(&d->s, d->doctor.session.user.clinic, "dr.wu"));
    CHECK_INT(treat(&h->v, "POST " CON "/accept"), 0);
}

static struct action *offer(struct handover *h)
{
    return ask_with(&h->v.p.d, &h->v.p.d.doctor, "POST " TRANSFER,
                    "{\"consult\":\"%s\",\"doctor\":\"%s\",\"reason\":\"heart\"}", h->v.consult,
                    h->colleague.session.user.public_id);
}

static struct action *answer(struct handover *h, const char *door)
{
    return ask_with(&h->v.p.d, &h->colleague, door, "{\"consult\":\"%s\"}", h->v.consult);
}

static int64_t takes_part(struct handover *h, const struct person *who)
{
    struct consult_access access;
    int err = store_consult_access(h->v.p.d.s.db, h->v.consult, who->session.user.id, &access);

    return err == 0 && access.treats;
}

TEST(transfer, an_offer_is_for_both_doctors_and_not_for_the_patient)
{
    struct handover h;
    struct desk *d = &h.v.p.d;
    struct action *a;
    json_t *body;

    handover_open(&h);
    a = offer(&h);
    CHECK_INT(a->job.err, 0);
    CHECK_STR(text_at(a->answer, "consult.transfer.reason"), "heart");
    CHECK_STR(text_at(a->answer, "consult.transfer.doctor.id"), h.colleague.session.user.public_id);
    CHECK(strstr(effects(d, a), "consult:transfer>doctor -self; consult:transfer>user:") != NULL);
    CHECK(strstr(d->said, "patient") == NULL);
    body = effect_body(a, 0);
    CHECK_STR(text_at(body, "transfer.from.id"), d->doctor.session.user.public_id);
    json_decref(body);
    action_drop(a);
    CHECK_INT(store_number(&d->s, "SELECT instr(reason_enc, 'heart') FROM consult_transfer", NO_ARGS), 0);
    CHECK_INT(told(d, "transfer-offered"), 1);

    a = ask_with(d, &d->patient, "GET " CON, "{\"consult\":\"%s\"}", h.v.consult);
    CHECK(json_at(a->answer, "consult.transfer") == NULL);
    action_drop(a);
    a = ask_with(d, &d->doctor, "GET " CON, "{\"consult\":\"%s\"}", h.v.consult);
    CHECK_STR(text_at(a->answer, "consult.transfer.reason"), "heart");
    action_drop(a);
    a = ask(d, &h.colleague, "GET /api/v1/me/transfers", "{}");
    CHECK_STR(text_at(a->answer, "items.0.consult"), h.v.consult);
    CHECK_STR(text_at(a->answer, "items.0.transfer.patient.name"), "wang");
    action_drop(a);
    a = ask(d, &d->doctor, "GET /api/v1/me/transfers", "{}");
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 0);
    action_drop(a);
    desk_close(d);
}

TEST(transfer, it_is_offered_to_one_colleague_of_the_clinic)
{
    struct handover h;
    struct desk *d = &h.v.p.d;
    static const char one[] = "{\"consult\":\"%s\",\"doctor\":\"%s\",\"reason\":\"%s\"}";
    struct store_user foreign, ended, third;

    handover_open(&h);
    foreign = store_doctor(&d->s, store_clinic(&d->s, "South"), "dr.far");
    ended = store_doctor(&d->s, d->doctor.session.user.clinic, "dr.old");
    third = store_doctor(&d->s, d->doctor.session.user.clinic, "dr.third");
    CHECK_INT(JOB(&d->s, db_run(d->s.db, "UPDATE doctor SET licence_until_utc = $2 WHERE user_id = $1",
                                ARGS(INT(ended.id), INT(d->s.now)))), 1);
    CHECK_INT(ASK_ERR(d, &d->doctor, "POST " TRANSFER, one, h.v.consult, foreign.public_id, "x"), -ENOENT);
    CHECK_INT(ASK_ERR(d, &d->doctor, "POST " TRANSFER, one, h.v.consult, "usr_none", "x"), -ENOENT);
    CHECK_INT(ASK_ERR(d, &d->doctor, "POST " TRANSFER, one, h.v.consult, ended.public_id, "x"), -EPERM);
    CHECK_INT(ASK_ERR(d, &d->doctor, "POST " TRANSFER, one, h.v.consult,
                      d->doctor.session.user.public_id, "x"), -EINVAL);
    CHECK_INT(ASK_ERR(d, &d->doctor, "POST " TRANSFER, one, h.v.consult, third.public_id, ""), -EINVAL);
    CHECK_INT(ASK_ERR(d, &d->doctor, "POST " TRANSFER, "{\"consult\":\"%s\",\"doctor\":\"%s\"}", h.v.consult,
                      third.public_id), -EINVAL);
    CHECK_INT(ask_err(offer(&h)), 0);
    CHECK_INT(ask_err(offer(&h)), 0);
    CHECK_INT(ASK_ERR(d, &d->doctor, "POST " TRANSFER, one, h.v.consult, third.public_id, "x"), -EEXIST);
    CHECK_INT(audit_count(d, "consult.transfer"), 1);
    desk_close(d);
}

TEST(transfer, who_takes_it_over_has_the_room_the_appointment_and_the_boards_know)
{
    struct handover h;
    struct desk *d = &h.v.p.d;
    struct appointment_access now;
    struct action *a;
    char want[256];

    handover_open(&h);
    CHECK_INT(ask_err(offer(&h)), 0);
    a = answer(&h, "POST " TRANSFER "/accept");
    CHECK_INT(a->job.err, 0);
    CHECK_STR(text_at(a->answer, "consult.doctor.id"), h.colleague.session.user.public_id);
    CHECK_STR(text_at(a->answer, "consult.state"), "active");
    CHECK_INT(a->effects->kind, EFFECT_OUT);
    snprintf(want, sizeof want, "user:%s", d->doctor.session.user.public_id);
    CHECK_STR(a->effects->object, want);
    CHECK(strstr(effects_of(d, a, true), "queue:changed>doctor") != NULL);
    snprintf(want, sizeof want, "queue:changed>user:%s", h.colleague.session.user.public_id);
    CHECK(strstr(d->said, want) != NULL);
    CHECK(strstr(effects(d, a), "appointment:changed>patient") != NULL);
    CHECK(strstr(d->said, "consult:changed>doctor") == NULL);
    CHECK(strstr(d->said, "consult:changed>patient") != NULL);
    action_drop(a);
    CHECK(takes_part(&h, &h.colleague));
    CHECK(!takes_part(&h, &d->doctor));
    CHECK_INT(store_appointment_find(d->s.db, h.v.appointment, &now), 0);
    CHECK_INT(now.doctor, h.colleague.session.user.id);
    CHECK_STR(now.status, "in_consult");
    CHECK_INT(told(d, "transfer-accepted"), 1);
    CHECK_INT(told(d, "consult-transferred"), 1);
    CHECK_INT(audit_count(d, "consult.transfer-accept"), 1);
    CHECK_INT(ASK_ERR(d, &h.colleague, "POST " CON "/finish", "{\"consult\":\"%s\"}", h.v.consult), 0);
    desk_close(d);
}

/* Of the stranger with $1, when the other one is. */
#define SAME_TIME                                                                                            \
    "INSERT INTO appointment(public_id, series_id, clinic_id, doctor_id, patient_id, service_id, "           \
    "policy_id, start_utc, end_utc, busy_until_utc, booked_tz, tzdb, fee_minor, currency, status, "          \
    "created_by, created_utc) SELECT 'apt_other', 'ser_other', a.clinic_id, $1, (SELECT p.id FROM patient "  \
    "p WHERE p.account_id = $2), a.service_id, a.policy_id, a.start_utc, a.end_utc, a.busy_until_utc, "      \
    "a.booked_tz, a.tzdb, 0, 'CNY', 'booked', $2, 0 FROM appointment a"

TEST(transfer, what_the_colleague_has_booked_then_does_not_keep_him_from_it)
{
    struct handover h;
    struct desk *d = &h.v.p.d;

    handover_open(&h);
    CHECK_INT(JOB(&d->s, db_run(d->s.db, SAME_TIME, ARGS(INT(h.colleague.session.user.id),
                                                         INT(d->stranger.session.user.id)))), 1);
    CHECK_INT(ask_err(offer(&h)), 0);
    CHECK_INT(ask_err(answer(&h, "POST " TRANSFER "/accept")), 0);
    CHECK_INT(store_number(&d->s, "SELECT overbook FROM appointment WHERE public_id = $1",
                           ARGS(TEXT(h.v.appointment))), 1);
    desk_close(d);
}

TEST(transfer, it_comes_back_to_who_had_it_before)
{
    struct handover h;
    struct desk *d = &h.v.p.d;

    handover_open(&h);
    CHECK_INT(ask_err(offer(&h)), 0);
    CHECK_INT(ask_err(answer(&h, "POST " TRANSFER "/accept")), 0);
    CHECK_INT(ASK_ERR(d, &h.colleague, "POST " TRANSFER,
                      "{\"consult\":\"%s\",\"doctor\":\"%s\",\"reason\":\"x\"}", h.v.consult,
                      d->doctor.session.user.public_id), 0);
    CHECK_INT(treat(&h.v, "POST " TRANSFER "/accept"), 0);
    CHECK(takes_part(&h, &d->doctor));
    CHECK(!takes_part(&h, &h.colleague));
    desk_close(d);
}

TEST(transfer, declined_or_withdrawn_all_is_as_it_was)
{
    static const struct { const char *door, *outcome, *kind; bool by_colleague; } cases[] = {
        { "POST " TRANSFER "/decline", "declined", "transfer-declined", true },
        { "POST " TRANSFER "/withdraw", "withdrawn", NULL, false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct handover h;
        struct desk *d = &h.v.p.d;
        struct action *a;
        json_t *body;

        handover_open(&h);
        CHECK_INT(ask_err(offer(&h)), 0);
        a = cases[i].by_colleague ? answer(&h, cases[i].door)
            : ask_with(d, &d->doctor, cases[i].door, "{\"consult\":\"%s\"}", h.v.consult);
        CHECK_INT(a->job.err, 0);
        body = effect_body(a, 0);
        CHECK_STR(text_at(body, "outcome"), cases[i].outcome);
        CHECK(json_is_null(json_at(body, "transfer")));
        json_decref(body);
        action_drop(a);
        CHECK(takes_part(&h, &d->doctor));
        CHECK_INT(cases[i].kind == NULL || told(d, cases[i].kind) == 1, 1);
        CHECK_INT(treat(&h.v, "POST " TRANSFER "/withdraw"), 0);
        CHECK_INT(ask_err(offer(&h)), 0);
        desk_close(d);
    }
}

TEST(transfer, where_nobody_is_treated_there_is_nothing_to_take_over)
{
    struct handover h;
    struct desk *d = &h.v.p.d;
    struct action *a;

    handover_open(&h);
    CHECK_INT(ask_err(offer(&h)), 0);
    CHECK_INT(treat(&h.v, "POST " CON "/pause"), 0);
    CHECK_INT(store_number(&d->s, "SELECT count(*) FROM consult_transfer WHERE ended_utc IS NULL", NO_ARGS),
              1);
    a = ask_with(d, &d->doctor, "POST " CON "/finish", "{\"consult\":\"%s\"}", h.v.consult);
    CHECK(strstr(effects(d, a), "consult:transfer>doctor") != NULL);
    action_drop(a);
    CHECK_INT(store_number(&d->s, "SELECT count(*) FROM consult_transfer WHERE outcome = 'lapsed'", NO_ARGS),
              1);
    CHECK_INT(ask_err(offer(&h)), DB_BAD_TRANSITION);
    desk_close(d);
}

TEST(transfer, a_call_goes_on_with_who_is_in_it)
{
    struct handover h;
    struct desk *d = &h.v.p.d;
    struct consult_access access;
    struct call_row call;
    json_t *users = NULL;

    handover_open(&h);
    CHECK_INT(ASK_ERR(d, &d->doctor, "call:invite",
                      "{\"consult\":\"%s\",\"media\":\"video\",\"device\":\"a\"}", h.v.consult), 0);
    CHECK_INT(ASK_ERR(d, &d->patient, "call:accept", "{\"consult\":\"%s\",\"device\":\"b\"}",
                      h.v.consult), 0);
    CHECK_INT(ask_err(offer(&h)), 0);
    CHECK_INT(ask_err(answer(&h, "POST " TRANSFER "/accept")), 0);
    CHECK_INT(store_leg_access(d->s.db, h.v.consult, d->doctor.session.user.id, &access), 0);
    CHECK_INT(store_call_live(d->s.db, access.consult, &call), 0);
    CHECK_STR(call.state, "connecting");
    CHECK_INT(store_call_hearers(d->s.db, access.consult, &users), 0);
    CHECK_INT(json_array_size(users), 3);
    json_decref(users);
    CHECK_INT(ASK_ERR(d, &h.colleague, "call:accept", "{\"consult\":\"%s\",\"device\":\"c\"}",
                      h.v.consult), 0);
    CHECK_INT(store_leg_leave(d->s.db, 1), 0);
    CHECK_INT(store_leg_access(d->s.db, h.v.consult, d->doctor.session.user.id, &access), -ENOENT);
    CHECK_INT(ASK_ERR(d, &d->patient, "call:leave", "{\"consult\":\"%s\"}", h.v.consult), 0);
    desk_close(d);
}

TEST(transfer, a_referral_is_one_notice)
{
    struct handover h;
    struct desk *d = &h.v.p.d;
    int64_t before;

    handover_open(&h);
    before = store_number(&d->s, "SELECT count(*) FROM notification", NO_ARGS);
    CHECK_INT(ASK_ERR(d, &d->doctor, "consult:refer",
                      "{\"consult\":\"%s\",\"reason\":\"pain\",\"advice\":\"go\"}", h.v.consult), 0);
    CHECK_INT(store_number(&d->s, "SELECT count(*) FROM notification", NO_ARGS), before + 1);
    CHECK_INT(told(d, "consult-referred"), 1);
    desk_close(d);
}
