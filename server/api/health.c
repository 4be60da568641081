/* health.c - is it alive, can it work, and what does it offer: answered on the loop, for anybody. */
#include <string.h>

#include "action.h"
#include "door.h"
#include "net/sio_http.h"
#include "openapi.h"
#include "status.h"

static void reply_json(const struct sio_http_request *r, const char *text, size_t size)
{
    static const struct ws_header headers[] = {
        { "Content-Type", "application/json" }, { "Cache-Control", "no-cache" }, { 0 },
    };

    (void)sio_http_reply(r->ticket, 200, headers, (struct ws_bytes){ text, size });
}

static void healthz(struct api *api, const struct sio_http_request *r)
{
    (void)api;
    reply_json(r, "{\"status\":\"ok\"}", 15);
}

/* Not ready while draining or while the disk refuses writes; alive all the same. */
static void readyz(struct api *api, const struct sio_http_request *r)
{
    static const struct ws_header headers[] = { { "Retry-After", "5" }, { 0 } };

    if (!api->draining && worker_health(api->parts.worker) == 0)
        reply_json(r, "{\"status\":\"ok\"}", 15);
    else
        (void)sio_http_problem(r->ticket, 503, "busy", api->draining ? "The server is going down." :
                           "The server cannot write.", r->id, headers);
}

static void openapi(struct api *api, const struct sio_http_request *r)
{
    (void)api;
    reply_json(r, openapi_json, openapi_json_size);
}

static void asyncapi(struct api *api, const struct sio_http_request *r)
{
    (void)api;
    reply_json(r, asyncapi_json, asyncapi_json_size);
}

static void jwks(struct api *api, const struct sio_http_request *r)
{
    reply_json(r, api->jwks, strlen(api->jwks));
}

/* The doors. */
const struct route health_routes[] = {
    { "GET", "/healthz", NULL, MAY_ANYBODY, 0, NULL, healthz },
    { "GET", "/readyz", NULL, MAY_ANYBODY, 0, NULL, readyz },
    { "GET", "/api/openapi.json", NULL, MAY_ANYBODY, 0, NULL, openapi },
    { "GET", "/api/asyncapi.json", NULL, MAY_ANYBODY, 0, NULL, asyncapi },
    { "GET", "/.well-known/jwks.json", NULL, MAY_ANYBODY, 0, NULL, jwks },
    { 0 },
};
