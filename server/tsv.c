/* tsv.c - tables as text. */
#include "tsv.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "xalloc.h"

/* How many there are; those beyond the most are counted only. */
static size_t fields_split(char *line, char *fields[TSV_FIELDS_MAX])
{
    size_t count = 0;

    for (char *next = line; next != NULL; count++) {
        char *field = strsep(&next, "\t");

        if (count < TSV_FIELDS_MAX)
            fields[count] = field;
    }
    return count;
}

static int line_read(char *line, size_t count, tsv_row_fn *row, void *data, const char **why)
{
    char *fields[TSV_FIELDS_MAX];
    int err;

    line[strcspn(line, "\r")] = '\0';
    if (*line == '\0' || *line == '#')
        return 0;
    if (fields_split(line, fields) != count) {
        *why = "another number of fields";
        return -EINVAL;
    }
    err = row(data, fields, why);
    return err < 0 ? err : 1;
}

int tsv_each(const char *text, size_t size, size_t count, tsv_row_fn *row, void *data,
             char why[TSV_WHY_SIZE])
{
    const char *end = text + size, *next;
    int rows = 0, lines = 0;

    assert(count > 0 && count <= TSV_FIELDS_MAX);
    for (const char *at = text; at < end; at = next) {
        const char *newline = memchr(at, '\n', (size_t)(end - at)), *fault = NULL;
        char *line = xstrndup(at, (size_t)((newline != NULL ? newline : end) - at));
        int got;

        lines++;
        next = newline != NULL ? newline + 1 : end;
        got = line_read(line, count, row, data, &fault);
        free(line);
        if (got < 0) {
            (void)snprintf(why, TSV_WHY_SIZE, "line %d: %s", lines, fault != NULL ? fault : strerror(-got));
            return got;
        }
        rows += got;
    }
    return rows;
}

int tsv_file_read(const char *path, char **ret_text, size_t *ret_size)
{
    FILE *file = fopen(path, "rbe");
    struct stat is;
    char *text = NULL;
    int err = file != NULL && fstat(fileno(file), &is) == 0 ? 0 : -errno;

    if (err == 0 && !S_ISREG(is.st_mode))
        err = -EINVAL;
    if (err == 0 && is.st_size > TSV_BYTES_MAX)
        err = -EFBIG;
    if (err == 0) {
        text = xalloc((size_t)is.st_size + 1);
        err = fread(text, 1, (size_t)is.st_size, file) == (size_t)is.st_size ? 0 : -EIO;
    }
    if (file != NULL)
        (void)fclose(file);
    if (err) {
        free(text);
        return err;
    }
    *ret_text = text;
    *ret_size = (size_t)is.st_size;
    return 0;
}
