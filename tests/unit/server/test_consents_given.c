/* test_consents_given.c - what patients agree to, by version; who has not does not check in. */
#include "practice_fixture.h"

#include "storage/store_queue.h"

#define MINE  "/api/v1/me/consents"
#define TERMS "{\"docType\":\"terms\",\"docVersion\":\"%s\"}"

static int publish(struct desk *d, const char *type, const char *title)
{
    return ASK_ERR(d, &d->doctor, "POST /api/v1/admin/consents",
                   "{\"docType\":\"%s\",\"texts\":[{\"lang\":\"zh-CN\",\"title\":\"条款\",\"text\":\"…\"},"
                   "{\"lang\":\"en\",\"title\":\"%s\",\"text\":\"All of it.\"}]}", type, title);
}

static const char *clinic_of(struct desk *d, char id[DB_ID_SIZE])
{
    CHECK_INT(store_queue_clinic(d->s.db, d->doctor.session.user.clinic, id), 0);
    return id;
}

static void check_current(struct desk *d, const char *lang, const char *version, const char *title)
{
    char clinic[DB_ID_SIZE];
    struct action *a = ask_with(d, &d->patient, "GET /api/v1/consents",
                                "{\"lang\":\"%s\",\"clinic\":\"%s\"}", lang, clinic_of(d, clinic));

    CHECK_INT(a->job.err, 0);
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 1);
    CHECK_STR(text_at(a->answer, "items.0.docVersion"), version);
    CHECK_STR(text_at(a->answer, "items.0.title"), title);
    CHECK_STR(text_at(a->answer, "items.0.clinic.id"), clinic);
    action_drop(a);
}

TEST(consents_given, the_newest_version_is_in_force_in_ones_language_or_another)
{
    struct desk d;
    struct action *a;

    desk_open(&d);
    CHECK_INT(publish(&d, "terms", "Terms"), 0);
    check_current(&d, "en", "1", "Terms");
    CHECK_INT(publish(&d, "terms", "New terms"), 0);
    check_current(&d, "en", "2", "New terms");
    check_current(&d, "zh-CN", "2", "条款");
    check_current(&d, "fr", "2", "New terms");
    a = ask(&d, &d.patient, "GET /api/v1/consents", "{}");
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 0);      /* none is the server's          */
    action_drop(a);
    CHECK_INT(ASK_ERR(&d, &d.patient, "GET /api/v1/consents", "{\"clinic\":\"cln_none\"}"), -ENOENT);
    CHECK_INT(JOB(&d.s, db_run(d.s.db, "UPDATE consent_document SET title = 'x'", NO_ARGS)), DB_APPEND_ONLY);
    CHECK_INT(JOB(&d.s, db_run(d.s.db, "DELETE FROM consent_document", NO_ARGS)), DB_APPEND_ONLY);
    CHECK_INT(audit_count(&d, "consent.publish"), 2);
    desk_close(&d);
}

TEST(consents_given, one_agrees_once_to_what_is_in_force)
{
    struct desk d;
    struct action *a;

    desk_open(&d);
    CHECK_INT(ASK_ERR(&d, &d.patient, "POST " MINE, TERMS, "1"), -ENOENT);
    CHECK_INT(publish(&d, "terms", "Terms"), 0);
    CHECK_INT(ASK_ERR(&d, &d.patient, "POST " MINE, TERMS, "1"), 0);
    CHECK_INT(ASK_ERR(&d, &d.patient, "POST " MINE, TERMS, "1"), 0);
    CHECK_INT(audit_count(&d, "consent.give"), 1);
    CHECK_INT(publish(&d, "terms", "New terms"), 0);
    CHECK_INT(ASK_ERR(&d, &d.patient, "POST " MINE, TERMS, "1"), -ENOENT);
    CHECK_INT(ASK_ERR(&d, &d.patient, "POST " MINE, TERMS, "2"), 0);
    CHECK_INT(ASK_ERR(&d, &d.patient, "POST " MINE, "{\"docType\":\"terms\"}"), -EINVAL);
    a = ask(&d, &d.patient, "GET " MINE, "{}");
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 2);
    CHECK_STR(text_at(a->answer, "items.0.docVersion"), "2");
    action_drop(a);
    a = ask(&d, &d.stranger, "GET " MINE, "{}");
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 0);
    action_drop(a);
    CHECK_INT(store_number(&d.s, "SELECT count(DISTINCT evidence_hash) FROM consent", NO_ARGS), 2);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM consent WHERE ip = '192.0.2.7'", NO_ARGS), 2);
    desk_close(&d);
}

