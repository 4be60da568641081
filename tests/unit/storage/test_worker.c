/* The queue in front of the storage threads: order, limits, the end. */
#include "worker_fixture.h"

static const struct worker_options preset = { 0 };

TEST(worker, jobs_are_done_in_the_order_they_came_on_the_loops_thread)
{
    static struct task tasks[600];              /* more than two batches                              */
    struct rig r;

    rig_open(&r, &preset);
    for (size_t i = 0; i < COUNT_OF(tasks); i++) {
        task_init(&tasks[i], &r, act_insert, (int64_t)i);
        rig_submit(&r, &tasks[i]);
    }
    rig_wait(&r, COUNT_OF(tasks));
    for (size_t i = 0; i < COUNT_OF(tasks); i++) {
        CHECK_INT(tasks[i].err, 0);
        CHECK_INT(tasks[i].place, i + 1);
    }
    CHECK_INT(rig_count(&r), COUNT_OF(tasks));
    rig_close(&r);
}

static int act_positive(struct task *t, struct db *db)
{
    (void)db;
    return (int)t->n;
}

TEST(worker, hands_on_what_run_returned)
{
    static const int values[] = { 0, 1, 77, INT32_MAX, -EPERM, -ENOENT, DB_BAD_TRANSITION, -ESHUTDOWN };
    struct rig r;
    struct task task;

    rig_open(&r, &preset);
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        task_init(&task, &r, act_positive, values[i]);
        CHECK_INT(rig_run(&r, &task), values[i]);
        task_init(&task, &r, act_positive, values[i]);
        CHECK_INT(rig_read(&r, &task), values[i]);
    }
    CHECK_INT(worker_health(r.worker), 0);
    rig_close(&r);
}

TEST(worker, the_queue_has_room_for_so_many_and_no_more)
{
    struct task tasks[3], more;
    struct holder holder;
    struct rig r;

    rig_open(&r, &(struct worker_options){ .queue_max = 4 });
    task_init(&more, &r, act_insert, 99);
    holder_start(&holder, &r);                  /* one                                                */
    for (int i = 0; i < 3; i++) {
        task_init(&tasks[i], &r, act_insert, i);
        rig_submit(&r, &tasks[i]);              /* two, three, four                                   */
    }
    CHECK_INT(worker_submit(r.worker, "con_y", &more.job), -EBUSY);
    CHECK_INT(worker_submit(r.worker, NULL, &more.job), -EBUSY);
    holder_let_go(&holder);
    rig_wait(&r, 4);
    CHECK_INT(more.place, 0);
    CHECK_INT(rig_count(&r), 3);
    CHECK_INT(rig_run(&r, &more), 0);           /* it was still the caller's                          */
    holder_finish(&holder);
    rig_close(&r);
}

/* The limit counts answers that were not fetched, too: the loop is behind, not the disk. */
TEST(worker, a_loop_that_does_not_fetch_answers_fills_the_queue)
{
    struct task tasks[2], more;
    struct rig r;

    rig_open(&r, &(struct worker_options){ .queue_max = 2 });
    task_init(&more, &r, act_insert, 99);
    for (int i = 0; i < 2; i++) {
        task_init(&tasks[i], &r, act_insert, i);
        rig_submit(&r, &tasks[i]);
    }
    wait_for(&r.woken);                         /* done, not fetched                                  */
    CHECK_INT(worker_submit(r.worker, NULL, &more.job), -EBUSY);
    CHECK_INT(worker_submit_read(r.worker, &more.job), 0);      /* the reader has a queue of its own  */
    rig_wait(&r, 3);
    rig_close(&r);
}

