/* test_store_appointment.c - making appointments, moving them along their edges, and no other way. */
#include "store_fixture.h"

#include "storage/store_appointment.h"
#include "storage/store_reason.h"

struct clinic {
    struct store s;
    int64_t id;
    struct store_user doctor, other, patient, second;
    struct doctor_access access, other_access;
    struct store_service service;
};

static void clinic_open(struct clinic *c)
{
    const struct service_new new = { .name = "visit", .mode = "video", .minutes = 30, .buffer_min = 10,
                                     .fee_minor = 5000 };
    struct service_new service = new;
    json_t *made = NULL;
    int64_t id = 0;

    store_open(&c->s);
    service.clinic = c->id = store_clinic(&c->s, "North");
    c->doctor = store_doctor(&c->s, c->id, "dr.li");
    c->other = store_doctor(&c->s, c->id, "dr.wu");
    c->patient = store_patient(&c->s, "wang");
    c->second = store_patient(&c->s, "zhao");
    CHECK_INT(store_doctor_access(c->s.db, c->doctor.public_id, &c->doctor, &c->access), 0);
    CHECK_INT(store_doctor_access(c->s.db, c->other.public_id, &c->other, &c->other_access), 0);
    CHECK_INT(JOB(&c->s, store_service_add(c->s.db, &service, &id)), 0);
    CHECK_INT(store_service_get(c->s.db, id, &made), 0);
    CHECK_INT(store_service_find(c->s.db, text_at(made, "id"), &c->service), 0);
    json_decref(made);
}

struct try { const struct doctor_access *doctor; const struct store_user *patient; int minute; bool held,
             overbook; };

/* At so many minutes after now. Returns the row, or what refused it. */
static int64_t book(struct clinic *c, struct try try)
{
    struct appointment_new new = { .doctor = try.doctor, .service = &c->service, .user = try.patient->id,
                                   .start_utc = STORE_NOW + try.minute * 60, .tzdb = "2025b",
                                   .overbook = try.overbook };
    int64_t id = 0;
    int err;

    new.hold_expires_utc = try.held ? c->s.now + 600 : 0;
    CHECK_INT(store_patient_find(c->s.db, try.patient->id, NULL, &new.patient), 0);
    err = JOB(&c->s, store_appointment_add(c->s.db, &new, &id));
    return err ? err : id;
}

#define BOOKED(n) ((struct try){ .doctor = &c.access, .patient = &c.patient, .minute = (n) })
#define HELD(n)   ((struct try){ .doctor = &c.access, .patient = &c.patient, .minute = (n), .held = true })

static struct appointment_access now_of(struct clinic *c, int64_t id)
{
    struct appointment_access now = { 0 };
    json_t *one = NULL;

    CHECK_INT(store_appointment_get(c->s.db, id, &one), 0);
    CHECK_INT(store_appointment_find(c->s.db, text_at(one, "id"), &now), 0);
    json_decref(one);
    return now;
}

static int move(struct clinic *c, int64_t id, const char *to)
{
    const struct appointment_access now = now_of(c, id);

    return JOB(&c->s, store_appointment_move(c->s.db, &now, &(struct appointment_move){
                                                 .to = to, .user = c->doctor.id, .reason = "because" }));
}

TEST(store_appointment, is_shown_whole)
{
    struct clinic c;
    json_t *one = NULL;
    int64_t id;

    clinic_open(&c);
    id = book(&c, HELD(60));
    CHECK_INT(store_appointment_get(c.s.db, id, &one), 0);
    check_keys(one, "id series clinic doctor patient service startAt endAt tz status version fee "
                    "isOverbooked "
                    "holdExpiresAt createdAt");
    CHECK_STR(text_at(one, "status"), "held");
    CHECK_STR(text_at(one, "holdExpiresAt"), "2025-11-24T16:10:00Z");
    CHECK_STR(text_at(one, "startAt"), "2025-11-24T17:00:00Z");
    CHECK_STR(text_at(one, "endAt"), "2025-11-24T17:30:00Z");
    CHECK_INT(int_at(one, "fee.amount"), 5000);
    json_decref(one);
    store_close(&c.s);
}

