/* store_clock.h - what the clock looks at: consults nobody accepted, rooms, no-shows, unanswered requests. */
#ifndef STORAGE_STORE_CLOCK_H
#define STORAGE_STORE_CLOCK_H

#include "storage/db.h"

enum { STORE_DUE_MAX = 100 };

/* Rows that the server decides on: at most STORE_DUE_MAX behind the place `after`, in their order. Their
 * number. */
struct clock_row {
    int64_t place;                              /* of this row; the first is behind 0                 */
    int64_t consult;                            /* 0: none yet                                        */
    int64_t start_utc, due_utc;                 /* of the appointment; when it is to be looked at     */
    int64_t came_utc;                           /* last checked in; 0: never                          */
    bool    busy;                               /* its doctor is in another consult just now          */
    bool    paused;
    char    appointment[DB_ID_SIZE], consult_id[DB_ID_SIZE];    /* "" without                          */
    char    doctor[DB_ID_SIZE], patient[DB_ID_SIZE];            /* users: the doctor, the account      */
};

/* Text consults that were not accepted by their time. */
int store_clock_expired(struct db *db, int64_t after, struct clock_row ret_rows[STORE_DUE_MAX]);
int store_clock_expires_next(struct db *db, int64_t *ret_utc);          /* -ENOENT: none waits        */

/* Consults of which somebody is to be reminded: open ones that expire, and those to be signed. */
struct clock_duty {
    int64_t consult, clinic;
    int64_t since_utc, until_utc;               /* in this state; until it expires, 0: it does not    */
    int64_t told_utc;                           /* what was due before it was told                    */
    bool    open;                               /* else to be signed                                  */
    char    consult_id[DB_ID_SIZE], doctor[DB_ID_SIZE];
};
int store_clock_duties(struct db *db, struct clock_duty ret_duties[STORE_DUE_MAX]);
/* It is looked at again then; 0: no more in this state. */
int store_clock_duty_set(struct db *db, int64_t consult, int64_t next_utc);
int store_clock_duties_next(struct db *db, int64_t *ret_utc);           /* -ENOENT: none ahead        */

/* Requests whose start, or `after_s` since they were made, is over. */
int store_clock_unanswered(struct db *db, int64_t after_s, int64_t after,
                           struct clock_row ret_rows[STORE_DUE_MAX]);
int store_clock_unanswered_next(struct db *db, int64_t after_s, int64_t *ret_utc);
/* All that are checked in. */
int store_clock_waiting(struct db *db, int64_t after, struct clock_row ret_rows[STORE_DUE_MAX]);
/* Voice and video consults that are active, or paused by the clock. */
int store_clock_rooms(struct db *db, int64_t after, struct clock_row ret_rows[STORE_DUE_MAX]);
/* Booked ones that never had a consult, and checked in ones, whose grace ended within the last day. */
int store_clock_late(struct db *db, int64_t after, struct clock_row ret_rows[STORE_DUE_MAX]);
int store_clock_late_next(struct db *db, int64_t *ret_utc);             /* the end of the next grace  */

/* Those, once they should have begun; and when the next one should. */
int store_clock_begun(struct db *db, int64_t after, struct clock_row ret_rows[STORE_DUE_MAX]);
int store_clock_begun_next(struct db *db, int64_t *ret_utc);
/* A side ("doctor", "patient") of an appointment is here now: the interval seen up to `seen_utc` goes on, or
 * one begins at `from_utc`. */
int store_attendance_note(struct db *db, const char *appointment, const char *side, int64_t from_utc,
                          int64_t seen_utc);
/* How long it was here in all. -ENOENT: never. */
int store_attendance_sum(struct db *db, const char *appointment, const char *side, int64_t *ret_seconds);

#endif
