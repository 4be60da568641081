/* fault_visits.c - the waiting room, consults, calls, files and leave, while allocations and steps fail. */
#include "fault_clinic.h"

#include "storage/store_call.h"
#include "storage/store_canvas.h"
#include "storage/store_clock.h"
#include "storage/store_consent.h"
#include "storage/store_dispute.h"
#include "storage/store_feed.h"
#include "storage/store_file.h"
#include "storage/store_guest.h"
#include "storage/store_leave.h"
#include "storage/store_queue.h"
#include "storage/store_reason.h"
#include "storage/store_visit.h"

enum { START_UTC = STORE_NOW + 2 * 3600 };      /* of what is booked                                  */

/* She has checked in. */
static int come(struct db *db, const struct clinic *c, int64_t *ret_consult)
{
    struct appointment_access now;
    int err = store_appointment_find(db, c->booked_id, &now);

    if (err == 0)
        err = store_appointment_move(db, &now, &(struct appointment_move){ .to = "checked_in",
                                                                           .user = c->anna.id });
    return err ? err : store_visit_open(db, c->booked, c->anna.id, ret_consult);
}

static int do_queue(struct db *db, const void *data)
{
    const struct clinic *c = data;
    struct queue_one line[STORE_LINE_MAX], one;
    struct queue_doctor doctor;
    int64_t consult, seconds[STORE_SAMPLE_MAX];
    json_t *board, *doctors;
    int waits = 0, err = come(db, c, &consult);

    if (err == 0)
        err = store_queue_doctor(db, c->lee.public_id, &doctor);
    if (err == 0)
        err = waits = store_queue_line(db, doctor.id, line);
    if (err > 0)
        err = store_queue_current(db, doctor.id, &one);
    if (err == -ENOENT)
        err = store_queue_sample(db, &line[0], doctor.id, seconds);
    if (err == 0)
        err = store_queue_doctors(db, &doctors);
    if (err < 0)
        return err;
    json_decref(doctors);
    err = store_queue_board(db, doctor.id, &board);
    if (err < 0)
        return err;
    CHECK_INT(waits, 1);
    CHECK_INT(line[0].consult, consult);
    CHECK_STR(text_at(board, "0.patient.name"), "anna");
    json_decref(board);
    return 0;
}

static int do_clock(struct db *db, const void *data)
{
    const struct clinic *c = data;
    struct clock_row rows[STORE_DUE_MAX];
    struct clock_duty duties[STORE_DUE_MAX];
    int64_t consult, utc, sum_s = 0;
    int waiting = 0, err = come(db, c, &consult);

    if (err == 0)
        err = waiting = store_clock_waiting(db, 0, rows);
    if (err >= 0)
        err = store_clock_rooms(db, 0, rows);
    if (err >= 0)
        err = store_clock_begun_next(db, &utc);
    if (err >= 0)
        err = store_attendance_note(db, c->booked_id, "patient", STORE_NOW - 60, STORE_NOW - 60);
    if (err >= 0)
        err = store_attendance_sum(db, c->booked_id, "patient", &sum_s);
    if (err >= 0)
        err = store_clock_duty_set(db, consult, STORE_NOW);
    if (err >= 0)
        err = store_clock_duties(db, duties);
    if (err < 0)
        return err;
    CHECK_INT(waiting, 1);
    CHECK_INT(sum_s, 60);
    CHECK_INT(err, 1);
    return 0;
}

static int do_words(struct db *db, const void *data)
{
    const struct clinic *c = data;
    struct appointment_access now;
    int64_t account, end_utc = 0;
    json_t *one = NULL;
    char *words = NULL;
    int err = store_reason_set(db, c->booked, "咳嗽");

    if (err == 0)
        err = store_reason_words(db, c->booked, &account, &words);
    free(words);
    if (err == 0)
        err = store_appointment_find(db, c->booked_id, &now);
    if (err == 0)
        err = store_appointment_move(db, &now, &(struct appointment_move){ .to = "noshow_patient" });
    if (err == 0)
        err = store_dispute_end(db, c->booked, &end_utc);
    now.version++;
    if (err == 0)
        err = store_dispute_add(db, &now, c->anna.id, "没有网络");
    now.version++;
    if (err == 0)
        err = store_dispute_decide(db, &now, c->lee.id, "waived", NULL);
    if (err == 0)
        err = store_appointment_get(db, c->booked, &one);
    if (err < 0)
        return err;
    CHECK_INT(end_utc, STORE_NOW + 86400);
    CHECK_STR(text_at(one, "reason"), "咳嗽");
    CHECK_STR(text_at(one, "dispute.reason"), "没有网络");
    CHECK_STR(text_at(one, "dispute.decision"), "waived");
    json_decref(one);
    return 0;
}

