/* The connection: arguments, statements, the reader, copies. */
#include "store_fixture.h"

#include <sys/stat.h>

static struct db *memory(void)
{
    struct db *db = NULL;

    CHECK_INT(db_open(&(struct db_options){ .path = ":memory:" }, &db), 0);
    return db;
}

TEST(db, binds_by_name_not_by_place)
{
    struct db *db = memory();
    json_t *row;

    CHECK_INT(db_row(db, &row, "SELECT $3 AS \"c\", $1 AS \"a\", $2 AS \"b\", $1 AS \"again\"",
                     ARGS(INT(1), TEXT("two"), INT(INT64_MIN))), 0);
    CHECK_INT(int_at(row, "a"), 1);
    CHECK_STR(text_at(row, "b"), "two");
    CHECK(int_at(row, "c") == INT64_MIN);
    CHECK_INT(int_at(row, "again"), 1);
    json_decref(row);
    db_close(db);
}

TEST(db, binds_every_type_and_null)
{
    static const unsigned char bytes[] = { 0, 1, 0, 255 };
    static const char sql[] = "SELECT typeof($1) || ' ' || typeof($2) || ' ' || typeof($3) || ' ' || "
                              "typeof($4) || ' ' || typeof($5) || ' ' || hex($4) AS \"types\"";
    struct db *db = memory();
    json_t *row;

    CHECK_INT(db_row(db, &row, sql,
                     ARGS(NUL(), TEXT(NULL), TEXT(""), BLOB(bytes, sizeof bytes), INT(0))), 0);
    CHECK_STR(text_at(row, "types"), "null null text blob integer 000100FF");
    json_decref(row);

    /* Nothing of the first call is left in the statement. */
    CHECK_INT(db_row(db, &row, sql, ARGS(NUL(), NUL(), NUL(), NUL(), NUL())), 0);
    CHECK_STR(text_at(row, "types"), "null null null null null ");
    json_decref(row);
    db_close(db);
}

TEST(db, an_argument_is_never_sql)
{
    static const char named[] = "SELECT count(*) FROM t WHERE name = $1", evil[] = "'); DROP TABLE t; --";
    struct db *db = memory();
    int64_t count;

    CHECK_INT(db_script(db, "CREATE TABLE t(name TEXT) STRICT"), 0);
    CHECK_INT(db_run(db, "INSERT INTO t VALUES($1)", ARGS(TEXT(evil))), 1);
    CHECK_INT(db_int(db, &count, named, ARGS(TEXT(evil))), 0);
    CHECK_INT(count, 1);
    CHECK_INT(db_int(db, &count, named, ARGS(TEXT("x' OR '1'='1"))), 0);
    CHECK_INT(count, 0);
    db_close(db);
}

TEST(db, run_counts_the_rows_it_changed)
{
    struct db *db = memory();

    CHECK_INT(db_run(db, "CREATE TABLE t(a INTEGER PRIMARY KEY, b INTEGER) STRICT", NO_ARGS), 0);
    CHECK_INT(db_run(db, "INSERT INTO t VALUES(1, 1), (2, 1), (3, 2)", NO_ARGS), 3);
    CHECK_INT(db_run(db, "UPDATE t SET b = 9 WHERE b = $1", ARGS(INT(1))), 2);
    CHECK_INT(db_run(db, "UPDATE t SET b = 9 WHERE b = $1", ARGS(INT(1))), 0);
    CHECK_INT(db_run(db, "BEGIN", NO_ARGS), 0);
    CHECK_INT(db_run(db, "INSERT INTO t VALUES(4, 4), (5, 5) RETURNING a", NO_ARGS), 2);
    CHECK_INT(db_run(db, "COMMIT", NO_ARGS), 0);
    CHECK_INT(db_run(db, "SELECT a FROM t", NO_ARGS), 0);
    CHECK_INT(db_run(db, "DELETE FROM t", NO_ARGS), 5);
    db_close(db);
}

TEST(db, int_is_the_first_of_the_first_row_and_enoent_without_one)
{
    struct db *db = memory();
    int64_t number = 77;

    CHECK_INT(db_int(db, &number, "SELECT 1 WHERE $1 = 2", ARGS(INT(1))), -ENOENT);
    CHECK_INT(number, 77);                      /* untouched                                          */
    CHECK_INT(db_int(db, &number, "SELECT NULL", NO_ARGS), -ENOENT);
    CHECK_INT(number, 77);
    CHECK_INT(db_int(db, &number, "SELECT 5, 6 UNION ALL SELECT 7, 8", NO_ARGS), 0);
    CHECK_INT(number, 5);
    db_close(db);
}

TEST(db, returning_runs_to_the_end)
{
    struct db *db = memory();
    int64_t first;

    CHECK_INT(db_script(db, "CREATE TABLE t(a INTEGER PRIMARY KEY) STRICT"), 0);
    CHECK_INT(db_int(db, &first, "INSERT INTO t VALUES(1), (2), (3) RETURNING a", NO_ARGS), 0);
    CHECK_INT(first, 1);
    CHECK_INT(db_int(db, &first, "SELECT count(*) FROM t", NO_ARGS), 0);
    CHECK_INT(first, 3);
    db_close(db);
}

