/* sim_client.h - a client of Engine.IO as the official one behaves, on a network that delays by chance: it
 * polls, posts as much as maxPayload allows, and may move to a WebSocket by probe, pause and upgrade packet.
 * Packets are texts; a binary one is "#" and hex, on either transport. */
#ifndef SIM_CLIENT_H
#define SIM_CLIENT_H

#include "fixture/world.h"
#include "sim_packet.h"

enum sim_state { SIM_OPENING, SIM_POLLING, SIM_UPGRADING, SIM_WEBSOCKET, SIM_CLOSED };

enum sim_event {                                /* what is on its way                               */
    SIM_GET_ARRIVES, SIM_GET_RETURNS, SIM_POST_ARRIVES, SIM_POST_ENDS, SIM_POST_RETURNS, SIM_WS_OPENS,
    SIM_WS_OUT, SIM_WS_IN, SIM_WS_TAKES, SIM_EVENTS,
};

struct sim_client {
    struct world   *world;
    void           *data;
    void          (*on_reach)(struct sim_client *, const char *);   /* is about to reach the server */
    void          (*on_packet)(struct sim_client *, const char *);  /* "0", "2", "4", "#"           */
    void          (*on_close)(struct sim_client *);
    enum sim_state  state;
    int             delay_max_ms;
    bool            websocket_only, slow;       /* slow: its WebSocket takes some bytes at a time   */
    bool            wants_upgrade, told;        /* told: the server said that it is over            */
    bool            mute;                       /* answers no ping                                  */
    int             number;                     /* is in the query of its handshake                 */
    char            query[128], other[128];     /* of polling; of the WebSocket                     */
    size_t          payload_max;
    int64_t         due_ms[SIM_EVENTS];         /* or -1                                            */
    struct peer    *get, *post, *ws;            /* at the server                                    */
    struct buf      out, posted;                /* packets: to send, in the POST; a NUL behind each */
    struct buf      on_way;                     /* what is left of the POST                         */
    struct sim_link up, down;                   /* of the WebSocket                                 */
    int             upgrades, failed_probes;
};

/* Callbacks, data, websocket_only and slow are the caller's to fill in before. */
void sim_client_open(struct sim_client *, struct world *, int delay_max_ms);
void sim_client_finish(struct sim_client *);
void sim_client_send(struct sim_client *, const char *packet);
void sim_client_probe(struct sim_client *);     /* opens the WebSocket of an upgrade                */
void sim_client_lose_probe(struct sim_client *);        /* the network eats it, before the upgrade  */
void sim_client_lose(struct sim_client *);      /* the network eats all, and the server sees it     */
void sim_client_fall_silent(struct sim_client *);       /* the network eats all, and nobody sees it */

/* Lets time pass till `end_ms`, event by event, the server's deadlines among them; `after` (or NULL) is
 * called after each. */
void sim_run(struct world *, struct sim_client *all, int count, int64_t end_ms,
             void (*after)(struct world *));

#endif
