/* test_notifications.c - what users are told, once, and of what they are reminded in time. */
#include "practice_fixture.h"

#include "notifications.h"

#define AT "/api/v1/appointments"
#define ONE AT "/{appointment}"
#define BELL "/api/v1/me/notifications"

enum { MONDAY_UTC = 1764550800 };               /* 2025-12-01, 09:00 in Shanghai                     */

static void book(struct practice *p, char ret_id[DB_ID_SIZE])
{
    struct action *held;

    practice_open(p);
    CHECK_INT(ASK_ERR(&p->d, &p->d.doctor, "POST " DOCTOR "/rules", MONDAYS, p->doctor), 0);
    held = ask_with(&p->d, &p->d.patient, "POST " AT, "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":"
                    "\"2025-12-01T01:00:00Z\"}", p->doctor, p->service);
    snprintf(ret_id, DB_ID_SIZE, "%s", text_at(held->answer, "appointment.id"));
    action_drop(held);
    CHECK_INT(ASK_ERR(&p->d, &p->d.patient, "POST " ONE "/confirm", "{\"appointment\":\"%s\"}", ret_id), 0);
}

/* "kind kind " of a person, the newest first. */
static void bell_check(struct practice *p, const struct person *who, int unread, const char *want)
{
    struct action *a = ask(&p->d, who, "GET " BELL, "{}");
    char text[512] = "";
    json_t *one;
    size_t i;

    json_array_foreach(json_at(a->answer, "items"), i, one)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s ", text_at(one, "kind"));
    CHECK_STR(text, want);
    CHECK_INT(int_at(a->answer, "unread"), unread);
    action_drop(a);
}

/* As a round of the clock does it; when the next one is. */
static int64_t round_at(struct practice *p, int64_t now)
{
    struct action *a = action_new(p->d.api, "jobs", MAY_NOBODY, 0);
    int64_t next = 0;
    int err;

    p->d.s.now = now;
    store_job_begin(&p->d.s);
    err = notify_reminders(a, p->d.s.db, &next);
    CHECK(err == 0 || err == -ENOENT);          /* none ahead: what was due is done                  */
    CHECK_INT(store_job_end(&p->d.s, 0), 0);
    action_drop(a);
    return next;
}

TEST(notifications, the_other_side_is_told)
{
    struct practice p;
    char id[DB_ID_SIZE];

    book(&p, id);
    bell_check(&p, &p.d.doctor, 1, "appointment-booked ");
    bell_check(&p, &p.d.patient, 0, "");
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "POST " ONE "/cancel",
                      "{\"appointment\":\"%s\",\"reason\":\"ill\"}", id), 0);
    bell_check(&p, &p.d.patient, 1, "appointment-cancelled ");
    bell_check(&p, &p.d.doctor, 1, "appointment-booked ");
    bell_check(&p, &p.d.stranger, 0, "");
    desk_close(&p.d);
}

TEST(notifications, a_new_one_says_how_many_are_unread)
{
    struct practice p;
    struct action *a;
    json_t *body;
    char id[DB_ID_SIZE];

    book(&p, id);
    a = ask_with(&p.d, &p.d.patient, "POST " ONE "/cancel", "{\"appointment\":\"%s\"}", id);
    CHECK_STR(effects(&p.d, a), "appointment:changed>doctor -self; appointment:changed>patient -self; "
                                "notification:new>doctor; ");
    body = effect_body(a, 2);
    check_keys(body, "notification unread");
    check_keys(json_at(body, "notification"), "id kind object aboutAt createdAt");
    CHECK_INT(int_at(body, "unread"), 2);
    CHECK_STR(text_at(body, "notification.object"), id);
    json_decref(body);
    action_drop(a);
    desk_close(&p.d);
}

TEST(notifications, are_read_up_to_what_was_seen)
{
    struct practice p;
    struct action *a;
    char id[DB_ID_SIZE], oldest[DB_ID_SIZE];

    book(&p, id);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " ONE "/cancel", "{\"appointment\":\"%s\"}", id), 0);
    a = ask(&p.d, &p.d.doctor, "GET " BELL, "{}");
    snprintf(oldest, sizeof oldest, "%s", text_at(a->answer, "items.1.id"));
    action_drop(a);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " BELL "/read", "{\"upTo\":\"%s\"}", oldest), -ENOENT);
    a = ask_with(&p.d, &p.d.doctor, "notification:read", "{\"upTo\":\"%s\"}", oldest);
    CHECK_INT(int_at(a->answer, "unread"), 1);
    CHECK_STR(effects(&p.d, a), "notification:read>doctor -self; ");
    action_drop(a);
    a = ask(&p.d, &p.d.doctor, "POST " BELL "/read", "{}");
    CHECK_INT(int_at(a->answer, "unread"), 0);
    action_drop(a);
    a = ask(&p.d, &p.d.doctor, "POST " BELL "/read", "{}");
    CHECK_STR(effects(&p.d, a), "");            /* nothing became read                               */
    action_drop(a);
    desk_close(&p.d);
}

