/* test_store_payment.c - the ledger adds up, says nothing twice, and forgets nothing. */
#include "store_fixture.h"

#include "storage/store_payment.h"
#include "storage/store_reconcile.h"
#include "storage/store_sandbox.h"

enum { FEE = 5000 };

struct till { struct store s; struct appointment_access held; struct payment_order order; };

static void hold(struct till *t)
{
    struct store *s = &t->s;
    struct store_user doctor, patient;
    struct doctor_access access;
    struct service_new service = { .name = "visit", .mode = "video", .minutes = 30, .fee_minor = FEE };
    struct store_service offered;
    struct appointment_new new = { .doctor = &access, .service = &offered, .start_utc = STORE_NOW + 86400,
                                   .tzdb = "", .hold_expires_utc = STORE_NOW + 600 };
    json_t *one = NULL;
    int64_t id = 0;

    service.clinic = store_clinic(s, "North");
    doctor = store_doctor(s, service.clinic, "dr.li");
    patient = store_patient(s, "wang");
    CHECK_INT(store_doctor_access(s->db, doctor.public_id, &doctor, &access), 0);
    CHECK_INT(JOB(s, store_service_add(s->db, &service, &id)), 0);
    CHECK_INT(store_service_get(s->db, id, &one), 0);
    CHECK_INT(store_service_find(s->db, text_at(one, "id"), &offered), 0);
    json_decref(one);
    new.user = patient.id;
    CHECK_INT(store_patient_find(s->db, patient.id, NULL, &new.patient), 0);
    CHECK_INT(JOB(s, store_appointment_add(s->db, &new, &id)), 0);
    CHECK_INT(store_appointment_get(s->db, id, &one), 0);
    CHECK_INT(store_appointment_find(s->db, text_at(one, "id"), &t->held), 0);
    json_decref(one);
}

static void till_open(struct till *t)
{
    store_open(&t->s);
    hold(t);
    CHECK_INT(JOB(&t->s, store_payment_add(t->s.db, &t->held, "sandbox", &t->order)), 0);
    CHECK_INT(JOB(&t->s, store_payment_move(t->s.db, t->order.id, "pending")), 0);
}

static int charge(struct till *t, int64_t minor, const char *ref)
{
    return JOB(&t->s, store_payment_line(t->s.db, t->order.id, "charge", minor, ref));
}

static const char *settled(struct till *t)
{
    CHECK_INT(JOB(&t->s, store_payment_settle(t->s.db, t->order.id)), 0);
    CHECK_INT(store_payment_find(t->s.db, "sandbox", t->order.session, &t->order), 0);
    return t->order.state;
}

static int64_t refund(struct till *t, int64_t minor, const char *key, char id[DB_ID_SIZE])
{
    const struct refund_new new = { .order = t->order.id, .amount_minor = minor, .key = key,
                                    .reason = "test" };
    struct payment_refund asked = { 0 };
    int got = JOB(&t->s, store_refund_add(t->s.db, &new, &asked));

    CHECK(got >= 0);
    snprintf(id, DB_ID_SIZE, "%s", asked.public_id);
    return asked.amount_minor;
}

TEST(store_payment, an_order_is_shown_whole)
{
    struct till t;
    json_t *one = NULL;

    till_open(&t);
    CHECK_INT(charge(&t, FEE, "chg_1"), 1);
    CHECK_STR(settled(&t), "paid");
    CHECK_INT(store_payment_get(t.s.db, t.order.id, &one), 0);
    CHECK_STR(text_at(one, "state"), "paid");
    CHECK_INT(int_at(one, "amount.amount"), FEE);
    CHECK_STR(text_at(one, "amount.currency"), t.held.currency);
    CHECK_INT(int_at(one, "refunded.amount"), 0);
    CHECK_STR(text_at(one, "expiresAt"), "2025-11-24T16:10:00Z");
    CHECK_INT(json_array_size(json_at(one, "lines")), 1);
    CHECK_STR(text_at(json_array_get(json_at(one, "lines"), 0), "at"), "2025-11-24T16:00:00Z");
    json_decref(one);
    store_close(&t.s);
}