static int do_consent(struct db *db, const void *data)
{
    const struct clinic *c = data;
    static const struct consent_text text = { "en", "Telehealth", "By video." };
    json_t *missing, *texts, *given;
    int64_t version;
    int err = store_consent_publish(db, c->access.clinic, "telehealth", &text, 1, &version);

    if (err == 0)
        err = store_consent_texts(db, "telehealth", "1", &texts);
    if (err == 0) {
        json_decref(texts);
        err = store_consent_give(db, &(struct consent_given){ .patient = c->patient, .ip = "::1",
                                 .doc_type = "telehealth", .doc_version = "1" });
    }
    if (err >= 0)
        err = store_consent_missing(db, c->patient, c->access.clinic, &missing);
    if (err == 0) {
        CHECK_INT(json_array_size(missing), 0);
        json_decref(missing);
        err = store_consent_withdraw(db, c->patient, c->access.clinic, "telehealth");
    }
    if (err >= 0)
        err = store_consent_list(db, c->patient, &given);
    if (err < 0)
        return err;
    CHECK_STR(text_at(given, "0.docType"), "telehealth");
    json_decref(given);
    return 0;
}

static int do_leave(struct db *db, const void *data)
{
    const struct clinic *c = data;
    struct appointment_access before;
    struct leave_access leave = { 0 };
    json_t *met, *page, *changes;
    int64_t id;
    bool busy;
    int err = store_leave_add(db, &(struct leave_new){ .doctor = c->lee.id, .user = c->lee.id,
                              .start_utc = STORE_NOW, .end_utc = STORE_NOW + 86400, .reason = "ill" }, &id);

    if (err == 0)
        err = store_leave_affected(db, c->lee.id, STORE_NOW, STORE_NOW + 86400, &met);
    if (err < 0)
        return err;
    CHECK_STR(text_at(met, "0.id"), c->booked_id);
    json_decref(met);
    err = store_appointment_find(db, c->booked_id, &before);
    if (err == 0)
        err = store_patient_is_busy(db, &before, START_UTC, START_UTC + 60, &busy);
    if (err == 0)
        err = store_leave_change_add(db, id, &before, 0);
    if (err == 0)
        err = store_leave_list(db, c->lee.id, 5, NULL, &page);
    if (err < 0)
        return err;
    err = store_leave_find(db, c->lee.id, text_at(page, "items.0.id"), &leave);
    json_decref(page);
    if (err == 0)
        err = store_leave_changes(db, leave.id, &changes);
    if (err < 0)
        return err;
    CHECK_STR(text_at(changes, "0.before"), c->booked_id);
    json_decref(changes);
    return store_leave_undo(db, leave.id);
}

static int do_feed(struct db *db, const void *data)
{
    const struct clinic *c = data;
    static const unsigned char hash[32] = { 1 };
    struct feed_user found;
    json_t *rows;
    int err = store_feed_set(db, c->anna.id, hash);

    if (err == 0)
        err = store_feed_find(db, hash, &found);
    if (err == 0)
        err = store_feed_list(db, c->anna.id, &rows);
    if (err < 0)
        return err;
    CHECK_INT(found.id, c->anna.id);
    CHECK_INT(json_array_size(rows), 1);
    json_decref(rows);
    return store_feed_remove(db, c->anna.id);
}

static int do_call(struct db *db, const void *data)
{
    const struct clinic *c = data;
    struct leg_row mine, legs[CALL_DUE_MAX];
    int64_t consult, call, next_utc, others, busy;
    json_t *page, *hearers;
    int live = 0, err = store_visit_open(db, c->booked, c->anna.id, &consult);

    if (err == 0)
        err = store_call_add(db, consult, c->lee.id, "video", 45, &call);
    if (err == 0)
        err = store_leg_add(db, call, c->lee.id, "tablet", &mine);
    if (err == 0)
        err = store_call_next(db, 30, &next_utc);
    if (err == 0)
        err = store_call_others(db, consult, c->lee.id, &others, &busy);
    if (err == 0)
        err = store_call_move(db, call, "connecting");
    if (err >= 0)
        err = store_leg_report(db, mine.id, &(struct leg_report){ .state = "connected", .setup_ms = 900,
                               .candidate_type = "relay", .loss_permille = -1, .rtt_ms = 80 });
    if (err == 0)
        err = store_leg_lose(db, mine.public_id);
    if (err >= 0)
        err = live = store_leg_each(db, call, CALL_DUE_MAX, legs);
    if (err >= 0)
        err = store_leg_lost(db, STORE_NOW, legs);
    if (err >= 0)
        err = store_call_hearers(db, consult, &hearers);
    if (err < 0)
        return err;
    CHECK_INT(live, 1);
    CHECK_INT(next_utc, STORE_NOW + 45);
    CHECK_INT(json_array_size(hearers), 2);
    json_decref(hearers);
    err = store_call_end(db, call, "hangup");
    if (err == 0)
        err = store_call_list(db, consult, 5, NULL, &page);
    if (err < 0)
        return err;
    CHECK_STR(text_at(page, "items.0.legs.0.candidateType"), "relay");
    json_decref(page);
    return 0;
}

