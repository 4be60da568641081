/* sio_uv_run.c - for programs that are nothing but a server: the loop, until a signal asks for its end. */
#include <signal.h>

#include "sio_uv.h"

enum { SIGNALS = 2 };

struct run { struct sio_uv *uv; uv_signal_t signals[SIGNALS]; int open; };

/* From now on a signal does again what it did before we came. */
static void forget_signals(struct run *run)
{
    while (run->open > 0)
        uv_close((uv_handle_t *)&run->signals[--run->open], NULL);
}

static void on_signal(uv_signal_t *signal, int number)
{
    struct run *run = signal->data;

    (void)number;
    forget_signals(run);
    sio_uv_close(run->uv);
}

static int watch(struct run *run, int number)
{
    uv_signal_t *signal = &run->signals[run->open];
    int err = uv_signal_init(sio_uv_loop(run->uv), signal);

    if (err)
        return err;
    run->open++;
    signal->data = run;
    uv_unref((uv_handle_t *)signal);            /* a server that is closed does not wait for signals */
    return uv_signal_start(signal, on_signal, number);
}

int sio_uv_run(struct sio_uv *uv)
{
    struct run run = { .uv = uv };
    int err = watch(&run, SIGINT);

    if (err == 0)
        err = watch(&run, SIGTERM);
    if (err == 0)
        (void)uv_run(sio_uv_loop(uv), UV_RUN_DEFAULT);
    forget_signals(&run);
    (void)uv_run(sio_uv_loop(uv), UV_RUN_NOWAIT);       /* until then the handles are the loop's     */
    return err;
}
