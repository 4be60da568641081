/* test_family.c - for whom an account acts, and whom it books for. */
#include "practice_fixture.h"

#include "storage/store_family.h"

#define FAMILY "/api/v1/me/patients"
#define CHILD  "{\"name\":\"小宝\",\"relation\":\"child\",\"birthDate\":\"2021-05-04\"}"

static void child_add(struct desk *d, char ret_id[DB_ID_SIZE])
{
    struct action *a = ask(d, &d->patient, "POST " FAMILY, CHILD);

    CHECK_INT(a->job.err, 0);
    check_keys(json_at(a->answer, "member"), "id name relation birthDate");
    snprintf(ret_id, DB_ID_SIZE, "%s", text_at(a->answer, "member.id"));
    action_drop(a);
}

TEST(family, oneself_comes_first_and_a_child_has_a_guardian)
{
    struct desk d;
    struct action *a;
    char child[DB_ID_SIZE];

    desk_open(&d);
    child_add(&d, child);
    a = ask(&d, &d.patient, "GET " FAMILY, "{}");
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 2);
    CHECK_STR(text_at(a->answer, "items.0.relation"), "self");
    CHECK_STR(text_at(a->answer, "items.0.name"), "wang");
    CHECK_STR(text_at(a->answer, "items.1.id"), child);
    action_drop(a);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM patient c JOIN patient g ON g.id = "
                                 "c.guardian_patient_id "
                           "WHERE c.public_id = $1 AND g.relation = 'self' AND g.account_id = c.account_id",
                           ARGS(TEXT(child))), 1);
    CHECK_INT(audit_count(&d, "family.add"), 1);
    desk_close(&d);
}

TEST(family, a_member_must_make_sense)
{
    static const struct { const char *input; int err; } bad[] = {
        { "{\"relation\":\"child\",\"birthDate\":\"2021-05-04\"}", -EINVAL },
        { "{\"name\":\"a\",\"relation\":\"child\"}", -EINVAL },
        { "{\"name\":\"\",\"relation\":\"child\",\"birthDate\":\"2021-05-04\"}", -EINVAL },
        { "{\"name\":\"a\",\"relation\":\"cat\",\"birthDate\":\"2021-05-04\"}", -EINVAL },
        { "{\"name\":\"a\",\"relation\":\"self\",\"birthDate\":\"2021-05-04\"}", -EINVAL },
        { "{\"name\":\"a\",\"relation\":\"child\",\"birthDate\":\"2021-02-29\"}", -EINVAL },
        { "{\"name\":\"a\",\"relation\":\"child\",\"birthDate\":\"2025-11-25\"}", -EINVAL },
                   /* tomorrow */
        { "{\"name\":\"a\",\"relation\":\"child\",\"birthDate\":\"2025-11-24\"}", 0 },
        { "{\"name\":\"a\",\"relation\":\"child\",\"birthDate\":\"2021-05-04\",\"more\":1}", -EINVAL },
    };
    struct desk d;

    desk_open(&d);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (ASK_ERR(&d, &d.patient, "POST " FAMILY, "%s", bad[i].input) != bad[i].err)
            fail_msg("%s is not answered with %d", bad[i].input, bad[i].err);
    desk_close(&d);
}

TEST(family, ten_are_enough)
{
    struct desk d;
    char child[DB_ID_SIZE];

    desk_open(&d);
    for (int i = 1; i < STORE_FAMILY_MAX; i++)
        child_add(&d, child);
    CHECK_INT(ASK_ERR(&d, &d.patient, "POST " FAMILY, CHILD), -EMSGSIZE);
    CHECK_INT(ASK_ERR(&d, &d.patient, "DELETE " FAMILY "/{patient}", "{\"patient\":\"%s\"}", child), 0);
    child_add(&d, child);
    desk_close(&d);
}

TEST(family, only_ones_own_is_changed_and_oneself_is_not_removed)
{
#define SET(who, id, rest)                                                                                   \
    ASK_ERR(&d, &d.who, "PUT " FAMILY "/{patient}", "{\"patient\":\"%s\"," rest "}", id)
    struct desk d;
    struct action *a;
    char child[DB_ID_SIZE], self[DB_ID_SIZE];

    desk_open(&d);
    child_add(&d, child);
    a = ask(&d, &d.patient, "GET " FAMILY, "{}");
    snprintf(self, sizeof self, "%s", text_at(a->answer, "items.0.id"));
    action_drop(a);
    CHECK_INT(SET(patient, child, "\"name\":\"大宝\",\"relation\":\"child\",\"birthDate\":\"2020-05-04\""), 0);
    CHECK_INT(SET(stranger, child, "\"name\":\"x\",\"relation\":\"child\",\"birthDate\":\"2020-05-04\""),
              -ENOENT);
    CHECK_INT(SET(patient, child, "\"relation\":\"self\""), -EPERM);
    CHECK_INT(SET(patient, self, "\"relation\":\"self\",\"birthDate\":\"1990-01-01\""), 0);
    CHECK_INT(SET(patient, self, "\"relation\":\"self\",\"name\":\"x\""), -EPERM);
    CHECK_INT(SET(patient, self, "\"relation\":\"child\",\"name\":\"x\",\"birthDate\":\"1990-01-01\""),
              -EPERM);
    CHECK_INT(ASK_ERR(&d, &d.patient, "DELETE " FAMILY "/{patient}", "{\"patient\":\"%s\"}", self), -EPERM);
    CHECK_INT(ASK_ERR(&d, &d.stranger, "DELETE " FAMILY "/{patient}", "{\"patient\":\"%s\"}", child),
              -ENOENT);
    CHECK_INT(ASK_ERR(&d, &d.patient, "DELETE " FAMILY "/{patient}", "{\"patient\":\"%s\"}", child), 0);
    CHECK_INT(ASK_ERR(&d, &d.patient, "DELETE " FAMILY "/{patient}", "{\"patient\":\"%s\"}", child), -ENOENT);
    desk_close(&d);
}

TEST(family, an_appointment_is_for_the_member_it_names)
{
#define BOOK(who, minute)                                                                                    \
    ask_with(&p.d, &p.d.who, "POST /api/v1/appointments", "{\"doctor\":\"%s\",\"service\":\"%s\"," \
             "\"startAt\":\"2025-12-01T01:" minute ":00Z\",\"patient\":\"%s\"}", p.doctor, p.service, child)
    struct practice p;
    struct action *a;
    char child[DB_ID_SIZE];

    practice_open(&p);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, "POST " DOCTOR "/rules", MONDAYS, p.doctor), 0);
    child_add(&p.d, child);
    a = BOOK(patient, "00");
    CHECK_INT(a->job.err, 0);
    CHECK_STR(text_at(a->answer, "appointment.patient.id"), child);
    CHECK_STR(text_at(a->answer, "appointment.patient.name"), "小宝");
    action_drop(a);
    a = BOOK(stranger, "20");
    CHECK_INT(a->job.err, -ENOENT);
    action_drop(a);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "DELETE " FAMILY "/{patient}", "{\"patient\":\"%s\"}", child), 0);
    a = BOOK(patient, "20");
    CHECK_INT(a->job.err, -ENOENT);             /* removed: no longer to be booked for               */
    action_drop(a);
    desk_close(&p.d);
}
