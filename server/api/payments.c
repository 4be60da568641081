/* payments.c - an order is opened, shown, and moved by what its provider says. */
#include "payments.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "appointments.h"
#include "auth/seal.h"
#include "auth/webhook.h"
#include "clock.h"
#include "config.h"
#include "door.h"
#include "log.h"
#include "notifications.h"
#include "xalloc.h"

enum { SIGNED_MAX = 65536 };

static const struct payment_provider *const providers[] = { &payment_sandbox };

/* --- the provider -------------------------------------------------------------------------------------- */

/* "localhost:8080", "*:443": for others to call. */
static char *base_make(const struct config *config)
{
    const char *listen = config->listen[0];
    bool any = listen[0] == '*';

    if (*config->public_url != '\0')
        return xstrdup(config->public_url);
    return xprintf("%s://%s%s", *config->tls_cert != '\0' ? "https" : "http", any ? "localhost" : "",
                   listen + any);
}

/* The sandbox is in this very process: both sides find the same. */
static char *secret_make(const struct seal_keys *keys)
{
    unsigned char key[32];
    char text[65];

    if (keys == NULL || seal_derive(keys, "payment-sandbox", key) != 0)
        return NULL;
    for (size_t i = 0; i < sizeof key; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", (unsigned)key[i]);
    explicit_bzero(key, sizeof key);
    return xstrdup(text);
}

int payments_open(struct api *api)
{
    const struct config *config = api->parts.config;

    api->base_url = base_make(config);
    for (size_t i = 0; i < sizeof providers / sizeof *providers; i++)
        if (strcmp(providers[i]->name, config->payment_provider) == 0)
            api->provider = providers[i];
    if (api->provider == NULL)
        return 0;
    api->payment_secret =
        *config->payment_secret != '\0' ? xstrdup(config->payment_secret) : secret_make(api->parts.seal_keys);
    return api->payment_secret != NULL ? 0 : -EINVAL;
}

int payments_signed(const struct api *api, const struct sio_http_request *r)
{
    if (r->body.size > SIGNED_MAX)
        return -EMSGSIZE;
    return webhook_check(api->payment_secret != NULL ? api->payment_secret : "", clock_utc(), r->body.at,
                         r->body.size, sio_http_header(r, "payment-signature"));
}

/* --- orders -------------------------------------------------------------------------------------------- */

int payment_open(struct action *a, struct db *db, const struct appointment_access *held)
{
    struct payment_order order;
    int err = store_payment_add(db, held, action_api(a)->provider->name, &order);

    if (err == 0)
        err = store_payment_move(db, order.id, "pending");
    return err ? err : payment_ask_later(a, db, order.id, 0);
}

static bool is_payable(const struct action *a, struct db *db, const struct payment_order *order,
                       const struct appointment_access *now)
{
    const struct payment_provider *provider = a->api->provider;

    return provider != NULL && strcmp(provider->name, order->provider) == 0 &&
           strcmp(order->state, "pending") == 0 && now->attends && order->expires_utc > db_now(db) &&
           strcmp(now->status, "pending_payment") == 0;
}

static int payment_answer(struct action *a, struct db *db, const struct payment_order *order)
{
    const struct appointment_access *now = action_appointment(a);
    char *url = NULL;
    json_t *payment = NULL;
    int err = store_payment_get(db, order->id, &payment);

    if (err)
        return err;
    if (is_payable(a, db, order, now))
        url = a->api->provider->checkout(a->api, order, now->public_id);
    err = json_object_set_new(payment, "checkoutUrl", url != NULL ? json_string(url) : json_null());
    free(url);
    if (err == 0)
        return action_answer(a, payment);
    json_decref(payment);
    return -ENOMEM;
}

static int payment_get(struct action *a, struct db *db)
{
    struct payment_order order;
    int err = action_end_input(a);

    if (err == 0)
        err = store_payment_newest(db, action_appointment(a)->series, &order);
    return err ? err : payment_answer(a, db, &order);
}

/* The open one again; another when that has failed. */
static int payment_start(struct action *a, struct db *db)
{
    const struct appointment_access *now = action_appointment(a);
    struct payment_order order;
    int err = action_end_input(a);

    if (err == 0 && (strcmp(now->status, "pending_payment") != 0 || now->hold_expires_utc <= db_now(db) ||
                     a->api->provider == NULL))
        err = DB_BAD_TRANSITION;
    if (err == 0)
        err = store_payment_newest(db, now->series, &order);
    if (err == 0 && strcmp(order.state, "pending") != 0)
        err = -ENOENT;
    if (err == -ENOENT) {
        err = payment_open(a, db, now);
        if (err == 0)
            err = store_payment_newest(db, now->series, &order);
    }
    return err ? err : payment_answer(a, db, &order);
}

/* --- what the provider says ---------------------------------------------------------------------------- */

struct event {
    const char *id, *session, *charge, *refund, *currency;
    json_int_t amount_minor;
};

typedef int event_fn(struct action *, struct db *, const struct payment_order *, const struct event *,
                     const char **ret_outcome);

static int payment_succeeded(struct action *a, struct db *db, const struct payment_order *order,
                             const struct event *e, const char **ret_outcome)
{
    return payment_came(a, db, order,
                        &(struct payment_money){
                            .charge = e->charge, .currency = e->currency, .amount_minor = e->amount_minor },
                        ret_outcome);
}

static int payment_failed(struct action *a, struct db *db, const struct payment_order *order,
                          const struct event *e, const char **ret_outcome)
{
    (void)a;
    (void)e;
    *ret_outcome = "failed";
    return strcmp(order->state, "pending") == 0 ? store_payment_move(db, order->id, "failed") : 0;
}

int payment_refund_ended(struct action *a, struct db *db, const struct payment_order *order,
                         const char *refund, const char *state, const char **ret_outcome)
{
    struct appointment_access now;
    int ended = store_refund_end(db, order->id, refund, state), err;

    *ret_outcome = ended == -ENOENT ? "unknown" : ended == 0 ? "known" : state;
    if (ended == -ENOENT)
        log_error("payment.refund", "order=%s hint=\"a refund that nobody asked for\"", order->public_id);
    if (ended <= 0)
        return ended == -ENOENT ? 0 : ended;
    err = store_payment_settle(db, order->id);
    if (err)
        return err;
    if (strcmp(state, "failed") == 0) {
        log_error("payment.refund", "order=%s refund=%s hint=\"the provider refused it\"", order->public_id,
                  refund);
        return 0;
    }
    err = store_payment_appointment(db, order->series, &now);
    return err ? err : notify_payment(a, db, &now, "payment-refunded", refund, NULL);
}

static int refund_succeeded(struct action *a, struct db *db, const struct payment_order *order,
                            const struct event *e, const char **ret_outcome)
{
    return payment_refund_ended(a, db, order, e->refund, "succeeded", ret_outcome);
}

static int refund_failed(struct action *a, struct db *db, const struct payment_order *order,
                         const struct event *e, const char **ret_outcome)
{
    return payment_refund_ended(a, db, order, e->refund, "failed", ret_outcome);
}

static const struct {
    const char *type;
    event_fn *run;
} events[] = {
    { "payment.succeeded", payment_succeeded },
    { "payment.failed", payment_failed },
    { "refund.succeeded", refund_succeeded },
    { "refund.failed", refund_failed },
};

int payment_tell(struct action *a, struct db *db, const struct payment_order *order)
{
    struct appointment_access now;
    int err = store_payment_appointment(db, order->series, &now);

    if (err == 0 && now.id != order->appointment) /* a page may still look at the one it paid  */
        err = appointment_tell(a, db, order->appointment, false);
    return err ? err : appointment_tell(a, db, now.id, false);
}

/* Other types are none of our business, and are not sent again. */
static int event_apply(struct action *a, struct db *db, const char *type, const struct event *e,
                       const char **ret_outcome)
{
    struct payment_order order;
    int err = store_payment_find(db, a->api->provider->name, e->session, &order);

    if (err == -ENOENT) {
        *ret_outcome = "unknown";
        log_error("payment.unknown", "event=%s", e->id);
    }
    if (err)
        return err == -ENOENT ? 0 : err;
    for (size_t i = 0; i < sizeof events / sizeof *events && err == 0; i++)
        if (strcmp(events[i].type, type) == 0)
            err = events[i].run(a, db, &order, e, ret_outcome);
    return err ? err : payment_tell(a, db, &order);
}

static int webhook(struct action *a, struct db *db)
{
    const char *provider, *type, *outcome = "ignored";
    struct event e = { .charge = "", .refund = "", .currency = "", .session = "" };
    int err = action_unpack(a, "{s:s, s:s, s:s, s:{s?s, s?s, s?s, s?s, s?I}}", "provider", &provider, "id",
                            &e.id, "type", &type, "data", "session", &e.session, "charge", &e.charge,
                            "refund", &e.refund, "currency", &e.currency, "amount", &e.amount_minor);

    if (err == 0 && (a->api->provider == NULL || strcmp(a->api->provider->name, provider) != 0))
        err = -ENOENT;
    if (err == 0 && (*e.id == '\0' || strlen(e.id) > 128 || strlen(e.charge) > 64))
        err = -EINVAL;
    if (err == 0)
        err = store_payment_event_seen(db, provider, e.id);
    if (err == 0) {
        err = event_apply(a, db, type, &e, &outcome);
        if (err == 0)
            err = store_payment_event_add(db, provider, e.id, a->input_text != NULL ? a->input_text : "",
                                          outcome);
    }
    return err < 0 ? err : action_answer(a, json_pack("{s:b}", "received", 1));
}

/* --- the desk ------------------------------------------------------------------------------------------ */

static int payments_kept(struct action *a, struct db *db)
{
    struct payment_list wanted = { 0 };
    int64_t limit;
    json_t *page = NULL;
    int err = action_take_int(a, "limit", 1, 100, 50, &limit);

    if (err == 0)
        err = action_take_text(a, "state", STORE_STATUS_SIZE, &wanted.state);
    if (err == 0)
        err = action_take_text(a, "cursor", 64, &wanted.cursor);
    if (err == 0)
        err = action_end_input(a);
    if (err)
        return err;
    wanted.limit = (int)limit;
    err = store_payment_list(db, action_clinic(a), &wanted, &page);
    return err ? err : action_answer(a, page);
}

/* The doors. */
const struct route payment_routes[] = {
    { "GET", "/api/v1/appointments/{appointment}/payment", payment_get, MAY_SEE_APPOINTMENT, READ, NULL,
      NULL },
    { "POST", "/api/v1/appointments/{appointment}/payment", payment_start, MAY_ATTEND, 0, NULL, NULL },
    { "GET", "/api/v1/admin/payments", payments_kept, MAY_DESK, READ, NULL, NULL },
    { "POST", "/api/v1/payments/webhooks/{provider}", webhook, MAY_ANYBODY, SIGNED, NULL, NULL },
    { 0 },
};
