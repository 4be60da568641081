/* play.h - a conversation as lines of text, held with a server in a world by two clients; what each of them
 * heard is text again, so that a run with a fault can be compared with a run without.
 *
 * A line is what the first client does, or with "b:" in front the second:
 *
 *     open, open deflate, poll      a WebSocket; one that deflates; a handshake by polling
 *     4...  2...  1                 a packet, by what the client is on; packets of one POST are joined by "|"
 *     #bytes                        a binary message
 *     get, cut, return              a poll; the network takes what the client is on away; it comes back
 *     probe, over 2probe, switch    the second transport: open it, a packet on it, it is now the first
 *     wait 300                      ms
 *     !word                         what the application does by itself: play->act(word)              */
#ifndef PLAY_H
#define PLAY_H

#include "fixture/world.h"

struct player {
    struct peer *get, *ws, *probe;
    struct buf   heard;                         /* a line each, without ids; those of questions are "n" */
    char         sid[64], pid[64], offset[64];
    bool         ended, lost;                   /* says no more; lost: the server ended it          */
};

struct play {
    struct world  world;                        /* first: eio_app() gives it                        */
    struct player players[2];
    bool          recovery;                     /* events have an offset                            */
    void        (*act)(struct play *, const char *word);
    int           errors;                       /* that the application was told, or a client saw   */
};

/* The world and the server are the caller's to make. */
void play_begin(struct play *);
void play_line(struct play *, const char *line);
void play_finish(struct play *);                /* the server, then what the players have           */

/* Is `part` made of lines of `whole`, in order? Ends and refusals may come in between. */
bool play_is_part(const char *part, const char *whole);

#endif
