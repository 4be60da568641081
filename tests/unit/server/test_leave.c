/* test_leave.c - a doctor is away: whom it meets, and what becomes of each. */
#include "leave_fixture.h"

TEST(leave, the_preview_proposes_each_a_time_of_its_own)
{
    struct absence x;
    struct action *a;

    absence_open(&x);
    a = preview(&x);
    CHECK_INT(a->job.err, 0);
    CHECK_INT(json_array_size(json_at(a->answer, "items")), BOOKINGS);
    for (int i = 0; i < BOOKINGS; i++) {
        json_t *item = json_array_get(json_at(a->answer, "items"), (size_t)i);

        CHECK_STR(text_at(item, "appointment.id"), x.ids[i]);
        CHECK_STR(text_at(item, "proposal.start"), later[i]);
        CHECK_STR(text_at(item, "proposal.doctor.id"), x.p.doctor);
        CHECK_INT(int_at(item, "refund.amount"), 0);
    }
    action_drop(a);
    check_untouched(&x);
    desk_close(&x.p.d);
}

TEST(leave, a_colleague_is_proposed_when_the_doctor_has_no_hours_left)
{
    struct absence x;
    struct action *a;

    absence_open(&x);
    CHECK_INT(
        ASK_ERR(&x.p.d, &x.colleague, "POST " DOCTOR "/rules", MONDAYS, x.colleague.session.user.public_id),
        0);
    CHECK_INT(JOB(&x.p.d.s, db_run(x.p.d.s.db,
                                   "UPDATE availability_rule SET valid_to = '2025-12-01' "
                                   "WHERE doctor_id = $1",
                                   ARGS(INT(x.p.d.doctor.session.user.id)))),
              1);
    a = preview(&x);
    CHECK_STR(text_at(a->answer, "items.0.proposal.start"), starts[0]);
    CHECK_STR(text_at(a->answer, "items.0.proposal.doctor.id"), x.colleague.session.user.public_id);
    CHECK_STR(text_at(a->answer, "items.1.proposal.start"), starts[1]);
    action_drop(a);
    a = ask_with(
        &x.p.d, &x.p.d.doctor, "POST " LEAVE,
        "{" SPAN ",\"reason\":\"ill\",\"choices\":["
        "{\"appointment\":\"%s\",\"action\":\"move\",\"start\":\"%s\",\"doctor\":\"%s\"},"
        "{\"appointment\":\"%s\",\"action\":\"cancel\"},{\"appointment\":\"%s\",\"action\":\"cancel\"}]}",
        x.p.doctor, x.ids[0], starts[0], x.colleague.session.user.public_id, x.ids[1], x.ids[2]);
    CHECK_INT(a->job.err, 0);
    CHECK_STR(text_at(a->answer, "affected.0.appointment.doctor.id"), x.colleague.session.user.public_id);
    snprintf(x.leave, sizeof x.leave, "%s", text_at(a->answer, "id"));
    action_drop(a);
    a = undo(&x);
    CHECK_INT(a->job.err, 0);
    action_drop(a);
    CHECK_INT(store_number(&x.p.d.s,
                           "SELECT count(*) FROM appointment WHERE status = 'booked' AND doctor_id = $1",
                           ARGS(INT(x.p.d.doctor.session.user.id))),
              BOOKINGS);
    desk_close(&x.p.d);
}

TEST(leave, three_bookings_are_moved_and_called_off_and_everybody_is_told_once)
{
    struct absence x;
    struct action *a;

    absence_open(&x);
    a = take(&x, later[0], later[1]);
    CHECK_INT(a->job.err, 0);
    CHECK_STR(text_at(a->answer, "undoUntil"), "2025-11-24T16:05:00Z");
    CHECK_STR(text_at(a->answer, "affected.0.action"), "move");
    CHECK_STR(text_at(a->answer, "affected.0.appointment.startAt"), later[0]);
    CHECK_STR(text_at(a->answer, "affected.1.appointment.status"), "cancelled_by_clinic");
    CHECK_STR(text_at(a->answer, "affected.2.appointment.rescheduledFrom"), x.ids[2]);
    CHECK_INT(int_at(a->answer, "moved"), 2);
    CHECK_INT(int_at(a->answer, "cancelled"), 1);
    action_drop(a);
    CHECK_STR(status_of_it(&x, x.ids[0]), "rescheduled");
    CHECK_STR(status_of_it(&x, x.ids[1]), "cancelled_by_clinic");
    CHECK_INT(count_of(&x, "booked"), 2);
    CHECK_INT(store_number(&x.p.d.s,
                           "SELECT count(*) FROM notification WHERE user_id = $1 AND kind = "
                           "'appointment-rescheduled'",
                           ARGS(INT(x.p.d.patient.session.user.id))),
              2);
    CHECK_INT(store_number(&x.p.d.s,
                           "SELECT count(*) FROM notification WHERE user_id = $1 AND kind = "
                           "'appointment-cancelled'",
                           ARGS(INT(x.p.d.stranger.session.user.id))),
              1);
    CHECK_INT(
        store_number(&x.p.d.s, "SELECT count(*) FROM appointment_history WHERE reason = 'ill'", NO_ARGS), 3);
    CHECK_INT(audit_count(&x.p.d, "leave.add"), 1);
    a = ask_with(&x.p.d, &x.p.d.stranger, "POST /api/v1/appointments",
                 "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":\"%s\"}", x.p.doctor, x.p.service,
                 starts[1]);
    CHECK_STR(text_at(a->explained, "why"), "off");
    action_drop(a);
    desk_close(&x.p.d);
}

