/* sio_namespace.c - namespaces by name and by pattern; what is said to, or done with, many of one. */
#include "sio_namespace.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sio_frames.h"
#include "sio_recovery.h"
#include "sio_socket.h"

static bool is_pattern(const char *name)
{
    size_t size = strlen(name);

    return size > 1 && name[size - 1] == '*';
}

static int add_events(struct sio_namespace *ns, const struct sio_event *row)
{
    for (; row != NULL && row->name != NULL; row++) {
        int err = map_add(&ns->events, map_key(row->name), (void *)(uintptr_t)row);

        assert(err != -EEXIST);                 /* two rows of one name                             */
        if (err)
            return err;
    }
    return 0;
}

static struct sio_namespace *namespace_new(struct sio_server *io, const char *name,
                                           const struct sio_handlers *handlers)
{
    size_t size = strlen(name) + 1;
    struct sio_namespace *ns = malloc(sizeof *ns + size);
    const struct eio_host *host = &io->engine->host;
    unsigned char seed[16];

    if (ns == NULL)
        return NULL;
    *ns = (struct sio_namespace){ .server = io };
    memcpy(ns->name, name, size);
    if (handlers != NULL)
        ns->handlers = *handlers;
    host->ws.random(host->ws.loop, seed, sizeof seed);
    map_init(&ns->events, seed);
    map_init(&ns->sockets, seed);
    map_init(&ns->rooms, seed);
    list_init(&ns->tickets);
    list_init(&ns->log);
    ns->everybody = sio_room_new(ns, "");
    if (ns->everybody == NULL) {
        free(ns);
        return NULL;
    }
    list_push(&io->all, &ns->in_server);
    return ns;
}

void sio_namespace_free(struct sio_namespace *ns)
{
    assert(ns->sockets.size == 0 && ns->rooms.size == 0 && list_empty(&ns->tickets));
    sio_log_drop(ns);
    if (map_find(&ns->server->namespaces, map_key(ns->name)) == ns)
        (void)map_remove(&ns->server->namespaces, map_key(ns->name));
    list_remove(&ns->in_server);
    map_finish(&ns->events);
    map_finish(&ns->sockets);
    map_finish(&ns->rooms);
    sio_room_free(ns->everybody);
    free(ns);
}

struct sio_namespace *sio_namespace_add(struct sio_server *io, const char *name,
                                        const struct sio_handlers *handlers)
{
    struct sio_namespace *ns = *name == '/' ? namespace_new(io, name, handlers) : NULL;

    if (ns == NULL)
        return NULL;
    if (add_events(ns, ns->handlers.events) != 0
        || (!is_pattern(name) && map_add(&io->namespaces, map_key(ns->name), ns) != 0)) {
        sio_namespace_free(ns);
        return NULL;
    }
    return ns;
}

static bool fits(const struct sio_namespace *pattern, const char *name)
{
    size_t size = strlen(pattern->name);

    return pattern->pattern == NULL && is_pattern(pattern->name)
           && strncmp(pattern->name, name, size - 1) == 0 && name[size - 1] != '\0';
}

static struct sio_namespace *make_of(struct sio_namespace *pattern, const char *name)
{
    struct sio_namespace *ns = namespace_new(pattern->server, name, &pattern->handlers);

    if (ns == NULL)
        return NULL;
    ns->pattern = pattern;
    if (map_add(&pattern->server->namespaces, map_key(ns->name), ns) != 0) {
        sio_namespace_free(ns);
        return NULL;
    }
    return ns;
}

struct sio_namespace *sio_namespace_match(struct sio_server *io, const char *name)
{
    struct sio_namespace *ns = map_find(&io->namespaces, map_key(name));

    if (ns != NULL)
        return ns;
    LIST_EACH(at, after, &io->all) {
        struct sio_namespace *pattern = CONTAINER_OF(at, struct sio_namespace, in_server);

        if (fits(pattern, name))
            return make_of(pattern, name);
    }
    return NULL;
}

void sio_namespace_tidy(struct sio_namespace *ns)
{
    if (ns->pattern != NULL && ns->sockets.size == 0 && list_empty(&ns->tickets))
        sio_namespace_free(ns);
}

const struct sio_event *sio_namespace_event(const struct sio_namespace *ns, const char *name)
{
    return map_find(ns->pattern != NULL ? &ns->pattern->events : &ns->events, map_key(name));
}

const char *sio_namespace_name(const struct sio_namespace *ns)
{
    return ns->name;
}

