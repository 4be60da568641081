/* pool.h - work that may block (hashing), on threads beside the loop, a bounded number at once. */
#ifndef POOL_H
#define POOL_H

struct uv_loop_s;
struct pool;

/* At most `running_max` jobs run at once (libuv's pool has UV_THREADPOOL_SIZE threads for all pools), at most
 * `waiting_max` wait. NULL: no memory. */
struct pool *pool_new(struct uv_loop_s *loop, int running_max, int waiting_max);

/* `work` runs on another thread and touches only `data`; then `done` runs on the loop, exactly once, with
 * 0, or with -ECANCELED when the pool was closed before the work began. 0; -EBUSY: the queue is full,
 * -ESHUTDOWN: closed, -ENOMEM: in these cases nothing is called and `data` stays yours. */
int pool_submit(struct pool *, void (*work)(void *data), void (*done)(void *data, int error), void *data);

/* Jobs that wait are cancelled at once (their `done` is called from here), running ones end. The pool's
 * memory ends with the last of them; keep the loop running until then. NULL is fine. */
void pool_free(struct pool *);

#endif
