/* Ids and times, as they go out. */
#include "store_fixture.h"

#include <ctype.h>

TEST(db_text, ids_are_a_prefix_and_22_characters_and_never_the_same)
{
    static char ids[500][DB_ID_SIZE];
    struct store s;

    store_open(&s);
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        db_id_make(s.db, "con_", ids[i]);
        CHECK_INT(strlen(ids[i]), 26);
        CHECK_MEM(ids[i], "con_", 4);
        for (size_t j = 4; j < 26; j++)
            CHECK(isalnum((unsigned char)ids[i][j]));
        for (size_t j = 0; j < i; j++)
            CHECK(strcmp(ids[i], ids[j]) != 0);
    }
    store_close(&s);
}

TEST(db_text, prints_the_calendar)
{
    static const struct { int64_t utc; const char *want; } cases[] = {
        { 0,                        "1970-01-01T00:00:00Z" },
        { -1,                       "1969-12-31T23:59:59Z" },
        { 1763978400,               "2025-11-24T10:00:00Z" },
        { 951782399,                "2000-02-28T23:59:59Z" },
        { 951782400,                "2000-02-29T00:00:00Z" },
        { 951868800,                "2000-03-01T00:00:00Z" },
        { 1709164800,               "2024-02-29T00:00:00Z" },
        { 1740787199,               "2025-02-28T23:59:59Z" },
        { 1740787200,               "2025-03-01T00:00:00Z" },
        { 4107542399,               "2100-02-28T23:59:59Z" },
        { 4107542400,               "2100-03-01T00:00:00Z" },
        { 1735689599,               "2024-12-31T23:59:59Z" },
        { 1735689600,               "2025-01-01T00:00:00Z" },
        { 2147483648,               "2038-01-19T03:14:08Z" },
        { 4294967296,               "2106-02-07T06:28:16Z" },
        { -2203891200,              "1900-03-01T00:00:00Z" },
        { -2203891201,              "1900-02-28T23:59:59Z" },
        { INT64_C(-62135596800),    "0001-01-01T00:00:00Z" },
        { INT64_C(253402300799),    "9999-12-31T23:59:59Z" },
        { INT64_C(-62135596801),    "0001-01-01T00:00:00Z" },
        { INT64_C(253402300800),    "9999-12-31T23:59:59Z" },
        { INT64_MIN,                "0001-01-01T00:00:00Z" },
        { INT64_MAX,                "9999-12-31T23:59:59Z" },
    };
    char text[DB_TIME_SIZE];

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        db_time_print(cases[i].utc, text);
        CHECK_STR(text, cases[i].want);
    }
}

/* The twin is SQLite's own calendar, over all 9,999 years, at both ends of days. */
TEST(db_text, agrees_with_sqlite_on_every_year)
{
    static const char *const sql = "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', $1, 'unixepoch') AS \"t\"";
    struct db *db = NULL;
    char text[DB_TIME_SIZE];
    json_t *row;

    CHECK_INT(db_open(&(struct db_options){ .path = ":memory:" }, &db), 0);
    for (int64_t utc = INT64_C(-62135596800); utc <= INT64_C(253402300799); utc += 7889231 - utc % 3) {
        CHECK_INT(db_row(db, &row, sql, ARGS(INT(utc))), 0);
        db_time_print(utc, text);
        CHECK_STR(text, text_at(row, "t"));
        json_decref(row);
    }
    for (int64_t day = -300000; day < 300000; day += 97) {
        int64_t utc = day * 86400 - 1;

        CHECK_INT(db_row(db, &row, sql, ARGS(INT(utc))), 0);
        db_time_print(utc, text);
        CHECK_STR(text, text_at(row, "t"));
        json_decref(row);
    }
    db_close(db);
}
