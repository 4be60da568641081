/* db_errno.c - what SQLite says, as errno. */
#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "storage/db.h"
#include "storage/db_private.h"

static const struct { const char *word; int err; } words[] = {
    { "BAD_TRANSITION", DB_BAD_TRANSITION },
    { "DOCTOR_BUSY",    DB_DOCTOR_BUSY },
    { "PATIENT_BUSY",   DB_PATIENT_BUSY },
    { "APPEND_ONLY",    DB_APPEND_ONLY },
};

static int word_errno(const char *message)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].word, message) == 0)
            return words[i].err;
    if (strcmp(message, sqlite3_errstr(SQLITE_CONSTRAINT)) == 0
        || strcmp(message, sqlite3_errstr(SQLITE_NOMEM)) == 0)
        return -ENOMEM;                         /* there was no memory to say the word                */
    return DB_OTHER_WORD;
}

static int constraint_errno(sqlite3 *sqlite, int code)
{
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:   return -EEXIST;
    case SQLITE_CONSTRAINT_TRIGGER: return word_errno(sqlite3_errmsg(sqlite));
    default:                        return -EINVAL;
    }
}

/* What the last call on the WAL said. sqlite3_system_errno() does not hear of failures in COMMIT. */
static int wal_errno(sqlite3 *sqlite)
{
    sqlite3_file *file = NULL;
    int err = 0;

    (void)sqlite3_file_control(sqlite, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
    if (file && file->pMethods)
        (void)file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &err);
    return err;
}

/* A full disk has several faces: only ENOSPC becomes SQLITE_FULL. */
static int io_errno(sqlite3 *sqlite, int code)
{
    int err = code == SQLITE_IOERR_WRITE ? wal_errno(sqlite) : 0;

    switch (err ? err : sqlite3_system_errno(sqlite)) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:  return -ENOSPC;
    default:     return -EIO;
    }
}

int db_errno(sqlite3 *sqlite, int code)
{
    if (code == SQLITE_IOERR_NOMEM)
        return -ENOMEM;

    switch (code & 0xff) {
    case SQLITE_CONSTRAINT: return constraint_errno(sqlite, code);
    case SQLITE_IOERR:      return io_errno(sqlite, code);
    case SQLITE_FULL:       return -ENOSPC;
    case SQLITE_NOMEM:      return -ENOMEM;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:     return -EBUSY;
    case SQLITE_READONLY:   return -EROFS;
    case SQLITE_TOOBIG:     return -EMSGSIZE;
    case SQLITE_INTERRUPT:  return -EINTR;
    default:                return -EIO;
    }
}
