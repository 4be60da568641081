/* town.h - the application that fuzz_connection.c plays with, in a world: it knows whom it told what. */
#ifndef TOWN_H
#define TOWN_H

#include "fixture/world.h"
#include "fuzz.h"

enum { PEOPLE_MAX = 64, SERIALS_MAX = 256, ROOMS = 3 };
enum { SPACES = 2, OTHER = 2 };                 /* other: made of the pattern, not in the model     */
enum { MESSAGE_MAX = 3000, UNSENT_MAX = 6000, SESSIONS_MAX = 8 };

extern const char *const town_rooms[ROOMS];

/* The model. A person is one session; his place in a namespace is where he is a member. */
struct place {
    bool in, left;                              /* a member now; was one and left, or came back     */
    bool away;                                  /* lost, and may come back                          */
    bool in_room[ROOMS];
    char id[32];
};
struct person {
    char sid[64];
    bool open;
    struct place places[SPACES + 1];
    uint8_t owed[SERIALS_MAX];                  /* bits: in which namespaces this was said to him   */
    int  said, heard, last[SPACES];             /* how often; the serial heard last                 */
};

struct town {
    struct world  world;                        /* first: the application finds the town by it      */
    struct sio_namespace *spaces[SPACES];
    struct person people[PEOPLE_MAX];
    int           people_size, serials, asked, answered;
    char          waiting[32];                  /* the socket that is let in later                  */
    size_t        bytes_before;
};

void town_start(struct town *, unsigned how);
void town_let_in(struct sio_socket *);
struct place *town_place(struct sio_socket *);

/* Says the next number to a room, or to all for room -1. */
void town_say(struct town *, struct sio_namespace *, int room, struct sio_socket *except);

#endif