TEST(notifications, a_patient_is_reminded_three_times_and_once_each)
{
    struct practice p;
    char id[DB_ID_SIZE];

    book(&p, id);
    CHECK_INT(round_at(&p, MONDAY_UTC - 86401), MONDAY_UTC - 86400);
    bell_check(&p, &p.d.patient, 0, "");
    CHECK_INT(round_at(&p, MONDAY_UTC - 86400), MONDAY_UTC - 3600);
    (void)round_at(&p, MONDAY_UTC - 86399);
    bell_check(&p, &p.d.patient, 1, "reminder-24h ");
    CHECK_INT(round_at(&p, MONDAY_UTC - 3600), MONDAY_UTC - 600);
    (void)round_at(&p, MONDAY_UTC - 600);
    (void)round_at(&p, MONDAY_UTC - 1);
    bell_check(&p, &p.d.patient, 3, "reminder-10min reminder-1h reminder-24h ");
    bell_check(&p, &p.d.doctor, 1, "appointment-booked ");
    (void)round_at(&p, MONDAY_UTC);
    bell_check(&p, &p.d.patient, 3, "reminder-10min reminder-1h reminder-24h ");
    desk_close(&p.d);
}

TEST(notifications, nobody_is_reminded_of_a_time_that_is_none_any_more)
{
    struct practice p;
    char id[DB_ID_SIZE];

    book(&p, id);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " ONE "/cancel", "{\"appointment\":\"%s\"}", id), 0);
    (void)round_at(&p, MONDAY_UTC - 86400);
    (void)round_at(&p, MONDAY_UTC - 600);
    bell_check(&p, &p.d.patient, 0, "");
    desk_close(&p.d);
}

TEST(notifications, a_moved_time_is_reminded_of_anew)
{
    struct practice p;
    char id[DB_ID_SIZE];

    book(&p, id);
    (void)round_at(&p, MONDAY_UTC - 86400);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " ONE "/reschedule", "{\"appointment\":\"%s\",\"startAt\":"
                      "\"2025-12-08T01:00:00Z\"}", id), 0);
    (void)round_at(&p, MONDAY_UTC - 600);
    bell_check(&p, &p.d.patient, 1, "reminder-24h ");
    (void)round_at(&p, MONDAY_UTC + 6 * 86400);
    bell_check(&p, &p.d.patient, 2, "reminder-24h reminder-24h ");
    desk_close(&p.d);
}

TEST(notifications, who_slept_is_not_told_of_what_is_long_due)
{
    struct practice p;
    char id[DB_ID_SIZE];

    book(&p, id);
    (void)round_at(&p, MONDAY_UTC - 500);       /* the server was down until now                     */
    bell_check(&p, &p.d.patient, 1, "reminder-10min ");
    desk_close(&p.d);
}

TEST(notifications, come_in_pages)
{
    struct practice p;
    struct action *first, *rest;
    char id[DB_ID_SIZE];

    book(&p, id);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " ONE "/cancel", "{\"appointment\":\"%s\"}", id), 0);
    first = ask(&p.d, &p.d.doctor, "GET " BELL, "{\"limit\":\"1\"}");
    CHECK_STR(text_at(first->answer, "items.0.kind"), "appointment-cancelled");
    rest = ask_with(&p.d, &p.d.doctor, "GET " BELL, "{\"cursor\":\"%s\"}", text_at(first->answer,
        "nextCursor"));
    CHECK_STR(text_at(rest->answer, "items.0.kind"), "appointment-booked");
    CHECK(json_is_null(json_at(rest->answer, "nextCursor")));
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "GET " BELL, "{\"cursor\":\"%s\"}", text_at(first->answer,
        "nextCursor")),
              -EINVAL);
    action_drop(first);
    action_drop(rest);
    desk_close(&p.d);
}
