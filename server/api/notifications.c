/* notifications.c - what users are told: kept, counted, and said to their open pages. */
#include "notifications.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "clinic/date.h"
#include "door.h"
#include "storage/store_notification.h"
#include "storage/store_visit.h"

enum { KEY_SIZE = 128 };

/* By the status an appointment has come to; statuses that are not here are no news. */
static const struct { const char *status, *kind; } kinds[] = {
    { "requested", "appointment-requested" },
    { "booked", "appointment-booked" },
    { "rejected", "appointment-rejected" },
    { "cancelled_by_patient", "appointment-cancelled" },
    { "cancelled_by_clinic", "appointment-cancelled" },
    { "noshow_patient", "appointment-missed" },
    { "noshow_doctor", "appointment-missed" },
    { "checked_in", "patient-waiting" },
    { "in_consult", "doctor-ready" },
};

/* Those before it are no longer said once the next is near. */
static const struct { const char *kind; int64_t before_s, next_s; } reminders[] = {
    { "reminder-24h", 86400, 3600 }, { "reminder-1h", 3600, 600 }, { "reminder-10min", 600, 0 },
};

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

int notify_user(struct action *a, struct db *db, const struct notification_new *new)
{
    json_t *notification = NULL, *body;
    struct store_user user;
    int64_t unread;
    int err = store_notification_add(db, new, &notification);

    if (err <= 0)
        return err;
    err = store_user_by_id(db, new->user, &user);
    if (err == 0)
        err = store_notification_unread(db, user.id, &unread);
    if (err) {
        json_decref(notification);
        return err;
    }
    body = json_pack("{s:o, s:I}", "notification", notification, "unread", (json_int_t)unread);
    err = action_publish(a, TO_USER_ALL, new->user, "notification:new", body);
    json_decref(body);
    return err;
}

/* The same to all of `users` (taken), but `but` (a public id). */
static int tell_each(struct action *a, struct db *db, json_t *users, struct notification_new new,
                     const char *but)
{
    json_t *user;
    size_t i;
    int err = 0;

    json_array_foreach(users, i, user) {
        new.user = text_of(user, "id");
        err = strcmp(new.user, but) != 0 ? notify_user(a, db, &new) : 0;
        if (err)
            break;
    }
    json_decref(users);
    return err;
}

/* To all whom the appointment concerns. */
static int tell_all(struct action *a, struct db *db, int64_t appointment, struct notification_new new,
                    const char *but)
{
    json_t *users = NULL;
    int err = store_appointment_users(db, appointment, &users);

    return err ? err : tell_each(a, db, users, new, but);
}

int notify_desk(struct action *a, struct db *db, int64_t clinic, struct notification_new new)
{
    json_t *users = NULL;
    int err = store_notification_desk(db, clinic, &users);

    return err ? err : tell_each(a, db, users, new, action_user_id(a));
}

int notify_consult(struct action *a, struct db *db, int64_t consult, const char *id, const char *kind)
{
    char key[KEY_SIZE];
    json_t *users = NULL;
    int err = store_consult_participants(db, consult, &users);

    (void)snprintf(key, sizeof key, "%s:%s", kind, id);
    return err ? err : tell_each(a, db, users, (struct notification_new){ .kind = kind, .object = id,
                                 .dedupe_key = key }, action_user_id(a));
}

/* That a doctor did not come is his clinic's to know. */
static int desk_alert(struct action *a, struct db *db, const char *id)
{
    struct appointment_access now;
    char key[KEY_SIZE];
    int err = store_appointment_find(db, id, &now);

    (void)snprintf(key, sizeof key, "doctor-absent:%s", id);
    return err ? err : notify_desk(a, db, now.clinic, (struct notification_new){ .kind = "doctor-absent",
                                   .object = id, .dedupe_key = key, .about_utc = now.start_utc });
}

int notify_appointment(struct action *a, struct db *db, int64_t appointment, const json_t *one)
{
    struct notification_new new = { .object = text_of(one, "id") };
    const char *status = text_of(one, "status");
    char key[KEY_SIZE];
    bool referred = false;
    int err;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].status, status) == 0)
            new.kind = kinds[i].kind;
    if (new.kind == NULL)
        return 0;
    if (strcmp(status, "cancelled_by_clinic") == 0) {
        err = store_visit_is_referred(db, appointment, &referred);
        if (err || referred)                    /* consult-referred says it already                  */
            return err;
    }
    if (strcmp(status, "booked") == 0 && json_object_get(one, "rescheduledFrom") != NULL)
        new.kind = "appointment-rescheduled";
    (void)date_parse_utc(text_of(one, "startAt"), &new.about_utc);
    (void)snprintf(key, sizeof key, "%s:%s:%lld", new.kind, new.object,
                   (long long)json_integer_value(json_object_get(one, "version")));
    new.dedupe_key = key;
    err = tell_all(a, db, appointment, new, action_user_id(a));
    return err || strcmp(status, "noshow_doctor") != 0 ? err : desk_alert(a, db, new.object);
}

