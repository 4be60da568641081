/* store_call.h - calls of a consult and who is in them. Nothing here touches the consult.
 *
 * Call { id, consult, state, media, by, startedAt, connectedAt?, endedAt?, endReason?, legs: [Leg] }
 * Leg  { id, user: User, joinedAt, leftAt?, setupMs?, candidateType?, loss?, rttMs?, reconnects } */
#ifndef STORAGE_STORE_CALL_H
#define STORAGE_STORE_CALL_H

#include "storage/store_consult.h"

enum { CALL_LEGS_LISTED = 64, CALL_DUE_MAX = 32, CALL_DEVICE_MAX = 64 };

struct call_row {                               /* a row, for decisions; what leaves is JSON          */
    int64_t id, consult, by;
    char    public_id[DB_ID_SIZE], consult_id[DB_ID_SIZE], by_id[DB_ID_SIZE], state[16];
};
struct leg_row {
    int64_t id, call, user;
    char    public_id[DB_ID_SIZE], user_id[DB_ID_SIZE], consult_id[DB_ID_SIZE], device[CALL_DEVICE_MAX + 1];
    bool    lost;
};

/* The one that is not over, or the one with this public id: -ENOENT. */
int store_call_live(struct db *db, int64_t consult, struct call_row *ret_call);
int store_call_find(struct db *db, int64_t consult, const char *public_id, struct call_row *ret_call);
int store_call_by_id(struct db *db, int64_t id, struct call_row *ret_call);

/* In state ringing. -EEXIST: one is live. */
int store_call_add(struct db *db, int64_t consult, int64_t by, const char *media, int64_t ring_s,
                   int64_t *ret_call);
/* 1: moved; 0: stood there already. DB_BAD_TRANSITION. */
int store_call_move(struct db *db, int64_t call, const char *state);
int store_call_media(struct db *db, int64_t call, const char *media);
int store_call_end(struct db *db, int64_t call, const char *reason);    /* and every leg leaves          */
int store_call_get(struct db *db, int64_t call, json_t **ret_call);     /* Call                          */
/* { items: [Call], nextCursor }, the newest first. -EINVAL: a cursor of another list. */
int store_call_list(struct db *db, int64_t consult, int limit, const char *cursor, json_t **ret_page);
/* Does any of them report that media could not flow, and never did it? */
int store_call_has_failed(struct db *db, int64_t call, bool *ret_failed);

/* Legs. -EEXIST: this user is in a call already. */
int store_leg_add(struct db *db, int64_t call, int64_t user, const char *device, struct leg_row *ret_leg);
int store_leg_of(struct db *db, int64_t user, struct leg_row *ret_leg);         /* the live one; -ENOENT */
/* As store_consult_access(), of whoever is in a call of this consult: a doctor who handed it over, too. */
int store_leg_access(struct db *db, const char *consult, int64_t user, struct consult_access *ret_access);
int store_leg_leave(struct db *db, int64_t leg);
int store_leg_each(struct db *db, int64_t call, int max, struct leg_row *ret_legs);    /* live: a count */
int store_leg_joins(struct db *db, int64_t user, int64_t since_utc, int64_t *ret_count);
int store_leg_hold(struct db *db, int64_t leg);         /* its socket is there (again)                */
int store_leg_lose(struct db *db, const char *public_id);       /* … is gone. 0: there is none (any more) */
int store_leg_lose_all(struct db *db);                  /* after a start, nobody's is                  */

struct leg_report {
    const char *state, *candidate_type;         /* connected, reconnecting, failed; NULL: not told     */
    int64_t     setup_ms, loss_permille, rtt_ms;        /* -1: not told                                */
};
int store_leg_report(struct db *db, int64_t leg, const struct leg_report *report);

/* Participants but `user`, and how many of them are in a call of another consult. */
int store_call_others(struct db *db, int64_t consult, int64_t user, int64_t *ret_others, int64_t *ret_busy);
/* Public ids of whoever hears of its calls, as [{ id, isGuest }]: participants, guests who have come, and who
 * was in the last call to its end though he takes part no more (as a guest). */
int store_call_hearers(struct db *db, int64_t consult, json_t **ret_users);

/* What is due: calls that rang long enough, legs lost before `lost_by_utc`. Counts; then the next instant. */
int store_call_rung_out(struct db *db, int64_t ret_calls[CALL_DUE_MAX]);
int store_leg_lost(struct db *db, int64_t lost_by_utc, struct leg_row ret_legs[CALL_DUE_MAX]);
int store_call_next(struct db *db, int64_t grace_s, int64_t *ret_utc);  /* -ENOENT: nothing waits      */
/* Does anybody talk in it? 1, 0. */
int store_call_is_on(struct db *db, int64_t consult);

#endif
