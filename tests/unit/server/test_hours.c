/* test_hours.c - rules, exceptions, the slots that follow, and why a time is not one. */
#include "practice_fixture.h"

#define RULES    DOCTOR "/rules"

static void slots_check(struct practice *p, const char *from, const char *to, const char *want)
{
    struct action *a = ask_with(&p->d, &p->d.patient, "GET " DOCTOR "/slots",
                                "{\"doctor\":\"%s\",\"service\":\"%s\",\"from\":\"%s\",\"to\":\"%s\"}",
                                    p->doctor,
                                p->service, from, to);
    char text[1024] = "";
    json_t *slot;
    size_t i;

    CHECK_INT(a->job.err, 0);
    CHECK_STR(text_at(a->answer, "tz"), "Asia/Shanghai");
    json_array_foreach(json_at(a->answer, "items"), i, slot) {
        size_t at = strlen(text);

        check_keys(slot, "startAt endAt");
        snprintf(text + at, sizeof text - at, "%s%.16s", i ? " " : "", text_at(slot, "startAt"));
    }
    CHECK_STR(text, want);
    action_drop(a);
}

TEST(hours, a_rule_becomes_slots_until_it_is_removed)
{
    struct practice p;
    struct action *added, *changed;

    practice_open(&p);
    slots_check(&p, "2025-12-01T00:00:00Z", "2025-12-02T00:00:00Z", "");
    added = ask_with(&p.d, &p.d.doctor, "POST " RULES, MONDAYS, p.doctor);
    CHECK_INT(added->job.err, 0);
    check_keys(json_at(added->answer, "rule"), "id weekday start end from stepMin");
    CHECK_INT(audit_count(&p.d, "rule.add"), 1);
    slots_check(&p, "2025-12-01T00:00:00Z", "2025-12-02T00:00:00Z",
                "2025-12-01T01:00 2025-12-01T01:20 2025-12-01T01:40");
    changed = ask_with(&p.d, &p.d.doctor, "PUT " RULES "/{rule}",
                       "{\"doctor\":\"%s\",\"rule\":\"%s\",\"weekday\":1,\"start\":\"23:40\","
                       "\"end\":\"24:00\","
                       "\"from\":\"2025-01-01\",\"to\":\"2025-12-01\",\"stepMin\":20}", p.doctor,
                       text_at(added->answer, "rule.id"));
    CHECK_INT(changed->job.err, 0);
    slots_check(&p, "2025-11-30T00:00:00Z", "2025-12-15T00:00:00Z", "2025-12-01T15:40");
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "DELETE " RULES "/{rule}", "{\"doctor\":\"%s\",\"rule\":\"%s\"}",
                      p.doctor,
                      text_at(added->answer, "rule.id")), 0);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "DELETE " RULES "/{rule}", "{\"doctor\":\"%s\",\"rule\":\"%s\"}",
                      p.doctor,
                      text_at(added->answer, "rule.id")), -ENOENT);
    slots_check(&p, "2025-11-30T00:00:00Z", "2025-12-15T00:00:00Z", "");
    action_drop(added);
    action_drop(changed);
    desk_close(&p.d);
}

