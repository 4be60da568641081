/* app.c - builds all in order, runs the loop, ends all in reverse. */
#include "app.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "api/api.h"
#include "api/audit_head.h"
#include "auth/token.h"
#include "clock.h"
#include "config.h"
#include "demo.h"
#include "listen.h"
#include "log.h"
#include "net/sio_http.h"
#include "net/fetch.h"
#include "net/pool.h"
#include "net/sio_uv.h"
#include "net/static_files.h"
#include "net/timer.h"
#include "storage/segments.h"
#include "storage/worker.h"
#include "store.h"
#include "xalloc.h"

enum {
    PAGES_BYTES_MAX = 64 * 1024 * 1024,
    PASSWORDS_AT_ONCE = 2,
    PASSWORDS_WAITING = 200,
    LOOKS_WAITING = 64,
    DOWNLOADS_AT_ONCE = 2,
    DOWNLOADS_WAITING = 1 << 20,                /* one a connection, and those have their limit      */
    DRAIN_STEP_MS = 20,
    HEADERS_MAX = 16
};

struct app {
    const struct config *config;
    struct store         store;
    struct token_key    *token_key;
    struct worker       *worker;
    struct segments     *files;
    uv_loop_t            loop;
    uv_async_t           woken;                 /* a storage thread has finished something           */
    uv_signal_t          signals[3];            /* SIGTERM, SIGINT, SIGHUP                           */
    struct timers       *timers;
    struct timer        *drain;
    int64_t              drain_ends_ms;
    struct pool         *passwords, *looks, *downloads;
    struct fetch        *fetch;
    struct static_files *pages;
    struct api          *api;
    struct sio_tls      *tls;                   /* NULL: plain HTTP                                  */
    struct ws_header     headers[HEADERS_MAX];  /* of every reply                                    */
    struct sio_uv       *net;
    struct sio_server   *io;
    struct sio_uv_route  routes[3];
    bool                 draining, closing;
};

/* --- the end ------------------------------------------------------------------------------------------- */

static void handles_close(struct app *app)
{
    for (int i = 0; i < 3; i++)
        uv_close((uv_handle_t *)&app->signals[i], NULL);
    uv_close((uv_handle_t *)&app->woken, NULL);
    fetch_free(app->fetch);                     /* draining: nothing is sent any more                */
    app->fetch = NULL;
}

/* Stop accepting; let what is under way commit and answer; say goodbye; end. */
static void drain_step(void *data)
{
    struct app *app = data;
    int64_t left_ms = app->drain_ends_ms - clock_ms();

    if (!api_is_idle(app->api) && left_ms > 0) {
        timer_set(app->drain, DRAIN_STEP_MS);
        return;
    }
    app->closing = true;
    sio_uv_close_within(app->net, left_ms > DRAIN_STEP_MS ? (int)left_ms : DRAIN_STEP_MS);
    handles_close(app);
}

static void on_signal(uv_signal_t *signal, int number)
{
    struct app *app = signal->data;

    if (app->draining)
        return;
    if (number == SIGHUP && app->tls != NULL) {
        listen_tls_reload(app->tls);
        return;
    }
    log_info("serve.drain", "signal=%d", number);
    app->draining = true;
    app->drain_ends_ms = clock_ms() + app->config->drain_ms;
    api_drain(app->api);
    sio_uv_stop(app->net);
    drain_step(app);
}

/* --- what the loop calls ------------------------------------------------------------------------------- */

static void wake(void *data)
{
    struct app *app = data;

    (void)uv_async_send(&app->woken);
}

static void on_woken(uv_async_t *async)
{
    struct app *app = async->data;

    (void)worker_take_done(app->worker);
}

static void on_fact(void *data, const char *event, const char *address, int error)
{
    (void)data;
    log_warn(event, "peer=%s error=%d", address, error);
}

static void on_replied(void *data, const struct sio_http_request *r, int status, size_t body_size)
{
    static const char *const secrets[] = { "/calendar/", "/api/v1/prescription-checks/" };     /* follow */
    const char *path = r->path;

    (void)data;
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (strncmp(path, secrets[i], strlen(secrets[i])) == 0)
            path = secrets[i];
    if (strncmp(r->path, "/api/", 5) == 0 || status >= 500)
        log_info("http", "method=%s path=%s status=%d bytes=%zu peer=%s request=%s", r->method, path,
                 status, body_size, r->address, r->id);
}

