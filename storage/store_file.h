/* store_file.h - files of a consult: what is known of them; their bytes are in segments.h.
 *
 * File { id, name, mime, size, sha256, width?, height?, durationMs?, waveform? } */
#ifndef STORAGE_STORE_FILE_H
#define STORAGE_STORE_FILE_H

#include "storage/db.h"

struct segments;

struct file_new {
    int64_t consult, user, size, segment;
    const char *kind, *name;            /* image, voice, file; name: clean                   */
    const char *waveform;               /* or NULL                                           */
    int64_t width, height, duration_ms; /* 0: not said                                       */
};
struct file_quota {
    int64_t user_max, consult_max; /* bytes, unfinished ones counted whole              */
    int64_t unfinished_max;        /* uploads of the user                               */
};
/* A row without bytes. -EMSGSIZE: past a quota; -EDQUOT: too many are unfinished. */
int store_file_add(struct db *db, const struct file_new *, const struct file_quota *,
                   char ret_id[DB_ID_SIZE]);

struct file_row {
    int64_t id, consult, size, segment, received, active_utc;
    char public_id[DB_ID_SIZE], kind[8], mime[40], sha256[65];
    bool ready, sent, owns; /* owns: he who looks                                */
    bool blocked;           /* a scanner found it harmful: it is never ready     */
};
/* As a user sees it: his own, or one that was sent in a consult he takes part in and is not recalled.
 * -ENOENT for all else. */
int store_file_access(struct db *db, const char *public_id, int64_t user, struct file_row *ret_file);
int store_file_name(struct db *db, const struct file_row *, char *at, size_t size);

/* More bytes, behind `received`: whole segments go to the disk and are synced, what is left into the row. All
 * of it or nothing is taken. -EMSGSIZE: more than it has. Returns with file->received grown. */
int store_file_receive(struct db *db, struct segments *, struct file_row *file, const void *at, size_t size);
/* All is there, and it is this. */
int store_file_ready(struct db *db, const struct file_row *, const char *mime,
                     const unsigned char sha256[32]);
/* All is there, and it is harmful. */
int store_file_block(struct db *db, const struct file_row *);
int store_file_remove(struct db *db, struct segments *, const struct file_row *);

/* One's own, complete, of that kind and not sent yet: its row. -ENOENT. */
int store_file_unsent(struct db *db, int64_t consult, int64_t user, const char *public_id, const char *kind,
                      int64_t *ret_file);
int store_file_sent(struct db *db, int64_t file, const char *message_id);
/* Puts what is sealed of File into `file`: column of about_enc. */
int store_file_about(struct db *db, const struct db_query *, int column, json_t *file);

/* Unsent for `idle_s` seconds: bytes first, then the row. How many; next: when to look again, -ENOENT: never.
 */
int store_file_expire(struct db *db, struct segments *, int64_t idle_s);
int store_file_expire_next(struct db *db, int64_t idle_s, int64_t *ret_utc);

#endif
