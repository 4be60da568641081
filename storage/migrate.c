/* migrate.c - one transaction a file, remembered in schema_version. */
#include "storage/migrate.h"

#include <assert.h>
#include <string.h>

#include "storage/db.h"

static int list_size(const struct migration *list)
{
    int size = 0;

    while (list[size].sql) {
        assert(list[size].version == size + 1);
        size++;
    }
    return size;
}

static int has_table(struct db *db, bool *ret_has)
{
    int64_t count;
    int err;

    err = db_int(db, &count,
                 "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'",
                 NO_ARGS);
    if (err)
        return err;
    *ret_has = count > 0;
    return 0;
}

/* How many files the database has; its names must be ours. */
static int version_read(struct db *db, const struct migration *list, int size, int *ret_version)
{
    struct db_query q;
    int more, version = 0;

    for (more = db_query(db, &q, "SELECT version, name FROM schema_version ORDER BY version", NO_ARGS);
         more > 0; more = db_next(&q)) {
        if (version == size || db_column_int(&q, 0) != list[version].version ||
            strcmp(db_column_text(&q, 1), list[version].name) != 0) {
            db_done(&q);
            return -EPROTONOSUPPORT;
        }
        version++;
    }
    if (more < 0)
        return more;
    *ret_version = version;
    return 0;
}

static int version_make(struct db *db)
{
    return db_script(db, "CREATE TABLE schema_version("
                         "version INTEGER PRIMARY KEY, "        /* number of the file                */
                         "name TEXT NOT NULL, "                 /* its name                          */
                         "applied_utc INTEGER NOT NULL) STRICT");
}

static int apply_in_transaction(struct db *db, const struct migration *m)
{
    int err;

    err = m->version == 1 ? version_make(db) : 0;
    if (err)
        return err;

    err = db_script(db, m->sql);
    if (err)
        return err;

    err = db_run(db, "INSERT INTO schema_version(version, name, applied_utc) VALUES($1, $2, $3)",
                 ARGS(INT(m->version), TEXT(m->name), INT(db_now(db))));
    return err < 0 ? err : 0;
}

static int apply(struct db *db, const struct migration *m)
{
    int err;

    err = db_script(db, "BEGIN IMMEDIATE");
    if (err)
        return err;

    err = apply_in_transaction(db, m);
    if (err == 0)
        err = db_in_transaction(db) ? db_script(db, "COMMIT") : -EIO;
    if (err && db_in_transaction(db))
        (void)db_script(db, "ROLLBACK");        /* the first error is the one to tell                 */
    return err;
}

int migrate_run(struct db *db, const struct migrate_options *options)
{
    int size = list_size(options->list), have = 0, err;
    bool exists;

    err = has_table(db, &exists);
    if (err == 0 && exists)
        err = version_read(db, options->list, size, &have);
    if (err)
        return err;
    if (have == size)
        return 0;
    if (options->refuse)
        return -ESTALE;

    if (have > 0 && options->copy_path) {
        err = db_copy(db, options->copy_path);
        if (err)
            return err;
    }
    for (int i = have; i < size; i++) {
        err = apply(db, &options->list[i]);
        if (err)
            return err;
    }
    return size - have;
}
