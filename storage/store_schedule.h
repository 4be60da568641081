/* store_schedule.h - what a clinic offers, and the hours of its doctors.
 *
 * Department { id, name }
 * Service    { id, clinic: { id, name }, department?: { id, name }, name, mode, minutes, bufferMin,
 *              fee: { amount, currency }, isOnRequest, requiresVerifiedPatient,
 *              policy: { tiers: [{ hoursBefore, refundPercent }],
 *              graceMinutes, maxReschedules, noShowFeePercent } }   of those who book now
 * Rule       { id, weekday, start, end, from, to?, stepMin }         on the wall of the doctor's zone
 * Exception  { id, kind, startAt, endAt, reason? }
 * Times and dates are texts that the caller has checked. Permission is not asked here. */
#ifndef STORAGE_STORE_SCHEDULE_H
#define STORAGE_STORE_SCHEDULE_H

#include "storage/store_user.h"

enum { STORE_RULES_MAX = 64, STORE_EXCEPTIONS_MAX = 256, STORE_TZ_SIZE = 64, STORE_CURRENCY_SIZE = 8 };

/* -EEXIST: the clinic has one of that name. */
int store_department_add(struct db *db, int64_t clinic, const char *name, int64_t *ret_department);
int store_doctor_department_set(struct db *db, int64_t doctor, int64_t department);

struct service_new {
    int64_t     clinic, department;             /* department 0: all doctors of the clinic            */
    const char *name, *mode;                    /* mode: text voice video                             */
    int         minutes, buffer_min;
    int64_t     fee_minor;                      /* in the clinic's currency                           */
    bool        on_request;                     /* the doctor approves each                           */
    bool        verified_only;                  /* for patients that a desk has verified              */
};
int store_service_add(struct db *db, const struct service_new *service, int64_t *ret_service); /* -EINVAL */
int store_service_get(struct db *db, int64_t service, json_t **ret_service);

struct store_service {
    int64_t id, clinic, department, fee_minor;
    int     minutes, buffer_min;
    char    currency[STORE_CURRENCY_SIZE];
    bool    on_request, verified_only;
};
int store_service_find(struct db *db, const char *public_id, struct store_service *ret_service);
                                                /* -ENOENT: none, or disabled, or its department is   */

struct service_list { const char *clinic, *doctor, *cursor; int limit; };     /* NULL: any; 0: 20     */
/* { items: [Service], nextCursor } by name. -EINVAL: bad cursor. */
int store_service_list(struct db *db, const struct service_list *list, json_t **ret_page);

struct doctor_access {
    int64_t doctor, clinic, department;
    int64_t notice_s, horizon_s;                /* of his clinic                                      */
    int64_t licence_until_utc;                  /* INT64_MAX: not checked                             */
    char    public_id[DB_ID_SIZE], tz[STORE_TZ_SIZE];
    bool    keeps;                              /* is he himself, or an admin or staff of his clinic  */
};
/* -ENOENT: no such doctor, or disabled. */
int store_doctor_access(struct db *db, const char *public_id, const struct store_user *user,
                        struct doctor_access *ret_access);
/* Doctor { id, name, title, clinic: { id, name }, department?: { id, name }, tz, languages } */
int store_doctor_get(struct db *db, int64_t doctor, json_t **ret_doctor);
/* languages: a JSON array of tags. */
int store_doctor_set(struct db *db, int64_t doctor, const char *title, const char *tz, const char *languages);
/* What he offers, the cheapest first: [{ id, minutes, bufferMin, fee, currency }]. */
int store_doctor_offers(struct db *db, const struct doctor_access *doctor, json_t **ret_services);

struct rule_new { int weekday, step_min; const char *start, *end, *from, *to; };      /* to: or NULL   */
/* -EMSGSIZE: STORE_RULES_MAX are there. -EINVAL: what the table refuses. */
int store_rule_add(struct db *db, int64_t doctor, const struct rule_new *rule, json_t **ret_rule);
int store_rule_set(struct db *db, int64_t doctor, const char *rule_id, const struct rule_new *rule,
                   json_t **ret_rule);          /* -ENOENT: he has no such rule                       */
int store_rule_remove(struct db *db, int64_t doctor, const char *rule_id);      /* -ENOENT             */
int store_rule_list(struct db *db, int64_t doctor, json_t **ret_rules);         /* [Rule]              */

struct exception_new { const char *kind, *reason; int64_t start_utc, end_utc; };      /* reason: or NULL */
/* -EMSGSIZE: STORE_EXCEPTIONS_MAX have not ended. */
int store_exception_add(struct db *db, int64_t doctor, const struct exception_new *exception,
                        json_t **ret_exception);
int store_exception_set(struct db *db, int64_t doctor, const char *exception_id, const struct exception_new *,
                        json_t **ret_exception);
int store_exception_remove(struct db *db, int64_t doctor, const char *exception_id);   /* -ENOENT      */
/* [Exception] that touch [from, to), by start. */
int store_exception_list(struct db *db, int64_t doctor, int64_t from_utc, int64_t to_utc,
                         json_t **ret_exceptions);

#endif
