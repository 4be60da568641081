/* eio_server.c - all sessions of one loop: opened, ticked, closed; and what the application asks of one. */
#include "eio_server.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "eio_session.h"
#include "eio_websocket.h"
#include "ws_message.h"

enum { PARTS_MAX = 16, PAYLOAD_IDLE = 1 << 16, LATE_MS = 50 };

/* Time and tasks. */

int64_t eio_now(const struct eio_server *e)
{
    return e->host.ws.now_ms(e->host.ws.loop);
}

bool eio_is_late(const struct eio_server *e)
{
    return eio_now(e) - LATE_MS > e->back_ms;
}

int eio_timers_reserve(struct eio_server *e, size_t count)
{
    int err = heap_reserve(&e->deadlines, e->timers + count);

    if (err == 0)
        e->timers += count;
    return err;
}

void eio_timers_release(struct eio_server *e, size_t count)
{
    assert(count <= e->timers);
    e->timers -= count;
}

void eio_timer_set(struct eio_server *e, struct eio_timer *timer, int64_t due_ms)
{
    int err = heap_set(&e->deadlines, &timer->entry, due_ms);

    assert(err == 0 && timer->fire != NULL);    /* its place was reserved                           */
    (void)err;
}

void eio_timer_stop(struct eio_server *e, struct eio_timer *timer)
{
    heap_remove(&e->deadlines, &timer->entry);
}

void eio_task_add(struct eio_server *e, struct eio_task *task)
{
    if (!list_linked(&task->in_tasks))
        list_push(&e->tasks, &task->in_tasks);
}

static void run_tasks(struct eio_server *e)
{
    struct list_link *at;

    while ((at = list_shift(&e->tasks)) != NULL) {
        struct eio_task *task = CONTAINER_OF(at, struct eio_task, in_tasks);

        task->run(task);
    }
}

void eio_random_text(const struct eio_server *e, char *to, size_t size)
{
    unsigned char bytes[18];

    assert(size % 4 == 0 && size / 4 * 3 <= sizeof bytes);
    e->host.ws.random(e->host.ws.loop, bytes, size / 4 * 3);
    base64_encode(bytes, size / 4 * 3, to);
    for (size_t i = 0; i < size; i++)           /* RFC 4648, section 5: safe in a URL               */
        to[i] = to[i] == '+' ? '-' : to[i] == '/' ? '_' : to[i];
    to[size] = '\0';
}

/* Life. */

static struct eio_options completed(const struct eio_options *given)
{
    struct eio_options o = given != NULL ? *given : (struct eio_options){ 0 };

    o.ws.ping_interval_ms = 0;                  /* we have a heartbeat of our own                   */
    o.ws.message_max = o.ws.message_max == 0 ? 1000000 : o.ws.message_max;
    o.ws.unsent_max = o.ws.unsent_max == 0 ? 4 << 20 : o.ws.unsent_max;
    o.ws.close_timeout_ms = o.ws.close_timeout_ms == 0 ? 10000 : o.ws.close_timeout_ms;
    o.ping_interval_ms = o.ping_interval_ms == 0 ? 25000 : o.ping_interval_ms;
    o.ping_timeout_ms = o.ping_timeout_ms == 0 ? 20000 : o.ping_timeout_ms;
    o.upgrade_timeout_ms = o.upgrade_timeout_ms == 0 ? 10000 : o.upgrade_timeout_ms;
    o.packets_max = o.packets_max == 0 ? 1000 : o.packets_max;
    o.sessions_max = o.sessions_max == 0 ? -1 : o.sessions_max;
    return o;
}

struct eio_server *eio_server_new(const struct eio_options *options, const struct eio_handlers *handlers,
                                  const struct eio_host *host, void *app)
{
    struct ws_bytes ping = WS_LITERAL("2");
    struct eio_server *e = malloc(sizeof *e);
    unsigned char seed[16];

    assert(host != NULL && host->reply != NULL);
    if (e == NULL)
        return NULL;
    *e = (struct eio_server){ .options = completed(options), .host = *host, .app = app,
                               .back_ms = INT64_MAX };
    if (handlers != NULL)
        e->handlers = *handlers;
    list_init(&e->all);
    list_init(&e->tasks);
    list_init(&e->dirty);
    buf_init(&e->payload, BUF_NO_LIMIT);        /* one reply: bounded by maxPayload and one message */
    host->ws.random(host->ws.loop, seed, sizeof seed);
    map_init(&e->sessions, seed);

    e->websockets = ws_server_new(&e->options.ws, &eio_websocket_handlers, &host->ws, e);
    if (e->websockets == NULL)
        goto fail;
    e->ping = ws_message_new(WS_TEXT, &ping, 1);
    if (e->ping == NULL)
        goto fail_websockets;
    return e;

fail_websockets:
    ws_server_free(e->websockets);
fail:
    free(e);
    return NULL;
}

void eio_server_close(struct eio_server *e)
{
    e->closed = true;
    LIST_EACH(at, after, &e->all)
        eio_session_close(CONTAINER_OF(at, struct eio_session, in_all), EIO_SHUTTING_DOWN);
}

/* Sessions are told, as exactly one close belongs to each open. */
static void free_sessions(struct eio_server *e)
{
    struct list_link *at;

    LIST_EACH(each, after, &e->all)
        eio_session_end(CONTAINER_OF(each, struct eio_session, in_all), EIO_SHUTTING_DOWN);
    while ((at = list_first(&e->all)) != NULL)
        eio_session_flush(CONTAINER_OF(at, struct eio_session, in_all));
}

