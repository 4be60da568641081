/* icd_codes.c - the classification of diagnoses. */
#include "icd_codes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "list_command.h"
#include "storage/store_icd.h"

enum { FIELDS = 4, VERSION_SIZE = 64 };

struct load { struct db *db; int64_t version; };

/* What stands behind "# version: " at the beginning of a line. */
static int version_read(const char *text, size_t size, char ret_version[VERSION_SIZE])
{
    static const char mark[] = "# version: ";
    const char *end = text + size;

    for (const char *at = text; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline != NULL ? newline : end) - at);

        if (length > strlen(mark) && memcmp(at, mark, strlen(mark)) == 0) {
            length -= strlen(mark);
            length -= at[strlen(mark) + length - 1] == '\r';
            if (length == 0 || length >= VERSION_SIZE)
                return -EINVAL;
            (void)snprintf(ret_version, VERSION_SIZE, "%.*s", (int)length, at + strlen(mark));
            return 0;
        }
        at += length + 1;
    }
    return -EINVAL;
}

static int row_load(void *data, char *fields[], const char **ret_why)
{
    enum { CODE, ZH, EN, PINYIN };
    const struct load *load = data;
    int err;

    if (fields[CODE][0] == '\0' || fields[ZH][0] == '\0' || fields[EN][0] == '\0') {
        *ret_why = "code and both labels must be there";
        return -EINVAL;
    }
    err = store_icd_add(load->db, load->version, &(struct icd_new){ .code = fields[CODE], .zh = fields[ZH],
                                                                    .en = fields[EN],
                                                                    .pinyin = fields[PINYIN] });
    if (err == -EEXIST)
        *ret_why = "this code was there already";
    else if (err == -EINVAL)
        *ret_why = "code, label or pinyin is too long";
    return err;
}

int icd_codes_load(struct db *db, const char *text, size_t size, char why[TSV_WHY_SIZE])
{
    char version[VERSION_SIZE];
    struct load load = { .db = db };
    int err = version_read(text, size, version);

    if (err) {
        (void)snprintf(why, TSV_WHY_SIZE, "a line \"# version: NAME\" is missing");
        return err;
    }
    err = store_icd_version_add(db, version, &load.version);
    if (err == -EEXIST)
        (void)snprintf(why, TSV_WHY_SIZE, "version %s is there already", version);
    return err ? err : tsv_each(text, size, FIELDS, row_load, &load, why);
}

int icd_command(int argc, char **argv)
{
    static const struct list_command command = {
        .usage = "usage: consultd icd import FILE [--data DIR]\n"
                 "FILE is a table as share/consultd/icd10-sample.tsv shows it.\n",
        .things = "codes", .load = icd_codes_load,
    };

    return list_command(&command, argc, argv);
}
