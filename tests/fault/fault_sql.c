/* fault_sql.c - SQLite's allocations and steps, one of which fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <sqlite3.h>

#include "fault.h"
#include "fault_sql.h"
#include "storage/db_private.h"

/* SQLite's own, in front of which we stand. */
static sqlite3_mem_methods memory;

static void *sqlite_malloc(int size)
{
    return fault_now() ? NULL : memory.xMalloc(size);
}

static void *sqlite_realloc(void *at, int size)
{
    return fault_now() ? NULL : memory.xRealloc(at, size);
}

void fault_sql_prepare(void)
{
    static bool done;
    sqlite3_mem_methods ours;

    if (done)
        return;
    done = true;
    json_set_alloc_funcs(fault_malloc, fault_free);
    assert_int_equal(sqlite3_shutdown(), SQLITE_OK);
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory), SQLITE_OK);
    ours = memory;
    ours.xMalloc = sqlite_malloc;
    ours.xRealloc = sqlite_realloc;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &ours), SQLITE_OK);
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);    /* all are visible */
}

/* The n-th step of a statement, wrapped by the linker, says what a disk would. */
static long steps, step_fails = -1;
static int  step_code;
static bool step_came;

int __real_sqlite3_step(sqlite3_stmt *statement);
int __wrap_sqlite3_step(sqlite3_stmt *statement);

int __wrap_sqlite3_step(sqlite3_stmt *statement)
{
    if (steps++ != step_fails)
        return __real_sqlite3_step(statement);
    step_came = true;
    return step_code;
}

/* As the worker runs a job; and once more on the same connection, when memory is back. */
static int run(struct db *db, const void *data, fault_act *one)
{
    int err = db_script(db, "BEGIN");

    if (err == 0) {
        db_transaction_only(db, true);
        err = one(db, data);
        db_transaction_only(db, false);
        db_reset(db);
    }
    (void)fault_disarm();
    step_fails = -1;
    if (db_in_transaction(db))
        assert_int_equal(db_script(db, "ROLLBACK"), 0);
    assert_int_equal(db_script(db, "BEGIN"), 0);
    assert_int_equal(one(db, data), 0);
    assert_int_equal(db_script(db, "ROLLBACK"), 0);
    return err;
}

static struct db *opened(const struct db_options *o)
{
    struct db *db = NULL;
    int64_t tables;

    assert_int_equal(db_open(o, &db), 0);
    assert_int_equal(db_int(db, &tables, "SELECT count(*) FROM sqlite_schema", NO_ARGS), 0);
    return db;
}

/* The n-th, of all from the opening on. */
static int run_anew(const struct db_options *o, const void *data, fault_act *one)
{
    struct db *db = NULL;
    int err = db_open(o, &db);

    if (err)
        return err;
    err = run(db, data, one);
    db_close(db);
    return err;
}

/* The n-th of those behind the opening and the reading of the schema; statements are prepared anew. */
static int run_again(struct db *db, const void *data, fault_act *one)
{
    int err = run(db, data, one);

    db_statements_end(db);
    return err;
}

static void fail_each_allocation(const struct db_options *o, const void *data, fault_act *one, bool opening)
{
    struct db *db = opening ? NULL : opened(o);
    int failures = 0;

    for (long n = 0;; n++) {
        int err;

        fault_arm(n, false);
        err = opening ? run_anew(o, data, one) : run_again(db, data, one);
        (void)fault_disarm();
        if (!fault_came())
            break;                              /* it needs no more                                   */
        assert_true(err == 0 || err == -ENOMEM);
        failures += err != 0;
    }
    db_close(db);
    assert_true(failures > (opening ? 500 : 50));       /* it was really tried                        */
}

static void fail_each_step(const struct db_options *o, const void *data, fault_act *one)
{
    static const struct { int code, err; } codes[] = {
        { SQLITE_IOERR_READ, -EIO }, { SQLITE_FULL, -ENOSPC }, { SQLITE_BUSY, -EBUSY },
    };
    struct db *db = opened(o);

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        int failures = 0;

        step_code = codes[i].code;
        for (long n = 0;; n++) {
            int err;

            step_fails = n;
            step_came = false;
            steps = 0;
            err = run_again(db, data, one);
            if (!step_came)
                break;
            assert_int_equal(err, codes[i].err);
            failures++;
        }
        assert_true(failures > 0);
    }
    db_close(db);
}

void fault_sql_allocations(const struct db_options *o, const void *data, fault_act *const acts[],
                           size_t count)
{
    for (size_t i = 0; i < count; i++)
        fail_each_allocation(o, data, acts[i], i == 0);
}

void fault_sql_steps(const struct db_options *o, const void *data, fault_act *const acts[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        fail_each_step(o, data, acts[i]);
}
