/* sio_recovery.c - tickets: made with a socket, asleep while it is lost, woken up by their pid. */
#include "sio_recovery.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sio_json.h"
#include "sio_namespace.h"
#include "sio_socket.h"

enum { USED_MAX = 16 << 20, EXPIRY_STEP_MS = 1000 };    /* the log need not be exact                */

static struct eio_server *engine_of(const struct sio_recovery *r)
{
    return r->server->engine;
}

static struct sio_recovery *recovery_of(const struct sio_ticket *t)
{
    return t->namespace->server->recovery;
}

static struct sio_ticket *first_asleep(const struct sio_recovery *r)
{
    struct list_link *at = list_first(&r->by_age);

    return at == NULL ? NULL : CONTAINER_OF(at, struct sio_ticket, by_age);
}

static void wake(struct sio_ticket *t)
{
    if (!list_linked(&t->by_age))
        return;
    list_remove(&t->by_age);
    (void)map_remove(&recovery_of(t)->sleeping, map_key(t->pid));
    recovery_of(t)->used -= t->used;
}

void sio_ticket_drop(struct sio_ticket *t)
{
    if (t == NULL)
        return;
    wake(t);
    list_remove(&t->in_namespace);
    buf_finish(&t->rooms);
    free(t);
}

/* It may have been the last of its namespace. */
static void ticket_free(struct sio_ticket *t)
{
    struct sio_namespace *ns = t->namespace;

    sio_ticket_drop(t);
    sio_namespace_tidy(ns);
}

/* Time and memory. */

static void arm(struct sio_recovery *r)
{
    const struct sio_ticket *t = first_asleep(r);
    int64_t oldest_ms = sio_log_oldest_ms(r), due_ms = INT64_MAX;

    if (oldest_ms < INT64_MAX)
        due_ms = oldest_ms + r->keep_ms + EXPIRY_STEP_MS;       /* not for each packet              */
    if (t != NULL && t->due_ms < due_ms)
        due_ms = t->due_ms;
    if (due_ms < INT64_MAX)
        eio_timer_set(engine_of(r), &r->expiry, due_ms);
}

static void expire(struct eio_timer *timer)
{
    struct sio_recovery *r = CONTAINER_OF(timer, struct sio_recovery, expiry);
    int64_t now_ms = eio_now(engine_of(r));
    struct sio_ticket *t;

    while ((t = first_asleep(r)) != NULL && t->due_ms <= now_ms)
        ticket_free(t);
    sio_log_expire(r);
    arm(r);
}

/* The oldest goes, ticket or packet; false: there is none. */
static bool shift(struct sio_recovery *r)
{
    struct sio_ticket *t = first_asleep(r);

    if (t != NULL && t->due_ms - r->ms <= sio_log_oldest_ms(r))
        ticket_free(t);
    else if (!list_empty(&r->log))
        sio_log_shift(r);
    else
        return false;
    return true;
}

void sio_recovery_use(struct sio_recovery *r, size_t size)
{
    r->used += size;
    if (!heap_has(&r->expiry.entry))
        arm(r);
}

void sio_recovery_trim(struct sio_recovery *r)
{
    while (r->used > r->used_max && shift(r))
        ;
}

/* Life. */

struct sio_recovery *sio_recovery_new(struct sio_server *io, const struct sio_options *o)
{
    const struct eio_options *eio = &io->engine->options;
    const struct eio_host *host = &io->engine->host;
    struct sio_recovery *r = malloc(sizeof *r);
    unsigned char seed[16];

    if (r == NULL)
        return NULL;
    if (eio_timers_reserve(io->engine, 1) != 0) {
        free(r);
        return NULL;
    }
    *r = (struct sio_recovery){ .server = io, .ms = o->recovery_ms, .expiry.fire = expire };
    r->used_max = o->recovery_max == 0 ? USED_MAX : o->recovery_max < 0 ? SIZE_MAX : (size_t)o->recovery_max;
    /* So late is it found out who is lost; what went out before its last ping has arrived. */
    r->keep_ms = r->ms + eio->ping_interval_ms + 4 * (int64_t)eio->ping_timeout_ms;
    list_init(&r->by_age);
    list_init(&r->log);
    host->ws.random(host->ws.loop, seed, sizeof seed);
    map_init(&r->sleeping, seed);
    eio_random_text(io->engine, r->prefix, sizeof r->prefix - 1);
    return r;
}

