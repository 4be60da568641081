/* buf.c - bytes that grow up to a limit. */
#include "buf.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
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

int buf_add_texts(struct buf *b, const char *const *texts)
{
    unsigned char *to;
    size_t size = 0;
    int err;

    for (const char *const *text = texts; *text != NULL; text++)
        size += strlen(*text);
    err = buf_reserve(b, size, &to);
    if (err)
        return err;

    for (; *texts != NULL; texts++)
        to = mempcpy(to, *texts, strlen(*texts));
    buf_grow(b, size);
    return 0;
}

int buf_add_number(struct buf *b, int64_t number)
{
    char digits[20], *at = digits + sizeof digits;      /* of INT64_MIN, with its sign              */
    uint64_t left = number < 0 ? -(uint64_t)number : (uint64_t)number;

    do
        *--at = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (number < 0)
        *--at = '-';
    return buf_add(b, at, (size_t)(digits + sizeof digits - at));
}

/* Prints into the room there is; when that is too small, it knows how much it takes. The NUL that vsnprintf
 * writes is not counted. */
int buf_printf(struct buf *b, const char *format, ...)
{
    va_list args, again;
    size_t room = b->capacity - b->size, size;
    unsigned char *to;
    int err = 0;

    va_start(args, format);
    va_copy(again, args);
    size = (size_t)vsnprintf(room > 0 ? (char *)b->at + b->size : NULL, room, format, args);
    va_end(args);
    assert(size <= INT_MAX);
    if (size >= room)
        err = buf_reserve(b, size + 1, &to);
    if (err == 0 && size >= room)
        (void)vsnprintf((char *)to, size + 1, format, again);
    if (err == 0)
        buf_grow(b, size);
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