/* Sealed to the series; and the desk's note is not the patient's word. */
TEST(store_appointment, a_reason_goes_with_a_move)
{
    struct clinic c;
    int64_t by_patient, by_desk, next, account = 0;
    char *words = NULL;
    json_t *one = NULL;
    struct appointment_access before;
    struct appointment_new new;

    clinic_open(&c);
    new = (struct appointment_new){ .doctor = &c.access, .service = &c.service, .user = c.patient.id,
                                    .start_utc = STORE_NOW + 3600, .tzdb = "", .reason = "胸闷" };
    CHECK_INT(store_patient_find(c.s.db, c.patient.id, NULL, &new.patient), 0);
    CHECK_INT(JOB(&c.s, store_appointment_add(c.s.db, &new, &by_patient)), 0);
    new.user = c.doctor.id;
    new.start_utc += 7200;
    CHECK_INT(JOB(&c.s, store_appointment_add(c.s.db, &new, &by_desk)), 0);
    CHECK_INT(store_reason_words(c.s.db, by_desk, &account, &words), -ENOENT);

    CHECK_INT(move(&c, by_patient, "rescheduled"), 0);
    before = now_of(&c, by_patient);
    new.start_utc += 7200;
    CHECK_INT(JOB(&c.s, store_appointment_add_after(c.s.db, &before, &new, &next)), 0);
    CHECK_INT(store_reason_words(c.s.db, next, &account, &words), 0);
    CHECK_STR(words, "胸闷");
    CHECK_INT(account, c.patient.id);
    free(words);
    CHECK_INT(store_appointment_get(c.s.db, next, &one), 0);
    CHECK_STR(text_at(one, "reason"), "胸闷");
    json_decref(one);
    CHECK_INT(JOB(&c.s, store_reason_set(c.s.db, next, "")), -EINVAL);
    store_close(&c.s);
}

TEST(store_appointment, two_do_not_overlap_and_buffers_count)
{
    static const struct { int minute; bool other_doctor, other_patient, overbook; int64_t want; } cases[] = {
        { 100, false, true, false, DB_DOCTOR_BUSY },
        { 71, false, true, false, DB_DOCTOR_BUSY },             /* its buffer ends at 100 + … of ours   */
        { 139, false, true, false, DB_DOCTOR_BUSY },
        { 71, true, false, false, DB_PATIENT_BUSY },
        { 129, true, false, false, DB_PATIENT_BUSY },
        { 100, true, true, false, 1 },
        { 60, false, true, false, 1 },                          /* ends, with its buffer, as that begins */
        { 140, false, true, false, 1 },
        { 70, true, false, false, 1 },                          /* a patient needs no buffer            */
        { 130, true, false, false, 1 },
        { 100, false, false, true, 1 },                         /* the desk wants it so                 */
    };
    struct clinic c;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t got;

        clinic_open(&c);
        CHECK(book(&c, BOOKED(100)) > 0);
        got = book(&c, (struct try){ cases[i].other_doctor ? &c.other_access : &c.access,
                                     cases[i].other_patient ? &c.second : &c.patient, cases[i].minute, false,
                                     cases[i].overbook });
        if (got > 0 ? cases[i].want != 1 : got != cases[i].want)
            fail_msg("case %zu: %lld", i, (long long)got);
        store_close(&c.s);
    }
}

