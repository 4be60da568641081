/* store_leave.h - a doctor's leave, and what became of whom it met.
 *
 * Leave { id, startAt, endAt, reason, undoUntilAt, undoneAt?, createdAt, by: User, moved, cancelled }
 * Permission is not asked here. */
#ifndef STORAGE_STORE_LEAVE_H
#define STORAGE_STORE_LEAVE_H

#include "storage/store_appointment.h"

enum { STORE_LEAVE_UNDO_S = 300, STORE_AFFECTED_MAX = 200, STORE_COLLEAGUES_MAX = 20 };

struct leave_new {
    int64_t doctor, user; /* whose, and who says so */
    int64_t start_utc, end_utc;
    const char *reason;
};
/* With the hours it takes away. -EMSGSIZE: STORE_EXCEPTIONS_MAX have not ended. */
int store_leave_add(struct db *db, const struct leave_new *leave, int64_t *ret_leave);
int store_leave_get(struct db *db, int64_t leave, json_t **ret_leave);
/* { items: [Leave], nextCursor }, the newest first. -EINVAL: bad cursor. */
int store_leave_list(struct db *db, int64_t doctor, int limit, const char *cursor, json_t **ret_page);

/* Whom he was to see in [from, to) and has not begun with, by start: [{ id }]. -EMSGSIZE: more than
 * STORE_AFFECTED_MAX. */
int store_leave_affected(struct db *db, int64_t doctor, int64_t from_utc, int64_t to_utc, json_t **ret_ids);
/* next: the appointment it was moved to; 0: it was called off. */
int store_leave_change_add(struct db *db, int64_t leave, const struct appointment_access *before,
                           int64_t next);

struct leave_access {
    int64_t id, undo_until_utc;
    bool undone;
    char public_id[DB_ID_SIZE];
};
int store_leave_find(struct db *db, int64_t doctor, const char *public_id, struct leave_access *ret_leave);
/* [{ before, status, next?, isOverbooked }] of appointments' public ids, the last change first. */
int store_leave_changes(struct db *db, int64_t leave, json_t **ret_changes);
int store_leave_undo(struct db *db, int64_t leave); /* gives the hours back */

/* Who else of the clinic offers it: [{ id }]. */
int store_leave_colleagues(struct db *db, int64_t doctor, int64_t service, json_t **ret_doctors);
/* Does the patient have something else then, beside `appointment`? */
int store_patient_is_busy(struct db *db, const struct appointment_access *appointment, int64_t from_utc,
                          int64_t to_utc, bool *ret_busy);

#endif
