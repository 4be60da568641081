/* db.c - the connection and its statements. Rows become JSON in db_json.c. */
#include "storage/db.h"

#include <assert.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "storage/db_private.h"

/* The literals of a program are few; a power of two, for the hash. */
enum { STATEMENTS_MAX = 1024, ARGS_MAX = 24, BUSY_TIMEOUT_MS = 5000 };

struct statement {
    const char   *sql;                          /* the literal's address is the key                   */
    sqlite3_stmt *sqlite;
    int           place[ARGS_MAX];              /* of $1 … : SQLite numbers names by first appearance */
    int           places;
    bool          busy;
};

struct db {
    sqlite3         *sqlite;
    struct db_host   host;
    struct statement statements[STATEMENTS_MAX];
    size_t           statements_count;
    int              wal_pages, failure;
    bool             transaction_only;          /* see db_transaction_only()                          */
    char             error[256];
};

static int fail(struct db *db, int code)
{
    db->failure = db_errno(db->sqlite, code);
    snprintf(db->error, sizeof db->error, "%s (%d)", sqlite3_errmsg(db->sqlite), code);
    return db->failure;
}

int db_failure(const struct db *db)
{
    return db->failure;
}

const char *db_error(const struct db *db)
{
    return db->error;
}

/* Opening. */

static int count_pages(void *data, sqlite3 *sqlite, const char *name, int pages)
{
    struct db *db = data;

    (void)sqlite;
    (void)name;
    db->wal_pages = pages;
    return SQLITE_OK;
}

/* SQLite would take the umask's mode; the -wal and -shm files take this one's. A file that is there is left
 * alone: closing it drops all locks of this process (POSIX), and who leaves next takes its WAL along. */
static int file_make(const char *path)
{
    int fd;

    if (strcmp(path, ":memory:") == 0)
        return 0;
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? 0 : -errno;
    return close(fd);
}

static int settle(struct db *db, const struct db_options *options)
{
    int err;

    sqlite3_busy_timeout(db->sqlite, options->busy_timeout_ms ? options->busy_timeout_ms : BUSY_TIMEOUT_MS);
    sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);

    /* FULL: a commit is on the disk before it is acknowledged (NORMAL would not sync the WAL). Without
     * recursive triggers a REPLACE would delete rows past the triggers that refuse it. */
    err = db_script(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                    "PRAGMA recursive_triggers = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;"
                    "PRAGMA cell_size_check = ON; PRAGMA journal_size_limit = 67108864");
    if (err)
        return err;

    /* Checkpoints are the reader thread's work; this also frees the hook. */
    sqlite3_wal_autocheckpoint(db->sqlite, 0);
    sqlite3_wal_hook(db->sqlite, count_pages, db);
    return options->reader ? db_script(db, "PRAGMA query_only = ON") : 0;
}

int db_open(const struct db_options *options, struct db **ret_db)
{
    struct db *db;
    int code, err;

    err = file_make(options->path);
    if (err)
        return err;

    db = calloc(1, sizeof *db);
    if (db == NULL)
        return -ENOMEM;
    if (options->host)
        db->host = *options->host;

    code = sqlite3_open_v2(options->path, &db->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                           SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    err = code == SQLITE_OK ? settle(db, options) : db->sqlite ? fail(db, code) : -ENOMEM;
    if (err) {
        db_close(db);
        return err;
    }
    *ret_db = db;
    return 0;
}

void db_statements_end(struct db *db)
{
    for (size_t i = 0; i < STATEMENTS_MAX; i++)
        sqlite3_finalize(db->statements[i].sqlite);
    memset(db->statements, 0, sizeof db->statements);
    db->statements_count = 0;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    db_statements_end(db);
    sqlite3_close(db->sqlite);
    free(db);
}

const struct db_host *db_host(const struct db *db)
{
    return &db->host;
}

int64_t db_now(struct db *db)
{
    assert(db->host.now_utc);
    return db->host.now_utc(db->host.data);
}

/* Why the transaction that must be there is not; 0: it is, or need not be. */
static int is_lost(const struct db *db)
{
    if (!db->transaction_only || db_in_transaction(db))
        return 0;
    return db->failure ? db->failure : -EIO;
}

/* Statements. */

static void places_find(struct statement *s)
{
    char name[16];

    s->places = sqlite3_bind_parameter_count(s->sqlite);
    assert(s->places <= ARGS_MAX);
    for (int i = 0; i < s->places; i++) {
        snprintf(name, sizeof name, "$%d", i + 1);
        s->place[i] = sqlite3_bind_parameter_index(s->sqlite, name);
        assert(s->place[i] > 0);                /* $1 … $n, all used                                  */
    }
}

static struct statement *statement_slot(struct db *db, const char *sql)
{
    size_t at = ((uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15)) >> 54;

    static_assert(STATEMENTS_MAX == 1 << 10, "54 = 64 - 10");
    while (db->statements[at].sql && db->statements[at].sql != sql)
        at = (at + 1) % STATEMENTS_MAX;
    return &db->statements[at];
}

static int statement_get(struct db *db, const char *sql, struct statement **ret_statement)
{
    struct statement *s = statement_slot(db, sql);
    int code;

    if (s->sql == NULL) {
        assert(db->statements_count < STATEMENTS_MAX - 1);      /* is a text made at run time passed? */
        code = sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->sqlite, NULL);
        if (code != SQLITE_OK)
            return fail(db, code);
        s->sql = sql;
        db->statements_count++;
        places_find(s);
    }
    assert(!s->busy);
    assert(strcmp(sqlite3_sql(s->sqlite), sql) == 0);           /* the same address, another text     */
    *ret_statement = s;
    return 0;
}

