/* store_sandbox.c - the books of the payment sandbox. */
#include "storage/store_sandbox.h"

int store_sandbox_charge_add(struct db *db, const struct sandbox_charge *charge, char ret_id[DB_ID_SIZE])
{
    int added;

    db_id_make(db, "chg_", ret_id);
    added = db_run(db,
                   "INSERT INTO sandbox_charge(public_id, session, order_ref, amount_minor, currency, "
                   "settles_utc, silent, created_utc) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
                   ARGS(TEXT(ret_id), TEXT(charge->session), TEXT(charge->order), INT(charge->amount_minor),
                        TEXT(charge->currency), INT(charge->settles_utc), INT(charge->silent),
                        INT(db_now(db))));
    return added < 0 ? added : 0;
}

int store_sandbox_paid(struct db *db, const char *session, int64_t *ret_minor)
{
    return db_int(
        db, ret_minor,
        "SELECT (SELECT coalesce(sum(amount_minor), 0) FROM sandbox_charge WHERE "
        "session = $1) - (SELECT coalesce(sum(amount_minor), 0) FROM sandbox_refund WHERE session = $1 "
        "AND failed = 0)",
        ARGS(TEXT(session)));
}

int store_sandbox_refund_add(struct db *db, const char *key, const char *session, int64_t amount_minor)
{
    int64_t failed, paid = 0;
    int err = db_int(db, &failed, "SELECT failed FROM sandbox_refund WHERE key = $1", ARGS(TEXT(key)));

    if (err != -ENOENT)
        return err == 0 && failed ? -EINVAL : err;
    err = amount_minor > 0 ? store_sandbox_paid(db, session, &paid) : -EINVAL;
    if (err)
        return err;
    failed = amount_minor > paid;
    err = db_run(db,
                 "INSERT INTO sandbox_refund(key, session, amount_minor, failed, created_utc) "
                 "VALUES($1, $2, $3, $4, $5)",
                 ARGS(TEXT(key), TEXT(session), INT(amount_minor), INT(failed), INT(db_now(db))));
    return err >= 0 && failed ? -EINVAL : err;
}

int store_sandbox_is_silent(struct db *db, const char *session, bool *ret_silent)
{
    int64_t silent;
    int err = db_int(
        db, &silent, "SELECT EXISTS(SELECT 1 FROM sandbox_charge WHERE session = $1 AND silent = 1)",
        ARGS(TEXT(session)));

    if (err == 0)
        *ret_silent = silent != 0;
    return err;
}

int store_sandbox_charges(struct db *db, const char *session, json_t **ret_charges)
{
    return db_all(db, ret_charges,
                  "SELECT public_id AS \"charge\", amount_minor AS \"amount\", currency AS \"currency\" "
                  "FROM sandbox_charge WHERE session = $1 AND settles_utc <= $2 ORDER BY id",
                  ARGS(TEXT(session), INT(db_now(db))));
}

int store_sandbox_refunds(struct db *db, const char *session, json_t **ret_refunds)
{
    return db_all(db, ret_refunds,
                  "SELECT key AS \"refund\", CASE failed WHEN 1 THEN 'failed' ELSE 'succeeded' END AS "
                  "\"state\" FROM sandbox_refund WHERE session = $1 ORDER BY id", ARGS(TEXT(session)));
}
