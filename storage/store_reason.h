/* store_reason.h - why a patient comes, in his own words: sealed to the series, so it goes with a move. */
#ifndef STORAGE_STORE_REASON_H
#define STORAGE_STORE_REASON_H

#include "storage/db.h"

enum { STORE_REASON_MAX = 500 };                /* code points                                        */

/* -EINVAL: empty. -EMSGSIZE. */
int store_reason_set(struct db *db, int64_t appointment, const char *reason);

/* The patient's own words; what the desk noted for him is not said in his name. -ENOENT: none.
 * free() is the caller's. */
int store_reason_words(struct db *db, int64_t appointment, int64_t *ret_account, char **ret_words);

/* The same, of a consult's appointment. */
int store_reason_of(struct db *db, int64_t consult, char **ret_words);

/* Member `reason` of a row that begins with the columns STORE_REASON_COLUMNS; none when none was given. */
#define STORE_REASON_COLUMNS "a.reason_enc AS \"_reason\", a.series_id AS \"_series\", "
int store_reason_show(struct db *db, const struct db_query *q, json_t *row);
/* Rows of such a query just begun (`more` is what db_query() said), in its order; ends it. */
int store_reason_rows(struct db *db, struct db_query *q, int more, json_t **ret_rows);

#endif
