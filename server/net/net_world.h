/* net_world.h - what net.c, conn.c, listener.c and sio_uv.c share: the inside of struct net and struct
 * conn. */
#ifndef NET_WORLD_H
#define NET_WORLD_H

#include <uv.h>

#include "conn.h"
#include "heap.h"
#include "list.h"
#include "sio_http.h"

enum { NET_READ_MAX = 65536, NET_PARTS_MAX = 64 };

struct sio_tls;
struct tls;

struct net {
    uv_loop_t        *loop;
    struct sio_http_limits limits;              /* defaults filled in                             */
    sio_fact_fn      *fact;
    void             *app;
    /* Before the flush, `first` in a turn, and after it: ms it may sleep, -1 for ever. */
    int64_t         (*tick)(void *app_tick, bool first);
    void            (*ended)(void *app_tick);   /* nothing of this world is left                    */
    void             *app_tick;

    uv_prepare_t      turn;                     /* the flush before the loop sleeps                 */
    uv_timer_t        alarm;                    /* the one timer                                    */
    int               handles_open;             /* of these two                                     */
    int               listeners_open;
    bool              closing, freed;

    struct list_link  dirty;                    /* connections with output, or an end to come       */
    struct list_link  conns;                    /* all of them                                      */
    struct list_link  handshakes;               /* of TLS, the oldest first: conn_tls.c             */
    int               handshakes_open;
    struct heap       waits, writes;            /* deadlines by conn.wait_due, conn.write_due       */
    struct conn     **slots;
    uint32_t          slots_size, slots_hint;   /* below the hint no slot is free                   */
    int               conns_open;
    uint64_t          serials;                  /* of requests; the last one given                  */
    char              read_buffer[NET_READ_MAX];
};

struct conn {
    uv_tcp_t          tcp;
    struct net       *net;
    struct tls       *tls;                      /* NULL: plain                                      */
    const struct conn_owner *owner;
    void             *peer;
    struct list_link  in_dirty, in_all;
    struct heap_entry wait_due, write_due;
    int64_t           wait_till_ms;             /* what wait_due really means; INT64_MAX: nothing   */
    enum conn_wait    wait;
    uint32_t          slot;
    bool              reading, paused, peer_ended, ending, shut, closing;
    bool              writing;                  /* uv_write() has parts of the owner                */
    size_t            writing_size, unwritten;  /* of it; what was left when the deadline was set   */
    union { uv_write_t write; uv_shutdown_t shutdown; } request;    /* all is written, then shut     */
    char              address[46];              /* INET6_ADDRSTRLEN                                 */
};

/* A world on this loop. NULL: no memory. */
struct net *net_new(uv_loop_t *, const struct sio_http_limits *, sio_fact_fn *, void *app);
void        net_finish(struct net *);           /* ends in the last close callback, or now          */
void        net_close(struct net *);            /* its own handles, once nothing else is open       */
void        net_closed_one(struct net *);       /* a listener or a connection ended                 */
void        net_fact(const struct net *, const char *event, const char *address, int error);
int         net_slot_take(struct net *, struct conn *);         /* 0, -ENOMEM, -EMFILE              */
void        net_slot_give(struct net *, uint32_t slot);

/* Accepts from `server`, which uv says is ready; 0 and a connection without owner, or -errno: it is gone, or
 * (-ENOMEM, -EMFILE: past conns_max) still waits to be taken. */
int  conn_accept(struct net *, uv_stream_t *server, struct conn **ret_conn);
void conn_receive(struct conn *, char *at, size_t size);        /* to its owner, as if read just now */
void conn_flush(struct conn *);                 /* the turn's one write                             */
/* Gives libuv what the kernel did not take of the parts; they stand until it is gone. */
void conn_write_rest(struct conn *, uv_buf_t *, int count, size_t taken);
void conn_end_of_input(struct conn *);
void conn_wait_is_over(struct conn *);
void conn_write_is_late(struct conn *);

/* conn_tls.c: the same for TLS. A connection without owner does its handshake and is then given away, or it
 * is cut. */
void conn_tls_begin(struct conn *, struct sio_tls *, void (*ready)(void *data, struct conn *), void *data);
void conn_tls_drain(struct conn *);             /* cut while in its handshake, else nothing         */
void conn_tls_receive(struct conn *, const char *at, size_t size);
bool conn_tls_flush_some(struct conn *);        /* true while there may be more                     */
void conn_tls_written(struct conn *);

#endif
