/* sim_whole.h - what the two sides of sim_whole share: a server, its clients, and the twin that watches. */
#ifndef SIM_WHOLE_H
#define SIM_WHOLE_H

#include "sim.h"
#include "sim_client.h"
#include "sim_twin.h"

enum { ACKS_MAX = 4, ROOMS_MAX = 4 };           /* options of the server                            */
enum { LATER_MAX = 64, CONTENT_MAX = 512 };

struct later { struct sio_ack ack; char socket[32]; unsigned born; int space; bool answered; };

/* A namespace as a client sees it. The offset stays when the connection goes. */
struct view {
    bool joined;                                /* or has asked for it                              */
    char sid[64], pid[32], offset[32];
    char text[CONTENT_MAX], text_offset[32];    /* a packet that still misses attachments           */
    int  missing;
};

struct run {
    struct world      world;                    /* the first member: what eio_app() gives           */
    struct twin       twin;
    struct sim_client clients[TWIN_CLIENTS];
    struct view       views[TWIN_CLIENTS][TWIN_SPACES];
    bool              hurt[TWIN_CLIENTS];       /* the network does it harm: it may miss things     */
    struct buf        text;                     /* of a packet                                      */
    int               number;                   /* of the last message, whoever sent it             */
    struct later      later[LATER_MAX];         /* answers that are owed, or were                   */
    int               later_size;
    bool              due;                      /* a handler, for what `before` let through         */
    bool              over;                     /* the server does nothing more                     */
};

/* Arguments that were never sent before. */
struct content {
    struct sio_args args;
    char            text[CONTENT_MAX];
    unsigned char   bytes[2][16];
    struct ws_bytes binary[2];
};
void content_make(struct run *, struct content *);

/* An event or an answer as it travels, attachments behind "\n"; it stands until the next one. */
const char *packet_of(struct run *, char type, int space, long id, const char *event, struct sio_args);

/* What client number `client` learns of its namespaces from packets. */
void whole_notes(struct run *, int client, const char *packet, const char *said, const char *offset);
const char *whole_connect(struct run *, int client, const char *packet);        /* without its pid  */

/* Somebody who has not left; false: chance found nobody. */
struct target { struct twin_client *client; struct twin_socket *twin; struct sio_socket *socket; };
bool whole_choose(struct run *, struct target *);
void whole_leaves(struct run *, struct target *, bool close);   /* the twin's part of sio_disconnect() */

/* Would a message leave now? A slow link may still hold what an earlier turn has sent. */
enum twin_duty whole_duty(struct run *, const struct twin_client *, unsigned flags);

/* An event without an acknowledgement; with a tab behind its first line, if it is kept for recovery. */
bool        whole_keeps(const struct run *, unsigned flags);
const char *event_of(struct run *, int space, const char *name, struct sio_args, unsigned flags);

static inline bool is_up(const struct twin_client *c)
{
    return c->open && !c->closing;
}

static inline bool chance(struct run *r, uint64_t one_in)
{
    return world_random(&r->world, one_in) == 0;
}

void whole_send(struct sim_client *, const char *packet);       /* and its attachments              */
void whole_serve(struct run *);                 /* makes the server                                 */
void whole_decide(struct run *, bool all);      /* lets in, or not, one that waits; or lets all in  */
void whole_step(struct run *);                  /* one thing it does                                */

#endif
