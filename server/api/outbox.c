/* outbox.c - what other servers must be told: signed, sent, and sent again until it is taken. */
#include "outbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/webhook.h"
#include "clock.h"
#include "door.h"
#include "log.h"
#include "net/fetch.h"
#include "storage/store_outbox.h"
#include "xalloc.h"

enum { AT_ONCE = 16 };

/* Whom a topic is for. The sandbox is another company, so even this process asks it over HTTP. */
static const struct {
    const char *topic, *path;
} addresses[] = {
    { "webhook", "/api/v1/payments/webhooks/sandbox" },
    { "sandbox-refund", "/sandbox/refunds" },
};

/* --- what came of it ----------------------------------------------------------------------------------- */

struct sent {
    int64_t entry;
    int status;
};

static int sent_note(struct action *a, struct db *db)
{
    const struct sent *sent = action_own(a, sizeof *sent);
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

/* If it could not be noted, it is sent again after the lease. */
static void sent_end(struct action *a, int err)
{
    if (err)
        log_warn("outbox.failed", "errno=%d request=%s", -err, a->request_id);
}

static void sent_start(struct api *api, int64_t entry, int status)
{
    struct action *a = action_new(api, "outbox", MAY_NOBODY, 0);

    a->clockwork = true;
    a->finished = sent_end;
    request_id_make(a->request_id);
    *(struct sent *)action_own(a, sizeof(struct sent)) = (struct sent){ entry, status };
    action_start(a, sent_note, NULL);
}

struct sending {
    struct api *api;
    int64_t entry;
};

static void on_answer(void *data, int status, struct ws_bytes body)
{
    struct sending *sending = data;

    (void)body;
    if (status < 200 || status > 299)
        log_warn("outbox.refused", "entry=%lld status=%d", (long long)sending->entry, status);
    sent_start(sending->api, sending->entry, status);
    free(sending);
}

/* --- sending ------------------------------------------------------------------------------------------- */

static int post(struct api *api, int64_t entry, const char *path, const char *body)
{
    char signature[WEBHOOK_SIGNATURE_SIZE], header[WEBHOOK_SIGNATURE_SIZE + 32];
    const char *headers[] = { "Content-Type: application/json", header, NULL };
    struct sending *sending;
    char *url;
    int err = webhook_sign(api->payment_secret, clock_utc(), body, strlen(body), signature);

    if (err)
        return err;
    (void)snprintf(header, sizeof header, "Payment-Signature: %s", signature);
    url = xprintf("%s%s", api->base_url, path);
    sending = xalloc(sizeof *sending);
    *sending = (struct sending){ api, entry };
    err = fetch_post(api->parts.fetch, url, headers, (struct ws_bytes){ body, strlen(body) }, on_answer,
                     sending);
    if (err)
        free(sending);
    free(url);
    return err;
}

void outbox_send(struct api *api, int64_t entry, const char *topic, const char *body)
{
    int err = -ENOENT;

    if (api->draining)
        return;
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        if (strcmp(addresses[i].topic, topic) == 0)
            err = post(api, entry, addresses[i].path, body);
    if (err)
        sent_start(api, entry, err);
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
