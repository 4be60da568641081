/* test_booking.c - held, confirmed, moved, cancelled: at the right time, by whom it may be, or not at all. */
#include "practice_fixture.h"

#define AT "/api/v1/appointments"
#define ONE AT "/{appointment}"
#define APPOINTMENT "{\"appointment\":\"%s\"}"

/* Monday, 2025-12-01, 09:00, 09:20 and 09:40 in Shanghai. */
static const char *const starts[] = { "2025-12-01T01:00:00Z", "2025-12-01T01:20:00Z",
                                      "2025-12-01T01:40:00Z" };
enum { MONDAY_UTC = 1764550800, FEE = 5000 };

static void clinic_open(struct practice *p, bool on_request, int64_t fee_minor)
{
    practice_open(p);
    CHECK_INT(ASK_ERR(&p->d, &p->d.doctor, "POST " DOCTOR "/rules", MONDAYS, p->doctor), 0);
    CHECK_INT(JOB(&p->d.s, db_run(p->d.s.db, "UPDATE service SET needs_approval = $1, fee_minor = $2",
                                  ARGS(INT(on_request), INT(fee_minor)))), 1);
}

static struct action *hold(struct practice *p, const struct person *who, int start)
{
    return ask_with(&p->d, who, "POST " AT, "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":\"%s\"}",
                    p->doctor,
                    p->service, starts[start]);
}

/* Held and confirmed by the patient; its id. */
static void book(struct practice *p, int start, char ret_id[DB_ID_SIZE])
{
    struct action *held = hold(p, &p->d.patient, start);

    CHECK_INT(held->job.err, 0);
    snprintf(ret_id, DB_ID_SIZE, "%s", text_at(held->answer, "appointment.id"));
    CHECK_INT(ASK_ERR(&p->d, &p->d.patient, "POST " ONE "/confirm", APPOINTMENT, ret_id), 0);
    action_drop(held);
}

static const char *status_of_it(struct practice *p, const char *id)
{
    static char status[32];
    struct appointment_access now;

    CHECK_INT(store_appointment_find(p->d.s.db, id, &now), 0);
    snprintf(status, sizeof status, "%s", now.status);
    return status;
}

TEST(booking, a_hold_is_told_to_both_and_is_due)
{
    struct practice p;
    struct action *a;

    clinic_open(&p, false, 0);
    a = hold(&p, &p.d.patient, 0);
    CHECK_INT(a->job.err, 0);
    CHECK_STR(text_at(a->answer, "appointment.status"), "held");
    CHECK_STR(text_at(a->answer, "appointment.holdExpiresAt"), "2025-11-24T16:10:00Z");
    CHECK_STR(effects(&p.d, a), "appointment:changed>doctor -self; appointment:changed>patient -self; ");
    CHECK_INT(a->due_utc, STORE_NOW + 600);
    CHECK_INT(audit_count(&p.d, "appointment.book"), 1);
    action_drop(a);
    desk_close(&p.d);
}

TEST(booking, a_taken_time_is_answered_with_the_nearest)
{
    struct practice p;
    struct action *a;

    clinic_open(&p, false, 0);
    action_drop(hold(&p, &p.d.patient, 1));
    a = hold(&p, &p.d.stranger, 1);
    CHECK_INT(a->job.err, DB_DOCTOR_BUSY);
    CHECK_STR(text_at(a->explained, "why"), "booked");
    CHECK_INT(json_array_size(json_at(a->explained, "slots")), 3);
    CHECK_STR(text_at(a->explained, "slots.0.startAt"), starts[0]);
    CHECK_STR(text_at(a->explained, "slots.1.startAt"), starts[2]);
    CHECK_STR(text_at(a->explained, "slots.2.startAt"), "2025-12-08T01:00:00Z");
    action_drop(a);
    desk_close(&p.d);
}

TEST(booking, what_is_not_offered_is_said_so)
{
    static const struct { const char *start, *why; } cases[] = {
        { "2025-12-01T01:10:00Z", "off-grid" }, { "2025-12-01T05:00:00Z", "outside-hours" },
        { "2020-01-01T00:00:00Z", "past" }, { "2026-06-01T01:00:00Z", "too-far" },
    };
    struct practice p;

    clinic_open(&p, false, 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct action *a = ask_with(&p.d, &p.d.patient, "POST " AT,
                                    "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":\"%s\"}", p.doctor,
                                        p.service,
                                    cases[i].start);

        CHECK_INT(a->job.err, -EADDRNOTAVAIL);
        CHECK_STR(text_at(a->explained, "why"), cases[i].why);
        action_drop(a);
    }
    desk_close(&p.d);
}