static int counted(struct db *db, int64_t below)
{
    struct db_query q;
    int more, count = 0;

    for (more = db_query(db, &q, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10) "
                         "SELECT i FROM n WHERE i < $1", ARGS(INT(below))); more > 0; more = db_next(&q)) {
        count++;
        CHECK_INT(db_column_int(&q, 0), count);
    }
    CHECK_INT(more, 0);
    return count;
}

/* The same literal over and over, with other arguments, after an end, after a break, after an error. */
TEST(db, statements_are_used_again)
{
    struct db *db = memory();
    struct db_query q;
    static const char *const sql = "SELECT $1 UNION ALL SELECT 2";

    for (int i = 1; i <= 1000; i++)
        CHECK_INT(counted(db, i), i > 10 ? 10 : i - 1);

    for (int i = 0; i < 3; i++) {
        CHECK_INT(db_query(db, &q, sql, ARGS(INT(i))), 1);
        CHECK_INT(db_column_int(&q, 0), i);
        db_done(&q);
        db_done(&q);                            /* once more harms nothing                            */
    }

    CHECK_INT(db_query(db, &q, sql, ARGS(INT(8))), 1);
    db_reset(db);                               /* left open by a job that failed                     */
    CHECK_INT(db_query(db, &q, sql, ARGS(INT(9))), 1);
    CHECK_INT(db_column_int(&q, 0), 9);
    db_done(&q);
    db_close(db);
}

/* Fills the table past its first probes: 300 texts of their own. */
TEST(db, keeps_many_statements_apart)
{
    static char sql[300][32];
    struct db *db = memory();
    int64_t number;

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 300; i++) {
            if (round == 0)
                snprintf(sql[i], sizeof sql[i], "SELECT %d + $1", i);
            CHECK_INT(db_int(db, &number, sql[i], ARGS(INT(round * 1000))), 0);
            CHECK_INT(number, i + round * 1000);
        }
    }
    db_close(db);
}

TEST(db, a_statement_outlives_a_change_of_the_schema)
{
    static const char *const sql = "SELECT count(*) FROM t";
    struct db *db = memory();
    int64_t count;

    CHECK_INT(db_int(db, &count, sql, NO_ARGS), -EIO);          /* no such table                      */
    CHECK(strstr(db_error(db), "no such table") != NULL);
    CHECK_INT(db_failure(db), -EIO);
    CHECK_INT(db_script(db, "CREATE TABLE t(a)"), 0);
    CHECK_INT(db_int(db, &count, sql, NO_ARGS), 0);
    CHECK_INT(db_script(db, "ALTER TABLE t ADD COLUMN b; INSERT INTO t VALUES(1, 2)"), 0);
    CHECK_INT(db_int(db, &count, sql, NO_ARGS), 0);
    CHECK_INT(count, 1);
    db_close(db);
}

TEST(db, the_reader_sees_commits_and_refuses_to_change_anything)
{
    static const char *const writes[] = {
        "INSERT INTO clinic(public_id, name, tz, currency) VALUES('cln_x', 'x', 'UTC', 'CNY')",
        "UPDATE clinic SET name = 'y'", "DELETE FROM clinic", "DROP TABLE message", "CREATE TABLE t(a)",
        "PRAGMA user_version = 5",
    };
    struct store s;
    struct db *reader;
    int64_t count;

    store_open_file(&s);
    reader = store_connect(&s, true);
    (void)store_clinic(&s, "before");
    for (size_t i = 0; i < COUNT_OF(writes); i++) {
        int err = db_script(reader, writes[i]);

        CHECK(err == -EROFS);
    }
    CHECK_INT(db_int(reader, &count, "SELECT count(*) FROM clinic WHERE name = 'before'", NO_ARGS), 0);
    CHECK_INT(count, 1);
    CHECK_INT(db_checkpoint(reader, false), 0); /* this it may                                        */
    db_close(reader);
    store_close(&s);
}

/* One snapshot from BEGIN on: the writer's commit is seen only after it. */
TEST(db, a_reader_keeps_its_snapshot)
{
    static const char *const sql = "SELECT count(*) FROM clinic";
    struct store s;
    struct db *reader;
    int64_t count;

    store_open_file(&s);
    reader = store_connect(&s, true);
    CHECK_INT(db_script(reader, "BEGIN"), 0);
    CHECK_INT(db_int(reader, &count, sql, NO_ARGS), 0);
    CHECK_INT(count, 0);
    (void)store_clinic(&s, "meanwhile");
    CHECK_INT(db_int(reader, &count, sql, NO_ARGS), 0);
    CHECK_INT(count, 0);
    CHECK_INT(db_script(reader, "COMMIT"), 0);
    CHECK_INT(db_int(reader, &count, sql, NO_ARGS), 0);
    CHECK_INT(count, 1);
    db_close(reader);
    store_close(&s);
}

