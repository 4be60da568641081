/* worker_fixture.h - the two storage threads over a real file, with jobs that are told what to do. */
#ifndef WORKER_FIXTURE_H
#define WORKER_FIXTURE_H

#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include "store_fixture.h"

#include "storage/worker.h"

enum { PATIENCE_S = 30 };                       /* for what comes at once on an idle machine          */

struct rig {
    struct store     s;                         /* s.db is a third connection: what others see        */
    struct db       *writer, *reader;
    struct worker   *worker;
    sem_t            woken;
    size_t           done;                      /* how many done() were called                        */
    pthread_t        main;
};

struct task {
    struct job  job;
    int       (*act)(struct task *task, struct db *db);
    struct rig *rig;
    int64_t     n;                              /* its row, or what it has read                       */
    size_t      size;                           /* of the row                                         */
    int         err;                            /* for done()                                         */
    size_t      place;                          /* the how-manieth done() it was; 0: not done         */
    sem_t      *hold, *held;                    /* of a holder                                        */
};

static inline struct timespec deadline(void)
{
    struct timespec at;

    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += PATIENCE_S;
    return at;
}

static inline void wait_for(sem_t *sem)
{
    struct timespec at = deadline();

    while (sem_timedwait(sem, &at) < 0)
        CHECK(errno == EINTR);
}

static inline void rig_wake(void *data)
{
    sem_post(&((struct rig *)data)->woken);
}

static inline int task_run(struct job *job, struct db *db)
{
    struct task *task = (struct task *)(void *)job;     /* job is its first member                    */

    return task->act(task, db);
}

static inline void task_done(struct job *job, int err)
{
    struct task *task = (struct task *)(void *)job;

    CHECK(pthread_equal(pthread_self(), task->rig->main));
    CHECK_INT(task->place, 0);                  /* once                                               */
    task->err = err;
    task->place = ++task->rig->done;
}

static inline void task_init(struct task *t, struct rig *rig, int (*act)(struct task *, struct db *),
                             int64_t n)
{
    *t = (struct task){ .job = { .run = task_run, .done = task_done }, .act = act, .rig = rig, .n = n,
                        .size = 1 };
}

/* What tasks do. */

static inline int act_insert(struct task *t, struct db *db)
{
    int err = db_run(db, "INSERT INTO t(n, b) VALUES($1, zeroblob($2))",
                     ARGS(INT(t->n), INT((int64_t)t->size)));

    return err < 0 ? err : 0;
}

static inline int act_insert_and_fail(struct task *t, struct db *db)
{
    int err = act_insert(t, db);

    return err ? err : -EPERM;
}

static inline int act_count(struct task *t, struct db *db)
{
    return db_int(db, &t->n, "SELECT count(*) FROM t", NO_ARGS);
}

/* Keeps its thread until it is let go. */
static inline int act_hold(struct task *t, struct db *db)
{
    (void)db;
    sem_post(t->held);
    wait_for(t->hold);
    return 0;
}

/* The rig. */

static inline void rig_start(struct rig *r, const struct worker_options *more)
{
    struct worker_options options = *more;

    options.writer = r->writer;
    options.reader = r->reader;
    options.wake = rig_wake;
    options.wake_data = r;
    CHECK_INT(worker_new(&options, &r->worker), 0);
}

static inline void rig_prepare(struct rig *r)
{
    r->main = pthread_self();
    CHECK_INT(sem_init(&r->woken, 0, 0), 0);
    CHECK_INT(db_script(r->s.db, "CREATE TABLE t(n INTEGER PRIMARY KEY, b BLOB) STRICT"), 0);
    r->writer = store_connect(&r->s, false);
    r->reader = store_connect(&r->s, true);
}

static inline void rig_open(struct rig *r, const struct worker_options *options)
{
    *r = (struct rig){ 0 };
    store_open_file(&r->s);
    rig_prepare(r);
    rig_start(r, options);
}

static inline void rig_stop(struct rig *r)
{
    worker_free(r->worker);
    db_close(r->reader);
    db_close(r->writer);
    sem_destroy(&r->woken);
}

static inline void rig_close(struct rig *r)
{
    rig_stop(r);
    store_close(&r->s);
}

static inline void rig_submit(struct rig *r, struct task *task)
{
    CHECK_INT(worker_submit(r->worker, "con_x", &task->job), 0);
}

/* Until `count` in all are done. */
static inline void rig_wait(struct rig *r, size_t count)
{
    (void)worker_take_done(r->worker);
    while (r->done < count) {
        wait_for(&r->woken);
        (void)worker_take_done(r->worker);
    }
    CHECK_INT(r->done, count);
}

static inline int rig_run(struct rig *r, struct task *task)
{
    rig_submit(r, task);
    rig_wait(r, r->done + 1);
    return task->err;
}

static inline int rig_read(struct rig *r, struct task *task)
{
    CHECK_INT(worker_submit_read(r->worker, &task->job), 0);
    rig_wait(r, r->done + 1);
    return task->err;
}

static inline int64_t rig_count(struct rig *r)
{
    return store_number(&r->s, "SELECT count(*) FROM t", NO_ARGS);
}

/* Keeps the writer at work, so that what is submitted now becomes one batch. */
struct holder { struct task task; sem_t hold, held; };

static inline void holder_start(struct holder *h, struct rig *r)
{
    CHECK_INT(sem_init(&h->hold, 0, 0), 0);
    CHECK_INT(sem_init(&h->held, 0, 0), 0);
    task_init(&h->task, r, act_hold, 0);
    h->task.hold = &h->hold;
    h->task.held = &h->held;
    rig_submit(r, &h->task);
    wait_for(&h->held);
}

static inline void holder_let_go(struct holder *h)
{
    sem_post(&h->hold);
}

static inline void holder_finish(struct holder *h)
{
    CHECK(h->task.place > 0);
    CHECK_INT(h->task.err, 0);
    sem_destroy(&h->hold);
    sem_destroy(&h->held);
}

/* All tasks in one batch, to the end. */
static inline void rig_batch(struct rig *r, struct task *tasks, size_t count)
{
    struct holder holder;
    size_t before = r->done;

    holder_start(&holder, r);
    for (size_t i = 0; i < count; i++)
        rig_submit(r, &tasks[i]);
    holder_let_go(&holder);
    rig_wait(r, before + 1 + count);
    holder_finish(&holder);
}

#endif
