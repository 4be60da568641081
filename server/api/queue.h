/* queue.h - the waiting room: who waits for which doctor, told to those who wait, to him and to his desk. */
#ifndef QUEUE_H
#define QUEUE_H

#include "action.h"

/* Something has changed the line of this doctor: queue:changed to each who waits (his place), and {doctor} to
 * him and to the board of his clinic. Said once an action, as it is at the last call. */
int queue_tell(struct action *, struct db *, const char *doctor);
int queue_tell_of(struct action *, struct db *, int64_t consult);
/* Only his board has changed (an unread message, a later appointment). */
int queue_tell_board(struct action *, const char *doctor, const char *clinic);
int queue_tell_board_of(struct action *, struct db *, int64_t consult);

/* Of the clock's table: tells those whose place or wait has changed without anybody's deed. */
int queue_watch(struct action *, struct db *, int64_t *ret_next_utc);
void queue_forget(struct api *);                /* what queue_watch() remembers                      */

#endif
