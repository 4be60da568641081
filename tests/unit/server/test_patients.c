/* test_patients.c - a desk says who a patient is, and what is booked only for such. */
#include "practice_fixture.h"

#define VERIFY "POST /api/v1/admin/patients/{patient}/verify"

static void patient_of(struct practice *p, char ret_id[DB_ID_SIZE])
{
    struct action *a = ask(&p->d, &p->d.patient, "GET /api/v1/me/patients", "{}");

    snprintf(ret_id, DB_ID_SIZE, "%s", text_at(a->answer, "items.0.id"));
    action_drop(a);
}

static struct action *hold(struct practice *p, const struct person *who, const char *patient)
{
    return ask_with(&p->d, who, "POST /api/v1/appointments",
                    "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":\"2025-12-01T01:00:00Z\","
                    "\"patient\":\"%s\"}", p->doctor, p->service, patient);
}

static void guarded_open(struct practice *p, char patient[DB_ID_SIZE])
{
    practice_open(p);
    patient_of(p, patient);
    CHECK_INT(ASK_ERR(&p->d, &p->d.doctor, "POST " DOCTOR "/rules", MONDAYS, p->doctor), 0);
    CHECK_INT(ASK_ERR(&p->d, &p->d.doctor, "PUT /api/v1/admin/services/{service}",
                      "{\"service\":\"%s\",\"name\":\"visit\",\"mode\":\"video\",\"minutes\":20,"
                      "\"fee\":{\"amount\":0,\"currency\":\"CNY\"},\"requiresVerifiedPatient\":true}",
                      p->service), 0);
}

TEST(patients, a_service_may_want_to_know_who_comes)
{
    struct practice p;
    struct action *a;
    char patient[DB_ID_SIZE];

    guarded_open(&p, patient);
    a = hold(&p, &p.d.patient, patient);
    CHECK_INT(a->job.err, -ENOKEY);
    CHECK_STR(text_at(a->explained, "why"), "patient-unverified");
    action_drop(a);
    CHECK_INT(ask_err(hold(&p, &p.d.doctor, patient)), -ENOKEY);
    CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, VERIFY,
                      "{\"patient\":\"%s\",\"evidence\":\"passport\"}", patient), 0);
    CHECK_INT(ask_err(hold(&p, &p.d.patient, patient)), 0);
    CHECK_INT(audit_count(&p.d, "patient.verify"), 1);
    desk_close(&p.d);
}

TEST(patients, the_name_is_sealed_and_he_sees_that_he_is_known)
{
    struct practice p;
    struct action *a;
    char patient[DB_ID_SIZE];

    guarded_open(&p, patient);
    a = ask_with(&p.d, &p.d.doctor, VERIFY,
                 "{\"patient\":\"%s\",\"evidence\":\"passport\",\"realName\":\"王大明\"}", patient);
    check_keys(json_at(a->answer, "patient"), "id name relation verifiedAt realName");
    CHECK_STR(text_at(a->answer, "patient.realName"), "王大明");
    action_drop(a);
    CHECK_INT(store_number(&p.d.s, "SELECT instr(real_name_enc, '王大明') FROM patient WHERE public_id = $1",
                           ARGS(TEXT(patient))), 0);
    a = ask(&p.d, &p.d.patient, "GET /api/v1/me/patients", "{}");
    CHECK_STR(text_at(a->answer, "items.0.verifiedAt"), "2025-11-24T16:00:00Z");
    action_drop(a);
    desk_close(&p.d);
}

TEST(patients, what_is_said_of_him_must_make_sense)
{
    static const struct { const char *input; int err; } cases[] = {
        { "{\"patient\":\"pat_none\",\"evidence\":\"passport\"}", -ENOENT },
        { "{\"patient\":\"pat_none\",\"evidence\":\"passport\",\"realName\":\"A\"}", -ENOENT },
        { "{\"patient\":\"%s\"}", -EINVAL },
        { "{\"patient\":\"%s\",\"evidence\":\"\"}", -EINVAL },
        { "{\"patient\":\"%s\",\"evidence\":\"passport\",\"realName\":\"\"}", -EINVAL },
        { "{\"patient\":\"%s\",\"evidence\":\"passport\",\"more\":1}", -EINVAL },
    };
    struct practice p;
    char patient[DB_ID_SIZE], input[200];

    guarded_open(&p, patient);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *at = strstr(cases[i].input, "%s");
        int before = at != NULL ? (int)(at - cases[i].input) : (int)strlen(cases[i].input);

        snprintf(input, sizeof input, "%.*s%s%s", before, cases[i].input, at ? patient : "",
                 at ? at + 2 : "");
        if (ASK_ERR(&p.d, &p.d.doctor, VERIFY, "%s", input) != cases[i].err)
            fail_msg("%s is not answered with %d", input, cases[i].err);
    }
    CHECK_INT(audit_count(&p.d, "patient.verify"), 0);
    desk_close(&p.d);
}

TEST(patients, another_name_or_birth_date_is_somebody_to_be_verified_anew)
{
    static const struct { const char *name, *born; bool stays; } cases[] = {
        { "小宝", "2021-05-04", true }, { "小宝", "2021-05-05", false }, { "大宝", "2021-05-04", false },
    };
    struct practice p;
    char child[DB_ID_SIZE];

    practice_open(&p);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct action *a = ask(&p.d, &p.d.patient, "POST /api/v1/me/patients",
                               "{\"name\":\"小宝\",\"relation\":\"child\",\"birthDate\":\"2021-05-04\"}");

        snprintf(child, sizeof child, "%s", text_at(a->answer, "member.id"));
        action_drop(a);
        CHECK_INT(ASK_ERR(&p.d, &p.d.doctor, VERIFY,
                          "{\"patient\":\"%s\",\"evidence\":\"passport\"}", child), 0);
        a = ask_with(&p.d, &p.d.patient, "PUT /api/v1/me/patients/{patient}",
                     "{\"patient\":\"%s\",\"name\":\"%s\",\"relation\":\"other\",\"birthDate\":\"%s\"}",
                     child, cases[i].name, cases[i].born);
        CHECK_INT(a->job.err, 0);
        CHECK_INT(json_at(a->answer, "member.verifiedAt") != NULL, cases[i].stays);
        action_drop(a);
    }
    desk_close(&p.d);
}
