/* wire.h - a client connection of the load generator: bytes out, frames and HTTP answers in. Whatever goes
 * wrong ends the program and says why: a figure of a run with errors is none. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>

enum { WIRE_MAX = 4096 };                       /* of one message, either way                       */

struct text { char *at; size_t size; };         /* bytes, and a NUL behind them                     */

struct wire {
    int         fd;
    bool        http;                           /* answers are HTTP's, not frames                   */
    struct text send, want;                     /* what a round sends here, and the answer to it    */
    size_t      size;                           /* of what came and was not taken                   */
    char        in[WIRE_MAX];
};

_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
struct text text_make(const char *format, ...) __attribute__((format(printf, 1, 2)));
struct text frame_make(int opcode, struct text payload);        /* masked; the payload is consumed  */

void wire_open(struct wire *, int port);
void wire_close(struct wire *);
void wire_send(const struct wire *, const char *at, size_t size);
void wire_text(const struct wire *, const char *text);          /* as a frame                       */
struct text wire_await(struct wire *, const char *beginning);   /* the next message, which begins so */
void wire_await_end(struct wire *);             /* the peer's FIN                                   */
void wire_head(struct wire *);                  /* waits for the head of a 101 and drops it         */

/* Reads what there is and compares: how many messages came that were wanted. Pings are answered. */
int  wire_collect(struct wire *);

/* Of the next message that is whole: false if there is none. It stands until wire_drop(). */
bool wire_next(struct wire *, struct text *ret_message, size_t *ret_whole);
void wire_drop(struct wire *, size_t whole);

#endif
