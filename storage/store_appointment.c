/* store_appointment.c - who is expected when. */
#include "storage/store_appointment.h"

enum { LONGEST_S = 14400 };                     /* the table's: what began earlier is over            */

int store_appointment_busy(struct db *db, int64_t doctor, int64_t from_utc, int64_t to_utc, json_t **ret_busy)
{
    return db_all(db, ret_busy, "SELECT start_utc AS \"begin\", end_utc AS \"end\", busy_until_utc AS "
                                "\"free\" "
                  "FROM appointment WHERE occupies = 1 AND doctor_id = $1 AND start_utc > $2 AND start_utc "
                  "< $3 "
                  "AND (hold_expires_utc IS NULL OR hold_expires_utc > $4) ORDER BY start_utc",
                  ARGS(INT(doctor), INT(from_utc - LONGEST_S), INT(to_utc + LONGEST_S), INT(db_now(db))));
}
