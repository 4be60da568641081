/* prescription_checks.h - what a record needs of prescriptions: are the items sound, what speaks against
 * them, and signing them. */
#ifndef PRESCRIPTION_CHECKS_H
#define PRESCRIPTION_CHECKS_H

#include "action.h"

enum { PRESCRIPTION_ITEMS_MAX = 20 };

/* Of a draft: an array of RxItem (store_prescription.h), each of that shape; unfinished ones are drafts, too:
 * only `drug` must be there. -EINVAL, with what is wrong for people. */
int prescription_items_read(struct action *, const json_t *items);

/* What speaks against them: [{ code, level: "error"|"warning", item?: index, why?: text }], empty for no
 * items. Codes: item-incomplete, drug-unknown, drug-banned, allergy, duplicate, dose, age, child-guardian,
 * licence. `allergies`: [{ substance, … }] of the patient's Health, lent; NULL: none are known. Reads only.
 * The result is the caller's. */
int prescription_check(struct db *db, int64_t consult, const json_t *items, const json_t *allergies,
                       json_t **ret_checks);

/* In the transaction of the signature, by the asker, who treats: items that have changed since the consult's
 * last prescription become a new one in review, which replaces that one, and the pharmacists hear of it. No
 * items: what was not dispensed yet is cancelled. That no error stands was asked before. */
int prescription_sign(struct action *, struct db *, int64_t note_version, const json_t *items);

#endif
