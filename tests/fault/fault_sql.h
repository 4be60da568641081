/* fault_sql.h - what stores do, while each allocation fails once (ours, SQLite's, jansson's) or a step of a
 * statement: the answer is an error or right, nothing leaks, the connection goes on. */
#ifndef FAULT_SQL_H
#define FAULT_SQL_H

#include "storage/db.h"

/* Takes what it made, and gives it back. Returns 0 or the first error; checks what is right. */
typedef int fault_act(struct db *db, const void *data);

/* Before the first database is opened: SQLite's allocator is exchanged. */
void fault_sql_prepare(void);

void fault_sql_allocations(const struct db_options *, const void *data, fault_act *const acts[],
                           size_t count);
void fault_sql_steps(const struct db_options *, const void *data, fault_act *const acts[], size_t count);

#endif