TEST(db, files_are_for_their_owner_only)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    mode_t before = umask(0);
    struct stat stat_of;
    struct store s;
    char path[80];

    store_open_file(&s);
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        snprintf(path, sizeof path, "%s%s", s.path, ends[i]);
        CHECK_INT(stat(path, &stat_of), 0);
        CHECK_INT(stat_of.st_mode & 0777, 0600);
    }
    store_close(&s);
    umask(before);
}

TEST(db, syncs_each_commit_and_keeps_foreign_keys)
{
    static const struct { const char *sql; int64_t want; } cases[] = {
        { "SELECT synchronous FROM pragma_synchronous", 2 },            /* FULL                       */
        { "SELECT foreign_keys FROM pragma_foreign_keys", 1 },
        { "SELECT recursive_triggers FROM pragma_recursive_triggers", 1 },
        { "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'", 1 },
    };
    struct store s;

    store_open_file(&s);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_INT(store_number(&s, cases[i].sql, NO_ARGS), cases[i].want);
    store_close(&s);
}

TEST(db, a_file_that_is_no_database_is_refused)
{
    static const char text[] = "This is a letter to my doctor, and no database at all. It is long enough to "
                               "be read as a page head, which it is not: the magic is missing.";
    struct store s = { 0 };
    struct db *db = NULL;
    FILE *file;

    store_host(&s);
    store_folder(&s);
    file = fopen(s.path, "w");
    CHECK(file != NULL);
    CHECK(fputs(text, file) >= 0);
    CHECK_INT(fclose(file), 0);
    CHECK_INT(db_open(&(struct db_options){ .path = s.path, .host = &s.host }, &db), -EIO);
    CHECK(db == NULL);
    store_close(&s);

    CHECK_INT(db_open(&(struct db_options){ .path = "/nowhere/at/all.db" }, &db), -ENOENT);
    db_close(NULL);
}

TEST(db, a_copy_holds_all_and_stands_alone)
{
    struct store s, copy = { 0 };
    char path[64];
    FILE *stale;

    store_open_file(&s);
    (void)store_clinic(&s, "kept");
    snprintf(path, sizeof path, "%s/copy.db", s.folder);
    snprintf(copy.path, sizeof copy.path, "%s", path);
    stale = fopen(path, "w");                   /* half a copy of an earlier try                      */
    CHECK(stale != NULL);
    CHECK(fputs("half", stale) >= 0);
    CHECK_INT(fclose(stale), 0);

    CHECK_INT(db_copy(s.db, path), 0);
    copy.db = store_connect(&copy, false);
    CHECK_INT(store_number(&copy, "SELECT count(*) FROM clinic WHERE name = 'kept'", NO_ARGS), 1);
    CHECK_INT(store_number(&copy, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'",
                           NO_ARGS), 1);
    db_close(copy.db);

    CHECK_INT(db_copy(s.db, "/nowhere/at/all.db"), -ENOENT);
    store_close(&s);
}

TEST(db, wal_pages_count_up_and_a_truncating_checkpoint_empties_the_file)
{
    struct stat stat_of;
    struct store s;
    char path[80];
    int before;

    store_open_file(&s);
    before = db_wal_pages(s.db);
    CHECK(before > 0);
    (void)store_clinic(&s, "more");
    CHECK(db_wal_pages(s.db) > before);
    CHECK_INT(db_checkpoint(s.db, true), 0);
    snprintf(path, sizeof path, "%s-wal", s.path);
    CHECK_INT(stat(path, &stat_of), 0);
    CHECK_INT(stat_of.st_size, 0);
    store_close(&s);
}

/* For jobs: what follows a lost transaction must not be committed by itself. */
TEST(db, transaction_only_runs_nothing_outside_of_one)
{
    struct store s;
    int64_t number;

    store_open(&s);
    CHECK_INT(db_script(s.db, "nonsense"), -EIO);
    db_transaction_only(s.db, true);
    CHECK_INT(db_run(s.db, "INSERT INTO clinic(public_id, name, tz, currency) VALUES('c', 'n', 't', 'c')",
                     NO_ARGS), -EIO);
    CHECK_INT(db_int(s.db, &number, "SELECT 1", NO_ARGS), -EIO);
    CHECK_INT(db_script(s.db, "DELETE FROM clinic"), -EIO);
    db_transaction_only(s.db, false);
    CHECK_INT(store_number(&s, "SELECT count(*) FROM clinic", NO_ARGS), 0);

    CHECK_INT(db_script(s.db, "BEGIN"), 0);
    db_transaction_only(s.db, true);
    CHECK_INT(db_int(s.db, &number, "SELECT 1", NO_ARGS), 0);
    db_transaction_only(s.db, false);
    CHECK_INT(db_script(s.db, "COMMIT"), 0);
    store_close(&s);
}
