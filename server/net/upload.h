/* upload.h - the header fields of tus 1.0 and of ranges. Pure. */
#ifndef UPLOAD_H
#define UPLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UPLOAD_KEY_MAX = 32, UPLOAD_VALUE_MAX = 512 };

/* Upload-Metadata (tus 1.0, Creation): the next "key base64" of a list. 1; 0: no more; -EINVAL. A value holds
 * no NUL; that it is UTF-8 is not looked at. */
int upload_metadata_next(const char **at, char key[UPLOAD_KEY_MAX], char value[UPLOAD_VALUE_MAX]);

/* Range (RFC 9110, 14.2) of `size` bytes: 1 and the one range that is asked for; 0: all, for what is not
 * understood is as not said; -ERANGE: no such bytes. */
int upload_range_read(const char *header, int64_t size, int64_t *ret_from, int64_t *ret_count);

/* If-None-Match and If-Range: does the list name `tag`, or whatever there is? NULL names nothing. */
bool upload_tag_is(const char *list, const char *tag);

/* Upload-Expires: "Sun, 06 Nov 1994 08:49:37 GMT". */
enum { UPLOAD_DATE_SIZE = 30 };
void upload_date_write(int64_t utc, char at[UPLOAD_DATE_SIZE]);

#endif
