/* test_admin.c - a clinic's departments, services and policies: what is refused, and what stays as it was. */
#include "practice_fixture.h"

#define ADMIN "/api/v1/admin"
#define FEE   "\"fee\":{\"amount\":5000,\"currency\":\"CNY\"}"

static struct action *tell(struct desk *d, const char *door, const char *input)
{
    return ask(d, &d->doctor, door, input); /* of clinic 1; the tables hold who may               */
}

static void id_of(struct action *a, const char *path, char ret_id[DB_ID_SIZE])
{
    CHECK_INT(a->job.err, 0);
    snprintf(ret_id, DB_ID_SIZE, "%s", text_at(a->answer, path));
    action_drop(a);
}

static int64_t listed(struct desk *d, const char *door, const char *input)
{
    struct action *a = tell(d, door, input);
    int64_t count = (int64_t)json_array_size(json_at(a->answer, "items"));

    CHECK_INT(a->job.err, 0);
    action_drop(a);
    return count;
}

TEST(admin, a_department_is_named_once_and_hidden_when_disabled)
{
    struct desk d;
    char heart[DB_ID_SIZE], skin[DB_ID_SIZE];

    desk_open(&d);
    id_of(tell(&d, "POST " ADMIN "/departments", "{\"name\":\"心内科\"}"), "department.id", heart);
    id_of(tell(&d, "POST " ADMIN "/departments", "{\"name\":\"skin\"}"), "department.id", skin);
    CHECK_INT(ask_err(tell(&d, "POST " ADMIN "/departments", "{\"name\":\"skin\"}")), -EEXIST);
    CHECK_INT(ask_err(tell(&d, "POST " ADMIN "/departments", "{\"name\":\"\"}")), -EINVAL);
    CHECK_INT(ask_err(tell(&d, "POST " ADMIN "/departments", "{}")), -EINVAL);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "PUT " ADMIN "/departments/{department}",
                      "{\"department\":\"%s\",\"name\":\"skin\"}", heart),
              -EEXIST);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "PUT " ADMIN "/departments/{department}",
                      "{\"department\":\"dep_none\",\"name\":\"x\"}"),
              -ENOENT);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "PUT " ADMIN "/departments/{department}",
                      "{\"department\":\"%s\",\"name\":\"Skin\",\"isDisabled\":true}", skin),
              0);
    CHECK_INT(listed(&d, "GET /api/v1/departments", "{}"), 1);
    CHECK_INT(listed(&d, "GET /api/v1/departments", "{\"clinic\":\"cln_none\"}"), 0);
    CHECK_INT(listed(&d, "GET " ADMIN "/departments", "{}"), 2);
    CHECK_INT(audit_count(&d, "department.set"), 1);
    desk_close(&d);
}

TEST(admin, a_service_must_make_sense)
{
    static const char *const bad[] = {
        "{\"name\":\"a\",\"mode\":\"fax\",\"minutes\":20," FEE "}",
        "{\"name\":\"\",\"mode\":\"text\",\"minutes\":20," FEE "}",
        "{\"name\":\"a\",\"mode\":\"text\",\"minutes\":4," FEE "}",
        "{\"name\":\"a\",\"mode\":\"text\",\"minutes\":241," FEE "}",
        "{\"name\":\"a\",\"mode\":\"text\",\"minutes\":236,\"bufferMin\":5," FEE "}",
        "{\"name\":\"a\",\"mode\":\"text\",\"minutes\":20,\"bufferMin\":-1," FEE "}",
        "{\"name\":\"a\",\"mode\":\"text\",\"minutes\":2147483647,\"bufferMin\":2147483647," FEE "}",
        "{\"name\":\"a\",\"mode\":\"text\",\"minutes\":20,\"fee\":{\"amount\":-1,\"currency\":\"CNY\"}}",
        "{\"name\":\"a\",\"mode\":\"text\",\"minutes\":20,\"fee\":{\"amount\":1,\"currency\":\"USD\"}}",
        "{\"name\":\"a\",\"mode\":\"text\",\"minutes\":20}",
        "{\"name\":\"a\",\"mode\":\"text\",\"minutes\":20,\"isDisabled\":true," FEE "}",
        "{\"name\":\"a\",\"mode\":\"text\",\"minutes\":20,\"more\":1," FEE "}",
    };
    struct desk d;

    desk_open(&d);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (ask_err(tell(&d, "POST " ADMIN "/services", bad[i])) != -EINVAL)
            fail_msg("%s is not refused", bad[i]);
    CHECK_INT(ask_err(tell(&d, "POST " ADMIN "/services",
                           "{\"name\":\"a\",\"mode\":\"text\",\"minutes\":20,"
                           "\"department\":\"dep_none\"," FEE "}")),
              -ENOENT);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM service", NO_ARGS), 0);
    desk_close(&d);
}