/* Every pair of statuses: what is an edge goes, what is none is refused by the database. */
TEST(store_appointment, moves_along_the_edges_and_no_others)
{
    static const char *const statuses[] = {
        "held", "pending_payment", "requested", "booked", "checked_in", "in_consult", "fulfilled", "expired",
        "rejected", "rescheduled", "cancelled_by_patient", "cancelled_by_clinic", "noshow_patient",
        "noshow_doctor", "entered_in_error",
    };
    static const struct { const char *status, *path[3]; } ways[] = {    /* from held                    */
        { "held", { NULL } }, { "pending_payment", { "pending_payment" } }, { "requested", { "requested" } },
        { "booked", { "booked" } }, { "checked_in", { "booked", "checked_in" } },
        { "in_consult", { "booked", "checked_in", "in_consult" } }, { "expired", { "expired" } },
        { "rejected", { "requested", "rejected" } }, { "rescheduled", { "booked", "rescheduled" } },
        { "cancelled_by_patient", { "booked", "cancelled_by_patient" } },
        { "cancelled_by_clinic", { "booked", "cancelled_by_clinic" } },
        { "noshow_patient", { "booked", "noshow_patient" } }, { "noshow_doctor", { "booked",
            "noshow_doctor" } },
    };
    struct clinic c;
    int went = 0;

    clinic_open(&c);
    for (size_t w = 0; w < COUNT_OF(ways); w++)
        for (size_t to = 0; to < COUNT_OF(statuses); to++) {
            int64_t id = book(&c, HELD(60)), edge;
            int err;

            CHECK(id > 0);
            for (int i = 0; i < 3 && ways[w].path[i]; i++)
                CHECK_INT(move(&c, id, ways[w].path[i]), 0);
            edge = store_number(&c.s, "SELECT count(*) FROM appointment_edge WHERE from_s = $1 AND to_s = $2",
                                ARGS(TEXT(ways[w].status), TEXT(statuses[to])));
            err = move(&c, id, statuses[to]);
            if (err != (edge ? 0 : DB_BAD_TRANSITION))
                fail_msg("%s to %s: %d", ways[w].status, statuses[to], err);
            went += err == 0;
            CHECK(JOB(&c.s, db_run(c.s.db, "UPDATE appointment SET overbook = 1 WHERE id = $1",
                                   ARGS(INT(id)))) == 1);
            CHECK(JOB(&c.s, db_run(c.s.db, "UPDATE appointment SET status = 'expired', hold_expires_utc = "
                                           "NULL "
                                   "WHERE hold_expires_utc > 0", NO_ARGS)) >= 0);
        }
    CHECK(went >= 30);
    store_close(&c.s);
}

TEST(store_appointment, every_step_is_in_its_history)
{
    struct clinic c;
    json_t *history = NULL;
    int64_t id;

    clinic_open(&c);
    id = book(&c, HELD(60));
    CHECK_INT(move(&c, id, "booked"), 0);
    CHECK_INT(move(&c, id, "checked_in"), 0);
    CHECK_INT(store_appointment_history(c.s.db, id, &history), 0);
    CHECK_INT(json_array_size(history), 3);
    check_keys(json_at(history, "0"), "to by changedAt version");
    check_keys(json_at(history, "1"), "from to by reason changedAt version");
    CHECK_STR(text_at(history, "2.from"), "booked");
    CHECK_INT(int_at(history, "2.version"), 2);
    json_decref(history);
    CHECK_INT(JOB(&c.s, db_run(c.s.db, "UPDATE appointment_history SET reason = 'x'", NO_ARGS)),
              DB_APPEND_ONLY);
    CHECK_INT(JOB(&c.s, db_run(c.s.db, "DELETE FROM appointment_history", NO_ARGS)), DB_APPEND_ONLY);
    store_close(&c.s);
}

TEST(store_appointment, an_old_version_moves_nothing)
{
    struct clinic c;
    struct appointment_access old;
    int64_t id;

    clinic_open(&c);
    id = book(&c, BOOKED(60));
    old = now_of(&c, id);
    old.version = 7;
    CHECK_INT(JOB(&c.s, store_appointment_move(c.s.db, &old,
                                               &(struct appointment_move){ .to = "checked_in" })), -ESTALE);
    CHECK_STR(now_of(&c, id).status, "booked");
    store_close(&c.s);
}

