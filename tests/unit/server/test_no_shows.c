/* test_no_shows.c - what a patient who did not come gets back; his word against it, and the desk's. */
#include "shop_fixture.h"

#include "storage/store_dispute.h"

enum { DAY_S = 86400 };

static void desk_add(struct practice *p, struct person *who)
{
    struct store_user user = { 0 };

    CHECK_INT(JOB(&p->d.s, store_user_add(p->d.s.db, &(struct user_new){ .role = "staff", .login = "desk",
                                          .name = "desk", .clinic = 1 }, &user)), 0);
    person_login(&p->d, who, "desk", user);
}

/* Booked under such a rule, paid, and nobody came. */
static void missed(struct practice *p, int fee_percent, char ret_id[DB_ID_SIZE])
{
    shop_open(p, false);
    CHECK_INT(JOB(&p->d.s, db_run(p->d.s.db, "INSERT INTO policy(clinic_id, version, tiers, grace_min, "
                                  "move_cutoff_min, moves_max, created_utc, noshow_fee_percent) "
                                  "VALUES(1, 2, '[]', 15, 0, 2, 0, $1)", ARGS(INT(fee_percent)))), 1);
    order(p, &p->d.patient, 0, ret_id);
    says(p, ret_id, "payment.succeeded", "chg_1", FEE);
    p->d.s.now = MONDAY_UTC + 900;
    CHECK_INT(ASK_ERR(&p->d, &p->d.doctor, "POST " ONE "/no-show", "{\"appointment\":\"%s\"}", ret_id), 0);
}

static int disputes(struct practice *p, const char *id, const char *reason)
{
    return ASK_ERR(&p->d, &p->d.patient, "POST " ONE "/dispute", "{\"appointment\":\"%s\",\"reason\":\"%s\"}",
                   id, reason);
}

static int decides(struct practice *p, const struct person *who, const char *id, const char *decision)
{
    return ASK_ERR(&p->d, who, "POST " ONE "/dispute/decide", "{\"appointment\":\"%s\",\"decision\":\"%s\","
                   "\"note\":\"checked\"}", id, decision);
}

/* All that was promised is paid out, and the books are right. */
static void refunds_end(struct practice *p, const char *id)
{
    json_t *asked = NULL, *one;
    size_t i;

    CHECK_INT(db_all(p->d.s.db, &asked, "SELECT public_id AS \"id\", amount_minor AS \"minor\" FROM "
                     "payment_refund WHERE state = 'requested'", NO_ARGS), 0);
    json_array_foreach(asked, i, one)
        says(p, id, "refund.succeeded", text_at(one, "id"), json_integer_value(json_at(one, "minor")));
    json_decref(asked);
    CHECK_INT(store_number(&p->d.s, "SELECT count(*) FROM payment_order o WHERE balance_minor <> "
                           "(SELECT sum(l.amount_minor) FROM ledger_line l WHERE l.order_id = o.id)",
                           NO_ARGS), 0);
}

TEST(no_shows, the_fee_of_the_policy_is_kept_and_the_desk_may_waive_it)
{
    static const struct { int fee_percent; const char *decision, *missed, *decided, *ended; } cases[] = {
        { 100, "kept", "paid 5000/0", "paid 5000/0", "paid 5000/0" },
        { 100, "waived", "paid 5000/0", "refunding 5000/5000", "refunded 0/0" },
        { 30, "kept", "refunding 5000/3500", "refunding 5000/3500", "partially_refunded 1500/0" },
        { 30, "waived", "refunding 5000/3500", "refunding 5000/5000", "refunded 0/0" },
        { 0, "waived", "refunding 5000/5000", "refunding 5000/5000", "refunded 0/0" },
    };
    static const size_t word = sizeof "noshow_patient";     /* and a space */

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct practice p;
        struct person desk;
        char id[DB_ID_SIZE];

        missed(&p, cases[i].fee_percent, id);
        desk_add(&p, &desk);
        CHECK_STR(standing(&p, id) + word, cases[i].missed);
        CHECK_INT(disputes(&p, id, "the line was dead"), 0);
        CHECK_STR(standing(&p, id) + word, cases[i].missed);
        CHECK_INT(decides(&p, &desk, id, cases[i].decision), 0);
        CHECK_STR(standing(&p, id) + word, cases[i].decided);
        refunds_end(&p, id);
        CHECK_STR(standing(&p, id) + word, cases[i].ended);
        desk_close(&p.d);
    }
}

TEST(no_shows, a_day_is_the_time_to_say_that_it_was_not_so)
{
    static const struct { int64_t after_s; int err; } cases[] = {
        { 0, 0 }, { DAY_S, 0 }, { DAY_S + 1, -ETIME }
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct practice p;
        char id[DB_ID_SIZE];

        missed(&p, 100, id);
        p.d.s.now += cases[i].after_s;
        CHECK_INT(disputes(&p, id, "I was there"), cases[i].err);
        desk_close(&p.d);
    }
}

/* A text of the answer; the action is the caller's. */
static struct action *shown(struct practice *p, const struct person *who, const char *id)
{
    return ask_with(&p->d, who, "GET " ONE, "{\"appointment\":\"%s\"}", id);
}