TEST(worker, the_readers_queue_is_limited_too)
{
    struct task held, tasks[2], more;
    struct rig r;
    sem_t hold, is_held;

    rig_open(&r, &(struct worker_options){ .queue_max = 3 });
    CHECK_INT(sem_init(&hold, 0, 0) | sem_init(&is_held, 0, 0), 0);
    task_init(&held, &r, act_hold, 0);
    held.hold = &hold;
    held.held = &is_held;
    CHECK_INT(worker_submit_read(r.worker, &held.job), 0);
    wait_for(&is_held);
    for (int i = 0; i < 2; i++) {
        task_init(&tasks[i], &r, act_count, 0);
        CHECK_INT(worker_submit_read(r.worker, &tasks[i].job), 0);
    }
    task_init(&more, &r, act_insert, 1);
    CHECK_INT(worker_submit_read(r.worker, &more.job), -EBUSY);
    CHECK_INT(rig_run(&r, &more), 0);           /* writes go on beside a reader that is stuck         */
    sem_post(&hold);
    rig_wait(&r, 4);
    CHECK_INT(sem_destroy(&hold) | sem_destroy(&is_held), 0);
    rig_close(&r);
}

TEST(worker, stop_runs_what_is_queued_and_takes_no_more)
{
    static struct task tasks[100];
    struct task reads[10], late;
    struct holder holder;
    struct rig r;

    rig_open(&r, &(struct worker_options){ .batch_max = 7 });
    holder_start(&holder, &r);
    for (size_t i = 0; i < COUNT_OF(tasks); i++) {
        task_init(&tasks[i], &r, act_insert, (int64_t)i);
        rig_submit(&r, &tasks[i]);
    }
    for (size_t i = 0; i < COUNT_OF(reads); i++) {
        task_init(&reads[i], &r, act_count, -1);
        CHECK_INT(worker_submit_read(r.worker, &reads[i].job), 0);
    }
    holder_let_go(&holder);
    worker_stop(r.worker);

    task_init(&late, &r, act_insert, 999);
    CHECK_INT(worker_submit(r.worker, NULL, &late.job), -ESHUTDOWN);
    CHECK_INT(worker_submit_read(r.worker, &late.job), -ESHUTDOWN);
    CHECK_INT(rig_count(&r), 100);              /* committed before stop returned                     */
    CHECK_INT(r.done, 0);                       /* but nobody was told on a thread that is not his    */
    rig_wait(&r, 111);
    CHECK_INT(late.place, 0);
    worker_stop(r.worker);                      /* again: nothing                                     */
    holder_finish(&holder);
    rig_close(&r);
}

TEST(worker, stop_leaves_no_wal_to_read_at_the_next_start)
{
    struct task task;
    struct rig r;
    char path[80];
    FILE *file;

    rig_open(&r, &preset);
    task_init(&task, &r, act_insert, 1);
    CHECK_INT(rig_run(&r, &task), 0);
    worker_stop(r.worker);
    snprintf(path, sizeof path, "%s-wal", r.s.path);
    file = fopen(path, "r");
    CHECK(file != NULL);
    CHECK_INT(fgetc(file), EOF);
    CHECK_INT(fclose(file), 0);
    rig_close(&r);
}

TEST(worker, free_tells_everybody_who_was_not_told)
{
    struct task tasks[5];
    struct rig r;

    rig_open(&r, &preset);
    for (int i = 0; i < 5; i++) {
        task_init(&tasks[i], &r, act_insert, i);
        rig_submit(&r, &tasks[i]);
    }
    worker_free(r.worker);
    CHECK_INT(r.done, 5);
    CHECK_INT(rig_count(&r), 5);
    r.worker = NULL;                            /* worker_free(NULL) is nothing                       */
    rig_close(&r);
}

static struct task again;

static void done_submits(struct job *job, int err)
{
    struct task *task = (struct task *)(void *)job;

    task_done(job, err);
    rig_submit(task->rig, &again);
}

TEST(worker, done_may_submit)
{
    struct task task;
    struct rig r;

    rig_open(&r, &(struct worker_options){ .queue_max = 1 });
    task_init(&again, &r, act_insert, 2);
    task_init(&task, &r, act_insert, 1);
    task.job.done = done_submits;               /* its own place is free already                      */
    rig_submit(&r, &task);
    rig_wait(&r, 2);
    CHECK_INT(rig_count(&r), 2);
    rig_close(&r);
}

static void done_frees(struct job *job, int err)
{
    struct task *task = (struct task *)(void *)job;

    task_done(job, err);
    free(task);
}

