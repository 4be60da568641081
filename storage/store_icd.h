/* store_icd.h - the classification of diagnoses, and how a code of it is found.
 *
 * IcdCode { system, version, code, label: { zh, en } } */
#ifndef STORAGE_STORE_ICD_H
#define STORAGE_STORE_ICD_H

#include "storage/db.h"

enum { STORE_ICD_WORD_MAX = 240, STORE_ICD_MAX = 50 };  /* bytes of what is looked for; found          */

#define STORE_ICD_SYSTEM "ICD-10"

/* A version that stands beside those there are, and is the one offered from now on. -EEXIST: it is there. */
int store_icd_version_add(struct db *db, const char *version, int64_t *ret_version);

struct icd_new {
    const char *code, *zh, *en;
    const char *pinyin;                         /* of zh, a space between syllables; or ""            */
};
/* -EEXIST: the code is there already. -EINVAL: no code, or longer than a word may be. */
int store_icd_add(struct db *db, int64_t version, const struct icd_new *code);

/* IcdCode, as the newest version that has it says. -ENOENT. */
int store_icd_find(struct db *db, const char *system, const char *code, json_t **ret_code);
/* Of the newest version, by the beginning of a code, a word, a syllable, or by any part of a Chinese label:
 * [IcdCode], what begins so first. limit 0: 20. -EINVAL: nothing, or too much, to look for. */
int store_icd_search(struct db *db, const char *text, int limit, json_t **ret_codes);

#endif
