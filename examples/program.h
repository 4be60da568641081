/* program.h - what these programs share: flags, and ends with a reason.
 *
 * A flag is "--name value" or "--name=value", and the last one counts. One that was read is
 * emptied, so that what nobody knows is found in the end. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline _Noreturn void program_stop(int status, const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(status);
}

static inline void *must_have(void *made)
{
    if (made == NULL)
        program_stop(1, "start", "out of memory");
    return made;
}

static inline void must_do(const char *what, int err)
{
    if (err)
        program_stop(1, what, strerror(-err));
}

static char program_no_flag[] = "";

static inline const char *flag_text(char **argv, const char *name, const char *otherwise)
{
    size_t size = strlen(name);
    const char *found = otherwise;

    for (char **at = argv + 1; *at != NULL; at++) {
        if (strncmp(*at, name, size) == 0 && (*at)[size] == '=') {
            found = *at + size + 1;
        } else if (strcmp(*at, name) == 0) {
            *at++ = program_no_flag;
            if (*at == NULL)
                program_stop(2, name, "a value is missing");
            found = *at;
        } else {
            continue;
        }
        *at = program_no_flag;
    }
    return found;
}

static inline int flag_number(char **argv, const char *name, int otherwise)
{
    const char *text = flag_text(argv, name, NULL);
    char *end;
    long number;

    if (text == NULL)
        return otherwise;
    errno = 0;
    number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < INT_MIN || number > INT_MAX)
        program_stop(2, name, "is no number");
    return (int)number;
}

static inline bool flag_given(char **argv, const char *name)
{
    bool given = false;

    for (char **at = argv + 1; *at != NULL; at++)
        if (strcmp(*at, name) == 0) {
            *at = program_no_flag;
            given = true;
        }
    return given;
}

/* --host and --port, the last flags to be read: all others are unknown. */
struct program_address { const char *host; int port; };

static inline struct program_address program_address(int argc, char **argv, int port)
{
    struct program_address address = {
        .host = flag_text(argv, "--host", "localhost"), .port = flag_number(argv, "--port", port),
    };

    for (int i = 1; i < argc; i++)
        if (*argv[i] != '\0')
            program_stop(2, argv[i], "unknown");
    return address;
}

#endif
