/* db_json.c - rows as JSON, named and typed by their aliases, or as a number. */
#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "storage/db.h"
#include "storage/db_private.h"

enum { NAME_MAX_SIZE = 64, DEPTH_MAX = 32 };

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

/* NULL: no memory, or text that is no UTF-8 (then somebody else wrote this file). */
static json_t *value_json(sqlite3_stmt *stmt, int column, const char *name, size_t size)
{
    const char *text;

    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_INTEGER: return integer_json(sqlite3_column_int64(stmt, column), name, size);
    case SQLITE_FLOAT:   return json_real(sqlite3_column_double(stmt, column));
    default:             break;
    }
    text = (const char *)sqlite3_column_text(stmt, column);
    return text != NULL ? json_stringn(text, (size_t)sqlite3_column_bytes(stmt, column)) : NULL;
}

/* --- text that is JSON --------------------------------------------------------------------------------- */

struct tree {
    struct { int64_t id; json_t *at; } path[DEPTH_MAX];         /* from the root to where it is read     */
    int depth;
};

/* One row of json_tree(): type, atom. NULL: no memory. */
static json_t *node_json(sqlite3_stmt *stmt)
{
    static const struct { const char *type; json_t *(*make)(void); } makes[] = {
        { "object", json_object }, { "array", json_array }, { "true", json_true }, { "false", json_false },
        { "null", json_null },
    };
    const char *type = (const char *)sqlite3_column_text(stmt, 0);

    for (size_t i = 0; type != NULL && i < sizeof makes / sizeof *makes; i++)
        if (strcmp(type, makes[i].type) == 0)
            return makes[i].make();
    return type != NULL ? value_json(stmt, 1, "", 0) : NULL;
}

/* Rows come in the order of the text, so whose member it is stands on the path to the one before. */
static int node_add(struct tree *t, const struct db_query *q)
{
    sqlite3_stmt *stmt = db_statement(q);
    json_t *node = node_json(stmt), *in;
    const char *key;

    while (t->depth > 1 && t->path[t->depth - 1].id != db_column_int(q, 3))
        t->depth--;
    if (node == NULL || t->depth == DEPTH_MAX) {
        json_decref(node);
        return node == NULL ? -ENOMEM : -EINVAL;
    }
    in = t->depth > 0 ? t->path[t->depth - 1].at : NULL;
    t->path[t->depth].id = db_column_int(q, 4);
    t->path[t->depth++].at = node;
    if (in == NULL)
        return 0;                               /* the root is the caller's                          */
    if (json_is_array(in))
        return json_array_append_new(in, node) == 0 ? 0 : -ENOMEM;
    key = db_column_text(q, 2);
    if (key == NULL || json_object_get(in, key) != NULL) {
        json_decref(node);
        return key == NULL ? -ENOMEM : -EINVAL; /* doubled                                           */
    }
    return json_object_set_new(in, key, node) == 0 ? 0 : -ENOMEM;
}

int db_json_read(struct db *db, const void *text, size_t size, json_t **ret_json)
{
    struct tree t = { .depth = 0 };
    struct db_query q;
    int more, err = 0;

    more = db_query(db, &q, "SELECT type, atom, key, parent, id FROM json_tree(CAST($1 AS TEXT))",
                    ARGS(BLOB(text, size)));
    for (; more > 0; more = err ? err : db_next(&q)) {
        err = node_add(&t, &q);
        if (err)
            db_done(&q);
    }
    if (more == 0 && t.depth == 0)
        more = -EINVAL;
    if (more < 0 && t.depth > 0)
        json_decref(t.path[0].at);
    if (more == 0)
        *ret_json = t.path[0].at;
    return more;
}

/* --- rows ---------------------------------------------------------------------------------------------- */

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

static int member_read(const struct db_query *q, int column, const char *name, size_t size,
                       json_t **ret_value)
{
    sqlite3_stmt *stmt = db_statement(q);
    const char *text;

    if (ends_with(name, size, "Json") && sqlite3_column_type(stmt, column) == SQLITE_TEXT) {
        text = (const char *)sqlite3_column_text(stmt, column);
        return text == NULL ? -ENOMEM : db_json_read(q->db, text, (size_t)sqlite3_column_bytes(stmt, column),
                                                     ret_value);
    }
    *ret_value = value_json(stmt, column, name, size);
    return *ret_value != NULL ? 0 : -ENOMEM;
}

static int member_add(json_t *row, const struct db_query *q, int column)
{
    sqlite3_stmt *stmt = db_statement(q);
    const char *name = sqlite3_column_name(stmt, column);
    int type = sqlite3_column_type(stmt, column);
    char key[NAME_MAX_SIZE];
    json_t *parent, *value;
    size_t size;
    int err;

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
    err = member_read(q, column, name, size, &value);
    return err ? err : json_object_set_new(parent, key, value) == 0 ? 0 : -ENOMEM;
}

static int row_read(const struct db_query *q, json_t **ret_row)
{
    json_t *row = json_object();
    int columns = sqlite3_column_count(db_statement(q)), err = row != NULL ? 0 : -ENOMEM;

    for (int i = 0; i < columns && err == 0; i++)
        err = member_add(row, q, i);
    if (err)
        json_decref(row);
    else
        *ret_row = row;
    return err;
}

json_t *db_query_json(const struct db_query *q)
{
    json_t *row;

    return row_read(q, &row) == 0 ? row : NULL;
}

int db_row(struct db *db, json_t **ret_row, const char *sql, struct db_args args)
{
    struct db_query q;
    json_t *row = NULL;
    int more, err;

    for (more = db_query(db, &q, sql, args); more > 0; more = db_next(&q)) {
        if (row)
            continue;                           /* RETURNING: to the end before the commit            */
        err = row_read(&q, &row);
        if (err) {
            db_done(&q);
            return err;
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
    json_t *rows = json_array(), *row;
    int more, err;

    if (rows == NULL)
        return -ENOMEM;
    for (more = db_query(db, &q, sql, args); more > 0; more = db_next(&q)) {
        err = row_read(&q, &row);
        if (err == 0 && json_array_append_new(rows, row) < 0)
            err = -ENOMEM;
        if (err) {
            db_done(&q);
            more = err;
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

int db_int(struct db *db, int64_t *ret_number, const char *sql, struct db_args args)
{
    struct db_query q;
    int64_t number = 0;
    bool found = false;
    int more;

    for (more = db_query(db, &q, sql, args); more > 0; more = db_next(&q)) {
        if (!found && sqlite3_column_type(db_statement(&q), 0) != SQLITE_NULL) {
            number = db_column_int(&q, 0);
            found = true;
        }
    }
    if (more < 0)
        return more;
    if (!found)
        return -ENOENT;
    *ret_number = number;
    return 0;
}
