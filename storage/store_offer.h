/* store_offer.h - what a clinic's desk keeps: departments, services, policies. Nothing of it is ever deleted.
 *
 * Department  { id, name, clinic: { id, name } }       KeptDepartment { id, name, isDisabled, keywords }
 * KeptService a Service (store_schedule.h) with isDisabled
 * Policy      { service?: { id, name }, version, tiers: [{ hours, percent }], graceMin, moveCutoffMin,
 *               movesMax, noShowFeePercent, createdAt, isCurrent } */
#ifndef STORAGE_STORE_OFFER_H
#define STORAGE_STORE_OFFER_H

#include "storage/store_schedule.h"

enum { STORE_OFFERS_MAX = 500 };                /* of a clinic, of each kind                          */

/* All that are offered, of a clinic (public id) or any (NULL), by name. */
int store_department_list(struct db *db, const char *clinic, json_t **ret_departments);
int store_department_kept(struct db *db, int64_t clinic, json_t **ret_departments);
/* Of this clinic and not disabled. -ENOENT. */
int store_department_find(struct db *db, int64_t clinic, const char *public_id, int64_t *ret_department);
int store_department_get(struct db *db, int64_t department, json_t **ret_department);   /* Kept…     */
/* -ENOENT: not this clinic's. -EEXIST: another has the name. */
int store_department_set(struct db *db, int64_t clinic, const char *public_id, const char *name,
                         bool disabled, json_t **ret_department);

/* The complaints that lead to it, all anew: [text], each 1 to 64 characters. -ENOENT. -EINVAL. */
int store_department_words(struct db *db, int64_t clinic, const char *public_id, const json_t *words);

int store_service_kept(struct db *db, int64_t clinic, json_t **ret_services);
int store_service_kept_get(struct db *db, int64_t service, json_t **ret_service);
/* What is booked stays as it was booked. -ENOENT: not this clinic's. -EINVAL: what the table refuses. */
int store_service_set(struct db *db, const char *public_id, const struct service_new *service, bool disabled,
                      json_t **ret_service);
int store_clinic_currency(struct db *db, int64_t clinic, char ret_currency[STORE_CURRENCY_SIZE]);

struct policy_new {
    int64_t     clinic;
    const char *service;                        /* public id; NULL: of all without one of their own   */
    const json_t *tiers;                        /* checked: refund.h                                  */
    int         grace_min, move_cutoff_min, moves_max, no_show_percent;
};
/* The next version; appointments keep the one they were booked under. -ENOENT: no such service of the
 * clinic. -EINVAL: what the table refuses. */
int store_policy_add(struct db *db, const struct policy_new *policy, json_t **ret_policy);
int store_policy_list(struct db *db, int64_t clinic, json_t **ret_policies);   /* the newest first     */

#endif
