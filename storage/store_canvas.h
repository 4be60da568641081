/* store_canvas.h - the canvas of a consult: operations in one order, sealed, each once.
 *
 * Whether an op is well-formed, and who may draw, is decided before (clinic/canvas_op.h, the policy). */
#ifndef STORAGE_STORE_CANVAS_H
#define STORAGE_STORE_CANVAS_H

#include "storage/db.h"

struct canvas_state {
    int64_t last_seq;                           /* 0: nothing was ever drawn                          */
    bool    locked;                             /* only the doctor draws                              */
};
int store_canvas_get(struct db *db, int64_t consult, struct canvas_state *ret_state);
/* 1: changed. 0: it was so. */
int store_canvas_lock(struct db *db, int64_t consult, bool on);

/* The seq that this user's op got. -ENOENT: none yet. -EEXIST: the id is another user's. */
int store_canvas_find(struct db *db, int64_t consult, int64_t user, const char *id, int64_t *ret_seq);

struct canvas_op {
    int64_t     consult, user;
    const char *id, *kind;
    const char *target;                         /* of erase and undo                                  */
    const char *payload;                        /* of all others: JSON, at most 64 KiB                */
};
struct canvas_limits { int64_t ops_max, bytes_max; };           /* of a consult, all that was ever drawn */
/* One that store_canvas_find() does not know. -EINVAL: no such target, or none that can be erased or taken
 * back. -EPERM: takes back another's. -ENOBUFS: past a limit. */
int store_canvas_add(struct db *db, const struct canvas_op *, const struct canvas_limits *,
                     int64_t *ret_seq);

/* Those behind `after` in their order, until `bytes_max` is reached: [{ seq, id, by, kind, target?,
 * …payload }]. What was taken back is not among them, nor, from the beginning, what took it back: they fold
 * into the same. */
int store_canvas_list(struct db *db, int64_t consult, int64_t after, size_t bytes_max, json_t **ret_ops,
                      bool *ret_more);

/* A picture of what was drawn up to `seq`, by a file of store_file_unsent(): it goes with the consult's last
 * message, which is its card. -EINVAL: there is nothing, or not so much. */
int store_canvas_picture_add(struct db *db, int64_t consult, int64_t user, int64_t file, int64_t seq);
/* [{ file, seq, by, savedAt }], the first one first. */
int store_canvas_pictures(struct db *db, int64_t consult, json_t **ret_pictures);

/* A photo that was sent in this consult and not recalled? -ENOENT. */
int store_canvas_photo(struct db *db, int64_t consult, const char *file);

#endif
