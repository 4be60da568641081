/* fuzz.h - what all targets share. A property is an assert: a finding is an input that breaks one. */
#ifndef FUZZ_H
#define FUZZ_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input, taken from the front; 0 and nothing when it is used up. */
struct input { const uint8_t *at; size_t left; };

static inline unsigned take_byte(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

static inline struct input take(struct input *in, size_t size)
{
    struct input piece = { in->at, size < in->left ? size : in->left };

    in->at += piece.left;
    in->left -= piece.left;
    return piece;
}

/* Memory of just this size, so that ASan sees the first byte behind it; yours to free. */
static inline void *copy_of(const void *at, size_t size)
{
    char *copy = malloc(size > 0 ? size : 1);

    assert(copy != NULL);
    if (size > 0)
        memcpy(copy, at, size);
    return copy;
}

static inline bool same_bytes(const void *a, size_t a_size, const void *b, size_t b_size)
{
    return a_size == b_size && (a_size == 0 || memcmp(a, b, a_size) == 0);
}

#endif