static void child_add(struct desk *d, char ret_id[DB_ID_SIZE])
{
    struct action *a = ask(d, &d->patient, "POST /api/v1/me/patients",
                           "{\"name\":\"小宝\",\"relation\":\"child\",\"birthDate\":\"2021-05-04\"}");

    CHECK_INT(a->job.err, 0);
    snprintf(ret_id, DB_ID_SIZE, "%s", text_at(a->answer, "member.id"));
    action_drop(a);
}

TEST(consents_given, a_guardian_agrees_for_his_own_and_for_nobody_elses)
{
    struct desk d;
    struct action *a;
    char child[DB_ID_SIZE];

    desk_open(&d);
    child_add(&d, child);
    CHECK_INT(publish(&d, "terms", "Terms"), 0);
    CHECK_INT(ASK_ERR(&d, &d.stranger, "POST " MINE, "{\"docType\":\"terms\",\"docVersion\":\"1\","
                      "\"patient\":\"%s\"}", child), -ENOENT);
    CHECK_INT(ASK_ERR(&d, &d.stranger, "GET " MINE, "{\"patient\":\"%s\"}", child), -ENOENT);
    CHECK_INT(ASK_ERR(&d, &d.patient, "POST " MINE, "{\"docType\":\"terms\",\"docVersion\":\"1\","
                      "\"patient\":\"%s\"}", child), 0);
    a = ask(&d, &d.patient, "GET " MINE, "{}");
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 0);
    action_drop(a);
    a = ask_with(&d, &d.patient, "GET " MINE, "{\"patient\":\"%s\"}", child);
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 1);
    action_drop(a);
    desk_close(&d);
}

TEST(consents_given, what_is_withdrawn_is_said_to_be)
{
    static const char withdraw[] = "DELETE " MINE "/{docType}";
    struct desk d;
    struct action *a;
    char child[DB_ID_SIZE], clinic[DB_ID_SIZE];

    desk_open(&d);
    child_add(&d, child);
    clinic_of(&d, clinic);
    CHECK_INT(publish(&d, "terms", "Terms"), 0);
    CHECK_INT(ASK_ERR(&d, &d.patient, "POST " MINE, TERMS, "1"), 0);
    CHECK_INT(ASK_ERR(&d, &d.patient, withdraw, "{\"docType\":\"terms\"}"), -ENOENT);
    CHECK_INT(ASK_ERR(&d, &d.patient, withdraw, "{\"docType\":\"terms\",\"clinic\":\"%s\","
                      "\"patient\":\"%s\"}", clinic, child), -ENOENT);
    CHECK_INT(ASK_ERR(&d, &d.stranger, withdraw, "{\"docType\":\"terms\",\"clinic\":\"%s\"}", clinic),
              -ENOENT);
    CHECK_INT(ASK_ERR(&d, &d.patient, withdraw, "{\"docType\":\"terms\",\"clinic\":\"%s\"}", clinic), 0);
    CHECK_INT(audit_count(&d, "consent.withdraw"), 1);
    a = ask(&d, &d.patient, "GET " MINE, "{}");
    check_keys(json_at(a->answer, "items.0"), "docType docVersion givenAt withdrawnAt clinic");
    action_drop(a);
    desk_close(&d);
}

