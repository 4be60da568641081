/* worker.c - the writer, the reader, and the list of what is done.
 *
 * One mutex guards all that both threads and the loop share; it is held for list work only, never during SQL,
 * never during a callback. */
#include "storage/worker_private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "storage/db.h"

enum { QUEUE_MAX = 10000, BATCH_MAX = 256 };

void jobs_add(struct jobs *list, struct job *job)
{
    job->next = NULL;
    if (list->last)
        list->last->next = job;
    else
        list->first = job;
    list->last = job;
}

struct job *jobs_take(struct jobs *list)
{
    struct job *job = list->first;

    if (job == NULL)
        return NULL;
    list->first = job->next;
    if (list->first == NULL)
        list->last = NULL;
    job->next = NULL;
    return job;
}

static bool has_reader(const struct worker *w)
{
    return w->reader.db != NULL;
}

/* Both threads hand in what they finished; the wake is needed once for a list that was empty. */
void worker_publish(struct worker *w, struct jobs *finished)
{
    bool was_empty;
    struct job *job;

    if (finished->first == NULL)
        return;

    pthread_mutex_lock(&w->mutex);
    was_empty = w->done.first == NULL;
    while ((job = jobs_take(finished)))
        jobs_add(&w->done, job);
    pthread_mutex_unlock(&w->mutex);

    if (was_empty && w->wake)
        w->wake(w->wake_data);
}

/* The reader. */

/* One snapshot a job. Its connection has query_only on: a write is -EROFS. */
static void read_one(struct lane *lane, struct job *job)
{
    struct jobs finished = { 0 };
    int err;

    err = db_run(lane->db, "BEGIN", NO_ARGS);
    job->err = err < 0 ? err : job->run(job, lane->db);
    db_reset(lane->db);
    if (db_in_transaction(lane->db))
        (void)db_run(lane->db, "COMMIT", NO_ARGS);      /* nothing to lose                            */

    jobs_add(&finished, job);
    worker_publish(lane->worker, &finished);
}

static bool reader_wait(struct lane *lane, struct job **ret_job, bool *ret_checkpoint)
{
    struct worker *w = lane->worker;
    bool go_on;

    pthread_mutex_lock(&w->mutex);
    while (lane->queue.first == NULL && !w->stopping && !w->checkpoint_due)
        pthread_cond_wait(&lane->more, &w->mutex);
    *ret_job = jobs_take(&lane->queue);
    *ret_checkpoint = w->checkpoint_due;
    w->checkpoint_due = false;
    go_on = *ret_job || *ret_checkpoint || !w->stopping;
    pthread_mutex_unlock(&w->mutex);
    return go_on;
}

static void *reader_main(void *data)
{
    struct lane *lane = data;
    bool checkpoint;
    struct job *job;

    while (reader_wait(lane, &job, &checkpoint)) {
        if (job)
            read_one(lane, job);
        if (checkpoint)
            (void)db_checkpoint(lane->db, false);       /* fails on a full disk; asked again          */
    }
    return NULL;
}

/* Both. */

static int lane_start(struct worker *w, struct lane *lane, struct db *db, void *(*start)(void *))
{
    pthread_condattr_t attributes;

    lane->worker = w;
    lane->db = db;
    if (db == NULL)
        return 0;

    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&lane->more, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    return -pthread_create(&lane->thread, NULL, start, lane);
}

int worker_new(const struct worker_options *options, struct worker **ret_worker)
{
    struct worker *w;
    int err;

    assert(options->writer);
    w = calloc(1, sizeof *w);
    if (w == NULL)
        return -ENOMEM;

    w->queue_max = options->queue_max ? options->queue_max : QUEUE_MAX;
    w->batch_max = options->batch_max ? options->batch_max : BATCH_MAX;
    w->wake = options->wake;
    w->wake_data = options->wake_data;
    (void)pthread_mutex_init(&w->mutex, NULL);

    err = lane_start(w, &w->reader, options->reader, reader_main);
    if (err) {
        free(w);
        return err;
    }
    err = lane_start(w, &w->writer, options->writer, worker_writer_main);
    if (err) {
        w->writer.db = NULL;
        worker_free(w);
        return err;
    }
    *ret_worker = w;
    return 0;
}

static int submit(struct worker *w, struct lane *lane, struct job *job, bool reads)
{
    int err;

    assert(job->run && job->done);
    pthread_mutex_lock(&w->mutex);
    err = w->stopping ? -ESHUTDOWN : lane->pending >= w->queue_max ? -EBUSY : 0;
    if (err == 0) {
        job->reads = reads;
        lane->pending++;
        jobs_add(&lane->queue, job);
        pthread_cond_signal(&lane->more);
    }
    pthread_mutex_unlock(&w->mutex);
    return err;
}

int worker_submit(struct worker *w, const char *key, struct job *job)
{
    (void)key;                                  /* one writer: all is in order                        */
    return submit(w, &w->writer, job, false);
}

int worker_submit_read(struct worker *w, struct job *job)
{
    return has_reader(w) ? submit(w, &w->reader, job, true) : submit(w, &w->writer, job, false);
}

size_t worker_take_done(struct worker *w)
{
    struct jobs done;
    struct job *job;
    size_t count = 0;

    pthread_mutex_lock(&w->mutex);
    done = w->done;
    w->done = (struct jobs){ 0 };
    for (job = done.first; job; job = job->next) {
        struct lane *lane = job->reads ? &w->reader : &w->writer;

        assert(lane->pending > 0);
        lane->pending--;
    }
    pthread_mutex_unlock(&w->mutex);

    while ((job = jobs_take(&done))) {
        job->done(job, job->err);               /* may free the job                                   */
        count++;
    }
    return count;
}

int worker_health(struct worker *w)
{
    int health;

    pthread_mutex_lock(&w->mutex);
    health = w->health;
    pthread_mutex_unlock(&w->mutex);
    return health;
}

void worker_stop(struct worker *w)
{
    if (w->joined)
        return;
    w->joined = true;

    pthread_mutex_lock(&w->mutex);
    w->stopping = true;
    if (w->writer.db)
        pthread_cond_signal(&w->writer.more);
    if (w->reader.db)
        pthread_cond_signal(&w->reader.more);
    pthread_mutex_unlock(&w->mutex);

    if (w->writer.db)
        pthread_join(w->writer.thread, NULL);
    if (w->reader.db)
        pthread_join(w->reader.thread, NULL);
    if (w->writer.db)
        (void)db_checkpoint(w->writer.db, true);        /* no WAL to read at the next start           */
}

void worker_free(struct worker *w)
{
    if (w == NULL)
        return;
    worker_stop(w);
    while (worker_take_done(w) > 0)
        continue;
    if (w->writer.db)
        pthread_cond_destroy(&w->writer.more);
    if (w->reader.db)
        pthread_cond_destroy(&w->reader.more);
    pthread_mutex_destroy(&w->mutex);
    free(w);
}
