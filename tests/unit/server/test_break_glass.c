/* test_break_glass.c - in an emergency: by whom, with which reason, who hears of it, and for how long. */
#include "sessions_fixture.h"

#include "auth/digest.h"
#include "storage/store_break_glass.h"
#include "storage/store_note.h"

struct ward {
    struct house  h;
    struct person colleague, foreign, admin;    /* of his clinic, and of another; with passwords      */
    char          patient[DB_ID_SIZE], path[128], results[128];
};

static void member_add(struct ward *w, struct person *p, const char *role, const char *name, int64_t clinic)
{
    char hash[PASSWORD_HASH_SIZE];
    struct store_user user = { 0 };

    CHECK_INT(password_hash(&password_cost_test, RIGHT, hash), 0);
    CHECK_INT(JOB(&w->h.d.s, store_user_add(w->h.d.s.db, &(struct user_new){ .role = role, .login = name,
                                            .name = name, .password_hash = hash, .clinic = clinic },
                                            &user)), 0);
    person_login(&w->h.d, p, name, user);
}

/* A result that the treating doctor signed. */
static int sign(struct store *s, const struct desk *d)
{
    struct consult_access access;
    struct note_new note = { .version = 1, .draft = 1 };
    unsigned char hash[DIGEST_SIZE];
    json_t *signed_note = NULL, *none = json_array();
    char *text;
    int err = store_consult_access(s->db, d->consult, d->doctor.session.user.id, &access);

    if (err == 0)
        err = store_note_next(s->db, access.consult, access.user, &signed_note);
    CHECK_INT(json_object_set_new(signed_note, "summary", json_string("penicillin allergy")), 0);
    CHECK_INT(json_object_set_new(signed_note, "note", json_string("his own words")), 0);
    text = json_dumps(signed_note, JSON_COMPACT | JSON_SORT_KEYS);
    CHECK_INT(digest_sha256(text, strlen(text), hash), 0);
    note.consult = access.consult;
    note.author = access.user;
    note.text = text;
    note.hash = hash;
    note.diagnoses = none;
    if (err == 0)
        err = store_note_add(s->db, &note);
    json_decref(signed_note);
    json_decref(none);
    free(text);
    return err;
}

static void ward_open(struct ward *w)
{
    struct desk *d = &w->h.d;
    struct db_query q;

    *w = (struct ward){ 0 };
    house_open(&w->h);
    member_add(w, &w->colleague, "doctor", "colleague", 1);
    member_add(w, &w->admin, "admin", "admin", 1);
    member_add(w, &w->foreign, "doctor", "foreign", store_clinic(&d->s, "South"));
    CHECK_INT(JOB(&d->s, sign(&d->s, d)), 0);
    CHECK_INT(db_query(d->s.db, &q, "SELECT p.public_id FROM patient p WHERE p.account_id = $1",
                       ARGS(INT(d->patient.session.user.id))), 1);
    snprintf(w->patient, sizeof w->patient, "%s", db_column_text(&q, 0));
    db_done(&q);
    snprintf(w->path, sizeof w->path, "/api/v1/patients/%s/break-glass", w->patient);
    snprintf(w->results, sizeof w->results, "/api/v1/patients/%s/results", w->patient);
}

#define EMERGENCY(reason, password) "{\"reason\":\"" reason "\",\"password\":\"" password "\"}"

static int breaks(struct ward *w, const struct person *who, const char *body)
{
    struct reply *r = http_ask_as(&w->h, who, "POST", w->path, body);
    int status = r->status;

    reply_free(r);
    return status;
}

static int looks(struct ward *w, const struct person *who)
{
    struct reply *r = http_ask_as(&w->h, who, "GET", w->results, "");
    int status = r->status;

    if (status == 200) {
        CHECK_INT(json_array_size(json_at(r->body, "items")), 1);
        CHECK_STR(text_at(r->body, "items.0.summary"), "penicillin allergy");
        CHECK(json_at(r->body, "items.0.note") == NULL);    /* the doctor's own words stay his        */
    }
    reply_free(r);
    return status;
}

static int64_t told(struct ward *w, const struct person *who)
{
    return store_number(&w->h.d.s, "SELECT count(*) FROM notification WHERE kind = 'break-glass' "
                        "AND user_id = $1 AND object = $2",
                        ARGS(INT(who->session.user.id), TEXT(w->patient)));
}

