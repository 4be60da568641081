/* store_family.c - for whom an account acts. */
#include "storage/store_family.h"

#include <string.h>

#define MEMBER_COLUMNS                                                                                       \
    "p.public_id AS \"id\", coalesce(p.display_name, u.display_name) AS \"name\", "                          \
    "p.relation AS \"relation\", p.birth_date AS \"birthDate\", p.verified_utc AS \"verifiedAt\" "           \
    "FROM patient p JOIN users u ON u.id = p.account_id "

int store_family_list(struct db *db, int64_t account, json_t **ret_members)
{
    return db_all(db, ret_members, "SELECT " MEMBER_COLUMNS "WHERE p.account_id = $1 AND p.removed_utc IS "
                                                            "NULL "
                  "ORDER BY p.relation <> 'self', p.id", ARGS(INT(account)));
}

static int member_get(struct db *db, const char *patient, json_t **ret_member)
{
    return db_row(db, ret_member, "SELECT " MEMBER_COLUMNS "WHERE p.public_id = $1", ARGS(TEXT(patient)));
}

int store_family_add(struct db *db, int64_t account, const struct family_member *new, json_t **ret_member)
{
    char id[DB_ID_SIZE];
    int added;

    if (strcmp(new->relation, "self") == 0)
        return -EINVAL;                         /* registering made that one                          */
    db_id_make(db, "pat_", id);
    added = db_run(db, "INSERT INTO patient(public_id, account_id, display_name, relation, birth_date, "
                   "guardian_patient_id) SELECT $1, $2, $3, $4, $5, CASE WHEN $4 = 'child' THEN (SELECT id "
                   "FROM patient "
                   "WHERE account_id = $2 AND relation = 'self') END "
                   "WHERE (SELECT count(*) FROM patient WHERE account_id = $2 AND removed_utc IS NULL) < $6",
                   ARGS(TEXT(id), INT(account), TEXT(new->name), TEXT(new->relation), TEXT(new->birth_date),
                        INT(STORE_FAMILY_MAX)));
    if (added <= 0)
        return added < 0 ? added : -EMSGSIZE;
    return member_get(db, id, ret_member);
}

/* 1: himself. 0: another of this account. */
static int is_self(struct db *db, int64_t account, const char *patient)
{
    int64_t self;
    int err;

    err = db_int(db, &self, "SELECT relation = 'self' FROM patient WHERE account_id = $1 AND public_id = $2 "
                 "AND removed_utc IS NULL", ARGS(INT(account), TEXT(patient)));
    return err ? err : self != 0;
}

int store_family_set(struct db *db, int64_t account, const char *patient, const struct family_member *new,
                     json_t **ret_member)
{
    int self = is_self(db, account, patient), err;

    if (self < 0)
        return self;
    if (self != (strcmp(new->relation, "self") == 0) || (self && new->name != NULL))
        return -EPERM;
    err = db_run(db, "UPDATE patient SET display_name = $2, relation = $3, birth_date = $4, verified_utc = "
                 "CASE WHEN display_name IS $2 AND birth_date IS $4 THEN verified_utc END "
                 "WHERE public_id = $1",
                 ARGS(TEXT(patient), TEXT(new->name), TEXT(new->relation), TEXT(new->birth_date)));
    return err < 0 ? err : member_get(db, patient, ret_member);
}

int store_family_remove(struct db *db, int64_t account, const char *patient)
{
    int self = is_self(db, account, patient), err;

    if (self != 0)
        return self < 0 ? self : -EPERM;
    err = db_run(db, "UPDATE patient SET removed_utc = $2 WHERE public_id = $1",
                 ARGS(TEXT(patient), INT(db_now(db))));
    return err < 0 ? err : 0;
}
