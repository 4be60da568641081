/* test_recheck.c - the desk hears of what is booked and can no longer be as it was. */
#include "visit_fixture.h"

#include "appointments.h"

static void rounds(struct desk *d, const char *world)
{
    CHECK_INT(db_script(d->s.db, world), 0);
    for (int i = 0; i < 2; i++) {
        d->s.now += 3600;
        (void)tick(d, appointments_recheck);
    }
}

TEST(recheck, a_time_that_the_zone_shows_differently_is_told_once)
{
    struct visit v;
    struct desk *d = &v.p.d;

    visit_book(&v);
    staff_add(d);
    rounds(d, "");
    CHECK_INT(store_number(&d->s, "SELECT booked_wall - start_utc FROM appointment", NO_ARGS), 8 * 3600);
    rounds(d, "UPDATE appointment SET tzdb = '1999a'");         /* another release, the same time */
    CHECK_INT(told(d, "appointment-clock-moved"), 0);
    CHECK_INT(store_number(&d->s, "SELECT count(*) FROM appointment WHERE tzdb = '1999a'", NO_ARGS), 0);
    rounds(d, "UPDATE appointment SET tzdb = '1999a', booked_wall = booked_wall - 3600");
    CHECK_INT(told(d, "appointment-clock-moved"), 1);
    CHECK_INT(store_number(&d->s, "SELECT booked_wall - start_utc FROM appointment", NO_ARGS), 8 * 3600);
    CHECK_INT(store_number(&d->s, "SELECT start_utc FROM appointment", NO_ARGS), MONDAY_UTC);
    desk_close(d);
}

TEST(recheck, a_doctor_who_can_no_longer_treat_is_told_once_and_nothing_is_cancelled)
{
    static const struct { const char *world; int told; } worlds[] = {
        { "UPDATE doctor SET licence_until_utc = 1764550801", 0 },      /* the second after its start */
        { "UPDATE doctor SET licence_until_utc = 1764550800", 1 },
        { "UPDATE users SET disabled_utc = 1 WHERE role = 'doctor'", 1 },
        { "UPDATE doctor SET licence_until_utc = 1; "
          "UPDATE appointment SET status = 'cancelled_by_patient'", 0 },
        { "UPDATE doctor SET licence_until_utc = 1; UPDATE appointment SET start_utc = 1, end_utc = 2, "
          "busy_until_utc = 2", 0 },                                    /* over */
    };

    for (size_t i = 0; i < COUNT_OF(worlds); i++) {
        struct visit v;
        struct desk *d = &v.p.d;

        visit_book(&v);
        staff_add(d);
        rounds(d, worlds[i].world);
        CHECK_INT(told(d, "appointment-doctor-out"), worlds[i].told);
        CHECK_INT(store_number(&d->s, "SELECT count(*) FROM appointment WHERE status = 'cancelled_by_clinic'",
                               NO_ARGS), 0);
        desk_close(d);
    }
}

TEST(recheck, what_failed_is_looked_at_again_at_once)
{
    struct visit v;
    struct desk *d = &v.p.d;
    struct action *a;
    int64_t next_utc;

    visit_book(&v);
    staff_add(d);
    CHECK_INT(db_script(d->s.db, "UPDATE users SET disabled_utc = 1 WHERE role = 'doctor'; "
                        "ALTER TABLE notification RENAME TO away"), 0);
    a = action_new(d->api, "jobs", MAY_NOBODY, 0);
    a->clockwork = true;
    store_job_begin(&d->s);
    CHECK(store_job_end(&d->s, appointments_recheck(a, d->s.db, &next_utc)) < 0);
    action_drop(a);
    CHECK_INT(db_script(d->s.db, "ALTER TABLE away RENAME TO notification"), 0);
    (void)tick(d, appointments_recheck);
    CHECK_INT(told(d, "appointment-doctor-out"), 1);
    desk_close(d);
}
