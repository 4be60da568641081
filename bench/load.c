/* load.c - measures one row against one running server, and prints one line of JSON.
 *
 *   load ROW sio|floor PORT PID SECONDS [CONNECTIONS]
 *
 * The figure is the CPU time of the process PID an operation: its CPU clock, which is utime + stime of
 * /proc/PID/stat without the rounding to ticks. Of the row `idle` it is memory: VmRSS a connection. Every
 * answer is compared; a wrong or missing one is an error, and there is no figure. */
#include "rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { LIFE_S = 180, ROUNDS_MIN = 3, WARM_CONNECTIONS = 100 };

static int64_t clock_ns(clockid_t clock)
{
    struct timespec at;

    if (clock_gettime(clock, &at) != 0)
        fail("the server's clock is gone");
    return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

/* A number of /proc/PID/status. */
static int64_t status_of(int pid, const char *name)
{
    char path[64], line[256];
    int64_t value = -1;
    FILE *file;

    (void)snprintf(path, sizeof path, "/proc/%d/status", pid);
    file = fopen(path, "r");
    if (file == NULL)
        fail("no process %d", pid);
    while (value < 0 && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtoll(line + strlen(name), NULL, 10);
    (void)fclose(file);
    if (value < 0)
        fail("%s has no %s", path, name);
    return value;
}

static void watch(const struct bench *b, int from)
{
    for (int i = from; i < b->count; i++) {
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &b->wires[i] };

        if (epoll_ctl(b->epoll, EPOLL_CTL_ADD, b->wires[i].fd, &event) != 0)
            fail("epoll takes no more connections");
    }
}

/* Connects up to `count` wires. */
static void prepare(struct bench *b, const struct row *row, int count)
{
    int from = b->count;

    b->count = count;
    if (row->prepare == NULL)
        return;
    row->prepare(b, row, from);
    for (int i = from; i < count; i++) {
        struct wire *w = &b->wires[i];

        if (w->send.at != NULL)
            continue;                           /* requests of polling are made with their session  */
        w->send = frame_make(1, row->text(b, i, false));
        w->want = row->text(b, i, true);
    }
    watch(b, from);
}

static int64_t run_for(struct bench *b, const struct row *row, double seconds)
{
    int64_t operations = 0, end = clock_ns(CLOCK_MONOTONIC) + (int64_t)(seconds * 1e9);
    int rounds = 0;

    do {
        operations += row->round(b);
        b->rounds++;
    } while (++rounds < ROUNDS_MIN || clock_ns(CLOCK_MONOTONIC) < end);
    return operations;
}

static void measure_cpu(struct bench *b, const struct row *row, int count, int pid, double seconds)
{
    int64_t began, operations, used, switches;
    clockid_t cpu;

    if (clock_getcpuclockid(pid, &cpu) != 0)
        fail("no process %d", pid);
    prepare(b, row, count);
    (void)run_for(b, row, seconds / 3);         /* caches, branch tables, compilers at run time     */
    began = clock_ns(cpu);
    switches = status_of(pid, "voluntary_ctxt_switches:");
    operations = run_for(b, row, seconds);
    used = clock_ns(cpu) - began;
    switches = status_of(pid, "voluntary_ctxt_switches:") - switches;
    printf("{\"row\":\"%s\",\"operations\":%" PRId64 ",\"cpu_ns\":%" PRId64 ",\"sleeps\":%" PRId64
           ",\"each\":%.1f}\n", row->name, operations, used, switches, (double)used / (double)operations);
}

/* Some come first, so that what a server loads once is not counted; all talk once, so that what stays after
 * that is. */
static void measure_rss(struct bench *b, const struct row *row, int count, int pid)
{
    const struct timespec pause = { .tv_sec = 1 };
    int first = count < 2 * WARM_CONNECTIONS ? count / 2 : WARM_CONNECTIONS;
    int64_t before, after;

    prepare(b, row, first);
    (void)row->round(b);
    before = status_of(pid, "VmRSS:") * 1024;
    prepare(b, row, count);
    (void)row->round(b);
    (void)nanosleep(&pause, NULL);
    after = status_of(pid, "VmRSS:") * 1024;
    printf("{\"row\":\"%s\",\"operations\":%d,\"rss\":%" PRId64 ",\"each\":%.1f}\n", row->name, count - first,
           after - before, (double)(after - before) / (count - first));
}

static const struct row *row_find(const char *name)
{
    const struct row *row = rows;

    while (row->name != NULL && strcmp(row->name, name) != 0)
        row++;
    return row->name != NULL ? row : NULL;
}

static void finish(struct bench *b)
{
    for (struct wire *w = b->wires; w < b->wires + b->count; w++) {
        free(w->send.at);
        free(w->want.at);
    }
    free(b->wires);
    (void)close(b->epoll);
}

int main(int argc, char **argv)
{
    struct rlimit files;
    struct bench b = { .epoll = epoll_create1(0) };
    const struct row *row = argc >= 6 ? row_find(argv[1]) : NULL;
    int pid, count;

    if (row == NULL) {
        (void)fputs("load ROW sio|floor PORT PID SECONDS [CONNECTIONS]\n", stderr);
        return 2;
    }
    (void)alarm(LIFE_S);
    b.floor = strcmp(argv[2], "floor") == 0;
    b.port = (int)strtol(argv[3], NULL, 10);
    pid = (int)strtol(argv[4], NULL, 10);
    count = argc > 6 ? (int)strtol(argv[6], NULL, 10) : row->count;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    b.wires = calloc((size_t)count, sizeof *b.wires);
    if (b.wires == NULL)
        fail("no memory");
    if (strcmp(row->name, "idle") == 0)
        measure_rss(&b, row, count, pid);
    else
        measure_cpu(&b, row, count, pid, strtod(argv[5], NULL));
    finish(&b);
    return 0;
}
