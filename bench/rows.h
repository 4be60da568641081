/* rows.h - what is measured: how the clients of a row come to be, and what one round of it is. */
#ifndef ROWS_H
#define ROWS_H

#include <stdint.h>

#include "wire.h"

struct bench {
    int          port;
    bool         floor;                         /* who serves is the floor, not a Socket.IO server  */
    int          epoll;
    struct wire *wires;
    int          count;                         /* of wires                                         */
    uint64_t     rounds;
};

struct row {
    const char *name, *path;                    /* path: the floor's                                */
    int         count;                          /* of wires                                         */
    void      (*prepare)(const struct bench *, const struct row *, int from);   /* connects from there on */
    struct text (*text)(const struct bench *, int wire, bool back);             /* sent, or coming back */
    int       (*round)(struct bench *);         /* returns how many operations it was               */
};

extern const struct row rows[];                 /* ends with a zero row                             */

#endif