TEST(hours, a_rule_must_make_sense)
{
    static const char *const bad[] = {
        "\"weekday\":0,\"start\":\"09:00\",\"end\":\"10:00\",\"from\":\"2025-01-01\",\"stepMin\":20",
        "\"weekday\":8,\"start\":\"09:00\",\"end\":\"10:00\",\"from\":\"2025-01-01\",\"stepMin\":20",
        "\"weekday\":1,\"start\":\"10:00\",\"end\":\"10:00\",\"from\":\"2025-01-01\",\"stepMin\":20",
        "\"weekday\":1,\"start\":\"22:00\",\"end\":\"02:00\",\"from\":\"2025-01-01\",\"stepMin\":20",
        "\"weekday\":1,\"start\":\"9:00\",\"end\":\"10:00\",\"from\":\"2025-01-01\",\"stepMin\":20",
        "\"weekday\":1,\"start\":\"09:00\",\"end\":\"24:30\",\"from\":\"2025-01-01\",\"stepMin\":20",
        "\"weekday\":1,\"start\":\"09:00\",\"end\":\"10:00\",\"from\":\"2025-02-29\",\"stepMin\":20",
        "\"weekday\":1,\"start\":\"09:00\",\"end\":\"10:00\",\"from\":\"2025-01-02\","
        "\"to\":\"2025-01-01\",\"stepMin\":20",
        "\"weekday\":1,\"start\":\"09:00\",\"end\":\"10:00\",\"from\":\"2025-01-01\",\"stepMin\":4",
        "\"weekday\":1,\"start\":\"09:00\",\"end\":\"10:00\",\"from\":\"2025-01-01\",\"stepMin\":241",
        "\"weekday\":1,\"start\":\"09:00\",\"end\":\"10:00\",\"from\":\"2025-01-01\"",
        "\"weekday\":1,\"start\":\"09:00\",\"end\":\"10:00\",\"from\":\"2025-01-01\",\"stepMin\":20,"
        "\"more\":1",
    };
    struct practice p;

    practice_open(&p);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (ASK_ERR(&p.d, &p.d.doctor, "POST " RULES, "{\"doctor\":\"%s\",%s}", p.doctor, bad[i]) != -EINVAL)
            fail_msg("%s is let through", bad[i]);
    desk_close(&p.d);
}

TEST(hours, exceptions_change_the_slots)
{
    struct practice p;
    struct action *off, *list;

    practice_open(&p);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "POST " RULES, MONDAYS, p.doctor), 0);
    off = ask_with(&p.d, &p.d.doctor, "POST " DOCTOR "/exceptions",
                   "{\"doctor\":\"%s\",\"kind\":\"off\",\"startAt\":"
                   "\"2025-12-01T01:00:00Z\",\"endAt\":\"2025-12-01T01:30:00Z\",\"reason\":\"rest\"}",
                       p.doctor);
    CHECK_INT(off->job.err, 0);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "POST " DOCTOR "/exceptions",
                      "{\"doctor\":\"%s\",\"kind\":\"extra\",\"startAt\":"
                      "\"2025-12-01T03:00:00Z\",\"endAt\":\"2025-12-01T03:20:00Z\"}", p.doctor), 0);
    slots_check(&p, "2025-12-01T00:00:00Z", "2025-12-02T00:00:00Z", "2025-12-01T01:40 2025-12-01T03:00");
    list = ask_with(&p.d, &p.d.doctor, "GET " DOCTOR "/exceptions", "{\"doctor\":\"%s\"}", p.doctor);
    CHECK_INT(json_array_size(json_at(list->answer, "items")), 2);
    CHECK_STR(text_at(list->answer, "items.0.reason"), "rest");
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "DELETE " DOCTOR "/exceptions/{exception}",
                      "{\"doctor\":\"%s\",\"exception\":\"%s\"}", p.doctor, text_at(off->answer,
                          "exception.id")), 0);
    slots_check(&p, "2025-12-01T00:00:00Z", "2025-12-02T00:00:00Z",
                "2025-12-01T01:00 2025-12-01T01:20 2025-12-01T01:40 2025-12-01T03:00");
    action_drop(off);
    action_drop(list);
    desk_close(&p.d);
}

