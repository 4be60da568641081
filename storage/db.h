/* db.h - one SQLite connection: statements prepared once, typed arguments, rows as JSON.
 *
 * A connection belongs to one thread at a time. SQL is a string literal (statements are kept by its
 * address) in the subset that SQLite and PostgreSQL share: `$1` parameters, ON CONFLICT, RETURNING,
 * aliases in double quotes. Results are 0 or a count, else one of
 *   -ENOENT no row · -EEXIST unique or primary key · -EINVAL any other constraint · -ENOSPC disk full ·
 *   -EIO I/O or damaged file · -EBUSY locked · -ENOMEM · -EROFS write on a reader ·
 *   and what a trigger said, by the table below. */
#ifndef STORAGE_DB_H
#define STORAGE_DB_H

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RAISE(ABORT,'WORD') in a trigger. Each word has an errno of its own, so that an int carries it across
 * threads. */
#define DB_BAD_TRANSITION (-EBADRQC)            /* BAD_TRANSITION: the state does not allow it        */
#define DB_DOCTOR_BUSY    (-EUSERS)             /* DOCTOR_BUSY                                        */
#define DB_PATIENT_BUSY   (-EXFULL)             /* PATIENT_BUSY                                       */
#define DB_APPEND_ONLY    (-ENOTUNIQ)           /* APPEND_ONLY: our bug                               */
#define DB_OTHER_WORD     (-ECANCELED)          /* a word this build does not know: see db_error()    */

/* How `_enc` columns are closed and opened (auth/seal.h has the functions). `where` binds a value to
 * its row, like "message:msg_…": a value moved to another row does not open. Outputs come from malloc
 * and are the caller's; an opened value is followed by a NUL which size does not count. -EBADMSG:
 * altered, moved, or another key. */
struct seal {
    void *data;
    int (*seal)(void *data, const char *where, const void *plain, size_t size, unsigned char **ret_sealed,
                size_t *ret_size);
    int (*open)(void *data, const char *where, const void *sealed, size_t size, unsigned char **ret_plain,
                size_t *ret_size);
};

/* What must not be altered unseen, and words that are found and not read (auth/mac.h has the functions). */
enum { MAC_SIZE = 36 };
struct mac {
    void *data;
    int (*sign)(void *data, const char *use, const void *bytes, size_t size, unsigned char ret_tag[MAC_SIZE]);
    int (*check)(void *data, const char *use, const void *bytes, size_t size,
                 const unsigned char tag[MAC_SIZE]);    /* -EBADMSG: it is not of these bytes         */
    int (*tokens)(void *data, const char *scope, const uint64_t *pairs, size_t count, int64_t *ret_tokens);
};

struct db_host {                                /* what storage cannot know; called on storage threads */
    void       *data;
    int64_t   (*now_utc)(void *data);           /* the calendar, in seconds                           */
    void      (*random)(void *data, void *at, size_t size);    /* cryptographic                       */
    struct seal seal;
    struct mac  mac;
};

struct db_options {
    const char           *path;                 /* ":memory:" for tests                               */
    const struct db_host *host;                 /* copied; NULL: only SQL without ids, times, seals   */
    bool                  reader;               /* refuses to change anything; may run checkpoints    */
    int                   busy_timeout_ms;      /* 0: 5,000                                           */
};

struct db;
int  db_open(const struct db_options *options, struct db **ret_db);
void db_close(struct db *db);                   /* NULL is allowed                                    */
const struct db_host *db_host(const struct db *db);
int64_t db_now(struct db *db);                  /* host's now_utc                                     */
int db_failure(const struct db *db);            /* the last failure as errno, 0: none yet             */
const char *db_error(const struct db *db);      /* text of the last failure: for the log, never out   */