TEST(booking, a_patient_needs_notice_and_the_desk_does_not)
{
    struct practice p;
    struct action *a;
    struct appointment_access now;

    clinic_open(&p, false, 0);
    p.d.s.now = MONDAY_UTC - 3599;
    a = hold(&p, &p.d.patient, 0);
    CHECK_INT(a->job.err, -EADDRNOTAVAIL);
    CHECK_STR(text_at(a->explained, "why"), "too-soon");
    action_drop(a);
    a = hold(&p, &p.d.patient, 1);
    CHECK_INT(store_appointment_find(p.d.s.db, text_at(a->answer, "appointment.id"), &now), 0);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "POST " AT,
                      "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":\"%s\","
                      "\"patient\":\"%s\"}", p.doctor, p.service, starts[0],
                      text_at(a->answer, "appointment.patient.id")), 0);
    action_drop(a);
    desk_close(&p.d);
}

TEST(booking, only_the_desk_overbooks)
{
    static const char overbook[] = "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":\"%s\","
                                   "\"patient\":\"%s\",\"overbook\":true}";
    struct practice p;
    struct action *a, *b;

    clinic_open(&p, false, 0);
    a = hold(&p, &p.d.stranger, 0);
    CHECK_INT(ASK_ERR(&p.d, &p.d.stranger, "POST " AT, overbook, p.doctor, p.service, starts[0],
                      text_at(a->answer, "appointment.patient.id")), -EPERM);
    b = ask_with(&p.d, &p.d.doctor, "POST " AT, overbook, p.doctor, p.service, starts[0],
                 text_at(a->answer, "appointment.patient.id"));
    CHECK_INT(b->job.err, 0);
    CHECK_STR(text_at(b->answer, "appointment.status"), "booked");
    CHECK_INT(audit_count(&p.d, "appointment.overbook"), 1);
    action_drop(b);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "POST " AT, overbook, p.doctor, p.service, "2020-01-01T00:00:00Z",
                      text_at(a->answer, "appointment.patient.id")), -ETIME);
    action_drop(a);
    desk_close(&p.d);
}

TEST(booking, a_patient_books_for_his_own_only)
{
    struct practice p;
    struct action *a;

    clinic_open(&p, false, 0);
    a = hold(&p, &p.d.stranger, 0);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " AT,
                      "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":\"%s\","
                      "\"patient\":\"%s\"}", p.doctor, p.service, starts[1],
                      text_at(a->answer, "appointment.patient.id")), -ENOENT);
    action_drop(a);
    desk_close(&p.d);
}

TEST(booking, confirmed_it_is_what_the_service_says)
{
    static const struct { bool on_request; int64_t fee; const char *status; } cases[] = {
        { false, 0, "booked" }, { true, 0, "requested" }, { false, FEE, "pending_payment" },
        { true, FEE, "pending_payment" },       /* the doctor is asked when it is paid               */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct practice p;
        char id[DB_ID_SIZE];

        clinic_open(&p, cases[i].on_request, cases[i].fee);
        book(&p, 0, id);
        CHECK_STR(status_of_it(&p, id), cases[i].status);
        CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " ONE "/confirm", APPOINTMENT, id), DB_BAD_TRANSITION);
        desk_close(&p.d);
    }
}

TEST(booking, a_hold_that_is_over_is_lost_and_free_for_others)
{
    struct practice p;
    struct action *held, *late, *other;

    clinic_open(&p, false, 0);
    held = hold(&p, &p.d.patient, 0);
    p.d.s.now += 600;
    late = ask_with(&p.d, &p.d.patient, "POST " ONE "/confirm", APPOINTMENT, text_at(held->answer,
        "appointment.id"));
    CHECK_INT(late->job.err, 0);                /* the end of the hold is kept, …                    */
    CHECK_INT(late->refused, DB_BAD_TRANSITION);        /* … the answer is no                        */
    CHECK_INT(json_array_size(json_at(late->explained, "slots")), 3);
    CHECK_STR(effects(&p.d, late), "appointment:changed>doctor -self; appointment:changed>patient -self; ");
    CHECK_STR(status_of_it(&p, text_at(held->answer, "appointment.id")), "expired");
    other = hold(&p, &p.d.stranger, 0);
    CHECK_INT(other->job.err, 0);
    p.d.s.now += 600;                           /* nobody looked: the next booking ends it           */
    action_drop(hold(&p, &p.d.patient, 0));
    CHECK_STR(status_of_it(&p, text_at(other->answer, "appointment.id")), "expired");
    action_drop(held);
    action_drop(late);
    action_drop(other);
    desk_close(&p.d);
}

