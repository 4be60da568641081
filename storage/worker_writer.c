/* worker_writer.c - the writing thread: many jobs a commit, each in its savepoint. */
#include <assert.h>
#include <errno.h>
#include <time.h>

#include "storage/db.h"
#include "storage/worker_private.h"

enum {
    CHECKPOINT_PAGES = 1000,                    /* 4 MiB of WAL: the reader copies it back            */
    CHECKPOINT_LONG_PAGES = 16000,              /* 64 MiB: no pause came by itself, the writer makes one */
    PROBE_S = 1,
};

/* 0 when the transaction still stands, whatever became of the job; else why SQLite dropped it. */
static int run_in_savepoint(struct db *db, struct job *job)
{
    int err;

    err = db_run(db, "SAVEPOINT job", NO_ARGS);
    if (err < 0) {
        job->err = err;
        return db_in_transaction(db) ? 0 : err;
    }

    db_transaction_only(db, true);
    job->err = job->run(job, db);
    db_transaction_only(db, false);
    db_reset(db);

    /* FULL, IOERR, NOMEM and others roll back the whole transaction, maybe unseen by the job. */
    if (!db_in_transaction(db))
        return job->err < 0 ? job->err : db_failure(db) ? db_failure(db) : -EIO;

    if (job->err < 0)
        err = db_run(db, "ROLLBACK TO job", NO_ARGS);
    if (err >= 0)
        err = db_run(db, "RELEASE job", NO_ARGS);
    return err < 0 ? err : 0;
}

static void fail_all(struct jobs *list, int err)
{
    assert(err < 0);
    for (struct job *job = list->first; job; job = job->next)
        job->err = err;
}

/* A transaction: BEGIN, jobs until it is lost or none is left, COMMIT. Moves what ran from `queue` to `ran`.
 * Returns 0, or the error that all of `ran` got. */
static int run_transaction(struct db *db, struct jobs *queue, struct jobs *ran)
{
    struct job *job;
    int err;

    err = db_run(db, "BEGIN IMMEDIATE", NO_ARGS);
    if (err < 0) {
        while ((job = jobs_take(queue)))        /* none of them ran: each is told                     */
            jobs_add(ran, job);
        fail_all(ran, err);
        return err;
    }

    err = 0;
    while (err == 0 && (job = jobs_take(queue))) {
        jobs_add(ran, job);
        err = run_in_savepoint(db, job);
    }
    if (err == 0)
        err = db_run(db, "COMMIT", NO_ARGS);
    if (err < 0) {
        if (db_in_transaction(db))
            (void)db_run(db, "ROLLBACK", NO_ARGS);      /* the first error is the one to tell         */
        fail_all(ran, err);
        return err;
    }
    return 0;
}

/* What the last write says of the disk: its own failure, or that of a job that was rolled back alone. */
static int health_of(int err, const struct jobs *ran)
{
    for (const struct job *job = ran->first; job; job = job->next)
        if (job->err == -ENOSPC || job->err == -EIO)
            return job->err;
    return err == -EBUSY ? 0 : err;
}

static void run_batch(struct lane *lane, struct jobs *batch)
{
    struct worker *w = lane->worker;

    while (batch->first) {
        struct jobs ran = { 0 };
        int health = health_of(run_transaction(lane->db, batch, &ran), &ran);

        pthread_mutex_lock(&w->mutex);
        w->health = health;
        pthread_mutex_unlock(&w->mutex);
        worker_publish(w, &ran);
    }
}

/* Nothing is queued and the last write failed: does the disk take a page again? */
static void probe(struct lane *lane)
{
    struct worker *w = lane->worker;
    int err;

    /* WAL of committed transactions may fill the disk by itself: copied back, its space is used again. */
    (void)db_checkpoint(lane->db, false);
    err = db_script(lane->db, "BEGIN IMMEDIATE; PRAGMA user_version = 0; COMMIT");
    if (err && db_in_transaction(lane->db))
        (void)db_script(lane->db, "ROLLBACK");

    pthread_mutex_lock(&w->mutex);
    w->health = err;
    pthread_mutex_unlock(&w->mutex);
}

/* The reader copies the WAL back beside the writer. Under a load without pauses it never sees the end of it
 * and the file would grow for ever; past the long mark the writer does the little that is left, between
 * commits. */
static void checkpoint_ask(struct lane *lane)
{
    struct worker *w = lane->worker;
    int pages = db_wal_pages(lane->db);

    if (pages < w->checkpoint_pages)
        w->checkpoint_pages = 0;                /* all was copied back, the WAL begins anew           */
    if (pages < w->checkpoint_pages + CHECKPOINT_PAGES)
        return;
    w->checkpoint_pages = pages;
    if (w->reader.db == NULL || pages >= CHECKPOINT_LONG_PAGES)
        (void)db_checkpoint(lane->db, false);   /* fails on a full disk; the next one tries again     */
    if (w->reader.db == NULL)
        return;

    pthread_mutex_lock(&w->mutex);
    w->checkpoint_due = true;
    pthread_cond_signal(&w->reader.more);
    pthread_mutex_unlock(&w->mutex);
}

static void wait_a_second(pthread_cond_t *more, pthread_mutex_t *mutex)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += PROBE_S;
    (void)pthread_cond_timedwait(more, mutex, &until);
}

/* Takes up to batch_max jobs; none when the time to probe has come. False: stopped, and nothing is left. */
static bool writer_wait(struct lane *lane, struct jobs *batch)
{
    struct worker *w = lane->worker;
    bool go_on;

    pthread_mutex_lock(&w->mutex);
    if (lane->queue.first == NULL && !w->stopping && w->health)
        wait_a_second(&lane->more, &w->mutex);
    while (lane->queue.first == NULL && !w->stopping && w->health == 0)
        pthread_cond_wait(&lane->more, &w->mutex);

    for (size_t i = 0; i < w->batch_max && lane->queue.first; i++)
        jobs_add(batch, jobs_take(&lane->queue));
    go_on = batch->first || !w->stopping;
    pthread_mutex_unlock(&w->mutex);
    return go_on;
}

void *worker_writer_main(void *data)
{
    struct lane *lane = data;
    struct jobs batch = { 0 };

    while (writer_wait(lane, &batch)) {
        if (batch.first)
            run_batch(lane, &batch);
        else
            probe(lane);
        checkpoint_ask(lane);
    }
    return NULL;
}
