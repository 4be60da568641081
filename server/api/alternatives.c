/* alternatives.c - what is free instead of a time that was lost. */
#include <errno.h>

#include "action.h"
#include "appointments.h"
#include "calendar.h"
#include "door.h"

enum { DAY_S = 86400, NEAREST = 3 };

int appointment_alternatives(struct action *a, struct db *db, const struct appointment_access *lost,
                             json_t **ret_alternatives)
{
    static const struct store_user nobody = { .role = "" };
    int64_t starts[NEAREST], now = db_now(db), near = lost->start_utc < now ? now : lost->start_utc;
    struct calendar *calendar = NULL;
    struct doctor_access doctor;
    struct store_service service;
    json_t *all = json_array();
    size_t count = 0;
    int err = store_doctor_access(db, lost->doctor_id, &nobody, &doctor);

    if (err == 0)
        err = store_service_find(db, lost->service_id, &service);
    if (err == 0)
        err = calendar_open(action_api(a), db, &doctor, &service, near - 7 * DAY_S, now + doctor.horizon_s,
                            &calendar);
    if (err == 0)
        count = slots_nearest(calendar_plan(calendar), near, starts, NEAREST);
    calendar_free(calendar);
    for (size_t i = 0; i < count && err == 0; i++) {
        char start[DB_TIME_SIZE];

        db_time_print(starts[i], start);
        err = json_array_append_new(all, json_pack("{s:s, s:s, s:s}", "doctor", lost->doctor_id, "service",
                                                   lost->service_id, "start", start)) != 0 ? -ENOMEM : 0;
    }
    if (err && err != -ENOENT) {                /* -ENOENT: no longer offered                        */
        json_decref(all);
        return err;
    }
    *ret_alternatives = all;
    return 0;
}
