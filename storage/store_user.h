/* store_user.h - clinics, users, doctors, patients. Every function runs inside the caller's
 * transaction. */
#ifndef STORAGE_STORE_USER_H
#define STORAGE_STORE_USER_H

#include "storage/db.h"

struct store_user {                             /* a row, for decisions; what leaves is JSON          */
    int64_t id, clinic;                         /* clinic 0: none                                     */
    char    public_id[DB_ID_SIZE], role[16];
    bool    disabled;
};

int store_clinic_add(struct db *db, const char *name, const char *tz, const char *currency,
                     int64_t *ret_clinic);
int store_clinic_find(struct db *db, const char *id_or_name, int64_t *ret_clinic);     /* -ENOENT       */

struct user_new {
    const char *role;                           /* "patient" "doctor" "admin" …                       */
    const char *login, *password_hash;          /* login in lower case; both NULL: by an identity     */
    const char *name, *locale, *tz;             /* locale, tz: NULL means zh-CN, Asia/Shanghai        */
    int64_t     clinic;                         /* 0 for patients; doctors and staff must have one    */
    const char *title;                          /* of a doctor; may be NULL                           */
};
/* Adds the row of `doctor` or `patient` (the account's own person) too. -EEXIST: the login is taken. */
int store_user_add(struct db *db, const struct user_new *user, struct store_user *ret_user);

/* login, password_hash "": he has none. */
struct user_secret { struct store_user user; char login[65], password_hash[160]; };
int store_user_by_login(struct db *db, const char *login, struct user_secret *ret_secret);     /* -ENOENT */
int store_user_secret(struct db *db, int64_t user, struct user_secret *ret_secret);    /* -ENOENT       */
int store_user_by_id(struct db *db, const char *public_id, struct store_user *ret_user);       /* -ENOENT */

/* Me: { id, name, role, login, locale, tz, clinic?: { id, name } } */
int store_user_me(struct db *db, int64_t user, json_t **ret_me);
/* User: { id, name, role } */
int store_user_get(struct db *db, int64_t user, json_t **ret_user);

int store_user_password_set(struct db *db, int64_t user, const char *password_hash);   /* then revoke */
int store_user_disable(struct db *db, int64_t user, bool disabled);
int store_user_count(struct db *db, int64_t *ret_count);        /* 0: an empty data folder (--demo)   */

struct doctor_list {                            /* NULL: any; limit 1-100, 0: 20                      */
    const char *find;                           /* in name, title, department or its complaints       */
    const char *department, *language;          /* public id; "en"                                    */
    const char *cursor;
    int         limit;
};
/* { items: [{ id, name, title, clinic: { id, name }, department?: { id, name }, languages }], nextCursor
 * (null: the end) } by name. Disabled doctors are not listed. -EINVAL: the cursor is none of ours. */
int store_doctor_list(struct db *db, const struct doctor_list *list, json_t **ret_page);

#endif
