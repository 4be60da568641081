/* A database is brought forward, file by file. */
#include "store_fixture.h"

static const struct migration three[] = {
    { 1, "one",   "CREATE TABLE a(n INTEGER NOT NULL) STRICT; INSERT INTO a VALUES(1)" },
    { 2, "two",   "CREATE TABLE b(n INTEGER NOT NULL) STRICT; INSERT INTO b SELECT n + 1 FROM a" },
    { 3, "three", "ALTER TABLE a ADD COLUMN more TEXT; INSERT INTO a VALUES(3, 'x')" },
    { 0 },
};
static const struct migration two[] = {
    { 1, "one", "CREATE TABLE a(n INTEGER NOT NULL) STRICT; INSERT INTO a VALUES(1)" },
    { 2, "two", "CREATE TABLE b(n INTEGER NOT NULL) STRICT; INSERT INTO b SELECT n + 1 FROM a" },
    { 0 },
};

static void open_file(struct store *s)
{
    *s = (struct store){ 0 };
    store_host(s);
    store_folder(s);
    s->db = store_connect(s, false);
}

static int run(struct store *s, const struct migration *list)
{
    int err = migrate_run(s->db, &(struct migrate_options){ .list = list });

    CHECK(!db_in_transaction(s->db));
    return err;
}

static int64_t count(struct store *s, const char *sql)
{
    return store_number(s, sql, NO_ARGS);
}

TEST(migrate, applies_all_to_a_fresh_database_and_nothing_again)
{
    struct store s;

    open_file(&s);
    CHECK_INT(run(&s, three), 3);
    CHECK_INT(count(&s, "SELECT count(*) FROM a"), 2);
    CHECK_INT(count(&s, "SELECT n FROM b"), 2);
    CHECK_INT(count(&s, "SELECT count(*) FROM schema_version WHERE applied_utc = 1764000000"), 3);
    CHECK_INT(run(&s, three), 0);
    CHECK_INT(count(&s, "SELECT count(*) FROM a"), 2);
    store_close(&s);
}

TEST(migrate, goes_on_where_an_older_binary_stopped)
{
    struct store s;

    open_file(&s);
    CHECK_INT(run(&s, two), 2);
    s.now += 60;
    CHECK_INT(run(&s, three), 1);
    CHECK_INT(count(&s, "SELECT applied_utc FROM schema_version WHERE version = 2"), STORE_NOW);
    CHECK_INT(count(&s, "SELECT applied_utc FROM schema_version WHERE version = 3"), STORE_NOW + 60);
    store_close(&s);
}

TEST(migrate, refuses_a_newer_database)
{
    struct store s;

    open_file(&s);
    CHECK_INT(run(&s, three), 3);
    CHECK_INT(run(&s, two), -EPROTONOSUPPORT);
    CHECK_INT(run(&s, (const struct migration[]){ { 0 } }), -EPROTONOSUPPORT);
    CHECK_INT(run(&s, three), 0);
    store_close(&s);
}

TEST(migrate, refuses_files_of_other_names)
{
    static const struct migration renamed[] = { { 1, "eins", "SELECT 1" }, { 2, "two", "SELECT 1" },
                                                { 3, "three", "CREATE TABLE c(n)" }, { 0 } };
    struct store s;

    open_file(&s);
    CHECK_INT(run(&s, two), 2);
    CHECK_INT(run(&s, renamed), -EPROTONOSUPPORT);
    CHECK_INT(count(&s, "SELECT count(*) FROM schema_version"), 2);

    CHECK_INT(db_script(s.db, "DELETE FROM schema_version WHERE version = 1"), 0);      /* a gap      */
    CHECK_INT(run(&s, three), -EPROTONOSUPPORT);
    store_close(&s);
}

TEST(migrate, a_failing_file_leaves_the_ones_before_it_and_nothing_of_itself)
{
    static const struct migration broken[] = {
        { 1, "one",   "CREATE TABLE a(n INTEGER NOT NULL) STRICT; INSERT INTO a VALUES(1)" },
        { 2, "two",   "CREATE TABLE b(n INTEGER PRIMARY KEY) STRICT;"
                      "INSERT INTO b VALUES(1); INSERT INTO b VALUES(1)" },
        { 3, "three", "CREATE TABLE c(n)" },
        { 0 },
    };
    struct store s;

    open_file(&s);
    CHECK_INT(run(&s, broken), -EEXIST);
    CHECK_INT(count(&s, "SELECT count(*) FROM schema_version"), 1);
    CHECK_INT(count(&s, "SELECT count(*) FROM a"), 1);
    CHECK_INT(count(&s, "SELECT count(*) FROM sqlite_master WHERE name IN('b','c')"), 0);

    CHECK_INT(run(&s, three), 2);               /* the repaired binary                                */
    CHECK_INT(count(&s, "SELECT n FROM b"), 2);
    store_close(&s);
}

