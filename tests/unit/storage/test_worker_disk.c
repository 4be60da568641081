/* The disk is full in mid-batch: nobody is told a lie, nothing half done stays, reads go on, and when there
 * is space again so is everything else. Three disks: a file system of 4 MB, a limit on the size of files,
 * and a limit on the pages of the database. */
#include "worker_fixture.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

enum { JOBS = 8, BIG = 4, BIG_SIZE = 1500000 };

struct disk { struct rig r; int cache_pages; int64_t next; };

static void moment(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
}

/* Few pages of cache: SQLite writes before COMMIT, and fails within the job. Many: it fails in COMMIT. */
static void disk_start(struct disk *d)
{
    char sql[64];
    struct task task;

    rig_prepare(&d->r);
    snprintf(sql, sizeof sql, "PRAGMA cache_size = %d", d->cache_pages);
    CHECK_INT(db_script(d->r.writer, sql), 0);
    rig_start(&d->r, &(struct worker_options){ 0 });
    task_init(&task, &d->r, act_insert, 1000);
    CHECK_INT(rig_run(&d->r, &task), 0);
}

/* A batch of small jobs with a big one in it. */
static void batch_run(struct disk *d, struct task tasks[JOBS])
{
    for (int i = 0; i < JOBS; i++)
        task_init(&tasks[i], &d->r, act_insert, ++d->next);
    tasks[BIG].size = BIG_SIZE;
    rig_batch(&d->r, tasks, JOBS);
}

/* What was acknowledged is there, what was not is not. */
static void check_no_lie(struct disk *d, const struct task tasks[JOBS])
{
    for (int i = 0; i < JOBS; i++) {
        CHECK(tasks[i].err == 0 || tasks[i].err == -ENOSPC);
        CHECK_INT(store_number(&d->r.s, "SELECT count(*) FROM t WHERE n = $1", ARGS(INT(tasks[i].n))),
                  tasks[i].err == 0);
    }
}

/* The batch that meets the full disk. All up to the big one share its fate; what came behind it had a
 * transaction of its own, or shared it, too. */
static void check_full(struct disk *d)
{
    struct task tasks[JOBS], read;

    batch_run(d, tasks);
    for (int i = 0; i <= BIG; i++)
        CHECK_INT(tasks[i].err, -ENOSPC);
    for (int i = 0; i < JOBS; i++)
        CHECK_INT(tasks[i].place, d->r.done - JOBS + (size_t)i + 1);    /* told in order, once        */
    check_no_lie(d, tasks);

    task_init(&read, &d->r, act_count, 0);
    CHECK_INT(rig_read(&d->r, &read), 0);       /* reads go on                                        */
    CHECK_INT(read.n, rig_count(&d->r));
    CHECK_INT(store_number(&d->r.s, "SELECT count(*) FROM pragma_integrity_check "
                           "WHERE integrity_check = 'ok'", NO_ARGS), 1);
}

/* There is space again: no restart, no reopening. */
static void check_resumes(struct disk *d)
{
    struct task task;

    for (int i = 0; i < 3; i++) {
        task_init(&task, &d->r, act_insert, 100 + i);
        task.size = BIG_SIZE / 8;
        CHECK_INT(rig_run(&d->r, &task), 0);
    }
    CHECK_INT(store_number(&d->r.s, "SELECT count(*) FROM t WHERE n BETWEEN 100 AND 102", NO_ARGS), 3);
    CHECK_INT(worker_health(d->r.worker), 0);
}

/* A real file system of 4 MB. */

static void filler_path(const struct disk *d, char path[80])
{
    snprintf(path, 80, "%s/copy.db", d->r.s.folder);
}

static void fill(const struct disk *d)
{
    static const char block[4096];
    char path[80];
    FILE *file;

    filler_path(d, path);
    file = fopen(path, "w");
    CHECK(file != NULL);
    CHECK_INT(setvbuf(file, NULL, _IONBF, 0), 0);
    while (fwrite(block, 1, sizeof block, file) == sizeof block)
        continue;
    CHECK_INT(errno, ENOSPC);
    CHECK_INT(fclose(file), 0);
}

/* False: not allowed to mount. */
static bool disk_mount(struct disk *d)
{
    d->r.s.now = STORE_NOW;
    store_host(&d->r.s);
    store_folder(&d->r.s);
    if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, "") < 0 ||
        mount("none", d->r.s.folder, "tmpfs", 0, "size=4m") < 0)
        return false;
    d->r.s.db = store_connect(&d->r.s, false);
    store_migrate(&d->r.s);
    return true;
}

static void disk_unmount(struct disk *d)
{
    rig_stop(&d->r);
    db_close(d->r.s.db);
    d->r.s.db = NULL;
    CHECK_INT(umount(d->r.s.folder), 0);
    store_close(&d->r.s);
}

