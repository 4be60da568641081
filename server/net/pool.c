/* pool.c - a queue before libuv's own, because that one has no end and no limit for one kind of work. */
#include "pool.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <uv.h>

#include "list.h"

struct pool {
    uv_loop_t       *loop;
    struct list_link running, waiting;
    int              running_count, running_max, waiting_count, waiting_max;
    int              calling;                   /* inside a `done`: the pool must stand             */
    bool             closed;
};

struct job {
    uv_work_t        request;
    struct list_link in_pool;
    struct pool     *pool;
    void           (*work)(void *data);
    void           (*done)(void *data, int error);
    void            *data;
};

struct pool *pool_new(uv_loop_t *loop, int running_max, int waiting_max)
{
    struct pool *p = calloc(1, sizeof *p);

    assert(running_max > 0 && waiting_max >= 0);
    if (p == NULL)
        return NULL;
    *p = (struct pool){ .loop = loop, .running_max = running_max, .waiting_max = waiting_max };
    list_init(&p->running);
    list_init(&p->waiting);
    return p;
}

static void free_if_over(struct pool *p)
{
    if (!p->closed || p->calling > 0 || p->running_count > 0)
        return;
    assert(list_empty(&p->waiting));
    free(p);
}

/* The one place where a job ends. */
static void finish(struct job *job, int error)
{
    struct pool *p = job->pool;

    p->calling++;
    job->done(job->data, error);
    p->calling--;
    free(job);
}

static void on_work(uv_work_t *request)
{
    struct job *job = request->data;

    job->work(job->data);
}

static void on_done(uv_work_t *request, int status);

static void start(struct job *job)
{
    struct pool *p = job->pool;
    int err;

    job->request.data = job;
    list_push(&p->running, &job->in_pool);
    p->running_count++;
    err = uv_queue_work(p->loop, &job->request, on_work, on_done);
    assert(err == 0);                           /* it fails only without a work function            */
    (void)err;
}

static void start_next(struct pool *p)
{
    struct list_link *link;

    if (p->running_count == p->running_max || (link = list_shift(&p->waiting)) == NULL)
        return;
    p->waiting_count--;
    start(CONTAINER_OF(link, struct job, in_pool));
}

static void on_done(uv_work_t *request, int status)
{
    struct job *job = request->data;
    struct pool *p = job->pool;

    assert(p->running_count > 0);
    list_remove(&job->in_pool);
    p->running_count--;
    start_next(p);
    finish(job, status);
    free_if_over(p);
}

int pool_submit(struct pool *p, void (*work)(void *data), void (*done)(void *data, int error), void *data)
{
    bool starts = p->running_count < p->running_max;
    struct job *job;

    if (p->closed)
        return -ESHUTDOWN;
    if (!starts && p->waiting_count == p->waiting_max)
        return -EBUSY;
    job = calloc(1, sizeof *job);
    if (job == NULL)
        return -ENOMEM;

    job->pool = p;
    job->work = work;
    job->done = done;
    job->data = data;
    if (starts) {
        start(job);
        return 0;
    }
    list_push(&p->waiting, &job->in_pool);
    p->waiting_count++;
    return 0;
}

void pool_free(struct pool *p)
{
    struct list_link *link;

    if (p == NULL)
        return;
    assert(!p->closed);
    p->closed = true;
    LIST_EACH(at, after, &p->running)           /* what no thread took yet ends with -ECANCELED     */
        (void)uv_cancel((uv_req_t *)&CONTAINER_OF(at, struct job, in_pool)->request);
    p->calling++;
    while ((link = list_shift(&p->waiting)) != NULL) {
        p->waiting_count--;
        finish(CONTAINER_OF(link, struct job, in_pool), -ECANCELED);
    }
    p->calling--;
    free_if_over(p);
}
