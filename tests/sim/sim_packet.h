/* sim_packet.h - queues of packets, and what a binary one looks like on each transport. A packet is a text; a
 * binary one is "#" and hex. */
#ifndef SIM_PACKET_H
#define SIM_PACKET_H

#include "buf.h"

enum { SIM_PACKET_MAX = 4096 };

/* Each has a NUL behind it. The first one stands until it is dropped; NULL: there is none. */
void        sim_packet_add(struct buf *, const char *packet);
const char *sim_packet_first(const struct buf *);
void        sim_packet_drop(struct buf *);

/* A link, on which nothing overtakes, whatever the delays: the queue is due_ms (8 bytes), packet, NUL. */
struct sim_link { struct buf queue; int64_t last_ms; };
void    sim_link_init(struct sim_link *);
void    sim_link_finish(struct sim_link *);
void    sim_link_push(struct sim_link *, int64_t due_ms, const char *packet);
void    sim_link_pull(struct sim_link *, char packet[SIM_PACKET_MAX]);  /* the first one            */
int64_t sim_link_due_ms(const struct sim_link *);       /* its time, or -1                          */

size_t sim_packet_bytes(const char *packet, unsigned char *to);         /* of a binary one; how many */
void   sim_packet_hex(const char *base64, char *to);    /* what stood behind "b" becomes "#" and hex */
void   sim_packet_post(struct buf *body, const char *packet);   /* the next packet of a payload     */

#endif
