/* log.c - one write a line, so that lines of two threads never mix. */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* Whatever a value holds, one fact stays one line (log injection). */
static void tame(char *text, const char *end)
{
    for (; text < end; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

void log_line(enum log_level level, const char *event, const char *format, ...)
{
    static const char *const names[] = { "info", "warn", "error" };
    char line[1024];
    struct timespec now;
    va_list args;
    int size, more;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    size = snprintf(line, sizeof line, "t=%lld.%03ld level=%s event=%s ", (long long)now.tv_sec,
                    now.tv_nsec / 1000000, names[level], event);
    va_start(args, format);
    more = vsnprintf(line + size, sizeof line - (size_t)size - 1, format, args);
    va_end(args);
    if (more > 0)
        size += more;
    if (size > (int)sizeof line - 2)
        size = (int)sizeof line - 2;
    tame(line, line + size);
    line[size++] = '\n';
    (void)!write(STDERR_FILENO, line, (size_t)size);
}
