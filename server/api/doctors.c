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
enum { DOCTORS_MAX = 100, LOOKED_MAX = 1000, NEXT_DAYS = 14, FIND_BYTES_MAX = 400 };

/* --- finding one --------------------------------------------------------------------------------------- */

static json_t *money_json(const json_t *service)
{
    return json_pack("{s:O, s:O}", "amount", json_object_get(service, "fee"), "currency",
                     json_object_get(service, "currency"));
}

/* The first time of any service; each later look only goes as far as what is known. */
static json_t *first_find(const struct calendar *calendar, const json_t *services, int64_t from_utc)
{
    struct slots_plan plan = *calendar_plan(calendar);
    int64_t best = from_utc + NEXT_DAYS * DAY_S;
    const char *of = NULL;
    json_t *service;
    char text[DB_TIME_SIZE];
    size_t i;

    json_array_foreach((json_t *)services, i, service) {
        int64_t start;

        plan.minutes = (int)json_integer_value(json_object_get(service, "minutes"));
        plan.buffer_min = (int)json_integer_value(json_object_get(service, "bufferMin"));
        if (slots_find(&plan, from_utc, best, &start, 1) == 0)
            continue;
        best = start;
        of = json_string_value(json_object_get(service, "id"));
    }
    if (of == NULL)
        return json_null();
    db_time_print(best, text);
    return json_pack("{s:s, s:s}", "start", text, "service", of);
}

/* `nextSlot` and `fees` of a listed doctor: his rows are read once for all that he offers. */
static int doctor_look(struct action *a, struct db *db, json_t *item)
{
    struct calendar *calendar = NULL;
    struct doctor_access doctor;
    struct store_service cheapest;
    json_t *services = NULL, *first = json_null();
    int64_t now = db_now(db);
    size_t count = 0;
    int err = store_doctor_access(db, json_string_value(json_object_get(item, "id")), action_who(a), &doctor);

    if (err == 0)
        err = store_doctor_offers(db, &doctor, &services);
    if (err == 0 && (count = json_array_size(services)) > 0) {
        const json_t *low = json_array_get(services, 0);

        err = store_service_find(db, json_string_value(json_object_get(low, "id")), &cheapest);
        if (err == 0)
            err = calendar_open(action_api(a), db, &doctor, &cheapest, now, now + NEXT_DAYS * DAY_S,
                                &calendar);
        if (err == 0)                           /* a zone that cannot be read: no time is offered    */
            first = first_find(calendar, services, now);
        err = err == -EIO ? 0 : err;
        (void)json_object_set_new(item, "fees", json_pack("{s:o, s:o}", "from", money_json(low), "to",
                                                          money_json(json_array_get(services, count - 1))));
    }
    calendar_free(calendar);
    json_decref(services);
    return json_object_set_new(item, "nextSlot", first) != 0 && err == 0 ? -ENOMEM : err;
}

static const char *start_of(const json_t *item)
{
    const char *start = json_string_value(json_object_get(json_object_get(item, "nextSlot"), "start"));

    return start != NULL ? start : "~";         /* behind every time                                 */
}

static int by_start(const void *a, const void *b)
{
    return strcmp(start_of(*(json_t *const *)a), start_of(*(json_t *const *)b));
}

/* The first `limit` of them; there is no page after it. */
static json_t *page_sorted(const json_t *items, size_t limit)
{
    json_t *sorted = json_array();
    size_t count = json_array_size(items);
    json_t **all = xalloc((count + 1) * sizeof *all);

    for (size_t i = 0; i < count; i++)
        all[i] = json_array_get(items, i);
    qsort(all, count, sizeof *all, by_start);
    for (size_t i = 0; i < count && i < limit; i++)
        (void)json_array_append(sorted, all[i]);
    free(all);
    return json_pack("{s:o, s:n}", "items", sorted, "nextCursor");
}

static int list_take(struct action *a, struct doctor_list *list, int64_t *ret_limit, bool *ret_earliest)
{
    const char *sort = NULL;
    int err = action_take_int(a, "limit", 1, DOCTORS_MAX, 50, ret_limit);

    if (err == 0)
        err = action_take_text(a, "cursor", 256, &list->cursor);
    if (err == 0)
        err = action_take_text(a, "q", FIND_BYTES_MAX, &list->find);
    if (err == 0)
        err = action_take_text(a, "department", 64, &list->department);
    if (err == 0)
        err = action_take_text(a, "language", 16, &list->language);
    if (err == 0)
        err = action_take_text(a, "sort", 16, &sort);
    if (err == 0)
        err = action_end_input(a);
    if (err)
        return err;
    *ret_earliest = sort != NULL && strcmp(sort, "earliest") == 0;
    if (sort != NULL && !*ret_earliest && strcmp(sort, "name") != 0)
        return action_mind(a, "sort must be earliest or name");
    return 0;
}

/* Each doctor of it is looked at. */
static int page_look(struct action *a, struct db *db, const struct doctor_list *list, json_t **ret_page)
{
    json_t *page = NULL, *item;
    size_t i;
    int err = store_doctor_list(db, list, &page);

    json_array_foreach(json_object_get(page, "items"), i, item) if (err == 0) err = doctor_look(a, db, item);
    if (err)
        json_decref(page);
    else
        *ret_page = page;
    return err;
}

/* Who is the earliest is known when all were looked at. */
static int earliest_list(struct action *a, struct db *db, struct doctor_list *list, int64_t limit)
{
    json_t *all = json_array(), *page = NULL;
    int err;

    list->limit = DOCTORS_MAX;
    do {
        json_t *before = page;                  /* has the cursor                                     */

        err = page_look(a, db, list, &page);
        json_decref(before);
        if (err)
            break;
        (void)json_array_extend(all, json_object_get(page, "items"));
        list->cursor = json_string_value(json_object_get(page, "nextCursor"));
    } while (list->cursor != NULL && json_array_size(all) < LOOKED_MAX);
    if (err == 0) {
        json_decref(page);
        err = action_answer(a, page_sorted(all, (size_t)limit));
    }
    json_decref(all);
    return err;
}

static int doctor_list(struct action *a, struct db *db)
{
    struct doctor_list list = { 0 };
    json_t *page = NULL;
    bool earliest = false;
    int64_t limit;
    int err = list_take(a, &list, &limit, &earliest);

    if (err)
        return err;
    if (earliest)
        return earliest_list(a, db, &list, limit);
    list.limit = (int)limit;
    err = page_look(a, db, &list, &page);
    return err ? err : action_answer(a, page);
}

/* --- one ----------------------------------------------------------------------------------------------- */

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
