/* sim_client.h - a client of Engine.IO as the official one behaves, on a network that delays by chance:
 * it polls, posts one payload at a time, and may move to a WebSocket by probe, pause and upgrade packet. */
#ifndef SIM_CLIENT_H
#define SIM_CLIENT_H

#include "fixture/world.h"

enum { SIM_EVENTS_MAX = 64 };

enum sim_state { SIM_OPENING, SIM_POLLING, SIM_UPGRADING, SIM_WEBSOCKET, SIM_CLOSED };

struct sim_client;
struct sim_event { int64_t due_ms; void (*run)(struct sim_client *); };

struct sim_client {
    struct world     *world;
    void             *data;
    void            (*on_packet)(struct sim_client *, const char *);        /* "4..." "#..." "b..."     */
    void            (*on_close)(struct sim_client *);
    enum sim_state    state;
    int               delay_max_ms;
    bool              websocket_only, wants_upgrade;
    char              query[128], other[128];   /* of polling; of the WebSocket                     */
    struct sim_event  events[SIM_EVENTS_MAX];   /* what is on its way; runs in order of time        */
    int               events_size;
    struct peer      *get, *post, *ws;          /* as the server sees them                          */
    bool              getting, posting;         /* as the client sees them                          */
    bool              get_back, post_back;      /* the reply is on its way                          */
    struct buf        out, on_way;              /* packets to send, each with a NUL behind it; a POST's */
    struct buf        ws_in, ws_out;            /* packets between, in order                        */
    int64_t           ws_in_ms, ws_out_ms;      /* nothing overtakes on a WebSocket                 */
    int               upgrades, failed_probes;
};

void sim_client_open(struct sim_client *, struct world *, int delay_max_ms, bool websocket_only);
void sim_client_finish(struct sim_client *);
void sim_client_send(struct sim_client *, const char *packet);
void sim_client_probe(struct sim_client *);     /* opens the WebSocket of an upgrade                */
void sim_client_lose_probe(struct sim_client *);        /* the network eats it, before the upgrade  */
void sim_client_lose(struct sim_client *);      /* the network eats all                             */

/* Lets time pass till `end_ms`, event by event, the server's deadlines among them. */
void sim_run(struct world *, struct sim_client *all, int count, int64_t end_ms);

#endif
