/* static_files.h - the pages: every file of a folder, read at start into one table, served from memory.
 *
 * A request never becomes a file name: it is looked up in the table, so nothing outside the folder can be
 * reached. Symbolic links and names that begin with a dot are not read. x.br and x.gz beside x are its
 * packed forms. */
#ifndef STATIC_FILES_H
#define STATIC_FILES_H

#include <stddef.h>

struct sio_http_request;
struct static_files;

/* 0; -ENOENT, -ENOTDIR, -EACCES: the folder; -EFBIG: more than bytes_max in all; -ENOMEM. */
int  static_files_open(const char *folder, size_t bytes_max, struct static_files **ret_files);
void static_files_free(struct static_files *);  /* NULL is fine; no reply may be under way          */
size_t static_files_count(const struct static_files *);

/* Replies, always: 200, 304 (If-None-Match), 404, 405. "/" and, for a GET or HEAD that accepts text/html,
 * every path whose last segment has no dot are index.html (no-cache); names that carry a hash, as in
 * /assets/x-1a2b3c4d.js, are immutable for a year; all else is revalidated. ETag is a hash of the bytes
 * sent, Vary is Accept-Encoding. */
void static_files_serve(const struct static_files *, const struct sio_http_request *);

#endif
