/* payment_ask.c - what the provider tells may be lost, so it is asked: what was paid, and which refunds have
 * ended. */
#include <errno.h>
#include <string.h>

#include "config.h"
#include "door.h"
#include "log.h"
#include "outbox.h"
#include "payments.h"

enum { AT_ONCE = 16 };

static int ask_at(struct action *a, struct db *db, int64_t order, int64_t utc)
{
    int err = store_payment_ask_at(db, order, utc);

    if (err == 0)
        action_due(a, utc);
    return err;
}

int payment_ask_later(struct action *a, struct db *db, int64_t order, int64_t from_utc)
{
    return ask_at(a, db, order,
                  (from_utc != 0 ? from_utc : db_now(db)) + action_api(a)->parts.config->payment_ask_s);
}

int payment_ask_now(struct action *a, struct db *db, int64_t order)
{
    return ask_at(a, db, order, db_now(db));
}

int payments_ask(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    const struct api *api = action_api(a);
    json_t *due = NULL, *one;
    size_t i;
    int err;

    if (api->parts.fetch == NULL || api->provider == NULL)
        return -ENOENT;
    err = store_payment_ask_take(db, api->provider->name, api->parts.config->payment_ask_s, AT_ONCE, &due);
    if (err)
        return err;
    json_array_foreach(due, i, one)
        api->provider->query(a, json_integer_value(json_object_get(one, "id")),
                             json_string_value(json_object_get(one, "session")));
    json_decref(due);
    return store_payment_ask_next(db, api->provider->name, ret_next_utc);
}

/* --- the answer ---------------------------------------------------------------------------------------- */

static int charges_apply(struct action *a, struct db *db, const struct payment_order *order, json_t *charges,
                         bool *news)
{
    json_t *one;
    size_t i;

    json_array_foreach(charges, i, one) {
        struct payment_money money = { 0 };
        const char *outcome;
        json_int_t amount;
        int err = json_unpack(one, "{s:s, s:I, s:s}", "charge", &money.charge, "amount", &amount, "currency",
                              &money.currency) != 0 ? -EINVAL : 0;

        money.amount_minor = err == 0 ? amount : 0;
        if (err == 0)
            err = payment_came(a, db, order, &money, &outcome);
        if (err)
            return err;
        *news = *news || strcmp(outcome, "known") != 0;
    }
    return 0;
}

/* One that has not ended, or that the provider has not heard of, is asked about again. */
static int refunds_apply(struct action *a, struct db *db, const struct payment_order *order, json_t *refunds,
                         bool *news)
{
    json_t *one;
    size_t i;

    json_array_foreach(refunds, i, one) {
        const char *refund, *state, *outcome = "known";
        int err = json_unpack(one, "{s:s, s:s}", "refund", &refund, "state", &state) != 0 ? -EINVAL : 0;

        if (err == 0 && (strcmp(state, "succeeded") == 0 || strcmp(state, "failed") == 0))
            err = payment_refund_ended(a, db, order, refund, state, &outcome);
        if (err)
            return err;
        *news = *news || strcmp(outcome, "known") != 0;
    }
    return 0;
}

int payment_answered(struct action *a, struct db *db)
{
    const struct outbox_sent *sent = action_own(a, sizeof *sent);
    json_t *charges, *refunds;
    struct payment_order order, after;
    bool news = false;
    int err = sent->status < 200 || sent->status > 299;

    if (err)
        return 0;                               /* it is asked again                                 */
    err = action_unpack(a, "{s:o, s:o}", "charges", &charges, "refunds", &refunds);
    if (err == 0)
        err = store_payment_by_id(db, sent->entry, &order);
    if (err == 0)
        err = charges_apply(a, db, &order, charges, &news);
    if (err == 0)
        err = refunds_apply(a, db, &order, refunds, &news);
    if (err == 0)
        err = store_payment_close_asked(db, order.id);
    if (err == 0)
        err = store_payment_by_id(db, order.id, &after);
    if (err)
        return err;
    if (strcmp(after.state, order.state) != 0)
        log_info("payment.asked", "order=%s state=%s", after.public_id, after.state);
    return news || strcmp(after.state, order.state) != 0 ? payment_tell(a, db, &order) : 0;
}
