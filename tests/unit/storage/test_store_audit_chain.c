/* The audit is a chain: whatever is done to its rows behind our back is found, and where. */
#include "store_fixture.h"

#include <string.h>

#include "storage/store_audit.h"
#include "storage/store_audit_chain.h"

enum { ROWS = 40, EDITS = 1000 };

static uint64_t dice_state;

static int dice(int sides)                      /* 0 … sides - 1; the same in every run               */
{
    dice_state = dice_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((dice_state >> 33) % (uint64_t)sides);
}

static void rows_add(struct store *s, int count)
{
    static const char *const actions[] = { "login", "consult.view", "file.view", "consult.move" };
    struct store_user anna = store_patient(s, "anna");

    for (int i = 0; i < count; i++, s->now += 60)
        CHECK_INT(JOB(s, store_audit_add(s->db, &(struct audit_new){
                  .user = i % 7 ? anna.id : 0, .action = actions[i % 4],
                  .object = i % 3 ? "con_x" : "pat_x", .ip = i % 5 ? "192.0.2.1" : NULL,
                  .detail = i % 2 ? "detail" : NULL, .purpose = i % 6 ? NULL : "break-glass" })), 0);
}

static void triggers_drop(struct store *s)
{
    CHECK_INT(db_script(s->db, "DROP TRIGGER audit_no_upd; DROP TRIGGER audit_no_del; "
                        "DROP TRIGGER audit_chained; PRAGMA foreign_keys = OFF"), 0);
}

static int64_t first_bad(struct store *s, const struct audit_head *head)
{
    struct audit_verdict verdict;
    int found = store_audit_verify(s->db, head, &verdict);

    CHECK(found >= 0);
    return found == 1 ? verdict.bad : 0;
}

TEST(store_audit_chain, as_it_was_written_is_found_good)
{
    struct store s;
    struct audit_head head;
    struct audit_verdict verdict;

    store_open(&s);
    CHECK_INT(store_audit_verify(s.db, NULL, &verdict), 0);
    CHECK_INT(verdict.rows, 0);
    rows_add(&s, ROWS);
    CHECK_INT(store_audit_head(s.db, &head), 0);
    CHECK_INT(head.id, ROWS);
    CHECK_INT(store_audit_verify(s.db, &head, &verdict), 0);
    CHECK_INT(verdict.rows, ROWS);
    store_close(&s);
}

/* --- whatever is done to it ---------------------------------------------------------------------------- */

static int64_t edit_column(struct store *s)
{
    static const char *const edits[] = {
        "UPDATE audit_event SET at_utc = at_utc + 1 WHERE id = $1",
        "UPDATE audit_event SET actor_id = coalesce(actor_id, 0) + 1 WHERE id = $1",
        "UPDATE audit_event SET action = action || 'x' WHERE id = $1",
        "UPDATE audit_event SET object = substr(object, 2) WHERE id = $1",
        "UPDATE audit_event SET ip = iif(ip IS NULL, '', NULL) WHERE id = $1",
        "UPDATE audit_event SET detail = coalesce(detail, '') || char(0) || 'x' WHERE id = $1",
        "UPDATE audit_event SET detail = action, action = coalesce(detail, '') WHERE id = $1",
        "UPDATE audit_event SET patient_id = coalesce(patient_id, 0) + 1 WHERE id = $1",
        "UPDATE audit_event SET clinic_id = coalesce(clinic_id, 0) + 1 WHERE id = $1",
        "UPDATE audit_event SET purpose = iif(purpose IS NULL, 'x', NULL) WHERE id = $1",
        "UPDATE audit_event SET hash = randomblob(36) WHERE id = $1",
        "UPDATE audit_event SET hash = NULL WHERE id = $1",
        "UPDATE audit_event SET id = id + 1000 WHERE id = $1",
        "UPDATE audit_event SET id = -id WHERE id = $1",
    };
    int kind = dice((int)COUNT_OF(edits));
    int64_t row = 1 + dice(ROWS);

    CHECK_INT(db_run(s->db, edits[kind], ARGS(INT(row))), 1);
    return kind == 13 ? 1 : row;                /* a row before the first: that one is not where it belongs */
}

static int64_t delete_one(struct store *s)
{
    int64_t row = 1 + dice(ROWS);

    CHECK_INT(db_run(s->db, "DELETE FROM audit_event WHERE id = $1", ARGS(INT(row))), 1);
    return row;
}