TEST(admin, a_service_changes_but_not_what_is_booked)
{
    struct practice p;
    struct appointment_access before, after;
    struct action *a;
    char id[DB_ID_SIZE];

    practice_open(&p);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "POST " DOCTOR "/rules", MONDAYS, p.doctor), 0);
    id_of(ask_with(&p.d, &p.d.patient, "POST /api/v1/appointments",
                   "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":\"2025-12-01T01:00:00Z\"}", p.doctor,
                   p.service),
          "appointment.id", id);
    CHECK_INT(store_appointment_find(p.d.s.db, id, &before), 0);
    a = ask_with(&p.d, &p.d.doctor, "PUT " ADMIN "/services/{service}",
                 "{\"service\":\"%s\",\"name\":\"long\","
                 "\"mode\":\"voice\",\"minutes\":40,\"bufferMin\":5,\"isOnRequest\":true," FEE "}",
                 p.service);
    CHECK_INT(a->job.err, 0);
    CHECK_INT(int_at(a->answer, "service.minutes"), 40);
    CHECK_INT(int_at(a->answer, "service.fee.amount"), 5000);
    action_drop(a);
    CHECK_INT(store_appointment_find(p.d.s.db, id, &after), 0);
    CHECK_INT(after.end_utc, before.end_utc);
    CHECK_INT(after.fee_minor, 0);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "PUT " ADMIN "/services/{service}",
                      "{\"service\":\"%s\",\"name\":\"long\","
                      "\"mode\":\"voice\",\"minutes\":40,\"isDisabled\":true," FEE "}",
                      p.service),
              0);
    CHECK_INT(listed(&p.d, "GET /api/v1/services", "{}"), 0);
    CHECK_INT(listed(&p.d, "GET " ADMIN "/services", "{}"), 1);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "PUT " ADMIN "/services/{service}",
                      "{\"service\":\"svc_none\",\"name\":\"x\","
                      "\"mode\":\"voice\",\"minutes\":40," FEE "}"),
              -ENOENT);
    desk_close(&p.d);
}

TEST(admin, what_a_disabled_department_offered_is_no_longer_offered)
{
    struct desk d;
    struct store_service found;
    char department[DB_ID_SIZE], service[DB_ID_SIZE];

    desk_open(&d);
    id_of(tell(&d, "POST " ADMIN "/departments", "{\"name\":\"skin\"}"), "department.id", department);
    id_of(ask_with(&d, &d.doctor, "POST " ADMIN "/services",
                   "{\"name\":\"look\",\"mode\":\"video\",\"minutes\":20,"
                   "\"department\":\"%s\"," FEE "}",
                   department),
          "service.id", service);
    CHECK_INT(store_service_find(d.s.db, service, &found), 0);
    CHECK_INT(listed(&d, "GET /api/v1/services", "{}"), 1);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "PUT " ADMIN "/departments/{department}",
                      "{\"department\":\"%s\",\"name\":\"skin\",\"isDisabled\":true}", department),
              0);
    CHECK_INT(store_service_find(d.s.db, service, &found), -ENOENT);
    CHECK_INT(listed(&d, "GET /api/v1/services", "{}"), 0);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "POST " ADMIN "/services",
                      "{\"name\":\"x\",\"mode\":\"video\",\"minutes\":20,"
                      "\"department\":\"%s\"," FEE "}",
                      department),
              -ENOENT);
    desk_close(&d);
}

