/* migrate.h - brings a database forward, file by file, to what this binary was built with. */
#ifndef STORAGE_MIGRATE_H
#define STORAGE_MIGRATE_H

#include <stdbool.h>

struct db;

struct migration { int version; const char *name, *sql; };     /* a list ends with a zero row         */

/* migrations/sqlite/ *.sql, compiled in by migrations/meson.build (migrations_dep). */
extern const struct migration migrations_sqlite[];

struct migrate_options {
    const struct migration *list;               /* versions rise by one from 1                        */
    const char *copy_path;                      /* where an existing database is copied to before the */
                                                /* first change; NULL: no copy (tests, memory)        */
    bool        refuse;                         /* --no-migrate: -ESTALE instead of changing anything */
};

/* Each file in a transaction of its own with its row in schema_version; a failure leaves the files
 * before it. Returns the number of files applied; -EPROTONOSUPPORT: the database is newer than this
 * binary, or its files have other names than ours; -ESTALE: see above; else as db.h. */
int migrate_run(struct db *db, const struct migrate_options *options);

#endif
