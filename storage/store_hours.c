/* store_hours.c - the weekly rules of a doctor, and their exceptions. */
#include "storage/store_schedule.h"

#define RULE_COLUMNS                                                                                         \
    "public_id AS \"id\", weekday AS \"weekday\", start_local AS \"start\", end_local AS \"end\", "          \
    "valid_from AS \"from\", valid_to AS \"to\", slot_min AS \"stepMin\" "
#define EXCEPTION_COLUMNS                                                                                    \
    "public_id AS \"id\", kind AS \"kind\", start_utc AS \"startAt\", end_utc AS \"endAt\", "                \
    "reason AS \"reason\" "

static int changed_one(int count)
{
    return count < 0 ? count : count == 0 ? -ENOENT : 0;
}

static int rule_get(struct db *db, const char *rule_id, json_t **ret_rule)
{
    return db_row(db, ret_rule, "SELECT " RULE_COLUMNS "FROM availability_rule WHERE public_id = $1",
                  ARGS(TEXT(rule_id)));
}

int store_rule_add(struct db *db, int64_t doctor, const struct rule_new *new, json_t **ret_rule)
{
    char id[DB_ID_SIZE];
    int added;

    db_id_make(db, "rul_", id);
    added = db_run(db, "INSERT INTO availability_rule(public_id, doctor_id, weekday, start_local, end_local, "
                   "valid_from, valid_to, slot_min) SELECT $1, $2, $3, $4, $5, $6, $7, $8 "
                   "WHERE (SELECT count(*) FROM availability_rule WHERE doctor_id = $2) < $9",
                   ARGS(TEXT(id), INT(doctor), INT(new->weekday), TEXT(new->start), TEXT(new->end),
                        TEXT(new->from), TEXT(new->to), INT(new->step_min), INT(STORE_RULES_MAX)));
    if (added <= 0)
        return added < 0 ? added : -EMSGSIZE;
    return rule_get(db, id, ret_rule);
}

int store_rule_set(struct db *db, int64_t doctor, const char *rule_id, const struct rule_new *new,
                   json_t **ret_rule)
{
    int err;

    err = changed_one(db_run(db, "UPDATE availability_rule SET weekday = $3, start_local = $4, end_local = "
                                 "$5, "
                             "valid_from = $6, valid_to = $7, slot_min = $8 WHERE doctor_id = $1 "
                             "AND public_id = $2",
                             ARGS(INT(doctor), TEXT(rule_id), INT(new->weekday), TEXT(new->start),
                                  TEXT(new->end), TEXT(new->from), TEXT(new->to), INT(new->step_min))));
    return err ? err : rule_get(db, rule_id, ret_rule);
}

int store_rule_remove(struct db *db, int64_t doctor, const char *rule_id)
{
    return changed_one(db_run(db, "DELETE FROM availability_rule WHERE doctor_id = $1 AND public_id = $2",
                              ARGS(INT(doctor), TEXT(rule_id))));
}

int store_rule_list(struct db *db, int64_t doctor, json_t **ret_rules)
{
    return db_all(db, ret_rules, "SELECT " RULE_COLUMNS "FROM availability_rule WHERE doctor_id = $1 "
                  "ORDER BY weekday, start_local, availability_rule.id", ARGS(INT(doctor)));
}

static int exception_get(struct db *db, const char *exception_id, json_t **ret_exception)
{
    return db_row(db, ret_exception, "SELECT " EXCEPTION_COLUMNS "FROM availability_exception "
                  "WHERE public_id = $1", ARGS(TEXT(exception_id)));
}

int store_exception_add(struct db *db, int64_t doctor, const struct exception_new *new,
                        json_t **ret_exception)
{
    char id[DB_ID_SIZE];
    int added;

    db_id_make(db, "exc_", id);
    added = db_run(db, "INSERT INTO availability_exception(public_id, doctor_id, kind, start_utc, end_utc, "
                       "reason) "
                   "SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM availability_exception "
                   "WHERE doctor_id = $2 AND end_utc > $7) < $8",
                   ARGS(TEXT(id), INT(doctor), TEXT(new->kind), INT(new->start_utc), INT(new->end_utc),
                        TEXT(new->reason), INT(db_now(db)), INT(STORE_EXCEPTIONS_MAX)));
    if (added <= 0)
        return added < 0 ? added : -EMSGSIZE;
    return exception_get(db, id, ret_exception);
}

int store_exception_set(struct db *db, int64_t doctor, const char *exception_id,
                        const struct exception_new *new, json_t **ret_exception)
{
    int err;

    err = changed_one(db_run(db, "UPDATE availability_exception SET kind = $3, start_utc = $4, end_utc = $5, "
                             "reason = $6 WHERE doctor_id = $1 AND public_id = $2",
                             ARGS(INT(doctor), TEXT(exception_id), TEXT(new->kind), INT(new->start_utc),
                                  INT(new->end_utc), TEXT(new->reason))));
    return err ? err : exception_get(db, exception_id, ret_exception);
}

int store_exception_remove(struct db *db, int64_t doctor, const char *exception_id)
{
    return changed_one(db_run(db, "DELETE FROM availability_exception WHERE doctor_id = $1 AND public_id = "
                                  "$2",
                              ARGS(INT(doctor), TEXT(exception_id))));
}

int store_exception_list(struct db *db, int64_t doctor, int64_t from_utc, int64_t to_utc,
                         json_t **ret_exceptions)
{
    return db_all(db, ret_exceptions, "SELECT " EXCEPTION_COLUMNS "FROM availability_exception "
                  "WHERE doctor_id = $1 AND end_utc > $2 AND start_utc < $3 ORDER BY start_utc, "
                  "availability_exception.id",
                  ARGS(INT(doctor), INT(from_utc), INT(to_utc)));
}
