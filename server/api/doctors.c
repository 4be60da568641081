/* doctors.c - the doctors a patient can turn to, and when. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "calendar.h"
#include "clinic/date.h"
#include "door.h"
#include "storage/store_user.h"
#include "xalloc.h"

enum { DAY_S = 86400, SLOTS_DAYS_MAX = 62, SLOTS_MAX = 2000 };

static int doctor_list(struct action *a, struct db *db)
{
    const char *cursor;
    int64_t limit;
    json_t *page = NULL;
    int err = action_take_int(a, "limit", 1, 100, 50, &limit);

    if (err == 0)
        err = action_take_text(a, "cursor", 256, &cursor);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_doctor_list(db, (int)limit, cursor, &page);
    return err ? err : action_answer(a, page);
}

static int doctor_get(struct action *a, struct db *db)
{
    json_t *doctor = NULL;
    int err = action_end_input(a);

    if (err == 0)
        err = store_doctor_get(db, action_doctor(a)->doctor, &doctor);
    return err ? err : action_answer(a, json_pack("{s:o}", "doctor", doctor));
}

/* Member `service`: one that can be booked. */
static int service_take(struct action *a, struct db *db, struct store_service *ret_service)
{
    const char *id;
    int err = action_take_text(a, "service", 64, &id);

    if (err == 0 && id == NULL)
        err = action_mind(a, "service is missing");
    return err ? err : store_service_find(db, id, ret_service);
}

static int slots_answer(struct action *a, const struct slots_plan *plan, int64_t from_utc, int64_t to_utc)
{
    int64_t *starts = xalloc(SLOTS_MAX * sizeof *starts);
    json_t *slots = calendar_slots(plan, starts, slots_find(plan, from_utc, to_utc, starts, SLOTS_MAX));

    free(starts);
    return action_answer(a, json_pack("{s:o, s:s}", "items", slots, "tz", action_doctor(a)->tz));
}

static int slots_list(struct action *a, struct db *db)
{
    int64_t now = db_now(db), from, to;
    struct calendar *calendar = NULL;
    struct store_service service;
    int err = action_take_time(a, "from", now, &from);

    if (err == 0)
        err = action_take_time(a, "to", from + 7 * DAY_S, &to);
    if (err == 0 && (to < from || to - from > SLOTS_DAYS_MAX * DAY_S))
        err = action_mind(a, "to must be after from, by 62 days at most");
    if (err == 0)
        err = service_take(a, db, &service);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = calendar_open(action_api(a), db, action_doctor(a), &service, from, to, &calendar);
    if (err == 0)
        err = slots_answer(a, calendar_plan(calendar), from, to);
    calendar_free(calendar);
    return err;
}

/* `at`: an instant, or a wall clock of the doctor's zone, which may show it never or twice. */
static int why_answer(struct action *a, const struct slots_plan *plan, const char *at)
{
    const char *why;
    char text[DB_TIME_SIZE];
    int64_t utc, wall;

    if (date_parse_utc(at, &utc) == 0)
        why = slots_why_name(slots_why(plan, utc));
    else if (date_parse_wall(at, &wall) == 0)
        why = slots_why_name(slots_why_wall(plan, wall, &utc));
    else
        return action_mind(a, "at must be like 2026-11-24T09:30:00Z, or 2026-11-24T09:30 on the doctor's "
                              "wall");
    if (utc >= action_doctor(a)->licence_until_utc)
        why = "licence-ended";
    db_time_print(utc, text);
    return action_answer(a, json_pack("{s:s, s:s, s:s}", "startAt", text, "why", why, "tz",
                                      action_doctor(a)->tz));
}

static int slot_why(struct action *a, struct db *db)
{
    struct calendar *calendar = NULL;
    struct store_service service;
    const char *at;
    int64_t about = db_now(db);
    int err = action_take_text(a, "at", 32, &at);

    if (err == 0 && at == NULL)
        err = action_mind(a, "at is missing");
    if (err == 0)
        err = service_take(a, db, &service);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && date_parse_utc(at, &about) != 0)
        (void)date_parse_wall(at, &about);      /* a day more or less: exceptions are read around it */
    if (err == 0)
        err = calendar_open(action_api(a), db, action_doctor(a), &service, about - DAY_S, about + DAY_S,
                            &calendar);
    if (err == 0)
        err = why_answer(a, calendar_plan(calendar), at);
    calendar_free(calendar);
    return err;
}

/* The doors. */
const struct route doctor_routes[] = {
    { "GET", "/api/v1/doctors", doctor_list, MAY_USER, READ, NULL, NULL },
    { "GET", "/api/v1/doctors/{doctor}", doctor_get, MAY_SEE_DOCTOR, READ, NULL, NULL },
    { "GET", "/api/v1/doctors/{doctor}/slots", slots_list, MAY_SEE_DOCTOR, READ, NULL, NULL },
    { "GET", "/api/v1/doctors/{doctor}/slots/why", slot_why, MAY_KEEP_DOCTOR, READ, NULL, NULL },
    { 0 },
};
