/* fault_booking.c - hours, appointments and what comes of them, while allocations and steps fail. */
#include "fault_clinic.h"

#include "storage/store_family.h"
#include "storage/store_notification.h"
#include "storage/store_offer.h"
#include "storage/store_outbox.h"
#include "storage/store_payment.h"
#include "storage/store_sandbox.h"
#include "storage/store_visit.h"

static int do_book(struct db *db, const void *data)
{
    const struct clinic *c = data;
    json_t *one, *stale;
    int64_t id;
    int err = store_appointment_stale(db, c->access.doctor, 0, &stale);

    if (err < 0)
        return err;
    json_decref(stale);
    err = clinic_add(db, c, 5, &id);
    if (err == 0)
        err = store_appointment_get(db, id, &one);
    if (err < 0)
        return err;
    CHECK_STR(text_at(one, "status"), "held");
    CHECK_STR(text_at(one, "patient.name"), "anna");
    json_decref(one);
    return 0;
}

static int do_book_taken(struct db *db, const void *data)
{
    int64_t id;
    int err = clinic_add(db, data, 2, &id);

    return err == DB_DOCTOR_BUSY ? 0 : err;
}

static int do_reschedule(struct db *db, const void *data)
{
    const struct clinic *c = data;
    struct appointment_access now, after;
    json_t *changes;
    int64_t id;
    int err = store_appointment_access(db, c->booked_id, &c->anna, &now);

    if (err == 0)
        err = store_appointment_move(db, &now, &(struct appointment_move){ .to = "rescheduled",
                                                                           .user = c->anna.id });
    if (err == 0)
        err = store_appointment_add_after(db, &now, &(struct appointment_new){
            .doctor = &c->access, .service = &c->service, .patient = c->patient, .user = c->anna.id,
            .start_utc = STORE_NOW + 8 * 3600, .tzdb = "2025b" }, &id);
    if (err == 0)
        err = store_appointment_history(db, id, &changes);
    if (err < 0)
        return err;
    json_decref(changes);
    err = store_appointment_find(db, c->booked_id, &after);
    if (err == 0)
        CHECK_STR(after.status, "rescheduled");
    return err;
}

static int do_visit(struct db *db, const void *data)
{
    const struct clinic *c = data;
    struct appointment_access now;
    int64_t consult, again;
    bool active;
    int err = store_visit_open(db, c->booked, c->anna.id, &consult);

    if (err == 0)
        err = store_visit_find(db, c->booked, &again, &active);
    if (err == 0)
        err = store_visit_appointment(db, consult, &now);
    if (err < 0)
        return err;
    CHECK_INT(again, consult);
    CHECK_INT(now.id, c->booked);
    return 0;
}

static int do_lists(struct db *db, const void *data)
{
    const struct clinic *c = data;
    json_t *page, *busy;
    int err = store_appointment_list(db, &(struct appointment_list){ .user = &c->anna, .limit = 5,
                                     .to_utc = INT64_MAX }, &page);

    if (err < 0)
        return err;
    CHECK_STR(text_at(page, "items.0.id"), c->booked_id);
    json_decref(page);
    err = store_appointment_busy(db, c->access.doctor, STORE_NOW, STORE_NOW + 86400, &busy);
    if (err < 0)
        return err;
    CHECK_INT(json_array_size(busy), 1);
    json_decref(busy);
    return 0;
}

/* Their policies, languages and words are JSON in the database. */
static int do_offers(struct db *db, const void *data)
{
    const struct clinic *c = data;
    struct store_policy policy;
    json_t *services, *policies, *words = json_pack("[s, s]", "cough", "发热");
    int err = words != NULL ? store_service_list(db, &(struct service_list){ .limit = 5 }, &services)
                            : -ENOMEM;

    if (err == 0) {
        CHECK_INT(int_at(services, "items.0.policy.tiers.1.hoursBefore"), 2);
        json_decref(services);
        err = store_policy_list(db, c->access.clinic, &policies);
    }
    if (err == 0) {
        CHECK_INT(int_at(policies, "0.tiers.0.percent"), 100);
        json_decref(policies);
        err = store_policy_get(db, 1, &policy);
    }
    if (err == 0) {
        json_decref(policy.tiers);
        err = store_department_words(db, c->access.clinic, c->department, words);
    }
    json_decref(words);
    if (err == 0)
        err = store_department_kept(db, c->access.clinic, &policies);
    if (err)
        return err;
    CHECK_STR(text_at(policies, "0.keywords.1"), "发热");
    json_decref(policies);
    return 0;
}

static int do_hours(struct db *db, const void *data)
{
    const struct clinic *c = data;
    json_t *rule, *exception, *rules;
    int err = store_rule_add(db, c->access.doctor, &(struct rule_new){ .weekday = 1, .step_min = 30,
                             .start = "09:00", .end = "12:00", .from = "2025-11-01" }, &rule);

    if (err < 0)
        return err;
    json_decref(rule);
    err = store_exception_add(db, c->access.doctor, &(struct exception_new){ .kind = "off",
                              .start_utc = STORE_NOW, .end_utc = STORE_NOW + 3600 }, &exception);
    if (err < 0)
        return err;
    json_decref(exception);
    err = store_rule_list(db, c->access.doctor, &rules);
    if (err < 0)
        return err;
    CHECK_INT(json_array_size(rules), 1);
    json_decref(rules);
    return 0;
}