void sio_recovery_free(struct sio_recovery *r)
{
    struct sio_ticket *t;

    if (r == NULL)
        return;
    while ((t = first_asleep(r)) != NULL)
        ticket_free(t);
    while (!list_empty(&r->log))
        sio_log_shift(r);
    assert(r->used == 0);
    eio_timer_stop(engine_of(r), &r->expiry);
    eio_timers_release(engine_of(r), 1);
    map_finish(&r->sleeping);
    free(r);
}

struct sio_ticket *sio_ticket_new(struct sio_socket *s)
{
    struct sio_recovery *r = s->namespace->server->recovery;
    struct sio_ticket *t = malloc(sizeof *t);

    if (t == NULL)
        return NULL;
    *t = (struct sio_ticket){ .namespace = s->namespace, .socket = s, .number = ++r->tickets };
    memcpy(t->id, s->id, sizeof t->id);
    buf_init(&t->rooms, BUF_NO_LIMIT);          /* bounded by rooms_max                             */
    eio_random_text(engine_of(r), t->pid, SIO_PID_SIZE);
    return t;
}

/* The state is lost: who gets this pid is another one. */
static void renew(struct sio_ticket *t)
{
    struct sio_recovery *r = recovery_of(t);

    t->returning = false;
    t->number = ++r->tickets;
    buf_finish(&t->rooms);
    eio_random_text(engine_of(r), t->pid, SIO_PID_SIZE);
}

/* Sleep. */

static bool is_recoverable(const char *reason)
{
    static const char *const reasons[] = {      /* the reference's; who was sent away stays away    */
        "transport error", "transport close", "forced close", "ping timeout", "server shutting down",
        "forced server close",
    };

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reason, reasons[i]) == 0)
            return true;
    return false;
}

struct packing { struct buf *rooms; int err; };

static void pack_one(const char *room, void *data)
{
    struct packing *packing = data;

    if (packing->err == 0)
        packing->err = buf_add(packing->rooms, room, strlen(room) + 1);
}

static int pack(struct sio_ticket *t)
{
    struct packing packing = { .rooms = &t->rooms };

    t->due_ms = eio_now(engine_of(recovery_of(t))) + recovery_of(t)->ms;
    sio_rooms_of(t->socket, pack_one, &packing);
    return packing.err;
}

/* By age. The ticket may be the one that is too much. */
static int fall_asleep(struct sio_ticket *t)
{
    struct sio_recovery *r = recovery_of(t);
    struct list_link *before = r->by_age.prev;
    int err = map_add(&r->sleeping, map_key(t->pid), t);

    if (err)
        return err;
    while (before != &r->by_age && CONTAINER_OF(before, struct sio_ticket, by_age)->due_ms > t->due_ms)
        before = before->prev;
    list_push(before->next, &t->by_age);
    if (!list_linked(&t->in_namespace))
        list_push(&t->namespace->tickets, &t->in_namespace);
    t->returning = false;
    t->socket = NULL;
    t->used = sizeof *t + t->rooms.size;
    sio_recovery_use(r, t->used);
    arm(r);
    sio_recovery_trim(r);
    return 0;
}

/* One that was woken up but not let in sleeps on for the rest of its time. */
void sio_ticket_leave(struct sio_ticket *t)
{
    const struct sio_socket *s = t->socket;
    bool sleeps = recovery_of(t) != NULL && is_recoverable(s->reason) && (s->accepted || t->returning);

    if (sleeps && s->accepted)
        sleeps = pack(t) == 0;
    if (!sleeps || fall_asleep(t) != 0)
        sio_ticket_drop(t);
}

/* Waking up. */

