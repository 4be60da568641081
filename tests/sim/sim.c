/* sim.c - seeds in a child process, counted; what is allocated and not freed is counted too. */
#include "sim.h"

#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fault/fault.h"

enum { SEED_SECONDS = 60 };                     /* a thousand times what one takes                  */

/* Of the child; the parent reads it when the child is gone. */
struct progress { uint64_t seed, seeds, steps, step; };

static struct progress  *progress;
static const struct sim *sim;
static uint64_t          first, count;
static int64_t           end_ms;                /* or 0: what counts is `count`                     */

void sim_step(void)
{
    progress->steps++;
    progress->step++;
}

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void run_all(__attribute__((unused)) void **state)
{
    for (uint64_t seed = first; end_ms > 0 ? now_ms() < end_ms : seed - first < count; seed++) {
        long before = fault_blocks();

        progress->seed = seed;
        progress->step = 0;
        (void)alarm(SEED_SECONDS);              /* who goes round and round dies of it, and is named */
        sim->run(seed);
        if (fault_blocks() != before)
            fail_msg("%ld blocks of memory are left", fault_blocks() - before);
        progress->seeds++;
    }
}

static int run_child(void)
{
    const struct CMUnitTest tests[] = { { sim->claim, run_all, NULL, NULL, NULL } };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    if (failed == 0)
        return 0;
    (void)fflush(NULL);
    _exit(1);                                   /* what a failed seed has left is no news           */
}

/* FIRST COUNT, or "for" SECONDS FIRST. */
static void read_arguments(int argc, char **argv)
{
    bool by_time = argc > 2 && strcmp(argv[1], "for") == 0;
    const char *start = by_time ? (argc > 3 ? argv[3] : "1") : argc > 1 ? argv[1] : "1";

    first = strtoull(start, NULL, 10);
    count = by_time || argc < 3 ? sim->usual : strtoull(argv[2], NULL, 10);
    end_ms = by_time ? now_ms() + 1000 * strtol(argv[2], NULL, 10) : 0;
}

static void print_figures(const char *name, int64_t took_ms)
{
    unsigned long long seeds = progress->seeds, steps = progress->steps, ms = (uint64_t)took_ms;

    printf("# %s: seeds from %llu: %llu, steps: %llu, a second: %llu and %llu\n", name,
           (unsigned long long)first, seeds, steps, seeds * 1000 / ms, steps * 1000 / ms);
}

int sim_main(const struct sim *the_sim, int argc, char **argv)
{
    int64_t began_ms = now_ms();
    int status = -1;
    pid_t child;

    sim = the_sim;
    read_arguments(argc, argv);
    progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (progress == MAP_FAILED || (child = fork()) < 0)
        return 2;
    if (child == 0)
        return run_child();
    (void)waitpid(child, &status, 0);
    print_figures(strrchr(argv[0], '/') + 1, now_ms() - began_ms + 1);
    if (status == 0)
        return 0;
    printf("# failed at step %llu; replay: %s %llu 1\n", (unsigned long long)progress->step, argv[0],
           (unsigned long long)progress->seed);
    return 1;
}