/* Whatever is not the product's is a page. */
static void on_request(void *data, const struct sio_http_request *r)
{
    static const char *const ours[] = { "/api/", "/.well-known/", "/healthz", "/readyz", "/sandbox/",
                                        "/calendar/" };
    struct app *app = data;

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (strncmp(r->path, ours[i], strlen(ours[i])) == 0) {
            api_rest(app->api, r);
            return;
        }
    static_files_serve(app->pages, r);
}

/* --- the beginning ------------------------------------------------------------------------------------- */

static int pages_open(struct app *app)
{
    char folder[4096] = "", *slash;
    size_t size = sizeof folder - 32;
    int err;

    if (app->config->frontend[0] != '\0') {
        (void)snprintf(folder, sizeof folder, "%s", app->config->frontend);
    } else {                                    /* build/consultd -> frontend/dist                   */
        if (uv_exepath(folder, &size) != 0)
            return -ENOENT;
        slash = strrchr(folder, '/');
        if (slash != NULL)
            *slash = '\0';
        slash = strrchr(folder, '/');
        if (slash != NULL)
            (void)snprintf(slash, 32, "/frontend/dist");
    }
    err = static_files_open(folder, PAGES_BYTES_MAX, &app->pages);
    if (err)
        log_error("pages.open",
                  "folder=%s error=\"%s\" hint=\"./dev build makes them, --frontend says where\"", folder,
                  strerror(-err));
    return err;
}

static int storage_start(struct app *app)
{
    char path[4096];
    int err = store_open(&app->store, app->config, true);

    if (err)
        return err;
    store_path(app->config, "files", path, sizeof path);
    err = segments_open(path, &app->store.host.seal, &app->files);
    if (err) {
        log_error("data.files", "folder=%s error=\"%s\"", path, strerror(-err));
        return err;
    }
    if (app->config->demo)
        err = demo_fill(&app->store, app->config);
    if (err)
        return err;
    store_path(app->config, "token.key", path, sizeof path);
    err = token_key_load_or_make(path, &app->token_key);
    if (err) {
        log_error("data.key", "file=%s error=\"%s\"", path, strerror(-err));
        return err;
    }
    return worker_new(&(struct worker_options){ .writer = app->store.writer, .reader = app->store.reader,
                                                .wake = wake, .wake_data = app }, &app->worker);
}

static int api_start(struct app *app)
{
    app->timers = timers_new(&app->loop);
    app->drain = app->timers != NULL ? timer_new(app->timers, true, drain_step, app) : NULL;
    app->passwords = pool_new(&app->loop, PASSWORDS_AT_ONCE, PASSWORDS_WAITING);
    app->looks = pool_new(&app->loop, 1, LOOKS_WAITING);
    app->downloads = pool_new(&app->loop, DOWNLOADS_AT_ONCE, DOWNLOADS_WAITING);
    app->fetch = fetch_new(&app->loop);
    if (app->drain == NULL || app->passwords == NULL || app->looks == NULL || app->downloads == NULL ||
        app->fetch == NULL)
        return -ENOMEM;
    app->api = api_new(&(struct api_parts){ .config = app->config, .worker = app->worker,
                                            .passwords = app->passwords, .looks = app->looks,
                                            .downloads = app->downloads,
                                            .timers = app->timers, .fetch = app->fetch,
                                            .token_key = app->token_key, .seal_keys = app->store.keys,
                                            .files = app->files });
    return app->api != NULL ? 0 : -ENOMEM;
}

static struct sio_options live_options(const struct config *c)
{
    return (struct sio_options){
        .eio = { .ws = { .message_max = c->message_max, .unsent_max = c->unsent_max,
                         .fragments_max = (int)c->fragments_max },
                 .ping_interval_ms = (int)c->ping_interval_ms, .ping_timeout_ms = (int)c->ping_timeout_ms,
                 .upgrade_timeout_ms = (int)c->upgrade_timeout_ms },
        .connect_timeout_ms = (int)c->connect_timeout_ms, .connect_max = c->unauthenticated_message_max,
        .binary_max = (int)c->attachments_max, .depth_max = (int)c->depth_max,
        .args_max = (int)c->arguments_max, .rooms_max = (int)c->rooms_max, .acks_max = (int)c->acks_max,
    };
}

