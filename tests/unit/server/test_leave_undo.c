/* test_leave_undo.c - a leave is taken back: all of it, or nothing. */
#include "leave_fixture.h"

#include "storage/store_payment.h"
#include "storage/store_visit.h"

TEST(leave_undo, undone_within_five_minutes_all_is_as_it_was)
{
    struct absence x;
    struct action *a;
    struct appointment_access before, after;

    absence_open(&x);
    CHECK_INT(store_appointment_find(x.p.d.s.db, x.ids[1], &before), 0);
    take_well(&x);
    x.p.d.s.now += 300;
    a = undo(&x);
    CHECK_INT(a->job.err, 0);
    CHECK_INT(json_array_size(json_at(a->answer, "lost")), 0);
    action_drop(a);
    for (int i = 0; i < BOOKINGS; i++)
        CHECK_INT(store_number(&x.p.d.s,
                               "SELECT count(*) FROM appointment b JOIN appointment a ON a.series_id = "
                               "b.series_id WHERE b.public_id = $1 AND a.status = 'booked' AND a.start_utc = "
                               "b.start_utc",
                               ARGS(TEXT(x.ids[i]))),
                  1);
    CHECK_INT(count_of(&x, "booked"), BOOKINGS);
    CHECK_INT(store_number(&x.p.d.s, "SELECT count(*) FROM availability_exception", NO_ARGS), 0);
    CHECK_INT(store_number(&x.p.d.s, "SELECT max(ics_seq) > $2 FROM appointment WHERE series_id = $1",
                           ARGS(TEXT(before.series), INT(before.ics_seq + 1))),
              1);
    CHECK_INT(store_appointment_find(x.p.d.s.db, x.ids[1], &after), 0);
    CHECK_STR(after.status, "cancelled_by_clinic"); /* rows stay: a new one follows */
    a = undo(&x);
    CHECK_INT(a->job.err, DB_BAD_TRANSITION);
    action_drop(a);
    desk_close(&x.p.d);
}

TEST(leave_undo, after_five_minutes_it_stands)
{
    struct absence x;
    struct action *a;

    absence_open(&x);
    take_well(&x);
    x.p.d.s.now += 301;
    a = undo(&x);
    CHECK_INT(a->job.err, -ETIME);
    action_drop(a);
    snprintf(x.leave, sizeof x.leave, "lea_none");
    a = undo(&x);
    CHECK_INT(a->job.err, -ENOENT);
    action_drop(a);
    desk_close(&x.p.d);
}

TEST(leave_undo, what_cannot_come_back_is_said_and_nothing_does)
{
    struct absence x;
    struct action *a;
    char moved[DB_ID_SIZE];

    absence_open(&x);
    a = take(&x, later[0], later[1]);
    snprintf(x.leave, sizeof x.leave, "%s", text_at(a->answer, "id"));
    snprintf(moved, sizeof moved, "%s", text_at(a->answer, "affected.0.appointment.id"));
    action_drop(a);
    CHECK_INT(ASK_ERR(&x.p.d, &x.p.d.patient, "POST " ONE "/cancel", "{\"appointment\":\"%s\"}", moved), 0);
    CHECK_INT(
        ASK_ERR(&x.p.d, &x.p.d.doctor, "POST /api/v1/appointments",
                "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":\"%s\",\"overbook\":true,\"patient\":"
                "\"%s\"}",
                x.p.doctor, x.p.service, starts[1], "pat_none"),
        -ENOENT);
    CHECK_INT(JOB(&x.p.d.s, db_run(x.p.d.s.db,
                                   "INSERT INTO appointment(public_id, series_id, clinic_id, "
                                   "doctor_id, patient_id, service_id, policy_id, start_utc, end_utc, "
                                   "busy_until_utc, booked_tz, tzdb, "
                                   "fee_minor, currency, status, created_by, created_utc) SELECT "
                                   "'apt_other', 'ser_other', clinic_id, "
                                   "doctor_id, 1, service_id, policy_id, start_utc, end_utc, busy_until_utc, "
                                   "booked_tz, tzdb, 0, currency, "
                                   "'booked', created_by, created_utc FROM appointment WHERE public_id = $1",
                                   ARGS(TEXT(x.ids[1])))),
              1);
    a = undo(&x);
    CHECK_INT(a->job.err, DB_DOCTOR_BUSY); /* 409 */
    CHECK_INT(json_array_size(json_at(a->explained, "lost")), 2);
    CHECK_STR(text_at(a->explained, "lost.0.appointment"), x.ids[1]);
    CHECK_STR(text_at(a->explained, "lost.0.why"), "doctor-busy");
    CHECK_STR(text_at(a->explained, "lost.1.appointment"), x.ids[0]);
    CHECK_STR(text_at(a->explained, "lost.1.why"), "changed");
    action_drop(a);
    CHECK_INT(store_number(&x.p.d.s, "SELECT count(*) FROM doctor_leave WHERE undone_utc IS NULL", NO_ARGS),
              1);
    CHECK_INT(store_number(&x.p.d.s, "SELECT count(*) FROM availability_exception", NO_ARGS), 1);
    CHECK_STR(status_of_it(&x, x.ids[2]), "rescheduled");
    desk_close(&x.p.d);
}

