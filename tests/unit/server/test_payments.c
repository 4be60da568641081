/* test_payments.c - what money buys: in time, late, twice, for what has ended; and without a provider. */
#include "shop_fixture.h"

#include "outbox.h"

enum deed {
    END,
    PAYS,
    PAYS_AGAIN,
    PAYS_LESS,
    FAILS,
    LAPSES,
    OTHER_TAKES_IT,
    CANCELS,
    CLINIC_CANCELS,
    APPROVES,
    REJECTS,
    LATER,
    SEEN,
    ASKED,
    ASKED_PAID
};

static const struct {
    const char *event, *charge;
    int64_t minor;
} events[] = {
    [PAYS] = { "payment.succeeded", "chg_1", FEE },
    [PAYS_AGAIN] = { "payment.succeeded", "chg_2", FEE },
    [PAYS_LESS] = { "payment.succeeded", "chg_3", FEE - 1 },
    [FAILS] = { "payment.failed", "", 0 },
};

static void done_by(struct practice *p, const struct person *who, const char *id, const char *door)
{
    CHECK_INT(ASK_ERR(&p->d, who, door, "{\"appointment\":\"%s\"%s}", id,
                      who == &p->d.doctor ? ",\"reason\":\"ill\"" : ""),
              0);
}

/* The provider was asked, and knows of this charge ("": none) and of this refund (NULL: none). */
static void answers(struct practice *p, const char *id, const char *charge, const char *refund)
{
    struct payment_order about = order_of(p, id);
    struct action *a = action_new(p->d.api, "query", MAY_NOBODY, 0);
    struct outbox_sent *sent = action_own(a, sizeof *sent);

    CHECK_INT(JOB(&p->d.s, db_run(p->d.s.db, "UPDATE payment_order SET asks = asks + 1 WHERE id = $1",
                                  ARGS(INT(about.id)))), 1);
    *sent = (struct outbox_sent){ about.id, 200 };
    a->clockwork = true;
    a->input = json_pack("{s:[], s:[]}", "charges", "refunds");
    if (*charge != '\0')
        json_array_append_new(json_at(a->input, "charges"),
                              json_pack("{s:s, s:i, s:s}", "charge", charge, "amount", FEE, "currency",
                                        about.currency));
    if (refund != NULL)
        json_array_append_new(json_at(a->input, "refunds"),
                              json_pack("{s:s, s:s}", "refund", refund, "state", "succeeded"));
    CHECK_INT(JOB(&p->d.s, payment_answered(a, p->d.s.db)), 0);
    action_drop(a);
}

static void deed_do(struct practice *p, const char *id, enum deed deed)
{
    char other[DB_ID_SIZE];

    switch (deed) {
    case END: break;
    case PAYS:
    case PAYS_AGAIN:
    case PAYS_LESS:
    case FAILS: says(p, id, events[deed].event, events[deed].charge, events[deed].minor); break;
    case LAPSES: p->d.s.now += 600; break;
    case SEEN: /* whoever books ends what is over                    */
    case OTHER_TAKES_IT: order(p, &p->d.stranger, deed == SEEN ? 2 : 0, other); break;
    case CANCELS: done_by(p, &p->d.patient, id, "POST " ONE "/cancel"); break;
    case CLINIC_CANCELS: done_by(p, &p->d.doctor, id, "POST " ONE "/cancel"); break;
    case APPROVES: done_by(p, &p->d.doctor, id, "POST " ONE "/approve"); break;
    case REJECTS: done_by(p, &p->d.doctor, id, "POST " ONE "/reject"); break;
    case ASKED:
    case ASKED_PAID: answers(p, id, deed == ASKED ? "" : events[PAYS].charge, NULL); break;
    case LATER: p->d.s.now = MONDAY_UTC - 3 * 3600; break;
    }
}

