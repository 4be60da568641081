/* Clinics, users, doctors, patients. */
#include "store_fixture.h"

#include "storage/store_offer.h"

#define PAGE(size, after) (&(struct doctor_list){ .limit = (size), .cursor = (after) })

static int add(struct store *s, const struct user_new *new, struct store_user *user)
{
    return JOB(s, store_user_add(s->db, new, user));
}

TEST(store_clinic, is_found_by_id_or_name)
{
    struct store s;
    int64_t a, b, found = 0;
    json_t *row;

    store_open(&s);
    a = store_clinic(&s, "North");
    b = store_clinic(&s, "South");
    CHECK_INT(store_clinic_find(s.db, "South", &found), 0);
    CHECK_INT(found, b);
    CHECK_INT(db_row(s.db, &row, "SELECT public_id AS \"id\" FROM clinic WHERE id = $1", ARGS(INT(a))), 0);
    CHECK_MEM(text_at(row, "id"), "cln_", 4);
    CHECK_INT(store_clinic_find(s.db, text_at(row, "id"), &found), 0);
    CHECK_INT(found, a);
    CHECK_INT(store_clinic_find(s.db, "West", &found), -ENOENT);
    CHECK_INT(JOB(&s, store_clinic_add(s.db, "North", "UTC", "EUR", &found)), -EEXIST);
    CHECK_INT(found, a);

    /* Somebody names a clinic like the id of another: the id wins. */
    CHECK_INT(JOB(&s, store_clinic_add(s.db, text_at(row, "id"), "UTC", "EUR", &found)), 0);
    CHECK_INT(store_clinic_find(s.db, text_at(row, "id"), &found), 0);
    CHECK_INT(found, a);
    json_decref(row);
    store_close(&s);
}

TEST(store_user, a_patient_has_a_person_and_no_clinic)
{
    struct store s;
    struct store_user user;
    json_t *me;

    store_open(&s);
    CHECK_INT(add(&s, &(struct user_new){ .role = "patient", .login = "anna", .name = "Anna 安娜",
                                          .password_hash = "h" }, &user), 0);
    CHECK_STR(user.role, "patient");
    CHECK_INT(user.clinic, 0);
    CHECK(!user.disabled);
    CHECK_MEM(user.public_id, "usr_", 4);
    CHECK_INT(store_number(&s, "SELECT count(*) FROM patient WHERE account_id = $1 "
                           "AND public_id GLOB 'pat_*'", ARGS(INT(user.id))), 1);
    CHECK_INT(store_number(&s, "SELECT count(*) FROM doctor", NO_ARGS), 0);

    CHECK_INT(store_user_me(s.db, user.id, &me), 0);
    check_keys(me, "id name role login locale tz");
    CHECK_STR(text_at(me, "id"), user.public_id);
    CHECK_STR(text_at(me, "name"), "Anna 安娜");
    CHECK_STR(text_at(me, "login"), "anna");
    CHECK_STR(text_at(me, "locale"), "zh-CN");
    CHECK_STR(text_at(me, "tz"), "Asia/Shanghai");
    json_decref(me);
    store_close(&s);
}

TEST(store_user, a_doctor_has_a_clinic_and_a_title)
{
    struct store s;
    struct store_user user;
    int64_t clinic;
    json_t *json;

    store_open(&s);
    clinic = store_clinic(&s, "North");
    CHECK_INT(add(&s, &(struct user_new){ .role = "doctor", .login = "lee", .name = "Lee", .clinic = clinic,
                                          .title = "主任医师", .locale = "en", .tz = "Europe/Berlin" },
                  &user), 0);
    CHECK_INT(user.clinic, clinic);
    CHECK_INT(store_number(&s, "SELECT count(*) FROM doctor WHERE user_id = $1 AND title = '主任医师' "
                           "AND tz = 'Europe/Berlin'", ARGS(INT(user.id))), 1);
    CHECK_INT(store_number(&s, "SELECT count(*) FROM patient", NO_ARGS), 0);

    CHECK_INT(store_user_me(s.db, user.id, &json), 0);
    check_keys(json, "id name role login locale tz clinic");
    check_keys(json_at(json, "clinic"), "id name");
    CHECK_STR(text_at(json, "clinic.name"), "North");
    CHECK_STR(text_at(json, "locale"), "en");
    json_decref(json);

    CHECK_INT(store_user_get(s.db, user.id, &json), 0);
    check_keys(json, "id name role");
    json_decref(json);
    CHECK_INT(store_user_get(s.db, 999, &json), -ENOENT);
    CHECK_INT(store_user_me(s.db, 999, &json), -ENOENT);
    store_close(&s);
}

