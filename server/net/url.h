/* url.h - the path of a target, decoded strictly (RFC 3986, 2.1); queries: sio_http_query_find(). Pure. */
#ifndef URL_H
#define URL_H

#include <stddef.h>

/* Decodes a raw path ("/a%20b"). Refused with -EINVAL: no leading "/", a broken or doubtful escape (%
 * without two digits, %00, %2F, %5C), control characters, backslash, a segment "." or "..", text that is
 * not UTF-8. -ENAMETOOLONG: `size` (with the NUL) is too small. Otherwise the length. */
int url_path_decode(const char *raw, char *at, size_t size);

#endif
