/* test_duties.c - who is reminded of what he owes a consult, when, and how often. */
#include "record_fixture.h"
#include "visit_fixture.h"

#include "waiting.h"

/* When none is ahead there is no next. */
static int remind_again(struct desk *d)
{
    struct action *a = action_new(d->api, "jobs", MAY_NOBODY, 0);
    int64_t next_utc;
    int err;

    a->clockwork = true;
    store_job_begin(&d->s);
    err = waiting_remind(a, d->s.db, &next_utc);
    CHECK(err == 0 || err == -ENOENT);
    CHECK_INT(store_job_end(&d->s, 0), 0);
    action_drop(a);
    return err;
}

TEST(duties, a_doctor_is_told_at_half_of_the_time_and_both_when_it_is_over)
{
    struct desk d;
    struct action *a;
    int64_t began;

    desk_open(&d);
    CHECK_INT(db_script(d.s.db, "UPDATE consultation SET state = 'active', duty_utc = NULL"), 0);
    a = ask_with(&d, &d.patient, "POST /api/v1/consultations", "{\"doctor\":\"%s\",\"text\":\"hello\","
                 "\"clientId\":\"client-0001\"}", d.doctor.session.user.public_id);
    CHECK_STR(text_at(a->answer, "consult.expiresAt"), "2025-11-25T16:00:00Z");
    action_drop(a);
    began = d.s.now;
    CHECK_INT(tick(&d, waiting_remind), began + 12 * 3600);
    d.s.now = began + 12 * 3600 - 1;
    (void)tick(&d, waiting_remind);
    CHECK_INT(told(&d, "consult-unanswered"), 0);
    d.s.now++;
    for (int i = 0; i < 3; i++)
        (void)remind_again(&d);
    CHECK_INT(told(&d, "consult-unanswered"), 1);
    d.s.now = began + 24 * 3600;
    (void)tick(&d, waiting_expire);
    CHECK_INT(told(&d, "consult-expired"), 2);
    desk_close(&d);
}

TEST(duties, who_has_not_signed_is_reminded_then_the_desk_and_nobody_once_it_is_signed)
{
    static const struct { int64_t hours; int two, day, desk; } rounds[] = {
        { 1, 0, 0, 0 }, { 2, 1, 0, 0 }, { 23, 1, 0, 0 }, { 24, 1, 1, 0 }, { 47, 1, 1, 0 }, { 48, 1, 1, 1 },
        { 90, 1, 1, 1 },
    };
    struct visit v;
    struct desk *d = &v.p.d;
    int64_t ended;

    visit_open(&v);
    staff_add(d);
    CHECK_INT(treat(&v, "POST " CON "/accept"), 0);
    CHECK_INT(treat(&v, "POST " CON "/finish"), 0);
    ended = d->s.now;
    for (size_t i = 0; i < COUNT_OF(rounds); i++) {
        d->s.now = ended + rounds[i].hours * 3600;
        (void)remind_again(d);
        CHECK_INT(told(d, "sign-2h"), rounds[i].two);
        CHECK_INT(told(d, "sign-24h"), rounds[i].day);
        CHECK_INT(told(d, "sign-48h"), rounds[i].desk);
    }
    desk_close(d);

    visit_open(&v);
    staff_add(d);
    CHECK_INT(treat(&v, "POST " CON "/accept"), 0);
    CHECK_INT(treat(&v, "POST " CON "/finish"), 0);
    d->s.now += 30 * 3600;                      /* the server was down: one reminder, not two        */
    (void)remind_again(d);
    CHECK_INT(told(d, "sign-2h"), 0);
    CHECK_INT(told(d, "sign-24h"), 1);
    CHECK_INT(record_signed(d, v.consult), 0);
    d->s.now += 30 * 3600;
    (void)remind_again(d);
    CHECK_INT(told(d, "sign-48h"), 0);
    desk_close(d);
}