static int bind(struct statement *s, int i, const struct db_arg *arg)
{
    int place = s->place[i];

    if (arg->type == DB_INT)
        return sqlite3_bind_int64(s->sqlite, place, arg->number);
    if (arg->type == DB_TEXT && arg->at)
        return sqlite3_bind_text(s->sqlite, place, arg->at, -1, SQLITE_STATIC);
    if (arg->type == DB_BLOB && arg->at)
        return sqlite3_bind_blob64(s->sqlite, place, arg->at, arg->size, SQLITE_STATIC);
    return sqlite3_bind_null(s->sqlite, place);
}

int db_query(struct db *db, struct db_query *q, const char *sql, struct db_args args)
{
    struct statement *s = NULL;
    int code, err;

    *q = (struct db_query){ .db = db };
    err = is_lost(db);
    if (err == 0)
        err = statement_get(db, sql, &s);
    if (err)
        return err;

    assert(s != NULL && args.count == (size_t)s->places);
    for (int i = 0; i < s->places; i++) {
        code = bind(s, i, &args.at[i]);
        if (code != SQLITE_OK)
            return fail(db, code);
    }
    s->busy = true;
    q->statement = s;
    return db_next(q);
}

int db_next(struct db_query *q)
{
    struct statement *s = q->statement;
    int code, err;

    assert(s != NULL);
    code = sqlite3_step(s->sqlite);
    if (code == SQLITE_ROW)
        return 1;

    err = code == SQLITE_DONE ? 0 : fail(q->db, code);
    db_done(q);
    return err;
}

void db_done(struct db_query *q)
{
    struct statement *s = q->statement;

    if (s == NULL)
        return;
    (void)sqlite3_reset(s->sqlite);             /* repeats the error of the step                      */
    (void)sqlite3_clear_bindings(s->sqlite);    /* they were lent                                     */
    s->busy = false;
    q->statement = NULL;
}

void db_reset(struct db *db)
{
    for (size_t i = 0; i < STATEMENTS_MAX; i++)
        if (db->statements[i].busy)
            db_done(&(struct db_query){ .db = db, .statement = &db->statements[i] });
}

static sqlite3_stmt *stmt(const struct db_query *q)
{
    assert(q->statement);
    return ((struct statement *)q->statement)->sqlite;
}

int64_t db_column_int(const struct db_query *q, int column)
{
    return sqlite3_column_int64(stmt(q), column);
}

const char *db_column_text(const struct db_query *q, int column)
{
    return (const char *)sqlite3_column_text(stmt(q), column);
}

const void *db_column_blob(const struct db_query *q, int column, size_t *ret_size)
{
    const void *at = sqlite3_column_blob(stmt(q), column);

    *ret_size = (size_t)sqlite3_column_bytes(stmt(q), column);
    return at;
}

void *db_statement(const struct db_query *q)
{
    return stmt(q);
}

int db_run(struct db *db, const char *sql, struct db_args args)
{
    struct db_query q;
    int more, before = sqlite3_total_changes(db->sqlite);

    more = db_query(db, &q, sql, args);
    while (more > 0)
        more = db_next(&q);                     /* RETURNING: to the end before the commit            */
    if (more < 0)
        return more;
    return sqlite3_total_changes(db->sqlite) == before ? 0 : sqlite3_changes(db->sqlite);
}

/* The whole. */

int db_script(struct db *db, const char *sql)
{
    int lost = is_lost(db), code;

    if (lost)
        return lost;
    code = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? 0 : fail(db, code);
}

void db_transaction_only(struct db *db, bool on)
{
    db->transaction_only = on;
}

bool db_in_transaction(const struct db *db)
{
    return !sqlite3_get_autocommit(db->sqlite);
}

int db_checkpoint(struct db *db, bool truncate)
{
    int code = sqlite3_wal_checkpoint_v2(db->sqlite, NULL, truncate ? SQLITE_CHECKPOINT_TRUNCATE
                                         : SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

    return code == SQLITE_OK ? 0 : fail(db, code);
}

int db_wal_pages(const struct db *db)
{
    return db->wal_pages;
}

static int copy_into(struct db *db, struct db *copy)
{
    sqlite3_backup *backup = sqlite3_backup_init(copy->sqlite, "main", db->sqlite, "main");
    int code;

    if (backup == NULL)
        return fail(copy, sqlite3_errcode(copy->sqlite));
    code = sqlite3_backup_step(backup, -1);
    (void)sqlite3_backup_finish(backup);        /* says again what the step said                      */
    return code == SQLITE_DONE ? 0 : fail(copy, code);
}

int db_copy(struct db *db, const char *path)
{
    struct db *copy;
    int err;

    if (unlink(path) < 0 && errno != ENOENT)    /* half a copy of an earlier try                      */
        return -errno;

    err = db_open(&(struct db_options){ .path = path }, &copy);
    if (err)
        return err;

    err = copy_into(db, copy);
    if (err == 0)
        err = db_checkpoint(copy, true);        /* a file that stands alone                           */
    if (err) {
        snprintf(db->error, sizeof db->error, "copy: %.240s", copy->error);
        db->failure = err;
    }
    db_close(copy);
    return err;
}
