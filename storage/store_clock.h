/* store_clock.h - what the clock looks at: consults nobody accepted, rooms, no-shows, unanswered requests. */
#ifndef STORAGE_STORE_CLOCK_H
#define STORAGE_STORE_CLOCK_H

#include "storage/db.h"

enum { STORE_DUE_MAX = 100 };

/* Rows that the server decides on: at most STORE_DUE_MAX, the earliest first. Their number. */
struct clock_row {
    int64_t consult;                            /* 0: none yet                                        */
    int64_t start_utc, due_utc;                 /* of the appointment; when it is to be looked at     */
    int64_t came_utc;                           /* last checked in; 0: never                          */
    bool    busy;                               /* its doctor is in another consult just now          */
    bool    paused;
    char    appointment[DB_ID_SIZE], consult_id[DB_ID_SIZE];    /* "" without                          */
    char    doctor[DB_ID_SIZE], patient[DB_ID_SIZE];            /* users: the doctor, the account      */
};

/* Text consults that were not accepted by their time. */
int store_clock_expired(struct db *db, struct clock_row ret_rows[STORE_DUE_MAX]);
int store_clock_expires_next(struct db *db, int64_t *ret_utc);          /* -ENOENT: none waits        */
/* Requests whose start, or `after_s` since they were made, is over. */
int store_clock_unanswered(struct db *db, int64_t after_s, struct clock_row ret_rows[STORE_DUE_MAX]);
int store_clock_unanswered_next(struct db *db, int64_t after_s, int64_t *ret_utc);
/* All that are checked in. */
int store_clock_waiting(struct db *db, struct clock_row ret_rows[STORE_DUE_MAX]);
/* Voice and video consults that are active, or paused by the clock. */
int store_clock_rooms(struct db *db, struct clock_row ret_rows[STORE_DUE_MAX]);
/* Booked ones that never had a consult, and checked in ones, whose grace ended within the last day. */
int store_clock_late(struct db *db, struct clock_row ret_rows[STORE_DUE_MAX]);
int store_clock_late_next(struct db *db, int64_t *ret_utc);             /* the end of the next grace  */

#endif