TEST(hours, an_exception_must_make_sense)
{
    static const char *const bad[] = {
        "\"kind\":\"on\",\"startAt\":\"2025-12-01T01:00:00Z\",\"endAt\":\"2025-12-01T02:00:00Z\"",
        "\"kind\":\"off\",\"startAt\":\"2025-12-01T01:00:00Z\",\"endAt\":\"2025-12-01T01:00:00Z\"",
        "\"kind\":\"off\",\"startAt\":\"2025-12-01T01:00:00Z\",\"endAt\":\"2026-12-03T01:00:00Z\"",
        "\"kind\":\"extra\",\"startAt\":\"2025-12-01T01:00:00Z\",\"endAt\":\"2025-12-02T01:00:01Z\"",
        "\"kind\":\"off\",\"startAt\":\"2025-12-01T01:00\",\"endAt\":\"2025-12-01T02:00:00Z\"",
        "\"kind\":\"off\",\"startAt\":\"2025-12-01T01:00:00Z\"", "\"startAt\":\"2025-12-01T01:00:00Z\"",
        "\"kind\":\"off\",\"startAt\":\"2025-12-01T01:00:00Z\",\"endAt\":\"2025-12-01T02:00:00Z\",\"more\":1",
    };
    struct practice p;

    practice_open(&p);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (ASK_ERR(&p.d, &p.d.doctor, "POST " DOCTOR "/exceptions", "{\"doctor\":\"%s\",%s}", p.doctor,
                    bad[i]) !=
            -EINVAL)
            fail_msg("%s is let through", bad[i]);
    desk_close(&p.d);
}

TEST(hours, why_asks_an_instant_or_the_wall)
{
    static const struct { const char *at, *why, *start; } cases[] = {
        { "2025-12-01T09:20", "offered", "2025-12-01T01:20:00Z" },
        { "2025-12-01T01:20:00Z", "offered", "2025-12-01T01:20:00Z" },
        { "2025-12-01T09:25", "off-grid", "2025-12-01T01:25:00Z" },
        { "2025-12-01T09:50", "ends-after-hours", "2025-12-01T01:50:00Z" },
        { "2025-12-02T09:20", "outside-hours", "2025-12-02T01:20:00Z" },
        { "2026-06-01T09:20", "too-far", "2026-06-01T01:20:00Z" },
        { "2025-11-24T09:20", "past", "2025-11-24T01:20:00Z" },
        { "2025-12-08T09:20", "licence-ended", "2025-12-08T01:20:00Z" },
    };
    struct practice p;

    practice_open(&p);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "POST " RULES, MONDAYS, p.doctor), 0);
    CHECK_INT(JOB(&p.d.s, db_run(p.d.s.db, "UPDATE doctor SET licence_until_utc = $1",
                                 ARGS(INT(STORE_NOW + 10 * 86400)))), 1);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct action *a = ask_with(&p.d, &p.d.doctor, "GET " DOCTOR "/slots/why",
                                    "{\"doctor\":\"%s\",\"service\":\"%s\",\"at\":\"%s\"}", p.doctor,
                                        p.service,
                                    cases[i].at);

        CHECK_INT(a->job.err, 0);
        if (i == 5)                             /* the licence ends before the horizon               */
            CHECK_STR(text_at(a->answer, "why"), "licence-ended");
        else
            CHECK_STR(text_at(a->answer, "why"), cases[i].why);
        CHECK_STR(text_at(a->answer, "startAt"), cases[i].start);
        action_drop(a);
    }
    slots_check(&p, "2025-12-01T00:00:00Z", "2025-12-20T00:00:00Z",
                "2025-12-01T01:00 2025-12-01T01:20 2025-12-01T01:40");
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "GET " DOCTOR "/slots/why",
                      "{\"doctor\":\"%s\",\"service\":\"%s\",\"at\":\"monday\"}", p.doctor, p.service),
                          -EINVAL);
    desk_close(&p.d);
}

