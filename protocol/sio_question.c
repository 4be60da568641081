/* sio_question.c - broadcasts that want answers. The asker hears of each client once, and once of the end. */
#include "sio_question.h"

#include <errno.h>
#include <stdlib.h>

#include "sio_frames.h"
#include "sio_namespace.h"
#include "sio_socket.h"

static struct ws_bytes key_of(const uint64_t *id)
{
    return (struct ws_bytes){ id, sizeof *id };
}

static bool is_settled(const struct sio_question *q)
{
    return list_empty(&q->parts) && !q->others && q->missing <= 0;
}

static void question_free(struct sio_question *q)
{
    struct eio_server *engine = q->server->engine;

    LIST_EACH(at, after, &q->parts)             /* later answers find nothing                       */
        sio_ask_free(CONTAINER_OF(at, struct sio_ask, in_question));
    (void)map_remove(&q->server->questions, key_of(&q->id));
    list_remove(&q->in_settled);
    eio_timer_stop(engine, &q->deadline);
    eio_timers_release(engine, 1);
    free(q);
}

static void question_end(struct sio_question *q, int error)
{
    sio_answers_fn *answers = q->answers;
    void *data = q->data;

    question_free(q);
    if (answers != NULL)
        answers(data, error, true, SIO_NONE);
}

/* The end is told with the tick: never in the stack of who asks or reports. */
static void look(struct sio_question *q)
{
    if (!is_settled(q) || list_linked(&q->in_settled))
        return;
    list_push(&q->server->settled, &q->in_settled);
    eio_task_add(q->server->engine, &q->server->task);
}

void sio_questions_settle(struct sio_server *io)
{
    struct list_link *at;

    while ((at = list_first(&io->settled)) != NULL)
        question_end(CONTAINER_OF(at, struct sio_question, in_settled), 0);
}

void sio_questions_reset(struct sio_server *io)
{
    struct sio_question *q;

    for (size_t cursor = 0; (q = map_next(&io->questions, &cursor)) != NULL;)
        question_end(q, is_settled(q) ? 0 : -ECONNRESET);
}

static void deadline_fire(struct eio_timer *timer)
{
    struct sio_question *q = CONTAINER_OF(timer, struct sio_question, deadline);

    question_end(q, is_settled(q) ? 0 : -ETIMEDOUT);
}

static struct sio_question *question_new(struct sio_server *io, sio_answers_fn *answers, void *data)
{
    struct sio_question *q;

    if (eio_timers_reserve(io->engine, 1) != 0)
        return NULL;
    q = malloc(sizeof *q);
    if (q == NULL)
        goto fail_timer;
    *q = (struct sio_question){ .server = io, .id = io->questions_next, .deadline.fire = deadline_fire,
                                .answers = answers, .data = data };
    list_init(&q->parts);
    if (map_add(&io->questions, key_of(&q->id), q) != 0)
        goto fail;
    io->questions_next++;
    return q;

fail:
    free(q);
fail_timer:
    eio_timers_release(io->engine, 1);
    return NULL;
}

struct putting {
    struct sio_question     *question;
    const struct sio_frames *frames;
    int64_t                  id;
    unsigned                 flags;
    int                      count;
};

/* Who has too many questions open already, or cannot be reached, is not asked. */
static void put_one(struct sio_socket *s, void *data)
{
    struct putting *p = data;
    struct sio_ask *part;

    if (s->asks_size >= (size_t)s->namespace->server->acks_max)
        return;
    part = sio_ask_part(s, p->question, p->id);
    if (part == NULL)
        return;
    if (sio_frames_send(p->frames, s->client->session, p->flags) == 0)
        p->count++;
    else
        sio_ask_free(part);
}

static int put(struct sio_question *q, struct sio_namespace *ns, const struct sio_to *to, const char *event,
               struct sio_args args, int timeout_ms)
{
    const struct sio_server *io = q->server;
    struct putting p = { .question = q, .id = sio_ask_id(ns), .flags = to->flags & SIO_PLAIN };
    struct sio_frames frames;
    int err;

    err = sio_frames_make(&frames, q->server, SIO_EVENT, ns->name, p.id, event, args, NULL);
    if (err)
        return err;
    p.frames = &frames;
    (void)sio_targets(ns, to, put_one, &p);
    sio_frames_drop(&frames);
    if (timeout_ms > 0)
        eio_timer_set(io->engine, &q->deadline, eio_now(io->engine) + timeout_ms);
    if (io->adapter != NULL && io->adapter->broadcast != NULL && !(to->flags & SIO_LOCAL)) {
        q->others = true;
        io->adapter->broadcast(io->adapter_data, ns, to, event, args, q->id, timeout_ms);
    }
    look(q);
    return p.count;
}

int sio_broadcast_ask(struct sio_namespace *ns, struct sio_to to, const char *event, struct sio_args args,
                      int timeout_ms, sio_answers_fn *answers, void *data)
{
    struct sio_server *io = ns->server;
    struct sio_question *q = io->freeing ? NULL : question_new(io, answers, data);
    struct buf printed;
    int result;

    if (q == NULL) {
        sio_args_drop(&args);
        return io->freeing ? -ENOTCONN : -ENOMEM;
    }
    buf_init(&printed, BUF_NO_LIMIT);
    result = sio_args_print(&args, &printed);
    if (result == 0)
        result = put(q, ns, &to, event, args, timeout_ms);
    buf_finish(&printed);
    if (result < 0)
        question_free(q);                       /* it could not be put                              */
    return result;
}

/* Answers. */

void sio_question_answer(struct sio_question *q, int error, struct sio_args args)
{
    look(q);
    if (q->answers != NULL)
        q->answers(q->data, error, false, args);
}

/* The one that still waits for other nodes; no client of theirs answers twice. */
static struct sio_question *question_find(const struct sio_server *io, uint64_t id)
{
    struct sio_question *q = map_find(&io->questions, key_of(&id));

    return q != NULL && (q->others || q->missing > 0) ? q : NULL;
}

void sio_answered(struct sio_server *io, uint64_t ask, struct sio_args args)
{
    struct sio_question *q = question_find(io, ask);

    if (q == NULL)
        return;
    q->missing--;
    sio_question_answer(q, 0, args);
}

void sio_asked(struct sio_server *io, uint64_t ask, int clients, bool last)
{
    struct sio_question *q = question_find(io, ask);

    if (q == NULL)
        return;
    if (last)
        q->others = false;
    q->missing += clients;
    look(q);
    for (; clients < 0; clients++)              /* they left, so there is nothing more to come      */
        sio_question_answer(q, -ECONNRESET, SIO_NONE);
}