TEST(payments, money_buys_what_waits_for_it_and_else_comes_back)
{
    static const struct {
        bool on_request;
        enum deed deeds[6];
        const char *want;
    } cases[] = {
        { false, { END }, "pending_payment pending 0/0" },
        { false, { PAYS, END }, "booked paid 5000/0" },
        { false, { FAILS, END }, "pending_payment failed 0/0" },
        { false, { FAILS, PAYS, END }, "booked paid 5000/0" },
        { false, { FAILS, ASKED, END }, "pending_payment failed 0/0" },
        { false, { FAILS, ASKED_PAID, END }, "booked paid 5000/0" }, /* paid after all               */
        { false, { FAILS, LAPSES, SEEN, ASKED_PAID, END }, "booked paid 5000/0" },
        { false, { FAILS, LAPSES, SEEN, OTHER_TAKES_IT, ASKED_PAID, END }, "expired refunding 5000/5000" },
        { false, { CANCELS, ASKED_PAID, END }, "expired refunding 5000/5000" },
        { false, { PAYS, FAILS, END }, "booked paid 5000/0" },
        { false, { PAYS, PAYS_AGAIN, END }, "booked refunding 10000/5000" },
        { false, { PAYS_LESS, END }, "pending_payment refunding 4999/4999" },
        { false, { LAPSES, PAYS, END }, "booked paid 5000/0" }, /* nobody has looked yet          */
        { false, { LAPSES, SEEN, END }, "expired pending 0/0" }, /* until the provider was asked     */
        { false, { ASKED, END }, "pending_payment pending 0/0" },
        { false, { LAPSES, SEEN, ASKED, END }, "expired closed 0/0" },
        { false, { LAPSES, SEEN, ASKED, PAYS, END }, "booked paid 5000/0" },
        { false, { ASKED_PAID, END }, "booked paid 5000/0" },
        { false, { ASKED_PAID, PAYS, END }, "booked paid 5000/0" }, /* the webhook came after all   */
        { false, { LAPSES, SEEN, ASKED_PAID, END }, "booked paid 5000/0" },
        { false, { LAPSES, SEEN, OTHER_TAKES_IT, ASKED_PAID, END }, "expired refunding 5000/5000" },
        { false, { LAPSES, SEEN, PAYS, END }, "booked paid 5000/0" },
        { false, { LAPSES, SEEN, PAYS, PAYS_AGAIN, END }, "booked refunding 10000/5000" },
        { false, { LAPSES, SEEN, OTHER_TAKES_IT, PAYS, END }, "expired refunding 5000/5000" },
        { false, { CANCELS, PAYS, END }, "expired refunding 5000/5000" },
        { false, { PAYS, CANCELS, END }, "cancelled_by_patient refunding 5000/5000" },
        { false, { PAYS, LATER, CANCELS, END }, "cancelled_by_patient refunding 5000/2500" },
        { false, { PAYS, LATER, CLINIC_CANCELS, END }, "cancelled_by_clinic refunding 5000/5000" },
        { true, { PAYS, END }, "requested paid 5000/0" },
        { true, { PAYS, APPROVES, END }, "booked paid 5000/0" },
        { true, { PAYS, REJECTS, END }, "rejected refunding 5000/5000" },
        { true, { PAYS, LATER, CANCELS, END }, "cancelled_by_patient refunding 5000/5000" },
        { true, { LAPSES, SEEN, PAYS, END }, "expired refunding 5000/5000" }, /* he was never asked  */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct practice p;
        char id[DB_ID_SIZE];

        shop_open(&p, cases[i].on_request);
        order(&p, &p.d.patient, 0, id);
        for (int s = 0; cases[i].deeds[s] != END; s++)
            deed_do(&p, id, cases[i].deeds[s]);
        if (strcmp(standing(&p, id), cases[i].want) != 0)
            fail_msg("case %zu: %s, not %s", i, standing(&p, id), cases[i].want);
        desk_close(&p.d);
    }
}

TEST(payments, a_refund_is_booked_when_the_provider_says_so)
{
    struct practice p;
    struct db_query q;
    char id[DB_ID_SIZE], refund[DB_ID_SIZE];

    shop_open(&p, false);
    order(&p, &p.d.patient, 0, id);
    deed_do(&p, id, PAYS);
    deed_do(&p, id, CLINIC_CANCELS);
    CHECK_INT(db_query(p.d.s.db, &q, "SELECT key FROM outbox WHERE topic = 'sandbox-refund'", NO_ARGS), 1);
    snprintf(refund, sizeof refund, "%s", db_column_text(&q, 0));
    db_done(&q);
    says(&p, id, "refund.succeeded", "rfd_other", FEE); /* nobody asked for that one               */
    CHECK_STR(standing(&p, id), "cancelled_by_clinic refunding 5000/5000");
    says(&p, id, "refund.succeeded", refund, FEE);
    says(&p, id, "refund.succeeded", refund, FEE);
    CHECK_STR(standing(&p, id), "cancelled_by_clinic refunded 0/0");
    CHECK_INT(store_number(&p.d.s, "SELECT count(*) FROM notification WHERE kind = 'payment-refunded'",
                           NO_ARGS), 1);
    desk_close(&p.d);
}

