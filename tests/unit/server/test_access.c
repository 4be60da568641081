/* test_access.c - who saw my record: every look has its row, every try too, shown to whom it concerns. */
#include "api_house.h"

static struct reply *get(struct house *h, const struct person *who, const char *path)
{
    struct reply *r = http_ask_as(h, who, "GET", path, "");

    CHECK_INT(r->status, 200);
    return r;
}

static int64_t rows(struct house *h, const char *action, const char *object)
{
    return store_number(&h->d.s, "SELECT count(*) FROM audit_event WHERE action = $1 AND object = $2",
                        ARGS(TEXT(action), TEXT(object)));
}

static void admin_add(struct house *h, struct person *admin, const char *login, int64_t clinic)
{
    struct store_user user = { 0 };

    CHECK_INT(JOB(&h->d.s, store_user_add(h->d.s.db, &(struct user_new){ .role = "admin", .login = login,
                                          .name = login, .clinic = clinic }, &user)), 0);
    person_login(&h->d, admin, login, user);
}

TEST(access, the_patient_sees_who_looked_and_not_himself)
{
    struct house h;
    struct reply *r;
    char path[128];

    house_open(&h);
    snprintf(path, sizeof path, "/api/v1/consultations/%s/messages", h.d.consult);
    reply_free(get(&h, &h.d.patient, path));
    reply_free(get(&h, &h.d.doctor, path));
    r = get(&h, &h.d.patient, "/api/v1/me/access");
    CHECK_INT(json_array_size(json_at(r->body, "items")), 1);
    check_keys(json_at(r->body, "items.0"), "who clinic action object consult at");
    CHECK_STR(text_at(r->body, "items.0.who.id"), h.d.doctor.session.user.public_id);
    CHECK_STR(text_at(r->body, "items.0.clinic.name"), "North");
    CHECK_STR(text_at(r->body, "items.0.action"), "consult.view");
    CHECK_STR(text_at(r->body, "items.0.consult"), h.d.consult);
    reply_free(r);
    r = get(&h, &h.d.stranger, "/api/v1/me/access");
    CHECK_INT(json_array_size(json_at(r->body, "items")), 0);
    reply_free(r);
    house_close(&h);
}

TEST(access, who_tries_and_may_not_leaves_a_row_in_ten_minutes_and_who_makes_ids_up_none)
{
    struct house h;
    struct reply *r;
    struct live *l;
    char path[128];

    house_open(&h);
    snprintf(path, sizeof path, "/api/v1/consultations/%s", h.d.consult);
    for (int i = 0; i < 3; i++)
        check_problem(http_ask_as(&h, &h.d.stranger, "GET", path, ""), 404, "not-found");
    check_problem(http_ask_as(&h, &h.d.stranger, "GET", "/api/v1/consultations/con_none", ""), 404,
                  "not-found");
    house_settle(&h);
    CHECK_INT(rows(&h, "denied", h.d.consult), 1);
    CHECK_INT(audit_count(&h.d, "denied"), 1);
    l = live_open(&h, &h.d.patient);            /* by the other door, at another's                    */
    live_emit(l, 1, "consult:join", "{\"consult\":\"%s\"}", h.d.other);
    check_has(live_acked(l, 1), "not-found");
    live_free(l);
    house_settle(&h);
    CHECK_INT(rows(&h, "denied", h.d.other), 1);
    r = get(&h, &h.d.patient, "/api/v1/me/access");
    CHECK_STR(text_at(r->body, "items.0.action"), "denied");
    CHECK_STR(text_at(r->body, "items.0.who.id"), h.d.stranger.session.user.public_id);
    reply_free(r);
    house_close(&h);
}

TEST(access, lists_that_show_words_of_patients_leave_a_row)
{
    static const char *const lists[] = { "/api/v1/consultations", "/api/v1/appointments",
                                         "/api/v1/me/transfers" };
    struct house h;
    char path[128];

    house_open(&h);
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        reply_free(get(&h, &h.d.doctor, lists[i]));
        reply_free(get(&h, &h.d.doctor, lists[i]));
        CHECK_INT(rows(&h, "list.view", lists[i]), 1);
    }
    snprintf(path, sizeof path, "/api/v1/doctors/%s/board", h.d.doctor.session.user.public_id);
    reply_free(get(&h, &h.d.doctor, path));
    CHECK_INT(rows(&h, "board.view", h.d.doctor.session.user.public_id), 1);
    house_close(&h);
}