TEST(hours, slots_are_asked_with_a_service_and_a_range)
{
    struct practice p;

    practice_open(&p);
#define SLOTS_ERR(...) ASK_ERR(&p.d, &p.d.patient, "GET " DOCTOR "/slots", __VA_ARGS__)
    CHECK_INT(SLOTS_ERR("{\"doctor\":\"%s\"}", p.doctor), -EINVAL);
    CHECK_INT(SLOTS_ERR("{\"doctor\":\"%s\",\"service\":\"svc_none\"}", p.doctor), -ENOENT);
    CHECK_INT(SLOTS_ERR("{\"doctor\":\"%s\",\"service\":\"%s\"}", p.doctor, p.service), 0);
    CHECK_INT(SLOTS_ERR("{\"doctor\":\"%s\",\"service\":\"%s\",\"from\":\"2025-12-02T00:00:00Z\","
                        "\"to\":\"2025-12-01T00:00:00Z\"}", p.doctor, p.service), -EINVAL);
    CHECK_INT(SLOTS_ERR("{\"doctor\":\"%s\",\"service\":\"%s\",\"from\":\"2025-12-01T00:00:00Z\","
                        "\"to\":\"2026-02-01T00:00:00Z\"}", p.doctor, p.service), 0);
    CHECK_INT(SLOTS_ERR("{\"doctor\":\"%s\",\"service\":\"%s\",\"from\":\"2025-12-01T00:00:00Z\","
                        "\"to\":\"2026-02-01T00:00:01Z\"}", p.doctor, p.service), -EINVAL);
    CHECK_INT(SLOTS_ERR("{\"doctor\":\"%s\",\"service\":\"%s\",\"more\":\"1\"}", p.doctor, p.service),
              -EINVAL);
    CHECK_INT(JOB(&p.d.s, db_run(p.d.s.db, "UPDATE doctor SET tz = 'Nowhere/City'", NO_ARGS)), 1);
    CHECK_INT(SLOTS_ERR("{\"doctor\":\"%s\",\"service\":\"%s\"}", p.doctor, p.service), -EIO);
    desk_close(&p.d);
}

TEST(hours, a_service_of_another_department_is_not_his)
{
    struct practice p;
    int64_t department = 0;

    practice_open(&p);
    CHECK_INT(JOB(&p.d.s, store_department_add(p.d.s.db, 1, "skin", &department)), 0);
    CHECK_INT(JOB(&p.d.s, db_run(p.d.s.db, "UPDATE service SET department_id = $1", ARGS(INT(department)))),
              1);
    CHECK_INT(SLOTS_ERR("{\"doctor\":\"%s\",\"service\":\"%s\"}", p.doctor, p.service), -ENOENT);
    CHECK_INT(JOB(&p.d.s, store_doctor_department_set(p.d.s.db, p.d.doctor.session.user.id, department)), 0);
    CHECK_INT(SLOTS_ERR("{\"doctor\":\"%s\",\"service\":\"%s\"}", p.doctor, p.service), 0);
    desk_close(&p.d);
}

TEST(hours, a_doctor_is_shown_with_his_zone)
{
    struct practice p;
    struct action *a;

    practice_open(&p);
    a = ask_with(&p.d, &p.d.patient, "GET " DOCTOR, "{\"doctor\":\"%s\"}", p.doctor);
    check_keys(json_at(a->answer, "doctor"), "id name title clinic tz languages");
    CHECK_STR(text_at(a->answer, "doctor.tz"), "Asia/Shanghai");
    action_drop(a);
    a = ask(&p.d, &p.d.patient, "GET /api/v1/services", "{}");
    CHECK_STR(text_at(a->answer, "items.0.id"), p.service);
    action_drop(a);
    desk_close(&p.d);
}

