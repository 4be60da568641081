/* store_recheck.h - appointments ahead whose doctor, or whose zone, is not as when they were booked. */
#ifndef STORAGE_STORE_RECHECK_H
#define STORAGE_STORE_RECHECK_H

#include "storage/db.h"

enum { STORE_RECHECK_MAX = 100, STORE_RECHECK_TZ_SIZE = 64 };

struct recheck_row {
    int64_t appointment, clinic, start_utc;
    int64_t wall;                               /* its start by the clock it was booked with; 0: unknown */
    bool    doctor_out;                         /* he is disabled, or his licence ends before         */
    bool    zone_anew;                          /* `tzdb` is another release than its own             */
    char    id[DB_ID_SIZE], tz[STORE_RECHECK_TZ_SIZE];
};

/* Those of the future that want a look, at most STORE_RECHECK_MAX behind `after` (NULL: from the first).
 * Their number. */
int store_recheck_find(struct db *db, const char *tzdb, const struct recheck_row *after,
                       struct recheck_row ret_rows[STORE_RECHECK_MAX]);
/* It was looked at with that release of the zone database. */
int store_recheck_done(struct db *db, int64_t appointment, const char *tzdb, int64_t wall);

#endif