void eio_server_free(struct eio_server *e)
{
    if (e == NULL)
        return;
    e->closed = e->freed = true;
    free_sessions(e);
    run_tasks(e);
    assert(e->timers == 0);
    ws_server_free(e->websockets);
    ws_message_drop(e->ping);
    heap_finish(&e->deadlines);
    map_finish(&e->sessions);
    buf_finish(&e->payload);
    free(e);
}

/* The tick. */

static void run_timers(struct eio_server *e)
{
    int64_t now_ms = eio_now(e);
    struct heap_entry *due;

    while ((due = heap_due(&e->deadlines, now_ms)) != NULL) {
        struct eio_timer *timer = CONTAINER_OF(due, struct eio_timer, entry);

        timer->fire(timer);
    }
}

static void flush_sessions(struct eio_server *e)
{
    struct list_link *at;

    while (list_empty(&e->tasks) && (at = list_shift(&e->dirty)) != NULL)
        eio_session_flush(CONTAINER_OF(at, struct eio_session, in_dirty));
}

/* Of two times to sleep; -1 is for ever. */
static int64_t shorter(int64_t a, int64_t b)
{
    if (a == -1 || b == -1)
        return a == -1 ? b : a;
    return a < b ? a : b;
}

/* Tasks come before sessions, so that one reply carries all that a turn has to say. What runs may make more
 * work, hence the rounds. */
int64_t eio_server_tick(struct eio_server *e)
{
    int64_t sleep_ms;

    do {
        (void)ws_server_tick(e->websockets);
        run_timers(e);
        run_tasks(e);
        flush_sessions(e);
    } while (!list_empty(&e->tasks) || !list_empty(&e->dirty));
    e->turn++;
    if (e->payload.capacity > PAYLOAD_IDLE)
        buf_finish(&e->payload);

    sleep_ms = shorter(ws_server_tick(e->websockets), heap_sleep_ms(&e->deadlines, eio_now(e)));
    e->back_ms = sleep_ms == -1 ? INT64_MAX : eio_now(e) + sleep_ms;
    return sleep_ms;
}

/* What the application asks. */

void eio_each(struct eio_server *e, void (*visit)(struct eio_session *, void *data), void *data)
{
    LIST_EACH(at, after, &e->all) {
        struct eio_session *s = CONTAINER_OF(at, struct eio_session, in_all);

        if (s->state != EIO_CLOSED)
            visit(s, data);
    }
}

struct eio_session *eio_find(const struct eio_server *e, const char *sid)
{
    return map_find(&e->sessions, map_key(sid));
}

struct ws_message *eio_message_new(enum ws_type type, const struct ws_bytes *parts, int parts_count)
{
    struct ws_bytes all[PARTS_MAX];

    if (type == WS_BINARY)
        return ws_message_new(type, parts, parts_count);
    assert(parts_count < PARTS_MAX);
    all[0] = WS_LITERAL("4");
    for (int i = 0; i < parts_count; i++)
        all[i + 1] = parts[i];
    return ws_message_new(type, all, parts_count + 1);
}

bool eio_ready(struct eio_session *s)
{
    return s->state != EIO_CLOSED && !s->closing && s->transport->ready(s);
}

int eio_share(struct eio_session *s, struct ws_message *message, unsigned flags)
{
    if (s->state == EIO_CLOSED || s->closing)
        return -ENOTCONN;
    if ((flags & EIO_VOLATILE) && !s->transport->ready(s))
        return 0;
    return s->transport->send(s, message, flags);
}

int eio_send(struct eio_session *s, enum ws_type type, struct ws_bytes bytes, unsigned flags)
{
    struct ws_message *message;
    int err;

    if (s->state == EIO_CLOSED || s->closing)
        return -ENOTCONN;
    message = eio_message_new(type, &bytes, 1);
    if (message == NULL)
        return -ENOMEM;
    err = eio_share(s, message, flags);
    ws_message_drop(message);
    return err;
}

void eio_close(struct eio_session *s)
{
    eio_session_close(s, EIO_FORCED_CLOSE);
}

const char *eio_sid(const struct eio_session *s)
{
    return s->sid;
}

const char *eio_transport(const struct eio_session *s)
{
    return s->transport->name;
}

size_t eio_unsent(const struct eio_session *s)
{
    return s->transport->unsent(s);
}

const struct ws_request *eio_handshake(const struct eio_session *s)
{
    return s->handshake;
}

void *eio_app(const struct eio_session *s)
{
    return s->server->app;
}

void *eio_data(const struct eio_session *s)
{
    return s->data;
}

void eio_set_data(struct eio_session *s, void *data)
{
    s->data = data;
}

void *eio_upper(const struct eio_session *s)
{
    return s->upper;
}

void eio_set_upper(struct eio_session *s, void *upper)
{
    s->upper = upper;
}

struct eio_server *eio_server_of(const struct eio_session *s)
{
    return s->server;
}

const char *eio_reason_text(enum eio_reason reason)
{
    static const char *const texts[] = {
        [EIO_TRANSPORT_CLOSE] = "transport close", [EIO_TRANSPORT_ERROR] = "transport error",
        [EIO_PING_TIMEOUT] = "ping timeout",       [EIO_PARSE_ERROR] = "parse error",
        [EIO_FORCED_CLOSE] = "forced close",       [EIO_SHUTTING_DOWN] = "server shutting down",
    };

    return texts[reason];
}
