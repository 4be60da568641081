/* tsv.h - tables as text: a line a row, fields with tabs between, UTF-8; empty lines and those of # are
 * nothing. */
#ifndef TSV_H
#define TSV_H

#include <stddef.h>

enum { TSV_FIELDS_MAX = 16, TSV_WHY_SIZE = 256, TSV_BYTES_MAX = 64 * 1024 * 1024 };

/* `fields` are lent and may be changed. 0, or a negative errno, which ends the reading; `*ret_why` may then
 * say what is wrong, a literal. */
typedef int tsv_row_fn(void *data, char *fields[], const char **ret_why);

/* Each row must have `count` fields. Returns the number of rows, or what `row` returned, or -EINVAL; then
 * `why` tells the line. */
int tsv_each(const char *text, size_t size, size_t count, tsv_row_fn *row, void *data,
             char why[TSV_WHY_SIZE]);

/* A whole file; free() is the caller's. -errno; -EFBIG beyond TSV_BYTES_MAX. */
int tsv_file_read(const char *path, char **ret_text, size_t *ret_size);

#endif