TEST(no_shows, both_sides_see_what_was_said_and_decided_and_each_hears_of_the_other)
{
    struct practice p;
    struct person desk;
    struct action *a;
    char id[DB_ID_SIZE];

    missed(&p, 100, id);
    desk_add(&p, &desk);
    a = shown(&p, &p.d.patient, id);
    CHECK_STR(text_at(a->answer, "appointment.disputableUntilAt"), "2025-12-02T01:15:00Z");
    CHECK(json_at(a->answer, "appointment.dispute") == NULL);
    action_drop(a);
    CHECK_INT(disputes(&p, id, "没有网络"), 0);
    CHECK_INT(store_number(&p.d.s, "SELECT instr(reason_enc, CAST('没有网络' AS BLOB)) FROM "
                           "appointment_dispute", NO_ARGS), 0); /* sealed                            */
    a = ask_with(&p.d, &desk, "GET " AT, "{\"status\":\"noshow_patient\",\"from\":\"2025-12-01T00:00:00Z\"}");
    CHECK_STR(text_at(a->answer, "items.0.dispute.reason"), "没有网络");
    CHECK_STR(text_at(a->answer, "items.0.dispute.at"), "2025-12-01T01:15:00Z");
    CHECK(json_at(a->answer, "items.0.dispute.decision") == NULL);
    CHECK(json_at(a->answer, "items.0.disputableUntilAt") == NULL);
    action_drop(a);
    p.d.s.now += 60;
    CHECK_INT(decides(&p, &desk, id, "waived"), 0);
    a = shown(&p, &p.d.patient, id);
    CHECK_STR(text_at(a->answer, "appointment.dispute.decision"), "waived");
    CHECK_STR(text_at(a->answer, "appointment.dispute.note"), "checked");
    CHECK_STR(text_at(a->answer, "appointment.dispute.decidedAt"), "2025-12-01T01:16:00Z");
    action_drop(a);
    CHECK_INT(store_number(&p.d.s, "SELECT count(*) FROM notification n JOIN users u ON u.id = n.user_id "
                           "WHERE (n.kind = 'appointment-disputed' AND u.role = 'staff') "
                           "OR (n.kind = 'dispute-decided' AND u.role = 'patient')", NO_ARGS), 2);
    CHECK_INT(store_number(&p.d.s, "SELECT count(*) FROM notification WHERE kind = 'appointment-missed'",
                           NO_ARGS), 1);        /* told once                                         */
    CHECK_INT(audit_count(&p.d, "appointment.dispute") + audit_count(&p.d, "appointment.dispute-decide"), 2);
    desk_close(&p.d);
}

TEST(no_shows, are_disputed_once_and_decided_once_by_the_desk_alone)
{
    struct practice p;
    struct person desk;
    char id[DB_ID_SIZE], long_one[STORE_DISPUTE_MAX + 2];

    missed(&p, 100, id);
    desk_add(&p, &desk);
    memset(long_one, 'x', sizeof long_one - 1);
    long_one[sizeof long_one - 1] = '\0';
    CHECK_INT(decides(&p, &desk, id, "kept"), DB_BAD_TRANSITION);       /* nobody disputes it        */
    CHECK_INT(disputes(&p, id, ""), -EINVAL);
    CHECK_INT(disputes(&p, id, long_one), -EMSGSIZE);
    CHECK_INT(disputes(&p, id, long_one + 1), 0);
    CHECK_INT(disputes(&p, id, "again"), -EEXIST);
    CHECK_INT(decides(&p, &p.d.doctor, id, "kept"), -EPERM);
    CHECK_INT(decides(&p, &desk, id, "perhaps"), -EINVAL);
    CHECK_INT(ASK_ERR(&p.d, &desk, "POST " ONE "/dispute/decide", "{\"appointment\":\"%s\",\"version\":0,"
                      "\"decision\":\"kept\"}", id), -ESTALE);
    CHECK_INT(decides(&p, &desk, id, "kept"), 0);
    CHECK_INT(decides(&p, &desk, id, "waived"), DB_BAD_TRANSITION);
    CHECK_STR(standing(&p, id), "noshow_patient paid 5000/0");
    desk_close(&p.d);
}

TEST(no_shows, only_what_was_one_is_disputed)
{
    struct practice p;
    char id[DB_ID_SIZE];

    shop_open(&p, false);
    order(&p, &p.d.patient, 0, id);
    CHECK_INT(disputes(&p, id, "I was there"), DB_BAD_TRANSITION);
    desk_close(&p.d);
}

TEST(no_shows, struck_out_all_of_the_fee_comes_back)
{
    struct practice p;
    char id[DB_ID_SIZE];

    missed(&p, 30, id);
    snprintf(p.d.doctor.session.user.role, sizeof p.d.doctor.session.user.role, "admin");
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "POST " ONE "/void", "{\"appointment\":\"%s\","
                      "\"reason\":\"x\"}", id), 0);
    CHECK_STR(standing(&p, id), "entered_in_error refunding 5000/5000");
    CHECK_INT(disputes(&p, id, "I was there"), DB_BAD_TRANSITION);
    desk_close(&p.d);
}
