/* store_offer.c - what a clinic's desk keeps: departments, services, policies. */
#include "storage/store_offer.h"

#include <stdio.h>
#include <stdlib.h>

static int changed_one(int count)
{
    return count < 0 ? count : count == 0 ? -ENOENT : 0;
}

/* --- departments --------------------------------------------------------------------------------------- */

int store_department_list(struct db *db, const char *clinic, json_t **ret_departments)
{
    return db_all(db, ret_departments,
                  "SELECT d.public_id AS \"id\", d.name AS \"name\", k.public_id AS \"clinic.id\", "
                  "k.name AS \"clinic.name\" FROM department d JOIN clinic k ON k.id = d.clinic_id "
                  "WHERE d.disabled_utc IS NULL AND k.disabled_utc IS NULL AND ($1 = '' OR k.public_id = $1) "
                  "ORDER BY d.name, d.id LIMIT $2",
                  ARGS(TEXT(clinic ? clinic : ""), INT(STORE_OFFERS_MAX)));
}

#define KEPT_DEPARTMENT                                                                                      \
    "d.public_id AS \"id\", d.name AS \"name\", d.disabled_utc IS NOT NULL AS \"isDisabled\", "              \
    "(SELECT json_group_array(w.word) FROM department_keyword w WHERE w.department_id = d.id) AS "           \
    "\"keywordsJson\" FROM department d "

int store_department_kept(struct db *db, int64_t clinic, json_t **ret_departments)
{
    return db_all(db, ret_departments,
                  "SELECT " KEPT_DEPARTMENT "WHERE d.clinic_id = $1 ORDER BY d.name, d.id LIMIT $2",
                  ARGS(INT(clinic), INT(STORE_OFFERS_MAX)));
}

int store_department_find(struct db *db, int64_t clinic, const char *public_id, int64_t *ret_department)
{
    return db_int(
        db, ret_department,
        "SELECT id FROM department WHERE clinic_id = $1 AND public_id = $2 AND disabled_utc IS NULL",
        ARGS(INT(clinic), TEXT(public_id)));
}

int store_department_get(struct db *db, int64_t department, json_t **ret_department)
{
    return db_row(db, ret_department, "SELECT " KEPT_DEPARTMENT "WHERE d.id = $1", ARGS(INT(department)));
}

int store_department_set(struct db *db, int64_t clinic, const char *public_id, const char *name,
                         bool disabled, json_t **ret_department)
{
    int err =
        changed_one(db_run(db,
                           "UPDATE department SET name = $3, disabled_utc = CASE WHEN $4 = 0 THEN NULL "
                           "ELSE coalesce(disabled_utc, $5) END WHERE clinic_id = $1 AND public_id = $2",
                           ARGS(INT(clinic), TEXT(public_id), TEXT(name), INT(disabled), INT(db_now(db)))));

    return err ? err
               : db_row(db, ret_department, "SELECT " KEPT_DEPARTMENT "WHERE d.public_id = $1",
                        ARGS(TEXT(public_id)));
}

int store_department_words(struct db *db, int64_t clinic, const char *public_id, const json_t *words)
{
    int64_t department;
    json_t *word;
    size_t i;
    int err = db_int(db, &department, "SELECT id FROM department WHERE clinic_id = $1 AND public_id = $2",
                     ARGS(INT(clinic), TEXT(public_id)));

    if (err == 0)
        err = db_run(db, "DELETE FROM department_keyword WHERE department_id = $1", ARGS(INT(department)));
    json_array_foreach((json_t *)words, i, word) if (err >= 0)
        err = db_run(db, "INSERT OR IGNORE INTO department_keyword VALUES($1, lower($2))",
                     ARGS(INT(department), TEXT(json_string_value(word))));
    return err < 0 ? err : 0;
}

/* --- services ------------------------------------------------------------------------------------------ */

#define KEPT_SERVICE                                                                                         \
    "s.public_id AS \"id\", k.public_id AS \"clinic.id\", k.name AS \"clinic.name\", "                       \
    "p.public_id AS \"department.id\", p.name AS \"department.name\", s.name AS \"name\", "                  \
    "s.mode AS \"mode\", s.minutes AS \"minutes\", s.buffer_min AS \"bufferMin\", "                          \
    "s.fee_minor AS \"fee.amount\", s.currency AS \"fee.currency\", s.needs_approval AS \"isOnRequest\", "   \
    "iif(s.verified_only, 'true', 'false') AS \"requiresVerifiedPatientJson\", "                             \
    "s.disabled_utc IS NOT NULL AS \"isDisabled\" FROM service s JOIN clinic k ON k.id = s.clinic_id "       \
    "LEFT JOIN department p ON p.id = s.department_id "

