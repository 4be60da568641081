/* store_recheck.c - appointments ahead that want another look. */
#include "storage/store_recheck.h"

#include <stdio.h>

#include "storage/store_private.h"

int store_recheck_find(struct db *db, const char *tzdb, const struct recheck_row *after,
                       struct recheck_row ret_rows[STORE_RECHECK_MAX])
{
    struct db_query q;
    int count = 0;
    int more = db_query(db, &q, "SELECT a.id, a.clinic_id, a.start_utc, coalesce(a.booked_wall, 0), "
                        "u.disabled_utc IS NOT NULL OR d.licence_until_utc <= a.start_utc AS gone, "
                        "a.booked_wall IS NULL OR a.tzdb <> $1 AS anew, a.public_id, a.booked_tz "
                        "FROM appointment a JOIN users u ON u.id = a.doctor_id "
                        "JOIN doctor d ON d.user_id = a.doctor_id WHERE a.occupies = 1 "
                        "AND (a.start_utc, a.id) > ($2, $3) AND (gone OR anew) "
                        "ORDER BY a.start_utc, a.id LIMIT $4",
                        ARGS(TEXT(tzdb), INT(after != NULL ? after->start_utc : db_now(db)),
                             INT(after != NULL ? after->appointment : INT64_MAX), INT(STORE_RECHECK_MAX)));

    for (; more > 0; more = db_next(&q)) {
        struct recheck_row *r = &ret_rows[count++];

        *r = (struct recheck_row){ .appointment = db_column_int(&q, 0),
                                   .clinic = db_column_int(&q, 1),
                                   .start_utc = db_column_int(&q, 2),
                                   .wall = db_column_int(&q, 3),
                                   .doctor_out = db_column_int(&q, 4) != 0,
                                   .zone_anew = db_column_int(&q, 5) != 0 };
        snprintf(r->id, sizeof r->id, "%s", db_column_text(&q, 6));
        snprintf(r->tz, sizeof r->tz, "%s", db_column_text(&q, 7));
    }
    return more < 0 ? more : count;
}

int store_recheck_done(struct db *db, int64_t appointment, const char *tzdb, int64_t wall)
{
    int err = db_run(db, "UPDATE appointment SET tzdb = $2, booked_wall = $3 WHERE id = $1",
                     ARGS(INT(appointment), TEXT(tzdb), INT(wall)));

    return err < 0 ? err : 0;
}