/* What the schema refuses, and that a refused user leaves nothing. */
TEST(store_user, what_does_not_fit_is_refused_whole)
{
    static const char login_65[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    struct store s;
    struct store_user user = { .id = -7 };
    int64_t clinic;

    store_open(&s);
    clinic = store_clinic(&s, "North");
    const struct { struct user_new new; int want; } cases[] = {
        { { .role = "doctor", .login = "lee", .name = "n" },                        -EINVAL },  /* of none */
        { { .role = "patient", .login = "ann", .name = "n", .clinic = clinic },     -EINVAL },
        { { .role = "doctor", .login = "lee", .name = "n", .clinic = clinic + 9 },  -EINVAL },
        { { .role = "god", .login = "lee", .name = "n", .clinic = clinic },         -EINVAL },
        { { .role = "patient", .login = "an", .name = "n" },                        -EINVAL },
        { { .role = "patient", .login = login_65, .name = "n" },                    -EINVAL },
        { { .role = "patient", .login = login_65 + 1, .name = "n" },                0 },
        { { .role = "patient", .login = "anna", .name = "n" },                      0 },
        { { .role = "patient", .login = "anna", .name = "other" },                  -EEXIST },
        { { .role = "doctor", .login = "anna", .name = "n", .clinic = clinic },     -EEXIST },
    };
    CHECK_INT(strlen(login_65), 65);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t before = store_number(&s, "SELECT count(*) FROM users", NO_ARGS);

        user.id = -7;
        CHECK_INT(add(&s, &cases[i].new, &user), cases[i].want);
        CHECK_INT(store_number(&s, "SELECT count(*) FROM users", NO_ARGS), before + (cases[i].want == 0));
        CHECK((user.id == -7) == (cases[i].want != 0));
    }
    CHECK_INT(store_number(&s, "SELECT count(*) FROM patient", NO_ARGS), 2);
    CHECK_INT(store_number(&s, "SELECT count(*) FROM doctor", NO_ARGS), 0);
    store_close(&s);
}

TEST(store_user, is_found_by_login_and_by_id)
{
    struct store s;
    struct store_user made, found = { .id = -7 };
    struct user_secret secret = { .user.id = -7 };
    char hash[160];

    store_open(&s);
    memset(hash, 'h', sizeof hash - 1);
    hash[sizeof hash - 1] = '\0';               /* as long as there is room for                       */
    CHECK_INT(add(&s, &(struct user_new){ .role = "patient", .login = "anna", .name = "Anna",
                                          .password_hash = hash }, &made), 0);
    CHECK_INT(store_user_by_login(s.db, "anna", &secret), 0);
    CHECK_INT(secret.user.id, made.id);
    CHECK_STR(secret.password_hash, hash);
    CHECK_INT(store_user_by_id(s.db, made.public_id, &found), 0);
    CHECK_INT(found.id, made.id);

    secret.user.id = -7;
    CHECK_INT(store_user_by_login(s.db, "Anna", &secret), -ENOENT);
    CHECK_INT(store_user_by_login(s.db, "", &secret), -ENOENT);
    CHECK_INT(store_user_by_login(s.db, "' OR 1=1 --", &secret), -ENOENT);
    CHECK_INT(secret.user.id, -7);
    CHECK_INT(store_user_by_id(s.db, "usr_nobody", &found), -ENOENT);

    made = store_patient(&s, "without");
    CHECK_INT(store_user_by_login(s.db, "without", &secret), 0);
    CHECK_STR(secret.password_hash, "");
    store_close(&s);
}

