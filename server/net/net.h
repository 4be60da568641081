/* net.h - the world of one loop: its connections and their numbers, limits, the shared reading buffer, one
 * flush a turn and one timer for all deadlines. It belongs to sio_uv; consultd speaks to sio_uv.h and
 * http.h.
 *
 * server/net is a library: it returns -ENOMEM, it never logs, and it asks the system for nothing but
 * sockets. */
#ifndef NET_H
#define NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "websocket.h"

struct net_limits {                             /* zero means the default                           */
    int    conns_max;                           /* 20,000: past it an accepted connection is closed */
    int    head_ms, body_ms;                    /* 10,000; 30,000: for all of it, not for a byte    */
    int    unread_ms;                           /* 30,000: a reply that makes no progress           */
    int    idle_ms;                             /* 60,000: between requests                         */
    int    linger_ms;                           /* 2,000: for the peer's end after ours             */
    size_t head_max, target_max;                /* 16,384; 8,192 bytes                              */
    int    lines_max;                           /* 100 header lines, trailers included              */
    size_t body_max;                            /* 1,000,000 bytes of a body that is collected      */
    size_t ahead_max;                           /* 65,536 bytes that came behind a waiting request  */
};

/* A fact for the log: "conn.limit", "accept.error", "conn.slow", "http.refused", ...; `error` a negative
 * errno or an HTTP status, `address` "" if unknown. Never a token, a body or a query. */
typedef void net_fact_fn(void *app, const char *event, const char *address, int error);

#endif