TEST(store_payment, a_series_has_one_open_order)
{
    struct till t;
    struct payment_order other;

    till_open(&t);
    CHECK_INT(JOB(&t.s, store_payment_add(t.s.db, &t.held, "sandbox", &other)), -EEXIST);
    CHECK_INT(JOB(&t.s, store_payment_move(t.s.db, t.order.id, "failed")), 0);
    CHECK_INT(JOB(&t.s, store_payment_add(t.s.db, &t.held, "sandbox", &other)), 0);
    CHECK_INT(JOB(&t.s, store_payment_close(t.s.db, t.held.series)), 1);
    CHECK_INT(JOB(&t.s, store_payment_close(t.s.db, t.held.series)), 0);
    CHECK_INT(store_payment_find(t.s.db, "other", t.order.session, &other), -ENOENT);
    store_close(&t.s);
}

TEST(store_payment, money_is_booked_once_and_for_ever)
{
    struct till t;

    till_open(&t);
    CHECK_INT(charge(&t, FEE, "chg_1"), 1);
    CHECK_INT(charge(&t, FEE, "chg_1"), 0);
    CHECK_INT(charge(&t, FEE, "chg_2"), 1);
    CHECK_STR(settled(&t), "paid");
    CHECK_INT(t.order.balance_minor, 2 * FEE);
    CHECK_INT(JOB(&t.s, db_run(t.s.db, "UPDATE ledger_line SET amount_minor = 1", NO_ARGS)), DB_APPEND_ONLY);
    CHECK_INT(JOB(&t.s, db_run(t.s.db, "DELETE FROM ledger_line", NO_ARGS)), DB_APPEND_ONLY);
    CHECK_INT(JOB(&t.s, db_run(t.s.db, "UPDATE payment_order SET balance_minor = 1", NO_ARGS)),
              DB_APPEND_ONLY);
    CHECK_INT(charge(&t, 0, "chg_3"), -EINVAL);
    CHECK_INT(charge(&t, -1, "chg_3"), -EINVAL);
    CHECK_INT(JOB(&t.s, store_payment_line(t.s.db, t.order.id, "refund", 1, "r")), -EINVAL);
    CHECK_INT(JOB(&t.s, store_payment_line(t.s.db, t.order.id, "refund", -2 * FEE - 1, "r")), -EINVAL);
    store_close(&t.s);
}

TEST(store_payment, goes_back_once_a_cause_and_never_more_than_there_is)
{
    struct till t;
    char first[DB_ID_SIZE], second[DB_ID_SIZE], none[DB_ID_SIZE];

    till_open(&t);
    CHECK_INT(refund(&t, FEE, "a", none), 0);   /* nothing was paid                                   */
    CHECK_INT(charge(&t, FEE, "chg_1"), 1);
    CHECK_STR(settled(&t), "paid");
    CHECK_INT(refund(&t, 2000, "a", first), 2000);
    CHECK_STR(settled(&t), "refunding");
    CHECK_INT(refund(&t, 2000, "a", none), 0);
    CHECK_INT(JOB(&t.s, store_refund_end(t.s.db, t.order.id, first, "succeeded")), 1);
    CHECK_STR(settled(&t), "partially_refunded");
    CHECK_INT(JOB(&t.s, store_refund_end(t.s.db, t.order.id, first, "succeeded")), 0);
    CHECK_INT(refund(&t, INT64_MAX, "b", second), 3000);
    CHECK_INT(refund(&t, 1, "c", none), 0);     /* the rest is asked for                              */
    CHECK_STR(settled(&t), "refunding");
    CHECK_INT(JOB(&t.s, store_refund_end(t.s.db, t.order.id, second, "failed")), 1);
    CHECK_STR(settled(&t), "partially_refunded");
    CHECK_INT(refund(&t, INT64_MAX, "d", second), 3000);
    CHECK_STR(settled(&t), "refunding");
    CHECK_INT(JOB(&t.s, store_refund_end(t.s.db, t.order.id, second, "succeeded")), 1);
    CHECK_STR(settled(&t), "refunded");
    CHECK_INT(t.order.balance_minor, 0);
    CHECK_INT(JOB(&t.s, store_refund_end(t.s.db, t.order.id, "rfd_nobody", "succeeded")), -ENOENT);
    store_close(&t.s);
}