TEST(consents_given, a_document_must_make_sense)
{
    static const char *const bad[] = {
        "{\"docType\":\"x\"}",
        "{\"docType\":\"\",\"texts\":[{\"lang\":\"en\",\"title\":\"t\",\"text\":\"t\"}]}",
        "{\"docType\":\"x\",\"texts\":[]}", "{\"docType\":\"x\",\"texts\":{}}",
        "{\"docType\":\"x\",\"texts\":[{\"lang\":\"en\",\"title\":\"\",\"text\":\"t\"}]}",
        "{\"docType\":\"x\",\"texts\":[{\"lang\":\"en\",\"title\":\"t\",\"text\":\"t\",\"more\":1}]}",
    };
    struct desk d;

    desk_open(&d);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (ASK_ERR(&d, &d.doctor, "POST /api/v1/admin/consents", "%s", bad[i]) != -EINVAL)
            fail_msg("%s is not refused", bad[i]);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "POST /api/v1/admin/consents",
                      "{\"docType\":\"x\",\"texts\":[{\"lang\":\"en\",\"title\":\"t\",\"text\":\"t\"},"
                      "{\"lang\":\"en\",\"title\":\"t\",\"text\":\"t\"}]}"), -EEXIST);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM consent_document", NO_ARGS), 0);
    desk_close(&d);
}

static const char confirm[] = "POST /api/v1/appointments/{appointment}/confirm";
static const char check_in[] = "POST /api/v1/appointments/{appointment}/check-in";

/* Monday, 2025-12-01, 09:00 in Shanghai: for `patient`, or for himself. */
static void hold(struct practice *p, const char *patient, char ret_id[DB_ID_SIZE])
{
    struct action *held;

    CHECK_INT(ASK_ERR(&p->d, &p->d.doctor, "POST " DOCTOR "/rules", MONDAYS, p->doctor), 0);
    held = ask_with(&p->d, &p->d.patient, "POST /api/v1/appointments",
                    "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":\"2025-12-01T01:00:00Z\"%s%s%s}",
                    p->doctor, p->service, patient ? ",\"patient\":\"" : "", patient ? patient : "",
                    patient ? "\"" : "");
    CHECK_INT(held->job.err, 0);
    snprintf(ret_id, DB_ID_SIZE, "%s", text_at(held->answer, "appointment.id"));
    action_drop(held);
}

TEST(consents_given, who_has_not_agreed_does_not_check_in_and_is_told_what_to)
{
    struct practice p;
    struct action *a;
    char id[DB_ID_SIZE];

    practice_open(&p);
    hold(&p, NULL, id);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, confirm, "{\"appointment\":\"%s\"}", id), 0);
    p.d.s.now = 1764550800;
    CHECK_INT(publish(&p.d, "terms", "Terms"), 0);
    CHECK_INT(publish(&p.d, "privacy", "Privacy"), 0);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " MINE, "{\"docType\":\"privacy\",\"docVersion\":\"1\"}"), 0);
    a = ask_with(&p.d, &p.d.patient, check_in, "{\"appointment\":\"%s\"}", id);
    CHECK_INT(a->job.err, -EKEYREJECTED);
    CHECK_INT(json_array_size(json_at(a->explained, "missing")), 1);
    CHECK_STR(text_at(a->explained, "missing.0.docType"), "terms");
    CHECK_STR(text_at(a->explained, "missing.0.docVersion"), "1");
    action_drop(a);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " MINE, TERMS, "1"), 0);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, check_in, "{\"appointment\":\"%s\"}", id), 0);
    desk_close(&p.d);
}

TEST(consents_given, a_booking_wants_those_of_whom_it_is_for)
{
    struct practice p;
    char id[DB_ID_SIZE], child[DB_ID_SIZE];

    practice_open(&p);
    child_add(&p.d, child);
    CHECK_INT(publish(&p.d, "terms", "Terms"), 0);
    hold(&p, child, id);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " MINE, TERMS, "1"), 0);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, confirm, "{\"appointment\":\"%s\"}", id), -EKEYREJECTED);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, "POST " MINE, "{\"docType\":\"terms\",\"docVersion\":\"1\","
                      "\"patient\":\"%s\"}", child), 0);
    CHECK_INT(ASK_ERR(&p.d, &p.d.patient, confirm, "{\"appointment\":\"%s\"}", id), 0);
    desk_close(&p.d);
}
