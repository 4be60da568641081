/* file_type.h - what a file is, by its bytes, never by its name; and a name that can do no harm. Pure. */
#ifndef FILE_TYPE_H
#define FILE_TYPE_H

#include <stdbool.h>
#include <stddef.h>

enum { FILE_TYPE_HEAD = 64, FILE_NAME_MAX = 120 };

struct file_type {
    const char *mime;
    const char *kinds; /* of messages it may be, between spaces             */
    bool shown;        /* a browser may show it; else it is a download      */
};
/* By its first bytes. 0; -ENOMEDIUM: a HEIC photo, which browsers do not show; -EMEDIUMTYPE: anything else.
 */
int file_type_find(const void *at, size_t size, const char *kind, const struct file_type **ret_type);
const struct file_type *file_type_of(const char *mime); /* NULL: none of these               */

/* UTF-8 in and out: the last part of a path, without control characters and those that turn the direction of
 * text; "file" when nothing is left. */
void file_name_clean(const char *name, char clean[FILE_NAME_MAX + 1]);

#endif