/* … and nobody sees a gap. */
static int64_t delete_and_close_up(struct store *s)
{
    int64_t row = 1 + dice(ROWS);

    CHECK_INT(db_run(s->db, "DELETE FROM audit_event WHERE id = $1", ARGS(INT(row))), 1);
    for (int64_t next = row + 1; next <= ROWS; next++)
        CHECK_INT(db_run(s->db, "UPDATE audit_event SET id = id - 1 WHERE id = $1", ARGS(INT(next))), 1);
    return row;
}

static int64_t swap_two(struct store *s)
{
    int64_t one = 1 + dice(ROWS), two = 1 + dice(ROWS - 1);

    two += two >= one;
    CHECK_INT(db_run(s->db, "UPDATE audit_event SET id = 0 WHERE id = $1", ARGS(INT(one))), 1);
    CHECK_INT(db_run(s->db, "UPDATE audit_event SET id = $1 WHERE id = $2", ARGS(INT(one), INT(two))), 1);
    CHECK_INT(db_run(s->db, "UPDATE audit_event SET id = $1 WHERE id = 0", ARGS(INT(two))), 1);
    return one < two ? one : two;
}

/* A copy of another row, with its hash, in the middle or at the end. */
static int64_t insert_one(struct store *s)
{
    int64_t at = 1 + dice(ROWS + 1), like = 1 + dice(ROWS);

    CHECK_INT(db_run(s->db, "INSERT INTO audit_event SELECT 0, at_utc, actor_id, action, object, ip, detail, "
                     "patient_id, clinic_id, purpose, hash FROM audit_event WHERE id = $1",
                     ARGS(INT(like))), 1);
    for (int64_t next = ROWS; next >= at; next--)
        CHECK_INT(db_run(s->db, "UPDATE audit_event SET id = id + 1 WHERE id = $1", ARGS(INT(next))), 1);
    CHECK_INT(db_run(s->db, "UPDATE audit_event SET id = $1 WHERE id = 0", ARGS(INT(at))), 1);
    return at == like ? at + 1 : at;            /* the same row twice: the second is the wrong one    */
}

static int64_t cut_tail(struct store *s)
{
    int64_t last = dice(ROWS);

    CHECK(db_run(s->db, "DELETE FROM audit_event WHERE id > $1", ARGS(INT(last))) > 0);
    return last + 1;
}

TEST(store_audit_chain, a_thousand_edits_are_all_found_and_the_first_bad_row_is_named)
{
    static int64_t (*const edits[])(struct store *) = { edit_column, delete_one, delete_and_close_up,
                                                        swap_two, insert_one, cut_tail };
    struct store s;
    struct audit_head head;

    store_open(&s);
    rows_add(&s, ROWS);
    CHECK_INT(store_audit_head(s.db, &head), 0);
    triggers_drop(&s);
    for (int i = 0; i < EDITS; i++) {
        int kind = dice((int)COUNT_OF(edits));
        int64_t want, got;

        CHECK_INT(db_script(s.db, "BEGIN"), 0);
        want = edits[kind](&s);
        got = first_bad(&s, &head);
        if (got != want)
            fail_msg("edit %d of kind %d: row %d, not %d", i, kind, (int)got, (int)want);
        CHECK_INT(db_script(s.db, "ROLLBACK"), 0);
    }
    CHECK_INT(first_bad(&s, &head), 0);
    store_close(&s);
}

TEST(store_audit_chain, a_tail_that_was_cut_and_has_grown_again_is_not_the_one_of_the_head)
{
    struct store s;
    struct audit_head head;

    store_open(&s);
    rows_add(&s, ROWS);
    CHECK_INT(store_audit_head(s.db, &head), 0);
    triggers_drop(&s);
    CHECK_INT(db_script(s.db, "DELETE FROM audit_event WHERE id > 30"), 0);
    CHECK_INT(first_bad(&s, NULL), 0);          /* by itself it is a good, shorter one                */
    CHECK_INT(first_bad(&s, &head), 31);
    for (int i = 0; i < 15; i++)
        CHECK_INT(JOB(&s, store_audit_add(s.db, &(struct audit_new){ .action = "a", .object = "o" })), 0);
    CHECK_INT(first_bad(&s, NULL), 0);
    CHECK_INT(first_bad(&s, &head), ROWS);
    store_close(&s);
}

/* --- the head ------------------------------------------------------------------------------------------ */