TEST(payments, a_refund_of_which_nothing_is_heard_ends_when_the_provider_is_asked)
{
    struct practice p;
    struct db_query q;
    char id[DB_ID_SIZE], refund[DB_ID_SIZE];

    shop_open(&p, false);
    order(&p, &p.d.patient, 0, id);
    deed_do(&p, id, PAYS);
    deed_do(&p, id, CLINIC_CANCELS);
    CHECK_INT(db_query(p.d.s.db, &q, "SELECT public_id FROM payment_refund", NO_ARGS), 1);
    snprintf(refund, sizeof refund, "%s", db_column_text(&q, 0));
    db_done(&q);
    answers(&p, id, "chg_1", NULL);             /* he has not heard of it yet                        */
    CHECK_STR(standing(&p, id), "cancelled_by_clinic refunding 5000/5000");
    for (int i = 0; i < 2; i++)
        answers(&p, id, "chg_1", refund);
    CHECK_STR(standing(&p, id), "cancelled_by_clinic refunded 0/0");
    CHECK_INT(store_number(&p.d.s, "SELECT count(*) FROM notification WHERE kind = 'payment-refunded'",
                           NO_ARGS), 1);
    desk_close(&p.d);
}

TEST(payments, who_shows_an_order_and_who_can_pay_it)
{
    struct practice p;
    struct action *patient, *doctor;
    char id[DB_ID_SIZE];

    shop_open(&p, false);
    order(&p, &p.d.patient, 0, id);
    patient = ask_with(&p.d, &p.d.patient, "GET " ONE "/payment", "{\"appointment\":\"%s\"}", id);
    doctor = ask_with(&p.d, &p.d.doctor, "GET " ONE "/payment", "{\"appointment\":\"%s\"}", id);
    check_has(text_at(patient->answer, "checkoutUrl"), "/sandbox/checkout/pay_");
    CHECK(json_is_null(json_at(doctor->answer, "checkoutUrl")));
    action_drop(patient);
    action_drop(doctor);
    p.d.s.now += 600;
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " ONE "/payment", "{\"appointment\":\"%s\"}", id),
              DB_BAD_TRANSITION);
    desk_close(&p.d);
}

TEST(payments, a_wrong_amount_does_not_keep_him_from_paying)
{
    struct practice p;
    struct action *a;
    char id[DB_ID_SIZE];

    shop_open(&p, false);
    order(&p, &p.d.patient, 0, id);
    deed_do(&p, id, PAYS_LESS);
    for (int i = 0; i < 2; i++) {
        a = ask_with(&p.d, &p.d.patient, "POST " ONE "/payment", "{\"appointment\":\"%s\"}", id);
        CHECK_INT(a->job.err, 0);
        check_has(text_at(a->answer, "checkoutUrl"), "/sandbox/checkout/pay_");
        action_drop(a);
    }
    deed_do(&p, id, PAYS);
    CHECK_STR(standing(&p, id), "booked paid 5000/0");
    desk_close(&p.d);
}

TEST(payments, striking_out_what_was_moved_leaves_the_money_with_what_it_became)
{
    struct practice p;
    char id[DB_ID_SIZE];

    shop_open(&p, false);
    order(&p, &p.d.patient, 0, id);
    deed_do(&p, id, PAYS);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " ONE "/reschedule",
                      "{\"appointment\":\"%s\",\"startAt\":\"2025-12-01T01:40:00Z\"}", id), 0);
    snprintf(p.d.doctor.session.user.role, sizeof p.d.doctor.session.user.role, "admin");
    done_by(&p, &p.d.doctor, id, "POST " ONE "/void");
    CHECK_STR(standing(&p, id), "booked paid 5000/0");
    desk_close(&p.d);
}

TEST(payments, without_a_provider_a_fee_is_none_of_our_business)
{
    struct practice p;
    struct appointment_access now;
    char id[DB_ID_SIZE];

    shop_open(&p, false);
    p.d.api->provider = NULL;
    order(&p, &p.d.patient, 0, id);
    CHECK_INT(store_appointment_find(p.d.s.db, id, &now), 0);
    CHECK_STR(now.status, "booked");
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "GET " ONE "/payment", "{\"appointment\":\"%s\"}", id), -ENOENT);
    CHECK_INT(
        ASK_ERR(&p.d, NULL, WEBHOOK, "{\"provider\":\"sandbox\",\"id\":\"e\",\"type\":\"t\",\"data\":{}}"),
        -ENOENT);
    desk_close(&p.d);
}
