/* sio_log.c - what went to the sockets of a namespace, and who entered and left which room. */
#include "sio_recovery.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sio_namespace.h"
#include "sio_socket.h"
#include "ws_message.h"

enum kind { PACKET, ENTERED, LEFT };

struct entry {
    struct list_link      in_log, in_namespace;
    struct sio_namespace *namespace;
    enum kind             kind;
    bool                  missed;               /* by the ticket that was looked at last            */
    bool                  everybody;            /* it named no rooms                                */
    uint64_t              number;               /* of the packet, or of the last one before         */
    uint64_t              who;                  /* a ticket's number; 0: many                       */
    int64_t               at_ms;
    size_t                used;
    struct sio_frames     frames;
    unsigned              flags;
    int                   rooms, except;        /* how many names follow, each with its NUL         */
    const char           *names;
};

static struct entry *first_of(const struct sio_recovery *r)
{
    struct list_link *at = list_first(&r->log);

    return at == NULL ? NULL : CONTAINER_OF(at, struct entry, in_log);
}

/* Numbers. */

const char *sio_log_offset(struct sio_recovery *r, char text[SIO_OFFSET_MAX])
{
    (void)snprintf(text, SIO_OFFSET_MAX, "%s%" PRIu64, r->prefix, ++r->last);
    return text;
}

bool sio_log_seen(const struct sio_recovery *r, const char *offset, uint64_t *ret_number)
{
    size_t size = strlen(r->prefix);
    char again[SIO_OFFSET_MAX];
    uint64_t number = 0;

    if (strncmp(offset, r->prefix, size) != 0)
        return false;
    for (const char *at = offset + size; *at >= '0' && *at <= '9'; at++)
        number = number * 10 + (uint64_t)(*at - '0');
    (void)snprintf(again, sizeof again, "%s%" PRIu64, r->prefix, number);
    if (strcmp(again, offset) != 0 || number > r->last)
        return false;
    *ret_number = number;
    return true;
}

/* Everything up to here has arrived, or was not for this ticket. */
static uint64_t seen_by(const struct sio_ticket *t)
{
    return t->seen > t->since ? t->seen : t->since;
}

/* Entries. */

static void entry_free(struct sio_recovery *r, struct entry *e)
{
    list_remove(&e->in_log);
    list_remove(&e->in_namespace);
    r->used -= e->used;
    ws_message_drop(e->frames.text);
    for (int i = 0; i < e->frames.binary_count; i++)
        ws_message_drop(e->frames.binary[i]);
    free(e);
}

static size_t names_size(const char *const *names, int *ret_count)
{
    size_t size = 0;

    for (*ret_count = 0; names != NULL && names[*ret_count] != NULL; ++*ret_count)
        size += strlen(names[*ret_count]) + 1;
    return size;
}

static char *put_names(char *to, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        size_t size = strlen(names[i]) + 1;

        memcpy(to, names[i], size);
        to += size;
    }
    return to;
}

/* A new one, with room for messages and names. Without memory nobody can come back past it. */
static struct entry *entry_new(struct sio_namespace *ns, enum kind kind, int binary_count,
                               const char *const *rooms, const char *const *except)
{
    const struct sio_recovery *r = ns->server->recovery;
    int rooms_count, except_count;
    size_t names = names_size(rooms, &rooms_count) + names_size(except, &except_count);
    size_t messages = (size_t)binary_count * sizeof(struct ws_message *);
    size_t used = sizeof(struct entry) + messages + names;
    struct entry *e = malloc(used);
    char *to;

    if (e == NULL) {
        ns->lost = r->last;
        return NULL;
    }
    *e = (struct entry){ .namespace = ns, .kind = kind, .everybody = rooms == NULL, .number = r->last,
                         .at_ms = eio_now(ns->server->engine), .used = used, .rooms = rooms_count,
                         .except = except_count };
    e->frames.binary = (struct ws_message **)(void *)(e + 1);
    to = (char *)(e + 1) + messages;
    e->names = to;
    (void)put_names(put_names(to, rooms, rooms_count), except, except_count);
    return e;
}

static void entry_add(struct entry *e)
{
    struct sio_recovery *r = e->namespace->server->recovery;

    list_push(&r->log, &e->in_log);
    list_push(&e->namespace->log, &e->in_namespace);
    sio_recovery_use(r, e->used);
}

void sio_log_packet(struct sio_namespace *ns, const struct sio_to *to, const struct sio_ticket *one,
                    const struct sio_frames *frames, unsigned flags)
{
    struct entry *e;

    if (ns->sockets.size == 0 && list_empty(&ns->tickets))
        return;                                 /* who comes later did not miss it                  */
    e = entry_new(ns, PACKET, frames->binary_count, to == NULL ? NULL : to->rooms,
                  to == NULL ? NULL : to->except);
    if (e == NULL)
        return;
    e->who = one == NULL ? 0 : one->number;
    e->flags = flags & SIO_PLAIN;
    e->frames.text = ws_message_keep(frames->text);
    e->used += ws_message_bytes(frames->text).size;
    for (int i = 0; i < frames->binary_count; i++) {
        e->frames.binary[i] = ws_message_keep(frames->binary[i]);
        e->used += ws_message_bytes(frames->binary[i]).size;
    }
    e->frames.binary_count = frames->binary_count;
    entry_add(e);
    sio_recovery_trim(ns->server->recovery);
}

