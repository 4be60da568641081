/* What SQLite says, as errno. */
#include "store_fixture.h"

#include <sys/resource.h>

static const char schema[] =
    "CREATE TABLE parent(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE CHECK(length(name) < 9)) STRICT;"
    "CREATE TABLE child(parent_id INTEGER NOT NULL REFERENCES parent(id)) STRICT;"
    "CREATE TABLE said(word TEXT NOT NULL) STRICT;"
    "CREATE TRIGGER t1 BEFORE INSERT ON said WHEN NEW.word = 'transition'"
    " BEGIN SELECT RAISE(ABORT,'BAD_TRANSITION'); END;"
    "CREATE TRIGGER t2 BEFORE INSERT ON said WHEN NEW.word = 'doctor'"
    " BEGIN SELECT RAISE(ABORT,'DOCTOR_BUSY'); END;"
    "CREATE TRIGGER t3 BEFORE INSERT ON said WHEN NEW.word = 'patient'"
    " BEGIN SELECT RAISE(ABORT,'PATIENT_BUSY'); END;"
    "CREATE TRIGGER t4 BEFORE INSERT ON said WHEN NEW.word = 'append'"
    " BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;"
    "CREATE TRIGGER t5 BEFORE INSERT ON said WHEN NEW.word = 'new'"
    " BEGIN SELECT RAISE(ABORT,'A_WORD_OF_2030'); END;"
    "INSERT INTO parent VALUES(1, 'one')";

TEST(db_errno, every_constraint_and_word_has_its_number)
{
    static const struct { const char *sql; int want; } cases[] = {
        { "INSERT INTO parent VALUES(2, 'one')",       -EEXIST },
        { "INSERT INTO parent VALUES(1, 'two')",       -EEXIST },
        { "INSERT INTO parent VALUES(2, NULL)",        -EINVAL },
        { "INSERT INTO parent VALUES(2, 'too long!')", -EINVAL },
        { "INSERT INTO parent VALUES(2, x'00')",       -EINVAL },              /* STRICT: a blob is no text */
        { "INSERT INTO child VALUES(9)",               -EINVAL },
        { "INSERT INTO said VALUES('transition')",     DB_BAD_TRANSITION },
        { "INSERT INTO said VALUES('doctor')",         DB_DOCTOR_BUSY },
        { "INSERT INTO said VALUES('patient')",        DB_PATIENT_BUSY },
        { "INSERT INTO said VALUES('append')",         DB_APPEND_ONLY },
        { "INSERT INTO said VALUES('new')",            DB_OTHER_WORD },
        { "SELECT zeroblob(2000000000)",               -EMSGSIZE },
        { "SELECT no_such_column",                     -EIO },
    };
    struct store s = { .path = ":memory:" };

    s.db = store_connect(&s, false);
    CHECK_INT(db_failure(s.db), 0);
    CHECK_INT(db_script(s.db, schema), 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(db_run(s.db, cases[i].sql, NO_ARGS), cases[i].want);         /* through a statement  */
        CHECK_INT(db_script(s.db, cases[i].sql), cases[i].want);
        CHECK_INT(db_failure(s.db), cases[i].want);
    }
    CHECK_INT(db_script(s.db, "INSERT INTO said VALUES('new')"), DB_OTHER_WORD);
    CHECK(strstr(db_error(s.db), "A_WORD_OF_2030") != NULL);
    CHECK_INT(store_number(&s, "SELECT count(*) FROM parent", NO_ARGS), 1);
    CHECK_INT(store_number(&s, "SELECT count(*) FROM said", NO_ARGS), 0);
    db_close(s.db);
}

TEST(db_errno, the_words_are_all_different)
{
    static const int words[] = { DB_BAD_TRANSITION, DB_DOCTOR_BUSY, DB_PATIENT_BUSY, DB_APPEND_ONLY,
                                 DB_OTHER_WORD, -ENOENT, -EEXIST, -EINVAL, -ENOSPC, -EIO, -EBUSY, -ENOMEM,
                                 -EROFS, -EMSGSIZE };

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        CHECK(words[i] < 0);
        for (size_t j = 0; j < i; j++)
            CHECK(words[i] != words[j]);
    }
}

TEST(db_errno, a_second_writer_is_busy)
{
    struct db *other = NULL;
    struct store s;

    store_open_file(&s);
    CHECK_INT(db_open(&(struct db_options){ .path = s.path, .busy_timeout_ms = 20 }, &other), 0);
    CHECK_INT(db_script(s.db, "BEGIN IMMEDIATE"), 0);
    CHECK_INT(db_script(other, "BEGIN IMMEDIATE"), -EBUSY);
    CHECK_INT(db_run(other, "DELETE FROM message", NO_ARGS), -EBUSY);
    CHECK_INT(db_script(s.db, "COMMIT"), 0);
    CHECK_INT(db_script(other, "BEGIN IMMEDIATE; COMMIT"), 0);
    db_close(other);
    store_close(&s);
}

/* SQLITE_FULL without a full disk. */
TEST(db_errno, a_full_database_is_enospc)
{
    struct store s = { .path = ":memory:" };
    int err = 0;

    s.db = store_connect(&s, false);
    CHECK_INT(db_script(s.db, "PRAGMA max_page_count = 10; CREATE TABLE t(a)"), 0);
    for (int i = 0; i < 100 && err >= 0; i++)
        err = db_run(s.db, "INSERT INTO t VALUES(zeroblob(1000))", NO_ARGS);
    CHECK_INT(err, -ENOSPC);
    db_close(s.db);
}

/* A page that was altered on the disk is noticed, never read as if it were fine. */
TEST(db_errno, a_damaged_file_is_eio)
{
    struct store s;
    int64_t count;
    FILE *file;

    store_open_file(&s);
    for (int i = 0; i < 50; i++)
        (void)store_clinic(&s, (char[]){ 'c', (char)('A' + i / 10), (char)('0' + i % 10), 0 });
    CHECK_INT(db_checkpoint(s.db, true), 0);
    db_close(s.db);

    file = fopen(s.path, "r+");
    CHECK(file != NULL);
    for (long page = 1; page < 8; page++) {     /* all but the schema's                               */
        CHECK_INT(fseek(file, page * 4096, SEEK_SET), 0);
        for (int i = 0; i < 512; i++)
            CHECK(fputc(0xee, file) != EOF);
    }
    CHECK_INT(fclose(file), 0);

    s.db = store_connect(&s, false);
    CHECK_INT(db_int(s.db, &count, "SELECT count(*) FROM clinic WHERE length(tz) > 0", NO_ARGS), -EIO);
    store_close(&s);
}
