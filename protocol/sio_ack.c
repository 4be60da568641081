/* sio_ack.c - both directions of acknowledgements. */
#include "sio_ack.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sio_frames.h"
#include "sio_question.h"
#include "sio_socket.h"

enum { OWED_MIN = 4, OWED_MAX = 1024 };

/* Our questions. */

static struct eio_server *engine_of(const struct sio_ask *ask)
{
    return ask->socket->namespace->server->engine;
}

void sio_ask_free(struct sio_ask *ask)
{
    if (ask->question == NULL) {
        eio_timer_stop(engine_of(ask), &ask->deadline);
        eio_timers_release(engine_of(ask), 1);
    }
    list_remove(&ask->in_socket);
    list_remove(&ask->in_question);
    ask->socket->asks_size--;
    free(ask);
}

/* The one way an answer goes to its asker: the question is gone before he hears of it. */
static void ask_end(struct sio_ask *ask, int error, struct sio_args args)
{
    struct sio_question *question = ask->question;
    sio_answer_fn *answer = ask->answer;
    void *data = ask->data;

    sio_ask_free(ask);
    if (question != NULL)
        sio_question_answer(question, error, args);
    else if (answer != NULL)
        answer(data, error, args);
}

static void deadline_fire(struct eio_timer *timer)
{
    ask_end(CONTAINER_OF(timer, struct sio_ask, deadline), -ETIMEDOUT, SIO_NONE);
}

int64_t sio_ask_id(struct sio_namespace *ns)
{
    int64_t id = ns->ask_next;

    ns->ask_next = id == SIO_ID_MAX ? 0 : id + 1;
    return id;
}

static void ask_link(struct sio_socket *s, struct sio_ask *ask)
{
    list_push(&s->asks, &ask->in_socket);
    s->asks_size++;
}

struct sio_ask *sio_ask_part(struct sio_socket *s, struct sio_question *question, int64_t id)
{
    struct sio_ask *ask = malloc(sizeof *ask);

    if (ask == NULL)
        return NULL;
    *ask = (struct sio_ask){ .socket = s, .question = question, .id = id };
    ask_link(s, ask);
    list_push(&question->parts, &ask->in_question);
    return ask;
}

static struct sio_ask *ask_new(struct sio_socket *s, int timeout_ms, sio_answer_fn *answer, void *data)
{
    struct eio_server *engine = s->namespace->server->engine;
    struct sio_ask *ask;

    if (eio_timers_reserve(engine, 1) != 0)
        return NULL;
    ask = malloc(sizeof *ask);
    if (ask == NULL) {
        eio_timers_release(engine, 1);
        return NULL;
    }
    *ask = (struct sio_ask){ .deadline.fire = deadline_fire, .socket = s, .answer = answer, .data = data,
                             .id = sio_ask_id(s->namespace) };
    ask_link(s, ask);
    if (timeout_ms > 0)
        eio_timer_set(engine, &ask->deadline, eio_now(engine) + timeout_ms);
    return ask;
}

int sio_ask(struct sio_socket *s, const char *event, struct sio_args args, int timeout_ms,
            sio_answer_fn *answer, void *data)
{
    struct sio_server *io = s->namespace->server;
    bool open = s->state == SIO_JOINED, full = s->asks_size >= (size_t)io->acks_max;
    struct sio_ask *ask = open && !full ? ask_new(s, timeout_ms, answer, data) : NULL;
    struct sio_frames frames;
    int err;

    if (ask == NULL) {
        sio_args_drop(&args);
        return !open ? -ENOTCONN : full ? -ENOBUFS : -ENOMEM;
    }
    err = sio_frames_make(&frames, io, SIO_EVENT, s->namespace->name, ask->id, event, args, NULL);
    if (err == 0)
        err = sio_frames_send(&frames, s->client->session, 0);
    sio_frames_drop(&frames);
    if (err)
        sio_ask_free(ask);                      /* it could not be put                              */
    return err;
}

void sio_ask_answered(struct sio_socket *s, int64_t id, struct sio_args args)
{
    LIST_EACH(at, after, &s->asks) {
        struct sio_ask *ask = CONTAINER_OF(at, struct sio_ask, in_socket);

        if (ask->id == id) {
            ask_end(ask, 0, args);
            return;
        }
    }
}

void sio_asks_reset(struct sio_socket *s)
{
    struct list_link *at;

    while ((at = list_first(&s->asks)) != NULL)
        ask_end(CONTAINER_OF(at, struct sio_ask, in_socket), -ECONNRESET, SIO_NONE);
}

/* The client's questions. */

int sio_owed_add(struct sio_owed *o, int64_t id)
{
    if (o->size == OWED_MAX)
        memmove(o->ids, o->ids + 1, --o->size * sizeof *o->ids);
    if (o->size == o->capacity) {
        size_t capacity = o->capacity == 0 ? OWED_MIN : o->capacity * 2;
        int64_t *ids = realloc(o->ids, capacity * sizeof *ids);

        if (ids == NULL)
            return -ENOMEM;
        o->ids = ids;
        o->capacity = capacity;
    }
    o->ids[o->size++] = id;
    return 0;
}

int sio_owed_take(struct sio_owed *o, int64_t id)
{
    for (size_t i = 0; i < o->size; i++) {
        if (o->ids[i] != id)
            continue;
        memmove(o->ids + i, o->ids + i + 1, (--o->size - i) * sizeof *o->ids);
        return 0;
    }
    return -EALREADY;
}

void sio_owed_finish(struct sio_owed *o)
{
    free(o->ids);
    *o = (struct sio_owed){ 0 };
}

int sio_answer(struct sio_ack ack, struct sio_args args)
{
    struct sio_socket *s = ack.server == NULL ? NULL : sio_slot_find(ack.server, ack.socket);
    struct sio_frames frames;
    int err = 0;

    if (s == NULL || s->state != SIO_JOINED)
        err = ack.server == NULL ? 0 : -ENOTCONN;
    else
        err = sio_owed_take(&s->owed, (int64_t)ack.id);
    if (err != 0 || s == NULL) {
        sio_args_drop(&args);
        return err;
    }
    err = sio_frames_make(&frames, ack.server, SIO_ACK, s->namespace->name, (int64_t)ack.id, NULL, args,
                          NULL);
    if (err == 0)
        err = sio_frames_send(&frames, s->client->session, 0);
    sio_frames_drop(&frames);
    return err;
}