void sio_log_member(const struct sio_ticket *t, const char *room, bool in)
{
    struct entry *e = entry_new(t->namespace, in ? ENTERED : LEFT, 0, SIO_ROOMS(room), NULL);

    if (e == NULL)
        return;
    e->who = t->number;
    entry_add(e);
}

/* Leaving the log. */

int64_t sio_log_oldest_ms(const struct sio_recovery *r)
{
    const struct entry *e = first_of(r);

    return e == NULL ? INT64_MAX : e->at_ms;
}

void sio_log_shift(struct sio_recovery *r)
{
    struct entry *e = first_of(r);

    e->namespace->lost = e->number;             /* numbers only grow                                */
    entry_free(r, e);
}

/* Who may still come back has got these, so they are not lost; unless the loop stood still, and finds out
 * late who is gone. */
void sio_log_expire(struct sio_recovery *r)
{
    int64_t due_ms = eio_now(r->server->engine) - r->keep_ms;
    struct entry *e;

    while ((e = first_of(r)) != NULL && e->at_ms <= due_ms)
        if (eio_is_late(r->server->engine))
            sio_log_shift(r);
        else
            entry_free(r, e);
}

void sio_log_drop(struct sio_namespace *ns)
{
    struct list_link *at;

    while ((at = list_first(&ns->log)) != NULL)
        entry_free(ns->server->recovery, CONTAINER_OF(at, struct entry, in_namespace));
}

/* Replay. */

/* Is one of the names in the map? Moves *at behind them. */
static bool any_in(const struct map *rooms, const char **at, int count)
{
    bool any = false;

    for (int i = 0; i < count; i++, *at += strlen(*at) + 1)
        any = any || map_find(rooms, map_key(*at)) != NULL;
    return any;
}

static bool is_for(const struct entry *e, const struct sio_ticket *t, const struct map *rooms)
{
    const char *at = e->names;
    bool meant;

    if (e->who != 0)
        return e->who == t->number;
    meant = any_in(rooms, &at, e->rooms) || e->everybody;
    return meant && !any_in(rooms, &at, e->except);
}

/* Undoes a step of the past. */
static int undo(const struct entry *e, struct map *rooms)
{
    if (e->kind == LEFT)
        return map_add(rooms, map_key(e->names), (void *)(uintptr_t)e);
    (void)map_remove(rooms, map_key(e->names));
    return 0;
}

/* The rooms it is in now: names in the ticket, and its own id. */
static int rooms_now(struct sio_ticket *t, struct map *rooms)
{
    int err = map_add(rooms, map_key(t->id), t);

    for (size_t at = 0; at < t->rooms.size && err == 0;) {
        const char *room = (const char *)t->rooms.at + at;

        err = map_add(rooms, map_key(room), t);
        at += strlen(room) + 1;
    }
    return err;
}

/* Walks back to what the client has seen. Returns the size of what it missed, or -errno. */
static int64_t mark(struct sio_ticket *t, struct map *rooms)
{
    struct list_link *log = &t->namespace->log;
    int64_t size = 0;
    int err = rooms_now(t, rooms);

    for (struct list_link *at = log->prev; at != log && err == 0; at = at->prev) {
        struct entry *e = CONTAINER_OF(at, struct entry, in_namespace);

        if (e->number <= seen_by(t))
            break;
        e->missed = e->kind == PACKET && is_for(e, t, rooms);
        if (e->missed)
            size += (int64_t)e->used;
        if (e->kind != PACKET && e->who == t->number)
            err = undo(e, rooms);
    }
    return err ? err : size;
}

bool sio_log_mark(struct sio_ticket *t)
{
    int64_t unsent_max = t->namespace->server->engine->options.ws.unsent_max, size;
    struct map rooms;

    if (seen_by(t) < t->namespace->lost)
        return false;
    map_init(&rooms, (const unsigned char *)t->namespace->rooms.seed);
    size = mark(t, &rooms);
    map_finish(&rooms);
    return size >= 0 && (unsent_max == -1 || size <= unsent_max);       /* more would cut it again  */
}

void sio_log_replay(const struct sio_ticket *t)
{
    struct list_link *log = &t->namespace->log, *at = log->prev;

    while (at != log && CONTAINER_OF(at, struct entry, in_namespace)->number > seen_by(t))
        at = at->prev;
    for (at = at->next; at != log; at = at->next) {
        const struct entry *e = CONTAINER_OF(at, struct entry, in_namespace);

        if (e->missed && sio_frames_send(&e->frames, sio_session(t->socket), e->flags) != 0)
            return;                             /* it is being cut                                  */
    }
}
