/* payment_sandbox.c - plays a payment provider: a hosted checkout, charges, refunds, webhooks that are late
 * or come again. It keeps its own books and tells ours nothing but by signed requests over HTTP. */
#include "payment_sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/webhook.h"
#include "door.h"
#include "outbox.h"
#include "payments.h"
#include "storage/store_outbox.h"
#include "storage/store_sandbox.h"
#include "xalloc.h"

#define REFUND_TOPIC "sandbox-refund"           /* outbox.c has the address                          */

enum { DELAY_S_MAX = 86400, LATE_S = 2, COPIES = 5, KEY_SIZE = 64 };

/* --- the link ------------------------------------------------------------------------------------------ */

static char *checkout_text(const struct sandbox_checkout *c)
{
    return xprintf("%s|%s|%lld|%s|%s", c->session, c->order, (long long)c->amount_minor, c->currency,
                   c->appointment);
}

int sandbox_checkout_check(const struct api *api, const struct sandbox_checkout *c)
{
    char *text, signature[WEBHOOK_SIGNATURE_SIZE];
    int err;

    if (api->provider != &payment_sandbox)
        return -ENOENT;
    (void)snprintf(signature, sizeof signature, "t=%lld,v1=%s", (long long)c->expires_utc, c->signature);
    text = checkout_text(c);
    err = webhook_check_at(api->payment_secret, c->expires_utc, text, strlen(text), signature);
    free(text);
    return err == -EACCES ? -ENOENT : err;
}

static char *checkout_link(struct api *api, const struct payment_order *order, const char *appointment)
{
    const struct sandbox_checkout c = { .session = order->session,
                                        .order = order->public_id,
                                        .currency = order->currency,
                                        .appointment = appointment,
                                        .amount_minor = order->amount_minor,
                                        .expires_utc = order->expires_utc };
    char *text = checkout_text(&c), signature[WEBHOOK_SIGNATURE_SIZE], *link = NULL;

    if (webhook_sign(api->payment_secret, c.expires_utc, text, strlen(text), signature) == 0)
        link = xprintf("/sandbox/checkout/%s?order=%s&amount=%lld&currency=%s&expires=%lld&appointment=%s"
                       "&signature=%s",
                       c.session, c.order, (long long)c.amount_minor, c.currency, (long long)c.expires_utc,
                       appointment, strstr(signature, "v1=") + 3);
    free(text);
    return link;
}

static int checkout_take(struct action *a, struct sandbox_checkout *c)
{
    const struct {
        const char *name;
        const char **at;
    } texts[] = {
        { "session", &c->session },         { "order", &c->order },         { "currency", &c->currency },
        { "appointment", &c->appointment }, { "signature", &c->signature },
    };
    int err = action_take_int(a, "amount", 1, INT64_MAX, 0, &c->amount_minor);

    if (err == 0)
        err = action_take_int(a, "expires", 1, INT64_MAX, 0, &c->expires_utc);
    for (size_t i = 0; i < sizeof texts / sizeof *texts && err == 0; i++) {
        err = action_take_text(a, texts[i].name, 65, texts[i].at);
        if (err == 0 && *texts[i].at == NULL)
            err = -EINVAL;
    }
    return err ? err : sandbox_checkout_check(a->api, c);
}

/* --- what it tells ------------------------------------------------------------------------------------- */

struct news {
    const char *type, *session, *charge, *refund, *currency;
    int64_t amount_minor, due_utc;
    int copies;
};

/* The same event, so many times. */
static int tell(struct action *a, struct db *db, const struct news *n)
{
    char id[DB_ID_SIZE], key[KEY_SIZE], at[DB_TIME_SIZE];
    int err = 0;

    db_id_make(db, "evt_", id);
    db_time_print(db_now(db), at);
    for (int i = 0; i < n->copies && err == 0; i++) {
        (void)snprintf(key, sizeof key, "%s:%d", id, i);
        err =
            outbox_add(a, db, "webhook", key,
                       json_pack("{s:s, s:s, s:s, s:{s:s, s:s*, s:s*, s:s*, s:I}}", "id", id, "type", n->type,
                                 "at", at, "data", "session", n->session, "charge", n->charge, "refund",
                                 n->refund, "currency", n->currency, "amount", (json_int_t)n->amount_minor),
                       n->due_utc);
    }
    return err;
}

/* What a customer, or the weather, may do. late: known only when the time that was held is over. */
static const struct deed {
    const char *name;
    int charges, copies;
    bool fails, late;
} deeds[] = {
    { "pay", 1, 1, false, false },   { "fail", 0, 1, true, false },         { "late", 1, 1, false, true },
    { "twice", 2, 1, false, false }, { "repeat", 1, COPIES, false, false }, { "silent", 1, 0, false, false },
};

static int charge(struct action *a, struct db *db, const struct sandbox_checkout *c, const struct deed *deed,
                  int64_t due_utc)
{
    char id[DB_ID_SIZE];
    int err = store_sandbox_charge_add(db,
                                       &(struct sandbox_charge){ .session = c->session,
                                                                 .order = c->order,
                                                                 .currency = c->currency,
                                                                 .amount_minor = c->amount_minor,
                                                                 .settles_utc = deed->late ? due_utc : 0,
                                                                 .silent = deed->copies == 0 },
                                       id);

    return err ? err
               : tell(a, db,
                      &(struct news){ .type = "payment.succeeded",
                                      .session = c->session,
                                      .charge = id,
                                      .currency = c->currency,
                                      .amount_minor = c->amount_minor,
                                      .due_utc = due_utc,
                                      .copies = deed->copies });
}