TEST(migrate, a_first_file_that_fails_leaves_an_empty_database)
{
    static const struct migration broken[] = { { 1, "one", "CREATE TABLE a(n); nonsense" }, { 0 } };
    struct store s;

    open_file(&s);
    CHECK(run(&s, broken) < 0);
    CHECK_INT(count(&s, "SELECT count(*) FROM sqlite_master"), 0);
    CHECK_INT(run(&s, three), 3);
    store_close(&s);
}

/* Its parts would be committed before its row is. */
TEST(migrate, a_file_that_ends_the_transaction_by_itself_is_an_error)
{
    static const struct migration cheating[] = { { 1, "one", "CREATE TABLE a(n); COMMIT" }, { 0 } };
    struct store s;

    open_file(&s);
    CHECK(run(&s, cheating) < 0);
    CHECK(!db_in_transaction(s.db));
    store_close(&s);
}

TEST(migrate, refuse_mode_changes_nothing)
{
    struct migrate_options options = { .list = three, .refuse = true };
    struct store s;

    open_file(&s);
    CHECK_INT(migrate_run(s.db, &options), -ESTALE);
    CHECK_INT(count(&s, "SELECT count(*) FROM sqlite_master"), 0);
    CHECK_INT(run(&s, two), 2);
    CHECK_INT(migrate_run(s.db, &options), -ESTALE);
    CHECK_INT(count(&s, "SELECT count(*) FROM schema_version"), 2);
    CHECK_INT(run(&s, three), 1);
    CHECK_INT(migrate_run(s.db, &options), 0);
    store_close(&s);
}

static int copies(struct store *s, const char *path)
{
    (void)s;
    return access(path, F_OK) == 0;
}

TEST(migrate, copies_an_existing_database_before_the_first_change_only)
{
    struct store s, copy = { 0 };
    struct migrate_options options = { .copy_path = copy.path };

    open_file(&s);
    snprintf(copy.path, sizeof copy.path, "%s/copy.db", s.folder);
    options.list = two;
    CHECK_INT(migrate_run(s.db, &options), 2);
    CHECK_INT(copies(&s, copy.path), 0);        /* there was nothing to keep                          */
    CHECK_INT(migrate_run(s.db, &options), 0);
    CHECK_INT(copies(&s, copy.path), 0);        /* nothing to do                                      */

    CHECK_INT(db_script(s.db, "INSERT INTO a VALUES(77)"), 0);
    options.list = three;
    CHECK_INT(migrate_run(s.db, &options), 1);
    copy.db = store_connect(&copy, false);
    CHECK_INT(count(&copy, "SELECT count(*) FROM schema_version"), 2);
    CHECK_INT(count(&copy, "SELECT count(*) FROM a WHERE n = 77"), 1);
    CHECK_INT(count(&copy, "SELECT count(*) FROM a WHERE n = 3"), 0);
    db_close(copy.db);
    store_close(&s);
}

TEST(migrate, changes_nothing_when_the_copy_fails)
{
    struct store s;

    open_file(&s);
    CHECK_INT(run(&s, two), 2);
    CHECK_INT(migrate_run(s.db, &(struct migrate_options){ .list = three, .copy_path = "/nowhere/copy.db" }),
              -ENOENT);
    CHECK_INT(count(&s, "SELECT count(*) FROM schema_version"), 2);
    store_close(&s);
}

/* What this binary was built with. */
TEST(migrate, the_real_files_make_a_sound_database)
{
    struct store s;
    int files = 0;

    while (migrations_sqlite[files].sql)
        files++;
    CHECK(files >= 2);
    open_file(&s);
    CHECK_INT(run(&s, migrations_sqlite), files);
    CHECK_INT(run(&s, migrations_sqlite), 0);
    CHECK_INT(count(&s, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    CHECK_INT(count(&s, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    CHECK_INT(count(&s, "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
                    "AND strict = 0 AND name NOT LIKE 'sqlite_%'"), 0);
    store_close(&s);
}