TEST(worker, done_may_free_the_job)
{
    struct rig r;

    rig_open(&r, &preset);
    for (int i = 0; i < 50; i++) {
        struct task *task = malloc(sizeof *task);

        CHECK(task != NULL);
        task_init(task, &r, act_insert, i);
        task->job.done = done_frees;
        rig_submit(&r, task);
    }
    rig_wait(&r, 50);
    rig_close(&r);
}

TEST(worker, in_memory_the_writer_reads_too)
{
    struct rig r = { 0 };
    struct task write, read;

    store_open(&r.s);
    rig_prepare(&r);
    db_close(r.reader);                         /* each connection to memory is a database of its own */
    r.reader = NULL;
    CHECK_INT(db_script(r.writer, "CREATE TABLE t(n INTEGER PRIMARY KEY, b BLOB) STRICT"), 0);
    rig_start(&r, &preset);
    task_init(&write, &r, act_insert, 1);
    task_init(&read, &r, act_count, 0);
    CHECK_INT(rig_run(&r, &write), 0);
    CHECK_INT(rig_read(&r, &read), 0);
    CHECK_INT(read.n, 1);
    rig_close(&r);
}

/* Two threads, one consult: no seq is missing, none is double, each thread's order is kept. */

enum { SENDERS = 2, EACH = 150 };

struct sender {
    struct rig *rig;
    pthread_t   thread;
    int         number;
    int64_t     consult, user;
    struct task tasks[EACH];
};

static int act_say(struct task *t, struct db *db)
{
    const struct sender *sender = (const struct sender *)(const void *)t->hold;
    char client_id[32];
    json_t *message;
    int err;

    snprintf(client_id, sizeof client_id, "sender-%d-%03d", sender->number, (int)t->n);
    err = store_message_add(db, sender->consult, sender->user, &(struct message_new){ .client_id = client_id,
                            .text = "x" }, &message);
    if (err < 0)
        return err;
    t->n = json_integer_value(json_object_get(message, "seq"));
    json_decref(message);
    return err;
}

static void *sender_main(void *data)
{
    struct sender *sender = data;

    for (int i = 0; i < EACH; i++) {
        task_init(&sender->tasks[i], sender->rig, act_say, i);
        sender->tasks[i].hold = (sem_t *)data;  /* only lent: a task has no other pointer             */
        if (worker_submit(sender->rig->worker, "con_x", &sender->tasks[i].job) != 0)
            return data;
    }
    return NULL;
}

TEST(worker, seqs_are_gapless_when_two_threads_submit)
{
    static struct sender senders[SENDERS];
    bool seen[SENDERS * EACH + 2] = { false };
    struct store_user lee, anna;
    struct rig r;
    void *failed;

    rig_open(&r, &(struct worker_options){ .batch_max = 10 });
    lee = store_doctor(&r.s, store_clinic(&r.s, "North"), "lee");
    anna = store_patient(&r.s, "anna");
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){ .rig = &r, .number = i, .user = i ? lee.id : anna.id };
        senders[i].consult = i ? senders[0].consult : store_start(&r.s, anna.id, lee.public_id, "client-1");
        CHECK_INT(pthread_create(&senders[i].thread, NULL, sender_main, &senders[i]), 0);
    }
    for (int i = 0; i < SENDERS; i++) {
        CHECK_INT(pthread_join(senders[i].thread, &failed), 0);
        CHECK(failed == NULL);
    }
    rig_wait(&r, SENDERS * EACH);
    for (int i = 0; i < SENDERS; i++) {
        for (int j = 0; j < EACH; j++) {
            int64_t seq = senders[i].tasks[j].n;

            CHECK_INT(senders[i].tasks[j].err, 1);
            CHECK(seq >= 2 && seq < SENDERS * EACH + 2);
            CHECK(!seen[seq]);
            seen[seq] = true;
            CHECK(j == 0 || seq > senders[i].tasks[j - 1].n);
            CHECK(j == 0 || senders[i].tasks[j].place > senders[i].tasks[j - 1].place);
        }
    }
    CHECK_INT(store_number(&r.s, "SELECT count(*) FROM message", NO_ARGS), SENDERS * EACH + 1);
    rig_close(&r);
}
