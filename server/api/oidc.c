/* oidc.c - the account centers' addresses and keys. */
#include "oidc.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "config.h"
#include "door.h"
#include "log.h"
#include "net/fetch.h"
#include "net/timer.h"
#include "xalloc.h"

enum { WAITING_MAX = 1000, BACKOFF_MS = 1000, BACKOFF_MS_MAX = 300000 };

struct waiting {                                /* an action, for keys or for an answer               */
    struct waiting     *next;
    struct oidc        *oidc;
    struct action      *action;
    struct oidc_issuer *issuer;                 /* for its keys, with `check`; or NULL                */
    oidc_check_fn      *check;
    oidc_answer_fn     *answered;
};

struct oidc_issuer {
    struct api           *api;
    struct oidc_settings  settings;
    struct oidc_endpoints endpoints;
    struct jwks          *keys;                 /* the last good set; NULL: none yet                  */
    struct timer         *again;
    int64_t               began_ms;             /* the last fetch; 0: none yet                        */
    int                   failures;             /* since the last good one                            */
    bool                  fetching;
};

struct oidc {
    struct oidc_issuer *issuers;
    size_t              count;
    struct waiting     *waiting;
    size_t              waiting_count;
};

/* --- whom to ask --------------------------------------------------------------------------------------- */

struct oidc_issuer *oidc_issuer_by_id(const struct api *api, const char *id)
{
    const struct oidc *o = api->oidc;

    for (size_t i = 0; o != NULL && i < o->count; i++)
        if (strcmp(o->issuers[i].settings.id, id) == 0 || (*id == '\0' && o->count == 1))
            return &o->issuers[i];
    return NULL;
}

struct oidc_issuer *oidc_issuer_of(const struct api *api, const char *token, size_t size)
{
    const struct oidc *o = api->oidc;
    char issuer[TOKEN_ISSUER_MAX + 1];

    if (o == NULL || token_issuer(token, size, issuer) != 0)
        return NULL;
    for (size_t i = 0; i < o->count; i++)
        if (strcmp(o->issuers[i].settings.issuer, issuer) == 0)
            return &o->issuers[i];
    return NULL;
}

const struct oidc_settings *oidc_issuer_settings(const struct oidc_issuer *issuer)
{
    return &issuer->settings;
}

json_t *oidc_issuers_json(const struct api *api)
{
    json_t *all = json_array();

    for (size_t i = 0; api->oidc != NULL && i < api->oidc->count; i++)
        (void)json_array_append_new(all, json_pack("{s:s, s:s}", "id", api->oidc->issuers[i].settings.id,
                                                   "name", api->oidc->issuers[i].settings.name));
    return all;
}

int oidc_issuer_endpoints(const struct oidc_issuer *issuer, const struct oidc_endpoints **ret_endpoints)
{
    if (issuer->endpoints.token[0] == '\0')
        return -EBUSY;
    *ret_endpoints = &issuer->endpoints;
    return 0;
}

/* --- what waits ---------------------------------------------------------------------------------------- */

static struct waiting *wait_add(struct action *a)
{
    struct oidc *o = a->api->oidc;
    struct waiting *w;

    if (o->waiting_count == WAITING_MAX)
        return NULL;
    w = xalloc(sizeof *w);
    *w = (struct waiting){ .next = o->waiting, .oidc = o, .action = a };
    o->waiting = w;
    o->waiting_count++;
    return w;
}

static void wait_end(struct waiting *w)
{
    struct waiting **at = &w->oidc->waiting;

    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    w->oidc->waiting_count--;
    free(w);
}

/* One refusal for all that may be wrong with it: who forges learns nothing. */
static int verdict(int err)
{
    return err == -EBADMSG || err == -ENOKEY || err == -EKEYEXPIRED ? -EACCES : err;
}

static struct waiting *waiting_for(const struct oidc_issuer *issuer)
{
    struct waiting *w = issuer->api->oidc->waiting;

    while (w != NULL && w->issuer != issuer)
        w = w->next;
    return w;
}

/* The fetch ended, well or not: with the keys there are now. */
static void settle(struct oidc_issuer *issuer)
{
    struct waiting *w;

    while ((w = waiting_for(issuer)) != NULL) {
        struct action *a = w->action;
        oidc_check_fn *check = w->check;

        wait_end(w);
        action_resume(a, issuer->keys != NULL ? verdict(check(a, issuer->keys)) : -EBUSY);
    }
}

/* --- fetching ------------------------------------------------------------------------------------------ */

static int64_t backoff_ms(const struct oidc_issuer *issuer)
{
    int64_t ms = BACKOFF_MS;

    for (int i = 1; i < issuer->failures && ms < BACKOFF_MS_MAX; i++)
        ms *= 2;
    return ms < BACKOFF_MS_MAX ? ms : BACKOFF_MS_MAX;
}

static void fetch_ended(struct oidc_issuer *issuer, const char *what, int status, int err)
{
    const struct config *config = issuer->api->parts.config;

    issuer->fetching = false;
    issuer->failures = err ? issuer->failures + 1 : 0;
    if (err)
        log_warn("oidc.fetch", "issuer=%s what=%s status=%d errno=%d keys=%s", issuer->settings.id, what,
                 status, -err, issuer->keys != NULL ? "kept" : "none");
    timer_set(issuer->again, err ? backoff_ms(issuer) : config->oidc_refresh_s * 1000);
    settle(issuer);
}

