/* key_file.c - secrets on disk. */
#include "key_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static int mode_check(int file)
{
    struct stat stat;

    if (fstat(file, &stat) != 0)
        return -errno;
    if (!S_ISREG(stat.st_mode))
        return -EBADMSG;
    return (stat.st_mode & (S_IRWXG | S_IRWXO)) != 0 ? -EPERM : 0;
}

/* The bytes read, fewer than `max`. */
static ssize_t read_all(int file, char *to, size_t max)
{
    size_t used = 0;

    while (used < max) {
        ssize_t got = read(file, to + used, max - used);

        if (got == 0)
            return (ssize_t)used;
        if (got < 0 && errno != EINTR)
            return -errno;
        used += got > 0 ? (size_t)got : 0;
    }
    return -EBADMSG;
}

int key_file_read(const char *path, char ret_text[KEY_FILE_MAX], size_t *ret_size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);   /* a FIFO must not hold the start up  */
    ssize_t size;
    int err;

    if (file < 0)
        return -errno;
    err = mode_check(file);
    size = err == 0 ? read_all(file, ret_text, KEY_FILE_MAX) : err;
    (void)close(file);                          /* was only read                                     */
    if (size < 0) {
        if (err == 0)
            OPENSSL_cleanse(ret_text, KEY_FILE_MAX);
        return (int)size;
    }
    ret_text[size] = '\0';
    *ret_size = (size_t)size;
    return 0;
}

static int write_all(int file, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t put = write(file, text, size);

        if (put < 0 && errno != EINTR)
            return -errno;
        text += put > 0 ? put : 0;
        size -= put > 0 ? (size_t)put : 0;
    }
    return fsync(file) == 0 ? 0 : -errno;
}

/* A name is on disk when its folder is. */
static int folder_sync(const char *path)
{
    char folder[PATH_SIZE];
    char *slash;
    int file, err;

    (void)snprintf(folder, sizeof folder, "%s", path);
    slash = strrchr(folder, '/');
    if (slash == NULL)
        (void)snprintf(folder, sizeof folder, ".");
    else
        slash[slash == folder] = '\0';          /* "/key" lies in "/"                                */
    file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return -errno;
    err = fsync(file) == 0 ? 0 : -errno;
    (void)close(file);
    return err;
}

/* The text in a new file beside `path`, synced; its name into `made`. */
static int beside_make(const char *path, const char *text, size_t size, char made[PATH_SIZE])
{
    int length = snprintf(made, PATH_SIZE, "%s.XXXXXX", path);
    int file, err;

    assert(size > 0 && size < KEY_FILE_MAX);
    if (length < 0 || length >= PATH_SIZE)
        return -ENAMETOOLONG;
    file = mkostemp(made, O_CLOEXEC);           /* mode 0600                                         */
    if (file < 0)
        return -errno;
    err = write_all(file, text, size);
    if (close(file) != 0 && err == 0)
        err = -errno;
    if (err)
        (void)unlink(made);
    return err;
}

int key_file_make(const char *path, const char *text, size_t size)
{
    char made[PATH_SIZE];
    int err = beside_make(path, text, size, made);

    if (err)
        return err;
    if (link(made, path) != 0)                  /* unlike rename: never over another's key           */
        err = -errno;
    (void)unlink(made);
    return err ? err : folder_sync(path);
}

int key_file_replace(const char *path, const char *text, size_t size)
{
    char made[PATH_SIZE];
    int err = beside_make(path, text, size, made);

    if (err)
        return err;
    if (rename(made, path) != 0) {
        err = -errno;
        (void)unlink(made);
        return err;
    }
    return folder_sync(path);
}
