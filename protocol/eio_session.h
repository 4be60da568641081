/* eio_session.h - one client, whatever transport it is on: heartbeat, upgrade, close.
 *
 * state          | event                                 | next             | does
 * ---------------|---------------------------------------|------------------|--------------------------------
 * OPEN (polling) | second transport with our sid         | PROBING          | arms the upgrade deadline
 * PROBING        | `2probe` on it                        | PROBING          | answers `3probe`, and all polls
 * PROBING        | `5` on it                             | OPEN (websocket) | moves the queue, ends polling
 * PROBING        | deadline, loss, any other but a pong  | OPEN (polling)   | closes it, nothing is lost
 * any            | missed pong, loss, close, double poll | CLOSED           | tells the floor above, once
 *
 * A session that the application closes while it polls stays what it is, `closing`, until a poll or an
 * upgrade has taken what is queued. Who is CLOSED is told and freed by the next tick, never in the
 * caller's stack. */
#ifndef EIO_SESSION_H
#define EIO_SESSION_H

#include "eio_packet.h"
#include "eio_polling.h"
#include "eio_query.h"
#include "eio_server.h"
#include "eio_transport.h"

enum eio_state { EIO_OPEN, EIO_PROBING, EIO_CLOSED };

struct eio_session {                            /* what each message asks for comes first          */
    struct eio_server *server;
    const struct eio_transport *transport;
    struct ws_conn    *conn, *probe;            /* the transport; the one that wants to be it       */
    void              *data, *upper;
    enum eio_state     state;
    enum eio_reason    reason;                  /* of its end                                       */
    bool               opened;                  /* on_open ran, so on_close must                    */
    bool               closing;                 /* ends when what is queued is out                  */
    bool               probed, upgraded;        /* `2probe` came; `5` came                          */
    bool               pinged, extended;        /* a pong is awaited; it once got more time         */
    bool               behind;                  /* what an earlier turn sent is still unsent        */
    uint64_t           turn;                    /* of the last look at that                         */
    struct eio_timer   beat, limit;             /* ping or pong; upgrade or end                     */
    struct eio_polling polling;
    struct list_link   in_all, in_dirty;
    struct ws_request *handshake;
    int64_t            message_max;             /* of the server, or less: eio_session_limit()      */
    char               sid[EIO_SID_MAX + 1];
};

/* A new one; NULL without memory. The caller brings the open packet out, and then says that it is open. */
struct eio_session *eio_session_new(struct eio_server *, const struct ws_request *,
                                    const struct eio_transport *);
int  eio_session_opening(const struct eio_session *, struct buf *);     /* the open packet's text   */
void eio_session_opened(struct eio_session *, const struct ws_request *);
void eio_session_free(struct eio_session *);
/* What the client sends is limited to this from here on, whatever the server's message_max allows. */
void eio_session_limit(struct eio_session *, int64_t message_max);

void eio_session_clock(struct eio_session *);   /* before any input: what has time done to it?      */
void eio_session_receive(struct eio_session *, const struct eio_packet *);
void eio_session_pong(struct eio_session *);
void eio_session_drained(struct eio_session *); /* nothing is unsent any more                       */

int  eio_session_probe(struct eio_session *, struct ws_conn *);         /* -EBUSY: there is one     */
void eio_session_unprobe(struct eio_session *); /* it failed: back to polling                       */
void eio_session_upgrade(struct eio_session *);

void eio_session_dirty(struct eio_session *);   /* flush it with the next tick                      */
void eio_session_flush(struct eio_session *);   /* or frees it, when it has ended                   */
void eio_session_close(struct eio_session *, enum eio_reason);          /* when all queued is out   */
void eio_session_end(struct eio_session *, enum eio_reason);            /* now                      */

#endif
