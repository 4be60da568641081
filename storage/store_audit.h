/* store_audit.h - who did what, and who saw what. Rows are only added; triggers refuse the rest.
 *
 * The hash chain is not here yet: it comes with a migration of its own that chains the rows there are. */
#ifndef STORAGE_STORE_AUDIT_H
#define STORAGE_STORE_AUDIT_H

#include "storage/db.h"

enum { AUDIT_VIEW_S = 600 };

struct audit_new {
    int64_t     user;                           /* 0: nobody (a failed login)                         */
    const char *action;                         /* "login", "consult.start", "consult.view"           */
    const char *object;                         /* public id                                          */
    const char *ip, *detail;                    /* or NULL; never message text or a token             */
};
int store_audit_add(struct db *db, const struct audit_new *event);

/* Reads are audited by view ("consult.view"): one row for the first look of a user in 10 minutes.
 * due (a reader may ask): 1 when a row is owed. view (writer): 1 added, 0 there is one already. */
int store_audit_view_due(struct db *db, int64_t user, const char *action, const char *object);
int store_audit_view(struct db *db, int64_t user, const char *action, const char *object, const char *ip);

#endif
