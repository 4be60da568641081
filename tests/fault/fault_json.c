/* fault_json.c - without memory for JSON the program stops with a word, and not with a broken heap. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#include <jansson.h>

#include "fault.h"
#include "server/xalloc.h"

/* Long strings and keys make the lexer's buffer grow, again and again. */
static char text[8192];

static void text_make(void)
{
    static char words[1600];

    memset(words, 'x', sizeof words - 1);
    CHECK(snprintf(text, sizeof text, "{\"%s\":[\"%s\",1.5,{\"a\":\"%s%s\"}]}", words + 800, words, words,
                   words) < (int)sizeof text);
}

/* Reads it in a process of its own, of whose allocations the n-th fails. Its last words, and how it ended. */
static int child(long n, char *said, size_t size)
{
    int ends[2], status = 0;
    ssize_t got;
    pid_t pid;

    CHECK_INT(pipe(ends), 0);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        (void)signal(SIGABRT, SIG_DFL);         /* cmocka's would tell of it                         */
        (void)dup2(ends[1], STDERR_FILENO);
        xalloc_for_json();
        fault_arm(n, false);
        json_decref(json_loads(text, JSON_REJECT_DUPLICATES, NULL));
        (void)fault_disarm();
        _exit(fault_came() ? 9 : 0);
    }
    CHECK_INT(close(ends[1]), 0);
    got = read(ends[0], said, size - 1);
    said[got > 0 ? got : 0] = '\0';
    CHECK_INT(close(ends[0]), 0);
    CHECK_INT(waitpid(pid, &status, 0), pid);
    return status;
}

TEST(fault_json, any_allocation_that_fails_ends_the_program_with_a_word)
{
    int status, ended = 0;
    char said[256];

    text_make();
    for (long n = 0;; n++, ended++) {
        status = child(n, said, sizeof said);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
            break;                              /* it needs no more                                  */
        CHECK(WIFSIGNALED(status));
        CHECK_INT(WTERMSIG(status), SIGABRT);
        CHECK_STR(said, "consultd: out of memory\n");
    }
    CHECK(ended > 15);
}