int store_service_kept(struct db *db, int64_t clinic, json_t **ret_services)
{
    return db_all(db, ret_services,
                  "SELECT " KEPT_SERVICE "WHERE s.clinic_id = $1 ORDER BY s.name, s.id LIMIT $2",
                  ARGS(INT(clinic), INT(STORE_OFFERS_MAX)));
}

int store_service_kept_get(struct db *db, int64_t service, json_t **ret_service)
{
    return db_row(db, ret_service, "SELECT " KEPT_SERVICE "WHERE s.id = $1", ARGS(INT(service)));
}

int store_service_set(struct db *db, const char *public_id, const struct service_new *new, bool disabled,
                      json_t **ret_service)
{
    struct db_arg department = INT(new->department), none = NUL();
    int err = changed_one(
        db_run(db,
               "UPDATE service SET department_id = $3, name = $4, mode = $5, minutes = $6, buffer_min = $7, "
               "fee_minor = $8, needs_approval = $9, verified_only = $12, disabled_utc = CASE WHEN $10 = 0 "
               "THEN NULL ELSE coalesce(disabled_utc, $11) END WHERE clinic_id = $1 AND public_id = $2",
               ARGS(INT(new->clinic), TEXT(public_id), new->department ? department : none, TEXT(new->name),
                    TEXT(new->mode), INT(new->minutes), INT(new->buffer_min), INT(new->fee_minor),
                    INT(new->on_request), INT(disabled), INT(db_now(db)), INT(new->verified_only))));

    return err ? err
               : db_row(db, ret_service, "SELECT " KEPT_SERVICE "WHERE s.public_id = $1",
                        ARGS(TEXT(public_id)));
}

int store_clinic_currency(struct db *db, int64_t clinic, char ret_currency[STORE_CURRENCY_SIZE])
{
    struct db_query q;
    int more = db_query(db, &q, "SELECT currency FROM clinic WHERE id = $1", ARGS(INT(clinic)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    (void)snprintf(ret_currency, STORE_CURRENCY_SIZE, "%s", db_column_text(&q, 0));
    db_done(&q);
    return 0;
}

/* --- policies ------------------------------------------------------------------------------------------ */

#define POLICY                                                                                               \
    "s.public_id AS \"service.id\", s.name AS \"service.name\", y.version AS \"version\", "                  \
    "y.tiers AS \"tiersJson\", y.grace_min AS \"graceMin\", y.move_cutoff_min AS \"moveCutoffMin\", "        \
    "y.moves_max AS \"movesMax\", y.noshow_fee_percent AS \"noShowFeePercent\", "                            \
    "y.created_utc AS \"createdAt\", NOT EXISTS(SELECT 1 FROM policy n "                                     \
    "WHERE n.clinic_id = y.clinic_id AND coalesce(n.service_id, 0) = coalesce(y.service_id, 0) "             \
    "AND n.version > y.version) AS \"isCurrent\" "                                                           \
    "FROM policy y LEFT JOIN service s ON s.id = y.service_id "

int store_policy_add(struct db *db, const struct policy_new *new, json_t **ret_policy)
{
    struct db_arg of_service, none = NUL();
    char *tiers = json_dumps(new->tiers, JSON_COMPACT);
    int64_t service = 0, id;
    int err = tiers != NULL ? 0 : -ENOMEM;

    if (err == 0 && new->service != NULL)
        err = db_int(db, &service, "SELECT id FROM service WHERE clinic_id = $1 AND public_id = $2",
                     ARGS(INT(new->clinic), TEXT(new->service)));
    of_service = (struct db_arg)INT(service);
    if (err == 0)
        err =
            db_int(db, &id,
                   "INSERT INTO policy(clinic_id, service_id, version, tiers, grace_min, move_cutoff_min, "
                   "moves_max, created_utc, noshow_fee_percent) SELECT $1, $2, "
                   "coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7, $9 "
                   "FROM policy WHERE clinic_id = $1 AND coalesce(service_id, 0) = $8 RETURNING id",
                   ARGS(INT(new->clinic), service != 0 ? of_service : none, TEXT(tiers), INT(new->grace_min),
                        INT(new->move_cutoff_min), INT(new->moves_max), INT(db_now(db)), INT(service),
                        INT(new->no_show_percent)));
    free(tiers);
    return err ? err : db_row(db, ret_policy, "SELECT " POLICY "WHERE y.id = $1", ARGS(INT(id)));
}

int store_policy_list(struct db *db, int64_t clinic, json_t **ret_policies)
{
    return db_all(db, ret_policies, "SELECT " POLICY "WHERE y.clinic_id = $1 ORDER BY y.id DESC LIMIT $2",
                  ARGS(INT(clinic), INT(STORE_OFFERS_MAX)));
}
