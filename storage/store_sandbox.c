/* store_sandbox.c - the books of the payment sandbox. */
#include "storage/store_sandbox.h"

int store_sandbox_charge_add(struct db *db, const struct sandbox_charge *charge, char ret_id[DB_ID_SIZE])
{
    int added;

    db_id_make(db, "chg_", ret_id);
    added = db_run(db,
                   "INSERT INTO sandbox_charge(public_id, session, order_ref, amount_minor, currency, "
                   "created_utc) VALUES($1, $2, $3, $4, $5, $6)",
                   ARGS(TEXT(ret_id), TEXT(charge->session), TEXT(charge->order), INT(charge->amount_minor),
                        TEXT(charge->currency), INT(db_now(db))));
    return added < 0 ? added : 0;
}

int store_sandbox_paid(struct db *db, const char *session, int64_t *ret_minor)
{
    return db_int(
        db, ret_minor,
        "SELECT (SELECT coalesce(sum(amount_minor), 0) FROM sandbox_charge WHERE "
        "session = $1) - (SELECT coalesce(sum(amount_minor), 0) FROM sandbox_refund WHERE session = $1)",
        ARGS(TEXT(session)));
}

int store_sandbox_refund_add(struct db *db, const char *key, const char *session, int64_t amount_minor)
{
    int64_t known, paid = 0;
    int err = db_int(db, &known, "SELECT 1 FROM sandbox_refund WHERE key = $1", ARGS(TEXT(key)));

    if (err != -ENOENT)
        return err;
    err = store_sandbox_paid(db, session, &paid);
    if (err == 0 && (amount_minor <= 0 || amount_minor > paid))
        err = -EINVAL;
    return err ? err
               : db_run(db,
                        "INSERT INTO sandbox_refund(key, session, amount_minor, created_utc) "
                        "VALUES($1, $2, $3, $4)",
                        ARGS(TEXT(key), TEXT(session), INT(amount_minor), INT(db_now(db))));
}
