/* store_user.c - clinics, users, doctors, patients. */
#include "storage/store_user.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "storage/store_private.h"

enum { DOCTORS_LIMIT = 20 };

void store_user_column(const struct db_query *q, int first, struct store_user *user)
{
    *user = (struct store_user){ .id = db_column_int(q, first), .clinic = db_column_int(q, first + 3),
                                 .disabled = db_column_int(q, first + 4) != 0 };
    snprintf(user->public_id, sizeof user->public_id, "%s", db_column_text(q, first + 1));
    snprintf(user->role, sizeof user->role, "%s", db_column_text(q, first + 2));
}

int store_clinic_add(struct db *db, const char *name, const char *tz, const char *currency,
                     int64_t *ret_clinic)
{
    char id[DB_ID_SIZE];

    db_id_make(db, "cln_", id);
    return db_int(db, ret_clinic, "INSERT INTO clinic(public_id, name, tz, currency) VALUES($1, $2, $3, $4) "
                  "RETURNING id", ARGS(TEXT(id), TEXT(name), TEXT(tz), TEXT(currency)));
}

int store_clinic_find(struct db *db, const char *id_or_name, int64_t *ret_clinic)
{
    return db_int(db, ret_clinic, "SELECT id FROM clinic WHERE public_id = $1 OR name = $1 "
                  "ORDER BY public_id = $1 DESC LIMIT 1", ARGS(TEXT(id_or_name)));
}

static int doctor_add(struct db *db, int64_t user, const struct user_new *new)
{
    int err;

    err = db_run(
        db, "INSERT INTO doctor(user_id, title, tz) VALUES($1, $2, $3)",
        ARGS(INT(user), TEXT(new->title ? new->title : ""), TEXT(new->tz ? new->tz : "Asia/Shanghai")));
    return err < 0 ? err : 0;
}

static int patient_add(struct db *db, int64_t user)
{
    char id[DB_ID_SIZE];
    int err;

    db_id_make(db, "pat_", id);
    err = db_run(db, "INSERT INTO patient(public_id, account_id) VALUES($1, $2)", ARGS(TEXT(id), INT(user)));
    return err < 0 ? err : 0;
}

int store_user_add(struct db *db, const struct user_new *new, struct store_user *ret_user)
{
    struct store_user user = { .clinic = new->clinic };
    struct db_arg clinic = INT(new->clinic), none = NUL();
    int err;

    assert(new->role && new->name && (new->login || !new->password_hash));
    db_id_make(db, "usr_", user.public_id);
    snprintf(user.role, sizeof user.role, "%s", new->role);
    err = db_int(db, &user.id,
                 "INSERT INTO users(public_id, clinic_id, role, login, password_hash, display_name, "
                 "locale, tz, created_utc) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
                 ARGS(TEXT(user.public_id), new->clinic ? clinic : none, TEXT(new->role), TEXT(new->login),
                      TEXT(new->password_hash), TEXT(new->name), TEXT(new->locale ? new->locale : "zh-CN"),
                      TEXT(new->tz ? new->tz : "Asia/Shanghai"), INT(db_now(db))));
    if (err)
        return err;

    if (strcmp(new->role, "doctor") == 0)
        err = doctor_add(db, user.id, new);
    else if (strcmp(new->role, "patient") == 0)
        err = patient_add(db, user.id);
    if (err)
        return err;

    *ret_user = user;
    return 0;
}

#define SECRET_COLUMNS "id, public_id, role, clinic_id, disabled_utc IS NOT NULL, password_hash, login "

static int secret_read(int more, struct db_query *q, struct user_secret *ret_secret)
{
    const char *hash, *login;

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    store_user_column(q, 0, &ret_secret->user);
    hash = db_column_text(q, 5);
    login = db_column_text(q, 6);
    snprintf(ret_secret->password_hash, sizeof ret_secret->password_hash, "%s", hash ? hash : "");
    snprintf(ret_secret->login, sizeof ret_secret->login, "%s", login ? login : "");
    db_done(q);
    return 0;
}

int store_user_by_login(struct db *db, const char *login, struct user_secret *ret_secret)
{
    struct db_query q;

    return secret_read(db_query(db, &q, "SELECT " SECRET_COLUMNS "FROM users WHERE login = $1",
                                ARGS(TEXT(login))), &q, ret_secret);
}

int store_user_secret(struct db *db, int64_t user, struct user_secret *ret_secret)
{
    struct db_query q;

    return secret_read(db_query(db, &q, "SELECT " SECRET_COLUMNS "FROM users WHERE id = $1",
                                ARGS(INT(user))), &q, ret_secret);
}

