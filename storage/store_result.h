/* store_result.h - what becomes of a signed result: seen, or not; and what was diagnosed before. */
#ifndef STORAGE_STORE_RESULT_H
#define STORAGE_STORE_RESULT_H

#include "storage/db.h"

/* 1: now. 0: it had been. -ENOENT: there is no such version. */
int store_result_acknowledge(struct db *db, int64_t consult, int64_t version, int64_t user);
/* When it was. -ENOENT: it was not. */
int store_result_acknowledged(struct db *db, int64_t consult, int64_t version, int64_t *ret_utc);

enum { STORE_RESULTS_DUE_MAX = 100 };
struct result_due {
    int64_t consult, clinic;
    int64_t signed_utc, version;                /* of the newest, not acknowledged                    */
    char    consult_id[DB_ID_SIZE], doctor_id[DB_ID_SIZE], account_id[DB_ID_SIZE];
};
/* The clock looks then whether it was seen; 0: never. */
int store_result_due_set(struct db *db, int64_t consult, int64_t due_utc);
/* Those whose time has come. Their number. */
int store_result_due(struct db *db, struct result_due ret_due[STORE_RESULTS_DUE_MAX]);
int store_result_due_next(struct db *db, int64_t *ret_utc);     /* -ENOENT: none                      */

enum { STORE_TIMELINE_MAX = 100 };
/* The consults of this one's patient that the doctor takes part in, itself among them, the newest first:
 * [{ consult, at, kind, state, doctor: User, diagnoses: [{ system, code, label: { zh, en }, certainty,
 * rank }] }], diagnoses of the newest signed version. */
int store_timeline(struct db *db, int64_t consult, int64_t doctor, json_t **ret_items);

#endif