static int reschedule(struct practice *p, const struct person *who, const char *id, int start,
                      char ret_id[DB_ID_SIZE])
{
    struct action *a = ask_with(&p->d, who, "POST " ONE "/reschedule",
                                "{\"appointment\":\"%s\",\"startAt\":\"%s\",\"reason\":\"work\"}", id,
                                    starts[start]);
    static const char told[] = "appointment:changed>doctor -self; appointment:changed>patient -self; ";
    char want[256];
    int err = a->job.err;

    if (err == 0) {
        CHECK_STR(text_at(a->answer, "appointment.rescheduledFrom"), id);
        snprintf(want, sizeof want, "%s%snotification:new>%s; ", told, told,
                 who == &p->d.doctor ? "patient" : "doctor");
        CHECK_STR(effects(&p->d, a), want);
        snprintf(ret_id, DB_ID_SIZE, "%s", text_at(a->answer, "appointment.id"));
    }
    action_drop(a);
    return err;
}

TEST(booking, a_move_keeps_series_policy_and_fee)
{
    struct practice p;
    char id[DB_ID_SIZE], moved[DB_ID_SIZE];
    struct appointment_access before, after;

    clinic_open(&p, false, 0);
    book(&p, 0, id);
    CHECK_INT(store_appointment_find(p.d.s.db, id, &before), 0);
    CHECK_INT(JOB(&p.d.s, db_run(p.d.s.db, "UPDATE service SET fee_minor = 777", NO_ARGS)), 1);
    CHECK_INT(reschedule(&p, &p.d.patient, id, 2, moved), 0);
    CHECK_INT(store_appointment_find(p.d.s.db, moved, &after), 0);
    CHECK_STR(status_of_it(&p, id), "rescheduled");
    CHECK_STR(after.status, "booked");
    CHECK_STR(after.series, before.series);
    CHECK_INT(after.policy, before.policy);
    CHECK_INT(after.fee_minor, 0);
    CHECK_INT(after.moves, 1);
    CHECK(after.ics_seq > before.ics_seq);
    CHECK_INT(after.start_utc, before.start_utc + 2400);
    desk_close(&p.d);
}

TEST(booking, a_move_to_a_taken_time_leaves_all_as_it_was)
{
    struct practice p;
    char id[DB_ID_SIZE], moved[DB_ID_SIZE];

    clinic_open(&p, false, 0);
    book(&p, 0, id);
    action_drop(hold(&p, &p.d.stranger, 1));
    CHECK_INT(reschedule(&p, &p.d.patient, id, 1, moved), DB_DOCTOR_BUSY);
    CHECK_STR(status_of_it(&p, id), "booked");
    CHECK_INT(store_number(&p.d.s, "SELECT count(*) FROM appointment", NO_ARGS), 2);
    CHECK_INT(store_number(&p.d.s, "SELECT count(*) FROM appointment_history WHERE to_s = 'rescheduled'",
                           NO_ARGS), 0);
    desk_close(&p.d);
}

TEST(booking, a_patient_moves_in_time_and_twice_at_most)
{
    struct practice p;
    char id[DB_ID_SIZE], next[DB_ID_SIZE];

    clinic_open(&p, false, 0);
    book(&p, 0, id);
    CHECK_INT(reschedule(&p, &p.d.patient, id, 1, next), 0);
    CHECK_INT(reschedule(&p, &p.d.patient, id, 2, next), DB_BAD_TRANSITION);
    CHECK_INT(reschedule(&p, &p.d.patient, next, 2, id), 0);
    CHECK_INT(reschedule(&p, &p.d.patient, id, 0, next), -EPERM);
    CHECK_INT(reschedule(&p, &p.d.doctor, id, 0, next), 0);             /* who keeps it always may   */
    p.d.s.now = MONDAY_UTC - 7199;
    CHECK_INT(reschedule(&p, &p.d.patient, next, 1, id), -ETIME);
    CHECK_INT(reschedule(&p, &p.d.doctor, next, 1, id), 0);
    desk_close(&p.d);
}

