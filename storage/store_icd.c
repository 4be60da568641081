/* store_icd.c - codes of diagnoses, and the words by which one is found. */
#include "storage/store_icd.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "storage/store_private.h"

enum { ICD_LIMIT = 20 };

#define ICD_COLUMNS                                                                                          \
    "v.system AS \"system\", v.version AS \"version\", i.code AS \"code\", i.label_zh AS \"label.zh\", "     \
    "i.label_en AS \"label.en\" "

int store_icd_version_add(struct db *db, const char *version, int64_t *ret_version)
{
    return db_int(db, ret_version,
                  "INSERT INTO icd_version(system, version, imported_utc) VALUES($1, $2, $3) RETURNING id",
                  ARGS(TEXT(STORE_ICD_SYSTEM), TEXT(version), INT(db_now(db))));
}

int store_icd_find(struct db *db, const char *system, const char *code, json_t **ret_code)
{
    return db_row(db, ret_code,
                  "SELECT " ICD_COLUMNS "FROM icd_code i JOIN icd_version v ON v.id = i.version_id "
                  "WHERE i.code = $2 AND v.system = $1 ORDER BY v.id DESC LIMIT 1",
                  ARGS(TEXT(system), TEXT(code)));
}

/* --- its words ----------------------------------------------------------------------------------------- */

struct entry { int64_t version, code; };        /* whose words they are                              */

static int word_add(struct db *db, const struct entry *of, const char *word, size_t place)
{
    char small[STORE_ICD_WORD_MAX + 1];
    size_t size = strlen(word);
    int err;

    if (size == 0 || size > STORE_ICD_WORD_MAX)
        return -EINVAL;
    for (size_t i = 0; i <= size; i++)
        small[i] = (char)tolower((unsigned char)word[i]);
    err = db_run(db, "INSERT INTO icd_word(version_id, word, code_id, place) VALUES($1, $2, $3, $4) "
                 "ON CONFLICT DO NOTHING",
                 ARGS(INT(of->version), TEXT(small), INT(of->code), INT((int64_t)place)));
    return err < 0 ? err : 0;
}

/* From each word on; of Chinese, from each character on. */
static int label_add(struct db *db, const struct entry *of, const char *label)
{
    size_t place = 0;
    int err = 0;

    for (const char *at = label; *at != '\0' && err == 0; at++) {
        bool begins = at == label || strchr(" -([,/", at[-1]) != NULL || (unsigned char)*at >= 0xc0;

        if (begins && *at != ' ')
            err = word_add(db, of, at, place++);
    }
    return err;
}

/* From each syllable on, and their first letters. */
static int pinyin_add(struct db *db, const struct entry *of, const char *pinyin)
{
    char whole[STORE_ICD_WORD_MAX + 1], initials[STORE_ICD_WORD_MAX + 1];
    size_t begins[STORE_ICD_WORD_MAX], size = 0, count = 0;
    int err = strlen(pinyin) > STORE_ICD_WORD_MAX ? -EINVAL : 0;

    for (const char *at = pinyin; err == 0 && *at != '\0'; at++) {
        if (*at == ' ')
            continue;
        if (at == pinyin || at[-1] == ' ') {
            begins[count] = size;
            initials[count++] = *at;
        }
        whole[size++] = *at;
    }
    whole[size] = initials[count] = '\0';
    for (size_t i = 0; i < count && err == 0; i++) {
        err = word_add(db, of, whole + begins[i], i);
        if (err == 0)
            err = word_add(db, of, initials + i, i);
    }
    return err;
}

int store_icd_add(struct db *db, int64_t version, const struct icd_new *new)
{
    struct entry of = { .version = version };
    int err = db_int(db, &of.code, "INSERT INTO icd_code(version_id, code, label_zh, label_en) "
                     "VALUES($1, $2, $3, $4) RETURNING id",
                     ARGS(INT(version), TEXT(new->code), TEXT(new->zh), TEXT(new->en)));

    if (err == 0)
        err = word_add(db, &of, new->code, 0);
    if (err == 0)
        err = label_add(db, &of, new->zh);
    if (err == 0)
        err = label_add(db, &of, new->en);
    return err ? err : pinyin_add(db, &of, new->pinyin);
}

/* --- finding ------------------------------------------------------------------------------------------- */

/* Lower case, as far as ASCII goes; `joined`: without spaces, as pinyin is kept. */
static void query_fold(const char *text, bool joined, char ret_word[STORE_ICD_WORD_MAX + 1])
{
    size_t size = 0;

    for (const char *at = text; *at != '\0'; at++)
        if (!joined || (*at != ' ' && *at != '\''))
            ret_word[size++] = (char)tolower((unsigned char)*at);
    ret_word[size] = '\0';
}

/* A single letter begins thousands of words: so many are looked at, and the best of them shown. U+10FFFF is
 * behind all that begins so. */
#define WORDS_FROM(from)                                                                                     \
    "SELECT code_id, place FROM icd_word WHERE version_id = (SELECT max(id) FROM icd_version "               \
    "WHERE system = $4) AND word >= " from " AND word < " from " || '\xf4\x8f\xbf\xbf' LIMIT 2000"

int store_icd_search(struct db *db, const char *text, int limit, json_t **ret_codes)
{
    char from[STORE_ICD_WORD_MAX + 1], joined[STORE_ICD_WORD_MAX + 1];

    text += strspn(text, " ");
    if (*text == '\0' || strlen(text) > STORE_ICD_WORD_MAX)
        return -EINVAL;
    query_fold(text, false, from);
    query_fold(text, true, joined);
    return db_all(db, ret_codes,
                  "SELECT " ICD_COLUMNS "FROM (SELECT code_id, min(place) AS place FROM ("
                  "SELECT * FROM (" WORDS_FROM("$1") ") AS spaced UNION ALL "
                  "SELECT * FROM (" WORDS_FROM("$2") ") AS joined) AS near "
                  "GROUP BY code_id) AS found JOIN icd_code i ON i.id = found.code_id "
                  "JOIN icd_version v ON v.id = i.version_id "
                  "ORDER BY found.place, length(i.label_zh), i.code LIMIT $3",
                  ARGS(TEXT(from), TEXT(joined), INT(store_limit(limit, ICD_LIMIT, STORE_ICD_MAX)),
                       TEXT(STORE_ICD_SYSTEM)));
}