static void on_a_full_disk(int cache_pages)
{
    struct disk d = { .cache_pages = cache_pages };
    char path[80];

    if (!disk_mount(&d)) {
        print_message("# may not mount a file system here\n");
        store_close(&d.r.s);
        skip();
    }
    disk_start(&d);
    fill(&d);
    check_full(&d);
    check_full(&d);                             /* not by luck                                        */
    filler_path(&d, path);
    CHECK_INT(unlink(path), 0);
    check_resumes(&d);
    disk_unmount(&d);
}

TEST(worker_disk, a_full_disk_is_met_within_a_job)
{
    on_a_full_disk(10);
}

TEST(worker_disk, a_full_disk_is_met_at_commit)
{
    on_a_full_disk(10000);
}

/* Nobody writes: health comes back by itself, for /readyz. */
TEST(worker_disk, health_tells_of_it_and_recovers_without_a_write)
{
    struct disk d = { .cache_pages = 10000 };
    struct task task;
    char path[80];

    if (!disk_mount(&d)) {
        store_close(&d.r.s);
        skip();
    }
    disk_start(&d);
    CHECK_INT(worker_health(d.r.worker), 0);
    fill(&d);
    for (int i = 0; i < 200; i++) {             /* until the WAL itself has no room                   */
        task_init(&task, &d.r, act_insert, i);
        task.size = BIG_SIZE;
        if (rig_run(&d.r, &task) != 0)
            break;
    }
    CHECK_INT(task.err, -ENOSPC);
    CHECK_INT(worker_health(d.r.worker), -ENOSPC);

    filler_path(&d, path);
    CHECK_INT(unlink(path), 0);
    for (int i = 0; i < PATIENCE_S * 200 && worker_health(d.r.worker); i++)
        moment();
    CHECK_INT(worker_health(d.r.worker), 0);
    check_resumes(&d);
    disk_unmount(&d);
}

/* Files may grow to so many bytes: write() itself fails with EFBIG. */

static void files_limit(rlim_t size)
{
    struct rlimit limit;

    CHECK_INT(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size;
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void on_small_files(int cache_pages)
{
    struct disk d = { .cache_pages = cache_pages };
    struct sigaction ignore = { .sa_handler = SIG_IGN };

    CHECK_INT(sigaction(SIGXFSZ, &ignore, NULL), 0);
    store_open_file(&d.r.s);
    disk_start(&d);
    files_limit(BIG_SIZE / 2);
    check_full(&d);
    check_full(&d);
    files_limit(RLIM_INFINITY);
    check_resumes(&d);
    rig_close(&d.r);
}

TEST(worker_disk, a_write_that_fails_is_met_within_a_job)
{
    on_small_files(10);
}

TEST(worker_disk, a_write_that_fails_is_met_at_commit)
{
    on_small_files(10000);
}

/* The database may have so many pages. What is deleted makes room again. */

static int act_pages(struct task *t, struct db *db)
{
    char sql[64];

    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %d", (int)t->n);
    return db_script(db, sql);
}

static void pages_limit(struct disk *d, int64_t pages)
{
    struct task task;

    task_init(&task, &d->r, act_pages, pages);
    CHECK_INT(rig_run(&d->r, &task), 0);
}

TEST(worker_disk, a_full_database_is_met_within_a_job)
{
    struct disk d = { .cache_pages = 10000 };

    store_open_file(&d.r.s);
    disk_start(&d);
    pages_limit(&d, store_number(&d.r.s, "SELECT page_count + 20 FROM pragma_page_count", NO_ARGS));
    check_full(&d);
    pages_limit(&d, 1000000);
    check_resumes(&d);
    rig_close(&d.r);
}

/* A job that does not look at its errors, and goes on after SQLite has dropped the transaction. */
static int act_heedless(struct task *t, struct db *db)
{
    (void)act_insert(t, db);
    (void)db_run(db, "INSERT INTO t(n) VALUES($1)", ARGS(INT(t->n + 500)));
    return 0;
}

TEST(worker_disk, a_job_that_goes_on_after_the_transaction_is_lost_leaves_nothing)
{
    struct disk d = { .cache_pages = 10000 };
    struct task tasks[3];

    store_open_file(&d.r.s);
    disk_start(&d);
    pages_limit(&d, store_number(&d.r.s, "SELECT page_count + 20 FROM pragma_page_count", NO_ARGS));
    for (int i = 0; i < 3; i++)
        task_init(&tasks[i], &d.r, i == 1 ? act_heedless : act_insert, i + 1);
    tasks[1].size = BIG_SIZE;
    rig_batch(&d.r, tasks, 3);
    CHECK_INT(tasks[0].err, -ENOSPC);
    CHECK_INT(tasks[1].err, -ENOSPC);
    CHECK_INT(tasks[2].err, 0);                 /* in the next transaction                            */
    CHECK_INT(store_number(&d.r.s, "SELECT count(*) FROM t WHERE n = 502", NO_ARGS), 0);
    CHECK_INT(rig_count(&d.r), 2);
    rig_close(&d.r);
}
