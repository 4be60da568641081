/* test_timer.c - deadlines on a real loop. */
#include <stdio.h>
#include <uv.h>

#include "test.h"
#include "timer.h"

struct bench { uv_loop_t loop; struct timers *timers; char fired[64]; };
struct one { struct bench *bench; struct timer *timer; char name; int again; };

static void fire(void *data)
{
    struct one *o = data;
    size_t size = strlen(o->bench->fired);

    CHECK(!timer_is_set(o->timer));
    if (size < sizeof o->bench->fired - 1)
        o->bench->fired[size] = o->name;
    if (o->again > 0) {
        o->again--;
        timer_set(o->timer, 0);
    }
}

static void bench_open(struct bench *b)
{
    *b = (struct bench){ .timers = NULL };
    CHECK_INT(uv_loop_init(&b->loop), 0);
    b->timers = timers_new(&b->loop);
    assert_non_null(b->timers);
}

static void bench_close(struct bench *b)
{
    timers_free(b->timers);
    CHECK_INT(uv_run(&b->loop, UV_RUN_DEFAULT), 0);
    CHECK_INT(uv_loop_close(&b->loop), 0);
}

static void make(struct bench *b, struct one *o, char name, bool keeps_loop)
{
    *o = (struct one){ .bench = b, .name = name };
    o->timer = timer_new(b->timers, keeps_loop, fire, o);
    assert_non_null(o->timer);
}

TEST(timer, fires_the_nearest_first_and_once)
{
    struct bench b;
    struct one all[3];
    static const int after_ms[] = { 20, 1, 10 };

    bench_open(&b);
    for (int i = 0; i < 3; i++) {
        make(&b, &all[i], (char)('a' + i), true);
        timer_set(all[i].timer, after_ms[i]);
        CHECK(timer_is_set(all[i].timer));
    }
    CHECK_INT(uv_run(&b.loop, UV_RUN_DEFAULT), 0);
    CHECK_STR(b.fired, "bca");
    for (int i = 0; i < 3; i++)
        timer_free(all[i].timer);
    bench_close(&b);
}

TEST(timer, is_replaced_and_stopped)
{
    struct bench b;
    struct one a, c;
    int64_t start_ms;

    bench_open(&b);
    make(&b, &a, 'a', true);
    make(&b, &c, 'c', true);
    timer_set(a.timer, 100000);
    timer_set(a.timer, 5);
    timer_set(c.timer, 100000);
    timer_stop(c.timer);
    timer_stop(c.timer);
    CHECK(!timer_is_set(c.timer));
    start_ms = timers_now_ms(b.timers);
    CHECK_INT(uv_run(&b.loop, UV_RUN_DEFAULT), 0);
    CHECK_STR(b.fired, "a");
    CHECK(timers_now_ms(b.timers) - start_ms >= 5 && timers_now_ms(b.timers) - start_ms < 5000);
    timer_free(a.timer);
    timer_free(c.timer);
    bench_close(&b);
}

TEST(timer, may_be_set_again_while_it_fires)
{
    struct bench b;
    struct one a, c;

    bench_open(&b);
    make(&b, &a, 'a', true);
    make(&b, &c, 'c', true);
    a.again = 2;
    timer_set(a.timer, 0);
    timer_set(c.timer, 0);
    CHECK_INT(uv_run(&b.loop, UV_RUN_DEFAULT), 0);
    CHECK_INT(strlen(b.fired), 4);
    CHECK(strchr(b.fired, 'c') < b.fired + 2);  /* the other one had its turn                       */
    timer_free(a.timer);
    timer_free(c.timer);
    bench_close(&b);
}

static void fire_and_free(void *data)
{
    struct one *o = data;

    timer_free(o->timer);
    o->timer = NULL;
    o->bench->fired[0] = o->name;
}

TEST(timer, may_be_freed_while_it_fires)
{
    struct bench b;
    struct one a = { .bench = &b, .name = 'a' };

    bench_open(&b);
    a.timer = timer_new(b.timers, true, fire_and_free, &a);
    timer_set(a.timer, 1);
    CHECK_INT(uv_run(&b.loop, UV_RUN_DEFAULT), 0);
    CHECK_STR(b.fired, "a");
    CHECK(a.timer == NULL);
    timer_free(NULL);
    bench_close(&b);
}

TEST(timer, keeps_the_loop_only_if_it_should)
{
    struct bench b;
    struct one lazy, busy;

    bench_open(&b);
    make(&b, &lazy, 'l', false);
    make(&b, &busy, 'b', true);
    timer_set(lazy.timer, 100000);
    CHECK_INT(uv_run(&b.loop, UV_RUN_DEFAULT), 0);      /* returns at once                          */
    timer_set(busy.timer, 5);
    timer_set(lazy.timer, 1);
    CHECK_INT(uv_run(&b.loop, UV_RUN_DEFAULT), 0);
    CHECK_STR(b.fired, "lb");
    timer_set(busy.timer, 100000);
    timer_free(busy.timer);                     /* what is freed keeps nobody                       */
    CHECK_INT(uv_run(&b.loop, UV_RUN_DEFAULT), 0);
    timer_free(lazy.timer);
    bench_close(&b);
    timers_free(NULL);
}