TEST(leave_undo, a_consult_of_what_it_was_moved_to_ends_with_it)
{
    struct absence x;
    struct appointment_access next;
    struct db_query q;
    char moved[DB_ID_SIZE];
    int64_t consult = 0;
    struct action *a;

    absence_open(&x);
    a = take(&x, later[0], later[1]);
    snprintf(x.leave, sizeof x.leave, "%s", text_at(a->answer, "id"));
    snprintf(moved, sizeof moved, "%s", text_at(a->answer, "affected.0.appointment.id"));
    action_drop(a);
    CHECK_INT(store_appointment_find(x.p.d.s.db, moved, &next), 0);
    CHECK_INT(JOB(&x.p.d.s, store_visit_open(x.p.d.s.db, next.id, next.account, &consult)), 0);
    CHECK_INT(ask_err(undo(&x)), 0);
    CHECK_INT(db_query(x.p.d.s.db, &q, "SELECT state FROM consultation WHERE id = $1", ARGS(INT(consult))),
              1);
    CHECK_STR(db_column_text(&q, 0), "abandoned");
    db_done(&q);
    desk_close(&x.p.d);
}

TEST(leave_undo, requests_holds_and_who_waits_are_met_too)
{
    static const char *const before[] = { "requested", "checked_in", "pending_payment" };
    static const char *const after[] = { "rejected", "cancelled_by_clinic", "expired" };
    struct absence x;
    struct action *a;

    absence_open(&x);
    for (int i = 0; i < BOOKINGS; i++)
        CHECK_INT(JOB(&x.p.d.s, (db_script(x.p.d.s.db, "DROP TRIGGER IF EXISTS appointment_move"),
                                 db_run(x.p.d.s.db,
                                        "UPDATE appointment SET status = $2, hold_expires_utc = "
                                        "CASE WHEN $2 = 'pending_payment' THEN $3 END WHERE public_id = $1",
                                        ARGS(TEXT(x.ids[i]), TEXT(before[i]), INT(STORE_NOW + 500))))),
                  1);
    a = preview(&x);
    CHECK_INT(a->job.err, 0);
    for (int i = 0; i < BOOKINGS; i++)
        CHECK(json_is_null(
            json_object_get(json_array_get(json_at(a->answer, "items"), (size_t)i), "proposal")));
    action_drop(a);
    a = ask_with(
        &x.p.d, &x.p.d.doctor, "POST " LEAVE,
        "{" SPAN ",\"reason\":\"ill\",\"choices\":["
        "{\"appointment\":\"%s\",\"action\":\"cancel\"},{\"appointment\":\"%s\",\"action\":\"cancel\"},"
        "{\"appointment\":\"%s\",\"action\":\"cancel\"}]}",
        x.p.doctor, x.ids[0], x.ids[1], x.ids[2]);
    CHECK_INT(a->job.err, 0);
    snprintf(x.leave, sizeof x.leave, "%s", text_at(a->answer, "id"));
    action_drop(a);
    for (int i = 0; i < BOOKINGS; i++)
        CHECK_STR(status_of_it(&x, x.ids[i]), after[i]);
    a = undo(&x);
    CHECK_INT(a->job.err, 0);
    CHECK_INT(json_array_size(json_at(a->answer, "lost")), 1);
    CHECK_STR(text_at(a->answer, "lost.0.why"), "hold-ended");
    action_drop(a);
    CHECK_INT(count_of(&x, "requested"), 1);
    CHECK_INT(count_of(&x, "booked"), 1);
    desk_close(&x.p.d);
}

