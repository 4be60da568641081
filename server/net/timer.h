/* timer.h - deadlines on the loop: any number of timers behind one of libuv's. Monotonic milliseconds. */
#ifndef TIMER_H
#define TIMER_H

#include <stdbool.h>
#include <stdint.h>

struct uv_loop_s;
struct timers;                                  /* all of one loop                                  */
struct timer;                                   /* one deadline, set again and again                */

struct timers *timers_new(struct uv_loop_s *loop);      /* NULL: no memory                          */
/* Every timer was freed before. Memory ends in the loop's next turn: run it once more. */
void           timers_free(struct timers *);            /* NULL is fine                             */
int64_t        timers_now_ms(const struct timers *);    /* the loop's clock                         */

/* `fire(data)` is called once for every timer_set(); in it the timer may be set again or freed. A timer
 * that is set keeps the loop alive only if `keeps_loop`. NULL: no memory. */
struct timer  *timer_new(struct timers *, bool keeps_loop, void (*fire)(void *data), void *data);
void           timer_free(struct timer *);              /* stops it; NULL is fine                   */
void           timer_set(struct timer *, int64_t after_ms);     /* replaces what was set            */
void           timer_stop(struct timer *);              /* idempotent                               */
bool           timer_is_set(const struct timer *);

#endif
