/* recheck.c - what was booked is never cancelled in silence: the desk hears of a doctor who can no longer
 * treat, and of a time that another release of the zone database shows differently; PRODUCT c1. */
#include "appointments.h"

#include <stdio.h>
#include <stdlib.h>

#include "door.h"
#include "notifications.h"
#include "storage/store_recheck.h"
#include "xalloc.h"
#include "zones.h"

enum { EVERY_S = 3600, KEY_SIZE = 128 };

static int desk_hears(struct action *a, struct db *db, const struct recheck_row *row, const char *kind,
                      const char *occasion)
{
    char key[KEY_SIZE];

    (void)snprintf(key, sizeof key, "%s:%s:%s", kind, row->id, occasion);
    return notify_desk(a, db, row->clinic, (struct notification_new){ .kind = kind, .object = row->id,
                       .dedupe_key = key, .about_utc = row->start_utc });
}

/* The instant stays: whether the wall clock was meant is for people to ask each other. */
static int zone_look(struct action *a, struct db *db, const struct recheck_row *row)
{
    const char *release = zones_version(action_api(a)->zones);
    const struct zone *zone = zones_find(action_api(a)->zones, row->tz);
    int64_t wall;
    int err = 0;

    if (zone == NULL)
        return 0;
    wall = zone_wall(zone, row->start_utc);
    if (row->wall != 0 && row->wall != wall)
        err = desk_hears(a, db, row, "appointment-clock-moved", release);
    return err ? err : store_recheck_done(db, row->appointment, release, wall);
}

static int all_look(struct action *a, struct db *db)
{
    struct recheck_row *rows = xalloc(STORE_RECHECK_MAX * sizeof *rows), last;
    const struct recheck_row *after = NULL;
    int count, err;

    do {
        count = store_recheck_find(db, zones_version(action_api(a)->zones), after, rows);
        err = count < 0 ? count : 0;
        for (int i = 0; i < count && err == 0; i++) {
            if (rows[i].doctor_out)
                err = desk_hears(a, db, &rows[i], "appointment-doctor-out", "");
            if (err == 0 && rows[i].zone_anew)
                err = zone_look(a, db, &rows[i]);
        }
        if (count > 0) {
            last = rows[count - 1];
            after = &last;
        }
    } while (count == STORE_RECHECK_MAX && err == 0);
    free(rows);
    return err;
}

int appointments_recheck(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    struct api *api = action_api(a);
    int64_t now = db_now(db);
    int err = 0;

    if (now >= api->recheck_utc || api->recheck_utc - now > EVERY_S) {
        err = all_look(a, db);
        if (err == 0)
            api->recheck_utc = now + EVERY_S;
    }
    *ret_next_utc = api->recheck_utc;
    return err;
}
