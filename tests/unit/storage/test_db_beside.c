/* Another process beside the server: `consultd user add` opens the database and closes it again. */
#include "store_fixture.h"

#include <sys/wait.h>

/* In a process of its own, begun before anything was open here: SQLite's state does not survive a fork. */
static pid_t other_begin(const char *path, int ready)
{
    struct db *db = NULL;
    pid_t pid = fork();
    char byte;

    if (pid != 0)
        return pid;
    if (read(ready, &byte, 1) != 1 || db_open(&(struct db_options){ .path = path }, &db) != 0)
        _exit(1);
    db_close(db);
    _exit(0);
}

TEST(db_beside, who_leaves_does_not_take_the_wal_of_who_stays)
{
    struct store s = { 0 };
    struct db *writer, *reader;
    int ready[2], status = -1;
    char wal[96];
    pid_t other;

    store_host(&s);
    store_folder(&s);
    CHECK_INT(pipe(ready), 0);
    other = other_begin(s.path, ready[0]);
    CHECK(other > 0);
    writer = store_connect(&s, false);
    CHECK_INT(db_script(writer, "CREATE TABLE a(n INTEGER) STRICT"), 0);
    reader = store_connect(&s, true);           /* the second of this process                        */
    CHECK(write(ready[1], "x", 1) == 1);
    CHECK(waitpid(other, &status, 0) == other);
    CHECK_INT(status, 0);
    snprintf(wal, sizeof wal, "%s-wal", s.path);
    CHECK_INT(access(wal, F_OK), 0);
    db_close(reader);
    db_close(writer);
    (void)close(ready[0]);
    (void)close(ready[1]);
    store_close(&s);
}