static void cancellation_check(struct practice *p, const struct person *who, const char *id, int percent,
                               int refund)
{
    struct action *a = ask_with(&p->d, who, "GET " ONE "/cancellation", APPOINTMENT, id);

    CHECK_INT(a->job.err, 0);
    CHECK_INT(int_at(a->answer, "percent"), percent);
    CHECK_INT(int_at(a->answer, "refund.amount"), refund);
    CHECK_INT(int_at(a->answer, "kept.amount"), FEE - refund);
    action_drop(a);
}

TEST(booking, cancelling_costs_what_the_policy_said_when_it_was_booked)
{
    struct practice p;
    char id[DB_ID_SIZE];

    clinic_open(&p, false, FEE);
    book(&p, 0, id);
    cancellation_check(&p, &p.d.patient, id, 100, FEE);         /* not paid yet                      */
    CHECK_INT(JOB(&p.d.s, db_run(p.d.s.db, "UPDATE appointment SET status = 'booked', hold_expires_utc = "
                                           "NULL",
                                 NO_ARGS)), 1);
    CHECK_INT(JOB(&p.d.s, db_run(p.d.s.db, "INSERT INTO policy(clinic_id, version, tiers, grace_min, "
                                 "move_cutoff_min, moves_max, created_utc) VALUES(1, 2, '[]', 15, 0, 0, 0)",
                                     NO_ARGS)), 1);
    p.d.s.now = MONDAY_UTC - 86400;
    cancellation_check(&p, &p.d.patient, id, 100, FEE);
    p.d.s.now++;
    cancellation_check(&p, &p.d.patient, id, 50, FEE / 2);
    cancellation_check(&p, &p.d.doctor, id, 100, FEE);
    p.d.s.now = MONDAY_UTC;
    cancellation_check(&p, &p.d.patient, id, 0, 0);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "POST " ONE "/cancel", APPOINTMENT, id), -EINVAL);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "POST " ONE "/cancel",
                      "{\"appointment\":\"%s\",\"reason\":\"ill\"}", id), 0);
    CHECK_STR(status_of_it(&p, id), "cancelled_by_clinic");
    desk_close(&p.d);
}

TEST(booking, a_patient_lets_go_of_what_he_holds)
{
    struct practice p;
    struct action *held;

    clinic_open(&p, true, 0);
    held = hold(&p, &p.d.patient, 0);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " ONE "/cancel", APPOINTMENT, text_at(held->answer,
        "appointment.id")), 0);
    CHECK_STR(status_of_it(&p, text_at(held->answer, "appointment.id")), "expired");
    action_drop(held);
    held = hold(&p, &p.d.patient, 0);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " ONE "/confirm", APPOINTMENT, text_at(held->answer,
        "appointment.id")), 0);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " ONE "/cancel", APPOINTMENT, text_at(held->answer,
        "appointment.id")), 0);
    CHECK_STR(status_of_it(&p, text_at(held->answer, "appointment.id")), "cancelled_by_patient");
    action_drop(held);
    desk_close(&p.d);
}

TEST(booking, one_checks_in_from_half_an_hour_before_until_the_grace_is_over)
{
    static const struct { int after_s, err; } cases[] = {
        { -1801, -ETIME }, { -1800, 0 }, { 900, 0 }, { 901, -ETIME },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct practice p;
        char id[DB_ID_SIZE];

        clinic_open(&p, false, 0);
        book(&p, 0, id);
        p.d.s.now = MONDAY_UTC + cases[i].after_s;
        CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " ONE "/check-in", APPOINTMENT, id), cases[i].err);
        CHECK_STR(status_of_it(&p, id), cases[i].err ? "booked" : "checked_in");
        desk_close(&p.d);
    }
}

TEST(booking, who_does_not_come_is_marked_once_the_grace_is_over)
{
    struct practice p;
    char id[DB_ID_SIZE];

    clinic_open(&p, false, 0);
    book(&p, 0, id);
    p.d.s.now = MONDAY_UTC + 899;
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "POST " ONE "/no-show", APPOINTMENT, id), -ETIME);
    p.d.s.now++;
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "POST " ONE "/no-show", APPOINTMENT, id), 0);
    CHECK_STR(status_of_it(&p, id), "noshow_patient");
    desk_close(&p.d);
}

TEST(booking, a_version_that_is_no_longer_it_changes_nothing)
{
    struct practice p;
    char id[DB_ID_SIZE];

    clinic_open(&p, false, 0);
    book(&p, 0, id);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " ONE "/cancel",
                      "{\"appointment\":\"%s\",\"version\":\"0\"}", id), -ESTALE);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " ONE "/cancel",
                      "{\"appointment\":\"%s\",\"version\":\"1\"}", id), 0);
    desk_close(&p.d);
}