/* Arguments: the n-th is bound to `$n`. Pointers are lent for the call; TEXT(NULL) is NULL. */
enum db_type { DB_NULL, DB_INT, DB_TEXT, DB_BLOB };
struct db_arg  { enum db_type type; int64_t number; const void *at; size_t size; };
struct db_args { const struct db_arg *at; size_t count; };
#define NUL()          { .type = DB_NULL }
#define INT(n)         { .type = DB_INT, .number = (n) }
#define TEXT(s)        { .type = DB_TEXT, .at = (s) }
#define BLOB(p, n)     { .type = DB_BLOB, .at = (p), .size = (n) }
#define DB_ARGS_COUNT(...) (sizeof((const struct db_arg[]){ __VA_ARGS__ }) / sizeof(struct db_arg))
#define ARGS(...) ((struct db_args){ (const struct db_arg[]){ __VA_ARGS__ }, DB_ARGS_COUNT(__VA_ARGS__) })
#define NO_ARGS        ((struct db_args){ 0 })

/* Runs to the end. Returns the number of rows inserted, changed or deleted. */
int db_run(struct db *db, const char *sql, struct db_args args);

/* Rows as JSON objects named by their aliases. An alias that ends in `At` makes an RFC 3339 string of
 * epoch seconds, one that begins with `is` a boolean, one that ends in `Json` is parsed and loses the
 * ending. `sender.id` makes { sender: { id } }, one level deep. NULL, BLOB and aliases that begin with
 * `_` are left out. db_row: the first row, or -ENOENT. db_all: an array, maybe empty. The result is the
 * caller's. */
int db_row(struct db *db, json_t **ret_row, const char *sql, struct db_args args);
int db_all(struct db *db, json_t **ret_rows, const char *sql, struct db_args args);

/* Text that is JSON, read by SQLite: jansson's lexer (2.14) writes past its buffer when that cannot grow. The
 * result is the caller's. -EINVAL, -EIO: it is none, or too deep. */
int db_json_read(struct db *db, const void *text, size_t size, json_t **ret_json);

/* First column of the first row; -ENOENT when there is no row or it is NULL. */
int db_int(struct db *db, int64_t *ret_number, const char *sql, struct db_args args);

/* Row by row, for values that are no JSON. The same literal must not be in use twice at a time.
 *   struct db_query q;  for (more = db_query(db, &q, sql, args); more > 0; more = db_next(&q)) … 1 a
 *   row, 0 the end, or -errno; q needs db_done() only when left before the end. Columns are lent
 *   until db_next. */
struct db_query { struct db *db; void *statement; };
int  db_query(struct db *db, struct db_query *q, const char *sql, struct db_args args);
int  db_next(struct db_query *q);
void db_done(struct db_query *q);
int64_t     db_column_int(const struct db_query *q, int column);
const char *db_column_text(const struct db_query *q, int column);                   /* NULL for NULL  */
const void *db_column_blob(const struct db_query *q, int column, size_t *ret_size);
json_t     *db_query_json(const struct db_query *q);                                /* NULL: no memory */

/* Plain statements (BEGIN, SAVEPOINT, DDL), also many in one text; not kept. */
int  db_script(struct db *db, const char *sql);
void db_reset(struct db *db);                   /* ends queries that were left open                   */
bool db_in_transaction(const struct db *db);    /* false after BEGIN: SQLite rolled it back by itself  */
/* While on, nothing runs outside of a transaction: after SQLite rolled it back (disk full …) each statement
 * says why again, instead of being committed by itself. */
void db_transaction_only(struct db *db, bool on);
int  db_checkpoint(struct db *db, bool truncate);               /* PASSIVE, or TRUNCATE at the end     */
int  db_wal_pages(const struct db *db);         /* after the last COMMIT of this connection           */
int  db_copy(struct db *db, const char *path);  /* a whole, synced copy of the database into a new file */

/* prefix + 22 random characters [A-Za-z0-9] (131 bits). */
enum { DB_ID_SIZE = 32 };
void db_id_make(struct db *db, const char *prefix, char ret_id[DB_ID_SIZE]);

/* "2025-11-24T10:00:00Z" of epoch seconds, years 1 to 9999 (others: the nearest). */
enum { DB_TIME_SIZE = 24 };
void db_time_print(int64_t utc, char ret_text[DB_TIME_SIZE]);

#endif
