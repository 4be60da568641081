/* test_store_schedule.c - what a clinic offers, whose hours they are, rules and exceptions. */
#include "store_fixture.h"

#include "storage/store_schedule.h"

struct clinic { struct store s; int64_t id, heart, skin; struct store_user doctor, other; };

static void clinic_open(struct clinic *c)
{
    store_open(&c->s);
    c->id = store_clinic(&c->s, "North");
    c->doctor = store_doctor(&c->s, c->id, "dr.li");
    c->other = store_doctor(&c->s, c->id, "dr.wu");
    CHECK_INT(JOB(&c->s, store_department_add(c->s.db, c->id, "heart", &c->heart)), 0);
    CHECK_INT(JOB(&c->s, store_department_add(c->s.db, c->id, "skin", &c->skin)), 0);
    CHECK_INT(JOB(&c->s, store_doctor_department_set(c->s.db, c->doctor.id, c->heart)), 0);
}

static int64_t service(struct clinic *c, const char *name, int64_t department)
{
    const struct service_new new = { .clinic = c->id, .department = department, .name = name, .mode = "video",
                                     .minutes = 20, .buffer_min = 5, .fee_minor = 5000 };
    int64_t id = 0;

    CHECK_INT(JOB(&c->s, store_service_add(c->s.db, &new, &id)), 0);
    return id;
}

TEST(store_schedule, a_service_is_offered_by_its_department)
{
    struct clinic c;
    json_t *page = NULL, *one = NULL;
    struct store_service found;
    int64_t id;

    clinic_open(&c);
    id = service(&c, "b heart", c.heart);
    (void)service(&c, "a all", 0);
    (void)service(&c, "c skin", c.skin);

    CHECK_INT(store_service_get(c.s.db, id, &one), 0);
    check_keys(one, "id clinic department name mode minutes bufferMin fee isOnRequest "
               "requiresVerifiedPatient policy");
    CHECK_STR(text_at(one, "fee.currency"), "CNY");
    CHECK_INT(int_at(one, "fee.amount"), 5000);
    CHECK(json_is_false(json_at(one, "isOnRequest")));

    CHECK_INT(store_service_list(c.s.db, &(struct service_list){ .doctor = c.doctor.public_id }, &page), 0);
    CHECK_INT(json_array_size(json_at(page, "items")), 2);
    CHECK_STR(text_at(page, "items.0.name"), "a all");
    CHECK_STR(text_at(page, "items.1.name"), "b heart");
    json_decref(page);
    CHECK_INT(store_service_list(c.s.db, &(struct service_list){ .doctor = c.other.public_id }, &page), 0);
    CHECK_INT(json_array_size(json_at(page, "items")), 1);
    json_decref(page);

    CHECK_INT(store_service_find(c.s.db, text_at(one, "id"), &found), 0);
    CHECK_INT(found.department, c.heart);
    CHECK_INT(found.minutes, 20);
    CHECK_INT(JOB(&c.s, db_run(c.s.db, "UPDATE service SET disabled_utc = 1 WHERE id = $1", ARGS(INT(id)))),
              1);
    CHECK_INT(store_service_find(c.s.db, text_at(one, "id"), &found), -ENOENT);
    CHECK_INT(store_service_find(c.s.db, "svc_none", &found), -ENOENT);
    json_decref(one);
    store_close(&c.s);
}

TEST(store_schedule, services_come_in_pages)
{
    struct clinic c;
    json_t *first = NULL, *rest = NULL;
    struct service_list list = { .limit = 2 };

    clinic_open(&c);
    (void)service(&c, "one", 0);
    (void)service(&c, "two", 0);
    (void)service(&c, "one", 0);
    CHECK_INT(store_service_list(c.s.db, &list, &first), 0);
    CHECK_INT(json_array_size(json_at(first, "items")), 2);
    list.cursor = text_at(first, "nextCursor");
    CHECK_INT(store_service_list(c.s.db, &list, &rest), 0);
    CHECK_STR(text_at(rest, "items.0.name"), "two");
    CHECK(json_is_null(json_at(rest, "nextCursor")));
    list.cursor = "none of ours";
    CHECK_INT(store_service_list(c.s.db, &list, &rest), -EINVAL);
    json_decref(first);
    json_decref(rest);
    store_close(&c.s);
}

