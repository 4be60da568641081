/* fault_storage.c - every allocation fails once, ours, SQLite's and jansson's, and every step of a statement:
 * the answer is an error or right, nothing leaks, the connection goes on. */
#include <sqlite3.h>

#include "fault.h"
#include "unit/storage/store_fixture.h"

#include "storage/store_audit.h"
#include "storage/store_session.h"

/* SQLite's own, in front of which we stand. */
static sqlite3_mem_methods memory;

static void *sqlite_malloc(int size)
{
    return fault_now() ? NULL : memory.xMalloc(size);
}

static void *sqlite_realloc(void *at, int size)
{
    return fault_now() ? NULL : memory.xRealloc(at, size);
}

static void stand_in_front(void)
{
    sqlite3_mem_methods ours;

    json_set_alloc_funcs(fault_malloc, fault_free);
    CHECK_INT(sqlite3_shutdown(), SQLITE_OK);
    CHECK_INT(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory), SQLITE_OK);
    ours = memory;
    ours.xMalloc = sqlite_malloc;
    ours.xRealloc = sqlite_realloc;
    CHECK_INT(sqlite3_config(SQLITE_CONFIG_MALLOC, &ours), SQLITE_OK);
    CHECK_INT(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);        /* all are visible    */
}

/* The n-th step of a statement, wrapped by the linker, says what a disk would. */
static long steps, step_fails = -1;
static int  step_code;
static bool step_came;

int __real_sqlite3_step(sqlite3_stmt *statement);
int __wrap_sqlite3_step(sqlite3_stmt *statement);

int __wrap_sqlite3_step(sqlite3_stmt *statement)
{
    if (steps++ != step_fails)
        return __real_sqlite3_step(statement);
    step_came = true;
    return step_code;
}

struct people { struct store_user anna, lee; int64_t consult; };

/* Each takes what it made, and gives it back. Returns 0 or the first error. */

static int do_start(struct db *db, const struct people *p)
{
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

static int do_add(struct db *db, const struct people *p)
{
    json_t *message;
    int err = store_message_add(db, p->consult, p->lee.id, &(struct message_new){ .client_id = "client-3",
                                .text = "how are you?" }, &message);

    if (err < 0)
        return err;
    check_keys(message, "id consult seq sender clientId kind sentAt text");
    json_decref(message);
    return 0;
}

static int do_messages(struct db *db, const struct people *p)
{
    json_t *page;
    int err = store_message_list(db, p->consult, &(struct message_list){ .after = -1 }, &page);

    if (err)
        return err;
    check_keys(json_at(page, "items.0"), "id consult seq sender clientId kind sentAt text");
    CHECK_STR(text_at(page, "items.0.text"), "hello");
    json_decref(page);
    return 0;
}

static int do_consults(struct db *db, const struct people *p)
{
    json_t *page;
    int err = store_consult_list(db, p->lee.id, &(struct consult_list){ .limit = 1 }, &page);

    if (err)
        return err;
    CHECK_INT(json_array_size(json_at(page, "items")), 1);
    check_keys(json_at(page, "items.0.lastMessage"), "id consult seq sender clientId kind sentAt text");
    json_decref(page);
    return 0;
}

static int do_move(struct db *db, const struct people *p)
{
    json_t *consult;
    int err = store_consult_move(db, p->consult, "active", &consult);

    if (err < 0)
        return err;
    CHECK_STR(text_at(consult, "state"), "active");
    json_decref(consult);
    err = store_consult_mark(db, p->consult, p->lee.id, CONSULT_READ, 1);
    return err < 0 ? err : store_audit_view(db, p->lee.id, "con_x", "::1") < 0 ? db_failure(db) : 0;
}

static int do_doctors(struct db *db, const struct people *p)
{
    json_t *page;
    int err = store_doctor_list(db, 1, NULL, &page);

    if (err)
        return err;
    CHECK_STR(text_at(page, "items.0.id"), p->lee.public_id);
    json_decref(page);
    return 0;
}

static int do_session(struct db *db, const struct people *p)
{
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

typedef int act(struct db *db, const struct people *p);

/* As the worker runs a job, on a new connection; and once more on the same one, when memory is back. */
static int run(const struct store *s, const struct people *p, act *one)
{
    struct db *db = NULL;
    int err;

    err = db_open(&(struct db_options){ .path = s->path, .host = &s->host }, &db);
    if (err)
        return err;

    err = db_script(db, "BEGIN");
    if (err == 0) {
        db_transaction_only(db, true);
        err = one(db, p);
        db_transaction_only(db, false);
        db_reset(db);
    }
    (void)fault_disarm();
    step_fails = -1;
    if (db_in_transaction(db))
        CHECK_INT(db_script(db, "ROLLBACK"), 0);
    CHECK_INT(db_script(db, "BEGIN"), 0);
    CHECK_INT(one(db, p), 0);
    CHECK_INT(db_script(db, "ROLLBACK"), 0);
    db_close(db);
    return err;
}

static void fail_each_allocation(const struct store *s, const struct people *p, act *one)
{
    int failures = 0;

    for (long n = 0;; n++) {
        int err;

        fault_arm(n, false);
        err = run(s, p, one);
        (void)fault_disarm();
        if (!fault_came())
            break;                              /* it needs no more                                   */
        CHECK(err == 0 || err == -ENOMEM);
        failures += err != 0;
    }
    CHECK(failures > 500);                      /* it was really tried                                */
}

static void fail_each_step(const struct store *s, const struct people *p, act *one)
{
    static const struct { int code, err; } codes[] = {
        { SQLITE_IOERR_READ, -EIO }, { SQLITE_FULL, -ENOSPC }, { SQLITE_BUSY, -EBUSY },
    };

    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        int failures = 0;

        step_code = codes[i].code;
        for (long n = 0;; n++) {
            int err;

            step_fails = n;
            step_came = false;
            steps = 0;
            err = run(s, p, one);
            if (!step_came)
                break;
            CHECK_INT(err, codes[i].err);
            failures++;
        }
        CHECK(failures > 0);
    }
}

typedef void fail_each(const struct store *, const struct people *, act *);

static void check_all(fail_each *each)
{
    static act *const acts[] = { do_start, do_add, do_messages, do_consults, do_move, do_doctors,
                                 do_session };
    struct store s;
    struct people p;

    store_open_file(&s);
    p.lee = store_doctor(&s, store_clinic(&s, "North"), "lee");
    p.anna = store_patient(&s, "anna");
    p.consult = store_start(&s, p.anna.id, p.lee.public_id, "client-1");
    for (size_t i = 0; i < COUNT_OF(acts); i++)
        each(&s, &p, acts[i]);
    store_close(&s);
}

TEST(fault_storage, any_step_may_fail)
{
    stand_in_front();
    check_all(fail_each_step);
}

TEST(fault_storage, any_allocation_may_fail)
{
    check_all(fail_each_allocation);
}
