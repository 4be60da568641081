/* test_command.c - real programs of this machine, given bytes. */
#include "test.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "net/command.h"

#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

enum { PATIENCE_MS = 60000, LARGE = 1 << 20 };

/* As the server does at its start. */
static int run(const char *command, const void *at, size_t size, int64_t timeout_ms, int *ret_status)
{
    (void)sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
    return command_run(command, at, size, timeout_ms, ret_status);
}

TEST(command, tells_the_exit_status)
{
    static const struct {
        const char *command;
        int status;
    } cases[] = {
        { "/bin/true", 0 },
        { "/bin/false", 1 },
        { "  /usr/bin/test   1  -eq  2 ", 1 },
        { "/bin/grep -q harmful", 0 },
        { "/bin/grep -q else", 1 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int status = -1;

        CHECK_INT(run(cases[i].command, "harmful", 7, PATIENCE_MS, &status), 0);
        CHECK_INT(status, cases[i].status);
    }
}

TEST(command, may_leave_what_it_is_given_unread)
{
    char *large = calloc(1, LARGE);
    int status = -1;

    assert_non_null(large);
    memset(large, 'a', LARGE);
    CHECK_INT(run("/bin/true", large, LARGE, PATIENCE_MS, &status), 0);
    CHECK_INT(status, 0);
    CHECK_INT(run("/bin/grep -q ab", large, LARGE, PATIENCE_MS, &status), 0);
    CHECK_INT(status, 1);
    free(large);
}

TEST(command, that_takes_too_long_is_killed)
{
    char *large = calloc(1, LARGE);
    int status = -1;

    assert_non_null(large);
    CHECK_INT(run("/bin/sleep 600", "", 0, 50, &status), -ETIMEDOUT);
    CHECK_INT(run("/bin/sleep 600", large, LARGE, 50, &status), -ETIMEDOUT);
    CHECK_INT(status, -1);
    CHECK_INT(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left                                    */
    CHECK_INT(errno, ECHILD);
    free(large);
}

TEST(command, needs_a_path_from_the_root)
{
    static const struct {
        const char *command;
        int err;
    } cases[] = {
        { "", -EINVAL },
        { "   ", -EINVAL },
        { "true", -EINVAL },
        { "bin/true", -EINVAL },
        { "/bin/there-is-none", -ENOENT },
        { "/etc/passwd", -EACCES },
        { "/bin/true and more", 0 },
    };
    int status;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(command_check(cases[i].command), cases[i].err);
        CHECK_INT(run(cases[i].command, "", 0, PATIENCE_MS, &status), cases[i].err);
    }
}