/* --- the checkout -------------------------------------------------------------------------------------- */

static int deed_take(struct action *a, const struct deed **ret_deed, int64_t *ret_delay_s)
{
    const char *name, *lang;
    int err = action_take_text(a, "action", 16, &name);

    if (err == 0)
        err = action_take_int(a, "delaySeconds", 0, DELAY_S_MAX, 0, ret_delay_s);
    if (err == 0)
        err = action_take_text(a, "lang", 16, &lang); /* of the page's address                     */
    if (err == 0)
        err = action_end_input(a);
    *ret_deed = NULL;
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds && err == 0 && name != NULL; i++)
        if (strcmp(deeds[i].name, name) == 0)
            *ret_deed = &deeds[i];
    return err == 0 && *ret_deed == NULL ? -EINVAL : err;
}

static int checkout(struct action *a, struct db *db)
{
    struct sandbox_checkout c = { 0 };
    const struct deed *deed;
    int64_t delay_s, due_utc, paid;
    int err = checkout_take(a, &c);

    if (err == 0)
        err = deed_take(a, &deed, &delay_s);
    if (err == 0)
        err = store_sandbox_paid(db, c.session, &paid);
    if (err == 0 && paid > 0)
        err = -EEXIST; /* who wants to pay twice says so at once            */
    if (err)
        return err;
    due_utc = db_now(db) + delay_s;
    if (deed->late && due_utc < c.expires_utc + LATE_S)
        due_utc = c.expires_utc + LATE_S;
    if (deed->fails)
        err = tell(a, db,
                   &(struct news){
                       .type = "payment.failed", .session = c.session, .copies = 1, .due_utc = due_utc });
    for (int i = 0; i < deed->charges && err == 0; i++)
        err = charge(a, db, &c, deed, due_utc);
    return err ? err : action_answer(a, json_pack("{s:s+}", "return", "/appointments/", c.appointment));
}

/* --- refunds ------------------------------------------------------------------------------------------- */

static int refund_ask(struct action *a, struct db *db, const struct payment_order *order,
                      const struct payment_refund *refund, int64_t due_utc)
{
    return outbox_add(a, db, REFUND_TOPIC, refund->public_id,
                      json_pack("{s:s, s:s, s:I, s:s}", "refund", refund->public_id, "session",
                                order->session, "amount", (json_int_t)refund->amount_minor, "currency",
                                order->currency), due_utc);
}

static int refund_recall(struct db *db, const char *refund)
{
    return store_outbox_drop(db, REFUND_TOPIC, refund);
}

/* The merchant wants some of it back; told by a webhook, like all else. */
static int refund(struct action *a, struct db *db)
{
    struct news n = { .copies = 1 };
    json_int_t amount;
    bool silent;
    int done, err = action_unpack(a, "{s:s, s:s, s:I, s:s!}", "refund", &n.refund, "session", &n.session,
                                  "amount", &amount, "currency", &n.currency);

    if (err == 0 && a->api->provider != &payment_sandbox)
        err = -ENOENT;
    if (err)
        return err;
    n.amount_minor = amount;
    done = store_sandbox_refund_add(db, n.refund, n.session, amount);
    if (done < 0 && done != -EINVAL)
        return done;
    n.type = done == -EINVAL ? "refund.failed" : "refund.succeeded";
    err = store_sandbox_is_silent(db, n.session, &silent);
    if (err == 0 && done != 0 && !silent)
        err = tell(a, db, &n);
    return err ? err
               : action_answer(a, json_pack("{s:s}", "state", done == -EINVAL ? "failed" : "succeeded"));
}

/* --- questions ----------------------------------------------------------------------------------------- */

static void query_send(struct action *a, int64_t order, const char *session)
{
    char body[DB_ID_SIZE + 16];

    (void)snprintf(body, sizeof body, "{\"session\":\"%s\"}", session);
    action_send(a, order, "sandbox-query", body);
}

static int query(struct action *a, struct db *db)
{
    const char *session;
    json_t *charges = NULL, *refunds = NULL;
    int err = action_unpack(a, "{s:s!}", "session", &session);

    if (err == 0 && a->api->provider != &payment_sandbox)
        err = -ENOENT;
    if (err == 0)
        err = store_sandbox_charges(db, session, &charges);
    if (err == 0)
        err = store_sandbox_refunds(db, session, &refunds);
    if (err == 0)
        return action_answer(a, json_pack("{s:o, s:o}", "charges", charges, "refunds", refunds));
    json_decref(charges);
    return err;
}

const struct payment_provider payment_sandbox = { "sandbox", checkout_link, refund_ask, refund_recall,
                                                  query_send };

/* The doors. */
const struct route sandbox_routes[] = {
    { "GET", "/sandbox/checkout/{session}", NULL, MAY_ANYBODY, 0, NULL, sandbox_page },
    { "POST", "/sandbox/checkout/{session}", checkout, MAY_ANYBODY, 0, NULL, NULL },
    { "GET", "/sandbox/checkout.js", NULL, MAY_ANYBODY, 0, NULL, sandbox_script },
    { "GET", "/sandbox/checkout.css", NULL, MAY_ANYBODY, 0, NULL, sandbox_style },
    { "POST", "/sandbox/refunds", refund, MAY_ANYBODY, SIGNED, NULL, NULL },
    { "POST", "/sandbox/queries", query, MAY_ANYBODY, SIGNED, NULL, NULL },
    { 0 },
};
