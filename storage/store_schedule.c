/* store_schedule.c - departments, services, and whose hours they are. */
#include "storage/store_schedule.h"

#include <stdio.h>
#include <string.h>

#include "storage/store_private.h"

enum { SERVICES_LIMIT = 20 };

int store_department_add(struct db *db, int64_t clinic, const char *name, int64_t *ret_department)
{
    char id[DB_ID_SIZE];

    db_id_make(db, "dep_", id);
    return db_int(db, ret_department, "INSERT INTO department(public_id, clinic_id, name) VALUES($1, $2, $3) "
                  "RETURNING id", ARGS(TEXT(id), INT(clinic), TEXT(name)));
}

int store_doctor_department_set(struct db *db, int64_t doctor, int64_t department)
{
    int changed = db_run(db, "UPDATE doctor SET department_id = $2 WHERE user_id = $1",
                         ARGS(INT(doctor), INT(department)));

    return changed < 0 ? changed : changed == 0 ? -ENOENT : 0;
}

/* --- services ------------------------------------------------------------------------------------------ */

#define SERVICE_COLUMNS                                                                                      \
    "s.public_id AS \"id\", k.public_id AS \"clinic.id\", k.name AS \"clinic.name\", "                       \
    "p.public_id AS \"department.id\", p.name AS \"department.name\", s.name AS \"name\", "                  \
    "s.mode AS \"mode\", s.minutes AS \"minutes\", s.buffer_min AS \"bufferMin\", "                          \
    "s.fee_minor AS \"fee.amount\", s.currency AS \"fee.currency\", s.needs_approval AS \"isOnRequest\", "  \
    "iif(s.verified_only, 'true', 'false') AS \"requiresVerifiedPatientJson\", "                             \
    "(SELECT json_object('tiers', (SELECT json_group_array(json_object('hoursBefore', t.value ->> 'hours', " \
    "'refundPercent', t.value ->> 'percent')) FROM json_each(y.tiers) t), 'graceMinutes', y.grace_min, "     \
    "'maxReschedules', y.moves_max, 'noShowFeePercent', y.noshow_fee_percent) "                          \
    "FROM policy y WHERE y.clinic_id = s.clinic_id AND (y.service_id = s.id OR "                             \
    "y.service_id IS NULL) ORDER BY y.service_id IS NULL, y.version DESC LIMIT 1) AS \"policyJson\" "
#define SERVICE_TABLES                                                                                       \
    "FROM service s JOIN clinic k ON k.id = s.clinic_id LEFT JOIN department p ON p.id = s.department_id "

int store_service_add(struct db *db, const struct service_new *new, int64_t *ret_service)
{
    struct db_arg department = INT(new->department), none = NUL();
    char id[DB_ID_SIZE];

    db_id_make(db, "svc_", id);
    return db_int(db, ret_service,
                  "INSERT INTO service(public_id, clinic_id, department_id, name, mode, minutes, buffer_min, "
                  "fee_minor, currency, needs_approval, verified_only) SELECT $1, id, $3, $4, $5, $6, $7, "
                  "$8, currency, $9, $10 FROM clinic WHERE id = $2 RETURNING id",
                  ARGS(TEXT(id), INT(new->clinic), new->department ? department : none, TEXT(new->name),
                       TEXT(new->mode), INT(new->minutes), INT(new->buffer_min), INT(new->fee_minor),
                       INT(new->on_request), INT(new->verified_only)));
}

int store_service_get(struct db *db, int64_t service, json_t **ret_service)
{
    return db_row(db, ret_service, "SELECT " SERVICE_COLUMNS SERVICE_TABLES "WHERE s.id = $1",
                  ARGS(INT(service)));
}

