/* store_break_glass.h - in an emergency a doctor opens the signed results of a patient who is not his. */
#ifndef STORAGE_STORE_BREAK_GLASS_H
#define STORAGE_STORE_BREAK_GLASS_H

#include "storage/db.h"

enum { GLASS_S = 3600, GLASS_REASON_MIN = 10, GLASS_REASON_MAX = 500, GLASS_RESULTS_MAX = 50 };

/* The patient's row, if he was ever seen at this clinic, and whose account he is of. -ENOENT. */
struct glass_patient { int64_t id; char account_id[DB_ID_SIZE]; };
int store_glass_patient(struct db *db, int64_t clinic, const char *patient,
                        struct glass_patient *ret_patient);
/* [{ id, name, birthDate?, isOwn }] of the clinic's patients with just this name, 10 at most; isOwn: the user
 * takes part in a consult of his. */
int store_glass_find(struct db *db, int64_t clinic, int64_t user, const char *name, json_t **ret_patients);

/* Opens it for GLASS_S seconds. -EINVAL, -EMSGSIZE: the reason. */
int store_glass_break(struct db *db, int64_t user, int64_t patient, int64_t clinic, const char *reason,
                      int64_t *ret_until_utc);
/* Until when it is open for him. -ENOENT: it is not. */
int store_glass_open(struct db *db, int64_t user, int64_t patient, int64_t *ret_until_utc);

/* The consults of the patient at the clinic that have a signed result, the newest first. Their number. */
int store_glass_signed(struct db *db, int64_t patient, int64_t clinic,
                       int64_t ret_consults[GLASS_RESULTS_MAX]);

/* The newest first: { items: [{ id, at, untilAt, who: User, patient: { id, name }, reason }], nextCursor }.
 * -EINVAL: cursor. */
int store_glass_list(struct db *db, int64_t clinic, int limit, const char *cursor, json_t **ret_page);

#endif
