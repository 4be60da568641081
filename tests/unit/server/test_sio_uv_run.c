/* test_sio_uv_run.c - the loop of a program that is nothing but a server, from its start to a signal. */
#include <signal.h>

#include "net_fixture.h"

static const struct sio_uv_route no_routes[] = { { .path = NULL } };
static struct world w;

static void on_turn(uv_timer_t *timer)
{
    int *number = timer->data;

    uv_close((uv_handle_t *)timer, NULL);
    if (*number != 0)
        CHECK_INT(raise(*number), 0);
    else
        sio_uv_close(w.uv);
}

/* Does `number` (0: somebody closes) in the first turn; the server listened, and nothing of it is left. */
static void run_until(int number)
{
    struct sigaction after;
    uv_timer_t timer;

    world_open(&w, NULL);
    world_listen(&w, no_routes);
    CHECK(sio_uv_loop(w.uv) == &w.loop);
    CHECK_INT(uv_timer_init(&w.loop, &timer), 0);
    timer.data = &number;
    CHECK_INT(uv_timer_start(&timer, on_turn, 0, 0), 0);
    CHECK_INT(sio_uv_run(w.uv), 0);
    CHECK_INT(sigaction(number != 0 ? number : SIGTERM, NULL, &after), 0);
    CHECK(after.sa_handler == SIG_DFL);
    sio_uv_free(w.uv);
    CHECK_INT(uv_run(&w.loop, UV_RUN_DEFAULT), 0);
    CHECK_INT(uv_loop_close(&w.loop), 0);
}

TEST(sio_uv_run, ends_when_a_signal_asks)
{
    run_until(SIGTERM);
    run_until(SIGINT);
}

TEST(sio_uv_run, ends_when_somebody_closes)
{
    run_until(0);
}
