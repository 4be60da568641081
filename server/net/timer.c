/* timer.c - a heap of deadlines behind one timer of the loop. */
#include "timer.h"

#include <assert.h>
#include <stdlib.h>
#include <uv.h>

#include "heap.h"
#include "list.h"

struct timers {
    uv_timer_t  alarm;
    struct heap deadlines;
    size_t      count;                          /* timers that live: each has a place in the heap   */
    size_t      keeping;                        /* set, and the loop stays for them                 */
    bool        closing;
};

struct timer {
    struct timers *timers;
    struct heap_entry due;
    void (*fire)(void *data);
    void  *data;
    bool   keeps_loop;
};

static void on_alarm(uv_timer_t *alarm);

static void arm(struct timers *all)
{
    int64_t sleep_ms = heap_sleep_ms(&all->deadlines, timers_now_ms(all));

    if (all->closing)
        return;
    if (sleep_ms < 0)
        (void)uv_timer_stop(&all->alarm);
    else
        (void)uv_timer_start(&all->alarm, on_alarm, (uint64_t)sleep_ms, 0);
    if (all->keeping > 0)
        uv_ref((uv_handle_t *)&all->alarm);
    else
        uv_unref((uv_handle_t *)&all->alarm);
}

/* A timer set to "now" by what fires here waits for the next turn: others must get theirs. */
static void on_alarm(uv_timer_t *alarm)
{
    struct timers *all = alarm->data;
    int64_t now_ms = timers_now_ms(all);
    struct heap_entry *entry;

    for (size_t left = all->deadlines.size; left > 0; left--) {
        entry = heap_due(&all->deadlines, now_ms);
        if (entry == NULL)
            break;

        struct timer *t = CONTAINER_OF(entry, struct timer, due);
        all->keeping -= t->keeps_loop;
        t->fire(t->data);                       /* `t` may be gone                                  */
    }
    arm(all);
}

struct timers *timers_new(uv_loop_t *loop)
{
    struct timers *all = calloc(1, sizeof *all);

    if (all == NULL)
        return NULL;
    (void)uv_timer_init(loop, &all->alarm);     /* cannot fail                                      */
    all->alarm.data = all;
    uv_unref((uv_handle_t *)&all->alarm);
    return all;
}

static void on_closed(uv_handle_t *handle)
{
    struct timers *all = handle->data;

    heap_finish(&all->deadlines);
    free(all);
}

void timers_free(struct timers *all)
{
    if (all == NULL)
        return;
    assert(all->count == 0 && !all->closing);
    all->closing = true;
    uv_close((uv_handle_t *)&all->alarm, on_closed);
}

int64_t timers_now_ms(const struct timers *all)
{
    return (int64_t)uv_now(all->alarm.loop);
}

struct timer *timer_new(struct timers *all, bool keeps_loop, void (*fire)(void *data), void *data)
{
    struct timer *t = calloc(1, sizeof *t);

    assert(!all->closing);
    if (t == NULL || heap_reserve(&all->deadlines, all->count + 1) != 0) {
        free(t);
        return NULL;
    }
    *t = (struct timer){ .timers = all, .fire = fire, .data = data, .keeps_loop = keeps_loop };
    all->count++;
    return t;
}

void timer_free(struct timer *t)
{
    if (t == NULL)
        return;
    timer_stop(t);
    t->timers->count--;
    free(t);
}

void timer_set(struct timer *t, int64_t after_ms)
{
    struct timers *all = t->timers;
    int err;

    assert(after_ms >= 0);
    all->keeping += t->keeps_loop && !timer_is_set(t);
    err = heap_set(&all->deadlines, &t->due, timers_now_ms(all) + after_ms);
    assert(err == 0);                           /* timer_new() made room                            */
    (void)err;
    arm(all);
}

void timer_stop(struct timer *t)
{
    if (!timer_is_set(t))
        return;
    heap_remove(&t->timers->deadlines, &t->due);
    t->timers->keeping -= t->keeps_loop;
    arm(t->timers);
}

bool timer_is_set(const struct timer *t)
{
    return heap_has(&t->due);
}
