/* folder.h - a folder of its own for a test, and files in it. */
#ifndef TEST_AUTH_FOLDER_H
#define TEST_AUTH_FOLDER_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

struct folder { char path[64], file[96]; };     /* `file` is where the key file is to be             */

static inline void folder_make(struct folder *f)
{
    (void)snprintf(f->path, sizeof f->path, "/tmp/auth-test-XXXXXX");
    CHECK(mkdtemp(f->path) != NULL);
    (void)snprintf(f->file, sizeof f->file, "%s/secret.key", f->path);
}

static inline void folder_write(const struct folder *f, const char *text, size_t size, mode_t mode)
{
    int file = open(f->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    CHECK(file >= 0);
    CHECK_INT(write(file, text, size), size);
    CHECK_INT(fchmod(file, mode), 0);
    CHECK_INT(close(file), 0);
}

static inline size_t folder_count(const struct folder *f)
{
    DIR *folder = opendir(f->path);
    size_t count = 0;

    CHECK(folder != NULL);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        count += entry->d_name[0] != '.';
    (void)closedir(folder);
    return count;
}

static inline mode_t folder_mode(const struct folder *f)
{
    struct stat stat_of;

    CHECK_INT(stat(f->file, &stat_of), 0);
    return stat_of.st_mode & 07777;
}

static inline void folder_remove(const struct folder *f)
{
    (void)unlink(f->file);
    CHECK_INT(rmdir(f->path), 0);               /* nothing else may be left in it                    */
}

#endif
