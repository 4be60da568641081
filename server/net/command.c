/* command.c - posix_spawn, a pipe, and a deadline. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORDS_MAX = 16, END_POLL_MS = 10 };

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct words {
    char *text, *argv[WORDS_MAX + 1];
};

static int words_split(const char *command, struct words *w)
{
    int count = 0;

    *w = (struct words){ .text = strdup(command) };
    if (w->text == NULL)
        return -ENOMEM;
    for (char *at = w->text; *(at += strspn(at, " ")) != '\0' && count < WORDS_MAX;) {
        w->argv[count++] = at;
        at += strcspn(at, " ");
        if (*at != '\0')
            *at++ = '\0';
    }
    if (count > 0 && w->argv[0][0] == '/')
        return 0;
    free(w->text);
    return -EINVAL;
}

int command_check(const char *command)
{
    struct words w;
    int err = words_split(command, &w);

    if (err)
        return err;
    err = access(w.argv[0], X_OK) < 0 ? -errno : 0;
    free(w.text);
    return err;
}

/* A group of its own, so that what it starts ends with it; signals as they are by default. */
static int spawn_with(char *const argv[], int input, pid_t *ret_pid)
{
    char *const environment[] = { (char[]){ "PATH=/usr/local/bin:/usr/bin:/bin" }, (char[]){ "LC_ALL=C" },
                                  NULL };
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t defaults, none;
    int err;

    (void)sigfillset(&defaults);
    (void)sigemptyset(&none);
    (void)posix_spawnattr_init(&how);
    (void)posix_spawnattr_setflags(&how,
                                   POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    (void)posix_spawnattr_setsigdefault(&how, &defaults);
    (void)posix_spawnattr_setsigmask(&how, &none);
    (void)posix_spawn_file_actions_init(&files);
    err = posix_spawn_file_actions_adddup2(&files, input, 0);
    for (int out = 1; err == 0 && out <= 2; out++)
        err = posix_spawn_file_actions_addopen(&files, out, "/dev/null", O_WRONLY, 0);
    if (err == 0)
        err = posix_spawn(ret_pid, argv[0], &files, &how, argv, environment);
    (void)posix_spawn_file_actions_destroy(&files);
    (void)posix_spawnattr_destroy(&how);
    return -err;
}

/* Until all is written, or nobody reads any more. */
static int feed(int to, const char *at, size_t size, int64_t deadline_ms)
{
    while (size > 0) {
        struct pollfd wait = { .fd = to, .events = POLLOUT };
        int64_t left_ms = deadline_ms - now_ms();
        ssize_t wrote;

        if (left_ms <= 0)
            return -ETIMEDOUT;
        if (poll(&wait, 1, (int)left_ms) < 0 && errno != EINTR)
            return -errno;
        wrote = write(to, at, size);
        if (wrote < 0 && errno == EPIPE)
            return 0;
        if (wrote < 0 && errno != EAGAIN && errno != EINTR)
            return -errno;
        at += wrote > 0 ? wrote : 0;
        size -= wrote > 0 ? (size_t)wrote : 0;
    }
    return 0;
}

static int wait_until(pid_t pid, int64_t deadline_ms, int *ret_status)
{
    pid_t ended;
    int status;

    while ((ended = waitpid(pid, &status, WNOHANG)) <= 0) {
        if (ended < 0 && errno != EINTR)
            return -errno;
        if (now_ms() >= deadline_ms)
            return -ETIMEDOUT;
        (void)poll(NULL, 0, END_POLL_MS);
    }
    *ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return 0;
}

int command_run(const char *command, const void *at, size_t size, int64_t timeout_ms, int *ret_status)
{
    int64_t deadline_ms = now_ms() + timeout_ms;
    int ends[2], err;
    struct words w;
    pid_t pid;

    err = words_split(command, &w);
    if (err)
        return err;
    if (pipe2(ends, O_CLOEXEC) < 0) {
        free(w.text);
        return -errno;
    }
    err = spawn_with(w.argv, ends[0], &pid);
    (void)close(ends[0]);
    free(w.text);
    if (err) {
        (void)close(ends[1]);
        return err;
    }
    (void)fcntl(ends[1], F_SETFL, O_NONBLOCK);
    err = feed(ends[1], at, size, deadline_ms);
    (void)close(ends[1]);
    if (err == 0)
        err = wait_until(pid, deadline_ms, ret_status);
    if (err) {
        (void)kill(-pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    return err;
}
