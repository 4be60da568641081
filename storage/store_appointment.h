/* store_appointment.h - who is expected when, and what became of it.
 *
 * Appointment { id, series, clinic: { id, name }, doctor: { id, name, title }, patient: { id, name },
 *               service: { id, name, mode }, startAt, endAt, tz, status, version, fee: { amount, currency },
 *               isOverbooked, holdExpiresAt?, rescheduledFrom?, consult?, reason?,
 *               dispute?: Dispute (store_dispute.h), disputableUntilAt?, createdAt }
 *               the same for every viewer
 * Change      { from?, to, by?: User, reason?, changedAt, version }          by: absent when it was the clock
 * Statuses and their edges are the table appointment_edge. Permission is not asked here. */
#ifndef STORAGE_STORE_APPOINTMENT_H
#define STORAGE_STORE_APPOINTMENT_H

#include "storage/store_schedule.h"

enum { STORE_STATUS_SIZE = 24, STORE_HOLDS_MAX = 3 };

struct appointment_access {                     /* a row, for decisions                               */
    int64_t id, clinic, doctor, patient, account, service, policy, start_utc, end_utc, busy_until_utc;
    int64_t version, hold_expires_utc, fee_minor, ics_seq, moves;
    char    public_id[DB_ID_SIZE], series[DB_ID_SIZE], doctor_id[DB_ID_SIZE], status[STORE_STATUS_SIZE];
    char    service_id[DB_ID_SIZE], currency[STORE_CURRENCY_SIZE];
    bool    keeps, attends;                     /* its doctor or his desk; who acts for the patient   */
};
/* Without a relation to anybody. -ENOENT. */
int store_appointment_find(struct db *db, const char *public_id, struct appointment_access *ret_access);
/* -ENOENT: no such appointment, or he is nothing to it: the two look the same. */
int store_appointment_access(struct db *db, const char *public_id, const struct store_user *user,
                             struct appointment_access *ret_access);
int store_appointment_get(struct db *db, int64_t appointment, json_t **ret_appointment);
int store_appointment_history(struct db *db, int64_t appointment, json_t **ret_changes);       /* [Change] */
/* Public ids of the users to be told: [{ id }]. */
int store_appointment_users(struct db *db, int64_t appointment, json_t **ret_users);

struct appointment_new {
    const struct doctor_access *doctor;
    const struct store_service *service;
    int64_t     patient, user;                  /* whom it is for, who makes it                       */
    int64_t     start_utc;
    const char *tzdb;                           /* release of the zone database                       */
    int64_t     hold_expires_utc;               /* 0: booked at once; else held until then            */
    bool        on_request;                     /* without a hold: requested, not booked              */
    bool        overbook;
    const char *reason;                         /* why he comes, in his words; or NULL                */
};
/* DB_DOCTOR_BUSY, DB_PATIENT_BUSY. -EDQUOT: the account holds STORE_HOLDS_MAX others. -EINVAL, -EMSGSIZE: the
 * reason (store_reason.h). */
int store_appointment_add(struct db *db, const struct appointment_new *appointment, int64_t *ret_appointment);

struct appointment_move {
    const char *to, *reason;                    /* reason: or NULL                                    */
    int64_t     user;                           /* 0: the clock                                       */
};
/* From the status and version of `now`. DB_BAD_TRANSITION: no such edge. -ESTALE: it has moved meanwhile. */
int store_appointment_move(struct db *db, const struct appointment_access *now,
                           const struct appointment_move *move);

/* The next of a series, after `before` was moved to "rescheduled": booked under its policy and fee. A failure
 * is for the caller to roll back, so that nobody ends with nothing. */
int store_appointment_add_after(struct db *db, const struct appointment_access *before,
                                const struct appointment_new *appointment, int64_t *ret_appointment);

/* Was it the clinic that moved it to where it is? */
int store_appointment_was_moved(struct db *db, int64_t appointment, bool *ret_moved);

struct appointment_list {
    const struct store_user *user;              /* whose: as patient, doctor, or desk of a clinic     */
    int64_t     from_utc, to_utc;
    const char *status, *doctor, *cursor;       /* NULL: any                                          */
    int         limit;
};
/* { items: [Appointment], nextCursor } by start. -EINVAL: bad cursor. */
int store_appointment_list(struct db *db, const struct appointment_list *list, json_t **ret_page);

/* What keeps a doctor from being booked in [from, to): [{ begin, end, free }] in seconds, free with the
 * buffer. Holds that have expired do not count, whether the clock's job has been there or not. */
int store_appointment_busy(struct db *db, int64_t doctor, int64_t from_utc, int64_t to_utc,
                           json_t **ret_busy);

/* Holds that have expired, of this doctor or patient (0, 0: all): up to 100 public ids, [{ id }]. */
int store_appointment_stale(struct db *db, int64_t doctor, int64_t patient, json_t **ret_stale);
int store_appointment_stale_next(struct db *db, int64_t *ret_utc);      /* -ENOENT: nothing is held   */

/* The patient's row: of this account, by public id or (NULL) its own. account 0: of any. -ENOENT. */
int store_patient_find(struct db *db, int64_t account, const char *public_id, int64_t *ret_patient);

struct store_policy { int64_t grace_s, move_cutoff_s; int moves_max, no_show_percent; json_t *tiers; };
/* tiers: [{ hours, percent }], the caller's. */
int store_policy_get(struct db *db, int64_t policy, struct store_policy *ret_policy);

#endif
