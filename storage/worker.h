/* worker.h - the two storage threads: a writer that commits many jobs at once, a reader that runs
 * checkpoints too.
 *
 * The writer takes what is queued, BEGIN IMMEDIATE, each job in a SAVEPOINT, COMMIT. A job that fails
 * is rolled back alone. When SQLite dropped the whole transaction (disk full, I/O error), or COMMIT
 * fails, every job that ran in it gets that error, also those that had returned 0, and the queue goes
 * on with a new BEGIN: no restart is needed when space is back. Results leave only after COMMIT, in
 * commit order. No transaction stays open while nothing is queued. */
#ifndef STORAGE_WORKER_H
#define STORAGE_WORKER_H

#include <stdbool.h>
#include <stddef.h>

struct db;
struct worker;

struct job {                                    /* embedded in the caller's struct; zero but run, done */
    int  (*run)(struct job *job, struct db *db);    /* storage thread; < 0: undone. No BEGIN or COMMIT  */
    void (*done)(struct job *job, int err);     /* in worker_take_done(): run's result, or the batch's */
                                                /* error; the job is the caller's again, may be freed  */
    struct job *next;                           /* these three are the worker's                       */
    int  err;
    bool reads;
};

struct worker_options {
    struct db *writer;                          /* lent until worker_free()                           */
    struct db *reader;                          /* NULL (memory): reads run on the writer             */
    size_t     queue_max;                       /* 0: 10,000 jobs submitted and not yet done, per thread */
    size_t     batch_max;                       /* 0: 256 jobs a transaction                          */
    void     (*wake)(void *data);               /* from a storage thread: call worker_take_done() soon */
    void      *wake_data;
};

int  worker_new(const struct worker_options *options, struct worker **ret_worker);

/* Jobs of one key (the consult; NULL: none) run in the order of submission; across keys nothing is
 * promised. -EBUSY: the queue is full; -ESHUTDOWN: worker_stop() was called. Then the job is still the
 * caller's. */
int  worker_submit(struct worker *worker, const char *key, struct job *job);
int  worker_submit_read(struct worker *worker, struct job *job);        /* one snapshot; changes nothing */

/* Calls done() of all that has finished, on the calling thread; returns how many. done() may submit
 * again. */
size_t worker_take_done(struct worker *worker);

/* 0, or why the last write failed (-ENOSPC, -EIO …); while it failed the writer tries by itself each
 * second. */
int  worker_health(struct worker *worker);

void worker_stop(struct worker *worker);        /* takes no more; runs what is queued, checkpoints, joins */
void worker_free(struct worker *worker);        /* stops if need be; done() of what is left; NULL: nothing */

#endif
