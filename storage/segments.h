/* segments.h - files on the disk that cannot be read there: segments of one size, each sealed for its file
 * and its place, so that a part is read without the rest and none can be moved.
 *
 * The name on the disk is the file's id, made by us. Safe from several threads, one writer a file. Where the
 * length of a file is, and how much of it counts, is the caller's to know. */
#ifndef STORAGE_SEGMENTS_H
#define STORAGE_SEGMENTS_H

#include "storage/db.h"

enum { SEGMENT_OVERHEAD = 33 }; /* of a sealed one on the disk                       */

struct segments;
/* Makes `folder` (0700) when missing; `seal` is copied. */
int segments_open(const char *folder, const struct seal *seal, struct segments **ret_segments);
void segments_close(struct segments *); /* NULL is fine                                      */

struct segment_file {
    const char *id;
    size_t segment; /* bytes of all segments but the last                */
};

/* A segment as a whole; the first one makes the file. On the disk only after segments_sync(). -ENOSPC, … */
int segments_write(struct segments *, const struct segment_file *, int64_t index, const void *at,
                   size_t size);
int segments_sync(struct segments *, const char *id);
/* Bytes [from, from + size) of a file of `total` bytes, into `to`. -EBADMSG: altered, cut or moved. */
int segments_read(struct segments *, const struct segment_file *, int64_t total, int64_t from, size_t size,
                  unsigned char *to);
int segments_remove(struct segments *, const char *id); /* 0 also when there is none         */

#endif
