/* worker_private.h - what worker.c and worker_writer.c share. */
#ifndef STORAGE_WORKER_PRIVATE_H
#define STORAGE_WORKER_PRIVATE_H

#include <pthread.h>

#include "storage/worker.h"

struct jobs { struct job *first, *last; };

struct lane {                                   /* a thread, its connection, its queue                */
    struct worker *worker;
    struct db     *db;
    struct jobs    queue;
    size_t         pending;                     /* submitted, done() not called yet                   */
    pthread_cond_t more;
    pthread_t      thread;
};

struct worker {
    pthread_mutex_t mutex;
    struct lane     writer, reader;
    struct jobs     done;
    size_t          queue_max, batch_max;
    int             health;
    bool            stopping, joined, checkpoint_due;
    int             checkpoint_pages;           /* the writer's: WAL pages when it last asked         */
    void          (*wake)(void *data);
    void           *wake_data;
};

void jobs_add(struct jobs *list, struct job *job);
struct job *jobs_take(struct jobs *list);       /* NULL: empty                                        */

/* Hands in what a thread has finished; empties the list. */
void worker_publish(struct worker *worker, struct jobs *finished);

void *worker_writer_main(void *lane);           /* for pthread_create                                 */

#endif
