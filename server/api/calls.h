/* calls.h - what the files of a call share. No function here moves the consult. */
#ifndef CALLS_H
#define CALLS_H

#include "action.h"
#include "storage/store_call.h"

enum { CALL_ID_MAX = 64 };                      /* of an id that a client sends                      */

/* The call of this consult that a client means, by id or, NULL, the live one. -ENOENT. */
int call_of(struct action *, struct db *, const char *id, struct call_row *ret_call);
/* call:accept, call:decline, call:leave {consult, call, user} to all who hear of the consult's calls. */
int call_tell(struct action *, struct db *, const struct call_row *, enum publish, const char *event,
              const char *user);
/* It is over: all are let go, the conversation says so, who missed it is notified, `event` is told. */
int call_over(struct action *, struct db *, const struct call_row *, const char *reason, enum publish,
              const char *event, const char *user);
/* This leg leaves; nobody stays in a call alone. `reason`: of the end, if it is one. */
int call_part(struct action *, struct db *, const struct leg_row *, const char *reason, enum publish);
/* A line of the conversation, by whoever called. */
int call_say(struct action *, struct db *, const struct call_row *, const char *code);

/* The consult has changed: where nobody talks any more, its call ends and its guests are gone. */
int calls_follow(struct action *, struct db *, int64_t consult);
/* Calls that rang long enough, people who did not come back. For jobs.c. */
int calls_watch(struct action *, struct db *, int64_t *ret_next_utc);
/* On the loop: the socket that held a leg's room is gone. */
void calls_lost(struct api *, const char *room);

/* {iceServers, expiresAt} added to `answer`, credentials made for `id`. */
int call_ice_add(struct action *, struct db *, const char *id, json_t *answer);
/* open, active or paused: else DB_BAD_TRANSITION. */
int call_consult_check(const struct action *);

#endif
