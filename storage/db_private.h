/* db_private.h - what the files behind db.h share. */
#ifndef STORAGE_DB_PRIVATE_H
#define STORAGE_DB_PRIVATE_H

struct db;
struct db_query;
struct sqlite3;

void *db_statement(const struct db_query *q);           /* a sqlite3_stmt                             */
void  db_statements_end(struct db *db);                 /* those that were kept; none is in use       */
int   db_errno(struct sqlite3 *sqlite, int code);       /* code: extended, just returned by sqlite    */

#endif