/* Every pair of states: what is an edge goes, what is none is refused by the database. */
TEST(store_payment, moves_along_the_edges_and_no_others)
{
    static const char *const states[] = { "created", "pending", "paid", "failed", "closed",
                                          "partially_refunded",
                                          "refunding", "refunded" };
    struct till t;
    int went = 0;

    till_open(&t);
    for (size_t from = 0; from < COUNT_OF(states); from++)
        for (size_t to = 0; to < COUNT_OF(states); to++) {
            int64_t edge = store_number(&t.s, "SELECT count(*) FROM payment_edge WHERE from_s = $1 AND "
                                        "to_s = $2", ARGS(TEXT(states[from]), TEXT(states[to])));
            int err;

            CHECK_INT(db_script(t.s.db, "BEGIN; DROP TRIGGER payment_order_move"), 0);
            CHECK_INT(store_payment_move(t.s.db, t.order.id, states[from]), 0);
            CHECK_INT(db_script(t.s.db, "CREATE TRIGGER payment_order_move BEFORE UPDATE OF state ON "
                                "payment_order WHEN OLD.state <> NEW.state AND NOT EXISTS(SELECT 1 FROM "
                                "payment_edge e WHERE e.from_s = OLD.state AND e.to_s = NEW.state) BEGIN "
                                "SELECT RAISE(ABORT,'BAD_TRANSITION'); END"), 0);
            err = store_payment_move(t.s.db, t.order.id, states[to]);
            CHECK_INT(db_script(t.s.db, "ROLLBACK"), 0);
            if (err != (edge || from == to ? 0 : DB_BAD_TRANSITION))
                fail_msg("%s to %s: %d", states[from], states[to], err);
            went += err == 0 && from != to;
        }
    CHECK_INT(went, 15);
    store_close(&t.s);
}

/* The clock goes on to each asking; the provider knows of no money, each time. */
static const char *asked_at(struct till *t, const char *state)
{
    static char text[64];
    size_t at = 0;
    int64_t next;

    CHECK_INT(JOB(&t->s, store_payment_ask_at(t->s.db, t->order.id, STORE_NOW + 60)), 0);
    if (strcmp(state, "pending") != 0)
        CHECK_INT(JOB(&t->s, store_payment_move(t->s.db, t->order.id, state)), 0);
    text[0] = '\0';
    for (int i = 0; i < 6 && store_payment_ask_next(t->s.db, "sandbox", &next) == 0; i++) {
        json_t *due = NULL;

        t->s.now = next;
        at += (size_t)snprintf(text + at, sizeof text - at, "%d ", (int)(next - STORE_NOW));
        CHECK_INT(JOB(&t->s, store_payment_ask_take(t->s.db, "sandbox", 60, 4, &due)), 0);
        CHECK_INT(json_array_size(due), 1);
        json_decref(due);
        CHECK_INT(JOB(&t->s, store_payment_close_asked(t->s.db, t->order.id)), 0);
    }
    return text;
}