TEST(leave, a_time_that_was_taken_meanwhile_leaves_all_as_it_was)
{
    struct absence x;
    struct action *a;

    absence_open(&x);
    CHECK_INT(ASK_ERR(&x.p.d, &x.p.d.stranger, "POST /api/v1/appointments",
                      "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":\"%s\"}", x.p.doctor, x.p.service,
                      later[1]),
              0);
    a = take(&x, later[0], later[1]);
    CHECK_INT(a->job.err, DB_DOCTOR_BUSY); /* 409 doctor-busy */
    CHECK_STR(text_at(a->explained, "appointment"), x.ids[2]);
    CHECK_STR(text_at(a->explained, "why"), "booked");
    CHECK_INT(json_array_size(json_at(a->explained, "slots")), 3);
    action_drop(a);
    check_untouched(&x);
    a = take(&x, later[0], later[0]); /* nor do two of them get one time */
    CHECK_INT(a->job.err, DB_DOCTOR_BUSY);
    action_drop(a);
    check_untouched(&x);
    desk_close(&x.p.d);
}

TEST(leave, a_booking_that_came_or_went_since_the_preview_is_said)
{
    struct absence x;
    struct action *a;

    absence_open(&x);
    CHECK_INT(ASK_ERR(&x.p.d, &x.p.d.patient, "POST " ONE "/cancel", "{\"appointment\":\"%s\"}", x.ids[2]),
              0);
    a = take(&x, later[0], later[1]);
    CHECK_INT(a->job.err, -EADDRNOTAVAIL);
    CHECK_INT(json_array_size(json_at(a->explained, "affected")), 2);
    action_drop(a);
    booking_add(&x, 2, &x.p.d.patient);
    CHECK_INT(ASK_ERR(&x.p.d, &x.p.d.doctor, "POST " LEAVE, "{" SPAN ",\"reason\":\"ill\",\"choices\":[]}",
                      x.p.doctor),
              -EADDRNOTAVAIL);
    CHECK_INT(count_of(&x, "booked"), BOOKINGS);
    CHECK_INT(store_number(&x.p.d.s, "SELECT count(*) FROM availability_exception", NO_ARGS), 0);
    desk_close(&x.p.d);
}