TEST(store_user, a_doctor_is_found_by_what_hurts)
{
    static const struct { const char *find, *language; size_t want; } cases[] = {
        { "LEE", NULL, 1 }, { "heart", NULL, 1 }, { "有点胸闷两天了", NULL, 1 }, { "chest", NULL, 1 },
        { "rash", NULL, 0 }, { "%", NULL, 0 }, { NULL, "zh-CN", 1 }, { NULL, "fr", 0 },
    };
    json_t *words = json_pack("[s, s]", "胸闷", "Chest pain"), *one = NULL, *page = NULL;
    struct store s;
    int64_t clinic, department = 0;
    struct store_user doctor;

    store_open(&s);
    clinic = store_clinic(&s, "North");
    doctor = store_doctor(&s, clinic, "lee");
    CHECK_INT(JOB(&s, store_department_add(s.db, clinic, "Heart", &department)), 0);
    CHECK_INT(JOB(&s, store_doctor_department_set(s.db, doctor.id, department)), 0);
    CHECK_INT(store_department_get(s.db, department, &one), 0);
    CHECK_INT(JOB(&s, store_department_words(s.db, clinic, text_at(one, "id"), words)), 0);
    CHECK_INT(JOB(&s, store_department_words(s.db, clinic + 1, text_at(one, "id"), words)), -ENOENT);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct doctor_list list = { .find = cases[i].find, .language = cases[i].language };

        CHECK_INT(store_doctor_list(s.db, &list, &page), 0);
        if (json_array_size(json_at(page, "items")) != cases[i].want)
            fail_msg("case %zu", i);
        json_decref(page);
    }
    json_decref(one);
    json_decref(words);
    store_close(&s);
}

TEST(store_user, password_and_disabling_change_one_row)
{
    struct store s;
    struct store_user anna, ben;
    struct user_secret secret;
    int64_t count;

    store_open(&s);
    CHECK_INT(store_user_count(s.db, &count), 0);
    CHECK_INT(count, 0);
    anna = store_patient(&s, "anna");
    ben = store_patient(&s, "ben");
    CHECK_INT(store_user_count(s.db, &count), 0);
    CHECK_INT(count, 2);

    CHECK_INT(JOB(&s, store_user_password_set(s.db, anna.id, "new")), 0);
    CHECK_INT(JOB(&s, store_user_disable(s.db, anna.id, true)), 0);
    CHECK_INT(store_user_by_login(s.db, "anna", &secret), 0);
    CHECK_STR(secret.password_hash, "new");
    CHECK(secret.user.disabled);
    CHECK_INT(store_user_by_login(s.db, "ben", &secret), 0);
    CHECK_STR(secret.password_hash, "");
    CHECK(!secret.user.disabled);
    CHECK_INT(secret.user.id, ben.id);

    CHECK_INT(JOB(&s, store_user_disable(s.db, anna.id, false)), 0);
    CHECK_INT(store_user_by_id(s.db, anna.public_id, &anna), 0);
    CHECK(!anna.disabled);
    CHECK_INT(JOB(&s, store_user_disable(s.db, 999, true)), -ENOENT);
    CHECK_INT(JOB(&s, store_user_password_set(s.db, 999, "x")), -ENOENT);
    store_close(&s);
}

/* Doctors, page by page. */

static int page_walk(struct store *s, int limit, char seen[][16], int seen_max)
{
    char cursor[DB_ID_SIZE] = "";
    int count = 0;

    for (int pages = 0; pages < 100; pages++) {
        json_t *page = NULL, *item;
        size_t i;
        bool more;

        CHECK_INT(store_doctor_list(s->db, PAGE(limit, pages ? cursor : NULL), &page), 0);
        check_keys(page, "items nextCursor");
        json_array_foreach(json_at(page, "items"), i, item) {
            CHECK(count < seen_max);
            snprintf(seen[count++], 16, "%s", text_at(item, "name"));
        }
        more = json_is_string(json_at(page, "nextCursor"));
        CHECK(more || json_is_null(json_at(page, "nextCursor")));
        CHECK(!more || json_array_size(json_at(page, "items")) == (size_t)limit);
        snprintf(cursor, sizeof cursor, "%s", more ? text_at(page, "nextCursor") : "");
        json_decref(page);
        if (!more)
            return count;
    }
    fail_msg("the pages have no end");
    return -1;
}

