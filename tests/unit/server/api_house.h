/* api_house.h - the product served whole: both storage threads over a file, the pool, HTTP and Socket.IO on
 * a real loop; and clients that log in, ask and listen. */
#ifndef API_HOUSE_H
#define API_HOUSE_H

#include "api_fixture.h"

#include "auth/password.h"
#include "net/pool.h"

struct house {
    struct desk          d;                     /* d.s.db is a third connection: what others see     */
    struct db           *writer, *reader;
    struct worker       *worker;
    uv_async_t           woken;
    struct pool         *pool;
    struct sio_server   *io;
    struct sio_uv_route  routes[3];
};

/* --- the house ----------------------------------------------------------------------------------------- */

static inline void house_wake(void *house)
{
    (void)uv_async_send(&((struct house *)house)->woken);
}

static inline void house_woken(uv_async_t *async)
{
    (void)worker_take_done(((struct house *)async->data)->worker);
}

static inline void house_rest(void *house, const struct sio_http_request *r)
{
    api_rest(((struct house *)house)->d.api, r);
}

static inline void house_storage(struct house *h)
{
    store_open_file(&h->d.s);
    h->writer = store_connect(&h->d.s, false);
    h->reader = store_connect(&h->d.s, true);
    CHECK_INT(uv_async_init(&h->d.w.loop, &h->woken, house_woken), 0);
    h->woken.data = h;
    CHECK_INT(worker_new(&(struct worker_options){ .writer = h->writer, .reader = h->reader,
                                                   .wake = house_wake, .wake_data = h }, &h->worker), 0);
}

/* The pool's threads end before OpenSSL does, or what it keeps for each of them is lost: atexit() runs the
 * last first, so this is said once OpenSSL has begun. */
static inline void house_threads_end(void)
{
    static bool said;

    if (!said)
        CHECK_INT(atexit(uv_library_shutdown), 0);
    said = true;
}

/* `flags`: as on the command line, or NULL. `waiting_max`: of the pool for passwords. */
static inline void house_open_with(struct house *h, const char *const *flags, int waiting_max)
{
    struct desk *d = &h->d;
    struct sio_namespace *root;

    *h = (struct house){ 0 };
    desk_config(d, flags);
    world_open(&d->w, NULL);
    house_storage(h);
    d->token_key = desk_token_key();
    house_threads_end();
    d->timers = timers_new(&d->w.loop);
    h->pool = pool_new(&d->w.loop, 1, waiting_max);
    d->api = api_new(&(struct api_parts){ .config = &d->config, .worker = h->worker, .passwords = h->pool,
                                          .looks = h->pool,
                                          .timers = d->timers, .token_key = d->token_key,
                                          .seal_keys = d->s.keys });
    assert_non_null(d->api);
    h->io = sio_server_new(NULL, api_session_handlers(), sio_uv_host(d->w.uv), d->api);
    assert_non_null(h->io);
    root = sio_namespace_add(h->io, "/", api_live_handlers(d->api));
    assert_non_null(root);
    api_live_set(d->api, root);
    h->routes[0] = (struct sio_uv_route){ .path = "/socket.io/", .engine = sio_engine(h->io) };
    h->routes[1] = (struct sio_uv_route){ .path = "*", .handle = house_rest, .app = h };
    world_listen(&d->w, h->routes);
    desk_people(d);
}

static inline void house_open(struct house *h)
{
    house_open_with(h, NULL, 100);
}

/* Until the clock's round about who came and went is over, and what it said is sent. */
static inline void house_settle(struct house *h)
{
    for (int i = 0, idle = 0; i < GIVE_UP_MS && idle < 5; i++) {
        world_turn(&h->d.w, 1);
        idle = api_is_idle(h->d.api) ? idle + 1 : 0;
    }
}

/* In the order of app.c. */
static inline void house_close(struct house *h)
{
    struct desk *d = &h->d;

    for (int i = 0; i < GIVE_UP_MS && !api_is_idle(d->api); i++)
        world_turn(&d->w, 1);
    CHECK(api_is_idle(d->api));
    uv_close((uv_handle_t *)&h->woken, NULL);
    sio_uv_close_within(d->w.uv, 100);
    CHECK_INT(uv_run(&d->w.loop, UV_RUN_DEFAULT), 0);
    worker_stop(h->worker);
    sio_server_free(h->io);
    worker_free(h->worker);
    api_free(d->api);
    pool_free(h->pool);
    timers_free(d->timers);
    sio_uv_free(d->w.uv);
    CHECK_INT(uv_run(&d->w.loop, UV_RUN_DEFAULT), 0);
    CHECK_INT(uv_loop_close(&d->w.loop), 0);
    token_key_free(d->token_key);
    config_free(&d->config);
    db_close(h->reader);
    db_close(h->writer);
    store_close(&d->s);
}