static bool read_member(struct ws_bytes object, const char *name, char *to, size_t size)
{
    struct ws_bytes value;
    size_t got;

    return sio_json_member(object, name, &value) && *(const char *)value.at == '"'
           && sio_json_unquote(value, to, size, &got) == 0;
}

struct sio_ticket *sio_ticket_wake(struct sio_namespace *ns, struct ws_bytes auth)
{
    struct sio_recovery *r = ns->server->recovery;
    char pid[SIO_PID_SIZE + 1], offset[SIO_OFFSET_MAX];
    struct sio_ticket *t;

    if (r == NULL || !read_member(auth, "pid", pid, sizeof pid))
        return NULL;
    t = map_find(&r->sleeping, map_key(pid));
    if (t == NULL || t->namespace != ns)
        return NULL;
    wake(t);                                    /* a pid is good for one try                        */
    if (t->due_ms <= eio_now(engine_of(r)) || !read_member(auth, "offset", offset, sizeof offset)
        || !sio_log_seen(r, offset, &t->seen) || !sio_log_mark(t)) {
        sio_ticket_drop(t);
        return NULL;
    }
    t->returning = true;
    return t;
}

static int enter_rooms(struct sio_ticket *t)
{
    int err = 0;

    for (size_t at = 0; at < t->rooms.size && err == 0;) {
        const char *room = (const char *)t->rooms.at + at;

        err = sio_room_join(t->socket, room);
        at += strlen(room) + 1;
    }
    return err;
}

int sio_ticket_accept(struct sio_ticket *t)
{
    if (t->returning && (t->due_ms <= eio_now(engine_of(recovery_of(t))) || !sio_log_mark(t)))
        renew(t);
    return enter_rooms(t);
}

void sio_ticket_accepted(struct sio_ticket *t)
{
    if (t->returning)
        sio_log_replay(t);
    else
        t->since = recovery_of(t)->last;
    t->returning = false;
    list_remove(&t->in_namespace);
    buf_finish(&t->rooms);
}

/* What is done to many. */

static char *room_find(const struct sio_ticket *t, const char *name)
{
    for (size_t at = 0; at < t->rooms.size;) {
        char *room = (char *)t->rooms.at + at;

        if (strcmp(room, name) == 0)
            return room;
        at += strlen(room) + 1;
    }
    return NULL;
}

static bool in_any(const struct sio_ticket *t, const char *const *names)
{
    for (; names != NULL && *names != NULL; names++)
        if (strcmp(*names, t->id) == 0 || room_find(t, *names) != NULL)
            return true;
    return false;
}

static bool is_meant(const struct sio_ticket *t, const struct sio_to *to)
{
    return (to->rooms == NULL || in_any(t, to->rooms)) && !in_any(t, to->except);
}

void sio_tickets_leave_room(struct sio_namespace *ns, const struct sio_to *to, const char *name)
{
    LIST_EACH(at, after, &ns->tickets) {
        struct sio_ticket *t = CONTAINER_OF(at, struct sio_ticket, in_namespace);
        char *room = is_meant(t, to) ? room_find(t, name) : NULL;
        size_t size = strlen(name) + 1;

        if (room == NULL)
            continue;
        memmove(room, room + size, (size_t)((char *)t->rooms.at + t->rooms.size - room) - size);
        buf_cut(&t->rooms, t->rooms.size - size);
        sio_log_member(t, name, false);
    }
    if (ns->server->recovery != NULL)
        sio_recovery_trim(ns->server->recovery);
}

void sio_tickets_forget(struct sio_namespace *ns, const struct sio_to *to)
{
    LIST_EACH(at, after, &ns->tickets) {
        struct sio_ticket *t = CONTAINER_OF(at, struct sio_ticket, in_namespace);

        if (!is_meant(t, to))
            continue;
        if (t->socket != NULL)
            sio_disconnect(t->socket, false);   /* which is a rejection                             */
        else
            sio_ticket_drop(t);
    }
    sio_namespace_tidy(ns);
}
