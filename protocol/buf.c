/* buf.c - bytes that grow up to a limit. */
#include "buf.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_MIN = 64 };

void buf_init(struct buf *b, int64_t size_max)
{
    assert(size_max >= BUF_NO_LIMIT);
    *b = (struct buf){ .size_max = size_max == BUF_NO_LIMIT ? SIZE_MAX / 2 : (size_t)size_max };
}

void buf_finish(struct buf *b)
{
    free(b->at);
    *b = (struct buf){ .size_max = b->size_max };
}

/* Doubles, so that n bytes cost O(n), but never past the limit. */
static size_t capacity_for(const struct buf *b, size_t size)
{
    size_t capacity = b->capacity < CAPACITY_MIN ? CAPACITY_MIN : b->capacity * 2;

    if (capacity > b->size_max)
        capacity = b->size_max;
    return capacity < size ? size : capacity;
}

int buf_reserve(struct buf *b, size_t size, unsigned char **ret_at)
{
    assert(b->size <= b->size_max);
    if (size > b->size_max - b->size)
        return -EMSGSIZE;

    if (size > b->capacity - b->size) {
        size_t capacity = capacity_for(b, b->size + size);
        unsigned char *at = realloc(b->at, capacity);

        if (at == NULL)
            return -ENOMEM;
        b->at = at;
        b->capacity = capacity;
    }
    *ret_at = b->at == NULL ? NULL : b->at + b->size;
    return 0;
}

void buf_grow(struct buf *b, size_t size)
{
    assert(size <= b->capacity - b->size);
    b->size += size;
}

int buf_add(struct buf *b, const void *at, size_t size)
{
    unsigned char *to;
    int err;

    if (size == 0)
        return 0;
    err = buf_reserve(b, size, &to);
    if (err)
        return err;

    assert(at != NULL && to != NULL);
    memcpy(to, at, size);
    buf_grow(b, size);
    return 0;
}

int buf_add_byte(struct buf *b, unsigned char byte)
{
    if (b->size == b->capacity)
        return buf_add(b, &byte, 1);
    b->at[b->size++] = byte;
    return 0;
}

int buf_add_text(struct buf *b, const char *text)
{
    return buf_add(b, text, strlen(text));
}

int buf_add_number(struct buf *b, int64_t number)
{
    return buf_printf(b, "%lld", (long long)number);
}

int buf_printf(struct buf *b, const char *format, ...)
{
    va_list args, again;
    unsigned char *to;
    int size, err;

    va_start(args, format);
    va_copy(again, args);
    size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(size >= 0);

    err = buf_reserve(b, (size_t)size + 1, &to);    /* vsnprintf writes a NUL, which is not counted */
    if (err == 0) {
        (void)vsnprintf((char *)to, (size_t)size + 1, format, again);
        buf_grow(b, (size_t)size);
    }
    va_end(again);
    return err;
}

void buf_shift(struct buf *b, size_t size)
{
    assert(size <= b->size);
    if (size == 0)
        return;
    memmove(b->at, b->at + size, b->size - size);
    b->size -= size;
}

void buf_cut(struct buf *b, size_t size)
{
    assert(size <= b->size);
    b->size = size;
}

void buf_clear(struct buf *b)
{
    b->size = 0;
}
