/* drugs.c - `consultd drug import`, beside a running server too. */
#include "drugs.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "parse.h"
#include "storage/store_drug.h"
#include "store.h"

extern char **environ;

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

static int import(const struct config *config, const char *path)
{
    char *text = NULL, why[TSV_WHY_SIZE] = "";
    size_t size;
    struct store store;
    int err = tsv_file_read(path, &text, &size);

    if (err) {
        (void)fprintf(stderr, "consultd: %s: %s\n", path, strerror(-err));
        return err;
    }
    err = store_open(&store, config, false);
    if (err) {
        free(text);
        return err;
    }
    err = db_script(store.writer, "BEGIN IMMEDIATE");
    if (err == 0)
        err = drugs_load(store.writer, text, size, why);
    if (err >= 0 && db_script(store.writer, "COMMIT") == 0)
        (void)printf("%d drugs of %s\n", err, path);
    else
        (void)fprintf(stderr, "consultd: %s: %s\n", path, why[0] != '\0' ? why : db_error(store.writer));
    store_close(&store);
    free(text);
    return err;
}

int drug_command(int argc, char **argv)
{
    static const struct option flags[] = { { "data", 1, NULL, 'd' }, { 0 } };
    static char data_flag[] = "--data";
    struct config config;
    char why[512];
    char *serve[3] = { argv[0], NULL, NULL };
    int count = 1, err;

    for (int flag; (flag = getopt_long(argc, argv, "", flags, NULL)) != -1; count = 3) {
        serve[1] = data_flag;
        serve[2] = optarg;
        if (flag != 'd')
            return 2;
    }
    if (argc - optind != 2 || strcmp(argv[optind], "import") != 0) {
        (void)fputs("usage: consultd drug import FILE [--data DIR]\n"
                    "FILE is a table as share/consultd/drugs-sample.tsv shows it.\n", stderr);
        return 2;
    }
    err = config_read(&config, count, serve, environ, why, sizeof why);
    if (err) {
        (void)fprintf(stderr, "consultd: %s\n", why);
        return 2;
    }
    err = import(&config, argv[optind + 1]);
    config_free(&config);
    return err < 0 ? 1 : 0;
}