int notify_payment(struct action *a, struct db *db, const struct appointment_access *now, const char *kind,
                   const char *occasion, const json_t *alternatives)
{
    char key[KEY_SIZE], *text = alternatives != NULL ? json_dumps(alternatives, JSON_COMPACT) : NULL;
    const struct notification_new new = { .kind = kind, .object = now->public_id, .dedupe_key = key,
                                          .about_utc = now->start_utc, .alternatives = text };
    int err = alternatives != NULL && text == NULL ? -ENOMEM : 0;

    (void)snprintf(key, sizeof key, "%s:%s", kind, occasion);
    if (err == 0)
        err = tell_all(a, db, now->id, new, now->doctor_id);
    free(text);
    return err;
}

int notify_call_missed(struct action *a, struct db *db, const char *consult, const char *call,
                       const char *user)
{
    char key[KEY_SIZE];

    (void)snprintf(key, sizeof key, "call-missed:%s", call);
    return notify_user(a, db, &(struct notification_new){ .user = user, .kind = "call-missed",
                                                          .object = consult, .dedupe_key = key });
}

/* --- reminders ----------------------------------------------------------------------------------------- */

/* The patient; the doctor has his calendar. */
static int remind(struct action *a, struct db *db, const char *kind, const char *id)
{
    struct appointment_access now;
    char key[KEY_SIZE];
    int err = store_appointment_find(db, id, &now);

    if (err)
        return err;
    (void)snprintf(key, sizeof key, "%s:%s:%lld", kind, id, (long long)now.start_utc);
    return tell_all(a, db, now.id, (struct notification_new){ .kind = kind, .object = id, .dedupe_key = key,
                                                              .about_utc = now.start_utc }, now.doctor_id);
}

int notify_reminders(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    int64_t next, nearest = INT64_MAX;

    for (size_t r = 0; r < sizeof reminders / sizeof *reminders; r++) {
        json_t *due = NULL, *one;
        size_t i;
        int err = store_reminder_due(db, reminders[r].kind, reminders[r].before_s, reminders[r].next_s, &due);

        json_array_foreach(due, i, one)
            if (err == 0)
                err = remind(a, db, reminders[r].kind, text_of(one, "id"));
        json_decref(due);
        if (err == 0)
            err = store_reminder_next(db, reminders[r].before_s, &next);
        if (err && err != -ENOENT)
            return err;
        if (err == 0 && next < nearest)
            nearest = next;
    }
    *ret_next_utc = nearest;
    return nearest == INT64_MAX ? -ENOENT : 0;
}

/* --- one's own ----------------------------------------------------------------------------------------- */

static int notification_list(struct action *a, struct db *db)
{
    const char *cursor;
    int64_t limit, unread;
    json_t *page = NULL;
    int err = action_take_int(a, "limit", 1, 100, 50, &limit);

    if (err == 0)
        err = action_take_text(a, "cursor", 256, &cursor);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_notification_unread(db, action_user(a), &unread);
    if (err == 0)
        err = store_notification_list(db, action_user(a), (int)limit, cursor, &page);
    if (err)
        return err;
    if (json_object_set_new(page, "unread", json_integer((json_int_t)unread)) == 0)
        return action_answer(a, page);
    json_decref(page);
    return -ENOMEM;
}

/* All devices hear it: the bell is quiet on each. */
static int notification_read(struct action *a, struct db *db)
{
    const char *up_to;
    int64_t unread;
    json_t *body;
    int read, err = action_take_text(a, "upTo", 64, &up_to);

    if (err == 0)
        err = action_end_input(a);
    if (err)
        return err;
    read = store_notification_read(db, action_user(a), up_to);
    err = read < 0 ? read : store_notification_unread(db, action_user(a), &unread);
    if (err)
        return err;
    body = json_pack("{s:I}", "unread", (json_int_t)unread);
    err = read > 0 ? action_publish(a, TO_USER, action_user_id(a), "notification:read", body) : 0;
    if (err == 0)
        return action_answer(a, body);
    json_decref(body);
    return err;
}

/* The doors. */
const struct route notification_routes[] = {
    { "GET", "/api/v1/me/notifications", notification_list, MAY_USER, READ, NULL, NULL },
    { "POST", "/api/v1/me/notifications/read", notification_read, MAY_USER, 0, NULL, NULL },
    { 0 },
};
const struct live_event notification_events[] = {
    { "notification:read", notification_read, MAY_USER, NULL },
    { 0 },
};