TEST(access, an_admin_reads_the_rows_of_his_clinic_only)
{
    struct house h;
    struct person admin, foreign;
    struct reply *r;
    char path[256];

    house_open(&h);
    admin_add(&h, &admin, "admin", 1);
    admin_add(&h, &foreign, "foreign", store_clinic(&h.d.s, "South"));
    snprintf(path, sizeof path, "/api/v1/consultations/%s", h.d.consult);
    reply_free(get(&h, &h.d.patient, path));
    reply_free(get(&h, &h.d.doctor, path));
    r = get(&h, &admin, "/api/v1/admin/audit?action=consult.view&limit=1");
    CHECK_STR(text_at(r->body, "items.0.who.id"), h.d.doctor.session.user.public_id);
    CHECK_STR(text_at(r->body, "items.0.patient.name"), "wang");
    snprintf(path, sizeof path, "/api/v1/admin/audit?action=consult.view&limit=1&cursor=%s",
             text_at(r->body, "nextCursor"));
    reply_free(r);
    r = get(&h, &admin, path);
    CHECK_STR(text_at(r->body, "items.0.who.id"), h.d.patient.session.user.public_id);
    CHECK(json_is_null(json_at(r->body, "nextCursor")));
    reply_free(r);
    snprintf(path, sizeof path, "/api/v1/admin/audit?user=%s&from=2025-11-24T16:00:00Z&to="
             "2025-11-24T16:00:01Z", h.d.patient.session.user.public_id);
    r = get(&h, &admin, path);
    CHECK_INT(json_array_size(json_at(r->body, "items")), 1);
    reply_free(r);
    r = get(&h, &foreign, "/api/v1/admin/audit?action=consult.view");
    CHECK_INT(json_array_size(json_at(r->body, "items")), 0);
    reply_free(r);
    check_problem(http_ask_as(&h, &admin, "GET", "/api/v1/admin/audit?cursor=x", ""), 400, "bad-request");
    check_problem(http_ask_as(&h, &h.d.doctor, "GET", "/api/v1/admin/audit", ""), 403, "forbidden");
    CHECK_INT(rows(&h, "list.view", "/api/v1/admin/audit"), 2);
    house_close(&h);
}

TEST(access, a_guardian_sees_it_of_a_child_and_nobody_of_anothers)
{
    struct house h;
    struct reply *r;

    house_open(&h);
    CHECK_INT(JOB(&h.d.s, db_run(h.d.s.db, "INSERT INTO patient(public_id, account_id, display_name, "
                                 "relation, birth_date) SELECT 'pat_child', $1, '小宝', 'child', '2021-05-04'",
                                 ARGS(INT(h.d.patient.session.user.id)))), 1);
    CHECK_INT(JOB(&h.d.s, store_audit_add(h.d.s.db, &(struct audit_new){ .user = h.d.doctor.session.user.id,
                                          .action = "patient.verify", .object = "pat_child" })), 0);
    r = get(&h, &h.d.patient, "/api/v1/me/access?patient=pat_child");
    CHECK_STR(text_at(r->body, "items.0.action"), "patient.verify");
    reply_free(r);
    check_problem(http_ask_as(&h, &h.d.stranger, "GET", "/api/v1/me/access?patient=pat_child", ""), 404,
                  "not-found");
    house_close(&h);
}

/* Whatever a user can say that is written there. */
TEST(access, one_row_stays_one_row_whatever_is_in_it)
{
    static const char *const evil[] = { "a\r\nb", "\",\"action\":\"x", "'); DELETE FROM audit_event; --",
                                        "{\"a\":1}\n{\"b\":2}", "\u2028", "%s%n", "\x01\x1b[2J" };
    struct house h;
    struct person admin;
    struct reply *r;

    house_open(&h);
    admin_add(&h, &admin, "admin", 1);
    for (size_t i = 0; i < COUNT_OF(evil); i++) {
        json_t *body = json_pack("{s:s}", "evidence", evil[i]);
        char path[128], *text = json_dumps(body, 0);
        int64_t before = store_number(&h.d.s, "SELECT count(*) FROM audit_event", NO_ARGS);

        snprintf(path, sizeof path, "/api/v1/admin/patients/%s/verify", "pat_x");
        CHECK_INT(db_run(h.d.s.db, "UPDATE patient SET public_id = 'pat_x' WHERE id = 1", NO_ARGS), 1);
        r = http_ask_as(&h, &admin, "POST", path, text);
        CHECK_INT(r->status, 200);
        reply_free(r);
        CHECK_INT(store_number(&h.d.s, "SELECT count(*) FROM audit_event", NO_ARGS), before + 1);
        r = get(&h, &admin, "/api/v1/admin/audit?action=patient.verify&limit=1");
        CHECK_INT(json_array_size(json_at(r->body, "items")), 1);
        CHECK_STR(text_at(r->body, "items.0.detail"), evil[i]);
        reply_free(r);
        json_decref(body);
        free(text);
        h.d.s.now += 1;
    }
    house_close(&h);
}

TEST(access, what_a_search_finds_is_a_look_and_what_is_asked_for_must_make_sense)
{
    static const char *const bad[] = { "", "?q=", "?q=%E9%AB%98", "?q=aa&limit=0", "?q=aa&cursor=x",
                                       "?q=aa+b+c+d+e+f+g+h+i", "?q=aa&more=1" };
    struct house h;
    struct reply *r;
    char path[128];

    house_open(&h);
    for (int i = 0; i < 2; i++) {
        r = get(&h, &h.d.doctor, "/api/v1/search?q=hello");
        CHECK_INT(json_array_size(json_at(r->body, "items")), 2);
        reply_free(r);
    }
    CHECK_INT(rows(&h, "search.hit", h.d.consult), 1);
    CHECK_INT(rows(&h, "search.hit", h.d.other), 1);
    r = get(&h, &h.d.patient, "/api/v1/search?q=HELLO");
    CHECK_INT(json_array_size(json_at(r->body, "items")), 1);
    CHECK_STR(text_at(r->body, "items.0.consult"), h.d.consult);
    reply_free(r);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        snprintf(path, sizeof path, "/api/v1/search%s", bad[i]);
        check_problem(http_ask_as(&h, &h.d.patient, "GET", path, ""), 400, "bad-request");
    }
    house_close(&h);
}