int store_service_find(struct db *db, const char *public_id, struct store_service *ret_service)
{
    struct store_service s = { 0 };
    struct db_query q;
    int more;

    more = db_query(db, &q, "SELECT s.id, s.clinic_id, s.department_id, s.fee_minor, s.minutes, "
                            "s.buffer_min, "
                    "s.needs_approval, s.currency, s.verified_only FROM service s "
                    "JOIN clinic k ON k.id = s.clinic_id "
                    "LEFT JOIN department p ON p.id = s.department_id WHERE s.public_id = $1 "
                    "AND s.disabled_utc IS NULL AND k.disabled_utc IS NULL AND p.disabled_utc IS NULL",
                    ARGS(TEXT(public_id)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;

    s.id = db_column_int(&q, 0);
    s.clinic = db_column_int(&q, 1);
    s.department = db_column_int(&q, 2);
    s.fee_minor = db_column_int(&q, 3);
    s.minutes = (int)db_column_int(&q, 4);
    s.buffer_min = (int)db_column_int(&q, 5);
    s.on_request = db_column_int(&q, 6) != 0;
    s.verified_only = db_column_int(&q, 8) != 0;
    snprintf(s.currency, sizeof s.currency, "%s", db_column_text(&q, 7));
    db_done(&q);
    *ret_service = s;
    return 0;
}

static int service_cursor(struct db *db, const char *cursor)
{
    int64_t id;
    int err;

    if (*cursor == '\0')
        return 0;
    err = db_int(db, &id, "SELECT id FROM service WHERE public_id = $1", ARGS(TEXT(cursor)));
    return err == -ENOENT ? -EINVAL : err;
}

int store_service_list(struct db *db, const struct service_list *list, json_t **ret_page)
{
    int limit = store_limit(list->limit, SERVICES_LIMIT, STORE_LIMIT_MAX), err;
    const char *after = list->cursor ? list->cursor : "";
    char next[DB_ID_SIZE] = "";
    json_t *items;

    err = service_cursor(db, after);
    if (err)
        return err;

    err = db_all(db, &items, "SELECT " SERVICE_COLUMNS SERVICE_TABLES
                 "WHERE s.disabled_utc IS NULL AND k.disabled_utc IS NULL AND p.disabled_utc IS NULL "
                 "AND ($1 = '' OR k.public_id = $1) "
                 "AND ($2 = '' OR EXISTS(SELECT 1 FROM users u JOIN doctor d ON d.user_id = u.id "
                 "WHERE u.public_id = $2 AND u.disabled_utc IS NULL AND u.clinic_id = s.clinic_id "
                 "AND (s.department_id IS NULL OR s.department_id = d.department_id))) "
                 "AND ($3 = '' OR (s.name, s.id) > (SELECT v.name, v.id FROM service v WHERE v.public_id = "
                 "$3)) "
                 "ORDER BY s.name, s.id LIMIT $4",
                 ARGS(TEXT(list->clinic ? list->clinic : ""), TEXT(list->doctor ? list->doctor : ""),
                      TEXT(after), INT(limit + 1)));
    if (err)
        return err;

    if (json_array_size(items) > (size_t)limit)
        snprintf(next, sizeof next, "%s", json_string_value(json_object_get(json_array_get(items,
                 (size_t)limit - 1), "id")));
    return store_page(items, limit, next, ret_page);
}

int store_doctor_offers(struct db *db, const struct doctor_access *doctor, json_t **ret_services)
{
    return db_all(db, ret_services,
                  "SELECT s.public_id AS \"id\", s.minutes AS \"minutes\", s.buffer_min AS \"bufferMin\", "
                  "s.fee_minor AS \"fee\", s.currency AS \"currency\" FROM service s "
                  "LEFT JOIN department p ON p.id = s.department_id WHERE s.clinic_id = $1 "
                  "AND (s.department_id IS NULL OR s.department_id = $2) AND s.disabled_utc IS NULL "
                  "AND p.disabled_utc IS NULL ORDER BY s.fee_minor, s.id LIMIT $3",
                  ARGS(INT(doctor->clinic), INT(doctor->department), INT(STORE_LIMIT_MAX)));
}

/* --- doctors ------------------------------------------------------------------------------------------- */

static bool is_keeper(const struct store_user *user, int64_t doctor, int64_t clinic)
{
    return user->id == doctor ||
           (user->clinic == clinic && (strcmp(user->role, "admin") == 0 || strcmp(user->role, "staff") == 0));
}

int store_doctor_access(struct db *db, const char *public_id, const struct store_user *user,
                        struct doctor_access *ret_access)
{
    enum { DAY_S = 86400 };
    struct doctor_access a = { .licence_until_utc = INT64_MAX };
    struct db_query q;
    int more;

    more = db_query(db, &q, "SELECT u.id, u.clinic_id, d.department_id, k.notice_min, k.horizon_days, "
                    "d.licence_until_utc, d.tz, u.public_id FROM users u JOIN doctor d ON d.user_id = u.id "
                    "JOIN clinic k ON k.id = u.clinic_id "
                    "WHERE u.public_id = $1 AND u.disabled_utc IS NULL AND k.disabled_utc IS NULL",
                    ARGS(TEXT(public_id)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;

    a.doctor = db_column_int(&q, 0);
    a.clinic = db_column_int(&q, 1);
    a.department = db_column_int(&q, 2);
    a.notice_s = db_column_int(&q, 3) * 60;
    a.horizon_s = db_column_int(&q, 4) * DAY_S;
    if (db_column_text(&q, 5) != NULL)
        a.licence_until_utc = db_column_int(&q, 5);
    snprintf(a.tz, sizeof a.tz, "%s", db_column_text(&q, 6));
    snprintf(a.public_id, sizeof a.public_id, "%s", db_column_text(&q, 7));
    db_done(&q);
    a.keeps = is_keeper(user, a.doctor, a.clinic);
    *ret_access = a;
    return 0;
}

int store_doctor_get(struct db *db, int64_t doctor, json_t **ret_doctor)
{
    return db_row(db, ret_doctor,
                  "SELECT u.public_id AS \"id\", u.display_name AS \"name\", d.title AS \"title\", "
                  "k.public_id AS \"clinic.id\", k.name AS \"clinic.name\", p.public_id AS "
                  "\"department.id\", "
                  "p.name AS \"department.name\", d.tz AS \"tz\", "
                  "coalesce(d.languages, json_array(u.locale)) AS \"languagesJson\" "
                  "FROM users u JOIN doctor d ON d.user_id = u.id "
                  "JOIN clinic k ON k.id = u.clinic_id LEFT JOIN department p ON p.id = d.department_id "
                  "WHERE u.id = $1",
                  ARGS(INT(doctor)));
}

int store_doctor_set(struct db *db, int64_t doctor, const char *title, const char *tz, const char *languages)
{
    int count = db_run(db, "UPDATE doctor SET title = $2, tz = $3, languages = $4 WHERE user_id = $1",
                       ARGS(INT(doctor), TEXT(title), TEXT(tz), TEXT(languages)));

    return count < 0 ? count : 0;
}
