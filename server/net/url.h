/* url.h - paths, queries and forms of a target, decoded strictly (RFC 3986, 2.1). Pure functions. */
#ifndef URL_H
#define URL_H

#include <stddef.h>

/* Decodes a raw path ("/a%20b"). Refused with -EINVAL: no leading "/", a broken or doubtful escape (%
 * without two digits, %00, %2F, %5C), control characters, backslash, a segment "." or "..", text that is
 * not UTF-8. -ENAMETOOLONG: `size` (with the NUL) is too small. Otherwise the length. */
int url_path_decode(const char *raw, char *at, size_t size);

/* Decodes the value of the first `name=` of a query; "+" is a space. The length; -ENOENT: not there;
 * -EINVAL: a broken escape, NUL, or not UTF-8; -EEXIST: the name comes twice; -ENAMETOOLONG.
 * After an error `at` says nothing. */
int url_query_find(const char *query, const char *name, char *at, size_t size);

#endif
