/* fault_storage.c - people, sessions, consults and messages, while allocations and steps fail. */
#include "fault_sql.h"
#include "unit/storage/store_fixture.h"

#include "storage/store_audit.h"
#include "storage/store_session.h"

struct people { struct store_user anna, lee; int64_t consult; };

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
    if (err < 0)
        return err;
    return store_audit_view(db, p->lee.id, "consult.view", "con_x", "::1") < 0 ? db_failure(db) : 0;
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

static fault_act *const acts[] = { do_start, do_add, do_messages, do_consults, do_move, do_doctors,
                                   do_session };

static void people_open(struct store *s, struct people *p)
{
    fault_sql_prepare();
    store_open_file(s);
    p->lee = store_doctor(s, store_clinic(s, "North"), "lee");
    p->anna = store_patient(s, "anna");
    p->consult = store_start(s, p->anna.id, p->lee.public_id, "client-1");
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