TEST(store_schedule, a_service_must_fit_into_four_hours)
{
    struct clinic c;
    struct service_new new = { .name = "long", .mode = "video", .minutes = 240 };
    int64_t id;

    clinic_open(&c);
    new.clinic = c.id;
    CHECK_INT(JOB(&c.s, store_service_add(c.s.db, &new, &id)), 0);
    new.buffer_min = 1;
    CHECK_INT(JOB(&c.s, store_service_add(c.s.db, &new, &id)), -EINVAL);
    new.buffer_min = 0;
    new.mode = "dance";
    CHECK_INT(JOB(&c.s, store_service_add(c.s.db, &new, &id)), -EINVAL);
    store_close(&c.s);
}

static struct store_user person(struct clinic *c, const char *role, int64_t clinic)
{
    const struct user_new new = { .role = role, .login = role, .name = role, .clinic = clinic };
    struct store_user user = { 0 };

    CHECK_INT(JOB(&c->s, store_user_add(c->s.db, &new, &user)), 0);
    return user;
}

TEST(store_schedule, the_hours_are_kept_by_him_and_his_desk)
{
    struct clinic c;
    struct store_user staff, patient, foreign;
    struct doctor_access access;
    struct { const struct store_user *who; bool keeps; } cases[5];

    clinic_open(&c);
    staff = person(&c, "staff", c.id);
    patient = person(&c, "patient", 0);
    foreign = person(&c, "admin", store_clinic(&c.s, "South"));
    memcpy(cases, (struct { const struct store_user *who; bool keeps; }[5]){ { &c.doctor, true }, { &staff,
        true },
           { &patient, false }, { &foreign, false }, { &c.other, false } }, sizeof cases);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(store_doctor_access(c.s.db, c.doctor.public_id, cases[i].who, &access), 0);
        CHECK_INT(access.keeps, cases[i].keeps);
    }
    CHECK_INT(access.doctor, c.doctor.id);
    CHECK_INT(access.department, c.heart);
    CHECK_INT(access.notice_s, 3600);
    CHECK_INT(access.horizon_s, 60 * 86400);
    CHECK(access.licence_until_utc == INT64_MAX);
    CHECK_STR(access.tz, "Asia/Shanghai");
    CHECK_INT(store_doctor_access(c.s.db, staff.public_id, &staff, &access), -ENOENT);
    CHECK_INT(JOB(&c.s, store_user_disable(c.s.db, c.doctor.id, true)), 0);
    CHECK_INT(store_doctor_access(c.s.db, c.doctor.public_id, &staff, &access), -ENOENT);
    store_close(&c.s);
}

static const struct rule_new mondays = { .weekday = 1, .start = "09:00", .end = "12:00", .from = "2026-01-01",
                                         .step_min = 20 };

TEST(store_schedule, rules_are_added_changed_and_removed)
{
    struct clinic c;
    struct rule_new changed = mondays;
    json_t *rule = NULL, *same = NULL, *list = NULL;

    clinic_open(&c);
    CHECK_INT(JOB(&c.s, store_rule_add(c.s.db, c.doctor.id, &mondays, &rule)), 0);
    check_keys(rule, "id weekday start end from stepMin");
    changed.weekday = 2;
    changed.to = "2026-06-30";
    CHECK_INT(JOB(&c.s, store_rule_set(c.s.db, c.other.id, text_at(rule, "id"), &changed, &same)), -ENOENT);
    CHECK_INT(JOB(&c.s, store_rule_set(c.s.db, c.doctor.id, text_at(rule, "id"), &changed, &same)), 0);
    CHECK_STR(text_at(same, "to"), "2026-06-30");
    CHECK_INT(int_at(same, "weekday"), 2);
    CHECK_INT(store_rule_list(c.s.db, c.other.id, &list), 0);
    CHECK_INT(json_array_size(list), 0);
    json_decref(list);
    CHECK_INT(JOB(&c.s, store_rule_remove(c.s.db, c.other.id, text_at(rule, "id"))), -ENOENT);
    CHECK_INT(JOB(&c.s, store_rule_remove(c.s.db, c.doctor.id, text_at(rule, "id"))), 0);
    CHECK_INT(JOB(&c.s, store_rule_remove(c.s.db, c.doctor.id, text_at(rule, "id"))), -ENOENT);
    json_decref(rule);
    json_decref(same);
    store_close(&c.s);
}

