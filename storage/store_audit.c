/* store_audit.c - who did what, and who saw what. */
#include "storage/store_audit.h"

int store_audit_add(struct db *db, const struct audit_new *event)
{
    struct db_arg actor = INT(event->user), nobody = NUL();
    int err;

    err = db_run(db, "INSERT INTO audit_event(at_utc, actor_id, action, object, ip, detail) "
                 "VALUES($1, $2, $3, $4, $5, $6)",
                 ARGS(INT(db_now(db)), event->user ? actor : nobody, TEXT(event->action), TEXT(event->object),
                      TEXT(event->ip), TEXT(event->detail)));
    return err < 0 ? err : 0;
}

int store_audit_view_due(struct db *db, int64_t user, const char *action, const char *object)
{
    int64_t seen;
    int err;

    err = db_int(db, &seen,
                 "SELECT 1 FROM audit_event WHERE actor_id = $1 AND object = $2 AND action = $4 "
                 "AND at_utc > $3 LIMIT 1",
                 ARGS(INT(user), TEXT(object), INT(db_now(db) - AUDIT_VIEW_S), TEXT(action)));
    return err == -ENOENT ? 1 : err;
}

int store_audit_view(struct db *db, int64_t user, const char *action, const char *object, const char *ip)
{
    int due, err;

    due = store_audit_view_due(db, user, action, object);
    if (due <= 0)
        return due;

    err = store_audit_add(db, &(struct audit_new){ .user = user, .action = action, .object = object,
                                                   .ip = ip });
    return err ? err : 1;
}
