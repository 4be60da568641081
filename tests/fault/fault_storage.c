/* fault_storage.c - people, sessions, consults and messages, while allocations and steps fail. */
#include "fault_sql.h"
#include "unit/storage/store_fixture.h"

#include "storage/store_access.h"
#include "storage/store_audit.h"
#include "storage/store_audit_chain.h"
#include "storage/store_break_glass.h"
#include "storage/store_search.h"
#include "storage/store_session.h"
#include "storage/store_token.h"

struct people { struct store_user anna, lee; int64_t consult; char consult_id[DB_ID_SIZE]; };

static int do_start(struct db *db, const void *data)
{
    const struct people *p = data;
    const struct consult_new new = { .user = p->anna.id, .doctor = p->lee.public_id, .text = "hello 长",
                                     .client_id = "client-2" };
    json_t *consult, *message;
    int err = store_consult_start(db, &new, &consult, &message);

    if (err < 0)
        return err;
    CHECK_STR(text_at(consult, "state"), "open");
    CHECK_STR(text_at(message, "text"), "hello 长");
    json_decref(consult);
    json_decref(message);
    return 0;
}

static int do_add(struct db *db, const void *data)
{
    const struct people *p = data;
    json_t *message;
    int err = store_message_add(db, p->consult, p->lee.id, &(struct message_new){ .client_id = "client-3",
                                .text = "how are you?" }, &message);

    if (err < 0)
        return err;
    check_keys(message, "id consult seq sender clientId kind sentAt text");
    json_decref(message);
    return 0;
}

static int do_messages(struct db *db, const void *data)
{
    const struct people *p = data;
    json_t *page;
    int err = store_message_list(db, p->consult, &(struct message_list){ .after = -1 }, &page);

    if (err)
        return err;
    check_keys(json_at(page, "items.0"), "id consult seq sender clientId kind sentAt text");
    CHECK_STR(text_at(page, "items.0.text"), "hello");
    json_decref(page);
    return 0;
}

static int do_consults(struct db *db, const void *data)
{
    const struct people *p = data;
    json_t *page;
    int err = store_consult_list(db, p->lee.id, &(struct consult_list){ .limit = 1 }, &page);

    if (err)
        return err;
    CHECK_INT(json_array_size(json_at(page, "items")), 1);
    check_keys(json_at(page, "items.0.lastMessage"), "id consult seq sender clientId kind sentAt text");
    json_decref(page);
    return 0;
}

static int do_move(struct db *db, const void *data)
{
    const struct people *p = data;
    json_t *consult;
    int err = store_consult_move(db, p->consult, "active", &consult);

    if (err < 0)
        return err;
    CHECK_STR(text_at(consult, "state"), "active");
    json_decref(consult);
    err = store_consult_mark(db, p->consult, p->lee.id, CONSULT_READ, 1);
    return err < 0 ? err : 0;
}

/* A row of the audit is there, whole and chained, or its act is not. */
static int do_audit(struct db *db, const void *data)
{
    const struct people *p = data;
    struct audit_verdict verdict;
    char head[AUDIT_HEAD_SIZE];
    json_t *page;
    int err = store_audit_view(db, p->lee.id, "consult.view", p->consult_id, "::1");

    if (err >= 0)
        err = store_audit_verify(db, NULL, &verdict);
    if (err < 0)
        return err;
    CHECK_INT(err, 0);
    CHECK_INT(verdict.rows, verdict.last.id);
    err = audit_head_print(db, &verdict.last, head);
    if (err == 0)
        err = audit_head_parse(db, head, &verdict.last);
    if (err == 0)
        err = store_access_list(db, p->anna.id, NULL, 0, NULL, &page);
    if (err)
        return err;
    CHECK_STR(text_at(page, "items.0.who.id"), p->lee.public_id);
    json_decref(page);
    err = store_access_search(db, 1, &(struct access_filter){ .to_utc = INT64_MAX }, 0, NULL, &page);
    if (err)
        return err;
    CHECK_STR(text_at(page, "items.0.patient.name"), "anna");
    json_decref(page);
    return 0;
}