static void on_keys(void *data, int status, struct ws_bytes body)
{
    struct oidc_issuer *issuer = data;
    struct jwks *keys = NULL;
    int err = status != 200 ? -EPROTO : jwks_parse((const char *)body.at, body.size, &keys);

    if (err == 0) {
        jwks_free(issuer->keys);
        issuer->keys = keys;
    }
    fetch_ended(issuer, "keys", status, err);
}

static void keys_fetch(struct oidc_issuer *issuer)
{
    int err = fetch_get(issuer->api->parts.fetch, issuer->endpoints.keys, on_keys, issuer);

    if (err)
        fetch_ended(issuer, "keys", 0, err);
}

static void on_discovery(void *data, int status, struct ws_bytes body)
{
    struct oidc_issuer *issuer = data;
    int err = status != 200 ? -EPROTO
                            : oidc_discovery_parse((const char *)body.at, body.size, issuer->settings.issuer,
                                                   &issuer->endpoints);

    if (err)
        fetch_ended(issuer, "discovery", status, err);
    else
        keys_fetch(issuer);
}

/* All of it: addresses may change, too. */
static void fetch_all(void *data)
{
    struct oidc_issuer *issuer = data;
    const char *name = issuer->settings.issuer;
    size_t size = strlen(name);
    char *url;
    int err;

    if (issuer->fetching || issuer->api->draining || issuer->api->parts.fetch == NULL)
        return;
    issuer->fetching = true;
    issuer->began_ms = clock_ms();
    url = xprintf("%.*s/.well-known/openid-configuration", (int)(size - (name[size - 1] == '/')), name);
    err = fetch_get(issuer->api->parts.fetch, url, on_discovery, issuer);
    free(url);
    if (err)
        fetch_ended(issuer, "discovery", 0, err);
}

/* For an unknown kid, which a stranger can make up. Is there something to wait for? */
static bool fetch_anew(struct oidc_issuer *issuer)
{
    const struct config *config = issuer->api->parts.config;
    int64_t rest_ms = issuer->keys != NULL ? config->oidc_refetch_s * 1000 : backoff_ms(issuer);

    if (!issuer->fetching && (issuer->began_ms == 0 || clock_ms() - issuer->began_ms >= rest_ms))
        fetch_all(issuer);
    return issuer->fetching;
}

int oidc_verify(struct action *a, struct oidc_issuer *issuer, oidc_check_fn *check)
{
    int err = issuer->keys != NULL ? check(a, issuer->keys) : -ENOKEY;
    struct waiting *w;

    if (err != -ENOKEY)
        return verdict(err);
    if (!fetch_anew(issuer) || (w = wait_add(a)) == NULL)
        return issuer->keys != NULL ? -EACCES : -EBUSY;
    w->issuer = issuer;
    w->check = check;
    return -EINPROGRESS;
}

static void on_answer(void *data, int status, struct ws_bytes body)
{
    struct waiting *w = data;
    struct action *a = w->action;
    oidc_answer_fn *answered = w->answered;
    int err;

    wait_end(w);
    err = answered(a, status, body);
    if (err != -EINPROGRESS)
        action_resume(a, err);
}

int oidc_ask(struct action *a, const char *url, const char *const *headers, const char *body,
             oidc_answer_fn *answered)
{
    struct waiting *w = wait_add(a);
    int err;

    if (w == NULL)
        return -EBUSY;
    w->answered = answered;
    err = fetch_post(a->api->parts.fetch, url, headers, (struct ws_bytes){ body, strlen(body) }, on_answer,
                     w);
    if (err) {
        wait_end(w);
        return -EBUSY;
    }
    return -EINPROGRESS;
}

/* --- beginning and end --------------------------------------------------------------------------------- */

static int issuer_open(struct api *api, struct oidc_issuer *issuer, const char *path)
{
    char why[600];

    issuer->api = api;
    if (oidc_settings_read(path, &issuer->settings, why, sizeof why) != 0) {
        log_error("oidc.settings", "%s", why);
        return -EINVAL;
    }
    for (const struct oidc_issuer *other = api->oidc->issuers; other < issuer; other++)
        if (strcmp(other->settings.id, issuer->settings.id) == 0 ||
            strcmp(other->settings.issuer, issuer->settings.issuer) == 0) {
            log_error("oidc.settings", "%s: id and issuer are of another file", path);
            return -EINVAL;
        }
    if (api->parts.timers != NULL) {
        issuer->again = timer_new(api->parts.timers, false, fetch_all, issuer);
        if (issuer->again == NULL)
            return -ENOMEM;
        timer_set(issuer->again, 0);
    }
    return 0;
}

int oidc_open(struct api *api)
{
    char *const *files = api->parts.config->oidc_issuer;
    size_t count = 0;

    while (files[count] != NULL)
        count++;
    if (count == 0)
        return 0;
    api->oidc = xalloc(sizeof *api->oidc);
    api->oidc->issuers = xalloc(count * sizeof *api->oidc->issuers);
    for (; *files != NULL; files++) {
        int err = issuer_open(api, &api->oidc->issuers[api->oidc->count++], *files);

        if (err)
            return err;
    }
    return 0;
}

void oidc_free(struct oidc *o)
{
    if (o == NULL)
        return;
    while (o->waiting != NULL) {
        struct action *a = o->waiting->action;

        wait_end(o->waiting);
        a->api->under_way--;
        action_drop(a);
    }
    for (size_t i = 0; i < o->count; i++) {
        timer_free(o->issuers[i].again);
        jwks_free(o->issuers[i].keys);
        oidc_settings_free(&o->issuers[i].settings);
    }
    free(o->issuers);
    free(o);
}