TEST(leave, what_is_no_leave_is_refused)
{
    static const char *const bad[] = {
        SPAN ",\"choices\":[]",
        SPAN ",\"reason\":\"\",\"choices\":[]",
        SPAN ",\"reason\":\"x\"",
        SPAN ",\"reason\":\"x\",\"choices\":{}",
        SPAN ",\"reason\":\"x\",\"choices\":[],\"more\":1",
        "\"doctor\":\"%s\",\"reason\":\"x\",\"choices\":[]",
        "\"doctor\":\"%s\",\"start\":\"2025-12-02T00:00:00Z\",\"end\":\"2025-12-01T00:00:00Z\"",
        "\"doctor\":\"%s\",\"start\":\"2025-11-23T00:00:00Z\",\"end\":\"2025-11-24T16:00:00Z\"",
        "\"doctor\":\"%s\",\"start\":\"2025-12-01T00:00:00Z\",\"end\":\"2026-12-03T00:00:00Z\"",
    };
    static const char *const choices[] = {
        "{\"appointment\":\"%s\",\"action\":\"keep\"}",
        "{\"appointment\":\"%s\",\"action\":\"move\"}",
        "{\"appointment\":\"%s\",\"action\":\"cancel\",\"start\":\"2025-12-08T01:00:00Z\"}",
        "{\"appointment\":\"%s\",\"action\":\"move\",\"start\":\"soon\"}",
        "{\"appointment\":\"%s\",\"action\":\"cancel\",\"more\":1}",
    };
    struct absence x;
    char body[512], one[128];

    absence_open(&x);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        snprintf(body, sizeof body, "{%s}", bad[i]);
        snprintf(strstr(body, "%s"), sizeof body, "%s%s", x.p.doctor, strstr(bad[i], "%s") + 2);
        strcat(body, "}");
        if (ASK_ERR(&x.p.d, &x.p.d.doctor, "POST " LEAVE, "%s", body) != -EINVAL)
            fail_msg("%s is not refused", body);
    }
    for (size_t i = 0; i < COUNT_OF(choices); i++) {
        snprintf(one, sizeof one, "%.*s%s%s", (int)(strstr(choices[i], "%s") - choices[i]), choices[i],
                 x.ids[0], strstr(choices[i], "%s") + 2);
        CHECK_INT(ASK_ERR(&x.p.d, &x.p.d.doctor, "POST " LEAVE,
                          "{" SPAN ",\"reason\":\"x\",\"choices\":[%s,"
                          "{\"appointment\":\"%s\",\"action\":\"cancel\"},"
                          "{\"appointment\":\"%s\",\"action\":\"cancel\"}]}",
                          x.p.doctor, one, x.ids[1], x.ids[2]),
                  -EINVAL);
    }
    check_untouched(&x);
    desk_close(&x.p.d);
}

static void check_refund(struct absence *x, const char *id, int percent)
{
    struct action *a = ask_with(&x->p.d, &x->p.d.patient, "GET " ONE "/cancellation",
                                "{\"appointment\":\"%s\"}", id);

    CHECK_INT(a->job.err, 0);
    CHECK_INT(int_at(a->answer, "percent"), percent);
    action_drop(a);
}

TEST(leave, who_was_moved_may_say_no_for_nothing)
{
    struct absence x;
    struct action *a;
    char moved[DB_ID_SIZE], own[DB_ID_SIZE];

    absence_open(&x);
    CHECK_INT(JOB(&x.p.d.s, db_run(x.p.d.s.db, "UPDATE appointment SET fee_minor = 100", NO_ARGS)), 3);
    a = take(&x, later[0], later[1]);
    CHECK_INT(a->job.err, 0);
    snprintf(moved, sizeof moved, "%s", text_at(a->answer, "affected.0.appointment.id"));
    action_drop(a);
    x.p.d.s.now = 1765155600 - 3 * 3600; /* three hours before the first of later[] */
    check_refund(&x, moved, 100);
    a = ask_with(&x.p.d, &x.p.d.patient, "POST " ONE "/reschedule",
                 "{\"appointment\":\"%s\",\"startAt\":\"%s\"}", moved, later[2]);
    CHECK_INT(a->job.err, 0);
    snprintf(own, sizeof own, "%s", text_at(a->answer, "appointment.id"));
    action_drop(a);
    check_refund(&x, own, 50); /* of the time he chose himself the policy holds */
    desk_close(&x.p.d);
}

TEST(leave, leaves_are_listed_the_newest_first)
{
    struct absence x;
    struct action *a;

    absence_open(&x);
    take_well(&x);
    CHECK_INT(ASK_ERR(&x.p.d, &x.p.d.doctor, "POST " LEAVE,
                      "{\"doctor\":\"%s\",\"start\":\"2026-01-01T00:00:00Z\","
                      "\"end\":\"2026-01-02T00:00:00Z\",\"reason\":\"rest\",\"choices\":[]}",
                      x.p.doctor),
              0);
    a = ask_with(&x.p.d, &x.p.d.doctor, "GET " LEAVE, "{\"doctor\":\"%s\",\"limit\":1}", x.p.doctor);
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 1);
    check_keys(json_at(a->answer, "items.0"), "id reason createdAt by moved cancelled start end undoUntil");
    CHECK_STR(text_at(a->answer, "items.0.reason"), "rest");
    CHECK_INT(ASK_ERR(&x.p.d, &x.p.d.doctor, "GET " LEAVE, "{\"doctor\":\"%s\",\"cursor\":\"%s\"}",
                      x.p.doctor, text_at(a->answer, "nextCursor")),
              0);
    CHECK_INT(
        ASK_ERR(&x.p.d, &x.p.d.doctor, "GET " LEAVE, "{\"doctor\":\"%s\",\"cursor\":\"x\"}", x.p.doctor),
        -EINVAL);
    action_drop(a);
    desk_close(&x.p.d);
}
