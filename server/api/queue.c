/* queue.c - the waiting room: places, waits as they were before, and the doctor's board. */
#include "queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clinic/wait.h"
#include "config.h"
#include "door.h"
#include "storage/store_queue.h"
#include "xalloc.h"

enum { WATCH_S = 60 }; /* a wait is told in minutes                         */

/* --- one line ------------------------------------------------------------------------------------------ */

struct line {
    struct queue_doctor doctor;
    const char *state; /* here, busy, away                                  */
    int count;
    struct queue_one all[STORE_LINE_MAX];
    struct wait waits[STORE_LINE_MAX];
    int ahead[STORE_LINE_MAX];
};

static struct wait sample(struct db *db, const struct queue_one *like, int64_t doctor, int *err)
{
    int64_t seconds[STORE_SAMPLE_MAX];
    int count = store_queue_sample(db, like, doctor, seconds);

    if (count < 0)
        *err = count;
    return wait_of_sample(seconds, count > 0 ? count : 0);
}

/* What is left of the consult he is in; nothing when he is in none. */
static struct wait current(struct db *db, int64_t doctor, int *err)
{
    struct queue_one one;
    int found = store_queue_current(db, doctor, &one);

    if (found == -ENOENT)
        return (struct wait){ .known = true };
    if (found < 0)
        *err = found;
    return found < 0 ? (struct wait){ 0 }
                     : wait_left(sample(db, &one, doctor, err), db_now(db) - one.begun_utc);
}

/* One after the other; text consults wait beside them, as long as the last ones did. */
static int waits_find(struct db *db, struct line *line)
{
    int err = 0, seen[2] = { 0 };
    struct wait until = current(db, line->doctor.id, &err);
    int64_t now = db_now(db);

    for (int i = 0; i < line->count && err == 0; i++) {
        const struct queue_one *one = &line->all[i];
        struct wait takes = sample(db, one, line->doctor.id, &err);

        line->ahead[i] = seen[one->text]++;
        line->waits[i] = one->text ? takes : wait_floor(until, one->start_utc - now);
        if (strcmp(line->state, "away") == 0)
            line->waits[i].known = false; /* he is expected, but nobody knows                  */
        if (!one->text)
            until = wait_sum(until, takes);
    }
    return err;
}

/* NULL: with *ret_err, or -ENOENT when there is no such doctor. free() is the caller's. */
static struct line *line_find(struct api *api, struct db *db, const char *doctor, int *ret_err)
{
    struct line *line = xalloc(sizeof *line);
    int err = store_queue_doctor(db, doctor, &line->doctor);

    if (err == 0)
        line->count = store_queue_line(db, line->doctor.id, line->all);
    if (err == 0 && line->count < 0)
        err = line->count;
    if (err == 0) {
        line->state = !presence_is_online(api->presence, PRESENCE_ANYWHERE, doctor) ? "away"
                      : line->doctor.busy                                           ? "busy"
                                                                                    : "here";
        err = waits_find(db, line);
    }
    *ret_err = err;
    if (err == 0)
        return line;
    free(line);
    return NULL;
}

static json_t *estimate_json(struct wait wait)
{
    return !wait.known ? json_null()
                       : json_pack("{s:I, s:I}", "fromMinutes", (json_int_t)(wait.low_s / 60), "toMinutes",
                                   (json_int_t)((wait.high_s + 59) / 60));
}

static json_t *place_json(const struct line *line, int i)
{
    return json_pack("{s:s, s:i, s:i, s:o, s:s}", "consult", line->all[i].id, "place", line->ahead[i] + 1,
                     "ahead", line->ahead[i], "estimate", estimate_json(line->waits[i]), "doctorState",
                     line->state);
}

/* --- telling ------------------------------------------------------------------------------------------- */

static int place_tell(struct action *a, const struct line *line, int i)
{
    json_t *body = place_json(line, i);
    int err = body == NULL ? -ENOMEM
                           : action_publish_last(a, TO_USER_ALL, line->all[i].user, line->all[i].id,
                                                 "queue:changed", body);

    json_decref(body);
    return err;
}

int queue_tell_board(struct action *a, const char *doctor, const char *clinic)
{
    json_t *body = json_pack("{s:s}", "doctor", doctor);
    int err =
        body == NULL ? -ENOMEM : action_publish_last(a, TO_USER_ALL, doctor, doctor, "queue:changed", body);

    if (err == 0)
        err = action_publish_last(a, TO_BOARD, clinic, doctor, "queue:changed", body);
    json_decref(body);
    return err;
}

int queue_tell(struct action *a, struct db *db, const char *doctor)
{
    int err;
    struct line *line = line_find(action_api(a), db, doctor, &err);

    if (line == NULL)
        return err == -ENOENT ? 0 : err;
    for (int i = 0; i < line->count && err == 0; i++)
        err = place_tell(a, line, i);
    if (err == 0)
        err = queue_tell_board(a, doctor, line->doctor.clinic);
    free(line);
    return err;
}

int queue_tell_of(struct action *a, struct db *db, int64_t consult)
{
    struct queue_doctor doctor;
    int err = store_queue_doctor_of(db, consult, &doctor);

    return err ? err : queue_tell(a, db, doctor.public_id);
}

int queue_tell_board_of(struct action *a, struct db *db, int64_t consult)
{
    struct queue_doctor doctor;
    int err = store_queue_doctor_of(db, consult, &doctor);

    return err ? err : queue_tell_board(a, doctor.public_id, doctor.clinic);
}