int store_user_by_id(struct db *db, const char *public_id, struct store_user *ret_user)
{
    struct db_query q;
    int more;

    more = db_query(db, &q, "SELECT id, public_id, role, clinic_id, disabled_utc IS NOT NULL FROM users "
                    "WHERE public_id = $1", ARGS(TEXT(public_id)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;

    store_user_column(&q, 0, ret_user);
    db_done(&q);
    return 0;
}

int store_user_me(struct db *db, int64_t user, json_t **ret_me)
{
    return db_row(
        db, ret_me,
        "SELECT u.public_id AS \"id\", u.display_name AS \"name\", u.role AS \"role\", "
        "u.login AS \"login\", u.locale AS \"locale\", u.tz AS \"tz\", c.public_id AS \"clinic.id\", "
        "c.name AS \"clinic.name\" FROM users u LEFT JOIN clinic c ON c.id = u.clinic_id WHERE u.id = $1",
        ARGS(INT(user)));
}

int store_user_get(struct db *db, int64_t user, json_t **ret_user)
{
    return db_row(db, ret_user,
                  "SELECT public_id AS \"id\", display_name AS \"name\", role AS \"role\" FROM users "
                  "WHERE id = $1",
                  ARGS(INT(user)));
}

static int changed_one(int count)
{
    return count < 0 ? count : count == 0 ? -ENOENT : 0;
}

int store_user_password_set(struct db *db, int64_t user, const char *password_hash)
{
    return changed_one(db_run(db, "UPDATE users SET password_hash = $2 WHERE id = $1",
                              ARGS(INT(user), TEXT(password_hash))));
}

int store_user_disable(struct db *db, int64_t user, bool disabled)
{
    struct db_arg now = INT(db_now(db)), none = NUL();

    return changed_one(db_run(db, "UPDATE users SET disabled_utc = $2 WHERE id = $1",
                              ARGS(INT(user), disabled ? now : none)));
}

int store_user_count(struct db *db, int64_t *ret_count)
{
    return db_int(db, ret_count, "SELECT count(*) FROM users", NO_ARGS);
}

/* Pages. One row more than asked for is read: its presence says that there is a next page. */

int store_limit(int limit, int preset, int max)
{
    return limit <= 0 ? preset : limit > max ? max : limit;
}

int store_page(json_t *items, int limit, const char *cursor, json_t **ret_page)
{
    bool more = json_array_size(items) > (size_t)limit;
    json_t *page;

    if (more)
        (void)json_array_remove(items, json_array_size(items) - 1);
    page = more ? json_pack("{s:o, s:s}", "items", items, "nextCursor", cursor)
                : json_pack("{s:o, s:n}", "items", items, "nextCursor");
    if (page == NULL)
        return -ENOMEM;                         /* json_pack has dropped the items                    */
    *ret_page = page;
    return 0;
}

/* The cursor is the id of the last doctor of a page; the page after him is by his name as it is now. */
static int cursor_exists(struct db *db, const char *cursor)
{
    int64_t id;
    int err;

    if (*cursor == '\0')
        return 0;
    err = db_int(db, &id, "SELECT u.id FROM users u JOIN doctor d ON d.user_id = u.id WHERE u.public_id = $1",
                 ARGS(TEXT(cursor)));
    return err == -ENOENT ? -EINVAL : err;
}

/* $3 what is looked for, $4 a department, $5 a language; '' is any. A complaint is found in a sentence. */
#define DOCTOR_FOUND                                                                                         \
    "($3 = '' OR instr(lower(u.display_name), lower($3)) OR instr(lower(d.title), lower($3)) "               \
    "OR instr(lower(p.name), lower($3)) OR EXISTS(SELECT 1 FROM department_keyword w "                       \
    "WHERE w.department_id = p.id AND (instr(lower($3), w.word) OR instr(w.word, lower($3))))) "             \
    "AND ($4 = '' OR p.public_id = $4) AND ($5 = '' OR EXISTS(SELECT 1 FROM "                                \
    "json_each(coalesce(d.languages, json_array(u.locale))) j WHERE j.value = $5)) "

int store_doctor_list(struct db *db, const struct doctor_list *list, json_t **ret_page)
{
    int limit = store_limit(list->limit, DOCTORS_LIMIT, STORE_LIMIT_MAX), err;
    const char *after = list->cursor ? list->cursor : "";
    char next[DB_ID_SIZE] = "";
    json_t *items;

    err = cursor_exists(db, after);
    if (err)
        return err;

    err = db_all(
        db, &items,
        "SELECT u.public_id AS \"id\", u.display_name AS \"name\", d.title AS \"title\", "
        "c.public_id AS \"clinic.id\", c.name AS \"clinic.name\", p.public_id AS \"department.id\", "
        "p.name AS \"department.name\", coalesce(d.languages, json_array(u.locale)) AS \"languagesJson\" "
        "FROM doctor d CROSS JOIN users u ON u.id = d.user_id JOIN clinic c ON c.id = u.clinic_id "
        "LEFT JOIN department p ON p.id = d.department_id AND p.disabled_utc IS NULL "
        "WHERE u.disabled_utc IS NULL AND c.disabled_utc IS NULL AND ($1 = '' OR (u.display_name, u.id) > "
        "(SELECT v.display_name, v.id FROM users v WHERE v.public_id = $1)) AND " DOCTOR_FOUND
        "ORDER BY u.display_name, u.id LIMIT $2",
        ARGS(TEXT(after), INT(limit + 1), TEXT(list->find ? list->find : ""),
             TEXT(list->department ? list->department : ""), TEXT(list->language ? list->language : "")));
    if (err)
        return err;

    if (json_array_size(items) > (size_t)limit)
        snprintf(next, sizeof next, "%s", json_string_value(json_object_get(json_array_get(items,
                 (size_t)limit - 1), "id")));
    return store_page(items, limit, next, ret_page);
}
