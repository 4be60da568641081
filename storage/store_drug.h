/* store_drug.h - what may be prescribed, and how it is found.
 *
 * Drug { code, name: { zh, en }, ingredient, classes: [{ zh, en }], form, unit, maxPerDay?, minAgeYears?,
 *        isBanned } */
#ifndef STORAGE_STORE_DRUG_H
#define STORAGE_STORE_DRUG_H

#include "storage/db.h"

enum { STORE_DRUG_WORD_MAX = 128, STORE_DRUGS_MAX = 50 };       /* bytes of what is looked for; found     */

struct drug_new {
    const char *code, *zh, *en;
    const char *pinyin;                         /* of zh, a space between syllables; or ""            */
    const char *ingredient, *classes;           /* JSON                                               */
    const char *form, *unit;
    double      max_per_day;                    /* 0: not known                                       */
    int         min_age_years;                  /* 0: for all                                         */
    bool        banned;
};
/* A new one, or the one of this code as it is from now on. -EINVAL: what the table refuses. */
int store_drug_put(struct db *db, const struct drug_new *drug);
int store_drug_find(struct db *db, const char *code, json_t **ret_drug);        /* -ENOENT                */
/* By the beginning of any word of a name, of its pinyin or their initials, of ingredient or code; what was
 * written more fully comes first: [Drug]. limit 0: 20. -EINVAL: nothing, or too much, to look for. */
int store_drug_search(struct db *db, const char *text, int limit, json_t **ret_drugs);

#endif
