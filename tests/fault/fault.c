/* fault.c - the wrapped functions. */
#include "fault.h"

#include <stdlib.h>
#include <string.h>

static long count, fail_at = -1, blocks;
static bool armed, for_good, came, outside;
static const bool *only_while;

void *__real_malloc(size_t size);
void *__real_calloc(size_t number, size_t size);
void *__real_realloc(void *at, size_t size);
void  __real_free(void *at);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t number, size_t size);
void *__wrap_realloc(void *at, size_t size);
void  __wrap_free(void *at);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);

void fault_arm(long n, bool all_behind)
{
    count = 0;
    fail_at = n;
    for_good = all_behind;
    came = false;
    armed = true;
}

long fault_disarm(void)
{
    armed = false;
    return count;
}

bool fault_came(void)
{
    return came;
}

void fault_inside(bool inside)
{
    outside = !inside;
}

void fault_only_while(const bool *flag)
{
    only_while = flag;
}

long fault_blocks(void)
{
    return blocks;
}

bool fault_now(void)
{
    long now;

    if (!armed || outside || (only_while != NULL && !*only_while))
        return false;
    now = count++;
    if (fail_at < 0 || now < fail_at || (now > fail_at && !for_good))
        return false;
    came = true;
    return true;
}

static void *counted(void *at)
{
    blocks += at != NULL;
    return at;
}

void *fault_malloc(size_t size)
{
    return fault_now() ? NULL : counted(__real_malloc(size));
}

void *fault_calloc(size_t number, size_t size)
{
    return fault_now() ? NULL : counted(__real_calloc(number, size));
}

void *fault_realloc(void *at, size_t size)
{
    if (fault_now())
        return NULL;
    return at == NULL ? counted(__real_realloc(at, size)) : __real_realloc(at, size);
}

void fault_free(void *at)
{
    blocks -= at != NULL;
    __real_free(at);
}

void *__wrap_malloc(size_t size)
{
    return fault_malloc(size);
}

void *__wrap_calloc(size_t number, size_t size)
{
    return fault_calloc(number, size);
}

void *__wrap_realloc(void *at, size_t size)
{
    return fault_realloc(at, size);
}

void __wrap_free(void *at)
{
    fault_free(at);
}

char *__wrap_strndup(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    char *copy = fault_malloc(length + 1);

    if (copy == NULL)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *__wrap_strdup(const char *text)
{
    return __wrap_strndup(text, strlen(text));
}