static int do_family(struct db *db, const void *data)
{
    const struct clinic *c = data;
    json_t *member, *members;
    int err = store_family_add(db, c->anna.id, &(struct family_member){ .name = "小宝", .relation = "child",
                               .birth_date = "2021-05-01" }, &member);

    if (err < 0)
        return err;
    CHECK_STR(text_at(member, "name"), "小宝");
    json_decref(member);
    err = store_family_list(db, c->anna.id, &members);
    if (err < 0)
        return err;
    CHECK_INT(json_array_size(members), 2);
    json_decref(members);
    return 0;
}

static int do_notify(struct db *db, const void *data)
{
    const struct clinic *c = data;
    json_t *told, *page;
    int64_t unread;
    int err = store_notification_add(db, &(struct notification_new){ .user = c->anna.public_id,
        .kind = "appointment_booked", .object = c->booked_id, .dedupe_key = "once" }, &told);

    if (err < 0)
        return err;
    json_decref(told);
    err = store_notification_list(db, c->anna.id, 5, NULL, &page);
    if (err < 0)
        return err;
    CHECK_STR(text_at(page, "items.0.kind"), "appointment_booked");
    json_decref(page);
    err = store_notification_read(db, c->anna.id, NULL);
    if (err >= 0)
        err = store_notification_unread(db, c->anna.id, &unread);
    if (err < 0)
        return err;
    CHECK_INT(unread, 0);
    return 0;
}

/* Paid, given back, and the give-back taken back. */
static int do_money(struct db *db, const void *data)
{
    const struct clinic *c = data;
    struct appointment_access now;
    struct payment_order order;
    struct payment_refund refund;
    json_t *due;
    int err = store_appointment_find(db, c->booked_id, &now);

    now.hold_expires_utc = STORE_NOW + 600;
    if (err == 0)
        err = store_payment_add(db, &now, "sandbox", &order);
    if (err == 0)
        err = store_payment_move(db, order.id, "pending");
    if (err == 0)
        err = store_payment_ask_at(db, order.id, STORE_NOW);
    if (err == 0)
        err = store_payment_ask_take(db, "sandbox", 60, 4, &due);
    if (err < 0)
        return err;
    CHECK_INT(json_array_size(due), 1);
    json_decref(due);
    err = store_payment_line(db, order.id, "charge", 5000, "chg_1");
    if (err >= 0)
        err = store_payment_settle(db, order.id);
    if (err >= 0)
        err = store_refund_add(db, &(struct refund_new){ .order = order.id, .amount_minor = 5000,
                                                         .key = "end", .reason = "test" }, &refund);
    if (err >= 0)
        err = store_refund_find(db, now.series, "end", &order, &refund);
    if (err >= 0)
        err = store_refund_drop(db, refund.public_id);
    if (err < 0)
        return err;
    CHECK_INT(refund.amount_minor, 5000);
    return 0;
}

static int do_outbox(struct db *db, const void *data)
{
    json_t *taken, *charges;
    char charge[DB_ID_SIZE];
    int err = store_outbox_add(db, &(struct outbox_new){ .topic = "webhook", .key = "one", .body = "{}",
                                                         .due_utc = STORE_NOW });

    (void)data;
    if (err == 0)
        err = store_outbox_take(db, 4, &taken);
    if (err < 0)
        return err;
    CHECK_INT(json_array_size(taken), 1);
    json_decref(taken);
    err = store_sandbox_charge_add(db, &(struct sandbox_charge){ .session = "pay_1", .order = "ord_1",
                                   .currency = "CNY", .amount_minor = 5000 }, charge);
    if (err == 0)
        err = store_sandbox_refund_add(db, "rfd_1", "pay_1", 5000);
    if (err >= 0)
        err = store_sandbox_charges(db, "pay_1", &charges);
    if (err < 0)
        return err;
    CHECK_STR(text_at(charges, "0.charge"), charge);
    json_decref(charges);
    return 0;
}

static fault_act *const acts[] = { do_book, do_book_taken, do_reschedule, do_visit, do_lists, do_offers,
                                   do_hours, do_family, do_notify, do_money, do_outbox };

TEST(fault_booking, any_step_may_fail)
{
    struct store s;
    struct clinic c;

    clinic_open(&s, &c);
    fault_sql_steps(&(struct db_options){ .path = s.path, .host = &s.host }, &c, acts, COUNT_OF(acts));
    store_close(&s);
}

TEST(fault_booking, any_allocation_may_fail)
{
    struct store s;
    struct clinic c;

    clinic_open(&s, &c);
    fault_sql_allocations(&(struct db_options){ .path = s.path, .host = &s.host }, &c, acts, COUNT_OF(acts));
    store_close(&s);
}
