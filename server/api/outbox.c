/* outbox.c - what other servers must be told: signed, sent, and sent again until it is taken. */
#include "outbox.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/webhook.h"
#include "clock.h"
#include "door.h"
#include "log.h"
#include "net/fetch.h"
#include "payments.h"
#include "storage/store_outbox.h"
#include "xalloc.h"

enum { AT_ONCE = 16 };

/* --- what came of it ----------------------------------------------------------------------------------- */

static int sent_note(struct action *a, struct db *db)
{
    const struct outbox_sent *sent = action_own(a, sizeof *sent);
    char error[48];
    int64_t next;
    int err;

    if (sent->status >= 200 && sent->status < 300)
        return store_outbox_done(db, sent->entry);
    (void)snprintf(error, sizeof error, "%s %d", sent->status < 0 ? "errno" : "status", abs(sent->status));
    err = store_outbox_failed(db, sent->entry, error);
    if (err == 0 && store_outbox_next(db, &next) == 0)
        action_due(a, next);
    return err == -ENOENT ? 0 : err;
}

/* Whom a topic is for, and who notes what came of it. The sandbox is another company, so even this process
 * asks it over HTTP. A question has no row: whoever asks it asks again. */
static const struct address {
    const char *topic, *path;
    action_fn *note;
} addresses[] = {
    { "webhook", "/api/v1/payments/webhooks/sandbox", sent_note },
    { "sandbox-refund", "/sandbox/refunds", sent_note },
    { "sandbox-query", "/sandbox/queries", payment_answered },
};

static const struct address *address_find(const char *topic)
{
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        if (strcmp(addresses[i].topic, topic) == 0)
            return &addresses[i];
    return NULL;
}

/* If it could not be noted, it is sent again after the lease. */
static void sent_end(struct action *a, int err)
{
    if (err)
        log_warn("outbox.failed", "errno=%d request=%s", -err, a->request_id);
}

static void sent_start(struct api *api, const struct address *address, int64_t entry, int status,
                       struct ws_bytes body)
{
    struct action *a = action_new(api, "outbox", MAY_NOBODY, 0);

    a->clockwork = true;
    a->finished = sent_end;
    request_id_make(a->request_id);
    *(struct outbox_sent *)action_own(a, sizeof(struct outbox_sent)) = (struct outbox_sent){ entry, status };
    if (address->note != sent_note && status >= 200 && status < 300) {
        a->input_text = memcpy(xalloc(body.size + 1), body.at, body.size);
        a->input_size = body.size;
    }
    action_start(a, address->note, NULL);
}

struct sending {
    struct api *api;
    const struct address *address;
    int64_t entry;
};

static void on_answer(void *data, int status, struct ws_bytes body)
{
    struct sending *sending = data;

    if (status < 200 || status > 299)
        log_warn("outbox.refused", "entry=%lld status=%d", (long long)sending->entry, status);
    sent_start(sending->api, sending->address, sending->entry, status, body);
    free(sending);
}

/* --- sending ------------------------------------------------------------------------------------------- */

static int post(struct api *api, const struct address *address, int64_t entry, const char *body)
{
    char signature[WEBHOOK_SIGNATURE_SIZE], header[WEBHOOK_SIGNATURE_SIZE + 32];
    const char *headers[] = { "Content-Type: application/json", header, NULL };
    struct sending *sending;
    char *url;
    int err = webhook_sign(api->payment_secret, clock_utc(), body, strlen(body), signature);

    if (err)
        return err;
    (void)snprintf(header, sizeof header, "Payment-Signature: %s", signature);
    url = xprintf("%s%s", api->base_url, address->path);
    sending = xalloc(sizeof *sending);
    *sending = (struct sending){ api, address, entry };
    err = fetch_post(api->parts.fetch, url, headers, (struct ws_bytes){ body, strlen(body) }, on_answer,
                     sending);
    if (err)
        free(sending);
    free(url);
    return err;
}

void outbox_send(struct api *api, int64_t entry, const char *topic, const char *body)
{
    const struct address *address = address_find(topic);
    int err;

    assert(address != NULL);
    if (api->draining)
        return;
    err = post(api, address, entry, body);
    if (err)
        sent_start(api, address, entry, err, (struct ws_bytes){ 0 });
}

int outbox_deliver(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    struct api *api = action_api(a);
    json_t *due = NULL, *one;
    size_t i;
    int err = 0;

    if (api->parts.fetch == NULL)
        return -ENOENT;
    if (!api->outbox_recovered)
        err = store_outbox_recover(db);
    if (err == 0)
        err = store_outbox_take(db, AT_ONCE, &due);
    if (err)
        return err;
    api->outbox_recovered = true;
    json_array_foreach(due, i, one) action_send(a, json_integer_value(json_object_get(one, "id")),
                                                json_string_value(json_object_get(one, "topic")),
                                                json_string_value(json_object_get(one, "body")));
    json_decref(due);
    return store_outbox_next(db, ret_next_utc);
}

int outbox_add(struct action *a, struct db *db, const char *topic, const char *key, json_t *take,
               int64_t due_utc)
{
    char *body = take != NULL ? json_dumps(take, JSON_COMPACT) : NULL;
    const struct outbox_new new = {
        .topic = topic, .key = key, .body = body, .due_utc = due_utc != 0 ? due_utc : db_now(db)
    };
    int err = body != NULL ? store_outbox_add(db, &new) : -ENOMEM;

    json_decref(take);
    free(body);
    if (err == 0)
        action_due(a, new.due_utc);
    return err;
}
