/* icd_codes.h - the classification of diagnoses, from a table in text. */
#ifndef ICD_CODES_H
#define ICD_CODES_H

#include <stddef.h>

#include "tsv.h"

struct db;

/* share/icd10-sample.tsv, which the demo has. */
extern const char icd10_sample_tsv[];
extern const size_t icd10_sample_tsv_size;

/* code, zh, en, pinyin of zh or ""; a line "# version: NAME" says what it is called. Returns how many: they
 * are the version that is offered from now on, the ones before stay. -EEXIST: there is one of that name.
 * -errno, `why`. */
int icd_codes_load(struct db *db, const char *text, size_t size, char why[TSV_WHY_SIZE]);

/* `consultd icd import FILE [--data DIR]`. */
int icd_command(int argc, char **argv);

#endif
