/* drugs.h - the list of drugs, from a table in text. */
#ifndef DRUGS_H
#define DRUGS_H

#include <stddef.h>

#include "tsv.h"

struct db;

/* share/drugs-sample.tsv, which the demo has. */
extern const char drugs_sample_tsv[];
extern const size_t drugs_sample_tsv_size;

/* code, zh, en, pinyin, ingredient, classes ("en|zh;en|zh"), form, unit, most a day or "", youngest in years
 * or "", "1" when banned or "". Returns how many; they are new, or from now on as it says. -errno, `why`. */
int drugs_load(struct db *db, const char *text, size_t size, char why[TSV_WHY_SIZE]);

/* `consultd drug import FILE [--data DIR]`. */
int drug_command(int argc, char **argv);

#endif
