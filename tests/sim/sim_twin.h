/* sim_twin.h - what a Socket.IO server has to do, in the plainest way: arrays, loops, whole texts. It is told
 * every packet that reaches the server and everything the application does; it knows what handlers and
 * clients must hear of it, in which order, and for which reason each socket ends. */
#ifndef SIM_TWIN_H
#define SIM_TWIN_H

#include "fixture/world.h"
#include "sim_packet.h"

enum { TWIN_AWAY = 32, TWIN_RECOVERY_MS = 2500 };
enum { TWIN_CLIENTS = 5, TWIN_SOCKETS = 16, TWIN_ROOMS = 5, TWIN_SPACES = 4, TWIN_ASKS = 128,
       TWIN_MANY = 32 };
enum { TWIN_NOWHERE = -1, TWIN_NO_ID = -1 };    /* a namespace that does not exist; an ack id       */
enum { TWIN_PING_MS = 400, TWIN_PONG_MS = 1200, TWIN_JOIN_MS = 3001 };

enum twin_state { TWIN_GONE, TWIN_PENDING, TWIN_JOINED, TWIN_LEAVING };
enum twin_duty { TWIN_MUST = '!', TWIN_MAY = '?', TWIN_NEVER = 0 };     /* will it be heard?        */

struct twin_socket {
    enum twin_state state;
    int             space;
    unsigned        born;                       /* the older comes first                            */
    struct sio_namespace *ns;                   /* the application's, while it lives                */
    bool            accepted, in[TWIN_ROOMS];
    bool            recovered;                  /* is back, or will be when it is accepted          */
    bool            unsure;                     /* a loop that was held up may give up what it kept */
    int64_t         due_ms;                     /* till when it may come back                       */
    struct buf      log;                        /* of its packets, those the client has not heard   */
    char            pid[32];                    /* as the client has heard it                       */
    const char     *reason;                     /* why it is leaving                                */
    struct buf      held;                       /* packets that wait until it is accepted           */
    char            id[32];
};

struct twin_client {
    struct twin       *twin;
    bool               open, closing;           /* its session; closing: only what is queued goes   */
    bool               told;                    /* the application has heard of the end             */
    bool               websocket;               /* its transport at the server                      */
    const char        *reason;                  /* of the end                                       */
    const char        *either;                  /* another end was due in the same millisecond      */
    int64_t            beat_ms, joining_ms;     /* deadlines; -1: none                              */
    bool               pinged, extended;
    struct buf         up;                      /* packets at the server, not yet looked at         */
    struct buf         down;                    /* to hear: its duty, packet, NUL; "+": belongs to  */
                                                /* the one before                                   */
    char               awaited[SIM_PACKET_MAX]; /* a binary packet ...                              */
    int                missing;                 /* ... and how many attachments are still to come   */
    char               heard[SIM_PACKET_MAX];   /* the last packet                                  */
    struct twin_socket sockets[TWIN_SOCKETS];
};

struct twin_ask {                               /* a question, or one part of a question to many    */
    struct twin *twin;
    bool    open;
    int     many;                               /* its index in twin.many, or -1                    */
    int64_t id, deadline_ms;                    /* INT64_MAX: none                                  */
    char    socket[32];
};

struct twin_many { struct twin *twin; bool open; int space; int64_t id, deadline_ms; };

struct twin {
    struct world      *world;
    bool               recovers;                /* connection state recovery is on                  */
    struct twin_socket away[TWIN_AWAY];         /* may come back: state is TWIN_LEAVING             */
    struct twin_client clients[TWIN_CLIENTS];
    int64_t            ask_next[TWIN_SPACES];
    struct twin_ask    asks[TWIN_ASKS];
    int                asks_size;
    struct twin_many   many[TWIN_MANY];
    int                many_size;
    int64_t            tick_ms;                 /* when the last tick was                           */
    unsigned           born;
};

/* A packet in words: "42/chat,7[...]" is type '2', space 1, id 7. */
struct twin_packet { char type; int attachments, space; long id; const char *rest; };
extern const char *const twin_spaces[TWIN_SPACES];
struct twin_packet twin_parse(const char *text);
void               twin_print(struct buf *, char type, int space, int attachments, long id);

void twin_init(struct twin *, struct world *);
void twin_finish(struct twin *);
void twin_tick(struct twin *);                  /* before each tick: what has time done?            */
void twin_settle(struct twin *);                /* after each turn: what had to happen has happened */

/* Input. */
void twin_opened(struct twin_client *, bool websocket);
void twin_clock(struct twin_client *, bool tick);               /* what has time done to it?        */
void twin_reaches(struct twin_client *, const char *packet);
const char *twin_broken(uint64_t number);       /* a packet no client may send                      */
void twin_end(struct twin_client *, const char *reason);        /* the session is over              */
void twin_close(struct twin_client *, const char *reason, const char *session_reason); /* in order   */

/* The handlers. twin_called(): an event, an answer or a CONNECT, as it came, attachments behind "\n" each. */
void                twin_called(struct twin_client *, const char *text);
struct twin_socket *twin_connects(struct twin_client *, const char *text, const char *id);
struct twin_socket *twin_disconnects(struct twin_client *, const char *id, const char *reason);
void                twin_forget(struct twin_client *, struct twin_socket *);    /* when that is over */
void                twin_ended(struct twin_client *, const char *reason);
void                twin_fails(struct twin *, struct twin_ask *, int error);    /* a question's answer */
void                twin_resets(struct twin *, int many);               /* one of many has left     */
void                twin_many_ends(struct twin *, int many, int error);

/* What the application does. */
void twin_says(struct twin_client *, enum twin_duty, const char *text); /* attachments as above     */
void twin_leaves(struct twin_socket *, const char *reason);
struct twin_ask *twin_asks(struct twin *, const struct twin_socket *, int64_t id, int many, int timeout_ms);
int  twin_asked(const struct twin *, const struct twin_socket *);       /* questions that are open  */
bool twin_may_enter(const struct twin_socket *, int room, int max);
struct twin_socket *twin_oldest(struct twin_client *);  /* who has not left; or NULL                */
struct twin_socket *twin_find(struct twin *, const char *id, struct twin_client **ret_client);

/* Recovery. A text that the server keeps has a tab behind its first line, and an offset as last argument. */
void twin_logs(struct twin_socket *, const char *text);         /* it is for this one               */
void twin_has(struct twin *, const char *id, const char *text); /* the client has it, and all before */
void twin_knows(struct twin *, const char *id, const char *pid);
void twin_sleeps(struct twin *, struct twin_socket *);          /* if it may come back              */
void twin_wakes(struct twin_client *, struct twin_socket *, const char *text);  /* maybe            */
void twin_doubts(struct twin *);                /* the loop was held up                             */
void twin_renews(struct twin_client *, struct twin_socket *);   /* if it is accepted too late       */

/* The client hears: what was said, with the tab, and then the offset. */
const char *twin_hears(struct twin_client *, const char *packet, char offset[32]);
bool twin_is_quiet(const struct twin_client *); /* nothing more must be heard                       */

#endif
