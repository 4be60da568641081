/* store_audit.h - who did what, and who saw what. Rows are only added, each chained to the one before it. */
#ifndef STORAGE_STORE_AUDIT_H
#define STORAGE_STORE_AUDIT_H

#include "storage/db.h"

enum { AUDIT_VIEW_S = 600 };

struct audit_new {
    int64_t     user;                           /* 0: nobody (a failed login)                         */
    const char *action;                         /* "login", "consult.start", "consult.view"           */
    const char *object;                         /* public id                                          */
    const char *ip, *detail;                    /* or NULL; never message text or a token             */
    int64_t     patient;                        /* whose record; 0: by the object, if it is of one    */
    const char *purpose;                        /* NULL: to treat, or one's own                       */
};
/* In the transaction of the act, so that there is neither without the other. */
int store_audit_add(struct db *db, const struct audit_new *event);

/* Reads are audited by view ("consult.view"): one row for the first look of a user in 10 minutes.
 * due (a reader may ask): 1 when a row is owed. view (writer): 1 added, 0 there is one already. */
int store_audit_view_due(struct db *db, int64_t user, const char *action, const char *object);
int store_audit_view(struct db *db, int64_t user, const char *action, const char *object, const char *ip);

/* Whose record an object is of: consult, appointment, file, message, call, patient; and the clinic that keeps
 * it, 0: none. -ENOENT: of nobody's, or there is no such object. */
struct audit_about { int64_t patient, clinic; };
int store_audit_about(struct db *db, const char *object, struct audit_about *ret_about);

#endif
