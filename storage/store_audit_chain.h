/* store_audit_chain.h - the rows of the audit as a chain that cannot be altered unseen.
 *
 * hash_n = HMAC(key, hash_{n-1} || row_n): numbers as 8 bytes, big-endian, 0 for NULL; texts as their size
 * plus one in 4 bytes, 0 for NULL, and their bytes. Before the first row stand zeros. Ids are 1, 2, 3 …, so
 * a row that is missing has a number. That rows at the end are missing only a head tells that was kept
 * elsewhere. */
#ifndef STORAGE_STORE_AUDIT_CHAIN_H
#define STORAGE_STORE_AUDIT_CHAIN_H

#include "storage/db.h"

enum audit_text_of { AUDIT_ACTION, AUDIT_OBJECT, AUDIT_IP, AUDIT_DETAIL, AUDIT_PURPOSE, AUDIT_TEXTS };
struct audit_text { const char *at; size_t size; };    /* at NULL: NULL                              */
struct audit_row {
    int64_t           id, at_utc, actor, patient, clinic;      /* of the last three 0: NULL           */
    struct audit_text texts[AUDIT_TEXTS];       /* lent                                               */
    unsigned char     hash[MAC_SIZE];
};
/* The id and the hash of a row that is added now. */
int audit_row_next(struct db *db, struct audit_row *row);

/* Rows from before there was a chain get their hashes, in the caller's transaction. Returns how many; 0: it
 * is a chain already, for then it is never begun anew. */
int store_audit_chain(struct db *db);

struct audit_head { int64_t id, at_utc; unsigned char hash[MAC_SIZE]; };       /* id 0: no rows      */
int store_audit_head(struct db *db, struct audit_head *ret_head);
int store_audit_at(struct db *db, int64_t id, struct audit_head *ret_head);     /* -ENOENT           */
/* As a line of text, signed. parse: -EINVAL: is none; -EBADMSG: not signed by this key file. */
enum { AUDIT_HEAD_SIZE = 256 };
int audit_head_print(struct db *db, const struct audit_head *head, char ret_text[AUDIT_HEAD_SIZE]);
int audit_head_parse(struct db *db, const char *text, struct audit_head *ret_head);

/* Walks all rows. 0: all is as it was written. 1: *ret_verdict names the first row that is not. */
struct audit_verdict {
    int64_t           rows;                     /* that are good, up to there                         */
    int64_t           bad;                      /* the id                                             */
    const char       *why;                      /* "altered", "missing" …: a word for people          */
    struct audit_head last;                     /* the last good one                                  */
};
int store_audit_verify(struct db *db, const struct audit_head *head /* or NULL */,
                       struct audit_verdict *ret_verdict);

#endif