/* A patient with a password, as registered long ago at `cost`. */
static inline struct store_user house_account(struct house *h, const char *login, const char *password,
                                              const struct password_cost *cost)
{
    char hash[PASSWORD_HASH_SIZE];
    struct store_user user = { 0 };

    CHECK_INT(password_hash(cost, password, hash), 0);
    CHECK_INT(JOB(&h->d.s, store_user_add(h->d.s.db, &(struct user_new){ .role = "patient", .login = login,
                                          .name = login, .password_hash = hash }, &user)), 0);
    return user;
}

/* An access token of a person; free() is the caller's. */
static inline char *house_token(struct house *h, const struct person *p)
{
    const struct config *c = &h->d.config;
    struct token_new token = { .issuer = c->issuer, .audience = c->audience,
                               .subject = p->session.user.public_id, .session = p->session.public_id,
                               .role = p->session.user.role, .now_utc = clock_utc() };
    char *text = NULL;

    CHECK_INT(token_issue(h->d.token_key, &token, &text), 0);
    return text;
}

/* --- HTTP ---------------------------------------------------------------------------------------------- */

struct reply {
    int     status;
    char    head[4096];                         /* all lines of it                                   */
    char   *text;
    json_t *body;                               /* NULL: is no JSON                                  */
};

static inline struct client *http_say(struct house *h, const char *method, const char *path,
                                      const char *headers, const char *body)
{
    struct client *c = client_open(&h->d.w);
    char *said;

    CHECK(asprintf(&said, "%s %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n%sContent-Length: %zu\r\n\r\n%s",
                   method, path, headers, strlen(body), body) > 0);
    client_send(c, said);
    free(said);
    return c;
}

static inline struct reply *http_hear(struct client *c)
{
    struct reply *r = calloc(1, sizeof *r);
    const char *said = client_wait_end(c), *end = strstr(said, "\r\n\r\n");

    assert_non_null(r);
    assert_non_null(end);
    snprintf(r->head, sizeof r->head, "%.*s", (int)(end + 2 - said), said);
    r->status = (int)strtol(said + strlen("HTTP/1.1 "), NULL, 10);
    r->text = strdup(end + 4);
    r->body = json_loads(r->text, JSON_REJECT_DUPLICATES, NULL);
    client_close(c);
    return r;
}

/* The whole of one request; reply_free() is the caller's. */
static inline struct reply *http_ask(struct house *h, const char *method, const char *path,
                                     const char *headers, const char *body)
{
    return http_hear(http_say(h, method, path, headers, body));
}

#define JSON_TYPE "Content-Type: application/json\r\n"

/* With the person's token, `body` as JSON. */
static inline struct reply *http_ask_as(struct house *h, const struct person *who, const char *method,
                                        const char *path, const char *body)
{
    char headers[2048], *token = house_token(h, who);
    struct reply *r;

    snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n%s", token, *body ? JSON_TYPE : "");
    r = http_ask(h, method, path, headers, body);
    free(token);
    return r;
}

static inline void reply_free(struct reply *r)
{
    json_decref(r->body);
    free(r->text);
    free(r);
}

/* The reply is a problem document of this code; then it is gone. */
static inline void check_problem(struct reply *r, int status, const char *code)
{
    CHECK_INT(r->status, status);
    check_has(r->head, "application/problem+json");
    check_keys(r->body, "type title status code detail requestId");
    CHECK_INT(int_at(r->body, "status"), status);
    CHECK_STR(text_at(r->body, "code"), code);
    reply_free(r);
}

/* --- Socket.IO, by long polling ------------------------------------------------------------------------ */

struct live {
    struct house *house;
    struct client *poll;                        /* of live_listen(), or NULL                         */
    char path[128];
    char heard[32768];                          /* packets of messages, each ended by a newline      */
};

