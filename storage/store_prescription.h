/* store_prescription.h - what was prescribed, and what became of it. Items and reasons are sealed.
 *
 * Prescription { id, consult, state, clinic: { id, name }, patient: { id, name, birthDate? }, signer: User,
 *                signedAt, reviewer?: User, reviewedAt?, rejectReason?, endReason?, expiresAt?, endedAt?,
 *                replaces?, token?, items: [RxItem] }
 * RxItem       { drug, name: { zh, en }, dose, unit, route, frequency, days, quantity, text?, override? }
 * The edges, one review by another than its signer, and that nothing signed changes are triggers: what they
 * refuse is DB_BAD_TRANSITION, DB_APPEND_ONLY, -EINVAL. */
#ifndef STORAGE_STORE_PRESCRIPTION_H
#define STORAGE_STORE_PRESCRIPTION_H

#include "storage/db.h"

enum { PRESCRIPTION_REASON_MAX = 500, PRESCRIPTION_TOKEN_HASH_SIZE = 32 };      /* reasons in code points */

struct prescription_row {
    int64_t id, consult, clinic, signer;
    int64_t expires_utc;                        /* 0: not approved yet                                */
    char    public_id[DB_ID_SIZE], consult_id[DB_ID_SIZE], signer_id[DB_ID_SIZE];
    char    state[16];
    bool    approved;                           /* it was: the patient may know of it                 */
};
int store_prescription_find(struct db *db, const char *public_id, struct prescription_row *ret_row);
/* The newest of a consult. -ENOENT: none. */
int store_prescription_last(struct db *db, int64_t consult, struct prescription_row *ret_row);

struct store_user;
struct prescription_access { struct prescription_row row; bool keeps; };    /* he signed it, or treats     */
/* Its doctor, the pharmacists of its clinic; who takes part in the consult, once it was approved. -ENOENT. */
int store_prescription_access(struct db *db, const char *public_id, const struct store_user *user,
                              struct prescription_access *ret_access);

struct prescription_new {
    int64_t     consult, signer, note_version;
    int64_t     replaces;                       /* row of the one before; 0: none                     */
    const char *items;                          /* JSON: [RxItem]                                     */
};
/* In state in_review. */
int store_prescription_add(struct db *db, const struct prescription_new *new,
                           struct prescription_row *ret_row);

struct prescription_verdict {
    int64_t              reviewer;
    const char          *reason;                /* of a rejection; NULL: it is approved, and then     */
    const char          *token;                 /* what its code shows                                */
    const unsigned char *token_hash;
    int64_t              expires_utc;
};
int store_prescription_review(struct db *db, const struct prescription_row *row,
                              const struct prescription_verdict *verdict);
/* dispensed, cancelled, expired. by 0: the clock. reason: or NULL. */
int store_prescription_end(struct db *db, const struct prescription_row *row, const char *state, int64_t by,
                           const char *reason);

/* For whom it is shown: reasons of the pharmacist and of overrides are between the two professions. */
enum prescription_view { FOR_CLINIC, FOR_PATIENT };
int store_prescription_get(struct db *db, int64_t row, enum prescription_view, json_t **ret_prescription);
/* Of a consult, the oldest first; FOR_PATIENT: those that were ever approved. */
int store_prescription_of(struct db *db, int64_t consult, enum prescription_view, json_t **ret_items);
/* Of a token: { state, clinic, doctor, patient, items, approvedAt, expiresAt }, the patient's name whole.
 * -ENOENT. */
int store_prescription_by_token(struct db *db, const unsigned char hash[PRESCRIPTION_TOKEN_HASH_SIZE],
                                json_t **ret_shown);

struct prescription_list {
    int64_t     clinic, signer;                 /* one of them; the other 0                           */
    const char *state;                          /* NULL: any                                          */
    const char *cursor;
    int         limit;                          /* 0: 20, at most 100                                 */
};
/* { items: [Prescription], nextCursor }; those in review the oldest first, else the newest. -EINVAL: bad
 * cursor. */
int store_prescription_list(struct db *db, const struct prescription_list *list, json_t **ret_page);

/* For the checks: the patient, and who would sign. */
struct prescription_about {
    char    birth_date[16];                     /* "": not known                                      */
    bool    has_guardian;
    int64_t licence_until_utc;                  /* of the doctor; INT64_MAX: not checked              */
};
int store_prescription_about(struct db *db, int64_t consult, struct prescription_about *ret_about);

/* Codes of the drugs that the patient of this consult still takes by other consults' prescriptions:
 * [{ drug, name }]. */
int store_prescription_taken(struct db *db, int64_t consult, json_t **ret_drugs);

enum { PRESCRIPTIONS_DUE_MAX = 100 };
/* Approved ones whose time is over. Their number. */
int store_prescription_due(struct db *db, struct prescription_row ret_rows[PRESCRIPTIONS_DUE_MAX]);
int store_prescription_due_next(struct db *db, int64_t *ret_utc);       /* -ENOENT: none              */

/* The pharmacists of a clinic: [{ id }]. */
int store_prescription_pharmacists(struct db *db, int64_t clinic, json_t **ret_users);

#endif
