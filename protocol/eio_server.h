/* eio_server.h - how a server looks inside: deadlines and tasks of one loop, and what makes replies. */
#ifndef EIO_SERVER_H
#define EIO_SERVER_H

#include "buf.h"
#include "engineio.h"
#include "heap.h"
#include "list.h"
#include "map.h"

/* Something due at a time. Places in the heap are reserved first, so that setting a timer cannot fail. */
struct eio_timer { struct heap_entry entry; void (*fire)(struct eio_timer *); };

/* Something to do before the loop sleeps: never in the caller's stack. */
struct eio_task { struct list_link in_tasks; void (*run)(struct eio_task *); };

struct eio_headers { struct buf lines; };       /* "Name: value\r\n" ...                            */

struct eio_server {
    struct eio_options  options;                /* with every default in its place                  */
    struct eio_handlers handlers;
    struct eio_host     host;
    void               *app, *upper;            /* upper: the floor above, if there is one          */
    struct ws_server   *websockets;
    struct map          sessions;               /* by sid, without those that have ended            */
    struct list_link    all;                    /* sessions, until they are freed                   */
    struct list_link    tasks, dirty;           /* dirty: sessions to flush, after the tasks        */
    struct heap         deadlines;
    size_t              timers;                 /* places reserved in it                            */
    struct buf          payload;                /* scratch of one reply                             */
    struct ws_message  *ping;
    uint64_t            turn;
    int64_t             back_ms;                /* till when the last tick let the loop sleep       */
    bool                closed, freed;          /* no new sessions; the host is not called any more */
};

int64_t eio_now(const struct eio_server *);
bool    eio_is_late(const struct eio_server *); /* the loop comes much later than it wanted to      */

int  eio_timers_reserve(struct eio_server *, size_t count);             /* -ENOMEM                  */
void eio_timers_release(struct eio_server *, size_t count);
void eio_timer_set(struct eio_server *, struct eio_timer *, int64_t due_ms);
void eio_timer_stop(struct eio_server *, struct eio_timer *);
void eio_task_add(struct eio_server *, struct eio_task *);              /* once, however often      */

/* Would a message leave with this turn? For volatile ones. */
bool eio_ready(struct eio_session *);

/* The floor above keeps a pointer of its own on each session. */
void *eio_upper(const struct eio_session *);
void  eio_set_upper(struct eio_session *, void *upper);
struct eio_server *eio_server_of(const struct eio_session *);

/* So many characters of A-Z a-z 0-9 - _, 6 random bits each, and a NUL. A multiple of 4, at most 24. */
void eio_random_text(const struct eio_server *, char *to, size_t size);

/* eio_reply.c. The errors of the reference: their numbers are its codes. */
enum eio_error {
    EIO_OK = -1, EIO_BAD_TRANSPORT, EIO_BAD_SID, EIO_BAD_METHOD, EIO_BAD_REQUEST, EIO_FORBIDDEN,
    EIO_BAD_REVISION, EIO_BUSY,                 /* the last one is ours                             */
};
void eio_headers_begin(struct eio_headers *, const struct eio_server *, const struct ws_request *);
void eio_headers_finish(struct eio_headers *);
void eio_reply(const struct eio_server *, void *peer, struct eio_headers *, int status, const char *type,
               struct ws_bytes body);
void eio_reply_error(const struct eio_server *, const struct ws_request *, void *peer, enum eio_error);
void eio_reply_options(const struct eio_server *, const struct ws_request *, void *peer);
const char *eio_error_text(enum eio_error);

/* eio_handshake.c */
struct ws_request *eio_request_copy(const struct ws_request *);         /* one piece: free() it     */

#endif