TEST(break_glass, opens_the_results_for_an_hour_and_everybody_hears_of_it)
{
    struct ward w;
    struct reply *r;

    ward_open(&w);
    CHECK_INT(looks(&w, &w.colleague), 403);
    CHECK_INT(breaks(&w, &w.colleague, EMERGENCY("昏迷，在急诊室，过敏史不明", RIGHT)), 200);
    CHECK_INT(looks(&w, &w.colleague), 200);
    CHECK_INT(looks(&w, &w.colleague), 200);
    CHECK_INT(looks(&w, &w.admin), 403);        /* it is open for him who broke it                    */
    house_settle(&w.h);
    CHECK_INT(told(&w, &w.h.d.patient), 1);
    CHECK_INT(told(&w, &w.admin), 1);
    CHECK_INT(told(&w, &w.h.d.stranger), 0);
    CHECK_INT(store_number(&w.h.d.s, "SELECT count(*) FROM audit_event WHERE purpose = 'break-glass' "
                           "AND actor_id = $1 AND object = $2 AND patient_id IS NOT NULL",
                           ARGS(INT(w.colleague.session.user.id), TEXT(w.patient))), 3);
    CHECK_INT(store_number(&w.h.d.s, "SELECT count(*) FROM audit_event WHERE action = 'denied' "
                           "AND object = $1",
                           ARGS(TEXT(w.patient))), 2);
    r = http_ask_as(&w.h, &w.h.d.patient, "GET", "/api/v1/me/access", "");
    check_has(r->text, "\"purpose\":\"break-glass\"");
    check_has(r->text, "\"action\":\"patient.results\"");
    reply_free(r);
    r = http_ask_as(&w.h, &w.admin, "GET", "/api/v1/admin/break-glass", "");
    CHECK_STR(text_at(r->body, "items.0.reason"), "昏迷，在急诊室，过敏史不明");
    CHECK_STR(text_at(r->body, "items.0.who.name"), "colleague");
    CHECK_STR(text_at(r->body, "items.0.patient.name"), "wang");
    reply_free(r);
    w.h.d.s.now += GLASS_S;
    CHECK_INT(looks(&w, &w.colleague), 403);
    house_close(&w.h);
}

TEST(break_glass, needs_a_reason_the_password_and_a_patient_of_the_clinic)
{
    struct ward w;
    struct reply *r;

    ward_open(&w);
    CHECK_INT(breaks(&w, &w.colleague, EMERGENCY("九个字不够的理由呢", RIGHT)), 400);
    CHECK_INT(breaks(&w, &w.colleague, "{\"password\":\"" RIGHT "\"}"), 400);
    CHECK_INT(breaks(&w, &w.colleague, "{\"reason\":\"unconscious, in the ward\"}"), 400);
    r = http_ask_as(&w.h, &w.colleague, "POST", w.path, EMERGENCY("unconscious, in the ward", "wrong one"));
    CHECK_INT(r->status, 403);
    CHECK_STR(text_at(r->body, "why"), "password-wrong");
    reply_free(r);
    CHECK_INT(breaks(&w, &w.foreign, EMERGENCY("unconscious, in the ward", RIGHT)), 404);
    CHECK_INT(breaks(&w, &w.h.d.stranger, EMERGENCY("unconscious, in the ward", RIGHT)), 403);
    house_settle(&w.h);
    CHECK_INT(store_number(&w.h.d.s, "SELECT count(*) FROM break_glass", NO_ARGS), 0);
    CHECK_INT(told(&w, &w.h.d.patient), 0);
    CHECK_INT(store_number(&w.h.d.s, "SELECT count(*) FROM audit_event WHERE action = 'denied' "
                           "AND actor_id = $1",
                           ARGS(INT(w.foreign.session.user.id))), 1);
    house_close(&w.h);
}

TEST(break_glass, a_patient_is_found_by_his_whole_name_in_his_clinic_only)
{
    struct ward w;
    struct reply *r;

    ward_open(&w);
    r = http_ask_as(&w.h, &w.colleague, "GET", "/api/v1/patients?name=wang", "");
    CHECK_INT(r->status, 200);
    CHECK_STR(text_at(r->body, "items.0.id"), w.patient);
    CHECK(json_is_false(json_at(r->body, "items.0.isOwn")));
    reply_free(r);
    r = http_ask_as(&w.h, &w.h.d.doctor, "GET", "/api/v1/patients?name=wang", "");
    CHECK(json_is_true(json_at(r->body, "items.0.isOwn")));
    reply_free(r);
    r = http_ask_as(&w.h, &w.foreign, "GET", "/api/v1/patients?name=wang", "");
    CHECK_INT(json_array_size(json_at(r->body, "items")), 0);
    reply_free(r);
    r = http_ask_as(&w.h, &w.colleague, "GET", "/api/v1/patients?name=wan", "");
    CHECK_INT(json_array_size(json_at(r->body, "items")), 0);
    reply_free(r);
    CHECK_INT(audit_count(&w.h.d, "patient.find"), 2);
    house_close(&w.h);
}

TEST(break_glass, rows_are_only_added_and_reasons_are_sealed)
{
    struct ward w;
    struct store *s = &w.h.d.s;

    ward_open(&w);
    CHECK_INT(breaks(&w, &w.colleague, EMERGENCY("unconscious, in the ward", RIGHT)), 200);
    CHECK_INT(db_script(s->db, "UPDATE break_glass SET until_utc = until_utc + 1"), DB_APPEND_ONLY);
    CHECK_INT(db_script(s->db, "DELETE FROM break_glass"), DB_APPEND_ONLY);
    CHECK_INT(store_number(s, "SELECT count(*) FROM break_glass WHERE instr(reason_enc, 'unconscious') > 0",
                           NO_ARGS), 0);
    house_close(&w.h);
}
