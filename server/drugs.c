/* drugs.c - the list of drugs. */
#include "drugs.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "list_command.h"
#include "parse.h"
#include "storage/store_drug.h"

enum { FIELDS = 11 };

/* "en|zh;en|zh" as JSON; NULL: it is not. */
static json_t *classes_read(char *text)
{
    json_t *classes = json_array();

    for (char *next = text, *one; next != NULL && *next != '\0';) {
        one = strsep(&next, ";");
        char *en = strsep(&one, "|");

        if (one == NULL || *en == '\0' || *one == '\0' ||
            json_array_append_new(classes, json_pack("{s:s, s:s}", "zh", one, "en", en)) != 0) {
            json_decref(classes);
            return NULL;
        }
    }
    return classes;
}

/* Up to three digits behind the point. */
static int amount_read(const char *text, double *ret_amount)
{
    char *end = NULL;
    double amount = 0;

    if (*text != '\0') {
        errno = 0;
        amount = strtod(text, &end);
        if (errno != 0 || *end != '\0' || !(amount > 0 && amount <= 1e6))
            return -EINVAL;
    }
    *ret_amount = amount;
    return 0;
}

static int row_load(void *data, char *fields[], const char **ret_why)
{
    enum { CODE, ZH, EN, PINYIN, INGREDIENT, CLASSES, FORM, UNIT, MAX_PER_DAY, MIN_AGE, BANNED };
    struct drug_new drug = { .code = fields[CODE], .zh = fields[ZH], .en = fields[EN],
                             .pinyin = fields[PINYIN], .ingredient = fields[INGREDIENT],
                             .form = fields[FORM], .unit = fields[UNIT],
                             .banned = strcmp(fields[BANNED], "1") == 0 };
    int64_t age = 0;
    json_t *classes;
    char *text;
    int err;

    for (int i = CODE; i <= UNIT; i++)
        if (fields[i][0] == '\0' && i != PINYIN && i != CLASSES) {
            *ret_why = "code, names, ingredient, form and unit must be there";
            return -EINVAL;
        }
    if (amount_read(fields[MAX_PER_DAY], &drug.max_per_day) != 0 ||
        (fields[MIN_AGE][0] != '\0' && parse_int(fields[MIN_AGE], 0, 120, &age) != 0) ||
        (!drug.banned && fields[BANNED][0] != '\0')) {
        *ret_why = "a number is none";
        return -EINVAL;
    }
    classes = classes_read(fields[CLASSES]);
    text = classes != NULL ? json_dumps(classes, JSON_COMPACT) : NULL;
    json_decref(classes);
    if (text == NULL) {
        *ret_why = "classes are en|zh;en|zh";
        return -EINVAL;
    }
    drug.min_age_years = (int)age;
    drug.classes = text;
    err = store_drug_put(data, &drug);
    free(text);
    return err;
}

int drugs_load(struct db *db, const char *text, size_t size, char why[TSV_WHY_SIZE])
{
    return tsv_each(text, size, FIELDS, row_load, db, why);
}

int drug_command(int argc, char **argv)
{
    static const struct list_command command = {
        .usage = "usage: consultd drug import FILE [--data DIR]\n"
                 "FILE is a table as share/consultd/drugs-sample.tsv shows it.\n",
        .things = "drugs", .load = drugs_load,
    };

    return list_command(&command, argc, argv);
}
