/* api.c - the product as one object: tables, presence, limits; and what both doors ask of it. */
#include "api.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit_head.h"
#include "auth/seal.h"
#include "clock.h"
#include "config.h"
#include "door.h"
#include "file_look.h"
#include "oidc.h"
#include "queue.h"
#include "xalloc.h"

enum { LIMITER_KEYS_MAX = 100000, ADDRESS_FACTOR = 5, SIGNALS_WINDOW_S = 4 };

void request_id_make(char id[REQUEST_ID_SIZE])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned char bytes[16];

    seal_random(NULL, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        id[i] = letters[bytes[i] % 32];
    id[sizeof bytes] = '\0';
}

/* Ours, and only ours: -EACCES for whatever is wrong with it. */
int token_check(const struct api *api, const char *text, size_t size, struct token_access *ret_who)
{
    const struct config *config = api->parts.config;
    struct token_rules rules = { .issuer = config->issuer, .audience = config->audience, .type = TOKEN_TYPE,
                                 .now_utc = clock_utc(), .skew_s = TOKEN_SKEW_S };
    json_t *claims = NULL;
    int err = token_verify(token_key_set(api->parts.token_key), &rules, text, size, &claims);

    if (err == 0)
        err = token_access_read(claims, ret_who);
    json_decref(claims);
    return err ? -EACCES : 0;
}

static struct limiter *limiter_make(int64_t burst, int64_t window_s)
{
    unsigned char seed[16];
    struct limiter *limiter;

    seal_random(NULL, seed, sizeof seed);
    limiter = limiter_new((struct limiter_rate){ (int)burst, window_s * 1000 }, LIMITER_KEYS_MAX, seed);
    if (limiter == NULL)
        abort();
    return limiter;
}

struct api *api_new(const struct api_parts *parts)
{
    struct api *api = xalloc(sizeof *api);
    const struct config *config = parts->config;

    *api = (struct api){ .parts = *parts };
    api->zones = zones_new(config->zoneinfo);
    api->presence = presence_new(parts->timers, config->presence_grace_ms, live_presence_changed, api);
    api->login_accounts = limiter_make(config->login_failures_max, config->login_window_s);
    api->login_addresses = limiter_make(config->login_failures_max * ADDRESS_FACTOR, config->login_window_s);
    api->signals = limiter_make(config->call_signals_max, SIGNALS_WINDOW_S);
    api->device_checks = limiter_make(config->call_joins_max, 60);
    api->canvas_events = limiter_make(config->canvas_events_max, 1);
    api->canvas_cursors = limiter_make(config->canvas_cursors_max, 1);
    api->codes = limiter_make(PRESCRIPTION_CODES_MAX, 60);
    api->newcomers = newcomers_new((int)config->unauthenticated_max,
                                   (int)config->unauthenticated_per_address_max);
    live_build(api);
    if (call_secret_open(api) != 0 || file_scan_check(api) != 0 || payments_open(api) != 0 ||
        oidc_open(api) != 0 ||
        jwks_print(token_key_set(parts->token_key), &api->jwks) != 0 || rest_build(api) != 0) {
        api_free(api);
        return NULL;
    }
    if (parts->worker != NULL)
        api->jobs = jobs_new(api);
    if (parts->worker != NULL)
        api->audit_heads = audit_heads_new(api);
    return api;
}

void api_free(struct api *api)
{
    if (api == NULL)
        return;
    oidc_free(api->oidc);
    jobs_free(api->jobs);
    audit_heads_free(api->audit_heads);
    queue_forget(api);
    router_free(api->router);
    presence_free(api->presence);
    newcomers_free(api->newcomers);
    zones_free(api->zones);
    limiter_free(api->login_accounts);
    limiter_free(api->login_addresses);
    limiter_free(api->signals);
    limiter_free(api->device_checks);
    limiter_free(api->canvas_events);
    limiter_free(api->canvas_cursors);
    limiter_free(api->codes);
    if (api->turn_secret != NULL)
        explicit_bzero(api->turn_secret, strlen(api->turn_secret));
    free(api->turn_secret);
    free(api->events);
    free(api->jwks);
    free(api->payment_secret);
    free(api->base_url);
    free(api);
}

const struct sio_handlers *api_live_handlers(const struct api *api)
{
    return &api->handlers;
}

void api_live_set(struct api *api, struct sio_namespace *live)
{
    api->live = live;
}

void api_drain(struct api *api)
{
    api->draining = true;
}

bool api_is_idle(const struct api *api)
{
    return api->under_way == 0;
}
