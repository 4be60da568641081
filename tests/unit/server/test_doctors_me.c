/* test_doctors_me.c - who am I, and the doctors one can turn to. */
#include "api_fixture.h"

#define ME      "GET /api/v1/me"
#define DOCTORS "GET /api/v1/doctors"

TEST(me, says_who_asks_and_what_time_it_is)
{
    struct desk d;
    struct action *a;
    int64_t before = clock_utc();
    char early[DB_TIME_SIZE], late[DB_TIME_SIZE];

    desk_open(&d);
    a = ask(&d, &d.patient, ME, "{}");
    CHECK_INT(a->job.err, 0);
    check_keys(a->answer, "user now");
    check_keys(json_object_get(a->answer, "user"), "id name role login locale tz");
    CHECK_STR(text_at(a->answer, "user.id"), d.patient.session.user.public_id);
    CHECK_STR(text_at(a->answer, "user.role"), "patient");
    db_time_print(before, early);
    db_time_print(clock_utc(), late);
    CHECK(strcmp(early, text_at(a->answer, "now")) <= 0 && strcmp(text_at(a->answer, "now"), late) <= 0);
    action_drop(a);

    a = ask(&d, &d.doctor, ME, "{}");
    CHECK_STR(text_at(a->answer, "user.clinic.name"), "North");
    CHECK_STR(effects(&d, a), "");
    action_drop(a);
    desk_close(&d);
}

TEST(me, takes_no_input)
{
    struct desk d;

    desk_open(&d);
    CHECK_INT(ASK_ERR(&d, &d.patient, ME, "{\"id\":\"%s\"}", d.doctor.session.user.public_id), -EINVAL);
    desk_close(&d);
}

TEST(doctors, are_listed_by_name_page_by_page)
{
    struct desk d;
    struct action *first, *rest;

    desk_open(&d);
    (void)store_doctor(&d.s, 1, "dr.an");
    (void)store_doctor(&d.s, 1, "dr.zu");
    first = ask(&d, &d.patient, DOCTORS, "{\"limit\":\"2\"}");
    CHECK_INT(first->job.err, 0);
    check_keys(first->answer, "items nextCursor");
    CHECK_INT(json_array_size(json_at(first->answer, "items")), 2);
    CHECK_STR(text_at(first->answer, "items.0.name"), "dr.an");
    CHECK_STR(text_at(first->answer, "items.1.name"), "dr.li");
    CHECK_STR(text_at(first->answer, "items.1.id"), d.doctor.session.user.public_id);

    rest = ask_with(&d, &d.patient, DOCTORS, "{\"limit\":\"2\",\"cursor\":\"%s\"}",
                    text_at(first->answer, "nextCursor"));
    CHECK_INT(json_array_size(json_at(rest->answer, "items")), 1);
    CHECK_STR(text_at(rest->answer, "items.0.name"), "dr.zu");
    CHECK(json_is_null(json_at(rest->answer, "nextCursor")));
    action_drop(first);
    action_drop(rest);
    desk_close(&d);
}

TEST(doctors, a_disabled_one_is_not_listed)
{
    struct desk d;
    struct action *a;

    desk_open(&d);
    CHECK(JOB(&d.s, store_user_disable(d.s.db, d.doctor.session.user.id, true)) >= 0);
    a = ask(&d, &d.patient, DOCTORS, "{}");
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 0);
    action_drop(a);
    desk_close(&d);
}

TEST(doctors, a_bad_page_is_refused)
{
    static const char *const bad[] = { "{\"limit\":\"0\"}", "{\"limit\":\"101\"}",
                                       "{\"cursor\":\"none of ours\"}", "{\"cursor\":5}",
                                       "{\"name\":\"dr.li\"}" };
    struct desk d;

    desk_open(&d);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK_INT(ASK_ERR(&d, &d.patient, DOCTORS, "%s", bad[i]), -EINVAL);
    desk_close(&d);
}