TEST(store_schedule, a_doctor_has_64_rules_at_most)
{
    struct clinic c;
    json_t *rule = NULL;

    clinic_open(&c);
    for (int i = 0; i < STORE_RULES_MAX; i++) {
        CHECK_INT(JOB(&c.s, store_rule_add(c.s.db, c.doctor.id, &mondays, &rule)), 0);
        json_decref(rule);
    }
    CHECK_INT(JOB(&c.s, store_rule_add(c.s.db, c.doctor.id, &mondays, &rule)), -EMSGSIZE);
    CHECK_INT(JOB(&c.s, store_rule_add(c.s.db, c.other.id, &mondays, &rule)), 0);
    json_decref(rule);
    store_close(&c.s);
}

TEST(store_schedule, exceptions_are_listed_where_they_touch)
{
    struct clinic c;
    struct exception_new off = { .kind = "off", .start_utc = STORE_NOW + 1000, .end_utc = STORE_NOW + 2000,
                                 .reason = "leave" };
    static const struct { int from, to; size_t count; } ranges[] = {
        { 0, 1000, 0 }, { 0, 1001, 1 }, { 1999, 3000, 1 }, { 2000, 3000, 0 }, { 1500, 1501, 1 },
    };
    json_t *exception = NULL, *list;

    clinic_open(&c);
    CHECK_INT(JOB(&c.s, store_exception_add(c.s.db, c.doctor.id, &off, &exception)), 0);
    check_keys(exception, "id kind startAt endAt reason");
    for (size_t i = 0; i < COUNT_OF(ranges); i++) {
        CHECK_INT(store_exception_list(c.s.db, c.doctor.id, STORE_NOW + ranges[i].from,
                                       STORE_NOW + ranges[i].to,
                                       &list), 0);
        CHECK_INT(json_array_size(list), ranges[i].count);
        json_decref(list);
    }
    CHECK_INT(JOB(&c.s, store_exception_remove(c.s.db, c.other.id, text_at(exception, "id"))), -ENOENT);
    CHECK_INT(JOB(&c.s, store_exception_remove(c.s.db, c.doctor.id, text_at(exception, "id"))), 0);
    json_decref(exception);
    store_close(&c.s);
}

TEST(store_schedule, a_doctor_has_256_exceptions_ahead_at_most)
{
    struct clinic c;
    struct exception_new extra = { .kind = "extra", .start_utc = STORE_NOW - 100, .end_utc = STORE_NOW };
    json_t *exception = NULL;

    clinic_open(&c);
    for (int i = 0; i <= STORE_EXCEPTIONS_MAX; i++) {           /* the first has ended                */
        CHECK_INT(JOB(&c.s, store_exception_add(c.s.db, c.doctor.id, &extra, &exception)), 0);
        json_decref(exception);
        extra.end_utc = STORE_NOW + 1;
    }
    CHECK_INT(JOB(&c.s, store_exception_add(c.s.db, c.doctor.id, &extra, &exception)), -EMSGSIZE);
    store_close(&c.s);
}

TEST(store_schedule, extra_hours_are_of_one_day)
{
    struct clinic c;
    struct exception_new extra = { .kind = "extra", .start_utc = STORE_NOW, .end_utc = STORE_NOW + 86401 };
    json_t *exception = NULL;

    clinic_open(&c);
    CHECK_INT(JOB(&c.s, store_exception_add(c.s.db, c.doctor.id, &extra, &exception)), -EINVAL);
    extra.end_utc--;
    CHECK_INT(JOB(&c.s, store_exception_add(c.s.db, c.doctor.id, &extra, &exception)), 0);
    json_decref(exception);
    store_close(&c.s);
}

TEST(store_schedule, every_clinic_has_a_policy_that_nobody_edits)
{
    struct clinic c;

    clinic_open(&c);
    CHECK_INT(store_number(&c.s, "SELECT count(*) FROM policy WHERE clinic_id = $1 AND version = 1",
                           ARGS(INT(c.id))), 1);
    CHECK_INT(JOB(&c.s, db_run(c.s.db, "UPDATE policy SET grace_min = 30", NO_ARGS)), DB_APPEND_ONLY);
    CHECK_INT(JOB(&c.s, db_run(c.s.db, "DELETE FROM policy", NO_ARGS)), DB_APPEND_ONLY);
    store_close(&c.s);
}
