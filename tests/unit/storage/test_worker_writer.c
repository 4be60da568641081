/* Many jobs a commit, each in its savepoint; and what the reader sees of it. */
#include "worker_fixture.h"

static const struct worker_options preset = { 0 };

static void inserts_init(struct task *tasks, size_t count, struct rig *r)
{
    for (size_t i = 0; i < count; i++)
        task_init(&tasks[i], r, act_insert, (int64_t)i + 1);
}

static bool is_there(struct rig *r, int64_t n)
{
    return store_number(&r->s, "SELECT count(*) FROM t WHERE n = $1", ARGS(INT(n))) == 1;
}

/* Counts twice: on the writing connection, and from outside. */
static int act_count_both(struct task *t, struct db *db)
{
    int64_t inside;
    int err = db_int(db, &inside, "SELECT count(*) FROM t", NO_ARGS);

    if (err)
        return err;
    t->n = inside * 100 + rig_count(t->rig);
    return 0;
}

TEST(worker_writer, a_batch_is_one_transaction)
{
    struct task tasks[5];
    struct rig r;

    rig_open(&r, &preset);
    inserts_init(tasks, 5, &r);
    task_init(&tasks[4], &r, act_count_both, 0);
    rig_batch(&r, tasks, 5);
    CHECK_INT(tasks[4].err, 0);
    CHECK_INT(tasks[4].n, 400);                 /* four inside, none outside                          */
    CHECK_INT(rig_count(&r), 4);
    rig_close(&r);
}

TEST(worker_writer, a_batch_has_its_limit)
{
    struct task tasks[5];
    struct rig r;

    rig_open(&r, &(struct worker_options){ .batch_max = 3 });
    inserts_init(tasks, 5, &r);
    task_init(&tasks[4], &r, act_count_both, 0);
    rig_batch(&r, tasks, 5);
    CHECK_INT(tasks[4].n, 403);                 /* the first three are committed                      */
    rig_close(&r);
}

TEST(worker_writer, a_job_that_fails_is_undone_alone)
{
    struct task tasks[6];
    struct rig r;

    rig_open(&r, &preset);
    inserts_init(tasks, 6, &r);
    task_init(&tasks[1], &r, act_insert_and_fail, 2);
    tasks[3].n = 1;                             /* the row of the first: not unique                   */
    task_init(&tasks[5], &r, act_insert_and_fail, 6);
    rig_batch(&r, tasks, 6);

    const int want[] = { 0, -EPERM, 0, -EEXIST, 0, -EPERM };
    for (int i = 0; i < 6; i++) {
        CHECK_INT(tasks[i].err, want[i]);
        CHECK_INT(is_there(&r, i + 1), want[i] == 0);
    }
    CHECK_INT(rig_count(&r), 3);
    CHECK_INT(worker_health(r.worker), 0);      /* an asker's error is none of the disk               */
    rig_close(&r);
}

static int act_leave_open(struct task *t, struct db *db)
{
    struct db_query q;
    int more = db_query(db, &q, "SELECT n FROM t UNION ALL SELECT 1 UNION ALL SELECT 2", NO_ARGS);

    (void)t;
    return more < 0 ? more : (int)t->n;
}

/* An open query would keep COMMIT and the savepoint from ending. */
TEST(worker_writer, a_query_left_open_harms_no_other)
{
    struct task tasks[4];
    struct rig r;

    rig_open(&r, &preset);
    inserts_init(tasks, 4, &r);
    task_init(&tasks[1], &r, act_leave_open, -EPERM);
    task_init(&tasks[2], &r, act_leave_open, 0);
    rig_batch(&r, tasks, 4);
    CHECK_INT(tasks[0].err, 0);
    CHECK_INT(tasks[1].err, -EPERM);
    CHECK_INT(tasks[2].err, 0);
    CHECK_INT(tasks[3].err, 0);
    CHECK_INT(rig_count(&r), 2);

    task_init(&tasks[1], &r, act_leave_open, 0);
    CHECK_INT(rig_read(&r, &tasks[1]), 0);
    task_init(&tasks[1], &r, act_leave_open, -EPERM);
    CHECK_INT(rig_read(&r, &tasks[1]), -EPERM);
    rig_close(&r);
}

