/* test_pool.c - work beside a real loop: how much at once, how much may wait, how it is cancelled. */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <uv.h>

#include "pool.h"
#include "test.h"

static atomic_int now_running, most_running, worked;
static atomic_bool gate;
static int done_count, cancelled_count;

static void work(void *data)
{
    int running = atomic_fetch_add(&now_running, 1) + 1, most = atomic_load(&most_running);

    (void)data;
    while (running > most && !atomic_compare_exchange_weak(&most_running, &most, running))
        ;
    while (!atomic_load(&gate))
        uv_sleep(1);
    (void)atomic_fetch_add(&worked, 1);
    (void)atomic_fetch_sub(&now_running, 1);
}

static void done(void *data, int error)
{
    int *result = data;

    CHECK_INT(*result, 1);                      /* exactly once                                     */
    *result = error;
    done_count++;
    cancelled_count += error == -ECANCELED;
    CHECK(error == 0 || error == -ECANCELED);
}

static void start(uv_loop_t *loop, bool open)
{
    CHECK_INT(uv_loop_init(loop), 0);
    atomic_store(&most_running, 0);
    atomic_store(&worked, 0);
    atomic_store(&gate, open);
    done_count = cancelled_count = 0;
}

static void finish(uv_loop_t *loop)
{
    atomic_store(&gate, true);
    CHECK_INT(uv_run(loop, UV_RUN_DEFAULT), 0);
    CHECK_INT(uv_loop_close(loop), 0);
}

TEST(pool, runs_so_many_at_once_and_lets_so_many_wait)
{
    int results[6] = { 1, 1, 1, 1, 1, 1 };
    struct pool *p;
    uv_loop_t loop;

    start(&loop, false);
    p = pool_new(&loop, 2, 3);
    for (int i = 0; i < 5; i++)
        CHECK_INT(pool_submit(p, work, done, &results[i]), 0);
    CHECK_INT(pool_submit(p, work, done, &results[5]), -EBUSY);
    atomic_store(&gate, true);
    CHECK_INT(uv_run(&loop, UV_RUN_DEFAULT), 0);
    CHECK_INT(done_count, 5);
    CHECK_INT(atomic_load(&worked), 5);
    CHECK(atomic_load(&most_running) <= 2);
    for (int i = 0; i < 5; i++)
        CHECK_INT(results[i], 0);
    CHECK_INT(pool_submit(p, work, done, &results[5]), 0);      /* there is room again              */
    CHECK_INT(uv_run(&loop, UV_RUN_DEFAULT), 0);
    CHECK_INT(results[5], 0);
    pool_free(p);
    finish(&loop);
}

TEST(pool, cancels_what_waits_and_lets_the_rest_end)
{
    int results[4] = { 1, 1, 1, 1 };
    struct pool *p;
    uv_loop_t loop;

    start(&loop, false);
    p = pool_new(&loop, 1, 3);
    for (int i = 0; i < 4; i++)
        CHECK_INT(pool_submit(p, work, done, &results[i]), 0);
    while (atomic_load(&now_running) == 0)
        uv_sleep(1);
    pool_free(p);
    CHECK_INT(done_count, 3);                   /* from inside pool_free()                          */
    CHECK_INT(cancelled_count, 3);
    CHECK_INT(results[0], 1);
    finish(&loop);
    CHECK_INT(results[0], 0);
    CHECK_INT(atomic_load(&worked), 1);
    pool_free(NULL);
}

/* More jobs than libuv has threads: those that no thread took yet are cancelled too. */
TEST(pool, cancels_what_no_thread_took)
{
    enum { MANY = 200 };
    int results[MANY];
    struct pool *p;
    uv_loop_t loop;

    start(&loop, false);
    p = pool_new(&loop, MANY, 0);
    for (int i = 0; i < MANY; i++) {
        results[i] = 1;
        CHECK_INT(pool_submit(p, work, done, &results[i]), 0);
    }
    pool_free(p);
    finish(&loop);
    CHECK_INT(done_count, MANY);
    CHECK(cancelled_count > 0);
    CHECK_INT(atomic_load(&worked), MANY - cancelled_count);
}

static struct pool *one_pool;

static void done_then_more(void *data, int error)
{
    int *left = data;

    CHECK_INT(error, 0);
    if (--*left > 0)
        CHECK_INT(pool_submit(one_pool, work, done_then_more, left), 0);
    else
        pool_free(one_pool);
}

TEST(pool, may_be_used_and_freed_inside_done)
{
    uv_loop_t loop;
    int left = 3;

    start(&loop, true);
    one_pool = pool_new(&loop, 1, 0);
    CHECK_INT(pool_submit(one_pool, work, done_then_more, &left), 0);
    finish(&loop);
    CHECK_INT(left, 0);
}

static void done_after_close(void *data, int error)
{
    done(data, error);
    CHECK_INT(pool_submit(one_pool, work, done, data), -ESHUTDOWN);
}

TEST(pool, takes_nothing_once_it_is_closed)
{
    int results[2] = { 1, 1 };
    uv_loop_t loop;

    start(&loop, false);
    one_pool = pool_new(&loop, 1, 1);
    CHECK_INT(pool_submit(one_pool, work, done, &results[0]), 0);
    CHECK_INT(pool_submit(one_pool, work, done_after_close, &results[1]), 0);
    pool_free(one_pool);
    CHECK_INT(results[1], -ECANCELED);
    finish(&loop);
}