/* RFC 6797 7.2: told over TLS only; behind a proxy it is the proxy that tells. */
static void headers_fill(struct app *app)
{
    int count = 0;

    for (; sio_http_security_headers[count].name != NULL; count++)
        app->headers[count] = sio_http_security_headers[count];
    assert(count < HEADERS_MAX - 1);
    if (app->tls != NULL)
        app->headers[count] = (struct ws_header){ "Strict-Transport-Security", "max-age=31536000" };
}

static int net_start(struct app *app)
{
    const struct config *c = app->config;
    struct sio_uv_options options = {
        .limits = { .conns_max = (int)c->connections_max, .body_max = (size_t)c->message_max },
        .trusted_proxies = (const char *const *)c->trusted_proxies, .headers = app->headers,
        .tls = app->tls,
        .fact = on_fact, .replied = on_replied, .app = app,
    };
    struct sio_options live = live_options(c);
    struct sio_namespace *root;

    headers_fill(app);
    app->net = sio_uv_new_with(&app->loop, &options);
    if (app->net == NULL) {
        log_error("net.start", "hint=\"is every --trusted-proxy an address or a network?\"");
        return -EINVAL;
    }
    app->io = sio_server_new(&live, api_session_handlers(), sio_uv_host(app->net), app->api);
    root = app->io != NULL ? sio_namespace_add(app->io, "/", api_live_handlers(app->api)) : NULL;
    if (root == NULL)
        return -ENOMEM;
    api_live_set(app->api, root);
    app->routes[0] = (struct sio_uv_route){ .path = "/socket.io/", .engine = sio_engine(app->io) };
    app->routes[1] = (struct sio_uv_route){ .path = "*", .handle = on_request, .app = app };
    return 0;
}

static int loop_start(struct app *app)
{
    static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };
    int err = uv_async_init(&app->loop, &app->woken, on_woken);

    app->woken.data = app;
    for (int i = 0; i < 3 && err == 0; i++) {
        err = uv_signal_init(&app->loop, &app->signals[i]);
        app->signals[i].data = app;
        if (err == 0)
            err = uv_signal_start(&app->signals[i], on_signal, numbers[i]);
    }
    return err;
}

static int start(struct app *app)
{
    int err = loop_start(app);

    if (err == 0)
        err = listen_tls_open(app->config, &app->tls);
    if (err == 0)
        err = pages_open(app);
    if (err == 0)
        err = storage_start(app);
    if (err == 0)
        err = api_start(app);
    if (err == 0)
        err = net_start(app);
    if (err == 0)
        err = listen_all(app->config, app->net, app->routes);
    return err;
}

int app_serve(const struct config *config)
{
    struct app *app = xalloc(sizeof *app);
    int err;

    if (uv_loop_init(&app->loop) != 0)
        return 1;
    app->config = config;
    app->store.lock = -1;
    err = start(app);
    if (err == 0)
        log_info("serve.ready", "data=%s", config->data);
    else {
        handles_close(app);
        sio_uv_close_within(app->net, 0);
    }
    (void)uv_run(&app->loop, UV_RUN_DEFAULT);
    if (app->worker != NULL)
        worker_stop(app->worker);               /* all that was taken is committed                   */
    if (app->worker != NULL && *config->audit_head_file != '\0')
        (void)audit_head_write(app->store.writer, config->audit_head_file);
    sio_server_free(app->io);
    worker_free(app->worker);
    timer_free(app->drain);
    api_free(app->api);
    pool_free(app->passwords);
    pool_free(app->looks);
    pool_free(app->downloads);
    timers_free(app->timers);
    sio_uv_free(app->net);
    sio_tls_free(app->tls);
    (void)uv_run(&app->loop, UV_RUN_DEFAULT);
    static_files_free(app->pages);
    token_key_free(app->token_key);
    segments_close(app->files);
    store_close(&app->store);
    assert(uv_loop_close(&app->loop) == 0);
    free(app);
    log_info("serve.ended", "status=%d", err ? 1 : 0);
    return err ? 1 : 0;
}
