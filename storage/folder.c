/* folder.c - the data folder belongs to one process. */
#include "storage/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int folder_lock(const char *path)
{
    int folder, lock, err;

    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return -errno;

    folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return -errno;

    lock = openat(folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    err = lock < 0 ? -errno : 0;
    close(folder);
    if (err)
        return err;

    if (flock(lock, LOCK_EX | LOCK_NB) < 0) {
        err = errno == EWOULDBLOCK ? -EBUSY : -errno;
        close(lock);
        return err;
    }
    return lock;
}

void folder_unlock(int lock)
{
    if (lock >= 0)
        close(lock);                            /* the file stays: removing it would let two in       */
}