TEST(admin, another_clinic_keeps_nothing_here)
{
    struct practice p;
    struct person other;
    int64_t south;

    practice_open(&p);
    south = store_clinic(&p.d.s, "South");
    person_login(&p.d, &other, "other", store_doctor(&p.d.s, south, "dr.south"));
    CHECK_INT(ASK_ERR(&p.d, &other, "PUT " ADMIN "/services/{service}",
                      "{\"service\":\"%s\",\"name\":\"x\","
                      "\"mode\":\"text\",\"minutes\":20," FEE "}",
                      p.service),
              -ENOENT);
    CHECK_INT(ASK_ERR(&p.d, &other, "POST " ADMIN "/policies",
                      "{\"service\":\"%s\",\"tiers\":[],\"graceMin\":15,"
                      "\"moveCutoffMin\":0,\"movesMax\":2}",
                      p.service),
              -ENOENT);
    desk_close(&p.d);
}

#define RULES "\"graceMin\":15,\"moveCutoffMin\":120,\"movesMax\":2}"

TEST(admin, a_policy_is_a_new_version_and_what_is_booked_keeps_its_own)
{
    struct practice p;
    struct appointment_access now;
    struct action *a;
    char first[DB_ID_SIZE], second[DB_ID_SIZE];
    static const char booking[] = "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":\"%s\"}";

    practice_open(&p);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "POST " DOCTOR "/rules", MONDAYS, p.doctor), 0);
    id_of(ask_with(&p.d, &p.d.patient, "POST /api/v1/appointments", booking, p.doctor, p.service,
                   "2025-12-01T01:00:00Z"),
          "appointment.id", first);
    a = ask_with(&p.d, &p.d.doctor, "POST " ADMIN "/policies",
                 "{\"service\":\"%s\",\"tiers\":[{\"hours\":48,"
                 "\"percent\":80}]," RULES,
                 p.service);
    CHECK_INT(a->job.err, 0);
    CHECK_INT(int_at(a->answer, "policy.version"), 1);
    CHECK_STR(text_at(a->answer, "policy.service.id"), p.service);
    action_drop(a);
    a = tell(&p.d, "POST " ADMIN "/policies", "{\"tiers\":[]," RULES);
    CHECK_INT(int_at(a->answer, "policy.version"), 2);
    action_drop(a);
    id_of(ask_with(&p.d, &p.d.patient, "POST /api/v1/appointments", booking, p.doctor, p.service,
                   "2025-12-01T01:20:00Z"),
          "appointment.id", second);
    CHECK_INT(store_appointment_find(p.d.s.db, first, &now), 0);
    CHECK_INT(store_number(&p.d.s, "SELECT version FROM policy WHERE id = $1 AND service_id IS NULL",
                           ARGS(INT(now.policy))),
              1);
    CHECK_INT(store_appointment_find(p.d.s.db, second, &now), 0);
    CHECK_INT(store_number(&p.d.s, "SELECT version FROM policy WHERE id = $1 AND service_id IS NOT NULL",
                           ARGS(INT(now.policy))),
              1);
    a = tell(&p.d, "GET " ADMIN "/policies", "{}");
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 3);
    CHECK(json_is_true(json_at(a->answer, "items.0.isCurrent")));
    CHECK(json_is_true(json_at(a->answer, "items.1.isCurrent")));
    CHECK(json_is_false(json_at(a->answer, "items.2.isCurrent")));
    CHECK_INT(int_at(a->answer, "items.1.tiers.0.percent"), 80);
    action_drop(a);
    CHECK_INT(audit_count(&p.d, "policy.add"), 2);
    desk_close(&p.d);
}

TEST(admin, a_policy_must_make_sense)
{
    static const char *const bad[] = {
        "{\"tiers\":{}," RULES,
        "{\"tiers\":[{\"hours\":2,\"percent\":101}]," RULES,
        "{\"tiers\":[{\"hours\":2,\"percent\":50},{\"hours\":24,\"percent\":50}]," RULES,
        "{\"tiers\":[],\"graceMin\":4,\"moveCutoffMin\":0,\"movesMax\":0}",
        "{\"tiers\":[],\"graceMin\":121,\"moveCutoffMin\":0,\"movesMax\":0}",
        "{\"tiers\":[],\"graceMin\":15,\"moveCutoffMin\":-1,\"movesMax\":0}",
        "{\"tiers\":[],\"graceMin\":15,\"moveCutoffMin\":0,\"movesMax\":-1}",
        "{\"tiers\":[]}",
    };
    struct desk d;

    desk_open(&d);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (ask_err(tell(&d, "POST " ADMIN "/policies", bad[i])) != -EINVAL)
            fail_msg("%s is not refused", bad[i]);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM policy", NO_ARGS), 1);
    desk_close(&d);
}