static inline void live_say(struct live *l, const char *packet)
{
    static const char type[] = "Content-Type: text/plain;charset=UTF-8\r\n";
    struct reply *r = http_ask(l->house, "POST", l->path, type, packet);

    CHECK_INT(r->status, 200);
    reply_free(r);
}

/* A poll is open from now on: what is volatile comes through, too. */
static inline void live_listen(struct live *l)
{
    l->poll = http_say(l->house, "GET", l->path, "", "");
    world_pass(&l->house->d.w, 20);
}

/* One poll: what came is added to `heard`. */
static inline void live_poll(struct live *l)
{
    struct client *c = l->poll != NULL ? l->poll : http_say(l->house, "GET", l->path, "", "");
    struct reply *r = http_hear(c);
    size_t at = strlen(l->heard);

    l->poll = NULL;
    CHECK_INT(r->status, 200);
    for (char *packet = r->text; *packet != '\0';) {
        size_t size = strcspn(packet, "\x1e");

        CHECK(at + size + 2 < sizeof l->heard);
        at += (size_t)snprintf(l->heard + at, sizeof l->heard - at, "%.*s\n", (int)size, packet);
        packet += size + (packet[size] != '\0');
    }
    reply_free(r);
}

/* Polls until `text` was heard. */
static inline const char *live_wait(struct live *l, const char *text)
{
    for (int i = 0; i < 20 && strstr(l->heard, text) == NULL; i++)
        live_poll(l);
    check_has(l->heard, text);
    return l->heard;
}

/* Connects with a payload of its own; the answer is in `heard`. */
static inline struct live *live_connect(struct house *h, const char *auth)
{
    struct live *l = calloc(1, sizeof *l);
    struct reply *r = http_ask(h, "GET", "/socket.io/?EIO=4&transport=polling", "", "");
    char packet[2100];

    assert_non_null(l);
    l->house = h;
    CHECK_INT(r->status, 200);
    CHECK(r->text[0] == '0');
    json_decref(r->body);
    r->body = json_loads(r->text + 1, 0, NULL);
    snprintf(l->path, sizeof l->path, "/socket.io/?EIO=4&transport=polling&sid=%s", text_at(r->body, "sid"));
    reply_free(r);
    snprintf(packet, sizeof packet, "40%s", auth);
    live_say(l, packet);
    (void)live_wait(l, "4");
    return l;
}

static inline struct live *live_open(struct house *h, const struct person *who)
{
    char auth[2048], *token = house_token(h, who);
    struct live *l;

    snprintf(auth, sizeof auth, "{\"token\":\"%s\"}", token);
    l = live_connect(h, auth);
    check_has(l->heard, "40{\"sid\":");
    l->heard[0] = '\0';
    free(token);
    return l;
}

static inline void live_free(struct live *l)
{
    if (l->poll != NULL)
        client_close(l->poll);
    free(l);
}

/* Emits with the ack id `id`. */
__attribute__((format(printf, 4, 5))) static inline void live_emit(struct live *l, int id, const char *event,
                                                                   const char *format, ...)
{
    char input[4096], packet[4300];
    va_list args;

    va_start(args, format);
    CHECK(vsnprintf(input, sizeof input, format, args) < (int)sizeof input);
    va_end(args);
    snprintf(packet, sizeof packet, "42%d[\"%s\",%s]", id, event, input);
    live_say(l, packet);
}

/* Waits for the ack of `id`. All that was sent to this socket before it is in `heard` then. */
static inline const char *live_acked(struct live *l, int id)
{
    char ack[16];

    snprintf(ack, sizeof ack, "43%d[", id);
    return live_wait(l, ack);
}

/* An emit that must be answered with ok. */
#define LIVE_OK(l, id, ...)                                                                            \
    do {                                                                                               \
        char ok_[32];                                                                                  \
        snprintf(ok_, sizeof ok_, "43%d[{\"ok\":true", id);                                            \
        live_emit(l, id, __VA_ARGS__);                                                                 \
        check_has(live_acked(l, id), ok_);                                                             \
    } while (0)

/* All that is on the way to this socket, by asking for something that changes nothing. */
static inline const char *live_all(struct live *l, int id)
{
    LIVE_OK(l, id, "consult:leave", "{\"consult\":\"%s\"}", l->house->d.consult);
    return l->heard;
}

static inline void live_forget(struct live *l)
{
    l->heard[0] = '\0';
}

#endif