struct sio_socket *sio_find(const struct sio_namespace *ns, const char *id)
{
    struct sio_socket *s = map_find(&ns->sockets, map_key(id));

    return s != NULL && s->state != SIO_LEAVING ? s : NULL;
}

/* To many. */

struct sending { const struct sio_frames *frames; unsigned flags; };

static void send_one(struct sio_socket *s, void *data)
{
    const struct sending *sending = data;

    (void)sio_frames_send(sending->frames, s->client->session, sending->flags);     /* slow: is cut */
}

/* Frames an event that can be missed, and one that cannot. */
static int make_event(struct sio_frames *frames, struct sio_namespace *ns, const struct sio_to *to,
                      const char *event, struct sio_args args)
{
    struct sio_recovery *r = ns->server->recovery;
    char offset[SIO_OFFSET_MAX];
    int err;

    if (r == NULL || (to->flags & SIO_VOLATILE))
        return sio_frames_make(frames, ns->server, SIO_EVENT, ns->name, SIO_NO_ID, event, args, NULL);
    err = sio_frames_make(frames, ns->server, SIO_EVENT, ns->name, SIO_NO_ID, event, args,
                          sio_log_offset(r, offset));
    if (err == 0)
        sio_log_packet(ns, to, NULL, frames, to->flags);
    return err;
}

int sio_broadcast(struct sio_namespace *ns, struct sio_to to, const char *event, struct sio_args args)
{
    struct sio_server *io = ns->server;
    struct sio_frames frames;
    struct buf printed;
    int result;

    buf_init(&printed, BUF_NO_LIMIT);
    result = sio_args_print(&args, &printed);   /* once, for the others too                         */
    if (result == 0)
        result = make_event(&frames, ns, &to, event, args);
    if (result == 0) {
        struct sending sending = { &frames, to.flags };

        if (io->adapter != NULL && io->adapter->broadcast != NULL && !(to.flags & SIO_LOCAL))
            io->adapter->broadcast(io->adapter_data, ns, &to, event, args, 0, 0);
        result = sio_targets(ns, &to, send_one, &sending);
        sio_frames_drop(&frames);
    }
    buf_finish(&printed);
    return result;
}

/* Visits may do what they like, so whom to visit is noted first. No socket is freed before the tick. */
struct snapshot { struct sio_socket **all; size_t size; };

static void note_one(struct sio_socket *s, void *data)
{
    struct snapshot *snapshot = data;

    snapshot->all[snapshot->size++] = s;
}

int sio_each(struct sio_namespace *ns, struct sio_to to, void (*visit)(struct sio_socket *, void *data),
             void *data)
{
    struct snapshot snapshot = { .size = 0 };
    int count = 0;

    if (ns->everybody->size == 0)
        return 0;
    snapshot.all = malloc(ns->everybody->size * sizeof *snapshot.all);
    if (snapshot.all == NULL)
        return -ENOMEM;
    (void)sio_targets(ns, &to, note_one, &snapshot);
    for (size_t i = 0; i < snapshot.size; i++) {
        if (snapshot.all[i]->state != SIO_JOINED)
            continue;
        visit(snapshot.all[i], data);
        count++;
    }
    free(snapshot.all);
    return count;
}

struct joining { const char *room; bool in; };

static void join_one(struct sio_socket *s, void *data)
{
    const struct joining *joining = data;

    if (joining->in)
        (void)sio_join(s, joining->room);       /* who is in too many rooms stays out               */
    else
        sio_leave(s, joining->room);
}

void sio_join_all(struct sio_namespace *ns, struct sio_to to, const char *room, bool in)
{
    const struct sio_server *io = ns->server;
    struct joining joining = { room, in };

    if (io->adapter != NULL && io->adapter->join != NULL && !(to.flags & SIO_LOCAL))
        io->adapter->join(io->adapter_data, ns, &to, room, in);
    (void)sio_targets(ns, &to, join_one, &joining);
    if (!in)
        sio_tickets_leave_room(ns, &to, room);
}

static void disconnect_one(struct sio_socket *s, void *data)
{
    const bool *close = data;

    sio_disconnect(s, *close);
}

void sio_disconnect_all(struct sio_namespace *ns, struct sio_to to, bool close)
{
    const struct sio_server *io = ns->server;

    if (io->adapter != NULL && io->adapter->disconnect != NULL && !(to.flags & SIO_LOCAL))
        io->adapter->disconnect(io->adapter_data, ns, &to, close);
    (void)sio_targets(ns, &to, disconnect_one, &close);
    sio_tickets_forget(ns, &to);
}