TEST(store_doctor, pages_hold_each_doctor_once_by_name)
{
    char seen[40][16], name[16];
    struct store s;
    int64_t clinic;

    store_open(&s);
    clinic = store_clinic(&s, "North");
    for (int i = 0; i < 24; i++) {              /* 12 names, two doctors each                         */
        struct store_user user;

        snprintf(name, sizeof name, "login%d", i);
        CHECK_INT(add(&s, &(struct user_new){ .role = "doctor", .login = name, .clinic = clinic,
                                              .name = (char[]){ (char)('a' + i * 5 % 12), 0 } }, &user), 0);
    }
    (void)store_patient(&s, "anna");
    for (int limit = 1; limit <= 25; limit++) {
        CHECK_INT(page_walk(&s, limit, seen, 40), 24);
        for (int i = 0; i < 24; i++)
            CHECK_INT(seen[i][0], 'a' + i / 2);
    }
    store_close(&s);
}

TEST(store_doctor, an_item_has_these_members_and_no_others)
{
    struct store s;
    json_t *page;

    store_open(&s);
    CHECK_INT(store_doctor_list(s.db, PAGE(0, NULL), &page), 0);
    CHECK_INT(json_array_size(json_at(page, "items")), 0);
    CHECK(json_is_null(json_at(page, "nextCursor")));
    json_decref(page);

    (void)store_doctor(&s, store_clinic(&s, "North"), "lee");
    CHECK_INT(store_doctor_list(s.db, PAGE(0, NULL), &page), 0);
    check_keys(json_at(page, "items.0"), "id name title clinic languages");
    check_keys(json_at(page, "items.0.clinic"), "id name");
    CHECK_STR(text_at(page, "items.0.title"), "");
    json_decref(page);
    store_close(&s);
}

TEST(store_doctor, limits_hold_on_both_sides)
{
    static const struct { int limit; size_t want; } cases[] = {
        { 0, 20 }, { -5, 20 }, { 1, 1 }, { 99, 99 }, { 100, 100 }, { 101, 100 }, { 1000000, 100 },
    };
    struct store s;
    int64_t clinic;
    char login[16];
    json_t *page;

    store_open(&s);
    clinic = store_clinic(&s, "North");
    for (int i = 0; i < 120; i++) {
        snprintf(login, sizeof login, "doctor%03d", i);
        (void)store_doctor(&s, clinic, login);
    }
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(store_doctor_list(s.db, PAGE(cases[i].limit, NULL), &page), 0);
        CHECK_INT(json_array_size(json_at(page, "items")), cases[i].want);
        json_decref(page);
    }
    store_close(&s);
}

TEST(store_doctor, the_disabled_are_not_listed_but_their_cursor_goes_on)
{
    struct store s;
    struct store_user a, b, patient;
    int64_t clinic, closed;
    json_t *page = NULL;

    store_open(&s);
    clinic = store_clinic(&s, "North");
    closed = store_clinic(&s, "Closed");
    a = store_doctor(&s, clinic, "aaa");
    b = store_doctor(&s, clinic, "bbb");
    (void)store_doctor(&s, closed, "ccc");
    patient = store_patient(&s, "ddd");
    CHECK_INT(db_run(s.db, "UPDATE clinic SET disabled_utc = 1 WHERE id = $1", ARGS(INT(closed))), 1);
    CHECK_INT(JOB(&s, store_user_disable(s.db, a.id, true)), 0);

    CHECK_INT(store_doctor_list(s.db, PAGE(10, NULL), &page), 0);
    CHECK_INT(json_array_size(json_at(page, "items")), 1);
    CHECK_STR(text_at(page, "items.0.id"), b.public_id);
    json_decref(page);
    CHECK_INT(store_doctor_list(s.db, PAGE(10, a.public_id), &page), 0);
    CHECK_INT(json_array_size(json_at(page, "items")), 1);
    json_decref(page);

    page = NULL;
    CHECK_INT(store_doctor_list(s.db, PAGE(10, patient.public_id), &page), -EINVAL);
    CHECK_INT(store_doctor_list(s.db, PAGE(10, "usr_nobody"), &page), -EINVAL);
    CHECK_INT(store_doctor_list(s.db, PAGE(10, "' OR 1=1 --"), &page), -EINVAL);
    CHECK(page == NULL);
    store_close(&s);
}
