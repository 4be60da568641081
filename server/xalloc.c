/* xalloc.c - the only place of the server that calls the allocator. */
#include "xalloc.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
    if (memory == NULL) {
        (void)fputs("consultd: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *xalloc(size_t size)
{
    return must(calloc(1, size));
}

char *xstrdup(const char *text)
{
    return must(strdup(text));
}

char *xstrndup(const char *text, size_t size)
{
    return must(strndup(text, size));
}

void xalloc_for_json(void)
{
    json_set_alloc_funcs(xalloc, free);
}

char *xprintf(const char *format, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    return must(text);
}
