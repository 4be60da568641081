/* db_json.c - rows as JSON, named and typed by their aliases. */
#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "storage/db.h"
#include "storage/db_private.h"

enum { NAME_MAX_SIZE = 64 };

static bool ends_with(const char *name, size_t size, const char *end)
{
    size_t end_size = strlen(end);

    return size > end_size && memcmp(name + size - end_size, end, end_size) == 0;
}

static json_t *time_json(int64_t utc)
{
    char text[DB_TIME_SIZE];

    db_time_print(utc, text);
    return json_string(text);
}

static json_t *integer_json(int64_t number, const char *name, size_t size)
{
    if (ends_with(name, size, "At"))
        return time_json(number);
    if (size > 2 && memcmp(name, "is", 2) == 0 && name[2] >= 'A' && name[2] <= 'Z')
        return json_boolean(number);
    return json_integer(number);
}

/* NULL: no memory, or text that is no UTF-8 or no JSON (then somebody else wrote this file). */
static json_t *value_json(sqlite3_stmt *stmt, int column, const char *name, size_t size)
{
    const char *text;
    size_t text_size;

    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_INTEGER: return integer_json(sqlite3_column_int64(stmt, column), name, size);
    case SQLITE_FLOAT:   return json_real(sqlite3_column_double(stmt, column));
    default:             break;
    }

    text = (const char *)sqlite3_column_text(stmt, column);
    text_size = (size_t)sqlite3_column_bytes(stmt, column);
    if (text == NULL)
        return NULL;
    if (ends_with(name, size, "Json"))
        return json_loadb(text, text_size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    return json_stringn(text, text_size);
}

/* Where a member goes: `row` itself, or for "sender.id" the object `sender`, made when missing. */
static json_t *parent_json(json_t *row, const char **name)
{
    const char *dot = strchr(*name, '.');
    char parent[NAME_MAX_SIZE];
    json_t *object;

    if (dot == NULL)
        return row;

    assert((size_t)(dot - *name) < sizeof parent);
    snprintf(parent, sizeof parent, "%.*s", (int)(dot - *name), *name);
    *name = dot + 1;
    object = json_object_get(row, parent);
    if (object)
        return object;

    object = json_object();
    return json_object_set_new(row, parent, object) == 0 ? object : NULL;
}

static int member_add(json_t *row, sqlite3_stmt *stmt, int column)
{
    const char *name = sqlite3_column_name(stmt, column);
    int type = sqlite3_column_type(stmt, column);
    char key[NAME_MAX_SIZE];
    json_t *parent;
    size_t size;

    if (name == NULL)
        return -ENOMEM;
    if (type == SQLITE_NULL || type == SQLITE_BLOB || name[0] == '_')
        return 0;

    parent = parent_json(row, &name);
    if (parent == NULL)
        return -ENOMEM;

    size = strlen(name);
    assert(size < sizeof key);
    memcpy(key, name, size + 1);
    if (ends_with(key, size, "Json"))
        key[size - strlen("Json")] = '\0';
    return json_object_set_new(parent, key, value_json(stmt, column, name, size)) == 0 ? 0 : -ENOMEM;
}

json_t *db_query_json(const struct db_query *q)
{
    sqlite3_stmt *stmt = db_statement(q);
    json_t *row = json_object();
    int columns = sqlite3_column_count(stmt);

    for (int i = 0; row && i < columns; i++) {
        if (member_add(row, stmt, i)) {
            json_decref(row);
            return NULL;
        }
    }
    return row;
}

int db_row(struct db *db, json_t **ret_row, const char *sql, struct db_args args)
{
    struct db_query q;
    json_t *row = NULL;
    int more;

    for (more = db_query(db, &q, sql, args); more > 0; more = db_next(&q)) {
        if (row)
            continue;                           /* RETURNING: to the end before the commit            */
        row = db_query_json(&q);
        if (row == NULL) {
            db_done(&q);
            return -ENOMEM;
        }
    }
    if (more < 0) {
        json_decref(row);
        return more;
    }
    if (row == NULL)
        return -ENOENT;
    *ret_row = row;
    return 0;
}

int db_all(struct db *db, json_t **ret_rows, const char *sql, struct db_args args)
{
    struct db_query q;
    json_t *rows = json_array();
    int more;

    if (rows == NULL)
        return -ENOMEM;
    for (more = db_query(db, &q, sql, args); more > 0; more = db_next(&q)) {
        if (json_array_append_new(rows, db_query_json(&q)) < 0) {
            db_done(&q);
            more = -ENOMEM;
            break;
        }
    }
    if (more < 0) {
        json_decref(rows);
        return more;
    }
    *ret_rows = rows;
    return 0;
}
