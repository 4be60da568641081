/* store_drug.c - the list of drugs, and the words by which one is found. */
#include "storage/store_drug.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "storage/store_private.h"

enum { DRUGS_LIMIT = 20 };

#define DRUG_COLUMNS                                                                                         \
    "d.code AS \"code\", d.name_zh AS \"name.zh\", d.name_en AS \"name.en\", "                               \
    "d.ingredient AS \"ingredient\", d.classes AS \"classesJson\", d.form AS \"form\", d.unit AS \"unit\", " \
    "d.max_per_day AS \"maxPerDay\", d.min_age_years AS \"minAgeYears\", d.banned AS \"isBanned\" "

int store_drug_find(struct db *db, const char *code, json_t **ret_drug)
{
    return db_row(db, ret_drug, "SELECT " DRUG_COLUMNS "FROM drug d WHERE d.code = $1", ARGS(TEXT(code)));
}

/* Lower case, as far as ASCII goes. -EINVAL: longer than a word may be. */
static int lower(const char *text, char ret_word[STORE_DRUG_WORD_MAX + 1])
{
    size_t size = strlen(text);

    if (size == 0 || size > STORE_DRUG_WORD_MAX)
        return -EINVAL;
    for (size_t i = 0; i <= size; i++)
        ret_word[i] = (char)tolower((unsigned char)text[i]);
    return 0;
}

int store_drug_search(struct db *db, const char *text, int limit, json_t **ret_drugs)
{
    char from[STORE_DRUG_WORD_MAX + 1], to[STORE_DRUG_WORD_MAX + 8];
    int err = lower(text, from);

    if (err)
        return err;
    snprintf(to, sizeof to, "%s\xf4\x8f\xbf\xbf", from);        /* U+10FFFF: behind all that begins so */
    return db_all(db, ret_drugs, "SELECT " DRUG_COLUMNS "FROM drug_word w JOIN drug d ON d.id = w.drug_id "
                  "WHERE w.word >= $1 AND w.word < $2 GROUP BY d.id ORDER BY min(length(w.word)), d.name_zh "
                  "LIMIT $3", ARGS(TEXT(from), TEXT(to), INT(store_limit(limit, DRUGS_LIMIT,
                                                                         STORE_DRUGS_MAX))));
}

/* --- its words ----------------------------------------------------------------------------------------- */

static int word_add(struct db *db, int64_t drug, const char *word)
{
    char small[STORE_DRUG_WORD_MAX + 1];
    int err = lower(word, small);

    if (err == 0)
        err = db_run(db, "INSERT INTO drug_word(word, drug_id) VALUES($1, $2) ON CONFLICT DO NOTHING",
                     ARGS(TEXT(small), INT(drug)));
    return err < 0 ? err : 0;
}

/* From each word on; of Chinese, from each character on. */
static int words_add(struct db *db, int64_t drug, const char *name)
{
    int err = 0;

    for (const char *at = name; *at != '\0' && err == 0; at++) {
        bool begins = at == name || at[-1] == ' ' || (unsigned char)*at >= 0xc0;

        if (begins && *at != ' ')
            err = word_add(db, drug, at);
    }
    return err;
}

static int pinyin_add(struct db *db, int64_t drug, const char *pinyin)
{
    char whole[STORE_DRUG_WORD_MAX + 1], initials[STORE_DRUG_WORD_MAX + 1];
    size_t size = 0, count = 0;
    int err;

    if (*pinyin == '\0')
        return 0;
    if (strlen(pinyin) > STORE_DRUG_WORD_MAX)
        return -EINVAL;
    for (const char *at = pinyin; *at != '\0'; at++) {
        if (*at == ' ')
            continue;
        whole[size++] = *at;
        if (at == pinyin || at[-1] == ' ')
            initials[count++] = *at;
    }
    whole[size] = initials[count] = '\0';
    err = word_add(db, drug, whole);
    return err ? err : word_add(db, drug, initials);
}

int store_drug_put(struct db *db, const struct drug_new *drug)
{
    char number[32];
    int64_t id;
    int err;

    snprintf(number, sizeof number, "%.6g", drug->max_per_day);
    err = db_int(db, &id, "INSERT INTO drug(code, name_zh, name_en, ingredient, classes, form, unit, "
                 "max_per_day, min_age_years, banned) VALUES($1, $2, $3, $4, $5, $6, $7, "
                 "nullif(CAST($8 AS REAL), 0), nullif($9, 0), $10) ON CONFLICT(code) DO UPDATE SET "
                 "name_zh = excluded.name_zh, name_en = excluded.name_en, ingredient = excluded.ingredient, "
                 "classes = excluded.classes, form = excluded.form, unit = excluded.unit, "
                 "max_per_day = excluded.max_per_day, min_age_years = excluded.min_age_years, "
                 "banned = excluded.banned RETURNING id",
                 ARGS(TEXT(drug->code), TEXT(drug->zh), TEXT(drug->en), TEXT(drug->ingredient),
                      TEXT(drug->classes), TEXT(drug->form), TEXT(drug->unit), TEXT(number),
                      INT(drug->min_age_years), INT(drug->banned)));
    if (err == 0)
        err = db_run(db, "DELETE FROM drug_word WHERE drug_id = $1", ARGS(INT(id)));
    if (err >= 0)
        err = words_add(db, id, drug->zh);
    if (err == 0)
        err = words_add(db, id, drug->en);
    if (err == 0)
        err = words_add(db, id, drug->ingredient);
    if (err == 0)
        err = word_add(db, id, drug->code);
    return err ? err : pinyin_add(db, id, drug->pinyin);
}
