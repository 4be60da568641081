/* sio_recovery.h - how a socket that was lost comes back: its ticket, and the packets it missed.
 *
 * Every socket has a ticket, whose pid the client knows. When the connection is lost, the ticket sleeps with
 * the names of the rooms, for recovery_ms; a CONNECT with the pid and the offset of the last packet wakes it
 * up. What went to a namespace meanwhile is in a log, oldest first, with who entered and left which room, so
 * that walking back from its end tells for each packet whether it was for that socket at its time:
 *
 *   log  [packet 7 to "a"] [T entered "b"] [packet 8 to "b"] [packet 9 to all]     T has seen 7, is in {a, b}
 *                                  <- not yet in "b" ... <- 8: yes ... <- 9: yes
 *
 * Tickets and log share one limit of memory: past it the oldest goes, and who would need it starts anew. */
#ifndef SIO_RECOVERY_H
#define SIO_RECOVERY_H

#include "sio_frames.h"
#include "sio_server.h"
#include "sio_socket.h"

enum { SIO_PID_SIZE = 24, SIO_OFFSET_MAX = 32 };        /* a pid has 144 random bits                */

struct sio_recovery {
    struct sio_server *server;
    int64_t            ms, keep_ms;             /* of a ticket; of a packet                         */
    size_t             used, used_max;
    struct map         sleeping;                /* tickets by pid                                   */
    struct list_link   by_age, log;             /* those tickets; all entries                       */
    uint64_t           last, tickets;           /* packet; ticket: their numbers so far             */
    struct eio_timer   expiry;
    char               prefix[4 + 1];           /* of offsets: no string of the application's       */
};

struct sio_ticket {
    struct list_link      by_age, in_namespace; /* while it sleeps; until its socket is let in      */
    struct sio_namespace *namespace;
    struct sio_socket    *socket;               /* NULL while it sleeps                             */
    uint64_t              number;
    uint64_t              since, seen;          /* packets that went before it; the client has seen */
    int64_t               due_ms;
    struct buf            rooms;                /* names with their NULs, unless the socket is in them */
    size_t                used;
    bool                  returning;            /* woken up, not yet let in                         */
    char                  pid[SIO_PID_SIZE + 1], id[SIO_ID_SIZE + 1];
};

struct sio_recovery *sio_recovery_new(struct sio_server *, const struct sio_options *); /* NULL: no memory */
void                 sio_recovery_free(struct sio_recovery *);
void                 sio_recovery_use(struct sio_recovery *, size_t more);
void                 sio_recovery_trim(struct sio_recovery *);  /* to the limit: tickets and packets go */

/* Tickets. */
struct sio_ticket *sio_ticket_new(struct sio_socket *);         /* NULL: no memory                  */
struct sio_ticket *sio_ticket_wake(struct sio_namespace *, struct ws_bytes auth);       /* NULL: none */
int  sio_ticket_accept(struct sio_ticket *);    /* into its rooms, or all anew; -ENOMEM             */
void sio_ticket_accepted(struct sio_ticket *);  /* sends what it missed                             */
void sio_ticket_leave(struct sio_ticket *);     /* its socket ends: it sleeps, or is freed          */
void sio_ticket_drop(struct sio_ticket *);      /* NULL is fine; its namespace stays in any case    */

/* What is done to many is done to those who are away, too. */
void sio_tickets_leave_room(struct sio_namespace *, const struct sio_to *, const char *room);
void sio_tickets_forget(struct sio_namespace *, const struct sio_to *);

/* The log. A packet gets its number, whose text the client knows as offset, before it is framed. */
const char *sio_log_offset(struct sio_recovery *, char text[SIO_OFFSET_MAX]);
bool sio_log_seen(const struct sio_recovery *, const char *offset, uint64_t *ret_number);
void sio_log_packet(struct sio_namespace *, const struct sio_to *, const struct sio_ticket *one,
                    const struct sio_frames *, unsigned flags);         /* to many, or to one       */
void sio_log_member(const struct sio_ticket *, const char *room, bool in);
bool sio_log_mark(struct sio_ticket *);         /* what it missed; false: not all is there, or too much */
void sio_log_replay(const struct sio_ticket *);
int64_t sio_log_oldest_ms(const struct sio_recovery *);
void sio_log_shift(struct sio_recovery *);      /* the oldest, for want of memory                   */
void sio_log_expire(struct sio_recovery *);
void sio_log_drop(struct sio_namespace *);      /* all of it                                        */

#endif
