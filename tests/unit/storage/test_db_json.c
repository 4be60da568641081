/* Rows as JSON by their aliases. */
#include "store_fixture.h"

static struct db *memory(void)
{
    struct db *db = NULL;

    CHECK_INT(db_open(&(struct db_options){ .path = ":memory:" }, &db), 0);
    return db;
}

/* The picture of the rules: a SELECT and what comes of it. */
TEST(db_json, aliases_name_and_type_the_members)
{
    static const struct { const char *sql, *want; } cases[] = {
        { "SELECT 1 AS \"seq\", 'x' AS \"name\", 1.5 AS \"share\"",
          "{\"seq\":1,\"name\":\"x\",\"share\":1.5}" },
        { "SELECT 0 AS \"openedAt\"", "{\"openedAt\":\"1970-01-01T00:00:00Z\"}" },
        { "SELECT 'noon' AS \"openedAt\"", "{\"openedAt\":\"noon\"}" },         /* only numbers are times */
        { "SELECT 1 AS \"At\", 1 AS \"at\", 1 AS \"Attic\"", "{\"At\":1,\"at\":1,\"Attic\":1}" },
        { "SELECT 1 AS \"isOpen\", 0 AS \"isDone\", 7 AS \"isMany\"",
          "{\"isOpen\":true,\"isDone\":false,\"isMany\":true}" },
        { "SELECT 1 AS \"is\", 1 AS \"island\", 1 AS \"this\"", "{\"is\":1,\"island\":1,\"this\":1}" },
        { "SELECT '{\"a\":[1,null]}' AS \"cardJson\"", "{\"card\":{\"a\":[1,null]}}" },
        { "SELECT '\"text\"' AS \"aJson\", '5' AS \"bJson\", 'null' AS \"cJson\"",
          "{\"a\":\"text\",\"b\":5,\"c\":null}" },
        { "SELECT '[[],[{\"k\":{\"x\":[1.5,-2]},\"l\":true},false,\"\"],{}]' AS \"aJson\"",
          "{\"a\":[[],[{\"k\":{\"x\":[1.5,-2]},\"l\":true},false,\"\"],{}]}" },
        { "SELECT '{\"\\u00e9\\n\":\"\\ud83d\\ude00\\\"\"}' AS \"aJson\"",
          "{\"a\":{\"\u00e9\\n\":\"\U0001F600\\\"\"}}" },
        { "SELECT 2 AS \"sender.id\", 'y' AS \"sender.name\", 3 AS \"seq\"",
          "{\"sender\":{\"id\":2,\"name\":\"y\"},\"seq\":3}" },
        { "SELECT 1 AS \"a.x\", 2 AS \"b.x\", 3 AS \"a.y\"", "{\"a\":{\"x\":1,\"y\":3},\"b\":{\"x\":2}}" },
        { "SELECT 86400 AS \"a.doneAt\", 1 AS \"a.isIn\", '[]' AS \"a.allJson\"",
          "{\"a\":{\"doneAt\":\"1970-01-02T00:00:00Z\",\"isIn\":true,\"all\":[]}}" },
        { "SELECT NULL AS \"closedAt\", NULL AS \"clinic.id\", NULL AS \"isX\", NULL AS \"xJson\", "
          "1 AS \"n\"",
          "{\"n\":1}" },
        { "SELECT x'00' AS \"body\", 1 AS \"_id\", 'k' AS \"_key\", 1 AS \"n\"", "{\"n\":1}" },
        { "SELECT NULL AS \"n\"", "{}" },
        { "SELECT '' AS \"text\", '长\u00e9\U0001F600' AS \"more\"",
          "{\"text\":\"\",\"more\":\"长\u00e9\U0001F600\"}" },
        { "SELECT 9223372036854775807 AS \"big\", -9223372036854775808 AS \"small\"",
          "{\"big\":9223372036854775807,\"small\":-9223372036854775808}" },
    };
    struct db *db = memory();

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        json_t *row = NULL;
        char *text;

        CHECK_INT(db_row(db, &row, cases[i].sql, NO_ARGS), 0);
        text = json_dumps(row, JSON_COMPACT);
        CHECK_STR(text, cases[i].want);
        free(text);
        json_decref(row);
    }
    db_close(db);
}

TEST(db_json, text_that_is_no_json_or_no_utf8_is_an_error_not_a_row)
{
    static const char *const cases[] = {
        "SELECT '{\"a\":1' AS \"cardJson\"", "SELECT '{\"a\":1,\"a\":2}' AS \"cardJson\"",
        "SELECT '' AS \"cardJson\"", "SELECT '\"\\ud83d\"' AS \"cardJson\"",
        "SELECT '[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]' AS \"cardJson\"",
        "SELECT CAST(x'c3' AS TEXT) AS \"name\"", "SELECT CAST(x'eda080' AS TEXT) AS \"name\"",
    };
    struct db *db = memory();
    json_t *row = NULL;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK(db_row(db, &row, cases[i], NO_ARGS) < 0);
        CHECK(db_all(db, &row, cases[i], NO_ARGS) < 0);
        CHECK(row == NULL);
    }
    db_close(db);
}

TEST(db_json, row_is_the_first_all_is_all)
{
    struct db *db = memory();
    json_t *row = NULL, *rows = NULL;

    CHECK_INT(db_row(db, &row, "SELECT 1 AS \"n\" UNION ALL SELECT 2", NO_ARGS), 0);
    CHECK_INT(int_at(row, "n"), 1);
    json_decref(row);
    row = NULL;
    CHECK_INT(db_row(db, &row, "SELECT 1 AS \"n\" WHERE 0", NO_ARGS), -ENOENT);
    CHECK(row == NULL);

    CHECK_INT(db_all(db, &rows, "SELECT 1 AS \"n\" UNION ALL SELECT 2", NO_ARGS), 0);
    CHECK_INT(json_array_size(rows), 2);
    CHECK_INT(int_at(rows, "1.n"), 2);
    json_decref(rows);
    CHECK_INT(db_all(db, &rows, "SELECT 1 AS \"n\" WHERE 0", NO_ARGS), 0);
    CHECK_INT(json_array_size(rows), 0);
    json_decref(rows);
    db_close(db);
}

/* A failing step in the middle of many rows: no half result. */
TEST(db_json, an_error_in_the_middle_gives_nothing)
{
    static const char sql[] = "WITH n(i) AS (VALUES(1),(2),(3)) SELECT abs(-9223372036854775804 - i) "
                              "AS \"n\" FROM n UNION ALL SELECT abs(-9223372036854775808)";
    struct db *db = memory();
    json_t *rows = NULL;

    for (int i = 0; i < 2; i++) {               /* the statement is free again                        */
        CHECK(db_all(db, &rows, sql, NO_ARGS) < 0);
        CHECK(db_row(db, &rows, sql, NO_ARGS) < 0);
        CHECK(rows == NULL);
    }
    db_close(db);
}
