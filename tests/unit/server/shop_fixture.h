/* shop_fixture.h - a service with a fee, sold on Mondays: ordered, paid, and how that stands. */
#ifndef SHOP_FIXTURE_H
#define SHOP_FIXTURE_H

#include "practice_fixture.h"

#include "payments.h"

#define AT      "/api/v1/appointments"
#define ONE     AT "/{appointment}"
#define WEBHOOK "POST /api/v1/payments/webhooks/{provider}"

enum { MONDAY_UTC = 1764550800, FEE = 5000 };

static inline void shop_open(struct practice *p, bool on_request)
{
    practice_open(p);
    CHECK_INT(ASK_ERR(&p->d, &p->d.doctor, "POST " DOCTOR "/rules", MONDAYS, p->doctor), 0);
    CHECK_INT(JOB(&p->d.s, db_run(p->d.s.db, "UPDATE service SET needs_approval = $1, fee_minor = $2",
                                  ARGS(INT(on_request), INT(FEE)))),
              1);
}

/* Monday at nine, and so many times twenty minutes: held and confirmed. */
static inline void order(struct practice *p, const struct person *who, int slot, char ret_id[DB_ID_SIZE])
{
    struct action *a = ask_with(&p->d, who, "POST " AT,
                                "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":"
                                "\"2025-12-01T01:%02d:00Z\"}",
                                p->doctor, p->service, slot * 20);

    CHECK_INT(a->job.err, 0);
    snprintf(ret_id, DB_ID_SIZE, "%s", text_at(a->answer, "appointment.id"));
    CHECK_INT(ASK_ERR(&p->d, who, "POST " ONE "/confirm", "{\"appointment\":\"%s\"}", ret_id), 0);
    action_drop(a);
}

static inline struct payment_order order_of(struct practice *p, const char *id)
{
    struct appointment_access now;
    struct payment_order found;

    CHECK_INT(store_appointment_find(p->d.s.db, id, &now), 0);
    CHECK_INT(store_payment_newest(p->d.s.db, now.series, &found), 0);
    return found;
}

static inline void says(struct practice *p, const char *id, const char *type, const char *ref, int64_t minor)
{
    static int said;
    struct payment_order about = order_of(p, id);

    CHECK_INT(ASK_ERR(&p->d, NULL, WEBHOOK,
                      "{\"provider\":\"sandbox\",\"id\":\"evt_%d\",\"type\":\"%s\",\"data\":"
                      "{\"session\":\"%s\",\"%s\":\"%s\",\"currency\":\"%s\",\"amount\":%lld}}",
                      ++said, type, about.session, *type == 'p' ? "charge" : "refund", ref, about.currency,
                      (long long)minor),
              0);
}

/* "booked paid 5000/0": the last of the series, the order, what it has and what is asked back. */
static inline const char *standing(struct practice *p, const char *id)
{
    static char text[96];
    struct payment_order now = order_of(p, id);
    struct appointment_access last;

    CHECK_INT(store_payment_appointment(p->d.s.db, now.series, &last), 0);
    snprintf(text, sizeof text, "%s %s %lld/%lld", last.status, now.state, (long long)now.balance_minor,
             (long long)store_number(&p->d.s,
                                     "SELECT coalesce(sum(amount_minor), 0) FROM payment_refund WHERE "
                                     "order_id = $1 AND state = 'requested'",
                                     ARGS(INT(now.id))));
    return text;
}

#endif