TEST(hours, a_doctor_says_his_zone_and_languages_and_his_hours_follow)
{
    static const char *const wrong[] = {
        "\"Mars/Base\",\"languages\":[\"en\"]", "\"Europe/Berlin\",\"languages\":[]",
        "\"Europe/Berlin\",\"languages\":[\"e n\"]", "\"Europe/Berlin\",\"languages\":[7]",
    };
    struct practice p;
    struct action *a;

    practice_open(&p);
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "PUT " DOCTOR,
                          "{\"doctor\":\"%s\",\"title\":\"\",\"tz\":%s}", p.doctor, wrong[i]), -EINVAL);
    a = ask_with(&p.d, &p.d.doctor, "PUT " DOCTOR, "{\"doctor\":\"%s\",\"title\":\"Dr.\","
                 "\"tz\":\"Europe/Berlin\",\"languages\":[\"de\",\"en\"]}", p.doctor);
    CHECK_INT(a->job.err, 0);
    CHECK_STR(text_at(a->answer, "doctor.languages.1"), "en");
    CHECK_STR(text_at(a->answer, "doctor.tz"), "Europe/Berlin");
    action_drop(a);
    CHECK_INT(store_number(&p.d.s, "SELECT count(*) FROM audit_event WHERE action = 'doctor.set'",
                           NO_ARGS), 1);
    desk_close(&p.d);
}

TEST(hours, an_exception_is_changed_where_it_is)
{
    struct practice p;
    struct action *a;
    char id[DB_ID_SIZE];

    practice_open(&p);
    a = ask_with(&p.d, &p.d.doctor, "POST " DOCTOR "/exceptions", "{\"doctor\":\"%s\",\"kind\":\"off\","
                 "\"startAt\":\"2025-12-01T01:00:00Z\",\"endAt\":\"2025-12-01T02:00:00Z\"}", p.doctor);
    snprintf(id, sizeof id, "%s", text_at(a->answer, "exception.id"));
    action_drop(a);
    a = ask_with(&p.d, &p.d.doctor, "PUT " DOCTOR "/exceptions/{exception}", "{\"doctor\":\"%s\","
                 "\"exception\":\"%s\",\"kind\":\"extra\",\"startAt\":\"2025-12-02T01:00:00Z\","
                 "\"endAt\":\"2025-12-02T02:00:00Z\"}", p.doctor, id);
    CHECK_INT(a->job.err, 0);
    CHECK_STR(text_at(a->answer, "exception.id"), id);
    CHECK_STR(text_at(a->answer, "exception.startAt"), "2025-12-02T01:00:00Z");
    action_drop(a);
    CHECK_INT(store_number(&p.d.s, "SELECT count(*) FROM availability_exception", NO_ARGS), 1);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "PUT " DOCTOR "/exceptions/{exception}", "{\"doctor\":\"%s\","
                      "\"exception\":\"exc_none\",\"kind\":\"off\",\"startAt\":\"2025-12-02T01:00:00Z\","
                      "\"endAt\":\"2025-12-02T02:00:00Z\"}", p.doctor), -ENOENT);
    desk_close(&p.d);
}

/* A hundred others come before him by name, and have no hours. */
TEST(hours, the_earliest_of_all_is_first_whatever_his_name)
{
    struct practice p;
    struct action *a;

    practice_open(&p);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "POST " DOCTOR "/rules", MONDAYS, p.doctor), 0);
    for (int i = 0; i < 101; i++) {
        char login[16];

        snprintf(login, sizeof login, "anton%03d", i);
        (void)store_doctor(&p.d.s, 1, login);
    }
    a = ask_with(&p.d, &p.d.patient, "GET /api/v1/doctors", "{\"sort\":\"earliest\",\"limit\":\"2\"}");
    CHECK_INT(a->job.err, 0);
    CHECK_STR(text_at(a->answer, "items.0.name"), "dr.li");
    CHECK_STR(text_at(a->answer, "items.0.nextSlot.start"), "2025-12-01T01:00:00Z");
    CHECK_STR(text_at(a->answer, "items.0.nextSlot.service"), p.service);
    CHECK(json_is_null(json_at(a->answer, "items.1.nextSlot")));
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 2);
    CHECK(json_is_null(json_at(a->answer, "nextCursor")));
    action_drop(a);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "GET /api/v1/doctors", "{\"sort\":\"soon\"}"), -EINVAL);
    desk_close(&p.d);
}