/* Nobody waits for an idle worker: not another writer, not a checkpoint. */
TEST(worker_writer, no_transaction_is_open_while_nothing_is_queued)
{
    struct task write, fail, read;
    struct db *other = NULL;
    struct rig r;

    rig_open(&r, &preset);
    CHECK_INT(db_open(&(struct db_options){ .path = r.s.path, .busy_timeout_ms = 1 }, &other), 0);
    for (int i = 0; i < 20; i++) {
        task_init(&write, &r, act_insert, i);
        task_init(&fail, &r, act_insert_and_fail, 1000 + i);
        task_init(&read, &r, act_count, 0);
        CHECK_INT(rig_run(&r, &write), 0);
        CHECK_INT(db_script(other, "BEGIN IMMEDIATE; COMMIT"), 0);
        CHECK_INT(rig_run(&r, &fail), -EPERM);
        CHECK_INT(db_script(other, "BEGIN IMMEDIATE; COMMIT"), 0);
        CHECK_INT(rig_read(&r, &read), 0);
        CHECK_INT(read.n, i + 1);
    }
    worker_stop(r.worker);
    CHECK_INT(db_checkpoint(other, true), 0);
    db_close(other);
    rig_close(&r);
}

TEST(worker_writer, a_reader_may_change_nothing)
{
    struct task task;
    struct rig r;

    rig_open(&r, &preset);
    task_init(&task, &r, act_insert, 1);
    CHECK_INT(rig_read(&r, &task), -EROFS);
    CHECK_INT(rig_count(&r), 0);
    task_init(&task, &r, act_insert, 1);
    CHECK_INT(rig_run(&r, &task), 0);
    rig_close(&r);
}

/* Counts, waits, counts again. */
static int act_count_twice(struct task *t, struct db *db)
{
    int64_t before, after;
    int err = db_int(db, &before, "SELECT count(*) FROM t", NO_ARGS);

    sem_post(t->held);
    wait_for(t->hold);
    if (err == 0)
        err = db_int(db, &after, "SELECT count(*) FROM t WHERE n > 0", NO_ARGS);
    t->n = err ? -1 : before * 100 + after;
    return err;
}

TEST(worker_writer, a_read_job_sees_one_snapshot_while_writes_go_on)
{
    struct task reads, writes[10], next;
    struct rig r;
    sem_t hold, held;

    rig_open(&r, &preset);
    CHECK_INT(sem_init(&hold, 0, 0) | sem_init(&held, 0, 0), 0);
    inserts_init(writes, 10, &r);
    CHECK_INT(rig_run(&r, &writes[0]), 0);
    task_init(&reads, &r, act_count_twice, 0);
    reads.hold = &hold;
    reads.held = &held;
    CHECK_INT(worker_submit_read(r.worker, &reads.job), 0);
    wait_for(&held);
    for (int i = 1; i < 10; i++)
        CHECK_INT(rig_run(&r, &writes[i]), 0);
    sem_post(&hold);
    rig_wait(&r, 11);
    CHECK_INT(reads.err, 0);
    CHECK_INT(reads.n, 101);                    /* one before, one after                              */
    task_init(&next, &r, act_count, 0);
    CHECK_INT(rig_read(&r, &next), 0);
    CHECK_INT(next.n, 10);
    CHECK_INT(sem_destroy(&hold) | sem_destroy(&held), 0);
    rig_close(&r);
}

/* COMMIT itself fails: a key that is checked only then. */
TEST(worker_writer, when_commit_fails_all_of_the_batch_are_told)
{
    struct task tasks[4];
    struct rig r;

    rig_open(&r, &preset);
    CHECK_INT(db_script(r.s.db, "DROP TABLE t; CREATE TABLE t(n INTEGER PRIMARY KEY, b BLOB, "
                        "r INTEGER GENERATED ALWAYS AS (CASE WHEN n = 13 THEN 13 END) STORED "
                        "REFERENCES u(id) DEFERRABLE INITIALLY DEFERRED) STRICT;"
                        "CREATE TABLE u(id INTEGER PRIMARY KEY) STRICT"), 0);
    inserts_init(tasks, 4, &r);
    tasks[2].n = 13;
    rig_batch(&r, tasks, 4);
    for (int i = 0; i < 4; i++)
        CHECK_INT(tasks[i].err, -EINVAL);
    CHECK_INT(rig_count(&r), 0);

    inserts_init(tasks, 4, &r);                 /* and the next batch is as if nothing had been       */
    rig_batch(&r, tasks, 4);
    for (int i = 0; i < 4; i++)
        CHECK_INT(tasks[i].err, 0);
    CHECK_INT(rig_count(&r), 4);
    CHECK_INT(worker_health(r.worker), 0);
    rig_close(&r);
}

