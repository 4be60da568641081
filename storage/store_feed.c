/* store_feed.c - a user's private calendar, and what is in it. */
#include "storage/store_feed.h"

#include <stdio.h>

int store_feed_set(struct db *db, int64_t user, const unsigned char hash[32])
{
    int err =
        db_run(db,
               "INSERT INTO calendar_feed(user_id, hash, created_utc) VALUES($1, $2, $3) "
               "ON CONFLICT(user_id) DO UPDATE SET hash = excluded.hash, created_utc = excluded.created_utc",
               ARGS(INT(user), BLOB(hash, 32), INT(db_now(db))));

    return err < 0 ? err : 0;
}

int store_feed_remove(struct db *db, int64_t user)
{
    int removed = db_run(db, "DELETE FROM calendar_feed WHERE user_id = $1", ARGS(INT(user)));

    return removed < 0 ? removed : removed == 0 ? -ENOENT : 0;
}

int store_feed_find(struct db *db, const unsigned char hash[32], struct feed_user *ret_user)
{
    struct db_query q;
    int more;

    more = db_query(db, &q,
                    "SELECT u.id, u.locale FROM calendar_feed f JOIN users u ON u.id = f.user_id "
                    "WHERE f.hash = $1 AND u.disabled_utc IS NULL AND u.erased_utc IS NULL",
                    ARGS(BLOB(hash, 32)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    ret_user->id = db_column_int(&q, 0);
    (void)snprintf(ret_user->locale, sizeof ret_user->locale, "%s", db_column_text(&q, 1));
    db_done(&q);
    return 0;
}

int store_feed_list(struct db *db, int64_t user, json_t **ret_rows)
{
    return db_all(
        db, ret_rows,
        "SELECT a.public_id AS \"id\", a.series_id AS \"series\", a.start_utc AS \"start\", "
        "a.end_utc AS \"end\", a.ics_seq AS \"sequence\", a.status AS \"status\", s.mode AS \"mode\", "
        "(SELECT max(h.at_utc) FROM appointment_history h WHERE h.appointment_id = a.id) AS \"changed\" "
        "FROM appointment a JOIN patient p ON p.id = a.patient_id JOIN service s ON s.id = a.service_id "
        "WHERE a.id IN (SELECT b.id FROM appointment b WHERE b.doctor_id = $1 AND b.start_utc > $2 "
        "UNION SELECT b.id FROM appointment b JOIN patient c ON c.id = b.patient_id "
        "WHERE c.account_id = $1 AND b.start_utc > $2) "
        "AND NOT EXISTS(SELECT 1 FROM appointment n WHERE n.series_id = a.series_id AND n.id > a.id "
        "AND (p.account_id = $1 OR n.doctor_id = $1)) "
        "AND a.status NOT IN ('held', 'pending_payment', 'expired') "
        "AND (a.status IN ('requested', 'booked', 'checked_in', 'in_consult', 'fulfilled', "
        "'noshow_patient', 'noshow_doctor') OR EXISTS(SELECT 1 FROM appointment_history h "
        "WHERE h.appointment_id = a.id AND h.to_s = a.status AND h.at_utc > $2)) "
        "ORDER BY a.start_utc, a.id LIMIT $3",
        ARGS(INT(user), INT(db_now(db) - STORE_FEED_KEEP_S), INT(STORE_FEED_MAX)));
}
