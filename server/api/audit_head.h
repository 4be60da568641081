/* audit_head.h - the head of the audit's chain, kept in a file that is not the database: what is cut off at
 * the end of the chain is missed there. */
#ifndef AUDIT_HEAD_H
#define AUDIT_HEAD_H

struct api;
struct audit_head;
struct audit_heads;
struct db;

/* Each minute when the chain has grown, with the loop. NULL without --audit-head-file. */
struct audit_heads *audit_heads_new(struct api *);
void audit_heads_free(struct audit_heads *);    /* NULL is fine                                       */

/* At once, by whoever has the database. A file whose row the database has not, or has otherwise, is left
 * as it is, for it is what shows that: -EBADMSG, after a line in the log. 0: the file says the last row. */
int audit_head_write(struct db *db, const char *path);
/* 0, *ret_head; -ENOENT: no such file; -EINVAL, -EBADMSG: no head, not signed by these keys. */
int audit_head_read(struct db *db, const char *path, struct audit_head *ret_head);

#endif