TEST(store_appointment, a_hold_that_is_over_keeps_nobody_away)
{
    struct clinic c;
    json_t *busy = NULL, *stale = NULL;
    int64_t next = 0;

    clinic_open(&c);
    CHECK_INT(store_appointment_stale_next(c.s.db, &next), -ENOENT);
    CHECK(book(&c, HELD(60)) > 0);
    CHECK_INT(store_appointment_stale_next(c.s.db, &next), 0);
    CHECK_INT(next, STORE_NOW + 600);
    c.s.now += 599;
    CHECK_INT(store_appointment_stale(c.s.db, 0, 0, &stale), 0);
    CHECK_INT(json_array_size(stale), 0);
    json_decref(stale);
    c.s.now += 1;
    CHECK_INT(store_appointment_busy(c.s.db, c.doctor.id, STORE_NOW, STORE_NOW + 86400, &busy), 0);
    CHECK_INT(json_array_size(busy), 0);
    json_decref(busy);
    CHECK_INT(store_appointment_stale(c.s.db, c.doctor.id, 0, &stale), 0);
    CHECK_INT(json_array_size(stale), 1);
    json_decref(stale);
    CHECK_INT(store_appointment_stale(c.s.db, c.other.id, 999, &stale), 0);
    CHECK_INT(json_array_size(stale), 0);
    json_decref(stale);
    store_close(&c.s);
}

TEST(store_appointment, an_account_holds_three_at_most)
{
    struct clinic c;

    clinic_open(&c);
    for (int i = 1; i <= STORE_HOLDS_MAX; i++)
        CHECK(book(&c, HELD(60 * i)) > 0);
    CHECK_INT(book(&c, HELD(600)), -EDQUOT);
    CHECK(book(&c, BOOKED(600)) > 0);                               /* booked is not held                   */
    c.s.now += 600;
    CHECK(book(&c, HELD(700)) > 0);                  /* over, if not yet ended               */
    store_close(&c.s);
}

TEST(store_appointment, is_seen_by_whom_it_concerns)
{
    struct clinic c;
    struct appointment_access access, now;
    int64_t id;

    clinic_open(&c);
    id = book(&c, BOOKED(60));
    now = now_of(&c, id);
    CHECK_INT(store_appointment_access(c.s.db, now.public_id, &c.patient, &access), 0);
    CHECK(access.attends && !access.keeps);
    CHECK_INT(store_appointment_access(c.s.db, now.public_id, &c.doctor, &access), 0);
    CHECK(access.keeps && !access.attends);
    CHECK_INT(store_appointment_access(c.s.db, now.public_id, &c.other, &access), -ENOENT);
    CHECK_INT(store_appointment_access(c.s.db, now.public_id, &c.second, &access), -ENOENT);
    CHECK_INT(store_appointment_access(c.s.db, "apt_none", &c.patient, &access), -ENOENT);
    store_close(&c.s);
}

TEST(store_appointment, lists_come_in_pages_by_start)
{
    struct clinic c;
    struct appointment_list list = { .user = &c.patient, .from_utc = STORE_NOW, .to_utc = STORE_NOW + 86400,
                                     .limit = 2 };
    json_t *first = NULL, *rest = NULL;

    clinic_open(&c);
    CHECK(book(&c, BOOKED(300)) > 0 && book(&c, BOOKED(100)) > 0 && book(&c, BOOKED(200)) > 0);
    CHECK(book(&c, (struct try){ &c.other_access, &c.second, 100, false, false }) > 0);
    CHECK_INT(store_appointment_list(c.s.db, &list, &first), 0);
    CHECK_INT(json_array_size(json_at(first, "items")), 2);
    CHECK_STR(text_at(first, "items.0.startAt"), "2025-11-24T17:40:00Z");
    list.cursor = text_at(first, "nextCursor");
    CHECK_INT(store_appointment_list(c.s.db, &list, &rest), 0);
    CHECK_INT(json_array_size(json_at(rest, "items")), 1);
    CHECK(json_is_null(json_at(rest, "nextCursor")));
    json_decref(rest);
    list = (struct appointment_list){ .user = &c.other, .from_utc = STORE_NOW, .to_utc = STORE_NOW + 86400 };
    CHECK_INT(store_appointment_list(c.s.db, &list, &rest), 0);
    CHECK_INT(json_array_size(json_at(rest, "items")), 1);
    json_decref(rest);
    list.cursor = "none of ours";
    CHECK_INT(store_appointment_list(c.s.db, &list, &rest), -EINVAL);
    json_decref(first);
    store_close(&c.s);
}