TEST(store_audit_chain, a_head_is_read_only_as_it_was_signed)
{
    struct store s, other;
    struct audit_head head, again;
    char text[AUDIT_HEAD_SIZE], bent[AUDIT_HEAD_SIZE];

    store_open(&s);
    store_open(&other);                         /* with keys of its own                               */
    rows_add(&s, 3);
    CHECK_INT(store_audit_head(s.db, &head), 0);
    CHECK_INT(audit_head_print(s.db, &head, text), 0);
    CHECK_INT(audit_head_parse(s.db, text, &again), 0);
    CHECK_INT(again.id, 3);
    CHECK_INT(again.at_utc, head.at_utc);
    CHECK(memcmp(again.hash, head.hash, sizeof head.hash) == 0);
    CHECK_INT(audit_head_parse(other.db, text, &again), -EBADMSG);
    for (size_t i = 0; text[i] != '\0'; i++) {
        memcpy(bent, text, sizeof bent);
        bent[i] = bent[i] == '1' ? '2' : '1';
        CHECK(audit_head_parse(s.db, bent, &again) < 0);
        bent[i] = '\0';
        CHECK_INT(audit_head_parse(s.db, bent, &again), -EINVAL);
    }
    store_close(&other);
    store_close(&s);
}

/* --- what was there before ----------------------------------------------------------------------------- */

/* Up to the file before the chain, with rows; then the rest. */
static void open_old(struct store *s, int rows)
{
    static struct migration before[64];
    int count = 0;

    for (; strcmp(migrations_sqlite[count].name, "audit_chain") != 0; count++)
        before[count] = migrations_sqlite[count];
    before[count] = (struct migration){ 0 };
    *s = (struct store){ .path = ":memory:" };
    store_host(s);
    s->db = store_connect(s, false);
    CHECK_INT(migrate_run(s->db, &(struct migrate_options){ .list = before }), count);
    for (int i = 0; i < rows; i++)
        CHECK_INT(db_run(s->db, "INSERT INTO audit_event(at_utc, action, object) VALUES($1, 'login', 'x')",
                         ARGS(INT(i))), 1);
    store_migrate(s);
}

TEST(store_audit_chain, rows_from_before_it_are_chained_once)
{
    struct store s;
    struct audit_head head;

    open_old(&s, 5);
    CHECK_INT(first_bad(&s, NULL), 1);
    CHECK_INT(JOB(&s, store_audit_chain(s.db)), 5);
    CHECK_INT(first_bad(&s, NULL), 0);
    CHECK_INT(JOB(&s, store_audit_chain(s.db)), 0);
    rows_add(&s, 2);
    CHECK_INT(store_audit_head(s.db, &head), 0);
    CHECK_INT(head.id, 7);
    CHECK_INT(first_bad(&s, &head), 0);

    triggers_drop(&s);                          /* a part without hashes is no old database           */
    CHECK_INT(db_script(s.db, "UPDATE audit_event SET hash = NULL WHERE id < 6"), 0);
    CHECK_INT(JOB(&s, store_audit_chain(s.db)), 0);
    CHECK_INT(first_bad(&s, NULL), 1);
    store_close(&s);
}

TEST(store_audit_chain, an_empty_database_has_nothing_to_chain)
{
    struct store s;

    store_open(&s);
    CHECK_INT(JOB(&s, store_audit_chain(s.db)), 0);
    store_close(&s);
}

TEST(store_audit_chain, a_hash_is_given_once_and_nothing_beside_it)
{
    static const char *const cases[] = {
        "UPDATE audit_event SET hash = randomblob(36), ip = 'x'", "UPDATE audit_event SET ip = 'x'",
        "UPDATE audit_event SET hash = randomblob(36), at_utc = 7",
        "UPDATE audit_event SET hash = randomblob(36), patient_id = 7",
        "INSERT INTO audit_event(id, at_utc, action, object) VALUES(3, 0, 'a', 'o')",
        "INSERT INTO audit_event(id, at_utc, action, object, hash) VALUES(4, 0, 'a', 'o', randomblob(36))",
    };
    struct store s;

    open_old(&s, 2);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_INT(db_script(s.db, cases[i]), DB_APPEND_ONLY);
    CHECK_INT(JOB(&s, store_audit_chain(s.db)), 2);
    CHECK_INT(db_script(s.db, "UPDATE audit_event SET hash = randomblob(36) WHERE id = 2"), DB_APPEND_ONLY);
    store_close(&s);
}