static int act_remember(struct task *t, struct db *db)
{
    (void)db;
    t->n = 77;
    return 0;
}

TEST(worker_writer, when_begin_fails_each_is_told_and_none_runs)
{
    struct rig r = { 0 };
    struct task tasks[3];

    store_open_file(&r.s);
    rig_prepare(&r);
    db_close(r.writer);
    CHECK_INT(db_open(&(struct db_options){ .path = r.s.path, .host = &r.s.host, .busy_timeout_ms = 10 },
                      &r.writer), 0);
    rig_start(&r, &preset);
    CHECK_INT(db_script(r.s.db, "BEGIN IMMEDIATE"), 0);         /* somebody's shell                   */
    for (int i = 0; i < 3; i++) {
        task_init(&tasks[i], &r, act_remember, 0);
        rig_submit(&r, &tasks[i]);
    }
    rig_wait(&r, 3);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(tasks[i].err, -EBUSY);
        CHECK_INT(tasks[i].n, 0);
    }
    CHECK_INT(worker_health(r.worker), 0);      /* the disk is fine                                   */
    CHECK_INT(db_script(r.s.db, "COMMIT"), 0);

    inserts_init(tasks, 3, &r);
    rig_batch(&r, tasks, 3);
    CHECK_INT(tasks[0].err | tasks[1].err | tasks[2].err, 0);
    CHECK_INT(rig_count(&r), 3);
    rig_close(&r);
}

static int act_many(struct task *t, struct db *db)
{
    int err = 0;

    for (int64_t i = 0; i < 100 && err >= 0; i++)
        err = db_run(db, "INSERT INTO t(n, b) VALUES($1, zeroblob(4000))", ARGS(INT(t->n * 100 + i)));
    return err < 0 ? err : 0;
}

static int64_t file_size(const struct rig *r, const char *end)
{
    char path[80];
    FILE *file;
    int64_t size;

    snprintf(path, sizeof path, "%s%s", r->s.path, end);
    file = fopen(path, "r");
    CHECK(file != NULL);
    CHECK_INT(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    CHECK_INT(fclose(file), 0);
    return size;
}

/* Past 1,000 pages the reader copies the WAL back by itself. */
TEST(worker_writer, the_wal_is_copied_back_beside_the_writer)
{
    const struct timespec moment = { .tv_nsec = 5000000 };
    struct task task;
    struct rig r;
    int64_t waited = 0, before;

    rig_open(&r, &preset);
    before = file_size(&r, "");
    for (int64_t n = 0; n < 15; n++) {
        task_init(&task, &r, act_many, n);
        CHECK_INT(rig_run(&r, &task), 0);
    }
    while (file_size(&r, "") == before && waited++ < PATIENCE_S * 200)
        nanosleep(&moment, NULL);
    CHECK(file_size(&r, "") > before);
    rig_close(&r);
}

/* 100 MB without a pause: past 64 MB the writer makes the pause that the reader needs. */
TEST(worker_writer, the_wal_does_not_grow_for_ever_under_a_load_without_pauses)
{
    static struct task tasks[250];
    struct rig r;

    rig_open(&r, &(struct worker_options){ .batch_max = 8 });
    for (size_t i = 0; i < COUNT_OF(tasks); i++) {
        task_init(&tasks[i], &r, act_many, (int64_t)i);
        rig_submit(&r, &tasks[i]);
    }
    rig_wait(&r, COUNT_OF(tasks));
    CHECK_INT(rig_count(&r), 25000);
    CHECK(file_size(&r, "-wal") < 80 << 20);
    rig_close(&r);
}