/* --- watching ------------------------------------------------------------------------------------------ */

/* What each line looked like in the last round, by doctor: on the writer only. */
static int look(struct action *a, struct db *db, const char *doctor, json_t *seen)
{
    int err;
    struct line *line = line_find(action_api(a), db, doctor, &err);
    json_t *now, *was = json_object_get(action_api(a)->lines, doctor);

    if (line == NULL)
        return err == -ENOENT ? 0 : err;
    now = json_object();
    for (int i = 0; i < line->count; i++)
        (void)json_object_set_new(
            now, line->all[i].id,
            json_pack("[o, b]", place_json(line, i),
                      presence_is_online(action_api(a)->presence, PRESENCE_ANYWHERE, line->all[i].user)));
    for (int i = 0; i < line->count && err == 0; i++) {
        const json_t *one = json_object_get(now, line->all[i].id),
                     *before = json_object_get(was, line->all[i].id);

        if (before != NULL && !json_equal(json_array_get(one, 0), json_array_get(before, 0)))
            err = place_tell(a, line, i);
    }
    if (err == 0 && was != NULL && !json_equal(was, now))
        err = queue_tell_board(a, doctor, line->doctor.clinic);
    free(line);
    return json_object_set_new(seen, doctor, now) != 0 ? -ENOMEM : err;
}

/* A doctor came or went: his desk sees it, whether somebody waits or not. */
static int arrivals_tell(struct action *a, struct db *db, json_t *seen)
{
    const json_t *was = json_object_get(action_api(a)->lines, "here");
    json_t *doctors = NULL, *doctor, *now = json_object();
    size_t i;
    int err = store_queue_staffed(db, &doctors);

    json_array_foreach(doctors, i, doctor)
    {
        const char *id = json_string_value(json_object_get(doctor, "id"));
        bool here = presence_is_online(action_api(a)->presence, PRESENCE_ANYWHERE, id);

        (void)json_object_set_new(now, id, json_boolean(here));
        if (err == 0 && was != NULL && json_is_true(json_object_get(was, id)) != here)
            err = queue_tell_board(a, id, json_string_value(json_object_get(doctor, "clinic")));
    }
    json_decref(doctors);
    return json_object_set_new(seen, "here", now) != 0 ? -ENOMEM : err;
}

int queue_watch(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    json_t *doctors = NULL, *doctor, *seen = json_object();
    size_t i;
    int err = store_queue_doctors(db, &doctors);

    json_array_foreach(doctors, i, doctor) if (err == 0) err =
        look(a, db, json_string_value(json_object_get(doctor, "id")), seen);
    *ret_next_utc = json_array_size(doctors) > 0 ? db_now(db) + WATCH_S : INT64_MAX;
    json_decref(doctors);
    if (err == 0)
        err = arrivals_tell(a, db, seen);
    if (err) {
        json_decref(seen);
        return err;
    }
    json_decref(action_api(a)->lines);
    action_api(a)->lines = seen;
    return 0;
}

void queue_forget(struct api *api)
{
    json_decref(api->lines);
    api->lines = NULL;
}

/* --- asking -------------------------------------------------------------------------------------------- */

/* Who does not wait (any more) has place 0. */
static int queue_get(struct action *a, struct db *db)
{
    struct api *api = action_api(a);
    struct queue_doctor doctor;
    json_t *body = NULL;
    struct line *line;
    int err = action_end_input(a);

    if (err == 0)
        err = store_queue_doctor_of(db, action_consult(a), &doctor);
    if (err)
        return err;
    line = line_find(api, db, doctor.public_id, &err);
    if (line == NULL)
        return err;
    for (int i = 0; i < line->count; i++)
        if (line->all[i].consult == action_consult(a))
            body = place_json(line, i);
    if (body == NULL)
        body = json_pack("{s:s, s:i, s:i, s:n, s:s}", "consult", action_consult_id(a), "place", 0, "ahead", 0,
                         "estimate", "doctorState", line->state);
    free(line);
    (void)json_object_set_new(body, "emergencyNumber", json_string(api->parts.config->emergency_number));
    return action_answer(a, body);
}

/* Is the patient connected, on whichever page: the account's id becomes `patientHere`. */
static void here_set(struct api *api, json_t *item)
{
    const char *account = json_string_value(json_object_get(item, "account"));

    (void)json_object_set_new(item, "patientHere",
                              json_boolean(presence_is_online(api->presence, PRESENCE_ANYWHERE, account)));
    (void)json_object_del(item, "account");
}

static int board_get(struct action *a, struct db *db)
{
    json_t *items = NULL, *item;
    char now[DB_TIME_SIZE];
    bool here;
    size_t i;
    int err = action_end_input(a);

    if (err == 0)
        err = store_queue_board(db, action_doctor(a)->doctor, &items);
    if (err)
        return err;
    json_array_foreach(items, i, item) here_set(action_api(a), item);
    db_time_print(db_now(db), now);
    here = presence_is_online(action_api(a)->presence, PRESENCE_ANYWHERE, action_doctor(a)->public_id);
    return action_answer(a, json_pack("{s:s, s:b, s:o}", "now", now, "doctorHere", here, "items", items));
}

/* The doors. */
const struct route queue_routes[] = {
    { "GET", "/api/v1/consultations/{consult}/queue", queue_get, MAY_PARTICIPANT, READ | VIEW, NULL, NULL },
    { "GET", "/api/v1/doctors/{doctor}/board", board_get, MAY_KEEP_DOCTOR, READ | VIEW, NULL, NULL },
    { 0 },
};