TEST(store_payment, is_asked_about_later_each_time_and_not_after_its_hold)
{
    static const struct { const char *state, *asked, *end; } cases[] = {
        { "pending", "60 120 240 480 960 ", "closed" },
        { "failed", "60 120 240 480 600 ", "failed" },
        { "closed", "60 120 240 480 600 ", "closed" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct till t;

        till_open(&t);
        CHECK_STR(asked_at(&t, cases[i].state), cases[i].asked);
        CHECK_INT(store_payment_by_id(t.s.db, t.order.id, &t.order), 0);
        CHECK_STR(t.order.state, cases[i].end);
        store_close(&t.s);
    }
}

TEST(store_payment, an_event_is_new_once)
{
    struct till t;

    till_open(&t);
    CHECK_INT(store_payment_event_seen(t.s.db, "sandbox", "evt_1"), 0);
    CHECK_INT(JOB(&t.s, store_payment_event_add(t.s.db, "sandbox", "evt_1", "{}", "booked")), 1);
    CHECK_INT(JOB(&t.s, store_payment_event_add(t.s.db, "sandbox", "evt_1", "{}", "booked")), 0);
    CHECK_INT(JOB(&t.s, store_payment_event_add(t.s.db, "other", "evt_1", "{}", "booked")), 1);
    CHECK_INT(store_payment_event_seen(t.s.db, "sandbox", "evt_1"), 1);
    CHECK_INT(JOB(&t.s, db_run(t.s.db, "DELETE FROM payment_event", NO_ARGS)), DB_APPEND_ONLY);
    store_close(&t.s);
}

TEST(store_sandbox, gives_back_once_a_key_and_never_more_than_was_paid)
{
    struct store s;
    const struct sandbox_charge paid = { .session = "pay_1", .order = "ord_1", .currency = "CNY",
                                         .amount_minor = FEE };
    char id[DB_ID_SIZE];
    int64_t left;

    store_open(&s);
    CHECK_INT(JOB(&s, store_sandbox_refund_add(s.db, "rfd_1", "pay_1", 1)), -EINVAL);
    CHECK_INT(JOB(&s, store_sandbox_charge_add(s.db, &paid, id)), 0);
    CHECK_INT(JOB(&s, store_sandbox_refund_add(s.db, "rfd_1", "pay_1", 2000)), 1);
    CHECK_INT(JOB(&s, store_sandbox_refund_add(s.db, "rfd_1", "pay_1", 2000)), 0);
    CHECK_INT(JOB(&s, store_sandbox_refund_add(s.db, "rfd_2", "pay_1", 3001)), -EINVAL);
    CHECK_INT(store_sandbox_paid(s.db, "pay_1", &left), 0);
    CHECK_INT(left, 3000);
    store_close(&s);
}

/* Each of them alone makes exactly the difference that is named. */
TEST(store_reconcile, finds_each_kind_of_difference)
{
    static const struct { const char *sql, *what; } bent[] = {
        { "UPDATE payment_order SET state = 'paid'", "order-state-paid" },
        { "INSERT INTO payment_refund(public_id, order_id, key, amount_minor, reason, state, created_utc) "
          "SELECT 'rfd_1', id, 'k', 1, '', 'requested', 0 FROM payment_order", "refund-requested" },
        { "INSERT INTO payment_refund(public_id, order_id, key, amount_minor, reason, state, created_utc) "
          "SELECT 'rfd_1', id, 'k', 1, '', 'succeeded', 0 FROM payment_order", "refund-line" },
        { "INSERT INTO payment_event(provider, event_id, body, outcome, created_utc) "
          "VALUES('p', 'e', '', 'unknown', 0)",
          "event-unknown" },
        { "INSERT INTO outbox(topic, key, body, state, due_utc, created_utc) VALUES('t','k','','dead',0,0)",
          "outbox-dead" },
        { "INSERT INTO sandbox_charge(public_id, session, order_ref, amount_minor, currency, created_utc) "
          "VALUES('chg_1', 's', 'o', 5, 'CNY', 0)", "charge-not-booked" },
        { "INSERT INTO sandbox_refund(key, session, amount_minor, created_utc) VALUES('rfd_1','s',5,0)",
          "refund-not-booked" },
        { "UPDATE appointment SET status = 'booked', hold_expires_utc = NULL", "appointment-unpaid" },
    };
    struct till t;
    json_t *found = NULL;

    till_open(&t);
    CHECK_INT(store_reconcile(t.s.db, &found), 0);
    CHECK_INT(json_array_size(found), 0);
    json_decref(found);
    for (size_t i = 0; i < COUNT_OF(bent); i++) {
        CHECK_INT(db_script(t.s.db, "BEGIN"), 0);
        CHECK_INT(db_script(t.s.db, bent[i].sql), 0);
        CHECK_INT(store_reconcile(t.s.db, &found), 0);
        if (json_array_size(found) != 1 ||
            strcmp(text_at(json_array_get(found, 0), "what"), bent[i].what) != 0)
            fail_msg("case %zu: %zu differences, the first %s, not %s", i, json_array_size(found),
                     json_array_size(found) ? text_at(json_array_get(found, 0), "what") : "-", bent[i].what);
        json_decref(found);
        CHECK_INT(db_script(t.s.db, "ROLLBACK"), 0);
    }
    store_close(&t.s);
}
