/* test_consents_given.c - what patients agree to, by version; who has not does not check in. */
#include "practice_fixture.h"

#define MINE  "/api/v1/me/consents"
#define TERMS "{\"docType\":\"terms\",\"docVersion\":\"%s\"}"

static int publish(struct desk *d, const char *type, const char *title)
{
    return ASK_ERR(d, &d->doctor, "POST /api/v1/admin/consents",
                   "{\"docType\":\"%s\",\"texts\":[{\"lang\":\"zh-CN\",\"title\":\"条款\",\"text\":\"…\"},"
                   "{\"lang\":\"en\",\"title\":\"%s\",\"text\":\"All of it.\"}]}", type, title);
}

static void check_current(struct desk *d, const char *lang, const char *version, const char *title)
{
    struct action *a = ask_with(d, &d->patient, "GET /api/v1/consents", "{\"lang\":\"%s\"}", lang);

    CHECK_INT(a->job.err, 0);
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 1);
    CHECK_STR(text_at(a->answer, "items.0.docVersion"), version);
    CHECK_STR(text_at(a->answer, "items.0.title"), title);
    action_drop(a);
}

TEST(consents_given, the_newest_version_is_in_force_in_ones_language_or_another)
{
    struct desk d;

    desk_open(&d);
    CHECK_INT(publish(&d, "terms", "Terms"), 0);
    check_current(&d, "en", "1", "Terms");
    CHECK_INT(publish(&d, "terms", "New terms"), 0);
    check_current(&d, "en", "2", "New terms");
    check_current(&d, "zh-CN", "2", "条款");
    check_current(&d, "fr", "2", "New terms");
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

/* Monday, 2025-12-01, 09:00 in Shanghai. */
static void book(struct practice *p, char ret_id[DB_ID_SIZE])
{
    struct action *held;

    CHECK_INT(ASK_ERR(&p->d, &p->d.doctor, "POST " DOCTOR "/rules", MONDAYS, p->doctor), 0);
    held = ask_with(&p->d, &p->d.patient, "POST /api/v1/appointments",
                    "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":\"2025-12-01T01:00:00Z\"}", p->doctor,
                    p->service);
    snprintf(ret_id, DB_ID_SIZE, "%s", text_at(held->answer, "appointment.id"));
    action_drop(held);
    CHECK_INT(ASK_ERR(&p->d, &p->d.patient, "POST /api/v1/appointments/{appointment}/confirm",
                      "{\"appointment\":\"%s\"}", ret_id), 0);
    p->d.s.now = 1764550800;
}

TEST(consents_given, who_has_not_agreed_does_not_check_in_and_is_told_what_to)
{
    static const char check_in[] = "POST /api/v1/appointments/{appointment}/check-in";
    struct practice p;
    struct action *a;
    char id[DB_ID_SIZE];

    practice_open(&p);
    book(&p, id);
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