/* Said, found, taken back, found no more. */
static int do_search(struct db *db, const void *data)
{
    const struct people *p = data;
    const struct search_query query = { .text = "血压" };
    const struct message_new new = { .client_id = "client-search", .text = "高血压 canary" };
    json_t *message, *page, *recalled;
    int err = store_message_add(db, p->consult, p->anna.id, &new, &message);

    if (err < 0)
        return err;
    err = store_search(db, p->lee.id, &query, &page);
    if (err == 0) {
        CHECK_STR(text_at(page, "items.0.message"), text_at(message, "id"));
        json_decref(page);
        err = store_message_recall(db, p->consult, p->anna.id, text_at(message, "id"), 60, &recalled);
    }
    json_decref(message);
    if (err < 0)
        return err;
    json_decref(recalled);
    err = store_search(db, p->lee.id, &query, &page);
    if (err)
        return err;
    CHECK_INT(json_array_size(json_at(page, "items")), 0);
    json_decref(page);
    err = db_run(db, "UPDATE message_token_backlog SET next_id = 1 WHERE id = 1", NO_ARGS);
    if (err >= 0)
        err = store_token_backlog(db);
    return err < 0 ? err : 0;
}

static int do_doctors(struct db *db, const void *data)
{
    const struct people *p = data;
    json_t *page;
    int err = store_doctor_list(db, &(struct doctor_list){ .limit = 1 }, &page);

    if (err)
        return err;
    CHECK_STR(text_at(page, "items.0.id"), p->lee.public_id);
    json_decref(page);
    return 0;
}

static int do_session(struct db *db, const void *data)
{
    const struct people *p = data;
    static const unsigned char a[STORE_HASH_SIZE] = { 1 }, b[STORE_HASH_SIZE] = { 2 };
    struct store_session session, rotated;
    struct user_secret secret;
    json_t *me;
    int err = store_user_by_login(db, "anna", &secret);

    if (err == 0)
        err = store_session_add(db, secret.user.id, a, NULL, &session);
    if (err == 0)
        err = store_session_rotate(db, a, b, &rotated);
    if (err < 0)
        return err;
    CHECK_STR(rotated.public_id, session.public_id);
    CHECK_STR(rotated.user.public_id, p->anna.public_id);
    err = store_user_me(db, p->anna.id, &me);
    if (err)
        return err;
    check_keys(me, "id name role login locale tz");
    json_decref(me);
    return 0;
}

static int do_glass(struct db *db, const void *data)
{
    const struct people *p = data;
    int64_t until, consults[GLASS_RESULTS_MAX];
    struct glass_patient patient;
    json_t *found, *page;
    int err = store_glass_find(db, 1, p->lee.id, "anna", &found);

    if (err)
        return err;
    err = store_glass_patient(db, 1, text_at(found, "0.id"), &patient);
    json_decref(found);
    if (err == 0)
        err = store_glass_break(db, p->lee.id, patient.id, 1, "昏迷，在急诊室，过敏史不明", &until);
    if (err == 0)
        err = store_glass_open(db, p->lee.id, patient.id, &until);
    if (err == 0)
        err = store_glass_signed(db, patient.id, 1, consults);
    if (err < 0)
        return err;
    err = store_glass_list(db, 1, 0, NULL, &page);
    if (err)
        return err;
    CHECK_STR(text_at(page, "items.0.who.name"), "lee");
    json_decref(page);
    return 0;
}

static fault_act *const acts[] = { do_start, do_add, do_messages, do_consults, do_move, do_doctors,
                                   do_session, do_audit, do_search, do_glass };

static void people_open(struct store *s, struct people *p)
{
    struct db_query q;

    fault_sql_prepare();
    store_open_file(s);
    p->lee = store_doctor(s, store_clinic(s, "North"), "lee");
    p->anna = store_patient(s, "anna");
    p->consult = store_start(s, p->anna.id, p->lee.public_id, "client-1");
    CHECK_INT(db_query(s->db, &q, "SELECT public_id FROM consultation WHERE id = $1",
                       ARGS(INT(p->consult))), 1);
    snprintf(p->consult_id, sizeof p->consult_id, "%s", db_column_text(&q, 0));
    db_done(&q);
}

TEST(fault_storage, any_step_may_fail)
{
    struct store s;
    struct people p;

    people_open(&s, &p);
    fault_sql_steps(&(struct db_options){ .path = s.path, .host = &s.host }, &p, acts, COUNT_OF(acts));
    store_close(&s);
}

TEST(fault_storage, any_allocation_may_fail)
{
    struct store s;
    struct people p;

    people_open(&s, &p);
    fault_sql_allocations(&(struct db_options){ .path = s.path, .host = &s.host }, &p, acts, COUNT_OF(acts));
    store_close(&s);
}
