/* The data folder belongs to one process. */
#include "store_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "storage/folder.h"

struct place { char parent[32], folder[48], lock[64]; };

static void place_make(struct place *p)
{
    snprintf(p->parent, sizeof p->parent, "/tmp/folder-test-XXXXXX");
    CHECK(mkdtemp(p->parent) != NULL);
    snprintf(p->folder, sizeof p->folder, "%s/data", p->parent);
    snprintf(p->lock, sizeof p->lock, "%s/lock", p->folder);
}

static void place_remove(const struct place *p)
{
    (void)unlink(p->lock);
    (void)rmdir(p->folder);
    CHECK_INT(rmdir(p->parent), 0);
}

static int mode_of(const char *path)
{
    struct stat stat_of;

    CHECK_INT(stat(path, &stat_of), 0);
    return stat_of.st_mode & 07777;
}

TEST(folder, is_made_for_its_owner_only)
{
    mode_t before = umask(0);
    struct place p;
    int lock;

    place_make(&p);
    lock = folder_lock(p.folder);
    CHECK(lock >= 0);
    CHECK_INT(mode_of(p.folder), 0700);
    CHECK_INT(mode_of(p.lock), 0600);
    folder_unlock(lock);
    umask(before);
    place_remove(&p);
}

TEST(folder, is_locked_once)
{
    struct place p;
    int lock, again;

    place_make(&p);
    lock = folder_lock(p.folder);
    CHECK(lock >= 0);
    CHECK_INT(folder_lock(p.folder), -EBUSY);
    CHECK_INT(folder_lock(p.folder), -EBUSY);
    folder_unlock(lock);

    again = folder_lock(p.folder);
    CHECK(again >= 0);
    folder_unlock(again);
    folder_unlock(-EBUSY);                      /* none: harms nothing                                */
    place_remove(&p);
}

static pid_t holder(const struct place *p, int *ret_pipe)
{
    int ends[2];
    pid_t child;
    char byte;

    CHECK_INT(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        int lock = folder_lock(p->folder);

        if (lock >= 0 && write(ends[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    CHECK(child > 0);
    CHECK_INT(read(ends[0], &byte, 1), 1);
    close(ends[0]);
    *ret_pipe = ends[1];
    return child;
}

TEST(folder, another_process_holds_it_until_it_is_killed)
{
    struct place p;
    pid_t child;
    int status, lock, pipe_end;

    place_make(&p);
    child = holder(&p, &pipe_end);
    CHECK_INT(folder_lock(p.folder), -EBUSY);
    CHECK_INT(kill(child, SIGKILL), 0);
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK(WIFSIGNALED(status));
    close(pipe_end);

    lock = folder_lock(p.folder);
    CHECK(lock >= 0);
    folder_unlock(lock);
    place_remove(&p);
}

TEST(folder, a_program_started_by_us_does_not_inherit_the_lock)
{
    struct place p;
    int lock;

    place_make(&p);
    lock = folder_lock(p.folder);
    CHECK(lock >= 0);
    CHECK(fcntl(lock, F_GETFD) & FD_CLOEXEC);
    folder_unlock(lock);
    place_remove(&p);
}

TEST(folder, what_is_no_folder_is_refused)
{
    struct place p;
    char deep[64];
    FILE *file;

    place_make(&p);
    snprintf(deep, sizeof deep, "%s/no/data", p.parent);
    CHECK_INT(folder_lock(deep), -ENOENT);

    file = fopen(p.folder, "w");
    CHECK(file != NULL);
    CHECK_INT(fclose(file), 0);
    CHECK_INT(folder_lock(p.folder), -ENOTDIR);
    CHECK_INT(unlink(p.folder), 0);

    CHECK_INT(mkdir(p.folder, 0700), 0);
    CHECK_INT(symlink("/tmp/elsewhere", p.lock), 0);
    CHECK_INT(folder_lock(p.folder), -ELOOP);   /* whoever could put it there                         */
    place_remove(&p);
}
