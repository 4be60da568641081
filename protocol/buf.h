/* buf.h - bytes that grow up to a limit which is given at birth.
 *
 * Every function that adds is all or nothing: 0, -EMSGSIZE past the limit, or -ENOMEM, the bytes then
 * unchanged. Memory is made with the first byte, so an unused buffer costs nothing. */
#ifndef BUF_H
#define BUF_H

#include "websocket.h"

enum { BUF_NO_LIMIT = -1 };

struct buf {
    unsigned char *at;                          /* NULL while nothing was ever added                */
    size_t size, capacity, size_max;
};

void buf_init(struct buf *, int64_t size_max);                  /* BUF_NO_LIMIT: only memory limits */
void buf_finish(struct buf *);                                  /* frees; may be used again         */
int  buf_add(struct buf *, const void *at, size_t size);
int  buf_add_byte(struct buf *, unsigned char byte);
int  buf_add_text(struct buf *, const char *text);              /* without its NUL                  */
int  buf_add_texts(struct buf *, const char *const *texts);     /* ends with NULL                   */
int  buf_add_number(struct buf *, int64_t number);              /* in decimal                       */
int  buf_printf(struct buf *, const char *format, ...) __attribute__((format(printf, 2, 3)));
int  buf_reserve(struct buf *, size_t size, unsigned char **ret_at);    /* room behind the end ...  */
void buf_grow(struct buf *, size_t size);                       /* ... of which so much was filled  */
void buf_shift(struct buf *, size_t size);                      /* drops from the front             */
void buf_cut(struct buf *, size_t size);                        /* keeps only the first `size`      */
void buf_clear(struct buf *);                                   /* keeps the memory                 */

static inline struct ws_bytes buf_bytes(const struct buf *b)
{
    return (struct ws_bytes){ b->at, b->size };
}

#endif
