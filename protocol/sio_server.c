/* sio_server.c - making, closing and freeing a server; the turn's work that is nobody else's. */
#include "sio_server.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "sio_client.h"
#include "sio_json.h"
#include "sio_question.h"
#include "sio_recovery.h"
#include "sio_socket.h"

enum { SLOTS_MIN = 16 };

/* Slots. The value holds the generation, so that a slot used again is no longer the one that was meant. */

static int slots_grow(struct sio_server *io)
{
    uint32_t capacity = io->slots_capacity == 0 ? SLOTS_MIN : io->slots_capacity * 2;
    struct sio_slot *slots = realloc(io->slots, capacity * sizeof *slots);

    if (slots == NULL)
        return -ENOMEM;
    io->slots = slots;
    io->slots_capacity = capacity;
    return 0;
}

int sio_slot_take(struct sio_server *io, struct sio_socket *s, uint64_t *ret_slot)
{
    uint32_t index = io->slots_size;

    if (io->slots_free != 0) {
        index = io->slots_free - 1;
        io->slots_free = io->slots[index].next_free;
    } else {
        if (io->slots_size == io->slots_capacity && slots_grow(io) != 0)
            return -ENOMEM;
        io->slots[io->slots_size++].generation = 0;
    }
    io->slots[index].socket = s;
    *ret_slot = (uint64_t)io->slots[index].generation << 32 | index;
    return 0;
}

void sio_slot_give(struct sio_server *io, uint64_t value)
{
    uint32_t index = (uint32_t)value;
    struct sio_slot *slot = &io->slots[index];

    assert(index < io->slots_size && slot->socket != NULL);
    slot->socket = NULL;
    slot->generation++;
    slot->next_free = io->slots_free;
    io->slots_free = index + 1;
}

struct sio_socket *sio_slot_find(const struct sio_server *io, uint64_t value)
{
    uint32_t index = (uint32_t)value;

    if (index >= io->slots_size || io->slots[index].generation != (uint32_t)(value >> 32))
        return NULL;
    return io->slots[index].socket;
}

/* The turn. */

static struct sio_socket *shift(struct list_link *sockets)
{
    struct list_link *at = list_shift(sockets);

    return at == NULL ? NULL : CONTAINER_OF(at, struct sio_socket, in_turn);
}

static void run(struct eio_task *task)
{
    struct sio_server *io = CONTAINER_OF(task, struct sio_server, task);
    struct sio_socket *s;

    while ((s = shift(&io->waking)) != NULL)
        sio_socket_deliver(s);
    while ((s = shift(&io->leaving)) != NULL)
        sio_socket_end(s);
    sio_questions_settle(io);
}

/* Life. */

static int limit(int given, int usual, int most)
{
    assert(given >= -1);
    return given == 0 ? usual : given == -1 || given > most ? most : given;
}

static void set_limits(struct sio_server *io, const struct sio_options *o)
{
    int64_t message_max = io->engine->options.ws.message_max;

    io->limits = (struct sio_limits){
        .binary_max = limit(o->binary_max, 10, INT32_MAX),
        .depth_max = limit(o->depth_max, 1000, SIO_DEPTH_MAX),
        .args_max = limit(o->args_max, 1000, INT32_MAX),
        .size_max = message_max == -1 ? BUF_NO_LIMIT : message_max,
    };
    io->connect_timeout_ms = o->connect_timeout_ms == 0 ? 45000 : o->connect_timeout_ms;
    io->connect_max = o->connect_max == 0 ? message_max : o->connect_max;
    io->rooms_max = limit(o->rooms_max, 64, INT32_MAX);
    io->acks_max = limit(o->acks_max, 64, INT32_MAX);
    io->namespaces_max = limit(o->namespaces_max, 8, INT32_MAX);
}

/* The embedder's handlers of requests are the engine's; those of sessions pass through ours. */
static struct eio_handlers handlers_for(const struct eio_handlers *given)
{
    struct eio_handlers ours = sio_client_handlers;

    if (given != NULL) {
        ours.allow = given->allow;
        ours.on_headers = given->on_headers;
    }
    return ours;
}

struct sio_server *sio_server_new(const struct sio_options *options, const struct eio_handlers *engine,
                                  const struct eio_host *host, void *app)
{
    static const struct sio_options usual = { .binary_max = 0 };
    const struct sio_options *o = options != NULL ? options : &usual;
    struct eio_handlers handlers = handlers_for(engine);
    struct sio_server *io = malloc(sizeof *io);
    unsigned char seed[16];

    if (io == NULL)
        return NULL;
    *io = (struct sio_server){ .task.run = run, .questions_next = 1 };
    if (engine != NULL)
        io->handlers = *engine;
    io->engine = eio_server_new(&o->eio, &handlers, host, app);
    if (io->engine == NULL) {
        free(io);
        return NULL;
    }
    io->engine->upper = io;
    set_limits(io, o);
    io->msgpack = o->msgpack;
    list_init(&io->all);
    list_init(&io->leaving);
    list_init(&io->waking);
    list_init(&io->settled);
    buf_init(&io->head, BUF_NO_LIMIT);          /* bounded by names, which are                      */
    buf_init(&io->name, BUF_NO_LIMIT);
    host->ws.random(host->ws.loop, seed, sizeof seed);
    map_init(&io->namespaces, seed);
    map_init(&io->questions, seed);
    if (o->recovery_ms > 0) {
        io->recovery = sio_recovery_new(io, o);
        if (io->recovery == NULL) {
            sio_server_free(io);
            return NULL;
        }
    }
    return io;
}

struct eio_server *sio_engine(const struct sio_server *io)
{
    return io->engine;
}

void sio_server_adapt(struct sio_server *io, const struct sio_adapter *adapter, void *data)
{
    io->adapter = adapter;
    io->adapter_data = data;
}

static void shut_one(struct eio_session *session, void *data)
{
    struct sio_client *c = eio_upper(session);

    (void)data;
    if (c == NULL)
        return;
    LIST_EACH(at, after, &c->sockets)
        sio_socket_leave(CONTAINER_OF(at, struct sio_socket, in_client), eio_reason_text(EIO_SHUTTING_DOWN));
}

void sio_server_close(struct sio_server *io)
{
    eio_each(io->engine, shut_one, NULL);
    eio_server_close(io->engine);
}

void sio_server_free(struct sio_server *io)
{
    if (io == NULL)
        return;
    io->freeing = true;
    sio_questions_reset(io);
    sio_recovery_free(io->recovery);
    io->recovery = NULL;
    eio_server_free(io->engine);                /* ends every session, and so every socket          */
    assert(list_empty(&io->leaving) && list_empty(&io->waking));
    LIST_EACH(at, after, &io->all)
        sio_namespace_free(CONTAINER_OF(at, struct sio_namespace, in_server));
    map_finish(&io->namespaces);
    map_finish(&io->questions);
    buf_finish(&io->head);
    buf_finish(&io->name);
    free(io->slots);
    free(io);
}