static int do_guest(struct db *db, const void *data)
{
    const struct clinic *c = data;
    static const unsigned char hash[32] = { 2 };
    struct consult_access access;
    struct guest_used used;
    int64_t consult, count = 0;
    json_t *gone;
    int err = store_visit_open(db, c->booked, c->anna.id, &consult);

    if (err == 0)
        err = store_guest_add(db, &(struct guest_new){ .consult = consult, .by = c->lee.id, .name = "妈妈",
                                                       .relation = "relative", .token_hash = hash,
                                                       .life_s = 60 });
    if (err == 0)
        err = store_guest_use(db, hash, &used);
    if (err == 0)
        err = store_guest_access(db, used.consult_id, used.user, &access);
    if (err == 0)
        err = store_guest_count(db, consult, &count);
    if (err == 0)
        err = store_guest_remove_all(db, consult, &gone);
    if (err < 0)
        return err;
    CHECK_INT(access.consult, consult);
    CHECK_INT(count, 1);
    CHECK_INT(json_array_size(gone), 1);
    json_decref(gone);
    return 0;
}

static int do_canvas(struct db *db, const void *data)
{
    static const struct canvas_limits limits = { 100, 100000 };
    const struct clinic *c = data;
    struct canvas_op op = { .user = c->anna.id, .id = "stroke-1", .kind = "text",
                            .payload = "{\"text\":\"疼\"}" };
    struct canvas_state now;
    int64_t seq = 0;
    json_t *ops;
    bool more;
    int err = store_visit_open(db, c->booked, c->anna.id, &op.consult);

    if (err == 0)
        err = store_canvas_add(db, &op, &limits, &seq);
    op = (struct canvas_op){ .consult = op.consult, .user = op.user, .id = "undo-001", .kind = "undo",
                             .target = "stroke-1" };
    if (err == 0)
        err = store_canvas_list(db, op.consult, 0, 1000, &ops, &more);
    if (err)
        return err;
    CHECK_STR(text_at(ops, "0.text"), "疼");
    json_decref(ops);
    err = store_canvas_add(db, &op, &limits, &seq);
    if (err == 0)
        err = store_canvas_find(db, op.consult, op.user, "undo-001", &seq);
    if (err == 0)
        err = store_canvas_lock(db, op.consult, true);
    if (err >= 0)
        err = store_canvas_get(db, op.consult, &now);
    if (err < 0)
        return err;
    CHECK_INT(now.last_seq, 2);
    CHECK(now.locked);
    return 0;
}

/* The first half of one that is smaller than a segment: it stands in the row. */
static int do_file(struct db *db, const void *data)
{
    const struct clinic *c = data;
    struct file_row file = { 0 };
    char id[DB_ID_SIZE], name[64] = "";
    int64_t consult, next_utc;
    int err = store_visit_open(db, c->booked, c->anna.id, &consult);

    if (err == 0)
        err = store_file_add(db, &(struct file_new){ .consult = consult, .user = c->anna.id, .size = 8,
                             .segment = 1024, .kind = "file", .name = "报告.pdf" },
                             &(struct file_quota){ 1000, 1000, 10 }, id);
    if (err == 0)
        err = store_file_access(db, id, c->anna.id, &file);
    if (err == 0)
        err = store_file_receive(db, NULL, &file, "%PDF", 4);
    if (err == 0)
        err = store_file_name(db, &file, name, sizeof name);
    if (err == 0)
        err = store_file_expire_next(db, 60, &next_utc);
    if (err < 0)
        return err;
    CHECK_INT(file.received, 4);
    CHECK_STR(name, "报告.pdf");
    return 0;
}

static fault_act *const acts[] = { do_feed, do_queue, do_clock, do_words, do_consent, do_leave,
                                   do_call, do_guest, do_file, do_canvas };

TEST(fault_visits, any_step_may_fail)
{
    struct store s;
    struct clinic c;

    clinic_open(&s, &c);
    fault_sql_steps(&(struct db_options){ .path = s.path, .host = &s.host }, &c, acts, COUNT_OF(acts));
    store_close(&s);
}

TEST(fault_visits, any_allocation_may_fail)
{
    struct store s;
    struct clinic c;

    clinic_open(&s, &c);
    fault_sql_allocations(&(struct db_options){ .path = s.path, .host = &s.host }, &c, acts, COUNT_OF(acts));
    store_close(&s);
}
