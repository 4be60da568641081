/* store_notification.c - what users are told, and of what they are to be reminded. */
#include "storage/store_notification.h"

#include <stdio.h>

#include "storage/store_private.h"

enum { NOTIFICATIONS_LIMIT = 20 };

/* n.: "id" alone is the alias in ORDER BY. */
#define NOTIFICATION_COLUMNS                                                                                 \
    "n.public_id AS \"id\", n.kind AS \"kind\", n.object AS \"object\", n.about_utc AS \"aboutAt\", "        \
    "n.created_utc AS \"createdAt\", n.read_utc AS \"readAt\", "                           \
    "n.alternatives AS \"alternativesJson\" FROM notification n "

int store_notification_add(struct db *db, const struct notification_new *new, json_t **ret_notification)
{
    struct db_arg about = INT(new->about_utc), none = NUL();
    char id[DB_ID_SIZE];
    int added, err;

    db_id_make(db, "ntf_", id);
    added = db_run(db, "INSERT INTO notification(public_id, user_id, kind, object, about_utc, dedupe_key, "
                       "created_utc, alternatives) "
                   "SELECT $1, id, $3, $4, $5, $6, $7, $8 FROM users WHERE public_id = $2 "
                   "ON CONFLICT(user_id, dedupe_key) DO NOTHING",
                   ARGS(TEXT(id), TEXT(new->user), TEXT(new->kind), TEXT(new->object),
                        new->about_utc ? about : none, TEXT(new->dedupe_key), INT(db_now(db)),
                        TEXT(new->alternatives)));
    if (added <= 0)
        return added;
    err = db_row(db, ret_notification, "SELECT " NOTIFICATION_COLUMNS "WHERE n.public_id = $1",
                 ARGS(TEXT(id)));
    return err ? err : 1;
}

int store_notification_unread(struct db *db, int64_t user, int64_t *ret_count)
{
    return db_int(db, ret_count, "SELECT count(*) FROM notification WHERE user_id = $1 AND read_utc IS NULL",
                  ARGS(INT(user)));
}

/* A cursor is the id of the last one of a page. */
static int place_find(struct db *db, int64_t user, const char *id, int64_t *ret_place)
{
    *ret_place = INT64_MAX;
    if (id == NULL)
        return 0;
    return db_int(db, ret_place, "SELECT id FROM notification WHERE user_id = $1 AND public_id = $2",
                  ARGS(INT(user), TEXT(id)));
}

int store_notification_list(struct db *db, int64_t user, int limit, const char *cursor, json_t **ret_page)
{
    char next[DB_ID_SIZE] = "";
    int64_t before;
    json_t *items;
    int err;

    limit = store_limit(limit, NOTIFICATIONS_LIMIT, STORE_LIMIT_MAX);
    err = place_find(db, user, cursor, &before);
    if (err)
        return err == -ENOENT ? -EINVAL : err;
    err = db_all(db, &items, "SELECT " NOTIFICATION_COLUMNS "WHERE n.user_id = $1 AND n.id < $2 "
                 "ORDER BY n.id DESC LIMIT $3", ARGS(INT(user), INT(before), INT(limit + 1)));
    if (err)
        return err;

    if (json_array_size(items) > (size_t)limit)
        snprintf(next, sizeof next, "%s", json_string_value(json_object_get(json_array_get(items,
                 (size_t)limit - 1), "id")));
    return store_page(items, limit, next, ret_page);
}

int store_notification_read(struct db *db, int64_t user, const char *up_to)
{
    int64_t last;
    int err;

    err = place_find(db, user, up_to, &last);
    if (err)
        return err;
    return db_run(db, "UPDATE notification SET read_utc = $3 WHERE user_id = $1 AND id <= $2 AND read_utc "
                      "IS NULL",
                  ARGS(INT(user), INT(last), INT(db_now(db))));
}

int store_notification_desk(struct db *db, int64_t clinic, json_t **ret_users)
{
    return db_all(db, ret_users, "SELECT public_id AS \"id\" FROM users WHERE clinic_id = $1 "
                  "AND role IN ('staff', 'admin') AND disabled_utc IS NULL ORDER BY id", ARGS(INT(clinic)));
}

int store_reminder_due(struct db *db, const char *kind, int64_t before_s, int64_t next_s, json_t **ret_due)
{
    return db_all(db, ret_due, "SELECT a.public_id AS \"id\" FROM appointment a JOIN patient p ON p.id = "
                               "a.patient_id "
                  "WHERE a.status = 'booked' AND a.start_utc <= $1 + $2 AND a.start_utc > $1 + $3 "
                  "AND a.created_utc <= a.start_utc - $2 AND NOT EXISTS(SELECT 1 FROM notification n "
                  "WHERE n.user_id = p.account_id AND n.dedupe_key = "
                  "$4 || ':' || a.public_id || ':' || a.start_utc) ORDER BY a.start_utc LIMIT 100",
                  ARGS(INT(db_now(db)), INT(before_s), INT(next_s), TEXT(kind)));
}

int store_reminder_next(struct db *db, int64_t before_s, int64_t *ret_utc)
{
    int err;

    err = db_int(db, ret_utc, "SELECT min(start_utc) FROM appointment WHERE status = 'booked' AND start_utc "
                              "> $1",
                 ARGS(INT(db_now(db) + before_s)));
    if (err == 0)
        *ret_utc -= before_s;
    return err;
}
