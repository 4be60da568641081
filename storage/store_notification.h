/* store_notification.h - what users are told.
 *
 * Notification { id, kind, object, aboutAt?, createdAt, readAt?, alternatives? } */
#ifndef STORAGE_STORE_NOTIFICATION_H
#define STORAGE_STORE_NOTIFICATION_H

#include "storage/db.h"

struct notification_new {
    const char *user;                           /* public id                                          */
    const char *kind, *object;
    int64_t     about_utc;                      /* 0: of no time                                      */
    const char *dedupe_key;                     /* the occasion                                       */
    const char *alternatives;                   /* JSON; or NULL                                      */
};
/* 1: added, *ret_notification is it. 0: he was told of this occasion; nothing is returned. */
int store_notification_add(struct db *db, const struct notification_new *notification,
                           json_t **ret_notification);
int store_notification_unread(struct db *db, int64_t user, int64_t *ret_count);
/* The newest first: { items, nextCursor }. -EINVAL: bad cursor. */
int store_notification_list(struct db *db, int64_t user, int limit, const char *cursor, json_t **ret_page);
/* All up to and with this one (NULL: all). Returns how many became read; -ENOENT: it is not his. */
int store_notification_read(struct db *db, int64_t user, const char *up_to);

/* The desk of a clinic: [{ id }] of its staff and admins. */
int store_notification_desk(struct db *db, int64_t clinic, json_t **ret_users);

/* Booked appointments that begin within before_s, but not within next_s, whose patients have not heard
 * of it: [{ id }], up to 100. Whoever booked later than that needs no reminder. */
int store_reminder_due(struct db *db, const char *kind, int64_t before_s, int64_t next_s, json_t **ret_due);
int store_reminder_next(struct db *db, int64_t before_s, int64_t *ret_utc);     /* -ENOENT: none ahead  */

#endif
