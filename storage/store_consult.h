/* store_consult.h - consultations, who takes part, how far they read.
 *
 * Consult     { id, clinic: { id, name }, kind, state, doctor: User, patient: { id, name }, appointment?,
 *               openedAt, expiresAt?, closedAt?, lastSeq }
 * Participant { id, name, role, lastReadSeq, lastDeliveredSeq }      (`online` is the server's to add)
 * Permission is not asked here: store_consult_access() tells, auth/policy decides. */
#ifndef STORAGE_STORE_CONSULT_H
#define STORAGE_STORE_CONSULT_H

#include "storage/db.h"

struct consult_new {
    int64_t     user;                           /* the patient's account                              */
    const char *doctor;                         /* public id                                          */
    const char *text, *client_id;               /* the first message, and the key of retries          */
    int64_t     accept_s;                       /* expires after it, unless it is accepted; 0: never  */
};
/* The consult in state open, both participants, the first message. 1: started. 0: a retry (same user
 * and client_id), both results as of the first. -EALREADY: that client_id was used with another doctor.
 * -ENOENT: no such doctor, or disabled. -EPERM: the user has no patient row. Text and client_id: as
 * store_message_add(). */
int store_consult_start(struct db *db, const struct consult_new *consult, json_t **ret_consult,
                        json_t **ret_message);

struct consult_access {
    int64_t consult, user;
    char    role[16];                           /* of the participant in this consult: patient, doctor */
    char    state[24];
    bool    treats;                             /* is the doctor of the consult                       */
};
/* -ENOENT: no such consult, or the user takes no part (any more): the two look the same. */
int store_consult_access(struct db *db, const char *public_id, int64_t user,
                         struct consult_access *ret_access);

int store_consult_get(struct db *db, int64_t consult, json_t **ret_consult);                   /* Consult */
int store_consult_participants(struct db *db, int64_t consult, json_t **ret_participants);   /* an array */

struct consult_list { int limit; const char *cursor, *state; };     /* 0: 20, at most 100; state NULL: any */
/* { items: [Consult + unread + lastMessage?: Message], nextCursor (null: the end) }, newest activity
 * first. -EINVAL: bad cursor, state. */
int store_consult_list(struct db *db, int64_t user, const struct consult_list *list, json_t **ret_page);

/* 1: moved (version + 1, openedAt/closedAt kept). 0: it was in that state already; publish nothing.
 * DB_BAD_TRANSITION: the edges (consultation_edge) do not allow it. *ret_consult as after the move. */
int store_consult_move(struct db *db, int64_t consult, const char *state, json_t **ret_consult);

/* A paused one: paused by the doctor, not by the clock. */
int store_consult_hold(struct db *db, int64_t consult);

/* How far a participant has read (then it was delivered too), or received. Only grows. 1: grew. 0: was
 * there already. -EINVAL: seq is below 1 or beyond the last message. -ENOENT: no participant. */
enum consult_mark { CONSULT_READ, CONSULT_DELIVERED };
int store_consult_mark(struct db *db, int64_t consult, int64_t user, enum consult_mark mark, int64_t seq);

/* [{ user, consult, lastSeq, unread }], one for each participant, `user` public: bodies of
 * unread:changed. */
int store_consult_unread(struct db *db, int64_t consult, json_t **ret_unread);

#endif