/* As the provider's webhook leaves it. */
static void pay(struct absence *x, int which)
{
    struct db *db = x->p.d.s.db;
    struct appointment_access now;
    struct payment_order order = { 0 };

    CHECK_INT(store_appointment_find(db, x->ids[which], &now), 0);
    now.fee_minor = FEE;
    now.hold_expires_utc = STORE_NOW + 600;
    CHECK_INT(JOB(&x->p.d.s, store_payment_add(db, &now, "sandbox", &order)), 0);
    CHECK_INT(JOB(&x->p.d.s, store_payment_move(db, order.id, "pending")), 0);
    CHECK_INT(JOB(&x->p.d.s, store_payment_line(db, order.id, "charge", FEE, x->ids[which])), 1);
    CHECK_INT(JOB(&x->p.d.s, store_payment_move(db, order.id, "paid")), 0);
}

/* Paid, all three; the second is called off. */
static void paid_and_taken(struct absence *x)
{
    struct action *a;

    absence_open(x);
    for (int i = 0; i < BOOKINGS; i++)
        pay(x, i);
    a = preview(x);
    CHECK_INT(int_at(a->answer, "items.0.refund.amount"), FEE);
    action_drop(a);
    a = take(x, later[0], later[1]);
    CHECK_INT(a->job.err, 0);
    CHECK_INT(int_at(a->answer, "affected.0.refund.amount"), 0);
    CHECK_INT(int_at(a->answer, "affected.1.refund.amount"), FEE);
    snprintf(x->leave, sizeof x->leave, "%s", text_at(a->answer, "id"));
    action_drop(a);
    CHECK_INT(store_number(&x->p.d.s, "SELECT sum(amount_minor) FROM payment_refund", NO_ARGS), FEE);
}

TEST(leave_undo, the_refund_waits_until_it_can_no_longer_be_undone)
{
    struct absence x;
    struct action *a;

    paid_and_taken(&x);
    CHECK_INT(store_number(&x.p.d.s, "SELECT due_utc FROM outbox WHERE topic = 'sandbox-refund'", NO_ARGS),
              STORE_NOW + 301);
    x.p.d.s.now += 300;
    a = undo(&x);
    CHECK_INT(a->job.err, 0);
    CHECK_INT(json_array_size(json_at(a->answer, "restored")), BOOKINGS);
    CHECK_STR(text_at(a->answer, "restored.1.status"), "booked");
    CHECK_STR(text_at(a->answer, "restored.1.startAt"), starts[1]);
    action_drop(a);
    CHECK_INT(store_number(&x.p.d.s, "SELECT count(*) FROM payment_refund", NO_ARGS), 0);
    CHECK_INT(store_number(&x.p.d.s, "SELECT count(*) FROM outbox", NO_ARGS), 0);
    CHECK_INT(store_number(&x.p.d.s, "SELECT count(*) FROM payment_order WHERE state = 'paid'", NO_ARGS),
              BOOKINGS);
    desk_close(&x.p.d);
}

TEST(leave_undo, money_that_was_sent_back_keeps_it_from_being_undone)
{
    struct absence x;
    struct action *a;

    paid_and_taken(&x);
    CHECK_INT(JOB(&x.p.d.s, db_run(x.p.d.s.db, "UPDATE outbox SET attempts = 1", NO_ARGS)), 1);
    a = undo(&x);
    CHECK_INT(a->job.err, DB_BAD_TRANSITION);
    CHECK_INT(json_array_size(json_at(a->explained, "lost")), 1);
    CHECK_STR(text_at(a->explained, "lost.0.appointment"), x.ids[1]);
    CHECK_STR(text_at(a->explained, "lost.0.why"), "refunded");
    action_drop(a);
    desk_close(&x.p.d);
}
